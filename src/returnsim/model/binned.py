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


@njit(cache=True, nogil=True, fastmath=True)
def _flow(
    people: Singles,
    work: Singles,
    lanes: Ints,
    mean: float,
    spread: float,
    queue: Singles,
    delay: Singles,
    first: int,
    last: int,
) -> None:
    """Let people flow through one station; replications lie side by side for the processor.

    On return `people` are those who leave in each step, `queue` those who wait, added to what
    stood there, and `delay` the waits of those who come.
    """
    steps, replications = people.shape
    backlog, inside = np.zeros((2, replications), np.float32)
    zero, one, each = np.float32(0.0), np.float32(1.0), np.float32(1.0 / mean)
    tiny = np.float32(1e-3)
    for t in range(first, steps):
        if t > last and not backlog.any():
            people[t:] = zero
            break
        n = lanes[t]
        capacity = np.float32(n * STEP)
        served = np.float32(n * mean * spread)  # what is still to do for those in service
        change = t + 1
        while change < steps and lanes[change] == n:
            change += 1
        left = np.float32((change - t - 0.5) * STEP)
        pace = np.float32(1.0 / n) if n else zero
        reach = left * np.float32(n) if n else np.float32(-1.0)
        then = change
        while then < steps and lanes[then] == 0:
            then += 1
        pause = np.float32((then - t - 0.5) * STEP) if then < steps else np.float32(NEVER)
        after = np.float32(1.0 / lanes[then]) if then < steps else zero
        for r in range(replications):
            idle = backlog[r] + np.float32(0.5) * work[t, r] - served
            idle = idle if idle > zero else zero
            later = pause + (idle - reach) * after
            soon = idle * pace
            delay[t, r] = soon if idle <= reach else later
            before = backlog[r] + work[t, r]
            inside[r] += people[t, r]
            rest = before - capacity
            rest = rest if rest > tiny else zero
            stay = rest / before if before > tiny else zero
            people[t, r] = inside[r] * (one - stay)
            inside[r] *= stay
            backlog[r] = rest
            over = (rest - served) * each
            queue[t, r] += over if over > zero else zero


@njit(cache=True, nogil=True, fastmath=True)
def _chain(
    people: Singles,
    work: Singles,
    lanes: Ints,
    mean: Floats,
    spread: Floats,
    chain: int,
    queue: Singles,
    delay: Singles,
    more: Singles,
    first: int,
    last: int,
) -> None:
    """Let people flow through several stages, one behind the other."""
    steps, replications = people.shape
    delay[first:] = 0.0
    until = last
    for s in range(chain):
        _flow(people, work, lanes[s], mean[s], spread[s], queue, more, first, until)
        while until + 1 < steps and people[until + 1].any():
            until += 1
        for t in range(first, last + 1):
            for r in range(replications):
                then = t + int(min(delay[t, r], NEVER) / STEP)
                if then >= steps:
                    then = steps - 1
                delay[t, r] += more[then, r]
        work[first:] = people[first:] * np.float32(mean[min(s + 1, chain - 1)])


@njit(cache=True, nogil=True, fastmath=True)
def _judged(
    queue: Singles, worst: Singles, places: float, patience: float, longest: Singles, first: int
) -> tuple[float, float, float, float, float]:
    """Hold queues by step and longest waits against what is allowed."""
    steps, replications = queue.shape
    total = np.zeros(replications, np.float32)
    longest[:] = 0.0
    for t in range(first, steps):
        for r in range(replications):
            total[r] += queue[t, r]
            longest[r] = queue[t, r] if queue[t, r] > longest[r] else longest[r]
    crowded = slow = stuck = 0
    soft = 0.0
    for r in range(replications):
        crowded += longest[r] > places
        soft += max(0.0, longest[r] - places) / places
        slow += worst[r] > patience
        stuck += worst[r] >= NEVER
    waited = float(total.sum())
    share = 1.0 / replications
    return crowded * share, soft * share, slow * share, stuck * share, waited * STEP


@njit(cache=True, nogil=True, fastmath=True)
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
    `spread` by station, the stages of the chain before the others; `spread` is (1 + cv²) / 2, the
    part of a service that is still to go, on average, where one is seen. `places` [people] and
    `patience` [s] are allowed.
    `delay` is filled with the waits by queue, step and replication [s], `longest` with the
    longest queues; `room` of shape (4, steps, replications) is worked in. `first` and `last`
    are the steps in which people come.

    Returns the share of mornings with too long a queue; the mean excess over the places, as
    a share of them; the shares with too long a wait and with somebody never served; the
    waiting of all together [person-s]; the longest wait of those who are served [s].
    """
    queues, replications = inflow.shape[1], inflow.shape[3]
    people, work, queue, more = room[0], room[1], room[2], room[3]
    queue[first:] = 0.0
    worst, served = np.zeros((2, replications), np.float32)
    never = np.float32(NEVER)
    for q in range(queues):
        people[first:] = inflow[0, q, first:]
        work[first:] = inflow[1, q, first:]
        if q or chain == 1:
            station = chain + q - 1 if q else 0
            each = (lanes[station], mean[station], spread[station])
            _flow(people, work, *each, queue, delay[q], first, last)
        else:
            _chain(people, work, lanes, mean, spread, chain, queue, delay[q], more, first, last)
        for t in range(first, last + 1):
            for r in range(replications):
                wait = delay[q, t, r] if inflow[0, q, t, r] > np.float32(0.5) else np.float32(0.0)
                worst[r] = wait if wait > worst[r] else worst[r]
                served[r] = wait if wait > served[r] and wait < never else served[r]
    slowest = float(served.max())
    return (*_judged(queue, worst, places, patience, longest, first), slowest)


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
    room, longest = np.zeros((4, 2, 2), np.float32), np.zeros(2, np.float32)
    play(inflow, lanes, one, one, 1, 1.0, 1.0, delay, room, longest, 0, 1)
    queue, seconds = np.zeros(1, np.int8), np.zeros(1, np.float32)
    late(delay, seconds, seconds, queue, np.zeros(1, np.int16), 0.0, 0.0, 0.0, 0.0)
