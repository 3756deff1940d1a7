"""Compiled queue measures against slow, obvious recomputations on arbitrary intervals."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model.days import SEVEN, a_flow, a_network, flow
from numpy.typing import NDArray

from returnsim.measure.waiting import at_gate, busy_shares
from returnsim.model.congestion import (
    MIDNIGHT,
    _station_peak,
    mixing,
    passages,
    queue_by_minute,
    queues,
    station_peak,
)
from returnsim.model.itinerary import by_column
from returnsim.model.trace import Trace

Floats = NDArray[np.float64]
NEVER = math.inf
TRIED = settings(max_examples=200, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Interval:
    """From when until when (not included) somebody is somewhere."""

    since: float
    until: float


@st.composite
def stays(draw: st.DrawFn, persons: int | None = None) -> list[Interval]:
    """Return stays between 0 and 600 s, with ties, empty ones and some without end."""
    moments = st.one_of(st.integers(0, 20).map(lambda i: 30.0 * i), st.floats(0, 600))
    size = draw(st.integers(1, 15)) if persons is None else persons
    found = []
    for _ in range(size):
        since = draw(moments)
        lasts = draw(st.one_of(st.just(0.0), st.floats(0, 300), st.just(60.0), st.just(NEVER)))
        found.append(Interval(since, since + lasts))
    return found


def a_trace(waiting: list[Interval]) -> Trace:
    """Return a trace of one stage in which everybody waits so; checks take no time."""
    path = a_flow([1], np.array([[w.since for w in waiting]]), np.zeros((1, len(waiting), 1)))
    since = np.array([[[w.since] for w in waiting]])
    until = np.array([[[w.until] for w in waiting]])
    return Trace(path, since, until, until)


def number_at(moment: float, intervals: list[Interval]) -> int:
    return sum(i.since <= moment < i.until for i in intervals)


def peak(intervals: list[Interval]) -> int:
    return max((number_at(i.since, intervals) for i in intervals), default=0)


def ends(intervals: list[Interval]) -> list[float]:
    """Moments at which a number of people changes, finite ones, in order."""
    return sorted({m for i in intervals for m in (i.since, i.until) if m < NEVER})


def over(limit: int, intervals: list[Interval]) -> tuple[float, float]:
    """Time with more people than the limit until midnight, and person-time above it."""
    moments = [*ends([i for i in intervals if i.since < i.until]), MIDNIGHT]
    time = persons = 0.0
    for before, after in pairwise(moments):
        above = number_at(before, intervals) - limit
        if above > 0:
            time += after - before
            persons += (after - before) * above
    return time, persons


@TRIED
@given(stays(), st.integers(1, 5))
def test_queue_peak_and_time_above_the_places(waiting: list[Interval], places: int) -> None:
    found = queues(a_trace(waiting), np.array([places]))
    assert found.shape == (3, 1, 1)
    assert found[0, 0, 0] == peak(waiting)
    assert found[1:, 0, 0].tolist() == pytest.approx(over(places, waiting), abs=1e-6)


def test_a_queue_without_end_is_crowded_until_midnight() -> None:
    """As waits are counted; what would happen after midnight is not."""
    three_for_ever = [Interval(SEVEN, NEVER)] * 3
    found = queues(a_trace(three_for_ever), np.array([1]))[:, 0, 0]
    assert found.tolist() == [3, MIDNIGHT - SEVEN, 2 * (MIDNIGHT - SEVEN)]
    late = [Interval(SEVEN, MIDNIGHT + 60), Interval(MIDNIGHT + 30, NEVER)]
    found = queues(a_trace(late), np.array([0]))[:, 0, 0]
    assert found.tolist() == [2, MIDNIGHT - SEVEN, MIDNIGHT - SEVEN]


@TRIED
@given(stays(), st.floats(0, 120), st.integers(1, 12))
def test_longest_queue_of_every_minute(waiting: list[Interval], first: float, minutes: int) -> None:
    edges = first + 60.0 * np.arange(minutes + 1)
    found = queue_by_minute(a_trace(waiting), edges)
    for m in range(minutes):
        within = [t for t in ends(waiting) if edges[m] <= t < edges[m + 1]]
        expected = max(number_at(t, waiting) for t in (edges[m], *within))
        assert found[0, 0, m] == expected


@TRIED
@given(stays())
def test_most_people_at_a_station(there: list[Interval]) -> None:
    assert station_peak(a_trace(there), 0).tolist() == [peak(there)]


def test_a_last_visit_of_no_length() -> None:
    """As plain Python, where reading behind the end of an array is seen."""
    trace = a_trace([Interval(0.0, 60.0), Interval(60.0, 60.0)])
    found = np.zeros(1)
    given = (by_column(x) for x in (trace.arrived, trace.ended, trace.journeys.station))
    _station_peak.py_func(*given, np.zeros(1, np.int64), 0, found)
    assert found.tolist() == [1.0]


def test_queues_of_several_stages_of_one_gate_add_up() -> None:
    """Four come at once; each stage has one lane, the second is the slower."""
    starts = np.full((1, 4), SEVEN)
    services = np.broadcast_to([10.0, 30.0], (1, 4, 2)).copy()
    found = queues(flow([1, 1], starts, services), np.array([2]))
    # first stage: 3, 2, 1 wait until 10, 20, 30 s; second: 1, 2, 2, 1 from 20, 30, 40, 70 s
    assert found[0, 0, 0] == 3
    assert found[1:, 0, 0].tolist() == [10.0, 10.0]


def test_nobody_who_is_served_at_once_makes_a_queue() -> None:
    starts = SEVEN + 10.0 * np.arange(5)[None, :]
    found = queues(flow([1], starts, np.full((1, 5, 1), 10.0)), np.array([1]))
    assert (found == 0).all()


def test_two_gates_are_counted_apart() -> None:
    day = a_network([1], 3)
    assert day.gates == ("gate",)
    starts = np.full((2, 3), SEVEN)
    starts[1] = SEVEN + 100.0 * np.arange(3)
    found = queues(flow([1], starts, np.full((2, 3, 1), 10.0)), np.array([1]))
    assert found[0, :, 0].tolist() == [2, 0]


@TRIED
@given(st.data())
def test_mixing_of_batches(data: st.DataObject) -> None:
    persons = data.draw(st.integers(1, 10))
    there = data.draw(stays(persons))
    gate = data.draw(st.lists(st.integers(0, 1), min_size=persons, max_size=persons))
    batch = data.draw(st.lists(st.integers(-1, 2), min_size=persons, max_size=persons))
    absent = data.draw(st.lists(st.booleans(), min_size=persons, max_size=persons))
    came = np.array([[math.nan if a else i.since for a, i in zip(absent, there, strict=True)]])
    left = np.array([[math.nan if a else i.until for a, i in zip(absent, there, strict=True)]])
    found = mixing(came, left, np.array(gate, np.int16), np.array(batch, np.int16))
    people = [row for row in zip(there, gate, batch, absent, strict=True) if not row[3]]
    for g in range(max(gate) + 1):
        expected = 0.0
        here = [(i, b) for i, where, b, _ in people if where == g and b >= 0]
        moments = ends([i for i, _ in here])
        for before, after in pairwise(moments):
            number = [number_at(before, [i for i, b in here if b == k]) for k in range(3)]
            expected += (after - before) * (sum(number) - max(number))
        assert found[0, g] == pytest.approx(expected, abs=1e-6)


def test_two_batches_mix_while_both_are_there() -> None:
    """Two of one batch from 0 to 100 s, one of another from 40 to 60 s: 20 person-seconds."""
    came, left = np.array([[0.0, 0.0, 40.0]]), np.array([[100.0, 100.0, 60.0]])
    gate, batch = np.zeros(3, np.int16), np.array([0, 0, 1], np.int16)
    assert mixing(came, left, gate, batch)[0, 0] == 20.0
    assert mixing(came, left, gate, np.zeros(3, np.int16))[0, 0] == 0.0
    assert mixing(came, left, gate, np.array([0, 0, -1], np.int16))[0, 0] == 0.0


def test_waits_at_the_stages_of_a_gate_add_up_and_the_last_lets_go() -> None:
    starts = np.array([[SEVEN, SEVEN, np.nan]])
    services = np.broadcast_to([10.0, 30.0], (1, 3, 2)).copy()
    trace = flow([1, 1], starts, services)
    wait, left = passages(trace)
    np.testing.assert_array_equal(wait, [[0.0, 10.0 + 20.0, np.nan]])
    np.testing.assert_array_equal(left, [[SEVEN + 40, SEVEN + 70, np.nan]])
    gate = at_gate(trace)
    assert gate.here.tolist() == [[True, True, False]]
    np.testing.assert_array_equal(gate.came, starts)
    assert gate.wait.tolist() == [[0.0, 30.0, 0.0]]


def test_whoever_is_never_served_waits_until_midnight() -> None:
    starts = np.array([[SEVEN, SEVEN]])
    trace = flow([((0.0, 1), (SEVEN + 5, 0))], starts, np.full((1, 2, 1), 10.0))
    wait, left = passages(trace)
    assert wait.tolist() == [[0.0, 86_400 - SEVEN]]
    assert left.tolist() == [[SEVEN + 10, NEVER]]


def test_utilisation_is_time_busy_over_time_staffed() -> None:
    starts = np.full((1, 3), SEVEN)
    lanes = ((SEVEN, 2), (SEVEN + 100, 1), (SEVEN + 200, 0))
    trace = flow([lanes, ()], starts, np.full((1, 3, 2), 40.0))
    np.testing.assert_allclose(busy_shares(trace), [[120 / 300, 0.0]])
