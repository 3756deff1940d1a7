"""A class at one gate on one date, laid out so that a search can move it quickly.

Its arrivals are counted by step once, as if its slot ended at midnight: another slot is the
same block of numbers some steps later. For the bell its people are sorted by how long they
take to their seats, so that only those have to be looked at who may be late.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from returnsim.model.binned import STEP, Bytes, Shorts, Singles, late
from returnsim.optimise.luck import AtGate, People


@dataclass(frozen=True, slots=True)
class Lump:
    """Arrivals in one queue, of those who heed their slot or of the heedless."""

    queue: int
    heedless: bool
    first: int
    """Step of the first arrival, after the end of the slot, or after midnight for the heedless."""
    amount: Singles
    """People and work [s] by step and replication, shape (2, steps, replications)."""

    def add(self, into: Singles, step: int, sign: float) -> None:
        """Add it to the arrivals of a queue, or take it away, `step` steps later."""
        last, size = into.shape[1] - 1, self.amount.shape[1]
        begin = self.first + step
        if begin >= 0 and begin + size <= last + 1:
            view = into[:, begin : begin + size]
            (np.add if sign > 0 else np.subtract)(view, self.amount, out=view)
            return
        for number in range(size):  # before the first step of the morning, or after the last
            into[:, min(max(begin + number, 0), last)] += sign * self.amount[:, number]


@dataclass(frozen=True, slots=True)
class Walkers:
    """People by the time from the end of their slot to the seat without a wait, longest first.

    The heedless are counted from midnight.
    """

    until: Singles
    """That time [s]."""
    start: Singles
    """Moment of arrival at the gate [s]."""
    queue: Bytes
    replication: Shorts


@dataclass(frozen=True, slots=True)
class Cohort:
    """Everybody of a class, or of a group of staff, at one gate on one date."""

    lumps: tuple[Lump, ...]
    heedful: Walkers
    heedless: Walkers

    @property
    def size(self) -> int:
        """People, over all mornings."""
        return self.heedful.until.size + self.heedless.until.size

    def put(self, inflow: Singles, due: float, origin: float, sign: float) -> None:
        """Add it to the arrivals at a gate, or take it away.

        Parameters
        ----------
        inflow
            People and work [s] by queue, step and replication, shape (2, queues, steps,
            replications).
        due, origin
            End of the slot, and beginning of the first step [s after midnight].
        sign
            1 to add, -1 to take away.
        """
        midnight, slot = -round(origin / STEP), round((due - origin) / STEP)
        for lump in self.lumps:
            lump.add(inflow[:, lump.queue], midnight if lump.heedless else slot, sign)

    def in_time(
        self, delay: Singles, due: float, bell: float, origin: float, worst: float
    ) -> float:
        """Share seated by the bell, over all mornings.

        Parameters
        ----------
        delay
            Waits by queue, step and replication, as filled by `binned.play` [s].
        due, bell, origin
            End of the slot, bell, and beginning of the first step [s after midnight].
        worst
            Longest wait of anybody [s].
        """
        if not self.size:
            return 1.0
        missing = 0
        for who, moment in ((self.heedful, due), (self.heedless, 0.0)):
            if who.until.size:
                where = (who.until, who.start, who.queue, who.replication)
                missing += late(delay, *where, moment, bell, origin, worst)
        return 1.0 - missing / self.size


def cohort(people: People, here: AtGate, metres: float, replications: int) -> Cohort:
    """Lay a class out at a gate, `metres` from its room."""
    until = people.start + here.passage + np.float32(metres) * people.slowness
    parts = []
    for chosen in (~people.heedless, people.heedless):
        order = np.flatnonzero(chosen)
        order = order[np.argsort(-until[order], kind="stable")]
        parts.append(
            Walkers(until[order], people.start[order], here.queue[order], people.replication[order])
        )
    return Cohort(tuple(_lumps(people, here, replications)), *parts)


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
    return Lump(queue, heedless, first, np.array(amount, np.float32))
