"""Hold the evidence against the clauses, one by one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from returnsim.rules.quantity import Quantity
from returnsim.rules.rulebook import Clause, Relation, Rulebook
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate


class Key(NamedTuple):
    """What an estimate is of."""

    quantity: Quantity
    place: str
    """Gate, class, supply or zone by name; empty for the whole school."""
    day: str
    """Date in ISO form; empty when it is of no single day."""
    kind: str = ""
    """Kind of place, for clauses that ask only of some."""


Evidence = Mapping[Key, Estimate]


class Verdict(StrEnum):
    """What can be said of a clause."""

    MET = "met"
    VIOLATED = "violated"
    UNCERTAIN = "uncertain"
    NOT_ASSESSED = "not assessed"


@dataclass(frozen=True, slots=True)
class Finding:
    """A clause, what was found, and how far from the limit."""

    book: str
    clause: Clause
    verdict: Verdict
    asked: float | None
    """The number asked for."""
    worst: Key | None
    """Where and when the evidence speaks most against it."""
    estimate: Estimate | None
    """The evidence there."""
    judged: int
    """How many estimates were held against it."""

    @property
    def margin(self) -> float | None:
        """How far the estimate is inside the limit; negative is outside."""
        if self.estimate is None or self.asked is None:
            return None
        return _margin(self.clause, self.estimate, self.asked)

    @property
    def bound(self) -> float | None:
        """Upper confidence bound of a risk; none for what is no share of days."""
        if self.estimate is None or self.clause.quantity not in RISK_QUANTITIES:
            return None
        return self.estimate.high


RISK_QUANTITIES = frozenset(q for q in Quantity if q.is_risk)
ROUNDING = 1e-9
"""Differences below this are rounding, not evidence."""


def audit(books: Iterable[Rulebook], scenario: Scenario, evidence: Evidence) -> tuple[Finding, ...]:
    """Judge every clause that is asked of the school, in the order of the documents."""
    by_quantity: dict[Quantity, list[tuple[Key, Estimate]]] = {}
    for key, estimate in evidence.items():
        by_quantity.setdefault(key.quantity, []).append((key, estimate))
    return tuple(
        judge(book.name, clause, clause.asked(scenario), _about(clause, by_quantity))
        for book in books
        for clause in book.clauses
        if clause.applies(scenario)
    )


def judge(
    book: str, clause: Clause, asked: float | None, found: list[tuple[Key, Estimate]]
) -> Finding:
    """Judge one clause on all the evidence there is for it.

    It is violated when some interval lies wholly outside the limit, met when every
    interval lies wholly inside, and uncertain otherwise. A number that was exactly what is
    asked on every single day meets it: how often a day may be otherwise is `Estimate.unseen`.
    """
    if asked is None or not found:
        return Finding(book, clause, Verdict.NOT_ASSESSED, asked, None, None, 0)
    order = {Verdict.VIOLATED: 0, Verdict.UNCERTAIN: 1, Verdict.MET: 2}
    verdict, _, key, estimate = min(
        (
            (_one(clause, estimate, asked), _slack(clause, estimate, asked), key, estimate)
            for key, estimate in found
        ),
        key=lambda row: (order[row[0]], row[1], row[2]),
    )
    return Finding(book, clause, verdict, asked, key, estimate, len(found))


def _about(
    clause: Clause, evidence: Mapping[Quantity, list[tuple[Key, Estimate]]]
) -> list[tuple[Key, Estimate]]:
    if clause.duty is not None:
        found = evidence.get(Quantity.DONE_OF_OWED, [])
        return [row for row in found if row[0].place == clause.id]
    if clause.quantity is None:
        return []
    found = evidence.get(clause.quantity, [])
    return [row for row in found if not clause.places or row[0].kind in clause.places]


def _relation(clause: Clause) -> Relation | None:
    """A duty is fulfilled when all of it is."""
    return "at least" if clause.duty is not None else clause.relation


def _one(clause: Clause, estimate: Estimate, asked: float) -> Verdict:
    if estimate.unseen is not None and abs(estimate.mean - asked) <= ROUNDING:
        return Verdict.MET
    low, high = estimate.low - asked, estimate.high - asked
    if _relation(clause) == "at least":
        low, high = -high, -low
    if clause.relation == "exactly":
        if max(abs(low), abs(high)) <= ROUNDING:
            return Verdict.MET
        outside = low > ROUNDING or high < -ROUNDING
        return Verdict.VIOLATED if outside else Verdict.UNCERTAIN
    if high <= ROUNDING:
        return Verdict.MET
    return Verdict.VIOLATED if low > ROUNDING else Verdict.UNCERTAIN


def _margin(clause: Clause, estimate: Estimate, asked: float) -> float:
    match _relation(clause):
        case "at least":
            return estimate.mean - asked
        case "at most":
            return asked - estimate.mean
        case _:
            return -abs(estimate.mean - asked)


def _slack(clause: Clause, estimate: Estimate, asked: float) -> float:
    """How far the unfavourable end of the interval is inside the limit."""
    match _relation(clause):
        case "at least":
            return estimate.low - asked
        case "at most":
            return asked - estimate.high
        case _:
            return -max(abs(estimate.low - asked), abs(estimate.high - asked))
