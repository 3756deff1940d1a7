"""A lunch worked out by hand, and the laws of what a day owes."""

from datetime import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from laws.mornings import LAW, Morning
from laws.schooldays import a_check, school_days
from model.days import DAY_AFTER, RETURN, chance, fixed

from returnsim.measure.daytime import measure_daytime
from returnsim.measure.evidence import conserve, measure
from returnsim.measure.presence import present, readings
from returnsim.model.day import prepare
from returnsim.model.itinerary import itineraries
from returnsim.model.kernel import replay
from returnsim.model.occupancy import crowd, together
from returnsim.model.trace import Trace
from returnsim.plan.files import read_plan
from returnsim.plan.plan import Plan
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario, read_scenario

SCHOOL_DAY = Path(__file__).parents[1] / "plan" / "school-day"


def school() -> tuple[Scenario, Plan]:
    given = read_scenario(SCHOOL_DAY)
    return given, read_plan(SCHOOL_DAY / "good-plan.toml", given)


def played(scenario: Scenario, plan: Plan, day: Any = RETURN, seed: int = 1) -> Trace:
    prepared = prepare(scenario, plan, day)
    return replay(itineraries(prepared, chance(prepared, seed=seed)))


def changed(scenario: Scenario, **tables: Any) -> Scenario:
    return Scenario.model_validate(scenario.model_dump(by_alias=True, exclude_none=True) | tables)


def found(trace: Trace, quantity: Q, place: str = "", kind: str = "") -> float:
    rows = {(k.quantity, k.place, k.kind): v for k, v in measure_daytime(trace).items()}
    return float(rows[quantity, place, kind][0])


def test_ten_pupils_at_lunch() -> None:
    """They walk a minute, wait for one check of 5 s, two taps of 20 s, two lines of 15 s."""
    scenario, plan = school()
    trace = played(scenario, plan.changed(rounds=()))
    assert found(trace, Q.LONGEST_QUEUE, "canteen") == 9
    assert found(trace, Q.QUEUE_METRES, "canteen") == 9
    assert found(trace, Q.METRES_SHORT, "canteen") == 0
    assert found(trace, Q.MOST_SEATED, "canteen") == 10
    assert found(trace, Q.MEALS_MISSED, "lunch") == 0
    assert found(trace, Q.CROWDED_DAYS, "canteen") == 0
    # at the check they wait 0, 5 ... 45 s; at the taps 0, 0, 10, 10 ... 40, 40 s; nowhere else
    check, tap = np.arange(0, 50, 5), np.repeat(np.arange(0, 50, 10), 2)
    visits = 4 * 10
    assert found(trace, Q.MEAN_WAIT, "canteen") == pytest.approx((check + tap).sum() / visits / 60)
    busy = found(trace, Q.BUSY_SHARE, "lunch/canteen/serving")
    assert busy == pytest.approx(10 * 15 / (2 * 3600))


def test_a_crew_that_works_in_the_canteen_at_noon_keeps_everybody_out() -> None:
    """From 12:00 to 12:10, while all ten stand before it."""
    scenario, plan = school()
    trace = played(scenario, plan)
    assert found(trace, Q.LONGEST_QUEUE, "canteen") == 10
    assert found(trace, Q.ROUNDS_DONE, "dining", "canteen") == 1
    assert found(trace, Q.ROUNDS_MISSED, "dining", "canteen") == 0
    assert found(trace, Q.ROUNDS_IN_USE, "dining", "canteen") == 1
    assert found(trace, Q.LANE_MINUTES_LOST) == pytest.approx(10 * (1 + 2 + 2 + 10))
    early = plan.changed(rounds=[r.model_copy(update={"at": time(11)}) for r in plan.rounds])
    assert found(played(scenario, early), Q.ROUNDS_IN_USE, "dining", "canteen") == 0
    never = plan.changed(rounds=[r.model_copy(update={"at": time(23, 55)}) for r in plan.rounds])
    assert found(played(scenario, never), Q.ROUNDS_MISSED, "dining", "canteen") == 1


def test_a_hall_with_too_few_seats_keeps_people_standing() -> None:
    scenario, plan = school()
    hall = scenario.canteens[0].model_dump(exclude_none=True) | {"seats": 4, "area_m2": 20.0}
    trace = played(changed(scenario, canteens=[hall]), plan.changed(rounds=()))
    assert found(trace, Q.MOST_SEATED, "canteen") == 4
    assert found(trace, Q.DENSITY, "canteen") == pytest.approx(0.2)
    assert found(trace, Q.LONGEST_WAIT, "canteen") > 14


def test_those_who_are_not_served_before_the_canteen_closes_go_without() -> None:
    scenario, plan = school()
    meal = scenario.meals[0].model_dump(exclude_none=True) | {"ends": time(12, 2)}
    late = [t for t in plan.timetable if t.who != "8-1" or t.what != "lunch"]
    trace = played(changed(scenario, meals=[meal]), plan.changed(rounds=(), timetable=late))
    seated = np.isfinite(trace.ended[0, :, trace.journeys.day.door + 4]).sum()
    assert 0 < seated < 10
    assert found(trace, Q.MEALS_MISSED, "lunch") == 10 - seated


