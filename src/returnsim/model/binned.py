"""One gate in steps of twenty seconds: a thousand times a second, and near enough.

A search tries tens of thousands of plans. Here the people of a gate are not followed one by
one: their arrivals, and the work they bring, are counted by step and flow through the
stages first come, first served. What is lost is the order within a step and who holds which
lane; `returnsim.model.kernel` says in the end how it really is. The luck is the kernel's
own: the same people, the same moments, the same service times.

A search changes little at a time, and what it tries is seldom worth having. So a morning can
be taken up where a change begins, with the queues as they then were, and given up as soon as
more is missed than may be.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from returnsim.model.compiled import inner

STEP = 20.0
"""Length of a step [s]."""
NEVER = 1e9
"""Delay of somebody who is never served [s]."""
EVERY = 8
"""Steps between two moments at which a morning can be taken up, or given up."""
TOTALS = 4
"""Rows kept besides two for each station: the longest queue, all queues added up, the longest
wait, and the longest of those who are served at all."""
ENDLESS = 1e9
"""What may be missed where nothing is given up."""

Singles = NDArray[np.float32]
Bytes = NDArray[np.int8]
Shorts = NDArray[np.int16]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Coming(NamedTuple):
    """Who comes to a gate on a day."""

    inflow: Singles
    """People and work [s] by queue, step and replication, shape (2, queues, steps, replications):
    queue 0 is the first stage of the chain, the others (fast lane, desks) stand beside it."""
    moved: Ints
    """Lumps that are to be added or taken away: queue, first step, steps, row, and 1 or -1."""
    amount: Singles
    """Rows of all lumps: of each the people by step, then the work [s]; shape (rows,
    replications)."""


class Serving(NamedTuple):
    """What serves them, and what is allowed."""

    clocks: Singles
    """From `clocks_of`."""
    mean: Floats
    """Mean service by station, the chain's before the others [s]."""
    chain: int
    """Stages of the chain."""
    queues: int
    """The chain, and the stations beside it."""
    limits: Floats
    """Places; patience [s]; shares of mornings with too long a queue, with too long a wait and
    with somebody never served, that are allowed."""


class Played(NamedTuple):
    """What is worked in, and what comes of it."""

    delay: Singles
    """Waits by queue, step and replication [s]."""
    state: Singles
    """By station the work and the people there, then the `TOTALS`, by replication."""
    past: Singles
    """The state at every `EVERY`-th step."""
    room: Singles
    """Waits at the stages behind the first, shape (stages, steps, replications) [s]."""
    rows: Singles
    """Room for six rows."""


