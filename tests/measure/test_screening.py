"""Checks made, fevers found and missed."""

from datetime import time
from typing import Any

import numpy as np
from builders import a_class, a_hold, a_plan
from model.days import DAY_AFTER, a_day, chain_of, fixed, luck, one_class

from returnsim.measure import screening
from returnsim.measure.waiting import ratio
from returnsim.model.itinerary import itineraries
from returnsim.model.kernel import replay
from returnsim.model.trace import Trace

FEVERISH = {"fever_prevalence": 0.01, "false_alarm_probability": 0.2, "hit_probability": 0.8}


def played(chosen: dict[str, Any] | None = None, **changes: Any) -> Trace:
    day = a_day(one_class(**({"screening": FEVERISH} | changes)))
    return replay(itineraries(day, luck(day, chosen)))


def test_share_is_one_where_there_is_nobody() -> None:
    assert ratio(np.array([0, 0, 2, 3]), np.array([0, 3, 3, 3])).tolist() == [1, 0, 2 / 3, 1]


def test_fevers_are_found_at_the_gate_and_at_the_door_or_missed() -> None:
    """0: found at the gate; 1: missed there, found at the door; 2: missed at both; 3: well."""
    trace = played(
        {
            "fever": {0: 0.0, 1: 0.0, 2: 0.0},
            "first reading": {0: 0.7, 1: 0.9, 2: 0.9},
            "second reading": 0.5,
            "door reading": {1: 0.7, 2: 0.9},
            "door second reading": {1: 0.5},
        }
    )
    assert screening.fevers_found(trace).tolist() == [2]
    assert screening.fevers_missed(trace).tolist() == [1]
    assert screening.false_alarms(trace).tolist() == [0]


def test_false_alarms_are_well_people_sent_aside() -> None:
    trace = played(
        {"fever": {0: 0.0}, "first reading": {0: 0.1, 1: 0.1, 2: 0.1}, "second reading": 0.99}
    )
    assert screening.false_alarms(trace).tolist() == [2]
    assert screening.alarms_rechecked(trace).tolist() == [1.0]


def test_a_fever_turned_away_for_papers_is_neither_found_nor_missed() -> None:
    trace = played(
        {"fever": {9: 0.0}, "held comes": 0.0},
        holds=[a_hold()],
        arrivals={"held_come_probability": 0.5},
    )
    assert screening.fevers_found(trace).tolist() == [0]
    assert screening.fevers_missed(trace).tolist() == [0]


def test_checks_are_visits_to_stages_second_readings_and_doors() -> None:
    stages = [{"name": "scan", "checks": ["scan"]}, {"name": "t", "checks": ["temperature"]}]
    trace = played(
        {"first reading": {0: 0.1, 1: 0.1}, "second reading": {0: 0.0, 1: 0.5}},
        gates=[chain_of(*stages)],
        screening=FEVERISH,
    )
    # two stages each; two second readings; one isolated, nine at the door
    assert screening.checks(trace).tolist() == [20 + 2 + 9]


def test_share_checked_at_the_gate_leaves_out_those_who_did_not_come_in() -> None:
    fast = {
        "checks": ["scan"],
        "lanes": 1,
        "staff_per_lane": 1,
        "service_seconds": fixed(10),
        "share": 0.5,
        "source": "made up",
    }
    trace = played(
        {"measured at home": {0: 0.1, 1: 0.1, 9: 0.1}, "held comes": 0.0, "absent": {8: 0.0}},
        gates=[chain_of({"name": "check"}, fast_lane=fast)],
        holds=[a_hold()],
        arrivals={"held_come_probability": 0.5, "absent_probability": 0.1},
    )
    # ten, less one turned away and one absent; two of the eight took the fast lane
    assert screening.checked_at_gate(trace).tolist() == [6 / 8]


def test_boarders_who_live_in_are_not_missed_at_the_gate() -> None:
    school = one_class(classes=[a_class(boarders=4)])
    day = a_day(school, day=DAY_AFTER)
    trace = replay(itineraries(day, luck(day)))
    assert screening.checked_at_gate(trace).tolist() == [1.0]


def test_share_checked_at_the_door() -> None:
    assert screening.checked_at_door(played()).tolist() == [1.0]
    without = played(doors={"takes_temperature": False})
    assert screening.checked_at_door(without).tolist() == [0.0]


def test_those_still_in_line_are_neither_found_nor_missed_nor_alarms() -> None:
    """The gate closes after four: 7 would be missed, 8 a false alarm, 9 found at the door."""
    school = one_class(screening=FEVERISH)
    shift = a_plan(school).lanes[0].model_copy(update={"ends": time(7, 11)})
    day = a_day(school, a_plan(school, lanes=[shift]))
    chosen = {
        "fever": {7: 0.0, 9: 0.0},
        "first reading": {7: 0.99, 8: 0.1, 9: 0.99},
        "door reading": {7: 0.99},
    }
    trace = replay(itineraries(day, luck(day, chosen)))
    assert screening.fevers_found(trace).tolist() == [0]
    assert screening.fevers_missed(trace).tolist() == [0]
    assert screening.false_alarms(trace).tolist() == [0]
    assert screening.alarms_rechecked(trace).tolist() == [1.0]
