"""Expected arrivals: everybody somewhere, in the right minute, in time or not."""

from datetime import time
from typing import Any

import numpy as np
import pytest
from builders import a_class, a_gate, a_scenario, a_stage
from hypothesis import given
from hypothesis import strategies as st

from returnsim.optimise.demand import Morning, passage_seconds, stations
from returnsim.scenario.quantities import clock_time, seconds

SEVEN = 7 * 3600.0


def morning(**changes: Any) -> Morning:
    return Morning(a_scenario(**changes))


def test_slots_begin_at_the_first_and_end_with_the_last() -> None:
    slots = morning(limits={"first_slot": time(7, 10), "last_slot": time(7, 24)}).slots
    assert [f"{clock_time(s):%H:%M}" for s in slots] == ["07:10", "07:15", "07:20"]


def test_blocks_reach_from_the_first_opening_to_the_last_closing() -> None:
    gates = [a_gate(), a_gate(name="late", opens=time(7, 30), closes=time(8, 45))]
    blocks = morning(gates=gates, limits={"lane_block_minutes": 30}).blocks
    assert [f"{clock_time(b):%H:%M}" for b in blocks] == [
        "07:00",
        "07:30",
        "08:00",
        "08:30",
        "08:45",
    ]


def test_a_class_that_comes_in_one_lump_stands_in_one_minute() -> None:
    here = morning()
    share = here.arriving(SEVEN + 900, SEVEN + 3600)
    [minute] = np.flatnonzero(share)
    assert share[minute] == pytest.approx(1)
    assert here.minutes[minute] == SEVEN + 600


@given(
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(-20, 10),
    st.floats(0.5, 5),
)
def test_all_who_are_not_absent_come_at_some_time(
    absent: float, ignoring: float, mean: float, sd: float
) -> None:
    scatter = {"kind": "normal", "mean": mean, "sd": sd}
    here = morning(
        arrivals={
            "offset_minutes": scatter,
            "absent_probability": absent,
            "ignore_slot_probability": ignoring,
            "common_shift_minutes": {"kind": "uniform", "low": -5, "high": 5},
        }
    )
    share = here.arriving(SEVEN + 2400, SEVEN + 3600)
    assert share.sum() == pytest.approx(1 - absent, abs=1e-3)
    assert share.min() >= 0


def test_those_who_ignore_their_slot_come_by_the_bell() -> None:
    here = morning(arrivals={"ignore_slot_probability": 0.25})
    share = here.arriving(SEVEN + 900, SEVEN + 3600)
    by_minute = {int((here.minutes[m] - SEVEN) / 60): share[m] for m in np.flatnonzero(share)}
    assert by_minute == pytest.approx({10: 0.75, 55: 0.25})


def test_the_way_to_the_seat_is_checks_walk_and_door() -> None:
    """30 s at the gate, 60 m at 1 m/s, 5 s at the door."""
    school = a_scenario()
    gate, grade = school.gates[0], school.grades[0]
    assert passage_seconds(school, gate, grade) == 95
    longer = a_gate(stages=[a_stage(), a_stage(name="scan")], metres_to={"hall": 60, "tower": 90})
    far = a_scenario(
        gates=[longer],
        classes=[a_class(), a_class("9-2", building="tower"), a_class("8-1", grade="eight")],
    )
    assert passage_seconds(far, longer, grade) == 30 + 30 + 90 + 5


@pytest.mark.parametrize(("bell", "latest"), [((7, 21, 35), "07:20"), ((7, 21, 34), "07:15")])
def test_a_slot_is_in_time_to_the_second(bell: tuple[int, ...], latest: str) -> None:
    """Everybody comes as the slot begins and is seated 95 s later."""
    grades = [g.model_copy(update={"bell": time(*bell)}) for g in a_scenario().grades]
    here = morning(grades=grades)
    school = here.scenario
    slots = here.slots_in_time(school.grades[0], school.gates[0], 0.0)
    assert f"{clock_time(here.slots[slots[-1]]):%H:%M}" == latest
    assert slots == list(range(len(slots)))


def test_waiting_and_the_share_asked_for_decide_too() -> None:
    here = morning(arrivals={"offset_minutes": {"kind": "uniform", "low": -5, "high": 0}})
    bell = seconds(time(8))
    assert here.in_time(bell - 95, bell, 95) == 1
    assert here.in_time(bell, bell, 95) == pytest.approx(1 - 95 / 300, abs=2e-3)
    assert here.in_time(bell, bell, 95 + 60) == pytest.approx(1 - 155 / 300, abs=2e-3)


def test_a_slot_counts_only_while_the_gate_is_open() -> None:
    gates = [a_gate(), a_gate(name="late", opens=time(7, 30), closes=time(7, 40))]
    here = morning(gates=gates)
    school = here.scenario
    slots = here.slots_in_time(school.grades[0], school.gate_named["late"], 0.0)
    assert [f"{clock_time(here.slots[s]):%H:%M}" for s in slots] == ["07:30", "07:35"]


def test_the_fast_lane_takes_its_share_from_every_stage() -> None:
    fast = a_stage().model_dump(
        exclude={"name", "zh", "en", "only_on_return_day", "only_for", "accompanied"}
    )
    gate = a_gate(fast_lane=fast | {"share": 0.4}, stages=[a_stage(), a_stage(name="desk")])
    assert [(name, share) for name, _, share in stations(gate)] == [
        ("check", pytest.approx(0.6)),
        ("desk", pytest.approx(0.6)),
        ("fast", 0.4),
    ]
    assert [(name, share) for name, _, share in stations(a_gate())] == [("check", 1.0)]
