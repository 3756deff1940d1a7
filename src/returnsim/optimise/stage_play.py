"""Gates played again after a change, no further than needed: compiled, for a search.

A change is tried on top of what is known: who is moved is added and taken away while the steps
go by, and nothing is written down. Only when it is kept do the people move for good, and the
gate is played from where the change begins to the end, so that the next can be taken up from it.
"""

from typing import NamedTuple

import numpy as np

from returnsim.model.binned import (
    ENDLESS,
    EVERY,
    STEP,
    Coming,
    Floats,
    Ints,
    Played,
    Serving,
    Singles,
    clocks_of,
    play,
    settle_in,
)
from returnsim.model.compiled import entry, inner
from returnsim.optimise.cohort import Cohorts, Walkers, late
from returnsim.optimise.legal import Flags, Standing


class Mornings(NamedTuple):
    """What is the same whatever the plan."""

    cohorts: Cohorts
    staff: Ints
    """Gate of each group of staff, and the step by which its moments of arrival count."""
    slot_steps: Ints
    """Step in which each slot ends."""
    midnight: int
    """Step of midnight: less than 0."""
    origin: float
    """Beginning of the first step [s after midnight]."""
    dues: Floats
    """Ends of the slots [s after midnight]."""
    bells: Floats
    """Of each class [s after midnight]."""
    present: Flags
    """Whether a class comes at all, by day and class."""
    spans: Floats
    """First and last of those who heed their slot, after its end, and of the others, after
    midnight, shape (days, classes, 4) [s]."""
    staff_spans: Floats
    """First and last of the staff, shape (gates, days, 2) [s after midnight]."""
    asked: Ints
    """Day that has to be tried at a gate by which a class comes, besides the last; -1 for none."""
    block_of: Ints
    """Block of each step."""
    opened: Flags
    """Whether a gate is open, by gate and step."""
    stations: Ints
    chain: Ints
    queues: Ints
    """Of each gate: stations, stages of the chain, queues."""
    mean: Floats
    spread: Floats
    """Of each station, as in `binned.clocks_of`."""


class Queues(NamedTuple):
    """What is known of every gate on every day, and room to try changes in."""

    inflow: Singles
    """By gate and day, as in `binned.Coming`."""
    delay: Singles
    past: Singles
    """By gate and day, as in `binned.Played`."""
    known: Flags
    """Whether a gate has been played on a day as everybody now comes."""
    lanes: Ints
    """Lanes with which it was, by gate, station and block."""
    clocks: Singles
    """What they mean, by gate."""
    trial: Singles
    """Waits at the gate that is tried."""
    state: Singles
    room: Singles
    rows: Singles
    """As in `binned.Played`."""
    limits: Floats
    """By gate: places less what steps do not show, patience [s], shares of mornings as in
    `binned.Serving`, and the share that has to be seated by the bell."""


class Change(NamedTuple):
    """Classes that go elsewhere: which, from which gate and slot."""

    who: Ints
    gate: Ints
    slot: Ints


@inner
def nobody() -> Change:
    """Return a change of no class."""
    none = np.zeros(0, np.int64)
    return Change(none, none, none)


@entry
def begin(m: Mornings, queues: Queues, now: Standing) -> None:
    """Let everybody come where a sketch says; nothing is known of any gate then."""
    queues.inflow[:] = 0.0
    queues.known[:] = False
    queues.lanes[:] = -1
    lumps, lumps_of, classes = m.cohorts.lumps, m.cohorts.lumps_of, m.bells.size
    for who in range(lumps_of.shape[0]):
        if who < classes:
            g, step = now.gate[who], m.slot_steps[now.slot[who]]
        else:
            g, step = m.staff[who - classes]
        for d in range(lumps_of.shape[2]):
            first, last = lumps_of[who, g, d]
            moved = np.ones((last - first, 5), np.int64)
            for n in range(last - first):
                queue, heedless, start, steps, row = lumps[first + n]
                start += m.midnight if heedless else step
                moved[n, :4] = np.array([queue, start, steps, row])
            settle_in(Coming(queues.inflow[g, d], moved, m.cohorts.amount))


@entry
def within_a_step(m: Mornings, g: int, lanes: Ints) -> float:
    """Half of what the lanes of a gate, when most are open, get through in a step [people].

    In a step all who come count as served by the whole of it; those who come in its second
    half found the first half gone.
    """
    rate = np.inf if m.chain[g] else 0.0
    for k in range(m.chain[g]):
        rate = min(rate, lanes[k].max() / m.mean[g, k])
    return 0.5 * STEP * rate


@inner
def _moved(m: Mornings, g: int, d: int, now: Standing, change: Change) -> tuple[Ints, int]:
    """Lumps that a change adds at a gate or takes away from it, and the first step of any."""
    lumps, lumps_of = m.cohorts.lumps, m.cohorts.lumps_of
    size = 0
    for c in change.who:
        for where in range(lumps_of.shape[1]):
            size += lumps_of[c, where, d, 1] - lumps_of[c, where, d, 0]
    found, n, first = np.zeros((2 * size, 5), np.int64), 0, m.opened.shape[1]
    for i in range(change.who.size):
        c = change.who[i]
        stays = change.gate[i] == now.gate[c]
        for sign in (-1, 1):
            gate = change.gate[i] if sign < 0 else now.gate[c]
            slot = change.slot[i] if sign < 0 else now.slot[c]
            if gate != g:
                continue
            for lump in range(lumps_of[c, g, d, 0], lumps_of[c, g, d, 1]):
                queue, heedless, begin, steps, row = lumps[lump]
                if heedless and stays:  # they come when they come
                    continue
                begin += m.midnight if heedless else m.slot_steps[slot]
                found[n, 0], found[n, 1], found[n, 2] = queue, begin, steps
                found[n, 3], found[n, 4] = row, sign
                first, n = min(first, max(0, min(begin, m.opened.shape[1] - 1))), n + 1
    return found[:n], first


