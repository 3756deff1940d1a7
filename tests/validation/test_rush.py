"""Newell's law: how far a queue is above the fluid when arrivals overtake capacity."""

import numpy as np
import pytest
from model.days import a_flow, flow
from numpy.typing import NDArray
from validation.arrivals import poisson
from validation.ledger import Case, Ledger

from returnsim.model.simulate import simulate
from returnsim.theory.estimation import Estimate

Floats = NDArray[np.float64]
CAPACITY = 10.0
"""People served a minute."""
NEWELL = "Newell 1968"
RAMPS = ((0.2, 12.05), (0.5, 8.75), (1.0, 6.84))
"""How fast arrivals grow [1/min^2], and the excess of an M/M/1 queue (by its equations)."""
V21 = [
    Case("V21", f"M/M/1, arrivals past capacity, growing {ramp:g} a minute: queue above fluid",
         NEWELL, excess, digits=2)
    for ramp, excess in RAMPS
]  # fmt: skip


def rush(ramp: float, replications: int, seed: int) -> Estimate:
    """Estimate the mean queue above the fluid, long after arrivals have passed capacity.

    The number of people who came after that moment, less its mean, is a control variate.
    """
    rng = np.random.default_rng(seed)
    scale = (2 * CAPACITY / ramp**2) ** (1 / 3)
    before, after = min(CAPACITY / ramp, 5 * scale), 3 * scale
    end, first = before + after, CAPACITY - ramp * before
    times = poisson([0.0, end], [first, first + ramp * end], replications, rng)
    services = rng.exponential(1 / CAPACITY, (*times.shape, 1))
    trace = flow([1], times, services)
    few = a_flow([1], times[:5], services[:5])
    np.testing.assert_array_equal(simulate(few).began, trace.began[:5])
    there = (trace.arrived <= end) & (trace.ended > end)
    queue = there.sum(axis=(1, 2)) - ramp * after**2 / 2
    late = (times > before).sum(axis=1) - (CAPACITY * after + ramp * after**2 / 2)
    slope = np.cov(queue, late)[0, 1] / np.var(late)
    return Estimate.of(queue - slope * late)


@pytest.mark.parametrize(
    ("case", "ramp"),
    list(zip(V21, [r for r, _ in RAMPS], strict=True)),
    ids=lambda x: getattr(x, "what", ""),
)
def test_the_queue_exceeds_the_fluid(ledger: Ledger, case: Case, ramp: float) -> None:
    found = rush(ramp, 15_000, seed=21)
    ledger.settle(case, found.mean, found.half_width)


CASES = V21
