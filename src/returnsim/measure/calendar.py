"""What the return dates mean for fairness, for beds under observation, and for buildings."""

from collections.abc import Iterator
from datetime import date

from returnsim.plan.plan import Plan
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario

Row = tuple[Key, float]


def measure_calendar(scenario: Scenario, plan: Plan) -> Iterator[Row]:
    """Measure what `limits` may ask of the dates: one row a level, a day, a grade in a building.

    A place names the grades that a row is of, with a stroke between them: the one that comes
    back last before the one that comes first, and a building before those that share it.
    """
    yield from _apart(scenario, plan)
    if scenario.after_return is not None:
        stay = scenario.after_return.campus_observation_days
        yield from _observed(scenario, plan, stay)
        yield from _joined(scenario, plan, stay)


def _apart(scenario: Scenario, plan: Plan) -> Iterator[Row]:
    """School days that the last of a level lose more than the first, and which grades these are."""
    school_days = scenario.calendar.school_days
    by_level: dict[str, list[tuple[date, str]]] = {}
    for c in scenario.classes:
        by_level.setdefault(scenario.grade_of(c).level, []).append((plan.day_of(c), c.grade))
    for rows in by_level.values():
        (first, one), (last, other) = min(rows), max(rows)
        apart = sum(first <= day < last for day in school_days)
        yield Key(Q.SCHOOL_DAYS_APART, _named(other, one), last.isoformat()), apart


def _observed(scenario: Scenario, plan: Plan, stay: int) -> Iterator[Row]:
    """Boarders under observation on each day on which somebody comes back: then they are most."""
    for day in sorted({plan.day_of(c) for c in scenario.classes}):
        here = [c for c in scenario.classes if 0 <= (day - plan.day_of(c)).days < stay]
        boarders = [c for c in here if c.boarders]
        place = _named(*(c.grade for c in boarders))
        number = sum(c.boarders for c in boarders)
        yield Key(Q.BOARDERS_OBSERVED, place, day.isoformat()), number


def _joined(scenario: Scenario, plan: Plan, stay: int) -> Iterator[Row]:
    """Days of observation that are left to those in a building when others come into it."""
    by_building: dict[str, set[tuple[date, str]]] = {}
    for c in scenario.classes:
        by_building.setdefault(c.building, set()).add((plan.day_of(c), c.grade))
    for building, batches in by_building.items():
        for day, grade in sorted(batches):
            before = max((row for row in batches if row[0] < day), default=None)
            left = 0 if before is None else max(0, stay - (day - before[0]).days)
            there = (before[1],) if before is not None and left else ()
            place = "/".join((building, grade, *there))
            yield Key(Q.OBSERVATION_LEFT, place, day.isoformat()), left


def _named(*grades: str) -> str:
    return "/".join(dict.fromkeys(grades))
