"""What a sketch may not do, whatever the luck, block by block: compiled, for a search.

Lanes are counted by gate, station and block. Gates with fewer stations than others have none
in the places that are left over.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from returnsim.model.binned import Floats, Ints
from returnsim.model.compiled import entry, inner

Flags = NDArray[np.bool_]


class Ground(NamedTuple):
    """What is given: where and when classes may come, and what lanes and people there are."""

    allowed: Flags
    """Slots in time, by class, gate and slot."""
    cells: Ints
    """Those as gate and slot, of one class after the other, shape (cells, 2)."""
    cells_of: Ints
    """Number of the first cell of each class, and of the one after the last."""
    batch: Ints
    """Number of each class's return date."""
    reach: int
    """Slots before and after one, in which no other batch may come by the same gate."""
    edges: Ints
    """First and last block in which each class may come, shape (gates, classes, slots, 2)."""
    staff_edges: Ints
    """The same of the staff of each gate; the first after the last if there is none."""
    stations: Ints
    """Stations of each gate."""
    staffed: Flags
    """Stations that need people, by gate and station."""
    most: Ints
    """Lanes that there are, none while the gate is closed; by gate, station and block."""
    people: Floats
    """People for a lane, by gate and station."""
    there: Floats
    """People on duty by block."""
    minutes: Floats
    """Duty that a lane takes, by gate, station and block [min]."""
    block_of: Ints
    """Block in which each slot ends."""
    pupils: Floats
    """Of each class."""


class Standing(NamedTuple):
    """A sketch as it is changed."""

    slot: Ints
    gate: Ints
    lanes: Ints
    """By gate, station and block."""
    use: Ints
    """Classes by gate, batch and slot."""


@entry
def needed(ground: Ground, g: int, gate: Ints, slot: Ints) -> tuple[int, int]:
    """Return the first and the last block in which people may come to a gate."""
    first, last = ground.staff_edges[g]
    for c in range(slot.size):
        if gate[c] == g:
            first = min(first, ground.edges[g, c, slot[c], 0])
            last = max(last, ground.edges[g, c, slot[c], 1])
    return first, last


@entry
def tidy(ground: Ground, g: int, lanes: Ints, first: int, last: int) -> None:
    """Leave none before anybody comes, and one at each station while they come.

    No station closes to open again. Lanes without staff are open whenever the gate is.
    """
    blocks = lanes.shape[1]
    for k in range(ground.stations[g]):
        if first <= last and ground.people[g, k] == 0:
            lanes[k] = ground.most[g, k]
            continue
        opened, closed = blocks, -1
        for b in range(blocks):
            n = max(lanes[k, b], 1) if first <= b <= last else max(lanes[k, b], 0)
            lanes[k, b] = n if first <= b and first <= last else 0
            if lanes[k, b]:
                opened, closed = min(opened, b), b
        for b in range(opened, closed):
            lanes[k, b] = max(lanes[k, b], 1)


@inner
def unmanned(ground: Ground, g: int, gate: Ints, slot: Ints, lanes: Ints) -> int:
    """Count classes that may come to a station before it opens or when it has closed.

    Each counts once for every such station, and staff like a class.
    """
    first, last = needed(ground, g, gate, slot)
    found, blocks = 0, lanes.shape[1]
    for k in range(ground.stations[g]):
        if first > last or not ground.staffed[g, k]:
            continue
        opened, closed = blocks, -1
        for b in range(blocks):
            if lanes[k, b]:
                opened, closed = min(opened, b), b
        outside = 0
        for c in range(slot.size):
            if gate[c] == g:
                edges = ground.edges[g, c, slot[c]]
                outside += edges[0] < opened or edges[1] > closed
        found += max(outside, int(first < opened or last > closed))
    return found


@inner
def fits(ground: Ground, g: int, lanes: Ints) -> bool:
    """Whether there are so many lanes."""
    for k in range(lanes.shape[0]):
        for b in range(lanes.shape[1]):
            if lanes[k, b] > ground.most[g, k, b]:
                return False
    return True


@entry
def manned(ground: Ground, lanes: Ints) -> bool:
    """Whether there are people for all lanes."""
    for b in range(lanes.shape[2]):
        wanted = 0.0
        for g in range(lanes.shape[0]):
            for k in range(lanes.shape[1]):
                wanted += ground.people[g, k] * lanes[g, k, b]
        if wanted > ground.there[b] + 1e-9:
            return False
    return True


@entry
def duty(ground: Ground, lanes: Ints) -> float:
    """Minutes of duty."""
    found = 0.0
    for g in range(lanes.shape[0]):
        for k in range(lanes.shape[1]):
            for b in range(lanes.shape[2]):
                found += ground.minutes[g, k, b] * lanes[g, k, b]
    return found


@entry
def apart(ground: Ground, now: Standing, who: Ints, gate: Ints, slot: Ints) -> bool:
    """Whether batches stay apart at every gate if some classes go to these gates and slots."""
    use, batches, slots = now.use, now.use.shape[1], now.use.shape[2]
    if batches == 1:
        return True
    for c in who:
        use[now.gate[c], ground.batch[c], now.slot[c]] -= 1
    free = True
    for i in range(who.size):
        mine = ground.batch[who[i]]
        for other in range(batches):
            if other != mine:
                until = min(slots, slot[i] + ground.reach + 1)
                for s in range(max(0, slot[i] - ground.reach), until):
                    free = free and use[gate[i], other, s] == 0
    for c in who:
        use[now.gate[c], ground.batch[c], now.slot[c]] += 1
    return free


@inner
def place(ground: Ground, now: Standing, who: Ints, gate: Ints, slot: Ints) -> None:
    """Let some classes go to these gates and slots."""
    for i in range(who.size):
        c = who[i]
        now.use[now.gate[c], ground.batch[c], now.slot[c]] -= 1
        now.gate[c], now.slot[c] = gate[i], slot[i]
        now.use[gate[i], ground.batch[c], slot[i]] += 1
