"""Compiled passes over waiting intervals: longest queue, time above a limit, mixing.

At one instant those who leave are counted before those who join, so that whoever is
served at once never makes a queue.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from returnsim.model.itinerary import by_column
from returnsim.model.sorting import in_order
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
    arrived, began, station = _waits(trace)
    _queues(arrived, began, station, day.gate_of_place, places, found)
    return found


def _waits(trace: Trace) -> tuple[Floats, Floats, NDArray[np.int16]]:
    """When people joined and left each queue, and of which station."""
    return by_column(trace.arrived), by_column(trace.began), by_column(trace.journeys.station)


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
    arrived, began, station = _waits(trace)
    _by_minute(arrived, began, station, day.gate_of_place, edges, found)
    return found


def station_peak(trace: Trace, place: int) -> Floats:
    """Most people at one station at one instant, waiting or served, shape (replications,)."""
    found, day = np.zeros(trace.replications), trace.journeys.day
    met = (day.chain == place).any(axis=0)
    met[: len(day.ahead) + 1] |= (day.fast == place).any()
    arrived, ended = by_column(trace.arrived), by_column(trace.ended)
    station, columns = by_column(trace.journeys.station), np.flatnonzero(met)
    _station_peak(arrived, ended, station, columns, place, found)
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
    arrived, began, station = _waits(trace)
    ended, gate_of_place = by_column(trace.ended), trace.journeys.day.gate_of_place
    _passages(arrived, began, ended, station, gate_of_place, found)
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
    joins: Floats,
    leaves: Floats,
    where: NDArray[np.int16],
) -> int:
    """Collect everybody who waits at any gate; return how many they are."""
    count = 0
    for c in range(arrived.shape[0]):
        for p in range(arrived.shape[1]):
            s = station[c, p]
            if s >= 0 and gate_of_place[s] >= 0 and began[c, p] > arrived[c, p]:
                joins[count], leaves[count] = arrived[c, p], began[c, p]
                where[count] = gate_of_place[s]
                count += 1
    return count


@njit(cache=True, nogil=True)
def _queue_of(
    gate: int, joins: Floats, leaves: Floats, where: NDArray[np.int16]
) -> tuple[Floats, Floats]:
    """When people join the queue of one gate, and when they leave it, each in order."""
    here = np.flatnonzero(where == gate)
    join, leave = joins[here], leaves[here]
    join.sort()
    leave.sort()
    return join, leave


@njit(cache=True, nogil=True)
def follow_queue(join: Floats, leave: Floats, places: int) -> tuple[float, float, float]:
    """Longest queue, time above the places, and person-time above them; moments in order."""
    n = join.size
    i = j = 0
    longest = before = time = people = 0.0
    while i < n:
        leaves = leave[j] <= join[i]
        now = min(leave[j] if leaves else join[i], MIDNIGHT)
        over = (i - j) - places
        if over > 0:
            time += now - before
            people += (now - before) * over
        before = now
        if leaves:
            j += 1
        else:
            i += 1
            longest = max(longest, i - j)
    while n - j > places:
        now = min(leave[j], MIDNIGHT)
        time += now - before
        people += (now - before) * (n - j - places)
        before = now
        j += 1
    return longest, time, people


@njit(cache=True, nogil=True)
def follow_queues(
    joins: Floats, leaves: Floats, where: NDArray[np.int16], places: Ints, found: Floats
) -> None:
    """Follow the queue of every gate; `found` has a column for each."""
    for g in range(places.size):
        join, leave = _queue_of(g, joins, leaves, where)
        found[0, g], found[1, g], found[2, g] = follow_queue(join, leave, places[g])


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
    joins, leaves, where = np.empty(size), np.empty(size), np.empty(size, np.int16)
    for r in range(arrived.shape[0]):
        n = _waiting(arrived[r], began[r], station[r], gate_of_place, joins, leaves, where)
        follow_queues(joins[:n], leaves[:n], where[:n], places, found[:, r])


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
    all_joins, all_leaves, where = np.empty(size), np.empty(size), np.empty(size, np.int16)
    for r in range(arrived.shape[0]):
        count = _waiting(
            arrived[r], began[r], station[r], gate_of_place, all_joins, all_leaves, where
        )
        for g in range(found.shape[1]):
            joins, leaves = _queue_of(g, all_joins[:count], all_leaves[:count], where[:count])
            n = joins.size
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
    arrived: Floats,
    ended: Floats,
    station: NDArray[np.int16],
    columns: Ints,
    place: int,
    found: Floats,
) -> None:
    persons = arrived.shape[2]
    joins, leaves = np.empty(persons * columns.size), np.empty(persons * columns.size)
    for r in range(arrived.shape[0]):
        count = 0
        for c in columns:
            for p in range(persons):
                if station[r, c, p] == place and arrived[r, c, p] < np.inf:
                    joins[count] = arrived[r, c, p]
                    leaves[count] = ended[r, c, p]
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
    replications, columns, persons = arrived.shape
    for r in range(replications):
        for p in range(persons):
            wait, left = 0.0, -1.0
            for c in range(columns):
                s = station[r, c, p]
                if s >= 0 and gate_of_place[s] >= 0 and arrived[r, c, p] < np.inf:
                    wait += min(began[r, c, p], MIDNIGHT) - arrived[r, c, p]
                    left = ended[r, c, p]
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
    order, bucket = np.empty(2 * persons, np.uint32), np.empty(2 * persons, np.uint32)
    ends = np.empty(2 * persons + 1, np.uint32)
    there = np.zeros(max(1, batches), np.int64)
    times, whose = np.empty(2 * persons), np.empty(2 * persons, np.int64)
    for r in range(replications):
        for g in range(found.shape[1]):
            count = 0
            for p in range(persons):
                if gate[p] == g and batch[p] >= 0 and came[r, p] < np.inf:
                    times[count] = came[r, p]
                    whose[count] = batch[p] + 1
                    times[count + 1] = left[r, p] if left[r, p] < np.inf else np.nan
                    whose[count + 1] = -(batch[p] + 1)
                    count += 2
            there[:] = 0
            before = 0.0
            for i in order[: in_order(times[:count], order, bucket, ends)]:
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
    one.flags.writeable = station.flags.writeable = False  # as `by_column` leaves them
    _queues(one, one, station, gate, np.ones(1, np.int64), np.zeros((3, 1, 1)))
    _by_minute(one, one, station, gate, np.array([0.0, 1.0]), np.zeros((1, 1, 1)))
    _station_peak(one, one, station, np.zeros(1, np.int64), 0, np.zeros(1))
    _passages(one, one, one, station, gate, np.zeros((2, 1, 1)))
    _mixing(np.zeros((1, 1)), np.zeros((1, 1)), gate, gate, np.zeros((1, 1)))
