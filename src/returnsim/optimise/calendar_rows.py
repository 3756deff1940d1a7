"""Rows of the calendar that few schools ask for: fairness, beds for observation, buildings.

The audit holds any plan against the same limits (`returnsim.measure.calendar`); a test compares
the calendars that both admit, so what changes here has to change there.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations

from returnsim.errors import Problem
from returnsim.optimise.programme import INF, Index, Programme
from returnsim.scenario.scenario import Scenario


def add_rows(programme: Programme, back: Index, scenario: Scenario, days: Sequence[date]) -> None:
    """Add those that the scenario asks for.

    Parameters
    ----------
    back
        Binary variables: a grade returns on a day, shape (grades, days).
    days
        School days on which somebody may return.
    """
    _keep_fair(programme, back, scenario, days)
    _keep_beds(programme, back, scenario, days)
    _keep_buildings(programme, back, scenario, days)


def grades_larger_than_the_beds(scenario: Scenario) -> Iterator[Problem]:
    """Grades that would need more beds than there are if nobody else were observed."""
    beds = scenario.limits.observation_beds
    for grade in scenario.grades:
        boarders = _boarders(scenario, grade.name)
        if beds is not None and boarders > beds:
            values = {"boarders": boarders, "beds": beds}
            yield Problem(f"grades.{grade.name}", "grade_larger_than_beds", values)


def _keep_fair(programme: Programme, back: Index, scenario: Scenario, days: Sequence[date]) -> None:
    """No grade loses many more school days than another of its level."""
    most = scenario.limits.fair_days_apart
    if most is None:
        return
    lost = [scenario.calendar.school_days.index(day) for day in days]
    for (g, one), (h, other) in combinations(enumerate(scenario.grades), 2):
        if one.level == other.level:
            terms = [(v, k) for v, k in zip(back[g], lost, strict=True)]
            terms += [(v, -k) for v, k in zip(back[h], lost, strict=True)]
            programme.row(terms, -most, most)


def _keep_beds(programme: Programme, back: Index, scenario: Scenario, days: Sequence[date]) -> None:
    """On no day are more boarders observed than there are beds; most are on days of return."""
    beds = scenario.limits.observation_beds
    if beds is None:
        return
    boarders = [_boarders(scenario, g.name) for g in scenario.grades]
    for day in days:
        since = [d for d, other in enumerate(days) if _observed(scenario, other, day)]
        terms = [(back[g, d], n) for g, n in enumerate(boarders) for d in since]
        programme.row(terms, -INF, beds)


def _keep_buildings(
    programme: Programme, back: Index, scenario: Scenario, days: Sequence[date]
) -> None:
    """Grades that share a building return together, or once the others were observed."""
    if not scenario.limits.one_batch_per_building:
        return
    places = [
        {c.building for c in scenario.classes if c.grade == grade.name} for grade in scenario.grades
    ]
    for g, h in combinations(range(len(places)), 2):
        if not places[g] & places[h]:
            continue
        for d, day in enumerate(days):
            for one, other in ((g, h), (h, g)):
                later = [
                    i
                    for i, then in enumerate(days)
                    if day < then and _observed(scenario, day, then)
                ]
                programme.row([(back[one, d], 1), *((back[other, i], 1) for i in later)], 0, 1)


def _observed(scenario: Scenario, back: date, day: date) -> bool:
    """Whether those who came back on one day are observed on another."""
    rules = scenario.after_return
    if rules is None:
        return False
    return back <= day < back + timedelta(days=rules.campus_observation_days)


def _boarders(scenario: Scenario, grade: str) -> int:
    return sum(c.boarders for c in scenario.classes if c.grade == grade)
