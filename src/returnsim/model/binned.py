"""One gate in steps of twenty seconds: a thousand times a second, and near enough.

A search tries tens of thousands of plans. Here the people of a gate are not followed one by
one: their arrivals, and the work they bring, are counted by step and flow through the
stages first come, first served. What is lost is the order within a step and who holds which
lane; `returnsim.model.kernel` says in the end how it really is. The luck is the kernel's
own: the same people, the same moments, the same service times.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

STEP = 20.0
"""Length of a step [s]."""
NEVER = 1e9
"""Delay of somebody who is never served [s]."""

Singles = NDArray[np.float32]
Bytes = NDArray[np.int8]
Shorts = NDArray[np.int16]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True, nogil=True)
def _clocks(lanes: Ints, mean: Floats, spread: Floats) -> Singles:
    """Work out what the lanes of each station mean in each step, shape (stations, steps, 6).

    Work done in the step, and work still to do for those in service [s]; the most work before
    one who is still served by these lanes, and the time for a second of it; the time until the
    next lanes open, and the time for a second of work that is left for them.
    """
    stations, steps = lanes.shape
    found = np.zeros((stations, steps, 6), np.float32)
    manned = np.full(steps + 1, steps)
    for s in range(stations):
        change = steps
        for t in range(steps - 1, -1, -1):
            n = lanes[s, t]
            manned[t] = t if n else manned[t + 1]
            if t + 1 < steps and lanes[s, t + 1] != n:
                change = t + 1
            then = manned[change]
            found[s, t, 0] = n * STEP
            found[s, t, 1] = n * mean[s] * spread[s]
            found[s, t, 2] = (change - t - 0.5) * STEP * n if n else -1.0
            found[s, t, 3] = 1.0 / n if n else 0.0
            found[s, t, 4] = (then - t - 0.5) * STEP if then < steps else NEVER
            found[s, t, 5] = 1.0 / lanes[s, then] if then < steps else 0.0
    return found


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _serve(
    people: Singles,
    work: Singles,
    clock: Singles,
    mean: float,
    backlog: Singles,
    inside: Singles,
    leaving: Singles,
    waiting: Singles,
    delay: Singles,
) -> None:
    """Let one station work for a step; replications lie side by side for the processor.

    `leaving` is filled with those who leave, `delay` with the waits of those who come [s];
    `waiting` grows by those who wait.
    """
    capacity, served, reach, pace, pause, after = clock
    zero, half = np.float32(0.0), np.float32(0.5)
    tiny, each = np.float32(1e-3), np.float32(1.0 / mean)
    for r in range(delay.size):
        load = backlog[r] + half * work[r] - served
        idle = load if load > zero else zero
        soon, later = idle * pace, pause + (idle - reach) * after
        delay[r] = soon if idle <= reach else later
    stay = np.empty_like(backlog)
    for r in range(stay.size):
        before = backlog[r] + work[r]
        left = before - capacity
        rest = left if left > tiny else zero
        stay[r] = rest / (before + tiny * tiny)
        backlog[r] = rest
    for r in range(leaving.size):
        here = inside[r] + people[r]
        remain = here * stay[r]
        inside[r] = remain
        leaving[r] = here - remain
    for r in range(waiting.size):
        over = (backlog[r] - served) * each
        more = over if over > zero else zero
        waiting[r] += more


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _longest_wait(delay: Singles, people: Singles, worst: Singles) -> None:
    """Raise the longest waits by those of the people who come in a step."""
    zero, half = np.float32(0.0), np.float32(0.5)
    for r in range(worst.size):
        come, here = delay[r], people[r]
        wait = come if here > half else zero
        gain = wait - worst[r]
        more = gain if gain > zero else zero
        worst[r] += more


@njit(cache=True, nogil=True)
def _longest_of_served(delay: Singles, people: Singles) -> float:
    """Longest wait of those who are served at all [s]."""
    longest, half = 0.0, 0.5
    for q in range(delay.shape[0]):
        for t in range(delay.shape[1]):
            for r in range(delay.shape[2]):
                if people[q, t, r] > half and longest < delay[q, t, r] < NEVER:
                    longest = delay[q, t, r]
    return longest


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _longest_queue(waiting: Singles, longest: Singles, total: Singles) -> None:
    """Raise the longest queues by those of a step, and add them up."""
    zero = np.float32(0.0)
    for r in range(longest.size):
        now = waiting[r]
        total[r] += now
        gain = now - longest[r]
        more = gain if gain > zero else zero
        longest[r] += more


@njit(cache=True, nogil=True)
def _shares(
    longest: Singles, worst: Singles, places: float, patience: float
) -> tuple[tuple[float, float, float, float], int]:
    """Hold the longest queue and wait of each morning against what is allowed."""
    crowded = slow = stuck = 0
    soft = 0.0
    for r in range(longest.size):
        crowded += longest[r] > places
        soft += max(0.0, longest[r] - places) / places
        slow += worst[r] > patience
        stuck += worst[r] >= 0.5 * NEVER
    share = 1.0 / longest.size
    return (crowded * share, soft * share, slow * share, stuck * share), stuck


@njit(cache=True, nogil=True)
def _add_later_waits(delay: Singles, later: Singles, first: int, until: int, end: int) -> None:
    """Add to the waits at the first stage those further on, at the time somebody comes there."""
    for s in range(later.shape[0]):
        for t in range(first, until):
            for r in range(delay.shape[1]):
                then = t + int(min(delay[t, r], NEVER) / STEP)
                if then < end:
                    delay[t, r] += later[s, then, r]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def play(
    inflow: Singles,
    lanes: Ints,
    mean: Floats,
    spread: Floats,
    chain: int,
    places: float,
    patience: float,
    delay: Singles,
    room: Singles,
    longest: Singles,
    first: int,
    last: int,
) -> tuple[float, float, float, float, float, float]:
    """Let a block of mornings at one gate flow by.

    `inflow` holds people and work [s] by queue, step and replication: queue 0 is the first
    stage of the chain, the others (fast lane, desks) stand beside it. `lanes`, `mean` [s] and
    `spread` by station, the chain's before the others; `spread` is (1 + cv²) / 2, the part of a
    service that is still to go where one is seen. `places` and `patience` [s] are allowed. `delay`
    is filled with the waits by queue, step and replication [s], `longest` with the longest queues;
    `room` of shape (stages behind the first, steps, replications) is worked in. `first` and
    `last` are the steps in which people come.

    Returns the share of mornings with too long a queue; the mean excess over the places, as
    a share of them; the shares with too long a wait and with somebody never served; the
    waiting of all together [person-s]; the longest wait of those who are served [s].
    """
    queues, steps, replications = inflow.shape[1:]
    clocks = _clocks(lanes, mean, spread)
    here = np.zeros((2, lanes.shape[0], replications), np.float32)
    backlog, inside = here[0], here[1]  # indexed, not unpacked: rows stay rows for the compiler
    rows = np.zeros((6, replications), np.float32)
    total, worst, waiting, work, leaving = rows[0], rows[1], rows[2], rows[3], rows[4:]
    longest[:] = 0.0
    t = first
    while t < steps and (t <= last or backlog.any()):
        waiting[:] = 0.0
        for q in range(queues):
            k = chain + q - 1 if q else 0
            people, out = inflow[0, q, t], leaving[0]
            own = (clocks[k, t], mean[k], backlog[k], inside[k])
            _serve(people, inflow[1, q, t], *own, out, waiting, delay[q, t])
            if q or chain == 1:
                _longest_wait(delay[q, t], people, worst)
            for k in range(1, 1 if q else chain):
                work[:] = out * np.float32(mean[k])
                own = (clocks[k, t], mean[k], backlog[k], inside[k])
                _serve(out, work, *own, leaving[k % 2], waiting, room[k - 1, t])
                out = leaving[k % 2]
        _longest_queue(waiting, longest, total)
        t += 1
    if chain > 1:
        _add_later_waits(delay[0], room[: chain - 1], first, min(last + 1, t), t)
        for s in range(first, min(last + 1, t)):
            _longest_wait(delay[0, s], inflow[0, 0, s], worst)
    shares, stuck = _shares(longest, worst, places, patience)
    slowest = float(worst.max()) if not stuck else _longest_of_served(delay, inflow[0])
    return (*shares, float(total.sum()) * STEP, slowest)


@njit(cache=True, nogil=True)
def late(
    delay: Singles,
    until: Singles,
    start: Singles,
    queue: Bytes,
    replication: Shorts,
    due: float,
    bell: float,
    origin: float,
    worst: float,
) -> int:
    """How many are not seated by the bell, over all mornings.

    Parameters
    ----------
    delay
        As filled by `play`.
    until, start, queue, replication
        Of each person, those with the longest `until` first: when seated without a wait, and
        when at the gate, both after `due` [s]; the queue joined first, -1 for none; the
        replication.
    due, bell, origin
        End of the slot, bell and first step [s after midnight].
    worst
        Longest wait of anybody [s]: who is in time with it need not be looked up.
    """
    last = delay.shape[1] - 1
    missing = 0
    for i in range(until.size):
        if due + until[i] + worst <= bell:
            break
        wait = 0.0
        if queue[i] >= 0:
            t = min(max(int((due + start[i] - origin) / STEP), 0), last)
            wait = delay[queue[i], t, replication[i]]
        missing += due + until[i] + wait > bell
    return missing


def compile_now() -> None:
    """Compile, or fetch from the cache, every pass of this module."""
    inflow, delay = np.zeros((2, 1, 2, 2), np.float32), np.zeros((1, 2, 2), np.float32)
    lanes, one = np.ones((1, 2), np.int64), np.ones(1)
    room, longest = np.zeros((1, 2, 2), np.float32), np.zeros(2, np.float32)
    play(inflow, lanes, one, one, 1, 1.0, 1.0, delay, room, longest, 0, 1)
    queue, seconds = np.zeros(1, np.int8), np.zeros(1, np.float32)
    late(delay, seconds, seconds, queue, np.zeros(1, np.int16), 0.0, 0.0, 0.0, 0.0)
