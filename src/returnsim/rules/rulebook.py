"""A plan document as data: its clauses, each with what it asks and the number made of it."""

from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from returnsim.errors import InputError, Problem
from returnsim.parts import refuse
from returnsim.reading import check, duplicates, load
from returnsim.rules.quantity import CERTAIN, Quantity
from returnsim.scenario.limits import Limits
from returnsim.scenario.quantities import (
    AtLeastOne,
    Day,
    Flag,
    Frozen,
    Labelled,
    Name,
    Number,
    Text,
)
from returnsim.scenario.scenario import Scenario

Relation = Literal["at least", "at most", "exactly"]
DayOffset = Annotated[int, Field(strict=True, ge=-400, le=400)]
NUMBERS = frozenset(
    name for name, field in Limits.model_fields.items() if field.annotation in (int, float)
) | {"people_returning_per_day", "fair_days_apart", "observation_beds", "stock_budget_yuan"}
"""Limits that are a number, so that a clause can take its own from them."""
PLANNER = "planner"
"""The book of the planner's own limits, always applied."""


class Duty(Frozen):
    """A paper or a task that a clause asks for: how often, and when it counts."""

    kind: Literal["signed", "task"]
    """A paper with a date, or something to be done."""
    per: Literal["school", "class", "grade", "batch", "gate", "person", "pupil"] = "school"
    number: AtLeastOne = 1
    """How many for each of these."""
    from_days: DayOffset | None = None
    """Counts from so many days after the first return on (negative: before it)."""
    to_days: DayOffset | None = None
    """Counts until so many days after the first return (negative: before it)."""
    by: Day | None = None
    """Counts until this date, where the document names one."""


class Clause(Frozen):
    """One thing that a plan document asks."""

    id: Name
    """Number under which findings and reports cite it."""
    section: Name
    """Where it stands in the document."""
    hard: Flag
    """Whether a plan that breaks it may not be carried out."""
    owner_zh: Name
    """Role that answers for it (Chinese)."""
    owner_en: Name
    """Role that answers for it (English)."""
    says_zh: Text
    """What it asks, in our own words (Chinese)."""
    says_en: Text
    """What it asks, in our own words (English)."""
    duty: Duty | None = None
    """The paper or task it asks for, answered by the scenario's records."""
    quantity: Quantity | None = None
    """Or the number that answers it; with neither it is printed as not assessed ..."""
    reason_zh: Text | None = None
    """... for this reason (Chinese)."""
    reason_en: Text | None = None
    """... for this reason (English)."""
    relation: Relation | None = None
    limit: Number | None = None
    """The number the document gives."""
    limit_from: Name | None = None
    """Or the planner's limit that stands for a number the document leaves open."""
    if_set: Name | None = None
    """The planner's limit that a school must have set for this to be asked; always if left out."""
    places: tuple[Name, ...] = ()
    """Only these kinds of place count, such as "toilet"; empty means all."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        refuse(self._asks_one_thing(), self._limit_there_is())
        return self

    def _asks_one_thing(self) -> Iterator[Problem]:
        if self.duty is not None:
            beside = (self.quantity, self.relation, self.limit, self.limit_from)
            if any(setting is not None for setting in beside):
                yield Problem("duty", "duty_and_quantity")
        elif self.quantity is None:
            if self.reason_zh is None or self.reason_en is None:
                yield Problem("", "reason_missing")
        elif self.relation is None or (self.limit is None) == (self.limit_from is None):
            yield Problem("", "limit_missing")

    def _limit_there_is(self) -> Iterator[Problem]:
        if self.limit_from is not None and self.limit_from not in NUMBERS:
            yield Problem("limit_from", "no_such_limit", {"value": self.limit_from})
        if self.if_set is not None and self.if_set not in Limits.model_fields:
            yield Problem("if_set", "no_such_limit", {"value": self.if_set})

    @property
    def judged_by(self) -> Literal["signed", "task", "simulated", "plan", "not here"]:
        """How it is judged: by a paper, a task, the simulation, the plan alone, or not."""
        if self.duty is not None:
            return self.duty.kind
        if self.quantity is None:
            return "not here"
        return "plan" if self.quantity in CERTAIN else "simulated"

    def says(self, lang: str) -> str:
        """What it asks, in the reader's language."""
        return self.says_zh if lang == "zh" else self.says_en

    def owner(self, lang: str) -> str:
        """Who answers for it, in the reader's language."""
        return self.owner_zh if lang == "zh" else self.owner_en

    def applies(self, scenario: Scenario) -> bool:
        """Whether it is asked of a school at all."""
        given = None if self.if_set is None else getattr(scenario.limits, self.if_set)
        return self.if_set is None or not (given is None or given is False)  # 0 is a limit, too

    def asked(self, scenario: Scenario) -> float | None:
        """Return the number asked for: the document's, or the planner's where it is open."""
        if not self.applies(scenario):
            return None
        if self.duty is not None:
            return 1.0
        if self.limit_from is None:
            return self.limit
        given = getattr(scenario.limits, self.limit_from)
        return None if given is None else float(given)


class Rulebook(Labelled):
    """The clauses of one document, in its order."""

    format: Literal[1]
    issuer_zh: Text
    issuer_en: Text
    issued: Name
    """When, as precisely as is known."""
    applies_from: Day | None = None
    applies_to: Day | None = None
    clauses: Annotated[tuple[Clause, ...], Field(min_length=1)]


def read_rulebook(path: Path) -> Rulebook:
    """Read one book.

    Raises
    ------
    InputError
        With every problem found in the file.
    """
    raw = load(path)
    return check(path, raw, Rulebook, duplicates(raw, ("clauses",), key="id"))


def built_in() -> list[str]:
    """Names of the books that come with returnsim."""
    books = files("returnsim").joinpath("rules").joinpath("books")
    return sorted(b.name.removesuffix(".toml") for b in books.iterdir())


def rulebooks(scenario: Scenario, folder: Path) -> tuple[Rulebook, ...]:
    """Read the books a scenario names, and the planner's limits behind them.

    Parameters
    ----------
    scenario
        Names built-in books, or files in its own folder.
    folder
        The scenario's folder; no book is read from outside it.
    """
    books, problems = [], []
    known = built_in()
    for name in dict.fromkeys([*scenario.rulebooks, PLANNER]):
        if name in known:
            source = files("returnsim").joinpath("rules").joinpath("books")
            with as_file(source.joinpath(f"{name}.toml")) as path:
                books.append(read_rulebook(path))
            continue
        path = (folder / name).resolve()
        if path.suffix != ".toml" or not path.is_relative_to(folder.resolve()):
            values = {"value": name, "known": ", ".join(known)}
            problems.append(Problem("rulebooks", "no_such_book", values))
        else:
            books.append(read_rulebook(path))
    if problems:
        raise InputError(folder / "scenario.toml", problems)
    return tuple(books)
