"""The same stations as a compiled recursion over a block of replications.

Stations are visited in ascending order, so by the time a station is worked through, the
moment at which each of its visitors joins is known; what remains is first come, first
served with a number of lanes that changes over time. Same journeys, same order of ties
(`returnsim.model.journeys`), same times as SimPy.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from returnsim.model.day import SchoolDay
from returnsim.model.itinerary import Itineraries
from returnsim.model.trace import Trace

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PATIENCE = 24
"""Moves per visitor after which the insertion sort gives way to a merge sort."""


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
    times = np.empty((3, *journeys.station.shape))
    order = np.argsort(journeys.start, axis=1, kind="stable")  # NaN, the absent, come last
    _replay(
        journeys.station,
        journeys.travel,
        journeys.service,
        journeys.start,
        order,
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
    return Trace(journeys, times[0], times[1], times[2])


@njit(cache=True, nogil=True)
def _replay(
    station: NDArray[np.int16],
    travel: Floats,
    service: Floats,
    start: Floats,
    order: Ints,
    party: NDArray[np.int32],
    leaves: Floats,
    first: Ints,
    moments: Floats,
    lanes: Ints,
    arrived: Floats,
    began: Floats,
    ended: Floats,
) -> None:
    replications, persons, columns = station.shape
    places = first.size - 1
    head, fill = np.empty(places + 1, np.int64), np.empty(places, np.int64)
    visitors, joins = np.empty(persons * columns, np.int64), np.empty(persons * columns)
    ready, busy = np.empty(persons), np.empty(max(1, lanes.max()) if lanes.size else 1)
    for r in range(replications):
        head[:], row = 0, min(r, len(moments) - 1)
        for p in range(persons):
            ready[p] = start[r, p]
            for c in range(columns):
                arrived[r, p, c] = began[r, p, c] = ended[r, p, c] = np.nan
                if station[r, p, c] >= 0:
                    head[station[r, p, c] + 1] += 1
        for s in range(places):
            head[s + 1] += head[s]
            fill[s] = head[s]
        for i in range(persons):
            for c in range(columns):
                s = station[r, order[r, i], c]
                if s >= 0:
                    visitors[fill[s]] = order[r, i] * columns + c
                    fill[s] += 1
        for s in range(places):
            count = 0
            for i in range(head[s], head[s + 1]):
                p, c = divmod(visitors[i], columns)
                if ready[p] < np.inf:
                    visitors[head[s] + count] = visitors[i]
                    joins[head[s] + count] = max(ready[p], leaves[party[p], c]) + travel[r, p, c]
                    count += 1
            here = slice(head[s], head[s] + count)
            _sort(joins[here], visitors[here], columns)
            _serve(
                visitors[here],
                joins[here],
                moments[row, first[s] : first[s + 1]],
                lanes[row, first[s] : first[s + 1]],
                busy,
                service[r],
                ready,
                arrived[r],
                began[r],
                ended[r],
            )


@njit(cache=True, nogil=True)
def _sort(joins: Floats, visitors: Ints, columns: int) -> None:
    """Put visitors in the order in which they join; at the same instant, by their number."""
    moves = 0
    for i in range(1, joins.size):
        time, visitor = joins[i], visitors[i]
        j = i - 1
        while j >= 0 and (
            joins[j] > time or (joins[j] == time and visitors[j] // columns > visitor // columns)
        ):
            joins[j + 1], visitors[j + 1] = joins[j], visitors[j]
            j -= 1
        joins[j + 1], visitors[j + 1] = time, visitor
        moves += i - 1 - j
        if moves > PATIENCE * joins.size:
            by_number = np.argsort(visitors, kind="mergesort")
            joins[:] = joins[by_number]
            visitors[:] = visitors[by_number]
            by_time = np.argsort(joins, kind="mergesort")
            joins[:] = joins[by_time]
            visitors[:] = visitors[by_time]
            return


@njit(cache=True, nogil=True)
def _serve(
    visitors: Ints,
    joins: Floats,
    moments: Floats,
    lanes: Ints,
    busy: Floats,
    service: Floats,
    ready: Floats,
    arrived: Floats,
    began: Floats,
    ended: Floats,
) -> None:
    """First come, first served, while the number of open lanes steps up and down."""
    columns = service.shape[1]
    serving, open_lanes, step = 0, 0, 0
    now = -np.inf
    for i in range(visitors.size):
        p, c = divmod(visitors[i], columns)
        now = max(now, joins[i])
        while now < np.inf:
            while step < moments.size and moments[step] <= now:
                open_lanes = lanes[step]
                step += 1
            j = 0
            while j < serving:
                if busy[j] <= now:
                    serving -= 1
                    busy[j] = busy[serving]
                else:
                    j += 1
            if serving < open_lanes:
                break
            now = moments[step] if step < moments.size else np.inf
            for j in range(serving):
                now = min(now, busy[j])
        arrived[p, c] = joins[i]
        began[p, c] = now
        ended[p, c] = now + service[p, c]
        ready[p] = ended[p, c]
        if now < np.inf:
            busy[serving] = ended[p, c]
            serving += 1


def compile_now() -> None:
    """Compile, or fetch from the cache, everything the kernel and its measures need."""
    from returnsim.model.congestion import compile_now as compile_measures  # noqa: PLC0415
    from returnsim.model.occupancy import compile_now as compile_sweeps  # noqa: PLC0415

    one = np.zeros((1, 1, 1))
    _replay(
        np.zeros((1, 1, 1), np.int16),
        one,
        one,
        np.zeros((1, 1)),
        np.zeros((1, 1), np.int64),
        np.zeros(1, np.int32),
        np.zeros((1, 1)),
        np.array([0, 1]),
        np.zeros((1, 1)),
        np.ones((1, 1), np.int64),
        one.copy(),
        one.copy(),
        one.copy(),
    )
    compile_measures()
    compile_sweeps()
