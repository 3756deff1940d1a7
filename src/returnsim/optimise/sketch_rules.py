"""What a sketch of a plan may not do, whatever the luck."""

import math
from collections.abc import Mapping, Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

from returnsim.optimise import legal
from returnsim.optimise.legal import Ground, Standing
from returnsim.optimise.line import staffed, while_they_come
from returnsim.optimise.rehearsal import Counts, Rehearsal, Sketch
from returnsim.scenario.quantities import clock_time, seconds


def _cells(allowed: Mapping[int, frozenset[int]]) -> list[tuple[int, int]]:
    """Gates and slots that a class may have; the first of all where it may have none."""
    return [(g, s) for g, slots in allowed.items() for s in sorted(slots)] or [(0, 0)]


class Rules:
    """What a sketch may not do, whatever the luck."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        scenario, morning = rehearsal.scenario, rehearsal.morning
        self.stage, self.gates, self.lines = rehearsal, rehearsal.gates, rehearsal.lines
        self.blocks = morning.blocks
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
        self.staff_between = {
            i: [
                morning.comes_between(seconds(s.arrives), seconds(s.arrives))
                for s in scenario.staff
                if s.gate == g.name and s.arrives
            ]
            for i, g in enumerate(self.gates)
        }
        self.ground = self._ground()

    @property
    def cells(self) -> list[list[tuple[int, int]]]:
        """Gates and slots of each class; where it has none, the first of all."""
        return [_cells(cells) for cells in self.allowed]

    def _ground(self) -> Ground:
        """Write everything down for the search."""
        stage, gates = self.stage, range(len(self.gates))
        stations, blocks = max(len(line.names) for line in self.lines), self.blocks.size - 1
        shape = (len(self.gates), stations)
        most, minutes = np.zeros((*shape, blocks), np.int64), np.zeros((*shape, blocks))
        people, needs = np.zeros(shape), np.zeros(shape, np.bool_)
        for g in gates:
            own = len(self.lines[g].names)
            most[g, :own], minutes[g, :own] = self.most[g], self.minutes[g]
            people[g, :own], needs[g, self.staffed[g]] = self.people[g], True
        allowed, cells, cells_of = self._places(self.allowed)
        return Ground(
            allowed=allowed,
            cells=cells,
            cells_of=cells_of,
            batch=np.array(self.batch, np.int64),
            reach=self.reach,
            edges=np.array([self._edges(g) for g in gates]),
            staff_edges=np.array([self._staff_edges(g) for g in gates]),
            stations=np.array([len(line.names) for line in self.lines], np.int64),
            staffed=needs,
            most=most,
            people=people,
            there=np.full(blocks, np.inf) if self.there is None else self.there,
            minutes=minutes,
            block_of=self._block_of(),
            pupils=np.array([c.pupils for c in stage.classes], float),
        )

    def _places(
        self, found: Sequence[Mapping[int, frozenset[int]]]
    ) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
        """Where and when classes may come, as in `Ground`."""
        shape = (len(found), len(self.gates), self.stage.morning.slots.size)
        allowed = np.zeros(shape, np.bool_)
        for c, cells in enumerate(found):
            for g, slots in cells.items():
                allowed[c, g, sorted(slots)] = True
        every = [_cells(cells) for cells in found]
        return (
            allowed,
            np.array([cell for cells in every for cell in cells], np.int64),
            np.cumsum([0, *map(len, every)]).astype(np.int64),
        )

    def _block_of(self) -> NDArray[np.int64]:
        """Block in which each slot ends."""
        ends = [self.stage.due(s) for s in range(self.stage.morning.slots.size)]
        block = np.searchsorted(self.blocks, ends, side="right") - 1
        return np.clip(block, 0, self.blocks.size - 2).astype(np.int64)

    def _inside(self, gate: int, span: tuple[float, float]) -> tuple[int, int]:
        """First and last block in which those may come who come between two moments."""
        inside = np.flatnonzero(while_they_come(self.stage.morning, self.gates[gate], *span))
        return (int(inside[0]), int(inside[-1])) if inside.size else (0, self.blocks.size - 2)

    def _edges(self, gate: int) -> Sequence[Sequence[tuple[int, int]]]:
        """First and last block in which each class may come, by slot."""
        morning, grades = self.stage.morning, self.stage.scenario.grade_named
        found = {
            name: [
                self._inside(gate, morning.comes_between(self.stage.due(s), seconds(grade.bell)))
                for s in range(morning.slots.size)
            ]
            for name, grade in grades.items()
        }
        return [found[c.grade] for c in self.stage.classes]

    def _staff_edges(self, gate: int) -> tuple[int, int]:
        """First and last block in which staff may come; the first after the last for none."""
        spans = [self._inside(gate, span) for span in self.staff_between[gate]]
        first = min((one for one, _ in spans), default=self.blocks.size)
        return first, max((last for _, last in spans), default=-1)

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

    def not_before(self, slot: int) -> "Rules | None":
        """Return rules that forbid all slots before one too; none if a class has no slot then."""
        found = copy(self)
        found.allowed = [
            {g: frozenset(s for s in slots if s >= slot) for g, slots in cells.items()}
            for cells in self.allowed
        ]
        if not all(any(cells.values()) for cells in found.allowed):
            return None
        allowed, cells, cells_of = self._places(found.allowed)
        found.ground = self.ground._replace(allowed=allowed, cells=cells, cells_of=cells_of)
        return found

    # ------------------------------------------------------------ sketches

    def standing(self, sketch: Sketch) -> Standing:
        """Write a sketch down for the search."""
        slots = self.stage.morning.slots.size
        use = np.zeros((len(self.gates), len(self.stage.days), slots), np.int64)
        slot, gate = np.array(sketch.slot, np.int64), np.array(sketch.gate, np.int64)
        np.add.at(use, (gate, self.ground.batch, slot), 1)
        return Standing(slot, gate, self.stage.padded(sketch.lanes), use)

    def sketch(self, now: Standing) -> Sketch:
        """Read a sketch back."""
        lanes = [now.lanes[g, : len(line.names)].copy() for g, line in enumerate(self.lines)]
        return Sketch(now.slot.tolist(), now.gate.tolist(), lanes)

    def apart(self, sketch: Sketch, classes: Mapping[int, tuple[int, int]]) -> bool:
        """Whether batches stay apart at every gate if these classes go elsewhere."""
        who, where = [*classes], np.array([*classes.values()], np.int64).reshape(-1, 2)
        now = self.standing(sketch)
        gate, slot = np.ascontiguousarray(where[:, 0]), np.ascontiguousarray(where[:, 1])
        return bool(legal.apart(self.ground, now, np.array(who, np.int64), gate, slot))

    def needed(self, sketch: Sketch, gate: int) -> NDArray[np.bool_]:
        """Blocks in which people may come to a gate."""
        found = np.zeros(self.blocks.size - 1, np.bool_)
        slots = np.array(sketch.slot, np.int64)
        first, last = legal.needed(self.ground, gate, np.array(sketch.gate, np.int64), slots)
        found[first : last + 1] = True
        return found

    def tidy(self, sketch: Sketch, gate: int, lanes: Counts | None = None) -> Counts:
        """Return lanes with none before anybody comes, and one at each station while they come."""
        found = np.array(sketch.lanes[gate] if lanes is None else lanes, np.int64)
        slots = np.array(sketch.slot, np.int64)
        span = legal.needed(self.ground, gate, np.array(sketch.gate, np.int64), slots)
        legal.tidy(self.ground, gate, found, *span)
        return found

    def fits(self, sketch: Sketch, gate: int) -> bool:
        """Whether there are so many lanes."""
        return bool((sketch.lanes[gate] <= self.most[gate]).all())

    def manned(self, sketch: Sketch) -> bool:
        """Whether there are people for all lanes."""
        return bool(legal.manned(self.ground, self.stage.padded(sketch.lanes)))

    def duty(self, sketch: Sketch) -> float:
        """Minutes of duty."""
        return float(legal.duty(self.ground, self.stage.padded(sketch.lanes)))
