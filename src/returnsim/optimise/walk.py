"""The inner loop of annealing: try a move, keep it or not; compiled.

How dear a move may be is drawn before it is tried. So much as it costs in duty, early arrivals
and a longer window is known at once; what is left is what it may miss of the limits, and a gate
is played no further than it takes to see that it misses more.
"""

from typing import NamedTuple

import numpy as np

from returnsim.model.binned import ENDLESS, Floats, Ints
from returnsim.model.compiled import entry, inlined, inner
from returnsim.optimise import legal
from returnsim.optimise.legal import Flags, Ground, Standing
from returnsim.optimise.proposals import Proposal, propose
from returnsim.optimise.stage_play import (
    Change,
    Mornings,
    Queues,
    begin,
    nobody,
    play_gate,
)

EARLY, WAIT, WINDOW = 0.008, 0.04, 0.002
"""Price of a minute that pupils come early, that they wait (both on average), and of a minute
between the first slot and the last, in lane-blocks."""
UNMANNED = 0.05
"""What a class that may come to a station without a lane counts as missed."""


class Given(NamedTuple):
    """What does not change in a search."""

    ground: Ground
    mornings: Mornings
    unit: float
    """Duty of the cheapest lane-block [min]."""
    slot_minutes: float
    at_latest: float
    """Slots that all pupils would come later than the first, in their latest, added up."""
    stay: bool
    """Whether lanes stay as they are."""
    often: Floats
    """How often each kind of move is tried."""


class Walk(NamedTuple):
    """Where a search is, and the best that it has met with."""

    now: Standing
    queues: Queues
    missed: Floats
    waited: Floats
    """Of each gate, as from `stage_play.play_gate`."""
    unmanned: Ints
    """Of each gate, as from `legal.unmanned`; nothing where lanes go along."""
    best: Standing
    least: Floats
    """Price of the best, and what it misses."""


@inner
def _known_at_once(given: Given, now: Standing) -> float:
    """Price of duty, of early arrivals and of a long window, in minutes of duty."""
    early = given.at_latest - (given.ground.pupils * now.slot).sum()
    window = now.slot.max() - now.slot.min()
    soft = EARLY * early / given.ground.pupils.sum() + WINDOW * window
    return float(legal.duty(given.ground, now.lanes) + given.unit * given.slot_minutes * soft)


@inner
def _waiting(given: Given, queues: Queues, waited: float) -> float:
    """Price of waiting [person-s, over all mornings], in minutes of duty."""
    people = given.ground.pupils.sum() * queues.state.shape[1]
    return float(given.unit * WAIT * waited / 60.0 / people)


@inner
def _missed(walk: Walk) -> float:
    """How far limits are missed, at all gates together; 0 if kept."""
    return float(walk.missed.sum() + UNMANNED * walk.unmanned.sum())


@inner
def _price(given: Given, walk: Walk, dear: float) -> float:
    """What a sketch costs, in minutes of duty, if missing all limits costs so many blocks."""
    waiting = _waiting(given, walk.queues, walk.waited.sum())
    known = _known_at_once(given, walk.now)
    return known + waiting + given.unit * dear * _missed(walk)


@inlined
def _set_out(given: Given, walk: Walk, dear: float) -> None:
    """Play every gate as a search begins, so that moves can follow."""
    ground, now, queues = given.ground, walk.now, walk.queues
    begin(given.mornings, queues, now)
    for g in range(now.lanes.shape[0]):
        if not given.stay:
            first, last = legal.needed(ground, g, now.gate, now.slot)
            legal.tidy(ground, g, now.lanes[g], first, last)
        else:
            walk.unmanned[g] = legal.unmanned(ground, g, now.gate, now.slot, now.lanes[g])
        for keep in (False, True):
            found = play_gate(given.mornings, queues, g, now, nobody(), ENDLESS, keep)
            if not keep:
                walk.missed[g], walk.waited[g] = found
    _remember(walk, _price(given, walk, dear))


