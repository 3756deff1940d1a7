"""How many lanes stand open when, settled by simulation.

Starting from the first guess, lanes are added at a gate until the simulated days keep the
limits, then taken away one block at a time for as long as they still do.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from returnsim.optimise.demand import Morning, stations
from returnsim.optimise.slots import shifts
from returnsim.optimise.trial import Trial
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario

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
    """Return the plan with these lanes."""
    lanes = shifts(scenario, Morning(scenario).blocks, counts)
    return plan.changed(lanes=lanes)


def widen(scenario: Scenario, plan: Plan, trial: Trial, margin: float) -> Plan | None:
    """Add lanes at one gate until it keeps its limits; none if all there are do not help."""
    best = plan
    strain = trial.strain(best).excess(scenario, margin)
    while strain > 0:
        improved = None
        for candidate in _with_one_more(scenario, best, trial.gate):
            found = trial.strain(candidate).excess(scenario, margin)
            if improved is None or found < improved[0]:
                improved = (found, candidate)
        if improved is None:
            return None
        strain, best = improved
    return best


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
                    if trial.strain(candidate).excess(scenario, margin) > 0:
                        counts[gate.name, name][block] += 1
                        break
                    best, changed = candidate, True
        if not changed or not again:
            break
    return best


def _least(scenario: Scenario, plan: Plan, gate_name: str) -> NDArray[np.int_]:
    """One lane from the block in which the first may come until the gate closes, else none."""
    morning, gate = Morning(scenario), scenario.gate_named[gate_name]
    dues = [seconds(a.slot) + morning.slot_seconds for a in plan.arrivals if a.gate == gate_name]
    dues += [seconds(s.arrives) for s in scenario.staff if s.gate == gate_name and s.arrives]
    earliest = min(dues) + 60 * float(
        scenario.arrivals.offset_minutes.quantile(np.array([0.001]))[0]
    )
    blocks = morning.blocks
    inside = (blocks[1:] > earliest) & (blocks[:-1] < seconds(gate.closes))
    return (inside & (blocks[1:] > seconds(gate.opens))).astype(int)


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
            counts[gate_name, name] = numbers + chosen
            candidate = with_counts(scenario, plan, counts)
            if not misfits(candidate, scenario):
                yield candidate


def _windows(blocks: int) -> Sequence[NDArray[np.bool_]]:
    """The whole morning, and stretches of three blocks."""
    position = np.arange(blocks)
    short = [(position >= first) & (position < first + 3) for first in range(0, blocks, 2)]
    return [np.ones(blocks, dtype=bool), *short]