@inner
def _span(m: Mornings, g: int, d: int, now: Standing) -> tuple[int, int]:
    """Steps in which the first and the last may come to a gate."""
    begins, ends = m.staff_spans[g, d]
    for c in range(m.bells.size):
        if now.gate[c] == g:
            due = m.dues[now.slot[c]]
            first, last, heedless_first, heedless_last = m.spans[d, c]
            begins = min(begins, first + due, heedless_first)
            ends = max(ends, last + due, heedless_last)
    if ends < begins:
        return 0, 0
    top = m.opened.shape[1] - 1
    first_step, last_step = int((begins - m.origin) / STEP), int((ends - m.origin) / STEP)
    return min(max(first_step, 0), top), min(max(last_step, 0), top)


@inner
def _not_in_time(
    m: Mornings,
    queues: Queues,
    place: tuple[int, int],
    now: Standing,
    delay: Singles,
    since: int,
    worst: float,
    most: float,
) -> float:
    """Add up by how much each class falls short of the share to be seated by the bell."""
    (g, d), short = place, 0.0
    wanted, who = queues.limits[g, 5], m.cohorts.walkers
    for c in range(m.bells.size):
        if now.gate[c] != g or not m.present[d, c]:
            continue
        due, bell = m.dues[now.slot[c]], m.bells[c]
        sure = due + m.cohorts.longest[g, d, c] + worst <= bell
        if sure and m.cohorts.heeding[g, d, c] >= wanted:
            continue
        one, two, end = m.cohorts.walkers_of[c, g, d]
        missing = 0
        for first, last, moment in ((one, two, due), (two, end, 0.0)):
            some = Walkers(
                who.until[first:last],
                who.start[first:last],
                who.queue[first:last],
                who.replication[first:last],
            )
            before = queues.delay[g, d]
            missing += late(some, delay, before, since, moment, bell, m.origin, worst)
        if end > one:
            short += max(0.0, wanted - (1.0 - missing / (end - one)))
        if short > most:
            break
    return short


@inner
def _days(m: Mornings, g: int, now: Standing) -> Flags:
    """Days on which a gate has to be tried: the last, and those that no later day covers."""
    found = np.zeros(m.present.shape[0], np.bool_)
    found[-1] = True
    for c in range(m.bells.size):
        if now.gate[c] == g and m.asked[g, c] >= 0:
            found[m.asked[g, c]] = True
    return found


@inner
def _first_change(one: Singles, other: Singles) -> int:
    """First step in which lanes mean something else."""
    for t in range(one.shape[1]):
        for k in range(one.shape[0]):
            for i in range(one.shape[2]):
                if one[k, t, i] != other[k, t, i]:
                    return t
    return int(one.shape[1])


@inner
def _served_by(m: Mornings, queues: Queues, g: int, now: Standing) -> tuple[Serving, int]:
    """What serves the people of a gate, and the first step in which it is something else."""
    clocks, since = queues.clocks[g], m.opened.shape[1]
    if (now.lanes[g] != queues.lanes[g]).any():
        lanes = np.zeros((now.lanes.shape[1], since), np.int64)
        for t in range(since):
            if m.opened[g, t]:
                lanes[:, t] = now.lanes[g, :, m.block_of[t]]
        clocks = clocks_of(lanes, m.mean[g], m.spread[g])
        since = _first_change(clocks, queues.clocks[g])
    limits = queues.limits[g, :5].copy()
    limits[0] = max(1.0, limits[0] - within_a_step(m, g, now.lanes[g]))
    return Serving(clocks, m.mean[g], m.chain[g], m.queues[g], limits), since


@entry
def play_gate(
    m: Mornings, queues: Queues, g: int, now: Standing, change: Change, most: float, keep: bool
) -> tuple[float, float]:
    """Play one gate as it now is, after a change that is tried, or kept.

    What is kept is not judged, since it has been. What is tried leaves no trace.

    Returns
    -------
    How far its limits are missed on the worst of its days, or more than `most` as soon as that
    is sure; and the time spent waiting on the last day by all together, over all mornings
    [person-s].
    """
    serving, begins = _served_by(m, queues, g, now)
    days, alone, missed, waited = _days(m, g, now), m.chain[g] > 1, 0.0, 0.0
    for d in range(days.size):
        if not (days[d] or keep):
            continue
        moved, since = _moved(m, g, d, now, change)
        since = min(since, begins) // EVERY * EVERY if queues.known[g, d] and not alone else 0
        delay = queues.trial
        if keep:
            settle_in(Coming(queues.inflow[g, d], moved, m.cohorts.amount))
            moved, delay = moved[:0], queues.delay[g, d]
            queues.known[g, d] = days[d] and not alone
            if not queues.known[g, d]:
                continue
        come = Coming(queues.inflow[g, d], moved, m.cohorts.amount)
        played = Played(delay, queues.state, queues.past[g, d], queues.room, queues.rows)
        span = _span(m, g, d, now)
        short, waited, worst = play(come, serving, played, span, since, most, keep)
        if not keep and short <= most:
            short += _not_in_time(m, queues, (g, d), now, delay, since, worst, most - short)
        missed = max(missed, short)
        if not keep and missed > most:
            return ENDLESS, 0.0
    if keep:
        queues.lanes[g] = now.lanes[g]
        queues.clocks[g] = serving.clocks
    return missed, waited
