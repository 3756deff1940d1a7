"""Who goes where: decided before the clock starts, by luck alone."""

from datetime import time
from typing import Any

import numpy as np
import pytest
from builders import a_hold, a_plan, a_staff_group
from model.days import (
    DAY_AFTER,
    SEVEN,
    a_day,
    at,
    chain_of,
    fixed,
    luck,
    one_class,
    passed,
)

from returnsim.model.itinerary import Itineraries, Outcome, itineraries
from returnsim.model.kernel import replay

WASH = {"name": "wash", "checks": ["hand wash"]}
SCAN = {"name": "scan", "checks": ["scan"]}
TEMPERATURE = {"name": "temperature", "checks": ["temperature"]}
BAGS = {"name": "bags", "checks": ["bag disinfection"]}
DESK = {"name": "desk", "checks": ["registration"], "only_on_return_day": True}
FAST = {
    "checks": ["scan"],
    "lanes": 1,
    "staff_per_lane": 1,
    "service_seconds": fixed(10),
    "share": 0.4,
    "source": "made up",
}
HOT = {"false_alarm_probability": 0.2}
"""Screening in which one well person in five reads hot: whose luck is below 0.2."""
RECHECK = ["recheck/rest", "recheck/reading"]


def paths(chosen: dict[str, Any] | None = None, day: Any = None, **changes: Any) -> Itineraries:
    """Return the journeys of ten pupils, on the day they come back unless another is given."""
    school = one_class(**changes)
    prepared = a_day(school) if day is None else a_day(school, day=day)
    return itineraries(prepared, luck(prepared, chosen))


def outcomes(path: Itineraries) -> list[Outcome]:
    return [Outcome(o) for o in path.outcome[0]]


def test_everybody_passes_the_chain_and_the_door() -> None:
    path = paths(gates=[chain_of(WASH, SCAN, TEMPERATURE, BAGS)])
    everybody = ["gate/wash", "gate/scan", "gate/temperature", "gate/bags", "door/9-1"]
    assert [passed(path, p) for p in range(10)] == [everybody] * 10
    assert outcomes(path) == [Outcome.SEATED] * 10
    assert path.measured.all()


def test_a_child_is_handed_over_and_a_teacher_is_not() -> None:
    hand_over = {"name": "hand-over", "checks": ["hand-over"], "only_for": "day pupils"}
    teachers = a_staff_group(gate="gate", arrives=time(7))
    path = paths(gates=[chain_of(SCAN, hand_over)], staff=[teachers])
    assert "gate/hand-over" in passed(path, 0)
    assert passed(path, 10) == ["gate/scan"]


def test_the_held_who_come_are_turned_away_at_the_first_station_that_scans() -> None:
    path = paths(
        {"held comes": 0.0},
        gates=[chain_of(WASH, SCAN, TEMPERATURE, BAGS)],
        holds=[a_hold(pupils=2)],
        arrivals={"held_come_probability": 0.5},
    )
    assert passed(path, 7)[-1] == "door/9-1"
    assert passed(path, 8) == passed(path, 9) == ["gate/wash", "gate/scan"]
    assert outcomes(path) == [Outcome.SEATED] * 8 + [Outcome.TURNED_AWAY] * 2


def test_the_held_who_are_hot_are_turned_away_and_not_measured_again() -> None:
    path = paths(
        {"held comes": 0.0, "first reading": 0.1, "second reading": 0.0, "door reading": 0.0},
        gates=[chain_of(WASH, SCAN, TEMPERATURE)],
        holds=[a_hold()],
        arrivals={"held_come_probability": 0.5},
        screening=HOT,
    )
    assert passed(path, 9) == ["gate/wash", "gate/scan"]
    assert outcomes(path)[9] is Outcome.TURNED_AWAY
    assert not path.alarm[0, 9]


def test_the_held_are_stopped_at_the_desk_when_nobody_scans() -> None:
    path = paths(
        {"held comes": 0.0},
        gates=[chain_of(TEMPERATURE, DESK)],
        holds=[a_hold()],
        arrivals={"held_come_probability": 0.5},
    )
    assert passed(path, 9) == ["gate/temperature", "gate/desk"]
    assert outcomes(path)[9] is Outcome.TURNED_AWAY


def test_the_held_walk_in_where_nobody_looks_at_papers() -> None:
    path = paths(
        {"held comes": 0.0},
        gates=[chain_of(TEMPERATURE)],
        holds=[a_hold()],
        arrivals={"held_come_probability": 0.5},
    )
    assert passed(path, 9) == ["gate/temperature", "door/9-1"]
    assert outcomes(path)[9] is Outcome.INSIDE_UNAPPROVED


def test_the_held_who_stay_at_home_are_absent() -> None:
    path = paths({"held comes": 0.6}, holds=[a_hold()], arrivals={"held_come_probability": 0.5})
    assert outcomes(path)[9] is Outcome.ABSENT
    assert passed(path, 9) == []


