"""What is known of a day before it begins."""

from datetime import date, time

import numpy as np
import pytest
from builders import a_class, a_gate, a_hold, a_plan, a_scenario, a_staff_group, a_stage, grade_days
from model.days import DAY_AFTER, RETURN, SEVEN, a_day, chain_of, fixed, one_class

from returnsim.model.day import prepare, temperature_stage
from returnsim.plan.plan import Arrival, Plan, Shift

FAST = {
    "checks": ["temperature"],
    "lanes": 3,
    "staff_per_lane": 1,
    "service_seconds": fixed(3),
    "share": 0.5,
    "source": "made up",
}


def at_gates(plan: Plan, *gates: str) -> list[Arrival]:
    """Return the arrivals of a plan, each class at another gate."""
    return [
        arrival.model_copy(update={"gate": gate})
        for arrival, gate in zip(plan.arrivals, gates, strict=True)
    ]


def test_only_those_who_are_back_are_expected() -> None:
    school = a_scenario()
    plan = a_plan(school)
    second = grade_days(plan)["eight"]
    assert [p.name for p in prepare(school, plan, RETURN).parties] == ["9-1"]
    assert [p.name for p in prepare(school, plan, second).parties] == ["9-1", "8-1"]
    with pytest.raises(ValueError, match="nobody is due"):
        prepare(school, plan, date(2020, 4, 6))


def test_staff_come_as_soon_as_anybody_is_back_unless_they_live_in() -> None:
    comes = a_staff_group(people=3, gate="gate", arrives=time(7, 30))
    stays = a_staff_group(name="guards", people=2)
    day = a_day(a_scenario(staff=[comes, stays]))
    assert [(p.name, p.size, p.is_class) for p in day.parties] == [
        ("9-1", 10, True),
        ("teachers", 3, False),
    ]
    assert day.is_pupil.tolist() == [True] * 10 + [False] * 3
    assert day.batch_of_person.tolist() == [0] * 10 + [-1] * 3


def test_a_class_is_due_at_the_end_of_its_slot() -> None:
    school = one_class()
    party = a_day(school, a_plan(school, slots={"9-1": time(7, 20)})).parties[0]
    assert party.due == SEVEN + 25 * 60
    assert party.bell == 8 * 3600.0
    assert party.metres == 60.0


def test_the_held_are_the_last_and_the_boarders_the_first_of_their_class() -> None:
    school = one_class(
        classes=[a_class(boarders=4)],
        holds=[a_hold(pupils=2), a_hold(reason="isolation", until=DAY_AFTER)],
    )
    first, later = a_day(school), a_day(school, day=DAY_AFTER)
    assert first.is_held.tolist() == [False] * 7 + [True] * 3
    assert later.is_held.tolist() == [False] * 8 + [True] * 2
    assert not first.lives_in.any()
    assert later.lives_in.tolist() == [True] * 4 + [False] * 6
    by_reason = {k: np.flatnonzero(v).tolist() for k, v in first.held_for.items() if v.any()}
    assert by_reason == {"not approved": [8, 9], "isolation": [7]}


def test_stations_are_numbered_in_the_order_in_which_people_meet_them() -> None:
    one = chain_of(
        {"name": "scan", "checks": ["scan"]},
        {"name": "temperature", "checks": ["temperature"]},
        {"name": "bags", "checks": ["bag disinfection"]},
        fast_lane=FAST,
    )
    two = chain_of({"name": "check"}, name="side")
    school = a_scenario(
        gates=[one, two], limits={"people_returning_per_day": 100, "days_between_batches": 1}
    )
    plan = a_plan(school, days={"nine": RETURN, "eight": RETURN})
    moved = at_gates(plan, "gate", "side")
    lanes = [*plan.lanes, *a_plan(one_class(gates=[two])).lanes]
    day = a_day(school, plan.changed(arrivals=moved, lanes=lanes))
    assert [p.name for p in day.places] == [
        "gate/scan",
        "gate/temperature",
        "gate/fast",
        "side/check",
        "recheck/rest",
        "recheck/reading",
        "gate/bags",
        "door/9-1",
        "door/8-1",
        "isolation",
    ]
    assert day.chain.tolist() == [[0, 1, 4, 5, 6, 7, 9], [3, -1, 4, 5, -1, 8, 9]]
    assert day.fast.tolist() == [2, -1]
    assert day.gates == ("gate", "side")
    assert day.gate_of_place.tolist() == [0, 0, 0, 1, -1, -1, 0, -1, -1, -1]
    assert day.gate_of_person.tolist() == [0] * 10 + [1] * 10
    assert (day.rest, day.door, day.columns) == (2, 5, 7)


def test_the_second_reading_follows_the_last_temperature_check() -> None:
    checks = [["scan"], ["temperature"], ["hand wash"], ["temperature"], ["registration"]]
    stages = [a_stage(name=f"{i}", checks=c) for i, c in enumerate(checks)]
    assert temperature_stage(a_gate(stages=stages)) == 4
    assert temperature_stage(a_gate(stages=stages[:1])) == 1


def test_lanes_follow_the_shifts_of_the_plan() -> None:
    school = one_class()
    shifts = [
        Shift(gate="gate", stage="check", begins=time(7), ends=time(8), lanes=1),
        Shift(gate="gate", stage="check", begins=time(7, 30), ends=time(8, 15), lanes=2),
    ]
    day = a_day(school, a_plan(school, lanes=shifts))
    assert day.places[0].lanes == (
        (SEVEN, 1),
        (SEVEN + 1800, 3),
        (SEVEN + 3600, 2),
        (SEVEN + 4500, 0),
    )
    planned = day.planned_lanes
    assert planned.first.tolist() == [0, 4, 5, 6, 7, 8]
    assert planned.moments[0, :4].tolist() == [SEVEN, SEVEN + 1800, SEVEN + 3600, SEVEN + 4500]
    assert planned.lanes.tolist() == [[1, 3, 2, 0, 2, 1, 1, 1]]
    assert planned.of(0, 5) == list(day.places[0].lanes)


def test_one_shift_that_follows_another_without_a_gap_changes_nothing() -> None:
    school = one_class()
    shifts = [
        Shift(gate="gate", stage="check", begins=time(7), ends=time(7, 30), lanes=2),
        Shift(gate="gate", stage="check", begins=time(7, 30), ends=time(8), lanes=2),
    ]
    day = a_day(school, a_plan(school, lanes=shifts))
    assert day.places[0].lanes == ((SEVEN, 2), (SEVEN + 3600, 0))


def test_the_people_of_one_gate_can_be_prepared_alone() -> None:
    gates = [a_gate(), a_gate(name="side")]
    school = a_scenario(gates=gates)
    plan = a_plan(school, days={"nine": RETURN, "eight": RETURN})
    apart = plan.changed(arrivals=at_gates(plan, "gate", "side"))
    day = prepare(school, apart, RETURN, only="side")
    assert [p.name for p in day.parties] == ["8-1"]
    assert day.persons == 10
    assert day.gates == ("side",)
