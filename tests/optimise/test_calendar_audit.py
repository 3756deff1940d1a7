"""The audit of dates and the rows of the programme for dates admit the same calendars.

Every calendar of small random schools is put into the rows as zeros and ones, without a solver,
and into a plan that is held against the planner's own limits.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pytest
from builders import a_class, a_grade, a_plan, a_scenario
from numpy.typing import NDArray

from returnsim.measure.planned import planned
from returnsim.optimise.calendar_rows import Kind, add_rows
from returnsim.optimise.programme import Programme
from returnsim.plan.plan import Plan, ReturnDate
from returnsim.rules.audit import Finding, Verdict, audit
from returnsim.rules.matrix import built_in_book
from returnsim.rules.rulebook import PLANNER
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.units import return_units

LIMITS = {
    "L-fair": "fair_days_apart",
    "L-beds": "observation_beds",
    "L-building": "one_batch_per_building",
}
SEEDS = range(12)
BOOK = built_in_book(PLANNER)
Calendar = tuple[date, ...]
"""The day of each grade, in the order of the file."""


class Judged(NamedTuple):
    """Calendars, and of each clause those that the audit and those that the rows admit."""

    all_there_are: list[Calendar]
    audit: dict[str, set[Calendar]]
    rows: dict[str, set[Calendar]]


def random_school(seed: int, **limits: Any) -> Scenario:
    """Three grades of one or two classes each, in up to three buildings, for two weeks."""
    luck = np.random.default_rng(seed)
    grades = [a_grade(name, level=str(luck.choice(["junior", "primary"]))) for name in "abc"]
    classes = [
        a_class(
            f"{grade.name}{n}",
            grade=grade.name,
            building=str(luck.choice(["x", "y", "z"])),
            boarders=int(luck.integers(0, 10)),
        )
        for grade in grades
        for n in range(luck.integers(1, 3))
    ]
    most = max(sum(c.boarders for c in classes if c.grade == g.name) for g in grades)
    given = {
        "fair_days_apart": int(luck.integers(0, 4)),
        "observation_beds": max(1, most + int(luck.integers(0, 6))),
        "one_batch_per_building": True,
    }
    gate = a_scenario().gates[0].model_dump(by_alias=True)
    return a_scenario(
        grades=grades,
        classes=classes,
        gates=[gate | {"metres_to": dict.fromkeys("xyz", 60)}],
        after_return={"campus_observation_days": int(luck.integers(0, 8))},
        calendar={"last_day": date(2020, 4, 17), "holidays": [date(2020, 4, 9)]},
        limits=given | limits,
    )


def only(scenario: Scenario, name: str) -> Scenario:
    """The same school, of these limits with one alone."""
    bare = {"fair_days_apart": None, "observation_beds": None, "one_batch_per_building": False}
    limits = scenario.limits.model_dump()
    return scenario.model_validate(
        {f: getattr(scenario, f) for f in Scenario.model_fields}
        | {"limits": limits | bare | {name: limits[name]}}
    )


def admitted(scenario: Scenario, calendars: list[Calendar]) -> set[Calendar]:
    """Calendars that keep every row, whatever the rows count besides taking its only sense."""
    days = scenario.calendar.school_days
    programme = Programme()
    kinds = [Kind((unit,), np.zeros(len(days))) for unit in return_units(scenario)]
    back = programme.add(len(kinds), len(days), high=1, whole=True)
    programme.row([(v, 1) for v in back.ravel()], 0, back.size)  # so that there is a row
    add_rows(programme, back, scenario, kinds, days)
    rows = programme.rows()
    kept = set()
    for chosen in calendars:
        dates = dict(zip((g.name for g in scenario.grades), map(days.index, chosen), strict=True))
        x = np.concatenate(
            [np.eye(len(days))[list(dates.values())].ravel(), *beside(scenario, dates)]
        )
        sums = rows.matrix @ x
        if np.all(rows.row_low <= sums) and np.all(sums <= rows.row_high):
            kept.add(chosen)
    return kept


def beside(scenario: Scenario, dates: dict[str, int]) -> Iterator[NDArray[np.float64]]:
    """First day of every level, then the days on which somebody comes back to every building."""
    every = np.eye(len(scenario.calendar.school_days))
    if scenario.limits.fair_days_apart is not None:
        for level in dict.fromkeys(g.level for g in scenario.grades):
            yield every[min(dates[g.name] for g in scenario.grades if g.level == level)]
    if scenario.limits.one_batch_per_building:
        for building in dict.fromkeys(c.building for c in scenario.classes):
            own = {dates[c.grade] for c in scenario.classes if c.building == building}
            yield every[list(own)].sum(axis=0)


def a_calendar(scenario: Scenario, plan: Plan, chosen: Calendar) -> Plan:
    pairs = zip(scenario.grades, chosen, strict=True)
    return plan.changed(return_dates=[ReturnDate(grade=g.name, day=day) for g, day in pairs])


def findings(scenario: Scenario, plan: Plan) -> dict[str, Finding]:
    found = audit((BOOK,), scenario, planned(scenario, plan))
    return {f.clause.id: f for f in found if f.clause.id in LIMITS}


@cache
def judged(seed: int) -> Judged:
    scenario = random_school(seed)
    plan = a_plan(scenario)
    calendars = list(product(scenario.calendar.school_days, repeat=3))
    audited: dict[str, set[Calendar]] = {clause: set() for clause in LIMITS}
    for chosen in calendars:
        for clause, finding in findings(scenario, a_calendar(scenario, plan, chosen)).items():
            assert finding.verdict in (Verdict.MET, Verdict.VIOLATED)
            if finding.verdict is Verdict.MET:
                audited[clause].add(chosen)
    rows = {c: admitted(only(scenario, name), calendars) for c, name in LIMITS.items()}
    return Judged(calendars, audited, rows)


@pytest.mark.parametrize("clause", LIMITS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_audit_admits_the_calendars_that_the_rows_admit(seed: int, clause: str) -> None:
    found = judged(seed)
    assert found.audit[clause] == found.rows[clause]


@pytest.mark.parametrize("seed", SEEDS)
def test_all_clauses_together_admit_what_all_rows_together_do(seed: int) -> None:
    found = judged(seed)
    every = set.intersection(*found.audit.values())
    assert every == admitted(random_school(seed), found.all_there_are)


def test_each_of_them_forbids_some_calendars_and_not_all() -> None:
    """Else the tests above would not notice if one were forgotten."""
    for clause in LIMITS:
        shares = [len(judged(s).rows[clause]) / len(judged(s).all_there_are) for s in SEEDS]
        assert sum(0 < share < 1 for share in shares) >= len(SEEDS) / 3


@pytest.mark.parametrize(("clause", "limit"), list(LIMITS.items())[:2])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_found_is_the_least_limit_with_which_the_rows_admit_it(
    seed: int, clause: str, limit: str
) -> None:
    scenario = random_school(seed)
    luck = np.random.default_rng(seed)
    days = scenario.calendar.school_days
    for chosen in (tuple(days[i] for i in luck.integers(0, len(days), 3)) for _ in range(10)):
        finding = findings(scenario, a_calendar(scenario, a_plan(scenario), chosen))[clause]
        assert finding.estimate is not None
        least = int(finding.estimate.mean)
        for number, keeps in ((least, True), (least - 1, False)):
            if number < (0 if clause == "L-fair" else 1):
                continue  # no such limit
            loosened = only(random_school(seed, **{limit: number}), limit)
            assert bool(admitted(loosened, [chosen])) is keeps
