"""Whether the gates can pass everybody in time, by arithmetic alone.

People against lane time: a lane that takes S seconds for each passes one person every S
seconds, and a gate passes no more than its slowest stage. Nothing is lost to chance here, so
whatever fails this test fails every simulated day.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import pairwise

from returnsim.plan.plan import Plan
from returnsim.rules.peaks import coming
from returnsim.scenario.campus import FAST, Gate
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario

MOST_LANES = 1000
"""More lanes than any school could open."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a gate, and the lane time it has."""

    service: float
    """Mean time for each person [s]."""
    share: float
    """Share of people who pass it."""
    lane_seconds: float
    """Time all its open lanes have together [s]."""

    @property
    def people(self) -> float:
        """People of the whole gate whom this stage lets pass."""
        each = self.service * self.share
        return math.inf if each == 0 else self.lane_seconds / each


Gates = tuple[tuple[float, tuple[Stage, ...]], ...]
"""Gates: how long people can pass until the bell [s], and the stages."""


@dataclass(frozen=True, slots=True)
class Pool:
    """People who must all be through by a bell, and the gates they share."""

    gate: str
    """The one gate; empty when people choose among several."""
    level: str
    """The one level; empty for the whole school."""
    day: date | None
    bell: time
    people: float
    gates: Gates

    @property
    def capacity(self) -> float:
        """People whom the gates let pass by the bell."""
        return sum(_passes(stages) for _, stages in self.gates)

    @property
    def minutes(self) -> float:
        """How long the gate that opens first has until the bell."""
        return max((window for window, _ in self.gates), default=0.0) / 60

    @property
    def lanes_more(self) -> int | None:
        """Fewest further lanes, open all the time, with which everybody is through.

        A lane is added to every slowest stage of the gate where lanes gain most. None when
        no number of lanes is enough.
        """
        gates, added = list(self.gates), 0
        while sum(_passes(stages) for _, stages in gates) < self.people:
            best: tuple[float, int, int, tuple[Stage, ...]] = (0.0, -1, 0, ())
            for i, (window, stages) in enumerate(gates):
                lanes, wider = _one_more(window, stages)
                gain = (_passes(wider) - _passes(stages)) / max(1, lanes)
                best = max(best, (gain, i, lanes, wider), key=lambda row: row[0])
            _, i, lanes, wider = best
            if i < 0 or added > MOST_LANES:
                return None
            gates[i] = (gates[i][0], wider)
            added += lanes
        return added

    @property
    def minutes_earlier(self) -> float | None:
        """How much earlier the first slot must be, with the lanes there are."""
        if self.capacity == 0 or self.minutes == 0:
            return None
        return (self.people / self.capacity - 1) * self.minutes


def overloaded(scenario: Scenario, plan: Plan | None = None) -> Iterator[Pool]:
    """Find the people who cannot all be through by their bell: the worst bell of each pool."""
    for pools in _pools(scenario, plan):
        short = [p for p in pools if p.people > p.capacity + 1e-9]
        if short:
            yield max(short, key=lambda p: p.people - p.capacity)


def with_all_lanes(scenario: Scenario, pool: Pool) -> Pool:
    """Return the same people with every lane of their gate open until the bell."""
    gate = scenario.gate_named[pool.gate]
    ((window, _),) = pool.gates
    stages = tuple(Stage(s, share, lanes * window) for _, s, share, lanes in _chain(gate))
    return replace(pool, gates=((window, stages),))


def _pools(scenario: Scenario, plan: Plan | None) -> Iterator[list[Pool]]:
    bells = sorted({g.bell for g in scenario.grades})
    if plan is not None:
        for gate in scenario.gates:
            if any(a.gate == gate.name for a in plan.arrivals):
                days = plan.return_days
                yield [_planned(scenario, plan, gate, day, bell) for day in days for bell in bells]
        return
    levels = sorted({g.level for g in scenario.grades})
    for level in levels if len(levels) > 1 else []:
        yield [_unplanned(scenario, {level}, level, bell) for bell in bells]
    yield [_unplanned(scenario, set(levels), "", bell) for bell in bells]


def _unplanned(scenario: Scenario, levels: Iterable[str], level: str, bell: time) -> Pool:
    grades = {g.name for g in scenario.grades if g.level in levels and g.bell <= bell}
    people = sum(coming(scenario, None, None, c) for c in scenario.classes if c.grade in grades)
    gates = []
    for gate in scenario.gates:
        if any(scenario.may_use(gate, scenario.grade_named[g]) for g in grades):
            begin = max(seconds(gate.opens), seconds(scenario.limits.first_slot))
            window = max(0.0, min(seconds(gate.closes), seconds(bell)) - begin)
            stages = tuple(Stage(s, share, lanes * window) for _, s, share, lanes in _chain(gate))
            gates.append((window, stages))
    return Pool("", level, None, bell, people, tuple(gates))


def _planned(scenario: Scenario, plan: Plan, gate: Gate, day: date, bell: time) -> Pool:
    here = [
        c
        for c in scenario.classes
        if plan.arrival_of[c.name].gate == gate.name and scenario.grade_of(c).bell <= bell
    ]
    people = sum(coming(scenario, plan, day, c) for c in here)
    first = min((seconds(plan.arrival_of[c.name].slot) for c in here), default=0.0)
    begin = max(seconds(gate.opens), first)
    end = max(begin, min(seconds(gate.closes), seconds(bell)))
    stages = tuple(
        Stage(s, share, _open(plan.lanes_over_time(gate.name, name), begin, end))
        for name, s, share, _ in _chain(gate)
    )
    return Pool(gate.name, "", day, bell, people, ((end - begin, stages),))


def _chain(gate: Gate) -> Iterator[tuple[str, float, float, int]]:
    """Stages of every day: name, mean service, share of people, lanes there are."""
    fast = 0.0 if gate.fast_lane is None else gate.fast_lane.share
    for stage in gate.stages:
        if not stage.only_on_return_day:
            yield stage.name, stage.service_seconds.mean, 1 - fast, stage.lanes
    if gate.fast_lane is not None:
        lane = gate.fast_lane
        yield FAST, lane.service_seconds.mean, fast, lane.lanes


def _open(steps: list[tuple[float, int]], begin: float, end: float) -> float:
    """Lane time between two moments [s]."""
    total = 0.0
    for (moment, lanes), (until, _) in pairwise([*steps, (math.inf, 0)]):
        total += lanes * max(0.0, min(until, end) - max(moment, begin))
    return total


def _passes(stages: tuple[Stage, ...]) -> float:
    return min((stage.people for stage in stages), default=math.inf)


def _one_more(window: float, stages: tuple[Stage, ...]) -> tuple[int, tuple[Stage, ...]]:
    """Add a lane to every slowest stage; return how many lanes that took."""
    least = _passes(stages)
    wider = tuple(
        replace(s, lane_seconds=s.lane_seconds + window) if s.people <= least * (1 + 1e-12) else s
        for s in stages
    )
    return sum(a is not b for a, b in zip(stages, wider, strict=True)), wider
