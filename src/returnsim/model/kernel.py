"""The same stations as a compiled recursion over a block of replications.

Stations are visited in ascending order, so by the time a station is worked through,
everybody who will ever join it has been sent there; what remains is first come, first
served with a number of lanes that changes over time. With `n` lanes open, the next person
begins when all but `n - 1` of those served so far have ended. Same journeys, same order of
ties (`returnsim.model.journeys`), same times as SimPy.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from returnsim.model.day import SchoolDay
from returnsim.model.itinerary import Itineraries, by_column
from returnsim.model.sorting import in_order, line_up
from returnsim.model.trace import Trace

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Indices = NDArray[np.uint32]
BITS = 16
"""Visitors are written as a person's number moved up by so many bits, and the column."""


class NotExactError(Exception):
    """The recursion cannot tell this day exactly; SimPy can."""


def can_replay(day: SchoolDay) -> bool:
    """Whether the recursion tells a day exactly: not where posts share their instruments."""
    return not day.pools


def replay(journeys: Itineraries) -> Trace:
    """Let every replication of a block happen, exactly as SimPy would.

    Raises
    ------
    NotExactError
        It could not be exact (`can_replay`).
    """
    if not can_replay(journeys.day):
        raise NotExactError(", ".join(pool.device for pool in journeys.day.pools))
    day, openings = journeys.day, journeys.openings
    station = by_column(journeys.station)
    times = np.empty((3, *station.shape))
    _replay(
        station,
        by_column(journeys.travel),
        by_column(journeys.service),
        journeys.start,
        day.party_of,
        day.leaves,
        openings.first,
        openings.moments,
        openings.lanes,
        times[0],
        times[1],
        times[2],
    )
    times.flags.writeable = False
    return Trace(journeys, *times.transpose(0, 1, 3, 2))


@njit(cache=True, nogil=True)
def _replay(
    station: NDArray[np.int16],
    travel: Floats,
    service: Floats,
    start: Floats,
    party: NDArray[np.int32],
    leaves: Floats,
    first: Ints,
    moments: Floats,
    lanes: Ints,
    arrived: Floats,
    began: Floats,
    ended: Floats,
) -> None:
    """Play each replication; arrays are (replications, columns, persons)."""
    replications, columns, persons = station.shape
    places = first.size - 1
    head, tail = np.empty(places + 1, np.int64), np.empty(places, np.int64)
    joins, visitors = np.empty(persons * columns), np.empty(persons * columns, np.int64)
    order, bucket = np.empty(persons, np.uint32), np.empty(persons + 1, np.uint32)
    ends, bounds = np.empty(persons), np.empty(persons + 1, np.uint32)
    for r in range(replications):
        row = min(r, len(moments) - 1)
        arrived[r] = np.nan
        began[r] = np.nan
        ended[r] = np.nan
        _make_room(station[r], head, tail)
        here = order[: in_order(start[r], order, bucket, bounds)]
        _come(here, start[r], station[r], travel[r], party, leaves, tail, joins, visitors)
        _pass(
            station[r],
            travel[r],
            service[r],
            party,
            leaves,
            first,
            moments[row],
            lanes[row],
            head,
            tail,
            joins,
            visitors,
            ends,
            arrived[r],
            began[r],
            ended[r],
        )


@njit(cache=True, nogil=True)
def _make_room(station: NDArray[np.int16], head: Ints, tail: Ints) -> None:
    """Say where the queue of each station begins, so that all its visitors fit in."""
    head[:] = 0
    for c in range(station.shape[0]):
        for p in range(station.shape[1]):
            if station[c, p] >= 0:
                head[station[c, p] + 1] += 1
    for s in range(tail.size):
        head[s + 1] += head[s]
        tail[s] = head[s]


@njit(cache=True, nogil=True)
def _come(
    order: Indices,
    start: Floats,
    station: NDArray[np.int16],
    travel: Floats,
    party: NDArray[np.int32],
    leaves: Floats,
    tail: Ints,
    joins: Floats,
    visitors: Ints,
) -> None:
    """Let everybody who comes join the first station on their way."""
    for p in order:
        for c in range(station.shape[0]):
            s = station[c, p]
            if s >= 0:
                joins[tail[s]] = max(start[p], leaves[party[p], c]) + travel[c, p]
                visitors[tail[s]] = p << BITS | c
                tail[s] += 1
                break


@njit(cache=True, nogil=True)
def _pass(
    station: NDArray[np.int16],
    travel: Floats,
    service: Floats,
    party: NDArray[np.int32],
    leaves: Floats,
    first: Ints,
    moments: Floats,
    lanes: Ints,
    head: Ints,
    tail: Ints,
    joins: Floats,
    visitors: Ints,
    ends: Floats,
    arrived: Floats,
    began: Floats,
    ended: Floats,
) -> None:
    """First come, first served, station after station; then on to the next one."""
    for s in range(tail.size):
        line_up(joins[head[s] : tail[s]], visitors[head[s] : tail[s]])
        step, last, open_lanes, now = first[s], first[s + 1], 0, -np.inf
        for i in range(head[s], tail[s]):
            p, c, served = visitors[i] >> BITS, visitors[i] & ~(-1 << BITS), i - head[s]
            now = max(now, joins[i])
            while now < np.inf:
                while step < last and moments[step] <= now:
                    open_lanes = lanes[step]
                    step += 1
                free = now
                if served >= open_lanes:
                    free = max(now, ends[served - open_lanes]) if open_lanes > 0 else np.inf
                if step == last or free < moments[step]:
                    now = free
                    break
                now = moments[step]
            end = now + service[c, p]
            arrived[c, p], began[c, p], ended[c, p] = joins[i], now, end
            if end == np.inf:  # never served, like all who come behind
                continue
            j = served
            while j > 0 and ends[j - 1] > end:
                ends[j] = ends[j - 1]
                j -= 1
            ends[j] = end
            for k in range(c + 1, station.shape[0]):
                t = station[k, p]
                if t >= 0:
                    joins[tail[t]] = max(end, leaves[party[p], k]) + travel[k, p]
                    visitors[tail[t]] = p << BITS | k
                    tail[t] += 1
                    break


def compile_now() -> None:
    """Compile, or fetch from the cache, everything the kernel and its measures need."""
    from returnsim.model.congestion import compile_now as compile_queues  # noqa: PLC0415
    from returnsim.model.occupancy import compile_now as compile_sweeps  # noqa: PLC0415
    from returnsim.model.tally import compile_now as compile_tally  # noqa: PLC0415

    one, station = np.zeros((1, 1, 1)), np.zeros((1, 1, 1), np.int16)
    given = one.copy()
    given.flags.writeable = station.flags.writeable = False  # as `by_column` leaves them
    _replay(
        station,
        given,
        given,
        np.zeros((1, 1)),
        np.zeros(1, np.int32),
        np.zeros((1, 1)),
        np.array([0, 1]),
        np.zeros((1, 1)),
        np.ones((1, 1), np.int64),
        one.copy(),
        one.copy(),
        one.copy(),
    )
    compile_queues()
    compile_tally()
    compile_sweeps()
