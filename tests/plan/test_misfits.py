"""What a scenario allows to the last minute, lane and person, and what it does not any more.

Every misfit has a bad file too (`bad/`); here are the edges.
"""

from datetime import date, time
from typing import Any

import pytest
from builders import (
    a_class,
    a_gate,
    a_grade,
    a_plan,
    a_scenario,
    a_staff_group,
    a_stage,
    all_lanes,
)

from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Opening, Plan, Shift
from returnsim.scenario.scenario import Scenario


def codes(plan: Plan, scenario: Scenario | None = None) -> list[str]:
    return [p.code for p in misfits(plan, scenario or a_scenario())]


def shift(**changes: Any) -> Shift:
    base = {"gate": "gate", "stage": "check", "begins": time(7), "ends": time(8, 30), "lanes": 2}
    return Shift.model_validate(base | changes)


def test_a_plan_that_fits_has_no_misfits() -> None:
    assert codes(a_plan()) == []


@pytest.mark.parametrize(
    ("slot", "found"),
    [
        (time(6, 59, 59), ["slot_outside_opening"]),
        (time(7), []),
        (time(8, 29, 59), []),
        (time(8, 30), ["slot_outside_opening"]),
    ],
)
def test_a_slot_begins_while_the_gate_is_open(slot: time, found: list[str]) -> None:
    assert codes(a_plan(slots={"9-1": slot})) == found


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2020, 4, 6), ["outside_calendar"]),
        (date(2020, 4, 7), []),
        (date(2020, 4, 11), ["no_lessons"]),
        (date(2020, 4, 30), []),
        (date(2020, 5, 1), ["outside_calendar"]),
    ],
)
def test_a_grade_returns_on_a_school_day_of_the_calendar(day: date, found: list[str]) -> None:
    assert codes(a_plan(days={"eight": day})) == found


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"begins": time(6, 59)}, ["shift_outside_opening"]),
        ({"ends": time(8, 31)}, ["shift_outside_opening"]),
        ({"begins": time(8), "ends": time(7, 30)}, ["ends_before_beginning"]),
        ({"lanes": 3}, ["more_lanes_than_there_are"]),
        ({"stage": "desk"}, ["no_such_stage", "stage_never_open"]),
    ],
)
def test_a_shift_keeps_to_its_gate(changes: dict[str, Any], found: list[str]) -> None:
    assert codes(a_plan(lanes=[shift(**changes)])) == found


def test_lanes_of_overlapping_shifts_are_added_up() -> None:
    side_by_side = [shift(lanes=1), shift(lanes=1, begins=time(7, 30), ends=time(8))]
    assert codes(a_plan(lanes=side_by_side)) == []
    one_too_many = [*side_by_side, shift(lanes=1, begins=time(7, 59))]
    [misfit] = misfits(a_plan(lanes=one_too_many), a_scenario())
    assert misfit.values == {"given": 3, "limit": 2, "at": "07:59"}


def test_one_shift_may_begin_as_another_ends() -> None:
    halves = [shift(ends=time(7, 45)), shift(begins=time(7, 45))]
    assert codes(a_plan(lanes=halves)) == []


def test_a_stage_is_opened_where_only_staff_come_in() -> None:
    gates = [a_gate(), a_gate(name="staff gate")]
    guard = a_staff_group(gate="staff gate", arrives=time(7, 5))
    lanes = all_lanes(gates[0])
    with_staff = a_scenario(gates=gates, staff=[guard])
    assert codes(a_plan(with_staff, lanes=lanes), with_staff) == ["stage_never_open"]
    nobody = a_scenario(gates=gates)
    assert codes(a_plan(nobody, lanes=lanes), nobody) == []


def with_people(*windows: tuple[time, time, int], staff_per_lane: float = 1) -> Scenario:
    return a_scenario(
        gates=[a_gate(stages=[a_stage(staff_per_lane=staff_per_lane)])],
        limits={"staff": [{"begins": b, "ends": e, "people": n} for b, e, n in windows]},
    )


def test_people_on_duty_are_enough_or_one_too_few() -> None:
    enough, short = (with_people((time(7), time(8, 30), n)) for n in (2, 1))
    assert codes(a_plan(enough), enough) == []
    assert codes(a_plan(short), short) == ["more_staff_than_there_are"]


def test_nobody_is_on_duty_outside_the_windows_given() -> None:
    school = with_people((time(7), time(8), 5))
    [misfit] = misfits(a_plan(school), school)
    assert misfit.values == {"needed": "2", "there": 0, "begins": "08:00", "ends": "08:30"}


def test_two_windows_at_once_are_added_up() -> None:
    school = with_people((time(7), time(8, 30), 1), (time(7), time(8, 30), 1))
    assert codes(a_plan(school), school) == []


def test_people_may_go_as_their_lane_closes() -> None:
    school = with_people((time(7), time(7, 45), 2), (time(7, 45), time(8, 30), 1))
    lanes = [shift(ends=time(7, 45)), shift(begins=time(7, 45), lanes=1)]
    assert codes(a_plan(school, lanes=lanes), school) == []
    longer = [shift(ends=time(7, 46)), shift(begins=time(7, 46), lanes=1)]
    assert codes(a_plan(school, lanes=longer), school) == ["more_staff_than_there_are"]


def test_half_a_person_at_each_of_two_lanes_is_one() -> None:
    school = with_people((time(7), time(8, 30), 1), staff_per_lane=0.5)
    assert codes(a_plan(school), school) == []


def test_a_gate_of_another_level_is_refused() -> None:
    gates = [a_gate(), a_gate(name="senior gate", levels=["senior"])]
    school = a_scenario(
        gates=gates,
        grades=[a_grade(), a_grade("ten", level="senior")],
        classes=[a_class(), a_class("10-1", grade="ten")],
    )
    plan = a_plan(school)
    moved = [a.model_copy(update={"gate": "senior gate"}) for a in plan.arrivals]
    lanes = [s for g in gates for s in all_lanes(g)]
    [misfit] = misfits(plan.changed(arrivals=moved, lanes=lanes), school)
    assert (misfit.where, misfit.code) == ("arrivals.9-1.gate", "gate_not_for_level")


def test_a_supply_ordered_twice_is_refused() -> None:
    stock = [Opening(supply="masks", order=100), Opening(supply="masks", order=1)]
    assert codes(a_plan(stock=stock)) == ["twice"]
