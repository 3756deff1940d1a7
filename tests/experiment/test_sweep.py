"""Sweeps: every combination on the same luck, and nothing of how it was played in the result."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from builders import a_book, a_clause, a_plan
from model.days import a_lively_school

from returnsim.errors import InfeasibleError, InputError, Problem
from returnsim.experiment.assessment import Assessment, assess
from returnsim.experiment.headlines import HEADLINES, worst
from returnsim.experiment.sweep import INFEASIBLE, STAFF, Sweep, columns, play_points
from returnsim.experiment.vary import axes
from returnsim.experiment.workers import Jobs
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario

SCHOOL = a_lively_school(25.0)
PLAN = a_plan(SCHOOL)
BOOK = a_book(a_clause(quantity="longest_queue", relation="at most", limit=4.0))
LANES, ABSENT = "gates.gate.stages.check.lanes", "arrivals.absent_probability"


def a_sweep(*vary: str, **changes: Any) -> Sweep:
    school = changes.get("scenario", SCHOOL)
    asked = vary or (f"{LANES}=1..3", f"{ABSENT}=0.1,0.5")
    made = Sweep(school, (BOOK,), PLAN, axes(school, asked), 1, 64)
    return replace(made, **changes)


def test_every_combination_has_its_row_in_order() -> None:
    rows = list(play_points(a_sweep()))
    assert [(r[LANES], r[ABSENT]) for r in rows] == [
        (n, p) for n in (1, 2, 3) for p in (0.1, 0.5)
    ]  # fmt: skip
    assert {tuple(r) for r in rows} == {(LANES, ABSENT, *columns())}


def test_a_row_is_what_an_assessment_of_the_changed_school_says() -> None:
    row = next(iter(play_points(a_sweep(f"{ABSENT}=0.5"))))
    school = a_lively_school(25.0, arrivals={
        "offset_minutes": {"kind": "normal", "mean": -5, "sd": 3}, "absent_probability": 0.5,
    })  # fmt: skip
    found = assess(school, [BOOK], PLAN, seed=1, replications=64)
    for quantity in HEADLINES:
        expected = worst(found.evidence, quantity)
        assert expected is not None
        key, estimate = expected
        assert row[quantity.value] == pytest.approx(estimate.mean, rel=1e-9)
        assert row[f"{quantity.value}_high"] == pytest.approx(estimate.high, rel=1e-9)
        assert (row[f"{quantity.value}_place"], row[f"{quantity.value}_day"]) == key[1:3]
    assert row["replications"] == 64
    assert row["hard_violated"] == len(found.hard_violated)
    assert row["duty_minutes"] == PLAN.staff_minutes(school)


def test_more_lanes_shorten_the_queue_on_the_same_luck() -> None:
    rows = list(play_points(a_sweep(f"{LANES}=1..4")))
    queues = [float(r["longest_queue"] or 0) for r in rows]
    assert queues == sorted(queues, reverse=True)
    assert queues[0] > queues[-1]
    duties = [float(r["duty_minutes"] or 0) for r in rows]
    assert duties == [n * duties[0] for n in (1, 2, 3, 4)]


def test_rows_do_not_depend_on_where_one_begins_or_who_works() -> None:
    whole = list(play_points(a_sweep(), jobs=1))
    assert list(play_points(a_sweep(), begin=4, jobs=2)) == whole[4:]
    assert list(play_points(a_sweep(), jobs=2)) == whole


def test_values_that_the_scenario_refuses_are_all_told_before_anything_is_played() -> None:
    with pytest.raises(InputError) as error:
        _ = a_sweep(f"{LANES}=0..2", f"{ABSENT}=0.1,1.5").points
    told = error.value.text("en")
    assert f"{LANES}: is 0; should be at least 1" in told
    assert f"{ABSENT}: is 1.5; should be at most 1" in told
    assert len(error.value.problems) == 2


def test_a_plan_that_no_longer_fits_is_told() -> None:
    with pytest.raises(InputError) as error:
        _ = a_sweep("gates.gate.closes=08:00:00").points
    assert "outside the opening hours" in error.value.text("en")


def test_too_few_people_on_duty_are_marked_not_refused() -> None:
    staff = [{"begins": time(6), "ends": time(12), "people": 2}]
    school = a_lively_school(25.0, limits={"staff": staff})
    rows = list(play_points(a_sweep(f"{LANES}=2,3", scenario=school)))
    assert [r["note"] for r in rows] == ["", STAFF]
    assert all(r["longest_queue"] is not None for r in rows)


def test_without_a_plan_one_is_made_for_every_combination() -> None:
    asked: list[float] = []

    def planner(school: Scenario, _: Jobs) -> Assessment:
        asked.append(school.arrivals.absent_probability)
        if school.arrivals.absent_probability < 0.2:
            raise InfeasibleError([Problem("", "no_plan_found")])
        return assess(school, [BOOK], a_plan(school), seed=1, replications=64)

    sweep = a_sweep(f"{ABSENT}=0.1,0.5", plan=None)
    rows = list(play_points(sweep, planner=planner))
    assert asked == [0.1, 0.5]
    assert [r["note"] for r in rows] == [INFEASIBLE, ""]
    assert rows[0]["longest_queue"] is None
    assert rows[1]["longest_queue"] is not None
    assert {tuple(r) for r in rows} == {(ABSENT, *columns())}
    with pytest.raises(ValueError, match="makes plans"):
        next(play_points(sweep))


@pytest.mark.parametrize(
    ("other", "part"),
    [
        ({"seed": 2}, "seed"),
        ({"replications": "auto"}, "replications"),
        ({"plan": None}, "plan"),
        ({"books": ()}, "rulebooks"),
        ({"scenario": a_lively_school(26.0)}, "scenario"),
        ({"axes": axes(SCHOOL, [f"{LANES}=1..2"])}, "settings"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_the_mark_tells_sweeps_apart(other: dict[str, Any], part: str) -> None:
    one, two = a_sweep().mark.split(" "), replace(a_sweep(), **other).mark.split(" ")
    assert a_sweep().mark.split(" ") == one
    assert [a.split(":")[0] for a, b in zip(one, two, strict=True) if a != b] == [part]


def test_progress_runs_over_the_whole_sweep() -> None:
    told: list[tuple[int, int]] = []
    sweep = a_sweep(f"{LANES}=1,2")
    list(play_points(sweep, progress=lambda *steps: told.append(steps)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


def test_the_worst_place_is_the_one_where_it_matters() -> None:
    found = assess(SCHOOL, [BOOK], PLAN, seed=1, replications=64).evidence
    for quantity, pick in ((Q.LONGEST_QUEUE, max), (Q.SEATED_BY_BELL, min)):
        row = worst(found, quantity)
        assert row is not None
        means = [e.mean for key, e in found.items() if key.quantity is quantity]
        assert row[1].mean == pick(means)
    assert worst({}, Q.MEAN_WAIT) is None
