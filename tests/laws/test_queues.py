"""Laws of first-come-first-served queues, at every station of every morning.

Together the first three leave no freedom: given who comes when, they fix who begins when.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from laws.mornings import LAW, Morning, any_morning, mornings
from model.days import flow
from numpy.typing import NDArray

from returnsim.model.day import prepare
from returnsim.model.kernel import replay
from returnsim.model.simulate import simulate
from returnsim.model.trace import Trace
from returnsim.theory.queueing import fcfs_starts

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Queue:
    """Everybody who came to one station in one replication, first come first."""

    lanes: tuple[tuple[float, int], ...]
    arrived: Floats
    began: Floats
    ended: Floats
    service: Floats

    def open_at(self, moment: float) -> int:
        """Lanes open from this moment on."""
        return next((n for since, n in reversed(self.lanes) if since <= moment), 0)

    def served_at(self, moment: float) -> int:
        """People in a lane from this moment on."""
        return int(np.sum((self.began <= moment) & (moment < self.ended)))


def queues(trace: Trace) -> Iterator[Queue]:
    path = trace.journeys
    for r in range(trace.replications):
        for number, place in enumerate(path.day.places):
            here = (path.station[r] == number) & ~np.isnan(trace.arrived[r])
            person, column = np.nonzero(here)
            order = np.lexsort((person, trace.arrived[r][here]))
            at = (person[order], column[order])
            yield Queue(
                place.lanes,
                trace.arrived[r][at],
                trace.began[r][at],
                trace.ended[r][at],
                path.service[r][at],
            )


@LAW
@given(any_morning())
def test_first_come_first_served(morning: Morning) -> None:
    for queue in queues(replay(morning.path)):
        assert (queue.began[1:] >= queue.began[:-1]).all()


@LAW
@given(any_morning())
def test_nobody_begins_unless_a_lane_is_open_for_them(morning: Morning) -> None:
    """More may be in service than lanes are open, but only those a closing lane finishes."""
    for queue in queues(replay(morning.path)):
        for began in queue.began[np.isfinite(queue.began)]:
            at_once = queue.served_at(began)
            assert at_once <= queue.open_at(began)


@LAW
@given(any_morning())
def test_nobody_waits_while_a_lane_is_open_and_free(morning: Morning) -> None:
    for queue in queues(replay(morning.path)):
        changes = [moment for moment, _ in queue.lanes]
        moments = np.unique(np.concatenate([queue.arrived, queue.ended, changes]))
        for moment in moments[np.isfinite(moments)]:
            waiting = np.any((queue.arrived <= moment) & (moment < queue.began))
            if waiting:
                assert queue.served_at(moment) >= queue.open_at(moment)


@LAW
@given(any_morning())
def test_a_station_with_constant_lanes_follows_the_recursion(morning: Morning) -> None:
    """Rest, second reading, doors and isolation are open all day: Kiefer and Wolfowitz."""
    for queue in queues(replay(morning.path)):
        if len(queue.lanes) == 1:
            expected = fcfs_starts(queue.arrived, queue.service, queue.lanes[0][1])
            np.testing.assert_allclose(queue.began, expected, rtol=0, atol=1e-9)


@LAW
@given(st.integers(1, 60), st.integers(1, 5), st.integers(0, 2**32 - 1), st.booleans())
def test_a_single_station_follows_the_recursion(
    persons: int, lanes: int, seed: int, ties: bool
) -> None:
    rng = np.random.default_rng(seed)
    starts = 25_000 + rng.exponential(10.0, (1, persons)).cumsum(axis=1)
    services = rng.exponential(10.0 * lanes, (1, persons, 1))
    if ties:
        starts, services = np.round(starts, -1), np.round(services, -1)
    shuffled = rng.permutation(persons)
    trace = flow([lanes], starts[:, shuffled], services[:, shuffled])
    order = np.lexsort((np.arange(persons), trace.arrived[0, :, 0]))
    expected = fcfs_starts(starts[0], services[:, shuffled][0, order, 0], lanes)
    np.testing.assert_allclose(trace.began[0, order, 0], expected, rtol=0, atol=1e-9)
    told = simulate(trace.journeys)
    np.testing.assert_allclose(told.began[0, order, 0], expected, rtol=0, atol=1e-9)


@LAW
@given(any_morning(), st.data())
def test_an_extra_lane_keeps_nobody_waiting_longer(morning: Morning, data: st.DataObject) -> None:
    """At the first station of a chain, whatever the shifts; further on it is not so."""
    day, plan = morning.path.day, morning.plan
    gate = data.draw(st.sampled_from(day.gates))
    first = day.scenario.gate_named[gate].stages[0].name
    number = next(i for i, p in enumerate(day.places) if p.name == f"{gate}/{first}")
    more = [
        s.model_copy(update={"lanes": s.lanes + 1}) if (s.gate, s.stage) == (gate, first) else s
        for s in plan.lanes
    ]
    wider = prepare(morning.scenario, plan.changed(lanes=more), day.day)
    before, after = replay(morning.path), replay(replace(morning.path, day=wider))
    here = morning.path.station == number
    assert (after.began[here] <= before.began[here]).all()


@LAW
@given(mornings(ties=False), st.floats(0.1, 0.9))
def test_quicker_service_at_one_station_keeps_nobody_there_waiting_longer(
    morning: Morning, factor: float
) -> None:
    quick = morning.path.service.copy()
    quick[..., 0] *= factor
    before, after = replay(morning.path), replay(replace(morning.path, service=quick))
    began, earlier = before.began[..., 0], after.began[..., 0]
    came = ~np.isnan(began)
    assert (earlier[came] <= began[came] + 1e-9).all()