def test_the_fast_lane_takes_the_place_of_the_whole_chain() -> None:
    path = paths(
        {"measured at home": {0: 0.3, 1: 0.5}},
        gates=[chain_of(WASH, SCAN, TEMPERATURE, BAGS, fast_lane=FAST)],
    )
    assert passed(path, 0) == ["gate/fast", "door/9-1"]
    assert passed(path, 1)[0] == "gate/wash"
    assert not path.measured[0, 0]
    assert path.measured[0, 1]


def test_the_fast_lane_turns_the_held_away_when_it_scans() -> None:
    gate = chain_of(TEMPERATURE, fast_lane=FAST)
    path = paths(
        {"held comes": 0.0, "measured at home": {8: 0.5, 9: 0.0}},
        gates=[gate],
        holds=[a_hold(pupils=2)],
        arrivals={"held_come_probability": 0.5},
    )
    assert passed(path, 9) == ["gate/fast"]
    assert outcomes(path)[8:] == [Outcome.INSIDE_UNAPPROVED, Outcome.TURNED_AWAY]


def test_a_hot_reading_leads_to_the_rest_and_back_to_the_chain() -> None:
    path = paths(
        {"first reading": {0: 0.1}, "second reading": {0: 0.5}},
        gates=[chain_of(SCAN, TEMPERATURE, BAGS)],
        screening=HOT,
    )
    rest_of_it = ["gate/bags", "door/9-1"]
    assert passed(path, 0) == ["gate/scan", "gate/temperature", *RECHECK, *rest_of_it]
    assert passed(path, 1) == ["gate/scan", "gate/temperature", *rest_of_it]
    assert outcomes(path)[0] is Outcome.SEATED


def test_a_second_hot_reading_leads_to_the_isolation_room_and_nowhere_else() -> None:
    path = paths(
        {"first reading": {0: 0.1}, "second reading": {0: 0.05}},
        gates=[chain_of(SCAN, TEMPERATURE, BAGS)],
        screening=HOT,
    )
    assert passed(path, 0) == ["gate/scan", "gate/temperature", *RECHECK, "isolation"]
    assert outcomes(path) == [Outcome.ISOLATED] + [Outcome.SEATED] * 9


def test_a_fever_raises_the_chance_of_both_readings() -> None:
    path = paths(
        {"fever": {0: 0.0}, "first reading": 0.7, "second reading": 0.7},
        screening=HOT | {"fever_prevalence": 0.01, "hit_probability": 0.8},
    )
    assert path.fever[0].tolist() == [True] + [False] * 9
    assert outcomes(path) == [Outcome.ISOLATED] + [Outcome.SEATED] * 9


@pytest.mark.parametrize(
    ("again", "outcome", "where"),
    [(0.05, Outcome.ISOLATED, ["isolation"]), (0.5, Outcome.SEATED, [])],
)
def test_a_hot_reading_at_the_door_is_taken_again_there(
    again: float, outcome: Outcome, where: list[str]
) -> None:
    path = paths({"door reading": {0: 0.1}, "door second reading": {0: again}}, screening=HOT)
    assert passed(path, 0) == ["gate/check", "door/9-1", *where]
    assert outcomes(path)[0] is outcome
    door = path.day.door
    assert path.service[0, 0, door] == 5 + 20
    assert path.service[0, 1, door] == 5


def test_a_door_without_a_thermometer_sends_nobody_away() -> None:
    path = paths(
        {"door reading": 0.0, "door second reading": 0.0},
        screening=HOT,
        doors={"takes_temperature": False},
    )
    assert outcomes(path) == [Outcome.SEATED] * 10
    assert (path.service[0, :, path.day.door] == 5).all()


def test_whoever_was_confirmed_at_the_gate_never_comes_to_the_door() -> None:
    path = paths({"first reading": 0.0, "second reading": 0.0, "door reading": 0.0}, screening=HOT)
    assert passed(path, 0) == ["gate/check", *RECHECK, "isolation"]


def test_the_registration_desk_is_passed_on_the_day_of_return_only() -> None:
    gates = [chain_of(SCAN, TEMPERATURE, DESK)]
    assert "gate/desk" in passed(paths(gates=gates))
    assert "gate/desk" not in passed(paths(gates=gates, day=DAY_AFTER))


def test_boarders_who_live_in_come_only_to_the_classroom_door() -> None:
    school = one_class(10)
    classes = [school.classes[0].model_copy(update={"boarders": 3})]
    first = paths({"first reading": 0.0}, classes=classes, screening=HOT)
    later = paths({"first reading": 0.0}, classes=classes, screening=HOT, day=DAY_AFTER)
    assert passed(first, 0)[0] == "gate/check"
    assert [passed(later, p) for p in range(3)] == [["door/9-1"]] * 3
    assert passed(later, 3)[0] == "gate/check"
    assert later.measured[0].tolist() == [False] * 3 + [True] * 7
    assert later.alarm[0].tolist() == [False] * 3 + [True] * 7
    assert later.travel[0, 0, later.day.door] == 60.0


