"""Being seated in time, and being stuck."""

from datetime import time
from typing import Any

import numpy as np
import pytest
from builders import a_hold, a_plan
from model.days import DAY_AFTER, a_day, chain_of, luck, one_class

from returnsim.measure.waiting import at_gate, seated_by_bell, still_inside
from returnsim.model.itinerary import itineraries
from returnsim.model.kernel import replay
from returnsim.model.trace import Trace

HOT = {"false_alarm_probability": 0.2}


def played(slot: time = time(7, 10), chosen: dict[str, Any] | None = None, **changes: Any) -> Trace:
    school = one_class(**changes)
    day = a_day(school, a_plan(school, slots={"9-1": slot}))
    return replay(itineraries(day, luck(day, chosen)))


@pytest.mark.parametrize(
    ("slot", "share"),
    # seated 95, 100, 125, 130, 155, 160, 185, 190, 215 and 220 s after the slot begins
    [(time(7, 56, 20), 1.0), (time(7, 56, 21), 0.9), (time(7, 57, 30), 0.4), (time(7, 59), 0.0)],
)
def test_share_of_the_class_seated_by_its_bell(slot: time, share: float) -> None:
    assert seated_by_bell(played(slot), 0).tolist() == [share]


def test_those_kept_out_do_not_count_against_the_class() -> None:
    """Pupils 3 and 4 are isolated, the last is absent: of seven, those with 0, 1, 2 in time."""
    trace = played(
        time(7, 57, 30),
        {"first reading": {3: 0.0, 4: 0.0}, "second reading": 0.0, "absent": {9: 0.0}},
        screening=HOT,
        arrivals={"absent_probability": 0.1},
    )
    assert seated_by_bell(trace, 0).tolist() == [3 / 7]


def test_those_still_in_line_count_against_it() -> None:
    school = one_class()
    shift = a_plan(school).lanes[0].model_copy(update={"ends": time(7, 11)})
    day = a_day(school, a_plan(school, lanes=[shift]))
    trace = replay(itineraries(day, luck(day)))
    assert still_inside(trace).tolist() == [[False] * 4 + [True] * 6]
    assert seated_by_bell(trace, 0).tolist() == [0.4]


def test_a_class_of_which_nobody_comes_is_not_late() -> None:
    trace = played(chosen={"absent": 0.0}, arrivals={"absent_probability": 0.1})
    assert seated_by_bell(trace, 0).tolist() == [1.0]


def test_the_held_who_got_in_are_counted_with_their_class() -> None:
    chain = [{"name": "check", "checks": ["temperature"]}]
    trace = played(
        time(7, 57, 30),
        {"held comes": 0.0},
        gates=[chain_of(*chain)],
        holds=[a_hold()],
        arrivals={"held_come_probability": 0.5},
    )
    assert seated_by_bell(trace, 0).tolist() == [0.4]


def test_boarders_who_live_in_do_not_wait_at_the_gate() -> None:
    school = one_class()
    boarding = one_class(classes=[school.classes[0].model_copy(update={"boarders": 4})])
    day = a_day(boarding, day=DAY_AFTER)
    gate = at_gate(replay(itineraries(day, luck(day))))
    assert gate.here.tolist() == [[False] * 4 + [True] * 6]
    assert np.isnan(gate.came[0, :4]).all()
    assert gate.wait.tolist() == [[0.0] * 6 + [30.0] * 2 + [60.0] * 2]
