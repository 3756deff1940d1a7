"""Sketches to begin a search with: one for each choice of gates that stay in use.

Every gate in use costs the minutes before its first and after its last pupils, so the
search is given a choice of how many to use; it would not find that out by itself, a class
at a time. At the gates of a choice all lanes are open, and the classes fill their latest
slots evenly: only as many slots as are needed.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from returnsim.optimise.rehearsal import Counts, Rehearsal, Sketch
from returnsim.optimise.sketch_rules import Rules

FULL = 0.95
"""Share of what the lanes get through that a slot may be filled with."""
MOST = 6
"""Choices of gates that are tried."""


def sketches(stage: Rehearsal, rules: Rules) -> Iterator[Sketch]:
    """Return sketches with fewer and fewer gates in use, those with all gates first."""
    for gates in _choices(stage, rules):
        found = _filled(stage, rules, gates)
        if found is not None:
            yield found


def _choices(stage: Rehearsal, rules: Rules) -> list[tuple[int, ...]]:
    """Choices of gates that every class can use one of, large gates before small ones."""
    always = {i for i, spans in rules.staff_between.items() if spans}
    rate = [_rate(stage, rules, g) for g in range(len(stage.gates))]
    found = []
    for size in range(len(stage.gates), 0, -1):
        of_it = [
            chosen
            for chosen in combinations(range(len(stage.gates)), size)
            if always <= set(chosen)
            and all(any(cells.get(g) for g in chosen) for cells in rules.allowed)
        ]
        of_it.sort(key=lambda chosen: -sum(rate[g] for g in chosen))
        found += of_it[: 2 if size < len(stage.gates) else 1]
    return found[:MOST]


def _rate(stage: Rehearsal, rules: Rules, gate: int) -> float:
    """People a second that all lanes of a gate get through."""
    line = stage.lines[gate]
    lanes = rules.most[gate].max(axis=1)
    chain = [lanes[k] / line.mean[k] for k in range(line.chain)]
    return float(min(chain, default=0.0))


def _filled(stage: Rehearsal, rules: Rules, gates: Sequence[int]) -> Sketch | None:
    """Fill the fewest slots that hold everybody; none if the rules leave no slot for a class."""
    slots = stage.morning.slots.size
    for number in range(1, slots + 1):
        cells = _dealt(stage, rules, gates, number, full=number < slots)
        if cells is not None:
            sketch = Sketch([s for _, s in cells], [g for g, _ in cells], [])
            sketch.lanes = _lanes(rules, gates)
            return _manned(stage, rules, sketch)
    return None


def _dealt(
    stage: Rehearsal, rules: Rules, gates: Sequence[int], number: int, *, full: bool
) -> list[tuple[int, int]] | None:
    """Deal the classes over the last `number` slots of each, into the emptiest every time."""
    length = stage.morning.slot_seconds
    space = {g: max(1e-9, _rate(stage, rules, g) * length * FULL) for g in gates}
    load: dict[tuple[int, int], float] = {}
    owner: dict[tuple[int, int], set[int]] = {}
    cells: list[tuple[int, int]] = [(0, 0)] * len(stage.classes)
    order = sorted(
        range(len(stage.classes)),
        key=lambda c: (stage.bells[c], rules.batch[c], -stage.classes[c].pupils),
    )
    for c in order:
        free = []
        for g in gates:
            mine = sorted(rules.allowed[c].get(g, ()))[-number:]
            for s in mine:
                near = range(s - rules.reach, s + rules.reach + 1)
                if all(owner.get((g, n), set()) <= {rules.batch[c]} for n in near):
                    filled = (load.get((g, s), 0.0) + stage.classes[c].pupils) / space[g]
                    free.append((filled, -s, g))
        if not free:
            return None
        filled, minus, g = min(free)
        if full and filled > 1.0 and load.get((g, -minus), 0.0) > 0:
            return None
        load[g, -minus] = load.get((g, -minus), 0.0) + stage.classes[c].pupils
        owner.setdefault((g, -minus), set()).add(rules.batch[c])
        cells[c] = (g, -minus)
    return cells


def _lanes(rules: Rules, gates: Sequence[int]) -> list[Counts]:
    return [most.copy() if g in gates else np.zeros_like(most) for g, most in enumerate(rules.most)]


def _manned(stage: Rehearsal, rules: Rules, sketch: Sketch) -> Sketch:
    """Take lanes away in turn where there are not people enough for all."""
    for g in range(len(stage.gates)):
        sketch.lanes[g] = rules.tidy(sketch, g)
        needed = np.flatnonzero(rules.needed(sketch, g))
        if needed.size:
            sketch.lanes[g][rules.staffed[g], needed[-1] + 2 :] = 0
    if rules.there is None:
        return sketch
    for b in range(rules.blocks.size - 1):
        while True:
            busy = math.fsum(
                float(p @ n[:, b]) for p, n in zip(rules.people, sketch.lanes, strict=True)
            )
            if busy <= rules.there[b] + 1e-9:
                break
            spare = [
                (int(sketch.lanes[g][k, b]), g, k)
                for g in range(len(stage.gates))
                for k in rules.staffed[g]
                if sketch.lanes[g][k, b] > 1
            ]
            if not spare:
                break
            _, g, k = max(spare)
            sketch.lanes[g][k, b] -= 1
    return sketch
