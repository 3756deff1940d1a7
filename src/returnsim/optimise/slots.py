r"""Which gate and slot each class gets, and how many lanes that takes: the first guess.

People are treated as water (`fluid_queue`): right for a burst of twenty minutes, where
steady-state formulas are not. In the integer programme

- whole :math:`y_{cgs}`: classes of cohort c (those of a grade that return on one date) that get
  gate g and slot s;
- whole :math:`n_{gkb}`: lanes open at stage k of gate g in block b;
- :math:`q_{gkt} \ge q_{gk,t-1} + \sum y_{cgs} m_c p_{st} - \mu_k n_{gkb(t)}`: the queue
  of stage k after minute t if it met the arrivals directly. In a fluid tandem whose lanes
  do not change, the whole queue of the gate is the largest of these; each is kept below the
  marked places;
- a share of the places (`buffer`) is kept free for randomness. The plan is then simulated,
  and where it fails the buffer is raised and the programme solved again
  (`returnsim.optimise.planner`).

The objective is minutes of duty, plus `EARLY` for each minute that a pupil must come
before the latest slot that is in time.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from returnsim.optimise.demand import Morning, stations
from returnsim.optimise.kept import Alike, Kept, given
from returnsim.optimise.programme import INF, Programme, Solution
from returnsim.plan.plan import Arrival, ReturnDate, Shift, days_by_class
from returnsim.scenario.campus import Gate, Lanes, Stage
from returnsim.scenario.people import SchoolClass
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario

Floats = NDArray[np.float64]
Index = NDArray[np.int64]
EARLY = 0.01
"""Minutes of duty that one pupil-minute of coming early is worth."""
SELF_SERVICE = 0.05
"""People on duty that a lane without staff counts as, so that none stands open for nothing."""
MISSED = 1_000.0
"""Price of missing a limit by one person, in an elastic guess."""
QUICKEST = 0.1
"""Service [s] below which a lane is taken to be as quick as that."""
NOBODY = 1e-9
"""Expected arrivals below which a minute is empty."""


@dataclass(frozen=True, slots=True)
class Guess:
    """How careful the first guess is."""

    buffer: Mapping[str, float]
    """Share of each gate's places kept free for randomness."""
    waiting: float
    """Wait that is reckoned with when slots are held against the bell [s]."""
    gap: float = 0.05
    """How far from optimal the solver may stop."""
    nodes: int = 2_000
    seconds: float | None = None
    """When it must stop, if there is a deadline."""
    elastic: bool = False
    """Let limits be missed at a price, to learn which and by how much."""
    kept: Kept | None = None
    """An earlier plan, of which few classes may move."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Arrivals and lanes that come out of a guess."""

    arrivals: tuple[Arrival, ...]
    lanes: tuple[Shift, ...]
    gap: float
    overflow: dict[str, float]
    """People for whom places are missing at each gate; empty unless the guess is elastic."""
    staff_short: float = 0.0
    """People on duty who are missing; 0 unless the guess is elastic."""


Cell = tuple[Alike, str, int]
"""Classes of a grade and a date, a gate and the number of a slot."""