def test_two_batches_in_one_canteen_are_together() -> None:
    """Both classes at noon: ten of one batch, and those of the other who stay at school."""
    scenario, plan = school()
    day = plan.return_days[1]
    both = [
        t.model_copy(update={"at": time(12)}) if t.what == "lunch" else t for t in plan.timetable
    ]
    together_ = played(scenario, plan.changed(rounds=(), timetable=both), day)
    assert found(together_, Q.COPRESENCE, "canteen", "batch") > 0
    assert found(together_, Q.COPRESENCE, "canteen", "class") > 0
    assert found(together_, Q.COPRESENCE, "canteen", "building") == 0
    apart = played(scenario, plan.changed(rounds=()), day)
    assert found(apart, Q.COPRESENCE, "canteen", "batch") < found(
        together_, Q.COPRESENCE, "canteen", "batch"
    )


def test_owed_checks_that_nobody_does_are_missed() -> None:
    """Three a day are owed to boarders; gate, door, canteen door, classroom, bed make five."""
    scenario, plan = school()
    routine = {
        "what": "temperature check",
        "who": "boarders",
        "times_per_day": 6,
        "source": "made up",
    }
    trace = played(changed(scenario, routines=[routine]), plan.changed(rounds=()))
    kind = "temperature check/boarders"
    owed = found(trace, Q.CHECKS_OWED, "boarders", kind)
    assert owed == 6 * 6
    assert found(trace, Q.CHECKS_MISSED, "boarders", kind) == 6 * 1
    assert found(trace, Q.CHECKS_DONE, "boarders", kind) == 6 * 5
    enough = changed(scenario, routines=[routine | {"times_per_day": 5}])
    assert found(played(enough, plan.changed(rounds=())), Q.CHECKS_MISSED, "boarders", kind) == 0


def test_a_thermometer_that_fails_without_a_spare_costs_a_lane() -> None:
    scenario, plan = school()
    device = {
        "name": "gun",
        "used_at": ["canteen"],
        "hours_between_failures": 0.001,
        "source": "made up",
    }
    broken = played(changed(scenario, devices=[device]), plan.changed(rounds=()))
    assert found(broken, Q.LANE_MINUTES_LOST) == pytest.approx(60, abs=1)
    spare = changed(scenario, devices=[device | {"spares": 1, "swap_minutes": 7}])
    assert found(played(spare, plan.changed(rounds=())), Q.LANE_MINUTES_LOST) == pytest.approx(7)


def test_parents_wait_behind_their_line() -> None:
    scenario, plan = school()
    gate = scenario.gates[0].model_dump(exclude_none=True)
    gate["farewell"] = {"share": 1.0, "seconds": fixed(90), "places": 3, "source": "made up"}
    trace = played(changed(scenario, gates=[gate]), plan)
    assert found(trace, Q.PARENTS_WAITING, "main") == 4  # the day pupils of 9-1 come together
    assert found(trace, Q.PARENTS_CROWDED_DAYS, "main") == 1


def test_a_morning_alone_has_none_of_this() -> None:
    scenario, plan = school()
    alone = changed(scenario, meals=[], checks=[], crossings=[], crews=[])
    trace = played(alone, plan.changed(timetable=(), rounds=()), DAY_AFTER)
    assert measure_daytime(trace) == {}


@LAW
@given(school_days(ties=True))
def test_people_and_checks_add_up_on_every_day(day: Morning) -> None:
    trace = replay(day.path)
    measures = measure(trace)
    conserve(measures)
    taken, here = readings(trace), present(trace)
    pupils = day.path.day.is_pupil
    assert (taken[~np.isnan(day.path.start)] >= 0).all()
    for key, owed in measures.items():
        if key.quantity is Q.CHECKS_OWED:
            done = measures[key._replace(quantity=Q.CHECKS_DONE)]
            missed = measures[key._replace(quantity=Q.CHECKS_MISSED)]
            np.testing.assert_array_equal(owed, done + missed)
            assert (missed >= 0).all()
    assert here.shape == (trace.replications, pupils.size)


def test_a_crowd_is_counted_until_midnight() -> None:
    came = np.array([[0.0, 10.0, 20.0, np.nan]])
    left = np.array([[30.0, 40.0, np.inf, np.nan]])
    most, above, people = crowd(came, left, 1)
    assert (most[0], above[0]) == (3, 30.0)
    assert people[0] == 10.0 + 2 * 10.0 + 10.0


def test_whoever_goes_as_another_comes_does_not_meet_them() -> None:
    came, left = np.array([[0.0, 10.0]]), np.array([[10.0, 20.0]])
    assert crowd(came, left, 0)[0][0] == 1
    assert together(came, left, np.array([0, 1]))[0] == 0.0
    assert together(came, left + 5, np.array([0, 1]))[0] == 5.0


def test_a_round_of_checks_with_too_few_people_takes_longer() -> None:
    scenario, plan = school()
    few, many = (
        changed(
            scenario,
            checks=[
                scenario.checks[0].model_dump(exclude_none=True),
                a_check(name="noon", begins=time(13, 30), ends=time(15), who=["day pupils"])
                | {"checkers": n},
            ],
        )
        for n in (1, 4)
    )
    waits = [
        (t.began - t.arrived)[np.isfinite(t.began)].sum()
        for t in (played(s, plan.changed(rounds=())) for s in (few, many))
    ]
    assert waits[0] > waits[1]
