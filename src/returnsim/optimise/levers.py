"""Everything that could be loosened where there is no plan, and what answers which reason."""

from collections.abc import Iterable, Sequence

from returnsim.errors import Problem
from returnsim.optimise.lever import Lever
from returnsim.optimise.levers_days import batches, days
from returnsim.optimise.levers_gates import gates
from returnsim.optimise.levers_morning import mornings, risks
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.people import Grade
from returnsim.scenario.scenario import Scenario

ANSWERS: dict[str, tuple[str, ...]] = {
    "window_too_short": (
        *("calendar", "between", "per_day", "file_order", "masks", "delivery"),
        *("fair", "beds", "buildings", "by_class"),
    ),
    "papers_too_late": ("calendar", "papers"),
    "grade_larger_than_a_day": ("per_day", "split"),
    "grade_larger_than_beds": ("beds", "split"),
    "unit_larger_than_a_day": ("per_day", "by_class"),
    "unit_larger_than_beds": ("beds", "by_class"),
    "masks_never_enough": ("masks", "delivery", "calendar"),
    "bell_out_of_reach": ("bell", "first_slot", "share"),
    "bell_never_kept": ("bell", "first_slot", "share"),
    "slots_collide": ("last_slot", "first_slot", "bell", "gap", "any_level"),
    "places_short": ("lane", "places", "last_slot", "first_slot", "bell", "any_level", "wait"),
    "staff_short": ("duty", "last_slot", "first_slot", "bell", "places", "wait"),
    "crowded_too_often": (
        *(
            "lane",
            "places",
            "duty",
            "last_slot",
            "first_slot",
            "bell",
            "any_level",
            "crowding_risk",
        ),
    ),
    "waits_too_long": (
        *("lane", "duty", "last_slot", "first_slot", "bell", "any_level", "wait", "wait_risk"),
    ),
    "gate_too_slow": (),
    "seated_too_late": ("lane", "duty", "first_slot", "bell", "share"),
}
"""Levers that answer a reason; a reason that is not listed is answered by all of them."""


def levers(
    scenario: Scenario,
    books: Sequence[Rulebook],
    reasons: Iterable[Problem] = (),
    *,
    every: bool = False,
) -> list[Lever]:
    """List the levers that answer the reasons, all of them if there are none.

    With `every`, those that answer something else, too, at the same gates and grades.
    """
    told = tuple(reasons)
    whole = [
        *gates(scenario, _named("gates", told)),
        *mornings(scenario, _grades(scenario, told)),
        *batches(scenario, _named("grades", told)),
        *days(scenario, books),
        *risks(scenario),
    ]
    if every or not told or any(p.code not in ANSWERS for p in told):
        return whole
    wanted = {code for p in told for code in ANSWERS[p.code]}
    wanted |= {"bell_of_all"} if "bell" in wanted else set()
    return [lever for lever in whole if lever.code in wanted]


def _named(table: str, reasons: Iterable[Problem]) -> set[str]:
    """Entries of a table that the reasons speak of."""
    return {p.where.split(".")[1] for p in reasons if p.where.startswith(f"{table}.")}


def _grades(scenario: Scenario, reasons: Iterable[Problem]) -> list[Grade]:
    """Grades whose bell is in question: those the reasons speak of, or all."""
    told = tuple(reasons)
    names = _named("grades", told)
    names |= {scenario.class_named[c].grade for c in _named("classes", told)}
    return [g for g in scenario.grades if g.name in names] or list(scenario.grades)
