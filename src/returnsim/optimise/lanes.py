"""How many lanes stand open when, settled by simulation. No station closes to open again.

Starting from the first guess, lanes are added at a gate until the simulated days keep the
limits, then taken away one block at a time for as long as they still do.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from returnsim.optimise.demand import Morning, stations
from returnsim.optimise.line import while_they_come
from returnsim.optimise.slots import shifts
from returnsim.optimise.trial import Trial
from returnsim.plan.misfits import lane_misfits
from returnsim.plan.plan import Plan, Shift
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario

TRIFLE = 1e-3
"""Minutes of duty that a lane without staff counts as."""
Counts = dict[tuple[str, str], NDArray[np.int_]]
"""Lanes by gate and stage, for each block of the morning."""


def lanes_by_block(scenario: Scenario, plan: Plan) -> Counts:
    """Read the lanes of a plan at the middle of every block a gate is open."""
    blocks = Morning(scenario).blocks
    found: Counts = {}
    for shift in plan.lanes:
        key = (shift.gate, shift.stage)
        numbers = found.setdefault(key, np.zeros(blocks.size - 1, dtype=int))
        begins, ends = seconds(shift.begins), seconds(shift.ends)
        overlap = np.minimum(blocks[1:], ends) - np.maximum(blocks[:-1], begins)
        numbers[overlap > 0] += shift.lanes
    return found


def with_counts(
    scenario: Scenario, plan: Plan, counts: Mapping[tuple[str, str], NDArray[np.int_]]
) -> Plan:
    """Return the plan with these lanes in the morning, and those of other hours as they are."""
    blocks = Morning(scenario).blocks
    outside = [s for s in plan.lanes if is_outside(s, blocks)]
    return plan.changed(lanes=(*shifts(scenario, blocks, counts), *outside))


def is_outside(shift: Shift, blocks: NDArray[np.float64]) -> bool:
    """Whether a shift has nothing to do with the morning, as when people come in again."""
    return bool(seconds(shift.ends) <= blocks[0] or seconds(shift.begins) >= blocks[-1])


def unbroken(lanes: NDArray[np.int_]) -> NDArray[np.int_]:
    """At least one lane in every block from the first to the last in which one is open."""
    since = np.maximum.accumulate(lanes > 0, axis=-1)
    until = np.maximum.accumulate((lanes > 0)[..., ::-1], axis=-1)[..., ::-1]
    return np.maximum(lanes, since & until)


def widen(scenario: Scenario, plan: Plan, trial: Trial, margin: float) -> Plan | None:
    """Add lanes at one gate until it keeps its limits; none if all there are do not help.

    Of the lanes that could be added, the one is that keeps the limits with least duty, or
    else the one that brings them nearest for its duty.
    """
    best = plan
    strain = trial.strain(best).excess(scenario, margin)
    hopeless = strain > 0 and _all_fail(scenario, plan, trial, margin)
    while strain > 0:
        before = best.staff_minutes(scenario)
        options: list[tuple[bool, float, int, float, Plan]] = []
        for candidate in _with_one_more(scenario, best, trial.gate):
            found = trial.strain(candidate).excess(scenario, margin)
            duty = max(candidate.staff_minutes(scenario) - before, TRIFLE)
            worth = duty if found <= 0 else (found - strain) / duty
            options.append((found > 0, worth, len(options), found, candidate))
        if not options or (hopeless and min(option[3] for option in options) >= strain):
            return None
        _, _, _, strain, best = min(options, key=lambda option: option[:3])
    return best


def _all_fail(scenario: Scenario, plan: Plan, trial: Trial, margin: float) -> bool:
    """Whether a gate misses its limits even with every lane open: then no step is blind."""
    counts = lanes_by_block(scenario, plan)
    for name, lanes, _ in stations(scenario.gate_named[trial.gate]):
        counts[trial.gate, name] = np.full(Morning(scenario).blocks.size - 1, lanes.lanes)
    return not trial.keeps(with_counts(scenario, plan, counts), margin)


def trim(scenario: Scenario, plan: Plan, trial: Trial, margin: float) -> Plan:
    """Close every lane at one gate that the limits do not need."""
    best = plan
    counts = lanes_by_block(scenario, best)
    gate = scenario.gate_named[trial.gate]
    least = _least(scenario, plan, trial.gate)
    order = sorted(stations(gate), key=lambda row: -row[1].staff_per_lane)
    for again in (True, True, False):
        changed = False
        for name, lanes, _ in order:
            if not lanes.staff_per_lane:
                continue
            for block in range(least.size - 1, -1, -1):
                while counts[gate.name, name][block] > least[block]:
                    counts[gate.name, name][block] -= 1
                    candidate = with_counts(scenario, plan, counts)
                    broken = (unbroken(counts[gate.name, name]) > counts[gate.name, name]).any()
                    if broken or not trial.keeps(candidate, margin):
                        counts[gate.name, name][block] += 1
                        break
                    best, changed = candidate, True
        if not changed or not again:
            break
    return best


def _least(scenario: Scenario, plan: Plan, gate_name: str) -> NDArray[np.int_]:
    """One lane from the block in which the first may come to that of the last, else none."""
    morning, gate = Morning(scenario), scenario.gate_named[gate_name]
    edges: list[float] = []
    for a in plan.arrivals:
        if a.gate == gate_name:
            bell = seconds(scenario.grade_of(scenario.class_named[a.school_class]).bell)
            edges += morning.comes_between(seconds(a.slot) + morning.slot_seconds, bell)
    for s in scenario.staff:
        if s.gate == gate_name and s.arrives:
            edges += morning.comes_between(seconds(s.arrives), seconds(s.arrives))
    return while_they_come(morning, gate, min(edges), max(edges)).astype(int)


def _with_one_more(scenario: Scenario, plan: Plan, gate_name: str) -> Iterator[Plan]:
    """Plans with one lane more at one stage of a gate, all morning or around one hour."""
    gate = scenario.gate_named[gate_name]
    blocks = Morning(scenario).blocks
    for name, lanes, _ in stations(gate):
        numbers = lanes_by_block(scenario, plan)[gate_name, name]
        for window in _windows(numbers.size):
            chosen = (
                window
                & (numbers < lanes.lanes)
                & (blocks[1:] > seconds(gate.opens))
                & (blocks[:-1] < seconds(gate.closes))
            )
            if not chosen.any():
                continue
            counts = lanes_by_block(scenario, plan)
            counts[gate_name, name] = unbroken(numbers + chosen)
            candidate = with_counts(scenario, plan, counts)
            if not lane_misfits(candidate, scenario):
                yield candidate


def _windows(blocks: int) -> Sequence[NDArray[np.bool_]]:
    """The whole morning, single blocks, and stretches of three."""
    position = np.arange(blocks)
    short = [
        (position >= first) & (position < first + length)
        for length, step in ((1, 1), (3, 2))
        for first in range(0, blocks, step)
    ]
    return [np.ones(blocks, dtype=bool), *short]
