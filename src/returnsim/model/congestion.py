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


def queues(trace: Trace, places: Ints) -> Floats:
    """Longest queue, time above the places, and person-time above them, at each gate.

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


def station_peaks(trace: Trace) -> Floats:
    """Most people at each station at one instant, waiting or served, (replications, stations)."""
    found = np.zeros((trace.replications, len(trace.journeys.day.places)))
    _station_peaks(trace.arrived, trace.ended, trace.journeys.station, found)
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
                    now = leaves[j]
                    change = -1
                else:
                    now = joins[i]
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
            while j < n and leaves[j] < np.inf and n - j > places[g]:
                found[1, r, g] += leaves[j] - before
                found[2, r, g] += (leaves[j] - before) * (n - j - places[g])
                before = leaves[j]
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
def _station_peaks(
    arrived: Floats, ended: Floats, station: NDArray[np.int16], found: Floats
) -> None:
    replications, persons, columns = arrived.shape
    places = found.shape[1]
    head = np.empty(places + 1, np.int64)
    fill = np.empty(places, np.int64)
    joins, leaves = np.empty(persons * columns), np.empty(persons * columns)
    for r in range(replications):
        head[:] = 0
        for p in range(persons):
            for c in range(columns):
                if station[r, p, c] >= 0 and arrived[r, p, c] < np.inf:
                    head[station[r, p, c] + 1] += 1
        for s in range(places):
            head[s + 1] += head[s]
            fill[s] = head[s]
        for p in range(persons):
            for c in range(columns):
                s = station[r, p, c]
                if s >= 0 and arrived[r, p, c] < np.inf:
                    joins[fill[s]] = arrived[r, p, c]
                    leaves[fill[s]] = ended[r, p, c]
                    fill[s] += 1
        for s in range(places):
            first, last = head[s], head[s + 1]
            joins[first:last].sort()
            leaves[first:last].sort()
            j = first
            for i in range(first, last):
                while leaves[j] <= joins[i]:
                    j += 1
                found[r, s] = max(found[r, s], i + 1 - j)


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
    _station_peaks(one, one, station, np.zeros((1, 1)))
    _mixing(np.zeros((1, 1)), np.zeros((1, 1)), gate, gate, np.zeros((1, 1)))
