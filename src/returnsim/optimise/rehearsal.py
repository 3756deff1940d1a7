"""A sketch of a plan, rehearsed gate by gate on cached luck.

The sketch is what a search changes: the slot and gate of every class, the lanes of every
station by block. Only gates that a change touches are played again, in steps
(`returnsim.model.binned`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.streams import BLOCK
from returnsim.model.binned import STEP, play
from returnsim.optimise.cohort import Cohort, cohort
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
        self.dates = [plan.day_of(c) for c in scenario.classes]
        """Return date of each class, in the order of the scenario."""
        self.days = plan.return_days
        self.replications = blocks * BLOCK
        self.people: list[dict[str, People]] = [
            people_of(scenario, plan, day, seed, blocks) for day in self.days
        ]
        self.allowance = [0.0] * len(self.gates)
        """Places by which steps show each queue too short, besides what is lost within a step:
        found by comparing with the kernel."""
        self._dues = self.morning.slots + self.morning.slot_seconds
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
        self._cohorts: dict[tuple[int, int, str], Cohort] = {}
        self._longest: dict[tuple[int, int], tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
        self._delay = [
            np.zeros((line.queues, self.steps, self.replications), np.float32)
            for line in self.lines
        ]
        self._bells = np.array(self.bells)
        nobody = (np.inf, -np.inf, np.inf, -np.inf)
        self._spans = [
            np.array([people[c.name].span if c.name in people else nobody for c in self.classes])
            for people in self.people
        ]
        """By day: first and last moments at which each class may come, as in `People.span`."""
        self._staff_spans = [
            [self._staff_of(g, people) for people in self.people] for g in self.gates
        ]
        behind = max(1, *(line.chain - 1 for line in self.lines))
        self._room = np.zeros((behind, self.steps, self.replications), np.float32)

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

    def lay_out(self, allowed: Sequence[Iterable[int]]) -> None:
        """Lay out every class at the gates that it may use, before searches go on abreast."""
        for school_class, gates in zip(self.classes, allowed, strict=True):
            for day, people in enumerate(self.people):
                if school_class.name in people:
                    for gate in gates:
                        self._cohort(gate, day, school_class.name)

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
                    self._come(gate, day, group.name, seconds(group.arrives), 1.0)
        for c in range(len(self.classes)):
            self.put(c, sketch.gate[c], sketch.slot[c], 1.0)

    def put(self, number: int, gate: int, slot: int, sign: float) -> None:
        """Add a class to the arrivals of a gate on all its days, or take it away."""
        name = self.classes[number].name
        for day, people in enumerate(self.people):
            if name in people:
                self._come(gate, day, name, self.due(slot), sign)

    def due(self, slot: int) -> float:
        """End of a slot [s after midnight]."""
        return float(self._dues[slot])

    def _staff_of(self, gate: Gate, people: Mapping[str, People]) -> list[tuple[float, ...]]:
        """When the first and the last of each group of staff of a gate come on a day."""
        return [
            people[s.name].comes_between(seconds(s.arrives))
            for s in self.scenario.staff
            if s.gate == gate.name and s.arrives and s.name in people
        ]

    def _come(self, gate: int, day: int, name: str, due: float, sign: float) -> None:
        self._cohort(gate, day, name).put(self.inflow[gate][day], due, self.origin, sign)

    def _cohort(self, gate: int, day: int, name: str) -> Cohort:
        """A class or group of staff at a gate, laid out when it is first asked for."""
        key = (gate, day, name)
        if key not in self._cohorts:
            people, place = self.people[day][name], self.gates[gate]
            school_class = self.scenario.class_named.get(name)
            metres = place.metres_to[school_class.building] if school_class else 0.0
            here = people.at[place.name]
            self._cohorts[key] = cohort(people, here, metres, self.replications)
        return self._cohorts[key]

    # ------------------------------------------------------------ playing

    def within_a_step(self, sketch: Sketch, gate: int) -> float:
        """Half of what the lanes of a gate, when most are open, get through in a step [people].

        In a step all who come count as served by the whole of it; those who come in its
        second half found the first half gone.
        """
        line, most = self.lines[gate], sketch.lanes[gate].max(axis=1)
        rates = [float(most[k]) / line.mean[k] for k in range(line.chain)]
        return float(0.5 * STEP * min(rates, default=0.0))

    def days_of(self, gate: int, members: Iterable[int]) -> list[int]:
        """Days on which a gate has to be tried: the last, and those that no later day covers.

        On the day of its return a class with boarders comes by the gate in full, and passes
        the desks.
        """
        desk = any(s.only_on_return_day for s in self.gates[gate].stages)
        full = {self.dates[c] for c in members if desk or self.classes[c].boarders}
        last = len(self.days) - 1
        return [d for d, day in enumerate(self.days) if d == last or day in full]

    def mark(self, sketch: Sketch, gate: int) -> Mark:
        """Play one gate on its days and say how far its limits are missed."""
        members = np.flatnonzero(np.array(sketch.gate) == gate)
        dues = self._dues[np.array(sketch.slot)[members]]
        limits, line = self.scenario.limits, self.lines[gate]
        lanes = np.where(self.open[gate], sketch.lanes[gate][:, self.block_of], 0)
        missed = waited = 0.0
        longest = np.zeros(self.replications, np.float32)
        allowance = self.allowance[gate] + self.within_a_step(sketch, gate)
        places = max(1.0, self.gates[gate].places - allowance)
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
                *self._busy(gate, day, members, dues),
            )
            over = crowded - self.margin * limits.crowding_risk
            late = self._late(gate, day, members, dues, worst)
            missed = max(
                missed,
                (over + 0.5 * soft if over > 0 else 0.0)
                + max(0.0, slow - self.margin * limits.wait_risk)
                + max(0.0, stuck - self.margin * STUCK_RISK)
                + late,
            )
        return Mark(missed, waited / self.replications, longest)

    def _busy(
        self, gate: int, day: int, members: NDArray[np.int64], dues: NDArray[np.float64]
    ) -> tuple[int, int]:
        """Steps in which the first and the last may come to a gate."""
        first, last, heedless_first, heedless_last = self._spans[day][members].T
        edges = [
            (first + dues, last + dues),
            (heedless_first, heedless_last),
            *([np.array([edge]) for edge in span] for span in self._staff_spans[gate][day]),
        ]
        begins = min(one.min(initial=np.inf) for one, _ in edges)
        ends = max(other.max(initial=-np.inf) for _, other in edges)
        if ends < begins:
            return 0, 0
        begin, end = (int((edge - self.origin) / STEP) for edge in (begins, ends))
        return min(max(begin, 0), self.steps - 1), min(max(end, 0), self.steps - 1)

    def _late(
        self,
        gate: int,
        day: int,
        members: NDArray[np.int64],
        dues: NDArray[np.float64],
        worst: float,
    ) -> float:
        """Add up by how much each class falls short of the share to be seated by the bell."""
        wanted = self.scenario.limits.seated_by_bell_probability
        wanted += (1 - wanted) * BELL_RESERVE
        longest, heeding = self._limits(gate, day)
        bells = self._bells[members]
        sure = (dues + longest[members] + worst <= bells) & (heeding[members] >= wanted)
        short = 0.0
        for c, due, bell in zip(members[~sure], dues[~sure], bells[~sure], strict=True):
            name = self.classes[c].name
            if name in self.people[day]:
                own = self._cohort(gate, day, name)
                share = own.in_time(self._delay[gate], due, bell, self.origin, worst)
                short += max(0.0, wanted - share)
        return short

    def _limits(self, gate: int, day: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longest time from the end of the slot to the seat without a wait, and share of heedful.

        By class; nobody takes no time.
        """
        if (gate, day) not in self._longest:
            longest = np.full(len(self.classes), -np.inf)
            heeding = np.ones(len(self.classes))
            for c, school_class in enumerate(self.classes):
                people = self.people[day].get(school_class.name)
                if people is not None and self.gates[gate].name in people.at:
                    own = self._cohort(gate, day, school_class.name)
                    longest[c] = own.heedful.until.max(initial=-np.inf)
                    heeding[c] = own.heedful.until.size / own.size if own.size else 1.0
            self._longest[gate, day] = (longest, heeding)
        return self._longest[gate, day]


def staffed(gate: Gate, line: Line, blocks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minutes of duty that one lane takes, by station of the line and block."""
    span = np.minimum(blocks[1:], seconds(gate.closes)) - np.maximum(
        blocks[:-1], seconds(gate.opens)
    )
    people = np.array([lanes.staff_per_lane for lanes in line.lanes])
    minutes: NDArray[np.float64] = people[:, None] * np.maximum(span, 0.0)[None, :] / 60
    return minutes