def test_boarders_are_not_held_twice() -> None:
    school = one_class(10)
    classes = [school.classes[0].model_copy(update={"boarders": 10})]
    path = paths(
        {"held comes": 0.0},
        classes=classes,
        holds=[a_hold(pupils=2)],
        arrivals={"held_come_probability": 0.5},
        day=DAY_AFTER,
    )
    assert path.day.lives_in.tolist() == [True] * 8 + [False] * 2
    assert outcomes(path)[8:] == [Outcome.TURNED_AWAY] * 2


def test_the_absent_have_no_journey() -> None:
    path = paths(
        {"absent": {4: 0.05}, "fever": 0.0},
        arrivals={"absent_probability": 0.1},
        screening={"fever_prevalence": 0.5},
    )
    assert np.isnan(path.start[0]).tolist() == [p == 4 for p in range(10)]
    assert passed(path, 4) == []
    assert outcomes(path)[4] is Outcome.ABSENT
    assert not path.fever[0, 4]
    assert not path.measured[0, 4]
    trace = replay(path)
    for times in (trace.arrived, trace.began, trace.ended):
        assert np.isnan(times[0, 4]).all()


def test_staff_pass_the_gate_and_go_to_work() -> None:
    staff = a_staff_group(people=2, gate="gate", arrives=time(7, 30))
    path = paths(
        {"door reading": 0.0, "door second reading": {10: 0.0, 11: 0.0}, "ignores slot": 0.0},
        staff=[staff],
        gates=[chain_of({"name": "check"}, DESK)],
        screening=HOT,
        arrivals={"ignore_slot_probability": 0.5, "ignoring_offset_minutes": fixed(-3)},
    )
    assert passed(path, 0) == ["gate/check", "gate/desk", "door/9-1"]
    assert passed(path, 10) == ["gate/check"]
    assert outcomes(path)[10:] == [Outcome.SEATED] * 2
    assert path.start[0, 10] == SEVEN + 25 * 60  # told 07:30, five minutes early


def test_people_come_so_long_after_the_end_of_their_slot() -> None:
    school = one_class(arrivals={"offset_minutes": {"kind": "uniform", "low": -10, "high": 10}})
    plan = a_plan(school, slots={"9-1": time(7, 30)})
    day = a_day(school, plan)
    path = itineraries(day, luck(day, {"offset": {0: 0.0, 1: 0.5, 2: 0.75}}))
    assert (path.start[0, :3] - SEVEN).tolist() == [25 * 60, 35 * 60, 40 * 60]


def test_those_who_ignore_their_slot_come_for_the_bell() -> None:
    path = paths(
        {"ignores slot": {0: 0.1}},
        arrivals={"ignore_slot_probability": 0.2, "ignoring_offset_minutes": fixed(-3)},
    )
    assert path.start[0, 0] == 8 * 3600 - 180
    assert path.start[0, 1] == SEVEN + 10 * 60


def test_nobody_comes_before_midnight() -> None:
    path = paths(arrivals={"offset_minutes": fixed(-600)})
    assert (path.start == 0.0).all()


def test_rain_delays_everybody_together() -> None:
    dry = paths()
    wet = paths(arrivals={"common_shift_minutes": fixed(7)})
    assert (wet.start - dry.start == 7 * 60).all()


def test_walking_takes_the_way_divided_by_the_speed() -> None:
    path = paths(
        {"speed": {0: 0.0, 1: 1.0}},
        walking={"metres_per_second": {"kind": "uniform", "low": 0.5, "high": 2}},
    )
    assert path.travel[0, :2, path.day.door].tolist() == [120.0, 30.0]
    assert path.travel[0].sum() == path.travel[0, :, path.day.door].sum()


def test_a_way_to_another_building_is_walked_too() -> None:
    school = one_class(gates=[chain_of(SCAN, metres_to={"hall": 90})])
    day = a_day(school)
    trace = replay(itineraries(day, luck(day)))
    first_at_gate, first_at_door = at(trace, "gate/scan")[0], at(trace, "door/9-1")[0]
    assert first_at_door[0] - first_at_gate[2] == 90.0


def test_everybody_needs_the_time_of_their_own_luck_at_each_stage() -> None:
    uniform = {"kind": "uniform", "low": 10, "high": 20}
    path = paths(
        {"service scan": {0: 0.0, 1: 0.5}, "service temperature": {0: 0.75}},
        gates=[
            chain_of(
                SCAN | {"service_seconds": uniform}, TEMPERATURE | {"service_seconds": uniform}
            )
        ],
    )
    assert path.service[0, 0, :2].tolist() == [10.0, 17.5]
    assert path.service[0, 1, :2].tolist() == [15.0, 15.0]


def test_minutes_of_rest_and_isolation_become_seconds() -> None:
    path = paths({"first reading": 0.0, "second reading": 0.0}, screening=HOT)
    assert path.service[0, 0, path.day.rest] == 600.0
    assert path.service[0, 0, path.day.rest + 1] == 60.0
    assert path.service[0, 0, -1] == 3600.0
