"""What a search tries next: compiled, since most of what is tried is given up at once."""

from typing import NamedTuple

import numpy as np

from returnsim.model.binned import Floats, Ints
from returnsim.model.compiled import inner
from returnsim.optimise.legal import Flags, Ground, Standing

LINKS = 8
"""Slots in a row that a class is moved from at most, each to the next."""
EVEN = 0.5
"""Chance of either of two."""
ALONG, WHOLE = 0.4, 0.4
"""How often lanes go along with people, and a whole batch is shifted and not only a slot."""
ONE_STATION, SAME_GATE = 0.6, 0.7
"""How often a lane changes at one station only, and goes no further than to another block."""
ONE_CLASS, TWO_CLASSES, WHOLE_SLOT, ONE_IN_EACH, ONE_LANE = range(5)


class Proposal(NamedTuple):
    """A change to a sketch: classes to gates and slots, and lanes of gates."""

    size: Ints
    """One number: how many classes move."""
    who: Ints
    gate: Ints
    slot: Ints
    """Of those that move: which, and where to."""
    touched: Flags
    """Gates whose lanes change, too."""
    lanes: Ints
    """Those lanes, by gate, station and block."""


@inner
def _below(rng: np.random.Generator, n: int) -> int:
    """Draw a whole number from 0 to n - 1."""
    return int(rng.random() * n)


@inner
def _a_step(rng: np.random.Generator) -> int:
    """Draw one slot or two, earlier or later."""
    step = 1 + _below(rng, 2)
    return step if rng.random() < EVEN else -step


@inner
def _may(ground: Ground, c: int, gate: int, slot: int) -> bool:
    """Whether a class may have a slot at a gate."""
    return 0 <= slot < ground.allowed.shape[2] and bool(ground.allowed[c, gate, slot])


@inner
def _add(move: Proposal, c: int, gate: int, slot: int) -> None:
    i = move.size[0]
    move.who[i], move.gate[i], move.slot[i] = c, gate, slot
    move.size[0] = i + 1


@inner
def _touch(now: Standing, move: Proposal, gate: int) -> None:
    """Begin with the lanes as they are."""
    if not move.touched[gate]:
        move.touched[gate] = True
        move.lanes[gate] = now.lanes[gate]


@inner
def _with_lanes(
    rng: np.random.Generator,
    ground: Ground,
    now: Standing,
    move: Proposal,
    here: tuple[int, int],
    there: tuple[int, int],
    stay: bool,
) -> bool:
    """Let a lane at every stage go along to where the people go, now and then."""
    if stay or rng.random() >= ALONG:
        return True
    for (gate, slot), step in ((here, -1), (there, 1)):
        _touch(now, move, gate)
        block = ground.block_of[slot]
        for k in range(ground.stations[gate]):
            if ground.staffed[gate, k]:
                n = move.lanes[gate, k, block] + step
                move.lanes[gate, k, block] = min(n, ground.most[gate, k, block])
    return True


@inner
def _one_class(
    rng: np.random.Generator, ground: Ground, now: Standing, move: Proposal, stay: bool
) -> bool:
    c = _below(rng, now.slot.size)
    here = (now.gate[c], now.slot[c])
    there = (here[0], here[1] + _a_step(rng))
    if rng.random() < EVEN:
        first, last = ground.cells_of[c], ground.cells_of[c + 1]
        gate, slot = ground.cells[first + _below(rng, last - first)]
        there = (gate, slot)
    if there == here or not _may(ground, c, *there):
        return False
    _add(move, c, *there)
    return _with_lanes(rng, ground, now, move, here, there, stay)


@inner
def _two_classes(rng: np.random.Generator, ground: Ground, now: Standing, move: Proposal) -> bool:
    one, two = _below(rng, now.slot.size), _below(rng, now.slot.size)
    here, there = (now.gate[one], now.slot[one]), (now.gate[two], now.slot[two])
    if here == there or not _may(ground, one, *there) or not _may(ground, two, *here):
        return False
    _add(move, one, *there)
    _add(move, two, *here)
    return True


@inner
def _whole_slot(
    rng: np.random.Generator, ground: Ground, now: Standing, move: Proposal, stay: bool
) -> bool:
    """Shift everybody who shares a slot and a gate, or everybody of a batch at a gate."""
    c = _below(rng, now.slot.size)
    gate, slot, batch = now.gate[c], now.slot[c], ground.batch[c]
    by, whole = _a_step(rng), rng.random() < WHOLE
    for i in range(now.slot.size):
        along = ground.batch[i] == batch if whole else now.slot[i] == slot
        if now.gate[i] == gate and along:
            if not _may(ground, i, gate, now.slot[i] + by):
                return False
            _add(move, i, gate, now.slot[i] + by)
    return _with_lanes(rng, ground, now, move, (gate, slot), (gate, slot + by), stay)


