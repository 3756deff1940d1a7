"""The least duty of all plans of a tiny school, by trying them in the order of their duty.

Annealing proves nothing. Where there are few plans, none need be left out: every way to give
the classes gates and slots begins with the fewest lanes that the rules allow, and one lane more
in one block is a plan of no less duty. So all plans can be taken in the order of their duty,
and the first that keeps its limits on the rehearsed mornings is one of least duty: every plan of
less has been played and breaks one, or has more people on duty than there are. Of those of the
same duty the best in the order of objectives is taken.

Nothing is taken for granted about what an additional lane does to a queue; only that it needs
no fewer people. Gates are played apart, and each state of a gate once.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import count, product

import numpy as np

from returnsim.optimise.lanes import unbroken
from returnsim.optimise.rehearsal import Counts, Mark, Rehearsal, Sketch
from returnsim.optimise.sketch_rules import Rules

MOST_LAYOUTS = 4_000
"""Ways to give the classes gates and slots, beyond which nothing is tried."""
MOST_PLANS = 10_000
"""Plans that are looked at; most need nothing played that another has not."""
SAME = 1e-9
"""Minutes of duty that are rounding."""
LOOK = 64
"""Plans between two looks at the clock."""
Place = tuple[int, int, int]
"""Gate, station and block of a lane."""
State = tuple[int, tuple[tuple[int, int], ...], bytes]
"""A gate, who comes to it in which slot, and its lanes: what a rehearsal of it depends on."""


@dataclass(slots=True)
class Played:
    """What every state of a gate does in rehearsal, each played once."""

    stage: Rehearsal
    most: int
    """States that may be played."""
    marks: dict[State, Mark] = field(default_factory=dict)
    there: Sketch | None = None
    """Where everybody is in the rehearsal."""

    def mark(self, sketch: Sketch, gate: int) -> Mark | None:
        """Play one gate unless it has been; none once there have been too many."""
        who = tuple((c, s) for c, s in enumerate(sketch.slot) if sketch.gate[c] == gate)
        state = (gate, who, sketch.lanes[gate].tobytes())
        if state not in self.marks:
            if len(self.marks) >= self.most:
                return None
            self._put(sketch)
            self.marks[state] = self.stage.mark(sketch, gate)
        return self.marks[state]

    def _put(self, sketch: Sketch) -> None:
        """Let everybody come where a sketch says, as if nobody had come anywhere else before."""
        before = self.there
        if before is None or (before.slot, before.gate) != (sketch.slot, sketch.gate):
            self.stage.begin(sketch)
            self.there = sketch

    def keeps(self, sketch: Sketch) -> bool | None:
        """Whether a sketch keeps every limit; none once too much has been played."""
        for gate in range(len(self.stage.gates)):
            mark = self.mark(sketch, gate)
            if mark is None:
                return None
            if mark.missed > 0:
                return False
        return True


def least_of_all(
    stage: Rehearsal,
    rules: Rules,
    most: int,
    *,
    expired: Callable[[], bool] = lambda: False,
) -> Sketch | None:
    """Return the best of all sketches that keep their limits on the rehearsed mornings.

    Parameters
    ----------
    stage, rules
        The mornings, and what no sketch may do.
    most
        States of gates that may be played.
    expired
        Whether the time is up.

    Returns
    -------
    None where no sketch keeps them, or where there are too many to tell: then nothing is
    proven.
    """
    layouts = math.prod(sum(map(len, cells.values())) for cells in rules.allowed)
    if not 0 < layouts <= MOST_LAYOUTS:
        return None
    played = Played(stage, most)
    best: list[tuple[tuple[float, ...], int, Sketch]] = []
    least = math.inf
    for number, (duty, sketch) in enumerate(_by_duty(rules)):
        if duty > least + SAME:
            break
        if number >= MOST_PLANS or (number % LOOK == 0 and expired()):
            return None
        kept = played.keeps(sketch)
        if kept is None:
            return None
        if kept:
            best.append((_objectives(played, sketch), number, sketch))
            best, least = [min(best, key=lambda row: row[:2])], duty
    return best[0][2] if best else None


def _by_duty(rules: Rules) -> Iterator[tuple[float, Sketch]]:
    """All sketches that the rules allow, those of least duty first."""
    order = count()
    spots = [
        (g, k, b)
        for g, most in enumerate(rules.most)
        for k in rules.staffed[g]
        for b in range(most.shape[1])
    ]
    heap = [(rules.duty(s), next(order), 0, s) for s in _fewest_lanes(rules)]
    heapify(heap)
    while heap:
        duty, _, first, sketch = heappop(heap)
        yield duty, sketch
        for number in range(first, len(spots)):  # never an earlier one: each plan comes once
            gate, station, block = spots[number]
            wider = _one_more(rules, sketch, spots[number])
            if wider is not None:
                more = float(rules.minutes[gate][station, block])
                heappush(heap, (duty + more, next(order), number, wider))


def _fewest_lanes(rules: Rules) -> Iterator[Sketch]:
    """Every way to give the classes gates and slots, with the fewest lanes for it."""
    for cells in product(*rules.cells):
        none: list[Counts] = [np.zeros_like(most) for most in rules.most]
        sketch = Sketch([s for _, s in cells], [g for g, _ in cells], none)
        if not all(rules.apart(sketch, {c: cell}) for c, cell in enumerate(cells)):
            continue
        sketch.lanes = [rules.tidy(sketch, g) for g in range(len(none))]
        if all(rules.fits(sketch, g) for g in range(len(none))) and rules.manned(sketch):
            yield sketch


def _one_more(rules: Rules, sketch: Sketch, spot: Place) -> Sketch | None:
    """Open one lane more, unless there is none, nobody for it, or nobody who has come yet.

    Nor where the station would close before and open again; block after block none is missed.
    """
    gate, station, block = spot
    if sketch.lanes[gate][station, block] >= rules.most[gate][station, block]:
        return None
    needed = rules.needed(sketch, gate)
    if not needed[: block + 1].any():
        return None
    lanes = sketch.lanes.copy()
    lanes[gate] = lanes[gate].copy()
    lanes[gate][station, block] += 1
    if (unbroken(lanes[gate]) > lanes[gate]).any():
        return None
    wider = Sketch(sketch.slot, sketch.gate, lanes)
    return wider if rules.manned(wider) else None


def _objectives(played: Played, sketch: Sketch) -> tuple[float, ...]:
    """Coming early, waiting and the length of the window: the order of objectives after duty."""
    classes = played.stage.classes
    early = -sum(c.pupils * s for c, s in zip(classes, sketch.slot, strict=True))
    marks = [played.mark(sketch, g) for g in range(len(played.stage.gates))]
    waited = math.fsum(m.waited for m in marks if m is not None)
    return (early, waited, max(sketch.slot) - min(sketch.slot))
