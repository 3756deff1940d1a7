r"""An earlier plan to be kept but for a few classes: how that is written into the programme.

Classes of a grade that return on one date are alike to the programme, which counts how many of
them get a gate and a slot. With :math:`a_{cgs}` of them there before and :math:`y_{cgs}` now,
:math:`z_{cgs} \ge y_{cgs} - a_{cgs}` counts those who come to it, and :math:`\sum z` all who
move. Handed out so that whoever can stay does, no plan with these counts moves fewer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

import numpy as np

from returnsim.optimise.demand import Morning
from returnsim.optimise.programme import INF, Programme
from returnsim.plan.plan import Plan
from returnsim.scenario.people import SchoolClass
from returnsim.scenario.quantities import seconds

Alike = tuple[str, date]
"""A grade and the date on which some of its classes return."""
Members = Mapping[Alike, Sequence[SchoolClass]]
"""Classes that are alike to the programme."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An earlier plan, and how many classes may get another gate or slot."""

    plan: Plan
    moves: int

    def add_slots(
        self, in_time: dict[str, list[int]], morning: Morning, members: Sequence[SchoolClass]
    ) -> None:
        """Let classes stay where they were, whatever the reckoning says of the bell."""
        for name, slot in filter(None, (self._cell(c.name, morning) for c in members)):
            gate = morning.scenario.gate_named[name]
            open_then = seconds(gate.opens) <= morning.slots[slot] < seconds(gate.closes)
            if open_then and name in in_time and slot not in in_time[name]:
                in_time[name] = sorted([*in_time[name], slot])

    def restrict(
        self,
        programme: Programme,
        classes: Mapping[tuple[Alike, str, int], int],
        morning: Morning,
        members: Members,
    ) -> None:
        """Bound the classes that move, and leave those that are pinned where they are."""
        coming: list[tuple[int, float]] = []
        new = 0
        there: Counter[tuple[Alike, str, int]] = Counter()
        pinned: Counter[tuple[Alike, str, int]] = Counter()
        for alike, group in members.items():
            for c in group:
                cell = self._cell(c.name, morning)
                new += c.name not in self.plan.arrival_of
                if cell is not None:
                    there[alike, *cell] += 1
                    pinned[alike, *cell] += self.plan.arrival_of[c.name].pinned
        for place, variable in classes.items():
            moved = int(programme.add(1, high=len(members[place[0]]))[0])
            programme.row([(moved, 1), (variable, -1)], -there[place], INF)
            if pinned[place]:
                programme.row([(variable, 1)], pinned[place], INF)
            coming.append((moved, 1.0))
        programme.row(coming, 0, self.moves + new)

    def _cell(self, school_class: str, morning: Morning) -> tuple[str, int] | None:
        """Gate and number of the slot that a class had; none if there is no such slot."""
        arrival = self.plan.arrival_of.get(school_class)
        if arrival is None:
            return None
        at = np.flatnonzero(morning.slots == seconds(arrival.slot))
        return (arrival.gate, int(at[0])) if at.size else None


def given(
    members: Sequence[SchoolClass], arrivals: Sequence[tuple[str, time]], kept: Kept | None
) -> dict[str, tuple[str, time]]:
    """Hand out gates and slots: whoever can stay does, pinned classes first, the rest in order."""
    left, found = list(arrivals), {}
    before = kept.plan.arrival_of if kept else {}
    order = sorted(members, key=lambda c: c.name in before and not before[c.name].pinned)
    for c in order:
        old = before.get(c.name)
        if old is not None and (old.gate, old.slot) in left:
            found[c.name] = (old.gate, old.slot)
            left.remove((old.gate, old.slot))
    rest = [c.name for c in members if c.name not in found]
    return found | dict(zip(rest, left, strict=True))
