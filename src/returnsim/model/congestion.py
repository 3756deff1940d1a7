"""Compiled passes over waiting intervals: longest queue, time above a limit, mixing.

At one instant those who leave are counted before those who join, so that whoever is
served at once never makes a queue.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from returnsim.model.trace import Trace

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MIDNIGHT = 86_400.0


def queues(trace: Trace, places: Ints) -> Floats:
    """Longest queue, time above the places, and person-time above them, at each gate.

    Whoever is never served stands there until midnight.

    Parameters
    ----------
    trace
        A block of replications.
    places
        Standing places of each gate of the day.

    Returns
    -------
    Shape (3, replications, gates): people, seconds, person-seconds.
    """
    day = trace.journeys.day
    found = np.zeros((3, trace.replications, len(day.gates)))
    _queues(
        trace.arrived,
        trace.began,
        trace.journeys.station,
        day.gate_of_place,
        places,
        found,
    )
    return found


def queue_by_minute(trace: Trace, edges: Floats) -> Floats:
    """Longest queue of every minute at each gate, shape (replications, gates, minutes).

    Parameters
    ----------
    trace
        A block of replications.
    edges
        Beginnings of the minutes and the end of the last [s after midnight].
    """
    day = trace.journeys.day
    found = np.zeros((trace.replications, len(day.gates), edges.size - 1))
    _by_minute(trace.arrived, trace.began, trace.journeys.station, day.gate_of_place, edges, found)
    return found


def station_peak(trace: Trace, place: int) -> Floats:
    """Most people at one station at one instant, waiting or served, shape (replications,)."""
    found = np.zeros(trace.replications)
    _station_peak(trace.arrived, trace.ended, trace.journeys.station, place, found)
    return found


def passages(trace: Trace) -> Floats:
    """How each person fared at the stages of the gate.

    Returns
    -------
    Shape (2, replications, persons): time in all queues of the gate, until midnight for those
    never served, and the moment at which the last stage let go, infinite for those it never
    did [s]. Both are NaN for those who pass no stage.
    """
    found = np.full((2, *trace.arrived.shape[:2]), np.nan)
    _passages(
        trace.arrived,
        trace.began,
        trace.ended,
        trace.journeys.station,
        trace.journeys.day.gate_of_place,
        found,
    )
    return found


def mixing(came: Floats, left: Floats, gate: NDArray[np.int16], batch: NDArray[np.int16]) -> Floats:
    """Person-seconds for which people of other batches than the largest were at a gate.

    Parameters
    ----------
    came, left
        When each person was at the gate, NaN for nobody, shape (replications, persons).
    gate, batch
        Gate and batch of each person; batch -1 is left out.

    Returns
    -------
    Shape (replications, gates).
    """
    found = np.zeros((came.shape[0], int(gate.max()) + 1))
    _mixing(came, left, gate, batch, found)
    return found


@njit(cache=True, nogil=True)
def _waiting(
    arrived: Floats,
    began: Floats,
    station: NDArray[np.int16],
    gate_of_place: NDArray[np.int16],
    gate: int,
    joins: Floats,
    leaves: Floats,
) -> int:
    count = 0
    for p in range(arrived.shape[0]):
        for c in range(arrived.shape[1]):
            s = station[p, c]
            if s >= 0 and gate_of_place[s] == gate and began[p, c] > arrived[p, c]:
                joins[count] = arrived[p, c]
                leaves[count] = began[p, c]
                count += 1
    joins[:count].sort()
    leaves[:count].sort()
    return count


@njit(cache=True, nogil=True)
def _queues(
    arrived: Floats,
    began: Floats,
    station: NDArray[np.int16],
    gate_of_place: NDArray[np.int16],
    places: Ints,
    found: Floats,
) -> None:
    size = arrived.shape[1] * arrived.shape[2]
    joins, leaves = np.empty(size), np.empty(size)
    for r in range(arrived.shape[0]):
        for g in range(found.shape[2]):
            n = _waiting(arrived[r], began[r], station[r], gate_of_place, g, joins, leaves)
            i = j = 0
            before = 0.0
            while i < n:
                if leaves[j] <= joins[i]:
                    now = min(leaves[j], MIDNIGHT)
                    change = -1
                else:
                    now = min(joins[i], MIDNIGHT)
                    change = 1
                over = (i - j) - places[g]
                if over > 0:
                    found[1, r, g] += now - before
                    found[2, r, g] += (now - before) * over
                before = now
                if change > 0:
                    i += 1
                    found[0, r, g] = max(found[0, r, g], i - j)
                else:
                    j += 1
            while n - j > places[g]:
                now = min(leaves[j], MIDNIGHT)
                found[1, r, g] += now - before
                found[2, r, g] += (now - before) * (n - j - places[g])
                before = now
                j += 1


@njit(cache=True, nogil=True)
def _by_minute(
    arrived: Floats,
    began: Floats,
    station: NDArray[np.int16],
    gate_of_place: NDArray[np.int16],
    edges: Floats,
    found: Floats,
) -> None:
    size = arrived.shape[1] * arrived.shape[2]
    joins, leaves = np.empty(size), np.empty(size)
    for r in range(arrived.shape[0]):
        for g in range(found.shape[1]):
            n = _waiting(arrived[r], began[r], station[r], gate_of_place, g, joins, leaves)
            i = j = 0
            for m in range(edges.size - 1):
                while j < n and leaves[j] <= edges[m]:
                    j += 1
                while i < n and joins[i] < edges[m]:
                    i += 1
                most = i - j
                while i < n and joins[i] < edges[m + 1]:
                    while j < n and leaves[j] <= joins[i]:
                        j += 1
                    i += 1
                    most = max(most, i - j)
                found[r, g, m] = max(0, most)


@njit(cache=True, nogil=True)
def _station_peak(
    arrived: Floats, ended: Floats, station: NDArray[np.int16], place: int, found: Floats
) -> None:
    replications, persons, columns = arrived.shape
    joins, leaves = np.empty(persons * columns), np.empty(persons * columns)
    for r in range(replications):
        count = 0
        for p in range(persons):
            for c in range(columns):
                if station[r, p, c] == place and arrived[r, p, c] < np.inf:
                    joins[count] = arrived[r, p, c]
                    leaves[count] = ended[r, p, c]
                    count += 1
        joins[:count].sort()
        leaves[:count].sort()
        j = 0
        for i in range(count):
            while j < count and leaves[j] <= joins[i]:
                j += 1
            found[r] = max(found[r], i + 1 - j)


@njit(cache=True, nogil=True)
def _passages(
    arrived: Floats,
    began: Floats,
    ended: Floats,
    station: NDArray[np.int16],
    gate_of_place: NDArray[np.int16],
    found: Floats,
) -> None:
    replications, persons, columns = arrived.shape
    for r in range(replications):
        for p in range(persons):
            wait, left = 0.0, -1.0
            for c in range(columns):
                s = station[r, p, c]
                if s >= 0 and gate_of_place[s] >= 0 and arrived[r, p, c] < np.inf:
                    wait += min(began[r, p, c], MIDNIGHT) - arrived[r, p, c]
                    left = ended[r, p, c]
            if left >= 0.0:
                found[0, r, p] = wait
                found[1, r, p] = left


@njit(cache=True, nogil=True)
def _mixing(
    came: Floats,
    left: Floats,
    gate: NDArray[np.int16],
    batch: NDArray[np.int16],
    found: Floats,
) -> None:
    replications, persons = came.shape
    batches = batch.max() + 1
    there = np.zeros(max(1, batches), np.int64)
    times, whose = np.empty(2 * persons), np.empty(2 * persons, np.int64)
    for r in range(replications):
        for g in range(found.shape[1]):
            count = 0
            for p in range(persons):
                if gate[p] == g and batch[p] >= 0 and came[r, p] < np.inf:
                    times[count] = came[r, p]
                    whose[count] = batch[p] + 1
                    times[count + 1] = left[r, p]
                    whose[count + 1] = -(batch[p] + 1)
                    count += 2
            there[:] = 0
            before = 0.0
            for i in np.argsort(times[:count]):
                if times[i] == np.inf:
                    break
                found[r, g] += (times[i] - before) * (there.sum() - there.max())
                before = times[i]
                if whose[i] > 0:
                    there[whose[i] - 1] += 1
                else:
                    there[-whose[i] - 1] -= 1


def compile_now() -> None:
    """Compile, or fetch from the cache, every pass of this module."""
    one, station = np.zeros((1, 1, 1)), np.zeros((1, 1, 1), np.int16)
    gate = np.zeros(1, np.int16)
    one.flags.writeable = False  # as in a trace
    _queues(one, one, station, gate, np.ones(1, np.int64), np.zeros((3, 1, 1)))
    _by_minute(one, one, station, gate, np.array([0.0, 1.0]), np.zeros((1, 1, 1)))
    _station_peak(one, one, station, 0, np.zeros(1))
    _passages(one, one, one, station, gate, np.zeros((2, 1, 1)))
    _mixing(np.zeros((1, 1)), np.zeros((1, 1)), gate, gate, np.zeros((1, 1)))
