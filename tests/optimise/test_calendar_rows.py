"""Fairness between grades, beds for observation, one batch to a building: counted out."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from builders import a_book, a_class, a_clause, a_grade, a_scenario

from returnsim.errors import InfeasibleError
from returnsim.optimise.conflict import DATES
from returnsim.optimise.conflict import limits as all_limits
from returnsim.optimise.dates import BATCH_COST, return_dates
from returnsim.optimise.levers import levers
from returnsim.rules.matrix import built_in_book
from returnsim.rules.rulebook import PLANNER
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say

TUESDAY, WEDNESDAY, THURSDAY = (date(2020, 4, day) for day in (7, 8, 9))
NOTICE = a_book(
    a_clause(
        id="notice",
        quantity="days_after_written_notice",
        relation="at least",
        limit=0.0,
    )
)


def observed(days: int) -> dict[str, Any]:
    return {
        "symptom_free_days": 1,
        "campus_observation_days": days,
        "report_probability": 1.0,
        "source": "made up",
    }


def school(
    *grades: Any, buildings: str = "", boarders: tuple[int, ...] = (), **changes: Any
) -> Scenario:
    """Grades of one class of twenty; a letter for each one's building."""
    places, sleep_in = buildings or "x" * len(grades), boarders or (0,) * len(grades)
    return a_scenario(
        grades=grades,
        classes=[
            a_class(g.name, grade=g.name, pupils=20, boarders=n, building=b)
            for g, b, n in zip(grades, places, sleep_in, strict=True)
        ],
        gates=[
            {
                **a_scenario().gates[0].model_dump(by_alias=True),
                "metres_to": dict.fromkeys("xy", 60),
            }
        ],
        after_return=changes.pop("after_return", observed(5)),
        **{"limits": {"people_returning_per_day": None} | changes.pop("limits", {})},
        **changes,
    )


def found(scenario: Scenario) -> dict[str, date]:
    return {d.grade: d.day for d in return_dates(scenario, (NOTICE,))}


def test_one_grade_does_not_wait_for_all_the_others_where_it_must_be_fair() -> None:
    """Three grades, one a day: the one that counts least may not be last of all."""
    grades = [
        a_grade("a"),
        a_grade("b", lost_day_weight=2),
        a_grade("c", level="primary", lost_day_weight=1.2),
    ]
    limits: dict[str, Any] = {"people_returning_per_day": 20, "days_between_batches": 1}
    free = found(school(*grades, limits=limits))
    assert free == {"b": TUESDAY, "c": WEDNESDAY, "a": THURSDAY}
    fair = found(school(*grades, limits=limits | {"fair_days_apart": 1}))
    assert fair["a"] == WEDNESDAY, "not later than the day after b, of the same level"
    with pytest.raises(InfeasibleError, match="fairness"):
        found(school(*grades, limits=limits | {"fair_days_apart": 0}))


def test_boarders_come_when_beds_are_free_again() -> None:
    grades = [a_grade("a", lost_day_weight=2), a_grade("b")]
    limits = {"days_between_batches": 1}
    for beds, days_later in ((11, 5), (12, 0)):
        some = school(*grades, boarders=(6, 6), limits=limits | {"observation_beds": beds})
        first, second = found(some).values()
        assert first == TUESDAY
        after = [d for d in some.calendar.school_days if d >= TUESDAY + timedelta(days=days_later)]
        assert second == after[0]


def test_a_grade_with_more_boarders_than_beds_is_refused() -> None:
    crowded = school(a_grade("a"), boarders=(6,), limits={"observation_beds": 5})
    with pytest.raises(InfeasibleError) as refused:
        found(crowded)
    [problem] = refused.value.reasons
    assert (problem.where, problem.code) == ("grades.a", "grade_larger_than_beds")
    assert problem.values == {"boarders": 6, "beds": 5}


def test_one_building_takes_the_next_batch_once_the_last_was_observed() -> None:
    grades = [a_grade("a", lost_day_weight=2), a_grade("b")]
    limits = {
        "people_returning_per_day": 20,
        "days_between_batches": 1,
        "one_batch_per_building": True,
    }
    apart = found(school(*grades, buildings="xy", limits=limits))
    assert apart == {"a": TUESDAY, "b": WEDNESDAY}
    shared = found(school(*grades, buildings="xx", limits=limits))
    assert shared == {"a": TUESDAY, "b": date(2020, 4, 13)}, "five days later is a Sunday"
    together = limits | {"people_returning_per_day": 40}
    assert set(found(school(*grades, buildings="xx", limits=together)).values()) == {TUESDAY}


CLAUSES = {"fair": "L-fair", "beds": "L-beds", "buildings": "L-building"}
"""The clause of the planner's own limits behind each."""