class Slots:
    """The integer programme for one scenario and its return dates."""

    def __init__(self, scenario: Scenario, dates: Sequence[ReturnDate], guess: Guess) -> None:
        self.scenario, self.guess = scenario, guess
        self.morning = Morning(scenario)
        self.programme = Programme()
        self.impossible = False
        """Whether no layout exists, and not only none was found."""
        self.classes: dict[Cell, int] = {}
        """Variable of each grade and date, gate and slot that is allowed."""
        self.lanes: dict[tuple[str, str], Index] = {}
        """Lanes of each gate and stage, by block."""
        self._profiles: dict[tuple[str, int], Floats] = {}
        self.members = _alike(scenario, dates)

    def hopeless(self) -> bool:
        """Whether even water would overflow, with classes and lanes in parts."""
        self._solution(relaxed=True)
        return self.impossible

    def solve(self) -> Layout | None:
        """Return the layout, or none if even water would overflow."""
        solution = self._solution(relaxed=False)
        if solution is None:
            return None
        arrivals = self._arrivals(solution)
        return Layout(
            arrivals,
            self._shifts(solution, arrivals),
            solution.gap,
            {gate: round(float(solution.value[v]), 6) for gate, v in self.overflow.items()},
            float(solution.value[self.staff_short]),
        )

    def _solution(self, *, relaxed: bool) -> Solution | None:
        for alike in self.members:
            self._add_classes(alike)
        if any(not self._cells(alike) for alike in self.members):
            self.impossible = True
            return None
        self.overflow = {
            g.name: int(self.programme.add(1, cost=MISSED, high=self._most())[0])
            for g in self.scenario.gates
        }
        if self.guess.kept:
            self.guess.kept.restrict(self.programme, self.classes, self.morning, self.members)
        self.staff_short = int(self.programme.add(1, cost=MISSED, high=self._most())[0])
        for gate in self.scenario.gates:
            self._keep_batches_apart(gate)
            self._add_lanes(gate)
            for name, lanes, share in stations(gate):
                for due in self._days(gate, name):
                    self._add_queue(gate, name, lanes, share, due)
        self._limit_staff()
        solution = self.programme.solve(
            gap=self.guess.gap,
            nodes=self.guess.nodes,
            limit=self.guess.seconds,
            relaxed=relaxed,
        )
        self.impossible = self.programme.impossible
        return solution

    def _most(self) -> float:
        """How far a limit may be missed: not at all, unless the guess is elastic."""
        return INF if self.guess.elastic else 0.0

    def _cells(self, alike: Alike | None = None, gate: str = "") -> list[tuple[Cell, int]]:
        return [
            (cell, variable)
            for cell, variable in self.classes.items()
            if alike in (None, cell[0]) and gate in ("", cell[1])
        ]

    def _add_classes(self, alike: Alike) -> None:
        """Every class of a grade gets one gate and one slot that is in time for the bell."""
        grade, members = self.scenario.grade_named[alike[0]], self.members[alike]
        number = len(members)
        in_time = {
            gate.name: self.morning.slots_in_time(grade, gate, self.guess.waiting)
            for gate in self.scenario.gates
            if self.scenario.may_use(gate, grade)
        }
        latest = max((s for slots in in_time.values() for s in slots), default=0)
        if self.guess.kept:
            self.guess.kept.add_slots(in_time, self.morning, members)
        for gate_name, slots in in_time.items():
            for slot in slots:
                minutes = max(0, latest - slot) * self.scenario.limits.slot_minutes
                cost = EARLY * self._mean_size(alike) * minutes
                variable = self.programme.add(1, high=number, cost=cost, whole=True)
                self.classes[alike, gate_name, slot] = int(variable[0])
        self.programme.row([(v, 1) for _, v in self._cells(alike)], number, number)

    def _keep_batches_apart(self, gate: Gate) -> None:
        """No slot of one batch within the gap of another batch's at the same gate."""
        limits = self.scenario.limits
        reach = math.ceil(limits.batch_gap_minutes / limits.slot_minutes)
        used: dict[tuple[date, int], int] = {}
        for (alike, _, slot), variable in self._cells(gate=gate.name):
            key = (alike[1], slot)
            if key not in used:
                used[key] = int(self.programme.add(1, high=1, whole=True)[0])
            most = len(self.members[alike])
            self.programme.row([(variable, 1), (used[key], -most)], -INF, 0)
        for (batch, slot), one in used.items():
            for (other_batch, other_slot), other in used.items():
                if batch < other_batch and abs(slot - other_slot) <= reach:
                    self.programme.row([(one, 1), (other, 1)], 0, 1)

    def _add_lanes(self, gate: Gate) -> None:
        """No more lanes of a stage than there are, and none while the gate is closed."""
        for name, lanes, _ in stations(gate):
            opened = self.programme.add(len(self.morning.blocks) - 1, whole=True)
            self.lanes[gate.name, name] = opened
            for block, variable in enumerate(opened):
                span = self._span(gate, block)
                most = lanes.lanes if span else 0
                self.programme.limit(int(variable), 0, most)
                duty = (lanes.staff_per_lane or SELF_SERVICE) * span / 60
                self.programme.charge(int(variable), duty)

    def _span(self, gate: Gate, block: int) -> float:
        """Seconds of a block during which a gate is open."""
        begins, ends = (float(edge) for edge in self.morning.blocks[block : block + 2])
        return max(0.0, min(ends, seconds(gate.closes)) - max(begins, seconds(gate.opens)))

    def _days(self, gate: Gate, stage: str) -> list[list[tuple[Cell, int]]]:
        """Who passes a stage together: everybody, or for a return-day desk batch by batch."""
        everybody = self._cells(gate=gate.name)
        lanes = gate.lanes_of(stage)
        if not isinstance(lanes, Stage) or not lanes.only_on_return_day:
            return [everybody]
        return [
            [row for row in everybody if row[0][0][1] == day]
            for day in sorted({day for _, day in self.members})
        ]

    def _add_queue(
        self, gate: Gate, stage: str, lanes: Lanes, share: float, due: list[tuple[Cell, int]]
    ) -> None:
        """Follow the queue of one stage through the minutes, below the places kept for it."""
        minutes, opened = self.morning.minutes, self.lanes[gate.name, stage]
        places = gate.places * (1.0 - self.guess.buffer.get(gate.name, 0.0))
        per_minute = 60.0 / max(lanes.service_seconds.mean, QUICKEST)
        longest = self.scenario.limits.longest_wait_minutes
        coming = [
            (variable, share * self._mean_size(alike) * self._profile(alike[0], slot))
            for (alike, _, slot), variable in due
        ]
        staff = share * self._staff_profile(gate)
        queue = self.programme.add(minutes.size - 1)
        over = self.overflow[gate.name]
        block_of = np.searchsorted(self.morning.blocks, minutes[:-1], side="right") - 1
        for t, block in enumerate(block_of):
            self.programme.row([(int(queue[t]), 1), (over, -1)], -INF, places)
            terms = [(int(queue[t]), 1.0)] + ([(int(queue[t - 1]), -1.0)] if t else [])
            terms += [(v, -profile[t]) for v, profile in coming if profile[t] > NOBODY]
            if 0 <= block < opened.size and self._span(gate, int(block)):
                lane = int(opened[block])
                terms.append((lane, per_minute))
                wait = [(int(queue[t]), 1.0), (lane, -longest * per_minute), (over, -1.0)]
                self.programme.row(wait, -INF, 0)
            self.programme.row(terms, float(staff[t]), INF)
        self.programme.row([(int(queue[-1]), 1), (over, -1)], -INF, 1)

    def _mean_size(self, alike: Alike) -> float:
        members = self.members[alike]
        return float(sum(c.pupils for c in members) / len(members))

    def _profile(self, grade: str, slot: int) -> Floats:
        key = (grade, slot)
        if key not in self._profiles:
            due = self.morning.slots[slot] + self.morning.slot_seconds
            bell = seconds(self.scenario.grade_named[grade].bell)
            self._profiles[key] = self.morning.arriving(due, bell)
        return self._profiles[key]

    def _staff_profile(self, gate: Gate) -> Floats:
        total = np.zeros(self.morning.minutes.size - 1)
        for group in self.scenario.staff:
            if group.gate == gate.name and group.arrives is not None:
                due = seconds(group.arrives)
                total += group.people * self.morning.arriving(due, due)
        return total

    def _limit_staff(self) -> None:
        """No more people on duty than there are, at any moment of any block."""
        if not self.scenario.limits.staff:
            return
        for block, begins in enumerate(self.morning.blocks[:-1]):
            ends = self.morning.blocks[block + 1]
            moments = {begins} | {
                seconds(edge)
                for window in self.scenario.limits.staff
                for edge in (window.begins, window.ends)
                if begins < seconds(edge) < ends
            }
            there = min(self.scenario.limits.staff_at(clock_time(m)) or 0 for m in moments)
            terms = []
            for (gate_name, stage), opened in self.lanes.items():
                gate = self.scenario.gate_named[gate_name]
                lanes = gate.lanes_of(stage)
                if lanes is not None and self._span(gate, block):
                    terms.append((int(opened[block]), lanes.staff_per_lane))
            self.programme.row([*terms, (self.staff_short, -1)], -INF, there)

    def _arrivals(self, solution: Solution) -> tuple[Arrival, ...]:
        """Hand the cells of each grade and date to its classes in the order of the file."""
        found: dict[str, Arrival] = {}
        for alike, members in self.members.items():
            cells = [
                (slot, gate)
                for (_, gate, slot), v in sorted(self._cells(alike), key=lambda row: row[0][2])
                for _ in range(round(solution.value[v]))
            ]
            arrivals = [(gate, clock_time(float(self.morning.slots[slot]))) for slot, gate in cells]
            for school_class, (gate, slot) in given(members, arrivals, self.guess.kept).items():
                found[school_class] = Arrival(school_class=school_class, gate=gate, slot=slot)
        return tuple(found[c.name] for c in self.scenario.classes)

    def _shifts(self, solution: Solution, arrivals: tuple[Arrival, ...]) -> tuple[Shift, ...]:
        used = {a.gate for a in arrivals} | {s.gate for s in self.scenario.staff}
        counts = {
            key: np.rint(solution.value[opened]).astype(int)
            for key, opened in self.lanes.items()
            if key[0] in used
        }
        return shifts(self.scenario, self.morning.blocks, counts)