@inner
def clocks_of(lanes: Ints, mean: Floats, spread: Floats) -> Singles:
    """Work out what the lanes of each station mean in each step, shape (stations, steps, 6).

    `lanes` by station and step; `mean` service [s] and `spread` by station: (1 + cv²) / 2, the
    part of a service that is still to go where one is seen.

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
def _longest_wait(delay: Singles, people: Singles, worst: Singles, served: Singles) -> None:
    """Raise the longest waits by those of the people who come in a step."""
    zero, half, never = np.float32(0.0), np.float32(0.5), np.float32(0.5 * NEVER)
    for r in range(worst.size):
        come, here = delay[r], people[r]
        wait = come if here > half else zero
        gain = wait - worst[r]
        more = gain if gain > zero else zero
        worst[r] += more
    for r in range(worst.size):
        come, here = delay[r], people[r]
        wait = come if here > half else zero
        wait = wait if wait < never else zero
        gain = wait - served[r]
        more = gain if gain > zero else zero
        served[r] += more


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


@inner
def _missed(longest: Singles, worst: Singles, limits: Floats) -> float:
    """How far limits are missed: shares of mornings; the longer a queue, the worse."""
    places, patience, crowding, waiting, leaving = limits
    crowded = slow = stuck = 0
    soft = 0.0
    for r in range(longest.size):
        crowded += longest[r] > places
        soft += max(0.0, longest[r] - places)
        slow += worst[r] > patience
        stuck += worst[r] >= 0.5 * NEVER
    share = 1.0 / longest.size
    over = crowded * share - crowding
    missed = over + 0.5 * soft * share / places if over > 0 else 0.0
    missed += max(0.0, slow * share - waiting) + max(0.0, stuck * share - leaving)
    return float(missed)


@inner
def _add_later_waits(delay: Singles, later: Singles, first: int, until: int, end: int) -> None:
    """Add to the waits at the first stage those further on, at the time somebody comes there."""
    for s in range(later.shape[0]):
        for t in range(first, until):
            for r in range(delay.shape[1]):
                then = t + int(min(delay[t, r], NEVER) / STEP)
                if then < end:
                    delay[t, r] += later[s, then, r]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _with_moved(come: Coming, q: int, t: int, into: Singles) -> bool:
    """Fill `into` with the people and the work of a step as moved; whether any are."""
    last, found = come.inflow.shape[2] - 1, False
    for m in range(come.moved.shape[0]):
        queue, begin, size, row, sign = come.moved[m]
        first = last_one = t - begin
        if t == 0:  # who comes before the first step comes in it, and so at the end
            first = 0
        if t == last:
            last_one = size - 1
        first, last_one = max(first, 0), min(last_one, size - 1)
        if queue != q or first > last_one:
            continue
        if not found:
            into[0] = come.inflow[0, q, t]
            into[1] = come.inflow[1, q, t]
            found = True
        for number in range(first, last_one + 1):
            for part in range(2):
                from_row = come.amount[row + part * size + number]
                one = np.float32(sign)
                for r in range(from_row.size):
                    into[part, r] += one * from_row[r]
    return found


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _step(come: Coming, serving: Serving, played: Played, t: int) -> None:
    """Let everybody at a gate move on by a step."""
    state, rows, chain = played.state, played.rows, serving.chain
    stations = (state.shape[0] - TOTALS) // 2
    waiting, work, leaving, into = rows[0], rows[1], rows[2:4], rows[4:6]
    waiting[:] = 0.0
    for q in range(serving.queues):
        k = chain + q - 1 if q else 0
        people, bring, out = come.inflow[0, q, t], come.inflow[1, q, t], leaving[0]
        if _with_moved(come, q, t, into):
            people, bring = into[0], into[1]
        delay = played.delay[q, t]
        own = (serving.clocks[k, t], serving.mean[k], state[k], state[stations + k])
        _serve(people, bring, *own, out, waiting, delay)
        if q or chain == 1:
            _longest_wait(delay, people, state[2 * stations + 2], state[2 * stations + 3])
        for k in range(1, 1 if q else chain):
            work[:] = out * np.float32(serving.mean[k])
            own = (serving.clocks[k, t], serving.mean[k], state[k], state[stations + k])
            _serve(out, work, *own, leaving[k % 2], waiting, played.room[k - 1, t])
            out = leaving[k % 2]
    _longest_queue(waiting, state[2 * stations], state[2 * stations + 1])


@inner
def _wait_later(come: Coming, played: Played, chain: int, first: int, until: int, end: int) -> None:
    """Tell how long those wait in all who have further stages to pass."""
    _add_later_waits(played.delay[0], played.room[: chain - 1], first, until, end)
    longest = played.state[played.state.shape[0] - 2 :]
    for s in range(first, until):
        people = come.inflow[0, 0, s]
        if _with_moved(come, 0, s, played.rows[4:6]):
            people = played.rows[4]
        _longest_wait(played.delay[0, s], people, longest[0], longest[1])


@inner
def play(
    come: Coming,
    serving: Serving,
    played: Played,
    span: tuple[int, int],
    since: int,
    most: float,
    keep: bool,
) -> tuple[float, float, float]:
    """Let a block of mornings at one gate flow by.

    Parameters
    ----------
    come, serving, played
        Who comes, what serves them, and what is filled.
    span
        Steps in which the first and the last come.
    since
        Step before which nothing differs from the morning whose `past` was kept; 0 for a
        morning of its own. With more than one stage in a row every morning is.
    most
        How far limits may be missed before the morning is given up.
    keep
        Whether to keep the past, so that others can be taken up from it.

    Returns
    -------
    How far limits are missed, as far as was played; the waiting of all together [person-s]; the
    longest wait of those who are served [s].
    """
    state, past, chain = played.state, played.past, serving.chain
    stations = (state.shape[0] - TOTALS) // 2
    steps, (first, last) = played.delay.shape[1], span
    t, longest, worst = first, state[2 * stations], state[2 * stations + 2]
    state[:] = 0.0
    if chain <= 1 and since // EVERY * EVERY > first:
        t = since // EVERY * EVERY
        state[:] = past[t // EVERY]
    elif keep and chain <= 1:
        past[: first // EVERY + 1] = 0.0
    begin = t
    while t < steps and (t <= last or state[:stations].any()):
        if t % EVERY == 0:
            if keep and chain <= 1:
                past[t // EVERY] = state
            elif t > begin and _missed(longest, worst, serving.limits) > most:
                return ENDLESS, 0.0, 0.0
        _step(come, serving, played, t)
        t += 1
    if keep and chain <= 1:
        for point in range((t + EVERY - 1) // EVERY, past.shape[0]):
            past[point] = state
    if chain > 1:
        _wait_later(come, played, chain, first, min(last + 1, t), t)
    waited = float(state[2 * stations + 1].sum()) * STEP
    return _missed(longest, worst, serving.limits), waited, float(state[2 * stations + 3].max())


@inner
def settle_in(come: Coming) -> None:
    """Move those who are to be moved for good."""
    inflow, last = come.inflow, come.inflow.shape[2] - 1
    for m in range(come.moved.shape[0]):
        queue, begin, size, row, sign = come.moved[m]
        for number in range(size):  # before the first step of the morning, or after the last
            t = min(max(begin + number, 0), last)
            for part in range(2):
                into, from_row = inflow[part, queue, t], come.amount[row + part * size + number]
                one = np.float32(sign)
                for r in range(from_row.size):
                    into[r] += one * from_row[r]