@inner
def _one_in_each(rng: np.random.Generator, ground: Ground, now: Standing, move: Proposal) -> bool:
    """Move a class to the next slot, one from there to the one after, and so on.

    So the first and the last of these slots change, and those between hardly do.
    """
    c = _below(rng, now.slot.size)
    gate, slot = now.gate[c], now.slot[c]
    by = 1 if rng.random() < EVEN else -1
    for _ in range(2 + _below(rng, LINKS - 1)):
        free = 0
        chosen = -1
        for i in range(now.slot.size):
            here = now.gate[i] == gate and now.slot[i] == slot
            if here and _may(ground, i, gate, slot + by):
                free += 1
                if rng.random() * free < 1:  # each with the same chance
                    chosen = i
        if chosen < 0:
            break
        slot += by
        _add(move, chosen, gate, slot)
    return bool(move.size[0] > 1)


@inner
def _staffed(rng: np.random.Generator, ground: Ground, gate: int) -> int:
    """Draw one of the stations of a gate that need people; -1 if none does."""
    chosen, found = -1, 0
    for k in range(ground.stations[gate]):
        if ground.staffed[gate, k]:
            found += 1
            if rng.random() * found < 1:
                chosen = k
    return chosen


@inner
def _number_staffed(ground: Ground, gate: int) -> int:
    """Count the stations of a gate that need people."""
    return int(ground.staffed[gate].sum())


@inner
def _change(
    ground: Ground, now: Standing, move: Proposal, gate: int, only: int, block: int, by: int
) -> None:
    """Open or close a lane at one station, or at each that needs people if `only` is -1."""
    _touch(now, move, gate)
    for k in range(ground.stations[gate]):
        if ground.staffed[gate, k] and only in (-1, k):
            move.lanes[gate, k, block] += by


@inner
def _one_lane(rng: np.random.Generator, ground: Ground, now: Standing, move: Proposal) -> bool:
    gate = _below(rng, now.lanes.shape[0])
    block = _below(rng, now.lanes.shape[2])
    by = 1 if rng.random() < EVEN else -1
    stations = _number_staffed(ground, gate)
    if not stations:
        return False
    only = -1
    if stations > 1 and rng.random() < ONE_STATION:
        only = _staffed(rng, ground, gate)
    _change(ground, now, move, gate, only, block, by)
    return True


@inner
def _lane_elsewhere(
    rng: np.random.Generator, ground: Ground, now: Standing, move: Proposal
) -> bool:
    gate = _below(rng, now.lanes.shape[0])
    blocks = now.lanes.shape[2]
    block = _below(rng, blocks)
    other = gate if rng.random() < SAME_GATE else _below(rng, now.lanes.shape[0])
    to = _below(rng, blocks)
    if rng.random() < EVEN:
        to = block + (1 if rng.random() < EVEN else -1)
    stations = _number_staffed(ground, gate)
    if not (stations and _number_staffed(ground, other) and 0 <= to < blocks):
        return False
    away = into = -1
    if gate != other or (stations > 1 and rng.random() < EVEN):
        away, into = _staffed(rng, ground, gate), _staffed(rng, ground, other)
    _change(ground, now, move, gate, away, block, -1)
    _change(ground, now, move, other, into, to, 1)
    return True


@inner
def propose(
    rng: np.random.Generator,
    ground: Ground,
    now: Standing,
    move: Proposal,
    often: Floats,
    stay: bool,
) -> bool:
    """Fill in a move; whether one was found.

    `often` says with which chance each kind is tried: one class, two, a whole slot, one class
    in each of several slots, a lane, a lane elsewhere. With `stay` lanes do not go along.
    """
    move.size[0] = 0
    move.touched[:] = False
    kind, left = 0, rng.random() * often.sum()
    while kind < often.size - 1 and left >= often[kind]:
        left -= often[kind]
        kind += 1
    if kind == ONE_CLASS:
        return _one_class(rng, ground, now, move, stay)
    if kind == TWO_CLASSES:
        return _two_classes(rng, ground, now, move)
    if kind == WHOLE_SLOT:
        return _whole_slot(rng, ground, now, move, stay)
    if kind == ONE_IN_EACH:
        return _one_in_each(rng, ground, now, move)
    if kind == ONE_LANE:
        return _one_lane(rng, ground, now, move)
    return _lane_elsewhere(rng, ground, now, move)
