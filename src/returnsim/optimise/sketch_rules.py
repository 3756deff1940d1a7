"""What a sketch of a plan may not do, whatever the luck."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from returnsim.optimise.lanes import unbroken, while_they_come
from returnsim.optimise.rehearsal import Counts, Rehearsal, Sketch, staffed
from returnsim.scenario.quantities import clock_time, seconds


class Rules:
    """What a sketch may not do, whatever the luck."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        scenario, morning = rehearsal.scenario, rehearsal.morning
        self.stage, self.gates, self.lines = rehearsal, rehearsal.gates, rehearsal.lines
        self.blocks = morning.blocks
        self.block_of = self._block_of()
        self.minutes_per_slot = scenario.limits.slot_minutes
        self.batch = [rehearsal.days.index(day) for day in rehearsal.dates]
        self.reach = math.ceil(scenario.limits.batch_gap_minutes / scenario.limits.slot_minutes)
        in_time = {
            grade.name: {
                i: frozenset(morning.slots_in_time(grade, gate, 0.0))
                for i, gate in enumerate(self.gates)
                if scenario.may_use(gate, grade)
            }
            for grade in scenario.grades
        }
        self.allowed = [in_time[c.grade] for c in rehearsal.classes]
        """Slots in time of each class, by gate."""
        self.cells = [
            [(g, s) for g, slots in cells.items() for s in sorted(slots)] or [(0, 0)]
            for cells in self.allowed
        ]
        self.minutes = [
            staffed(g, line, self.blocks) for g, line in zip(self.gates, self.lines, strict=True)
        ]
        used = [m[m > 0] for m in self.minutes]
        self.unit = min((float(m.min()) for m in used if m.size), default=1.0)
        """Duty of the cheapest lane-block [min]."""
        self.staffed = [
            [k for k, lanes in enumerate(line.lanes) if lanes.staff_per_lane] for line in self.lines
        ]
        self.most = [self._most(i) for i in range(len(self.gates))]
        self.people = [
            np.array([lanes.staff_per_lane for lanes in line.lanes]) for line in self.lines
        ]
        self.there = self._there()
        grades = scenario.grade_named
        between = {
            name: [
                morning.comes_between(rehearsal.due(s), seconds(grade.bell))
                for s in range(morning.slots.size)
            ]
            for name, grade in grades.items()
        }
        self.between = np.array([between[c.grade] for c in rehearsal.classes])
        """When the first and the last of each class come, by slot [s after midnight], shape
        (classes, slots, 2)."""
        self.staff_between = {
            i: [
                morning.comes_between(seconds(s.arrives), seconds(s.arrives))
                for s in scenario.staff
                if s.gate == g.name and s.arrives
            ]
            for i, g in enumerate(self.gates)
        }
        self._edges = [self._blocks_of(g, between) for g in range(len(self.gates))]
        self._needed: dict[tuple[int, float, float], NDArray[np.bool_]] = {}
        self.use = np.zeros((len(self.gates), len(rehearsal.days), morning.slots.size), np.int64)

    def _block_of(self) -> list[int]:
        """Block in which each slot ends."""
        ends = [self.stage.due(s) for s in range(self.stage.morning.slots.size)]
        block = np.searchsorted(self.blocks, ends, side="right") - 1
        return [int(b) for b in np.clip(block, 0, self.blocks.size - 2)]

    def _blocks_of(
        self, gate: int, between: Mapping[str, Sequence[tuple[float, float]]]
    ) -> NDArray[np.int64]:
        """First and last block in which each class may come, shape (classes, slots, 2)."""
        morning, place = self.stage.morning, self.gates[gate]

        def edges(span: tuple[float, float]) -> tuple[int, int]:
            inside = np.flatnonzero(while_they_come(morning, place, *span))
            return (int(inside[0]), int(inside[-1])) if inside.size else (0, self.blocks.size - 2)

        found = {grade: [edges(span) for span in spans] for grade, spans in between.items()}
        return np.array([found[c.grade] for c in self.stage.classes])

    def _most(self, gate: int) -> Counts:
        """Most lanes by station and block: none while the gate is closed."""
        span = np.minimum(self.blocks[1:], seconds(self.gates[gate].closes)) > np.maximum(
            self.blocks[:-1], seconds(self.gates[gate].opens)
        )
        lanes = np.array([lanes.lanes for lanes in self.lines[gate].lanes], np.int64)
        return lanes[:, None] * span[None, :].astype(np.int64)

    def _there(self) -> NDArray[np.float64] | None:
        """People on duty in each block, the fewest at any moment of it; none for no limit."""
        limits = self.stage.scenario.limits
        if not limits.staff:
            return None
        edges = [seconds(e) for window in limits.staff for e in (window.begins, window.ends)]
        found = []
        for begins, ends in zip(self.blocks[:-1], self.blocks[1:], strict=True):
            moments = [float(begins), *(e for e in edges if begins < e < ends)]
            found.append(min(limits.staff_at(clock_time(m)) or 0 for m in moments))
        return np.array(found, dtype=float)

    def not_before(self, slot: int) -> bool:
        """Forbid all slots before one; whether every class still has a slot."""
        self.allowed = [
            {g: frozenset(s for s in slots if s >= slot) for g, slots in cells.items()}
            for cells in self.allowed
        ]
        self.cells = [
            [(g, s) for g, slots in cells.items() for s in sorted(slots)] for cells in self.allowed
        ]
        return all(self.cells)

    def count(self, sketch: Sketch) -> None:
        """Begin with who is in which slot."""
        self.use[:] = 0
        for c, (gate, slot) in enumerate(zip(sketch.gate, sketch.slot, strict=True)):
            self.use[gate, self.batch[c], slot] += 1

    def shift(self, c: int, sketch: Sketch, gate: int, slot: int) -> None:
        """Count a class elsewhere."""
        self.use[sketch.gate[c], self.batch[c], sketch.slot[c]] -= 1
        self.use[gate, self.batch[c], slot] += 1

    def apart(self, sketch: Sketch, classes: dict[int, tuple[int, int]]) -> bool:
        """Whether batches stay apart at every gate if these classes go elsewhere."""
        if self.use.shape[1] == 1:
            return True
        for c in classes:
            self.use[sketch.gate[c], self.batch[c], sketch.slot[c]] -= 1
        free = True
        for c, (gate, slot) in classes.items():
            near = self.use[gate, :, max(0, slot - self.reach) : slot + self.reach + 1].sum(axis=1)
            free &= int(near.sum()) == int(near[self.batch[c]])
        for c in classes:
            self.use[sketch.gate[c], self.batch[c], sketch.slot[c]] += 1
        return free

    def needed(self, sketch: Sketch, gate: int) -> NDArray[np.bool_]:
        """Blocks in which people may come to a gate."""
        here = np.flatnonzero(np.array(sketch.gate) == gate)
        spans = self.between[here, np.array(sketch.slot)[here]]
        if self.staff_between[gate]:
            spans = np.concatenate([spans, self.staff_between[gate]])
        if not spans.size:
            return np.zeros(self.blocks.size - 1, dtype=bool)
        first, last = float(spans[:, 0].min()), float(spans[:, 1].max())
        key = (gate, first, last)
        if key not in self._needed:
            self._needed[key] = while_they_come(self.stage.morning, self.gates[gate], first, last)
        return self._needed[key]

    def tidy(self, sketch: Sketch, gate: int, lanes: Counts | None = None) -> Counts:
        """Return lanes with none before anybody comes, and one at each station while they come.

        No station closes to open again. Lanes without staff are open whenever the gate is.
        """
        wanted = np.maximum(sketch.lanes[gate] if lanes is None else lanes, 0)
        needed = self.needed(sketch, gate)
        if not needed.any():
            return np.zeros_like(wanted)
        found = np.where(needed, np.maximum(wanted, 1), wanted)
        found[:, : int(needed.argmax())] = 0
        found = unbroken(found)
        free = self.people[gate] == 0
        found[free] = self.most[gate][free]
        return found

    def unmanned(self, sketch: Sketch, gate: int) -> int:
        """Classes that may come to a station before it opens or when it has closed.

        Each counts once for every such station, and staff like a class.
        """
        here = np.flatnonzero(np.array(sketch.gate) == gate)
        if not here.size and not self.staff_between[gate]:
            return 0
        edges = self._edges[gate][here, np.array(sketch.slot)[here]]
        needed, found = self.needed(sketch, gate), 0
        for station in self.staffed[gate]:
            opened = np.flatnonzero(sketch.lanes[gate][station])
            if not opened.size:
                found += max(1, here.size)
                continue
            early, late = edges[:, 0] < opened[0], edges[:, 1] > opened[-1]
            outside = needed[: opened[0]].any() or needed[opened[-1] + 1 :].any()
            found += max(int((early | late).sum()), int(outside))
        return found

    def fits(self, sketch: Sketch, gate: int) -> bool:
        """Whether there are so many lanes."""
        return bool((sketch.lanes[gate] <= self.most[gate]).all())

    def manned(self, sketch: Sketch) -> bool:
        """Whether there are people for all lanes."""
        if self.there is None:
            return True
        needed = sum(
            (people @ lanes for people, lanes in zip(self.people, sketch.lanes, strict=True)),
            np.zeros(self.blocks.size - 1),
        )
        return bool((needed <= self.there + 1e-9).all())

    def duty(self, sketch: Sketch) -> float:
        """Minutes of duty."""
        return float(sum((m * n).sum() for m, n in zip(self.minutes, sketch.lanes, strict=True)))