@inner
def _remember(walk: Walk, least: float) -> None:
    """Take the sketch for the best."""
    walk.best.slot[:] = walk.now.slot
    walk.best.gate[:] = walk.now.gate
    walk.best.lanes[:] = walk.now.lanes
    walk.least[0], walk.least[1] = least, _missed(walk)


@inlined
def _made(given: Given, now: Standing, move: Proposal, touched: Flags) -> bool:
    """Make a move that has been placed: lanes, too; whether the rules allow it."""
    ground, same = given.ground, move.size[0] == 0
    if given.stay:
        return True
    for g in range(touched.size):
        if touched[g]:
            before = now.lanes[g].copy()
            if move.touched[g]:
                now.lanes[g] = move.lanes[g]
            first, last = legal.needed(ground, g, now.gate, now.slot)
            legal.tidy(ground, g, now.lanes[g], first, last)
            same = same and bool((now.lanes[g] == before).all())
            if not legal.fits(ground, g, now.lanes[g]):
                return False
    return not same and legal.manned(ground, now.lanes)


@inlined
def _tried(
    given: Given, walk: Walk, change: Change, touched: Flags, most: float, dear: float
) -> bool:
    """Play the gates that a move touches; whether it costs no more than it may.

    What they miss and how long people wait is written down; it means nothing if it costs more.
    """
    now, queues = walk.now, walk.queues
    once = given.unit * dear
    left = most - _known_at_once(given, now)
    for g in range(touched.size):
        if touched[g] and given.stay:
            walk.unmanned[g] = legal.unmanned(given.ground, g, now.gate, now.slot, now.lanes[g])
        if not touched[g]:
            left -= _waiting(given, queues, walk.waited[g]) + once * walk.missed[g]
    left -= once * UNMANNED * walk.unmanned.sum()
    for g in range(touched.size):
        if left < 0:
            return False
        if touched[g]:
            short, waited = play_gate(given.mornings, queues, g, now, change, left / once, False)
            left -= once * short + _waiting(given, queues, waited)
            walk.missed[g], walk.waited[g] = short, waited
    return bool(left >= 0)


@entry
def wander(
    rng: np.random.Generator,
    given: Given,
    walk: Walk,
    move: Proposal,
    turns: int,
    heat: float,
    dear: tuple[float, float],
    first: bool,
) -> None:
    """Try so many moves; before the first of all, play every gate.

    `heat` is the temperature [min of duty], `dear` the price of missing all limits [lane-blocks]:
    now, and at last.
    """
    now, ground = walk.now, given.ground
    if first:
        _set_out(given, walk, dear[1])
    cost = _price(given, walk, dear[0])
    for _ in range(turns):
        if not propose(rng, ground, now, move, given.often, given.stay):
            continue
        n = move.size[0]
        who, gate, slot = move.who[:n], move.gate[:n], move.slot[:n]
        if not legal.apart(ground, now, who, gate, slot):
            continue
        change = Change(who.copy(), now.gate[who], now.slot[who])
        touched = move.touched.copy()
        for i in range(n):
            touched[gate[i]] = touched[change.gate[i]] = True
        lanes, marks = now.lanes.copy(), (walk.missed.copy(), walk.waited.copy())
        unmanned = walk.unmanned.copy()
        legal.place(ground, now, who, gate, slot)
        most = cost - heat * np.log(1.0 - rng.random())
        if _made(given, now, move, touched) and _tried(given, walk, change, touched, most, dear[0]):
            for g in range(touched.size):
                if touched[g]:
                    play_gate(given.mornings, walk.queues, g, now, change, ENDLESS, True)
            cost, final = _price(given, walk, dear[0]), _price(given, walk, dear[1])
            misses, missed_before = _missed(walk) > 0.0, walk.least[1] > 0.0
            if (misses, final) < (missed_before, walk.least[0] - 1e-9):
                _remember(walk, final)
        else:
            legal.place(ground, now, who, change.gate, change.slot)
            now.lanes[:] = lanes
            walk.missed[:], walk.waited[:], walk.unmanned[:] = marks[0], marks[1], unmanned
