"""A sketch of a plan, rehearsed gate by gate on cached luck.

The sketch is what a search changes: the slot and gate of every class, the lanes of every
station by block. Only gates that a change touches are played again, in steps
(`returnsim.model.binned`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.streams import BLOCK
from returnsim.model.binned import STEP, come, in_time, play
from returnsim.optimise.demand import Morning
from returnsim.optimise.lanes import lanes_by_block, with_counts
from returnsim.optimise.luck import Line, People, line_of, people_of
from returnsim.optimise.trial import BELL_RESERVE, STUCK_RISK
from returnsim.plan.plan import Arrival, Plan
from returnsim.scenario.campus import Gate
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Mark:
    """How one gate does in rehearsal, on the worst of its days."""

    missed: float
    """How far limits are missed: shares of mornings and of pupils, added up; 0 if kept."""
    waited: float
    """Time spent waiting on the last day by all together, on average [person-s]."""
    longest: NDArray[np.float32]
    """Longest queue of each morning of the last day."""


@dataclass(slots=True)
class Sketch:
    """What a search changes."""

    slot: list[int]
    """Number of the slot of each class, in the order of the scenario."""
    gate: list[int]
    """Number of its gate."""
    lanes: list[Counts]
    """By gate: open lanes by station of its line and block."""

    def copy(self) -> "Sketch":
        """Return a sketch of its own."""
        return Sketch(self.slot.copy(), self.gate.copy(), [n.copy() for n in self.lanes])


class Rehearsal:
    """Plays sketches of plans with the same return dates, on the same luck."""

    def __init__(
        self, scenario: Scenario, plan: Plan, seed: int, blocks: int, margin: float
    ) -> None:
        self.scenario, self.margin = scenario, margin
        self.morning = Morning(scenario)
        self.gates = scenario.gates
        self.lines: list[Line] = [line_of(g) for g in self.gates]
        self.dates = plan.date_of
        self.days: tuple[date, ...] = tuple(day for day, _ in plan.batches)
        self.replications = blocks * BLOCK
        self.people: list[dict[str, People]] = [
            people_of(scenario, plan, day, seed, blocks) for day in self.days
        ]
        self.allowance = [0.0] * len(self.gates)
        """Places by which steps show each queue too short, found by comparing with the kernel."""
        self._dues = [float(s) + self.morning.slot_seconds for s in self.morning.slots]
        edge = self.morning.minutes
        self.origin = float(edge[0])
        self.steps = int((edge[-1] - edge[0]) / STEP) + 1
        middle = self.origin + STEP * (np.arange(self.steps) + 0.5)
        block = np.searchsorted(self.morning.blocks, middle, side="right") - 1
        self.block_of = np.clip(block, 0, self.morning.blocks.size - 2)
        self.open = [
            (middle >= seconds(g.opens)) & (middle < seconds(g.closes)) for g in self.gates
        ]
        self.classes = scenario.classes
        self.bells = [seconds(scenario.grade_of(c).bell) for c in self.classes]
        self.inflow: list[list[NDArray[np.float32]]] = []
        self._longest: dict[tuple[int, int], tuple[float, float]] = {}
        self._delay = [
            np.zeros((line.queues, self.steps, self.replications), np.float32)
            for line in self.lines
        ]
        self._staff = [
            [(s.name, seconds(s.arrives)) for s in scenario.staff if s.gate == g.name and s.arrives]
            for g in self.gates
        ]
        self._room = np.zeros((4, self.steps, self.replications), np.float32)

    # ------------------------------------------------------------ sketches and plans

    def sketch(self, plan: Plan) -> Sketch:
        """Read the slots, gates and lanes of a plan; slots off the grid go to the one before."""
        number = {g.name: i for i, g in enumerate(self.gates)}
        arrivals = [plan.arrival_of[c.name] for c in self.classes]
        found = np.searchsorted(
            self.morning.slots, [seconds(a.slot) for a in arrivals], side="right"
        )
        counts = lanes_by_block(self.scenario, plan)
        blocks = self.morning.blocks.size - 1
        empty = np.zeros(blocks, dtype=np.int64)
        return Sketch(
            [max(0, int(s) - 1) for s in found],
            [number[a.gate] for a in arrivals],
            [
                np.array([counts.get((g.name, name), empty) for name in line.names], np.int64)
                for g, line in zip(self.gates, self.lines, strict=True)
            ],
        )

    def plan(self, sketch: Sketch, like: Plan) -> Plan:
        """Write a sketch out as a plan that has everything else like another one."""
        slots = self.morning.slots
        arrivals = tuple(
            Arrival(
                school_class=c.name,
                gate=self.gates[sketch.gate[i]].name,
                slot=clock_time(float(slots[sketch.slot[i]])),
            )
            for i, c in enumerate(self.classes)
        )
        used = {a.gate for a in arrivals} | {s.gate for s in self.scenario.staff}
        counts = {
            (g.name, name): sketch.lanes[i][k]
            for i, (g, line) in enumerate(zip(self.gates, self.lines, strict=True))
            if g.name in used
            for k, name in enumerate(line.names)
        }
        return with_counts(self.scenario, like.changed(arrivals=arrivals), counts)

    # ------------------------------------------------------------ people at the gates

    def begin(self, sketch: Sketch) -> None:
        """Put everybody where a sketch says."""
        self.inflow = [
            [
                np.zeros((2, line.queues, self.steps, self.replications), np.float32)
                for _ in self.days
            ]
            for line in self.lines
        ]
        for day, people in enumerate(self.people):
            for group in self.scenario.staff:
                if group.name in people and group.arrives is not None:
                    gate = next(i for i, g in enumerate(self.gates) if g.name == group.gate)
                    self._come(gate, day, people[group.name], seconds(group.arrives), 1.0)
        for c in range(len(self.classes)):
            self.put(c, sketch.gate[c], sketch.slot[c], 1.0)

    def put(self, number: int, gate: int, slot: int, sign: float) -> None:
        """Add a class to the arrivals of a gate on all its days, or take it away."""
        name = self.classes[number].name
        for day, people in enumerate(self.people):
            if name in people:
                self._come(gate, day, people[name], self.due(slot), sign)

    def due(self, slot: int) -> float:
        """End of a slot [s after midnight]."""
        return self._dues[slot]

    def _come(self, gate: int, day: int, people: People, due: float, sign: float) -> None:
        here = people.at[self.gates[gate].name]
        who = (people.replication, people.start, people.heedless)
        into = self.inflow[gate][day]
        come(into, *who, here.queue, here.work, due, self.origin, sign)
        for queue, work in here.desks:
            come(into, *who, queue, work, due, self.origin, sign)

    # ------------------------------------------------------------ playing

    def days_of(self, gate: int, members: Sequence[int]) -> list[int]:
        """Days on which a gate has to be tried: the last, and those that no later day covers.

        On the day of its return a class with boarders comes by the gate in full, and passes
        the desks.
        """
        desk = any(s.only_on_return_day for s in self.gates[gate].stages)
        full = {
            self.dates[self.classes[c].grade] for c in members if desk or self.classes[c].boarders
        }
        last = len(self.days) - 1
        return [d for d, day in enumerate(self.days) if d == last or day in full]

    def mark(self, sketch: Sketch, gate: int) -> Mark:
        """Play one gate on its days and say how far its limits are missed."""
        members = [c for c, g in enumerate(sketch.gate) if g == gate]
        limits, line = self.scenario.limits, self.lines[gate]
        lanes = np.where(self.open[gate], sketch.lanes[gate][:, self.block_of], 0)
        missed = waited = 0.0
        longest = np.zeros(self.replications, np.float32)
        places = max(1.0, self.gates[gate].places - self.allowance[gate])
        for day in self.days_of(gate, members):
            crowded, soft, slow, stuck, waited, worst = play(
                self.inflow[gate][day],
                lanes,
                line.mean,
                line.spread,
                line.chain,
                places,
                60.0 * limits.longest_wait_minutes,
                self._delay[gate],
                self._room,
                longest,
                *self._busy(sketch, gate, day, members),
            )
            over = crowded - self.margin * limits.crowding_risk
            late = self._late(sketch, gate, day, members, worst)
            missed = max(
                missed,
                (over + 0.5 * soft if over > 0 else 0.0)
                + max(0.0, slow - self.margin * limits.wait_risk)
                + max(0.0, stuck - self.margin * STUCK_RISK)
                + late,
            )
        return Mark(missed, waited / self.replications, longest)

    def _busy(self, sketch: Sketch, gate: int, day: int, members: Sequence[int]) -> tuple[int, int]:
        """Steps in which the first and the last may come to a gate."""
        first, last = np.inf, -np.inf
        names = [(self.classes[c].name, self.due(sketch.slot[c])) for c in members]
        for name, due in names + self._staff[gate]:
            own = self.people[day].get(name)
            if own is not None:
                one, other = own.comes_between(due)
                first, last = min(first, one), max(last, other)
        if last < first:
            return 0, 0
        steps = ((edge - self.origin) / STEP for edge in (first, last))
        begin, end = (min(max(int(step), 0), self.steps - 1) for step in steps)
        return begin, end

    def _late(
        self, sketch: Sketch, gate: int, day: int, members: Sequence[int], worst: float
    ) -> float:
        """Add up by how much each class falls short of the share to be seated by the bell."""
        wanted = self.scenario.limits.seated_by_bell_probability
        wanted += (1 - wanted) * BELL_RESERVE
        short = 0.0
        for c in members:
            own = self.people[day].get(self.classes[c].name)
            if own is None:
                continue
            due, bell = self.due(sketch.slot[c]), self.bells[c]
            longest, heeding = self._limits(own, gate, c)
            if due + longest + worst <= bell and heeding >= wanted:
                continue
            short += max(0.0, wanted - self._share(own, gate, c, due, bell))
        return short

    def _limits(self, own: People, gate: int, number: int) -> tuple[float, float]:
        """Longest time from the end of the slot to the seat without a wait; share of heedful."""
        key = (id(own), gate)
        if key not in self._longest:
            place = self.gates[gate]
            metres = place.metres_to[self.classes[number].building]
            way = own.start + own.at[place.name].passage + metres * own.slowness
            heeding = way[~own.heedless]
            share = heeding.size / way.size if way.size else 1.0
            self._longest[key] = (float(heeding.max(initial=-np.inf)), share)
        return self._longest[key]

    def _share(self, own: People, gate: int, number: int, due: float, bell: float) -> float:
        place = self.gates[gate]
        here = own.at[place.name]
        metres = place.metres_to[self.classes[number].building]
        return in_time(
            self._delay[gate],
            own.replication,
            own.start,
            own.heedless,
            here.queue,
            here.passage,
            own.slowness,
            metres,
            due,
            bell,
            self.origin,
        )


def staffed(gate: Gate, line: Line, blocks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minutes of duty that one lane takes, by station of the line and block."""
    span = np.minimum(blocks[1:], seconds(gate.closes)) - np.maximum(
        blocks[:-1], seconds(gate.opens)
    )
    people = np.array([lanes.staff_per_lane for lanes in line.lanes])
    minutes: NDArray[np.float64] = people[:, None] * np.maximum(span, 0.0)[None, :] / 60
    return minutes
