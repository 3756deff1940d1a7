"""Everybody at every gate that may be theirs, laid out so that a search can move them quickly.

The arrivals of a class are counted by step once, as if its slot ended at midnight: another
slot is the same block of numbers some steps later. For the bell its people are sorted by how
long they take to their seats, so that only those have to be looked at who may be late.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from returnsim.model.binned import STEP, Bytes, Ints, Shorts, Singles
from returnsim.model.compiled import inner
from returnsim.optimise.luck import AtGate, People

Lump = tuple[int, bool, int, Singles]
"""Arrivals in one queue, of those who heed their slot or of the heedless: the queue, whether they
are heedless, the step of the first after the end of the slot (after midnight for the heedless),
and people and work [s] by step and replication, shape (2, steps, replications)."""
Place = tuple[int, int, int]
"""Number of a class, or of a group of staff after all classes; gate; day."""


class Walkers(NamedTuple):
    """People by the time from the end of their slot to the seat without a wait, longest first."""

    until: Singles
    """That time [s]."""
    start: Singles
    """Moment of arrival at the gate, after the end of the slot [s]."""
    queue: Bytes
    """The queue joined first; -1 for none."""
    replication: Shorts


class Cohorts(NamedTuple):
    """All classes and groups of staff, at all gates and on all days, one after the other."""

    amount: Singles
    """People by step, then work [s] by step, of one lump after the other; by replication."""
    lumps: Ints
    """Of each lump the queue, 1 if they are heedless, the first step, steps, and the row."""
    lumps_of: Ints
    """First lump and the one after the last, shape (classes and groups, gates, days, 2)."""
    walkers: Walkers
    """Those who heed the slot and those who do not, of one class after the other."""
    walkers_of: Ints
    """First of those who heed it, first and last but one of the heedless; last dimension 3."""
    longest: NDArray[np.float64]
    """Longest time from the end of the slot to the seat without a wait of those who heed it, by
    gate, day and class [s]; nobody takes no time."""
    heeding: NDArray[np.float64]
    """Share of those who heed their slot, by gate, day and class."""


def laid_out(
    everybody: Iterable[tuple[Place, People, AtGate, float]],
    size: tuple[int, int, int],
    replications: int,
) -> Cohorts:
    """Lay everybody out.

    Parameters
    ----------
    everybody
        Of each class or group at each gate on each day: its people, what they do there, and how
        far the gate is from its room [m].
    size
        Numbers of classes and groups, of gates and of days.
    replications
        Mornings.
    """
    lumps: list[Lump] = []
    parts: list[Walkers] = []
    lumps_of, walkers_of = np.zeros((*size, 2), np.int64), np.zeros((*size, 3), np.int64)
    number, gates, days = size
    longest, heeding = np.full((gates, days, number), -np.inf), np.ones((gates, days, number))
    there = 0
    for (who, gate, day), people, here, metres in everybody:
        first = len(lumps)
        lumps += _lumps(people, here, replications)
        lumps_of[who, gate, day] = first, len(lumps)
        heedful, heedless = _walkers(people, here, metres)
        edges = np.cumsum([there, heedful.until.size, heedless.until.size])
        walkers_of[who, gate, day], there = edges, int(edges[-1])
        parts += [heedful, heedless]
        longest[gate, day, who] = heedful.until.max(initial=-np.inf)
        if people.start.size:
            heeding[gate, day, who] = heedful.until.size / people.start.size
    return Cohorts(
        *_in_rows(lumps, replications), lumps_of, _joined(parts), walkers_of, longest, heeding
    )


def _in_rows(lumps: Sequence[Lump], replications: int) -> tuple[Singles, Ints]:
    """Write lumps one below the other, and where each stands."""
    table = np.zeros((len(lumps), 5), np.int64)
    rows = sum(2 * amount.shape[1] for *_, amount in lumps)
    found, row = np.zeros((rows, replications), np.float32), 0
    for number, (queue, heedless, first, amount) in enumerate(lumps):
        steps = amount.shape[1]
        table[number] = queue, heedless, first, steps, row
        found[row : row + 2 * steps] = amount.reshape(2 * steps, replications)
        row += 2 * steps
    return found, table


def _joined(parts: Sequence[Walkers]) -> Walkers:
    kinds = (np.float32, np.float32, np.int8, np.int16)
    columns = [
        np.concatenate([np.zeros(0, kind), *(part[i] for part in parts)])
        for i, kind in enumerate(kinds)
    ]
    return Walkers(*columns)


def _walkers(people: People, here: AtGate, metres: float) -> tuple[Walkers, Walkers]:
    until = people.start + here.passage + np.float32(metres) * people.slowness
    parts = []
    for chosen in (~people.heedless, people.heedless):
        order = np.flatnonzero(chosen)
        order = order[np.argsort(-until[order], kind="stable")]
        parts.append(
            Walkers(until[order], people.start[order], here.queue[order], people.replication[order])
        )
    return parts[0], parts[1]


def _lumps(people: People, here: AtGate, replications: int) -> Iterator[Lump]:
    step = np.floor(people.start / np.float64(STEP)).astype(np.int64)
    for heedless in (False, True):
        for queue, work in ((here.queue, here.work), *here.desks):
            for number in np.unique(queue[(people.heedless == heedless) & (queue >= 0)]):
                chosen = (people.heedless == heedless) & (queue == number)
                yield _lump(
                    int(number),
                    heedless,
                    step[chosen],
                    people.replication[chosen],
                    work[chosen],
                    replications,
                )


def _lump(
    queue: int,
    heedless: bool,
    step: NDArray[np.int64],
    replication: Shorts,
    work: Singles,
    replications: int,
) -> Lump:
    first = int(step.min())
    shape = (int(step.max()) - first + 1, replications)
    cell = (step - first) * replications + replication
    amount = [
        np.bincount(cell, weights, shape[0] * shape[1]).reshape(shape) for weights in (None, work)
    ]
    return queue, heedless, first, np.array(amount, np.float32)


@inner
def late(
    who: Walkers,
    delay: Singles,
    before: Singles,
    since: int,
    due: float,
    bell: float,
    origin: float,
    worst: float,
) -> int:
    """How many are not seated by the bell, over all mornings.

    Parameters
    ----------
    who
        The people.
    delay, before, since
        Waits as filled by `play`; for those who come in a step before `since`, in `before`.
    due, bell, origin
        End of the slot, bell and first step [s after midnight].
    worst
        Longest wait of anybody [s]: who is in time with it need not be looked up.
    """
    last = delay.shape[1] - 1
    missing = 0
    for i in range(who.until.size):
        if due + who.until[i] + worst <= bell:
            break
        wait, q = 0.0, who.queue[i]
        if q >= 0:
            t = min(max(int((due + who.start[i] - origin) / STEP), 0), last)
            wait = (before if t < since else delay)[q, t, who.replication[i]]
        missing += due + who.until[i] + wait > bell
    return missing