@pytest.mark.parametrize(
    ("code", "steps", "limits"),
    [
        ("fair", 1, {"fair_days_apart": 1}),
        ("beds", 1, {"observation_beds": 11}),
        ("buildings", 1, {"one_batch_per_building": True}),
    ],
)
def test_each_of_them_can_be_loosened_and_its_sentence_says_so(
    code: str, steps: int, limits: dict[str, Any]
) -> None:
    """Two grades that must be back, one a day, four days apart, within five school days."""
    tight = school(
        *(a_grade("a"), a_grade("b")),
        boarders=(6, 6),
        after_return=observed(7),
        calendar={"last_day": date(2020, 4, 13)},
        limits={"people_returning_per_day": 20, "days_between_batches": 4} | limits,
    )
    with pytest.raises(InfeasibleError) as refused:
        found(tight)
    reasons = refused.value.reasons
    [lever] = [one for one in levers(tight, (NOTICE,), reasons) if one.code == code]
    works = []
    for n in lever.steps:
        try:
            found(lever.pull(n))
            works.append(n)
        except InfeasibleError:
            continue
    assert works[0] == steps
    for lang in ("zh", "en"):
        for key in (f"way_out.{code}", f"conflict.{lever.limit}"):
            assert "{" not in say(key, lang, **lever.says(steps))
    assert code in DATES
    books = (NOTICE, built_in_book(PLANNER))
    [dropped] = [limit for limit in all_limits(tight, books, reasons) if limit.code == code]
    assert [clause.id for clause in dropped.clauses] == [CLAUSES[code]]


# ------------------------------------------------------------------------ all there are


def random_school(seed: int) -> Scenario:
    """Three grades, two weeks, limits that bind now and then."""
    luck = np.random.default_rng(seed)
    grades = [
        a_grade(
            name,
            level=str(luck.choice(["junior", "primary"])),
            lost_day_weight=float(luck.choice([0.5, 1.0, 2.0])),
        )
        for name in "abc"
    ]
    boarders = luck.integers(0, 20, 3)
    return school(
        *grades,
        buildings="".join(luck.choice(["x", "y"], 3)),
        boarders=tuple(int(n) for n in boarders),
        after_return=observed(int(luck.integers(0, 7))),
        calendar={"last_day": date(2020, 4, 20)},
        limits={
            "days_between_batches": int(luck.integers(1, 4)),
            "people_returning_per_day": int(luck.choice([20, 40])),
            "fair_days_apart": int(luck.choice([0, 1, 2, 4])),
            "observation_beds": int(boarders.max() + luck.integers(1, 8)),
            "one_batch_per_building": bool(luck.random() < 0.5),
        },
    )


def broken(scenario: Scenario, chosen: tuple[date, ...]) -> Iterator[str]:
    """Rules that dates break, day by day."""
    limits, rules, all_days = scenario.limits, scenario.after_return, scenario.calendar.school_days
    assert rules is not None
    stay = timedelta(days=rules.campus_observation_days)
    rows = list(zip(scenario.grades, scenario.classes, chosen, strict=True))
    if any(20 * chosen.count(d) > (limits.people_returning_per_day or 0) for d in chosen):
        yield "people a day"
    if any(
        abs((d - e).days) < limits.days_between_batches for d, e in combinations(set(chosen), 2)
    ):
        yield "days between"
    for (g, _, d), (h, _, e) in combinations(rows, 2):
        apart = abs(sum(x < d for x in all_days) - sum(x < e for x in all_days))
        if g.level == h.level and apart > (limits.fair_days_apart or 0):
            yield "fair"
    every_day = [TUESDAY + timedelta(days=n) for n in range(25)]
    for day in every_day:
        inside = [(c, d) for _, c, d in rows if d <= day < d + stay]
        if sum(c.boarders for c, _ in inside) > (limits.observation_beds or 0):
            yield "beds"
        for (_, c, d), (one, e) in product(rows, inside):
            if limits.one_batch_per_building and c.building == one.building and e < d == day:
                yield "buildings"


def cost(scenario: Scenario, chosen: tuple[date, ...]) -> float:
    lost = [scenario.calendar.school_days.index(day) for day in chosen]
    weighted = sum(20 * g.lost_day_weight * n for g, n in zip(scenario.grades, lost, strict=True))
    return weighted + BATCH_COST * len(set(chosen))


def ways(scenario: Scenario) -> Iterator[tuple[date, ...]]:
    return product(scenario.calendar.school_days, repeat=3)


@cache
def best(seed: int) -> float:
    try:
        return cost(random_school(seed), tuple(found(random_school(seed)).values()))
    except InfeasibleError:
        return float("inf")


@pytest.mark.parametrize("seed", range(24))
def test_no_dates_that_keep_the_rows_lose_less(seed: int) -> None:
    scenario = random_school(seed)
    costs = [cost(scenario, way) for way in ways(scenario) if not [*broken(scenario, way)]]
    assert best(seed) == pytest.approx(min(costs, default=float("inf")), abs=BATCH_COST / 10)
    if costs:
        assert list(broken(scenario, tuple(found(scenario).values()))) == []


def test_every_row_binds_in_some_of_the_random_schools() -> None:
    """Else the test above would not notice if one were forgotten."""
    binding: set[str] = set()
    for seed in range(24):
        scenario = random_school(seed)
        for way in ways(scenario):
            if cost(scenario, way) < best(seed):
                rules = set(broken(scenario, way))
                binding |= rules if len(rules) == 1 else set()
    assert binding >= {"fair", "beds", "buildings"}
