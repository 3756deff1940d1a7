"""Rooms that hold only so many, and machines that come back: finite queues of the textbooks.

returnsim has no station that turns people away. But luck is data: whoever finds the room full
can be taken out of the day, and the day played again with the same luck for everybody else.
Done for the earliest such visitor, and for those who come before somebody leaves, until there
is none, that is the finite room, exactly.
"""

from dataclasses import replace

import numpy as np
import pytest
from model.days import Lanes, a_flow
from numpy.typing import NDArray
from validation.ledger import Case, Ledger

from returnsim.model.itinerary import Itineraries
from returnsim.model.kernel import replay
from returnsim.model.simulate import simulate
from returnsim.model.trace import Trace
from returnsim.theory.estimation import Estimate

Floats = NDArray[np.float64]
ARENA = "RossettiArenaBook, chapter 11"


def turning_away(lanes: Lanes, room: int, starts: Floats, services: Floats) -> Trace:
    """Play a station that holds so many people; those who find it full are NaN in the trace."""
    starts = starts.copy()
    while True:
        trace = replay(a_flow([lanes], starts, services))
        full = found_there(trace) >= room
        if not full.any():
            return trace
        for r in np.flatnonzero(full.any(axis=1)):
            now = starts[r, full[r].argmax()]
            arrived, ended = trace.arrived[r, :, 0], trace.ended[r, :, 0]
            until = ended[(arrived < now) & (ended > now)].min()
            starts[r, (starts[r] >= now) & (starts[r] < until)] = np.nan


def found_there(trace: Trace) -> NDArray[np.int64]:
    """How many people each visitor finds there, shape (replications, people)."""
    found = np.zeros(trace.arrived.shape[:2], dtype=np.int64)
    for r, (arrived, ended) in enumerate(
        zip(trace.arrived[..., 0], trace.ended[..., 0], strict=True)
    ):
        came = np.flatnonzero(~np.isnan(arrived))
        gone = np.searchsorted(np.sort(ended[came]), arrived[came], side="right")
        found[r, came] = np.arange(came.size) - gone
    return found


def coming(rate: float, end: float, runs: int, rng: np.random.Generator) -> Floats:
    """People who come by themselves until an end; NaN behind it."""
    size = int(rate * end + 8 * np.sqrt(rate * end))
    starts = rng.exponential(1 / rate, (runs, size)).cumsum(axis=1)
    starts[starts > end] = np.nan
    return starts


def refused(came: Floats, trace: Trace, warm: float) -> Floats:
    """How many of those who came after a moment found the room full, by replication."""
    late = (came > warm) & np.isnan(trace.arrived[..., 0])
    return late.sum(axis=1).astype(float)


# ------------------------------------------------------------------------ a room of ten places

TEN = "M/{}/10/10, 40 come an hour and stay one ({}): turned away, simulated"
V18_ROOM = {
    kind: Case("V18", TEN.format(kind, words), ARENA, 0.7577)
    for kind, words in (("M", "exponential"), ("G", "uniform"))
}  # fmt: skip


@pytest.mark.parametrize("kind", V18_ROOM)
def test_a_room_of_ten_turns_away_the_same_share_however_long_people_stay(
    ledger: Ledger, kind: str
) -> None:
    """Time is in hours; the law of the stay does not matter (Erlang's loss formula)."""
    rng = np.random.default_rng(18)
    came = coming(40.0, 12.0, 60, rng)
    shape = (*came.shape, 1)
    stay = rng.exponential(1.0, shape) if kind == "M" else rng.uniform(0.0, 2.0, shape)
    trace = turning_away(10, 10, came, stay)
    assert (trace.began == trace.arrived)[~np.isnan(trace.arrived)].all()
    np.testing.assert_array_equal(simulate(trace.journeys).ended, trace.ended)
    away, number = refused(came, trace, 2.0), (came > 2.0).sum(axis=1)
    share = away.sum() / number.sum()  # not a mean of shares, which is too low
    found = Estimate.of(share + (away - share * number) / number.mean())
    ledger.settle(V18_ROOM[kind], found.mean, found.half_width)


# ------------------------------------------------------------------------- a queue of five places

V18_QUEUE = {
    "away": Case("V18", "M/M/1/6, 1 comes and 1.2 are served a minute: turned away a minute, "
                 "simulated", ARENA, 0.0774),
    "there": Case("V18", "M/M/1/6, 1 comes and 1.2 are served a minute: people there, simulated",
                  ARENA, 2.290, digits=3),
}  # fmt: skip


def test_one_lane_with_room_for_six(ledger: Ledger) -> None:
    warm, end = 30.0, 230.0
    rng = np.random.default_rng(6)
    came = coming(1.0, end, 600, rng)
    trace = turning_away(1, 6, came, rng.exponential(1 / 1.2, (*came.shape, 1)))
    some = trace.journeys
    few = a_flow([1], some.start[:20], some.service[:20])
    np.testing.assert_array_equal(simulate(few).ended, trace.ended[:20])
    assert found_there(trace).max() == 5
    away = Estimate.of(refused(came, trace, warm) / (end - warm))
    ledger.settle(V18_QUEUE["away"], away.mean, away.half_width)
    inside = np.clip(trace.ended, warm, end) - np.clip(trace.arrived, warm, end)
    there = Estimate.of(np.nansum(inside, axis=(1, 2)) / (end - warm))
    ledger.settle(V18_QUEUE["there"], there.mean, there.half_width)


# ----------------------------------------------------------------- five machines and their menders

MACHINES, UP, REPAIR = 5, 10.0, 4.0
"""Mean time until a machine breaks down, and to mend it."""
V18_REPAIR = {
    (menders, what): Case("V18", f"{MACHINES} machines, {menders} to mend them: {words}, "
                          "simulated (SimPy)", ARENA, published, digits=3)
    for menders, down, waiting in (
        (1, 2.674, 1.744), (2, 1.661, 0.325), (3, 1.457, 0.040), (4, 1.430, 0.002),
        (5, 1.429, 0.000),
    )
    for what, words, published in (("down", "machines down", down),
                                   ("waiting", "waiting to be mended", waiting))
}  # fmt: skip


def comes_back(menders: int, visits: int, runs: int, seed: int) -> Itineraries:
    """Let machines come to one station again and again.

    The kernel needs stations in ascending order and cannot play this; SimPy can.
    """
    rng = np.random.default_rng((seed, menders))
    shape = (runs, MACHINES, visits)
    up = rng.exponential(UP, shape)
    lanes: list[Lanes] = [menders, *[()] * (visits - 1)]
    once = a_flow(lanes, up[..., 0].copy(), rng.exponential(REPAIR, shape))
    up[..., 0] = 0.0
    return replace(once, station=np.zeros(shape, dtype=np.int16), travel=up)


@pytest.mark.parametrize("menders", range(1, 6))
def test_machines_that_break_down_again_and_again(ledger: Ledger, menders: int) -> None:
    trace = simulate(comes_back(menders, visits=60, runs=60, seed=5))
    warm, end = 50.0, 400.0
    assert (trace.ended.max(axis=(1, 2)) > end).all()

    def mean(until: Floats) -> Estimate:
        there = np.clip(until, warm, end) - np.clip(trace.arrived, warm, end)
        return Estimate.of(np.nansum(there, axis=(1, 2)) / (end - warm))

    for what, until in (("down", trace.ended), ("waiting", trace.began)):
        found = mean(until)
        ledger.settle(V18_REPAIR[menders, what], found.mean, found.half_width)


CASES = [*V18_ROOM.values(), *V18_QUEUE.values(), *V18_REPAIR.values()]
