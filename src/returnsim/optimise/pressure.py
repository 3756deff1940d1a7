"""By how many people a minute a gate falls short, on the days that are too full.

The queue that is exceeded on no more days than allowed is followed minute by minute. From
where it begins to grow until it is longest, so many come each minute and so many are let
through; had the lanes passed the rest of what the places cannot hold, the limit were kept.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from returnsim.experiment.curves import queue_curves
from returnsim.experiment.study import assessed_days
from returnsim.plan.plan import Plan
from returnsim.scenario.quantities import clock_time
from returnsim.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Pressure:
    """How a queue grows too long at one gate."""

    gate: str
    day: str
    begins: str
    """When it begins to grow, ``07:10``."""
    ends: str
    """When it is longest."""
    arriving: float
    """People who come each minute in between."""
    passed: float
    """People who are let through each minute in between."""
    short: float
    """How many more a minute would have to be let through."""


def pressure(scenario: Scenario, plan: Plan, gate: str, seed: int) -> Pressure | None:
    """Find the day on which a gate falls short most; none if it never does."""
    found = [_on(scenario, plan, gate, day, seed) for day in assessed_days(scenario, plan)]
    short = [p for p in found if p is not None]
    return max(short, key=lambda p: p.short, default=None)


def _on(scenario: Scenario, plan: Plan, gate: str, day: date, seed: int) -> Pressure | None:
    limits = scenario.limits
    curves = queue_curves(scenario, plan, day, seed)
    if gate not in curves.gates:
        return None
    number = curves.gates.index(gate)
    queue = curves.quantile(1 - min(limits.crowding_risk, limits.wait_risk))[number]
    peak = int(np.argmax(queue))
    empty = np.flatnonzero(queue[:peak] <= min(1.0, queue[peak] / 10))
    start = int(empty[-1]) + 1 if empty.size else 0
    minutes = max(1, peak - start + 1)
    before = float(queue[start - 1]) if start else 0.0
    arriving = float(curves.arriving[number, start : peak + 1].sum()) / minutes
    passed = max(0.0, arriving - (float(queue[peak]) - before) / minutes)
    over = (float(queue[peak]) - scenario.gate_named[gate].places) / minutes
    slow = float(queue[peak]) / limits.longest_wait_minutes - passed
    short = max(over, slow)
    if short <= 0:
        return None
    begins, ends = (clock_time(float(curves.edges[i])) for i in (start, peak + 1))
    times = f"{begins:%H:%M}", f"{ends:%H:%M}"
    return Pressure(gate, day.isoformat(), *times, arriving, passed, short)
