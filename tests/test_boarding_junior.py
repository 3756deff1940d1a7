"""The scenario in which everything a day can hold takes place, and what a broken rule shows."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import Any

import pytest
from builders import SCENARIOS
from model.days import fixed
from pydantic import ValidationError

from returnsim.experiment.assessment import assess
from returnsim.experiment.study import Study, assessed_days, engines_differ, run
from returnsim.optimise.baselines import baselines
from returnsim.optimise.dates import return_dates
from returnsim.optimise.planner import whole_day
from returnsim.optimise.robustness import fullest_day, weakest
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario, read_scenario

FOLDER = SCENARIOS / "boarding-junior"
BOTH_GRADES = date(2020, 5, 12)
DAYS = (date(2020, 4, 24), date(2020, 5, 11), BOTH_GRADES)


@cache
def laid_out() -> tuple[Scenario, Plan]:
    """The school, and a whole day behind the slots that it would give by hand."""
    school = read_scenario(FOLDER)
    dates = return_dates(school, rulebooks(school, FOLDER))
    return school, whole_day(school, baselines(school, dates, ())["evenly_spread"])


def most(
    school: Scenario, plan: Plan, quantity: Q, kinds: Sequence[str] = (), day: date = BOTH_GRADES
) -> float:
    """The largest mean of a quantity over all places of a day."""
    evidence = run(Study(school, plan, 1, 4, on=(day,))).evidence()
    found = [e.mean for k, e in evidence.items() if k.quantity is quantity]
    if kinds:
        found = [e.mean for k, e in evidence.items() if k.quantity is quantity and k.kind in kinds]
    assert found
    return max(found)


def test_it_holds_every_kind_of_element() -> None:
    school, _ = laid_out()
    tables = "grades classes staff holds buses siblings canteens dormitories meals checks crossings"
    tables += " devices crews supplies zones routines records after_return"
    assert [table for table in tables.split() if not getattr(school, table)] == []
    stages = [stage for gate in school.gates for stage in gate.stages]
    made = {check for stage in stages for check in stage.checks}
    assert made == {"scan", "temperature", "bag disinfection", "registration", "parcel"}
    assert {s.only_for for s in stages} == {"everybody", "boarders"}
    assert {s.only_on_return_day for s in stages} == {True, False}
    assert all(gate.exit and gate.dropoff and gate.farewell for gate in school.gates)
    assert {m.name for m in school.meals} == {"早餐", "午餐", "晚餐"}
    assert {(c.where, c.checkers is None) for c in school.checks} == {
        ("room", True),
        ("room", False),
        ("dormitory", True),
    }
    assert [c.direction for c in school.crossings] == ["out", "in", "out"]
    assert {z.work for z in school.zones} == {"disinfection", "ventilation"}
    assert {z.kind for z in school.zones} > {"campus", "gate", "canteen", "toilet", "refuse"}
    device = school.devices[0]
    assert device.hours_between_failures is not None
    assert device.spares
    assert school.arrivals.boarders_window_minutes is not None
    noon = next(c for c in school.crossings if c.direction == "in")
    assert school.limits.staff_at(noon.begins)
    for c in school.classes:
        assert c.dormitory is not None
    assert any(c.home_at_noon for c in school.classes)
    assert any(0 < c.boarders < c.pupils for c in school.classes)


def test_every_day_that_is_assessed_is_planned_for() -> None:
    school, plan = laid_out()
    assert assessed_days(school, plan) == DAYS
    assert misfits(plan, school) == []


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_both_engines_give_the_same_time_stamps(day: date) -> None:
    school, plan = laid_out()
    assert engines_differ(Study(school, plan, 1, 2, on=(day,)), replications=2) < 1e-9


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_nothing_that_is_owed_is_missed(day: date) -> None:
    school, plan = laid_out()
    evidence = run(Study(school, plan, 1, 16, on=(day,))).evidence()
    none = (Q.CHECKS_MISSED, Q.MEALS_MISSED, Q.ROUNDS_MISSED, Q.ROUNDS_IN_USE, Q.STUCK_DAYS)
    for quantity in none:
        found = {k: e.mean for k, e in evidence.items() if k.quantity is quantity}
        assert found
        assert not any(found.values()), found
    together = {
        k: e.mean for k, e in evidence.items() if k.quantity is Q.COPRESENCE and k.kind == "batch"
    }
    assert len(together) == len(school.canteens)
    assert not any(together.values())


Broken = tuple[Scenario, Plan]


def changed(school: Scenario, table: str, what: str = "", **changes: Any) -> Scenario:
    """The school with the entries of a table changed: all of them, or those that have `what`."""
    raw: dict[str, Any] = school.model_dump(by_alias=True, exclude_none=True)
    raw[table] = [e | changes if not what or what in e else e for e in raw[table]]
    return Scenario.model_validate(raw)


def few_seats(school: Scenario, plan: Plan) -> Broken:
    return changed(school, "canteens", seats=12), plan


def few_marks_in_the_canteen(school: Scenario, plan: Plan) -> Broken:
    return changed(school, "canteens", marked_places=5), plan


def few_marks_at_the_gates(school: Scenario, plan: Plan) -> Broken:
    return changed(school, "gates", marked_places=5), plan


def everybody_at_table_at_once(school: Scenario, plan: Plan) -> Broken:
    meals = {meal.name: meal for meal in school.meals}
    turns = [
        t.model_copy(update={"place": school.canteens[0].name, "at": meals[t.what].begins})
        if t.what in meals
        else t
        for t in plan.timetable
    ]
    return school, plan.changed(timetable=turns)


def no_noon_check_of_the_guards(school: Scenario, plan: Plan) -> Broken:
    raw = school.model_dump(by_alias=True, exclude_none=True)
    raw["checks"] = [c for c in raw["checks"] if c["name"] != "岗位午检"]
    posts = [d | {"used_at": [p for p in d["used_at"] if p != "岗位午检"]} for d in raw["devices"]]
    turns = [t for t in plan.timetable if t.what != "岗位午检"]
    return Scenario.model_validate(raw | {"devices": posts}), plan.changed(timetable=turns)


def one_slow_checker(school: Scenario, plan: Plan) -> Broken:
    slow = {"checkers": 1, "service_seconds": fixed(60)}
    return changed(school, "checks", "checkers", **slow), plan


def slow_crews(minutes: float) -> Callable[[Scenario, Plan], Broken]:
    def slower(school: Scenario, plan: Plan) -> Broken:
        return changed(school, "crews", minutes_per_100_m2=fixed(minutes)), plan

    return slower


def cleaning_at_lunch(school: Scenario, plan: Plan) -> Broken:
    lunch = next(m for m in school.meals if m.name == "午餐")
    rounds = [
        r.model_copy(update={"at": lunch.begins}) if r.zone == "一食堂厅" else r
        for r in plan.rounds
    ]
    return school, plan.changed(rounds=rounds)


def thermometers_that_fail(school: Scenario, plan: Plan) -> Broken:
    bad = changed(school, "devices", hours_between_failures=2.0, spares=0)
    return bad, plan.changed(rounds=())


def crew_away(school: Scenario, plan: Plan) -> Broken:
    return school, plan.changed(rounds=[r for r in plan.rounds if r.zone != "厕所"])


@pytest.mark.parametrize(
    ("broken", "quantity", "kinds"),
    [
        (no_noon_check_of_the_guards, Q.CHECKS_MISSED, ()),
        (one_slow_checker, Q.STUCK_DAYS, ()),
        (slow_crews(60), Q.ROUNDS_MISSED, ("campus",)),
        (crew_away, Q.ROUNDS_MISSED, ("toilet",)),
        (slow_crews(6), Q.ROUNDS_IN_USE, ("canteen", "gate", "classroom")),
        (cleaning_at_lunch, Q.ROUNDS_IN_USE, ("canteen",)),
        (few_seats, Q.MEALS_MISSED, ()),
        (few_marks_in_the_canteen, Q.CROWDED_DAYS, ()),
        (few_marks_at_the_gates, Q.CROWDED_DAYS, ()),
        (everybody_at_table_at_once, Q.COPRESENCE, ("batch",)),
        (thermometers_that_fail, Q.STUCK_DAYS, ()),
    ],
)
def test_a_broken_rule_is_seen(
    broken: Callable[[Scenario, Plan], Broken], quantity: Q, kinds: Sequence[str]
) -> None:
    school, plan = laid_out()
    assert most(school, plan, quantity, kinds) == 0
    assert most(*broken(school, plan), quantity, kinds) > 0


def test_failing_thermometers_cost_lane_minutes() -> None:
    school, plan = laid_out()
    sound = changed(school, "devices", hours_between_failures=1e9)
    assert most(sound, plan.changed(rounds=()), Q.LANE_MINUTES_LOST) == 0
    assert most(*thermometers_that_fail(school, plan), Q.LANE_MINUTES_LOST) > 60


def test_a_dormitory_with_too_few_beds_is_refused() -> None:
    school, _ = laid_out()
    with pytest.raises(ValidationError, match="beds"):
        changed(school, "dormitories", rooms=45)


def test_whoever_goes_home_at_noon_is_back_before_the_lessons() -> None:
    school, plan = laid_out()
    noon = next(c for c in school.crossings if c.direction == "in")
    assert noon.by is not None
    evidence = run(Study(school, plan, 1, 16, on=(BOTH_GRADES,))).evidence()
    back = [
        e.mean
        for k, e in evidence.items()
        if k.quantity is Q.SEATED_BY_BELL and k.kind == noon.name
    ]
    assert len(back) == sum(c.home_at_noon > 0 for c in school.classes)
    assert min(back) >= school.limits.seated_by_bell_probability
    assert seconds(noon.by) <= min(seconds(c.begins) for c in school.checks if c.checkers)


def test_a_plan_without_lanes_at_noon_is_measured_all_the_same() -> None:
    """Whoever comes in again finds nothing open, and is stuck."""
    school, plan = laid_out()
    noon = next(c for c in school.crossings if c.direction == "in")
    shut = plan.changed(lanes=[s for s in plan.lanes if s.begins < noon.begins])
    assert most(school, shut, Q.STUCK_DAYS) == 1


def test_worse_days_are_tried_at_the_gates() -> None:
    """The busiest post is a lane that stands open, and the fullest day that of a gate."""
    school, plan = laid_out()
    found = assess(school, rulebooks(school, FOLDER), plan, seed=1, replications=16)
    place, _ = weakest(found)
    assert place.partition("/")[0] in school.gate_named
    assert fullest_day(found) == DAYS[0], "all of Grade 9 with their luggage"
