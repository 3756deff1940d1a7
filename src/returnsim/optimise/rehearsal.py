"""A sketch of a plan, rehearsed gate by gate on cached luck.

The sketch is what a search changes: the slot and gate of every class, the lanes of every
station by block. Only gates that a change touches are played again (`stage_play`), in steps
(`returnsim.model.binned`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.streams import BLOCK
from returnsim.model.binned import ENDLESS, EVERY, STEP, TOTALS
from returnsim.optimise.cohort import Place, laid_out
from returnsim.optimise.demand import Morning
from returnsim.optimise.lanes import lanes_by_block, with_counts
from returnsim.optimise.legal import Standing
from returnsim.optimise.line import Line, line_of
from returnsim.optimise.luck import AtGate, People, people_of
from returnsim.optimise.stage_play import Change, Mornings, Queues, begin, play_gate, within_a_step
from returnsim.optimise.trial import STUCK_RISK, seated_in_time
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
        self.classes = scenario.classes
        self.dates = [plan.day_of(c) for c in scenario.classes]
        """Return date of each class, in the order of the scenario."""
        self.days = plan.return_days
        self.replications = blocks * BLOCK
        self.allowance = [0.0] * len(self.gates)
        """Places by which steps show each queue too short, besides what is lost within a step:
        found by comparing with the kernel."""
        self.tardiness = [0.0] * len(self.gates)
        """Share of each class by which they show too many seated by the bell; found likewise."""
        self.bells = [seconds(scenario.grade_of(c).bell) for c in self.classes]
        self._dues = self.morning.slots + self.morning.slot_seconds
        edge = self.morning.minutes
        self.origin = float(edge[0])
        self.steps = int((edge[-1] - edge[0]) / STEP) + 1
        asked = self._asked()
        self._played = sorted({len(self.days) - 1, *asked[asked >= 0].tolist()})
        """Numbers of the days that are ever played."""
        people = [people_of(scenario, plan, self.days[d], seed, blocks) for d in self._played]
        number = {-1: -1} | {d: i for i, d in enumerate(self._played)}
        self.mornings = self._mornings(people, np.vectorize(number.__getitem__)(asked))
        self.queues = self._queues()

    def _asked(self) -> NDArray[np.int64]:
        """Day that has to be tried when a class comes by a gate, besides the last; -1 for none.

        On the day of its return a class with boarders comes in full, and passes the desks.
        """
        found = np.full((len(self.gates), len(self.classes)), -1, np.int64)
        for g, gate in enumerate(self.gates):
            desk = any(s.only_on_return_day for s in gate.stages)
            for c, school_class in enumerate(self.classes):
                if desk or school_class.boarders:
                    found[g, c] = self.days.index(self.dates[c])
        return found

    def _mornings(self, people: list[dict[str, People]], asked: NDArray[np.int64]) -> Mornings:
        """Lay everybody out at every gate."""
        staff = [(s, g) for s in self.scenario.staff if s.arrives for g in self._number(s.gate)]
        names = [c.name for c in self.classes]
        size = (len(names) + len(staff), len(self.gates), len(people))
        middle = self.origin + STEP * (np.arange(self.steps) + 0.5)
        block = np.searchsorted(self.morning.blocks, middle, side="right") - 1
        stations = max(len(line.names) for line in self.lines)
        mean, spread = np.ones((len(self.lines), stations)), np.ones((len(self.lines), stations))
        for g, line in enumerate(self.lines):
            mean[g, : line.mean.size], spread[g, : line.mean.size] = line.mean, line.spread
        nobody_comes = (np.inf, -np.inf, np.inf, -np.inf)
        return Mornings(
            cohorts=laid_out(self._everybody(people), size, self.replications),
            staff=np.array(
                [(g, self._step(seconds(s.arrives))) for s, g in staff if s.arrives], np.int64
            ).reshape(-1, 2),
            slot_steps=np.array([self._step(due) for due in self._dues], np.int64),
            midnight=self._step(0.0),
            origin=self.origin,
            dues=self._dues,
            bells=np.array(self.bells),
            present=np.array([[name in day for name in names] for day in people]),
            spans=np.array(
                [[day[n].span if n in day else nobody_comes for n in names] for day in people]
            ),
            staff_spans=np.array([[self._staff_of(g, d) for d in people] for g in self.gates]),
            asked=asked.astype(np.int64),
            block_of=np.clip(block, 0, self.morning.blocks.size - 2).astype(np.int64),
            opened=np.array(
                [(middle >= seconds(g.opens)) & (middle < seconds(g.closes)) for g in self.gates]
            ),
            stations=np.array([len(line.names) for line in self.lines], np.int64),
            chain=np.array([line.chain for line in self.lines], np.int64),
            queues=np.array([line.queues for line in self.lines], np.int64),
            mean=mean,
            spread=spread,
        )

    def _queues(self) -> Queues:
        """Room for what is known of every gate on every day."""
        m, size = self.mornings, self.replications
        (gates, stations), days = m.mean.shape, len(self._played)
        queues, rows = int(m.queues.max()), 2 * stations + TOTALS
        points = self.steps // EVERY + 1 if (m.chain <= 1).any() else 1
        behind = max(1, int(m.chain.max()) - 1)
        blocks = self.morning.blocks.size - 1

        def empty(*shape: int) -> NDArray[np.float32]:
            return np.zeros((*shape, size), np.float32)

        return Queues(
            inflow=empty(gates, days, 2, queues, self.steps),
            delay=empty(gates, days, queues, self.steps),
            past=empty(gates, days, points, rows),
            known=np.zeros((gates, days), np.bool_),
            lanes=np.zeros((gates, stations, blocks), np.int64),
            clocks=np.zeros((gates, stations, self.steps, 6), np.float32),
            trial=empty(queues, self.steps),
            state=empty(rows),
            room=empty(behind, self.steps),
            rows=empty(6),
            limits=np.zeros((gates, 6)),
        )

    def _number(self, gate: str | None) -> list[int]:
        """Number of a gate, if there is one of that name."""
        return [i for i, g in enumerate(self.gates) if g.name == gate]

    def _step(self, moment: float) -> int:
        """Step by which people count who come so many seconds before or after a moment."""
        return round((moment - self.origin) / STEP)

    def _staff_of(self, gate: Gate, people: Mapping[str, People]) -> tuple[float, float]:
        """When the first and the last of the staff of a gate come on a day."""
        spans = [
            people[s.name].comes_between(seconds(s.arrives))
            for s in self.scenario.staff
            if s.gate == gate.name and s.arrives and s.name in people
        ]
        first = min((span[0] for span in spans), default=np.inf)
        return first, max((span[1] for span in spans), default=-np.inf)

    def _everybody(
        self, people: list[dict[str, People]]
    ) -> Iterator[tuple[Place, People, AtGate, float]]:
        """Every class and group of staff at each gate that it may use, on each day."""
        groups = [s for s in self.scenario.staff if s.arrives and self._number(s.gate)]
        for who, group in enumerate([*self.classes, *groups]):
            building = getattr(group, "building", None)
            for day, there in enumerate(people):
                for gate, place in enumerate(self.gates):
                    here = there[group.name].at.get(place.name) if group.name in there else None
                    if here is not None:
                        metres = place.metres_to[building] if building else 0.0
                        yield (who, gate, day), there[group.name], here, metres

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

    # ------------------------------------------------------------ playing

    def due(self, slot: int) -> float:
        """End of a slot [s after midnight]."""
        return float(self._dues[slot])

    def limited(self) -> Queues:
        """Return what is known of the gates, with what is allowed there now."""
        limits, queues = self.scenario.limits, self.queues
        wanted = seated_in_time(self.scenario)
        for g, gate in enumerate(self.gates):
            queues.limits[g] = (
                gate.places - self.allowance[g],
                60.0 * limits.longest_wait_minutes,
                self.margin * limits.crowding_risk,
                self.margin * limits.wait_risk,
                self.margin * STUCK_RISK,
                min(1.0, wanted + self.tardiness[g]),
            )
        return queues

    def begin(self, sketch: Sketch) -> None:
        """Put everybody where a sketch says."""
        begin(self.mornings, self.queues, self._standing(sketch))

    def within_a_step(self, sketch: Sketch, gate: int) -> float:
        """Half of what the lanes of a gate, when most are open, get through in a step [people]."""
        return float(within_a_step(self.mornings, gate, sketch.lanes[gate]))

    def mark(self, sketch: Sketch, gate: int, most: float = ENDLESS) -> Mark:
        """Play one gate on its days and say how far its limits are missed.

        It is given up as soon as they are missed by more than `most`.
        """
        queues, nobody = self.limited(), Change(*np.zeros((3, 0), np.int64))
        now = self._standing(sketch)
        missed, waited = play_gate(self.mornings, queues, gate, now, nobody, most, False)
        longest = queues.state[queues.state.shape[0] - TOTALS].copy()
        return Mark(missed, waited / self.replications, longest)

    def padded(self, lanes: Sequence[Counts]) -> Counts:
        """Lanes by gate, station and block; none where a gate has fewer stations than others."""
        found = np.zeros_like(self.queues.lanes)
        for g, own in enumerate(lanes):
            found[g, : own.shape[0]] = own
        return found

    def _standing(self, sketch: Sketch) -> Standing:
        slot, gate = np.array(sketch.slot, np.int64), np.array(sketch.gate, np.int64)
        return Standing(slot, gate, self.padded(sketch.lanes), np.zeros((0, 0, 0), np.int64))
