"""Which limits collide: a smallest set that cannot be kept, whatever else gives way.

Every limit is dropped in turn. If there is still no plan without it, it stays dropped; if
there is one, it belongs to the set (a deletion filter). What remains cannot be kept together
even with everything else dropped, and without any one of it there would be a plan.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from returnsim.errors import Problem
from returnsim.optimise.lever import Lever, Names, rebuilt, with_limits
from returnsim.optimise.levers import levers
from returnsim.optimise.relaxations import pulled
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Clause, Rulebook
from returnsim.scenario.scenario import Scenario

ORDERS = (Q.EXAM_GRADES_LATE, Q.KINDERGARTENS_EARLY)
"""Clauses about who comes first, which no limit of the scenario stands for."""
NO_LIMIT = ("split", "bell", "bell_of_all", "last_slot")
"""Levers that do not drop a limit: a grade is given; with the bell, or towards the closing of
the gates, people move, too, and may come too late to be served."""
OF_DATES = (
    *("window_too_short", "papers_too_late", "grade_larger_than_a_day", "masks_never_enough"),
    *("grade_larger_than_beds", "unit_larger_than_a_day", "unit_larger_than_beds"),
)
"""Reasons that are told before a morning is thought of."""
DATES = (
    "calendar",
    "papers",
    "between",
    "per_day",
    "file_order",
    "masks",
    "fair",
    "beds",
    "buildings",
    "together",
)
"""Limits that decide which dates there are, and nothing else."""
Given = tuple[Scenario, tuple[Rulebook, ...]]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit or resource that a plan must keep within."""

    code: str
    """Key of its sentence, ``conflict.<code>``."""
    where: str
    values: dict[str, Any]
    drop: Callable[[Given], Given]
    """What is given, without it."""
    names: Names = field(default_factory=dict)
    clauses: tuple[Clause, ...] = ()
    """Hard clauses that set it; none for what the school simply has."""


def colliding(
    scenario: Scenario,
    books: Sequence[Rulebook],
    reasons: Sequence[Problem],
    stands: Callable[[Scenario, Sequence[Rulebook]], bool],
) -> tuple[Limit, ...]:
    """Return limits that cannot be kept all at once, none of which could be left out.

    Parameters
    ----------
    scenario, books, reasons
        What is given, and why there is no plan for it.
    stands
        Whether there is a plan for what is given; the set is as sure as this is.

    Returns
    -------
    The limits, or nothing where no plan exists even without all of them.
    """
    candidates = limits(scenario, books, reasons)
    given: Given = (scenario, tuple(books))
    kept = []
    everything = given
    for limit in candidates:
        everything = limit.drop(everything)
    if not stands(*everything):
        return ()
    for limit in candidates:
        without = limit.drop(given)
        if stands(*without):
            kept.append(limit)
        else:
            given = without
    return tuple(kept)


def limits(
    scenario: Scenario, books: Sequence[Rulebook], reasons: Sequence[Problem]
) -> list[Limit]:
    """List what the reasons may be due to: what levers loosen, and clauses about the order.

    What has little to do with the reasons comes first, and so is left out first.
    """
    dated = any(p.code in OF_DATES for p in reasons)
    groups: dict[tuple[str, ...], list[Lever]] = {}
    for lever in levers(scenario, books, reasons, every=True):
        if lever.code not in NO_LIMIT and (lever.limit in DATES) == dated:
            names = sorted(str(n) for n in lever.names.values())
            groups.setdefault((lever.limit, *names), []).append(lever)
    answers = {lever.limit for lever in levers(scenario, books, reasons)}
    found = [_loosened(group, books, reasons) for group in reversed(groups.values())]
    found.sort(key=lambda limit: limit.code in answers)
    if any(p.code == "window_too_short" for p in reasons):
        for quantity in ORDERS:
            clauses = about(books, (quantity,))
            if clauses:
                found.append(Limit("order", "", {}, _softened(quantity), {}, clauses))
    return found


def about(books: Sequence[Rulebook], quantities: Sequence[Q]) -> tuple[Clause, ...]:
    """Hard clauses about some quantities, in the order of the books."""
    clauses = [c for book in books for c in book.clauses if c.hard]
    return tuple(c for c in clauses if c.quantity in quantities)


def _loosened(
    group: Sequence[Lever], books: Sequence[Rulebook], reasons: Sequence[Problem]
) -> Limit:
    """A limit that is dropped by pulling all its levers as far as they go."""
    first = group[0]

    def drop(given: Given) -> Given:
        scenario, rest = given
        for lever in group:
            if lever.code == "share":
                scenario = with_limits(scenario, seated_by_bell_probability=0.0)
                continue
            name = (lever.code, lever.where)
            same = [
                v for v in levers(scenario, rest, reasons, every=True) if (v.code, v.where) == name
            ]
            for again in same:
                furthest = (again.steps[i] for i in range(len(again.steps) - 1, -1, -1))
                scenario = next(filter(None, (pulled(again, n) for n in furthest)), scenario)
        return scenario, rest

    quantities = tuple(dict.fromkeys(q for lever in group for q in lever.asked_by))
    return Limit(
        first.limit, first.where, first.says(1), drop, first.names, about(books, quantities)
    )


def _softened(quantity: Q) -> Callable[[Given], Given]:
    def drop(given: Given) -> Given:
        scenario, books = given
        return scenario, tuple(
            rebuilt(
                book,
                clauses=tuple(
                    rebuilt(c, hard=False) if c.quantity is quantity else c for c in book.clauses
                ),
            )
            for book in books
        )

    return drop
