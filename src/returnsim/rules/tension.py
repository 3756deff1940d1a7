"""What a tension is: two things asked for that do not go together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from returnsim.rules.quantity import Quantity
from returnsim.rules.rulebook import Clause, Relation, Rulebook
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say


class Severity(StrEnum):
    """How much a tension hurts."""

    BLOCKS = "blocks"
    """No plan can keep all the rules at once."""
    SHORT = "short"
    """Something will run short unless it is mended."""
    COVERED = "covered"
    """The document's own number would not do; what the school has does."""


Names = Mapping[str, tuple[str, str]]
"""Printed names in Chinese and English, by their place in the sentence."""


@dataclass(frozen=True, slots=True)
class Tension:
    """Two things asked for that do not go together, with the arithmetic and a remedy."""

    code: str
    """Key of its sentence in ``words/*/tensions.toml``."""
    severity: Severity
    values: Mapping[str, Any]
    """The arithmetic, by the names that the sentences use."""
    remedy: str
    """Key of the sentence that says what would mend it at least cost."""
    cost: float | None = None
    """What that costs [yuan]; none where it is not money."""
    clauses: tuple[str, ...] = ()
    """Clauses that collide, by id."""
    names: Names = field(default_factory=dict)

    def text(self, lang: str) -> str:
        """Say what collides, with the numbers."""
        return self._say(self.code, lang)

    def remedy_text(self, lang: str) -> str:
        """Say what would mend it."""
        return self._say(self.remedy, lang)

    def line(self, lang: str) -> str:
        """Say everything in one line: how bad it is, why, and what would mend it."""
        severity = say(f"tension.severity.{self.severity.value}", lang)
        parts = {"text": self.text(lang), "remedy": self.remedy_text(lang)}
        return say("tension.line", lang, severity=severity, **parts)

    def _say(self, key: str, lang: str) -> str:
        names = {place: pair[lang == "en"] for place, pair in self.names.items()}
        return say(f"tension.{key}", lang, **self.values, **names)


def clauses_about(books: Iterable[Rulebook], quantity: Quantity, kind: str = "") -> list[Clause]:
    """Clauses that set a number for a quantity, of one kind of place where it matters."""
    return [
        c
        for book in books
        for c in book.clauses
        if c.quantity is quantity and (not kind or not c.places or kind in c.places)
    ]


def strictest(
    clauses: Iterable[Clause], scenario: Scenario, relation: Relation
) -> tuple[float, Clause] | None:
    """Return the number that is hardest to keep, and the clause that sets it."""
    asked = [
        (number, clause)
        for clause in clauses
        if clause.relation == relation and (number := clause.asked(scenario)) is not None
    ]
    if not asked:
        return None
    choose = max if relation == "at least" else min
    return choose(asked, key=lambda row: row[0])