def _alike(scenario: Scenario, dates: Sequence[ReturnDate]) -> dict[Alike, list[SchoolClass]]:
    """Group the classes that the programme only counts: those of a grade and a return date."""
    day_of = days_by_class(scenario, dates)
    found: dict[Alike, list[SchoolClass]] = {}
    for grade in scenario.grades:
        for c in scenario.classes:
            if c.grade == grade.name:
                found.setdefault((grade.name, day_of[c.name]), []).append(c)
    return found


def shifts(
    scenario: Scenario, blocks: Floats, counts: Mapping[tuple[str, str], NDArray[np.int_]]
) -> tuple[Shift, ...]:
    """Write lanes by block as shifts, neighbouring blocks with as many lanes joined."""
    found = []
    for (gate_name, stage), numbers in counts.items():
        gate = scenario.gate_named[gate_name]
        start = 0
        for b in range(1, numbers.size + 1):
            if b < numbers.size and numbers[b] == numbers[start]:
                continue
            begins = max(float(blocks[start]), seconds(gate.opens))
            ends = min(float(blocks[b]), seconds(gate.closes))
            if numbers[start] and ends > begins:
                found.append(
                    Shift(
                        gate=gate_name,
                        stage=stage,
                        begins=clock_time(begins),
                        ends=clock_time(ends),
                        lanes=int(numbers[start]),
                    )
                )
            start = b
    return tuple(found)
