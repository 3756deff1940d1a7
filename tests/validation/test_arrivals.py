"""People who come at a changing rate, counted as they join a station."""

from itertools import pairwise

import numpy as np
from model.days import a_flow
from validation.arrivals import poisson
from validation.ledger import Case, Ledger

from returnsim.model.kernel import replay
from returnsim.model.simulate import simulate
from returnsim.theory.estimation import Estimate

KSL = "KSLBook, chapter 7, 1000 runs"
CORNERS = (0.0, 200.0, 600.0, 1000.0, 1200.0, 1500.0, 2000.0)
RATES = (0.5, 0.5, 0.9, 0.9, 1.2, 0.9, 0.5)
EXPECTED = (100, 280, 360, 210, 315, 350)
FOUND = (99.899, 279.526, 359.733, 209.719, 315.231, 349.919)
INTERVALS = [f"{a:g} to {b:g}" for a, b in pairwise(CORNERS)]
RUNS = 1_000
V14 = [
    Case("V14", f"rate in straight lines: people who join from {when}", source, published,
         half_width=half_width, digits=digits)
    for when, expected, found in zip(INTERVALS, EXPECTED, FOUND, strict=True)
    for source, published, half_width, digits in (
        ("closed form", expected, 0.0, 1),
        (KSL, found, round(1.96 * (expected / RUNS) ** 0.5, 2), 3),
    )
]  # fmt: skip
V14_SD = [
    Case("V14", f"rate in straight lines: scatter of people who join from {when}",
         "closed form (Poisson)", round(expected**0.5, 3), digits=3)
    for when, expected in zip(INTERVALS, EXPECTED, strict=True)
]  # fmt: skip


def test_people_come_as_often_as_the_rate_says(ledger: Ledger) -> None:
    """Scatter: the standard error of a standard deviation is it over the root of twice the runs."""
    rng = np.random.default_rng(14)
    starts = poisson(CORNERS, RATES, RUNS, rng)
    services = rng.exponential(1.0, (*starts.shape, 1))
    trace = replay(a_flow([3], starts, services))
    few = a_flow([3], starts[:5], services[:5])
    np.testing.assert_array_equal(simulate(few).arrived, trace.arrived[:5])
    joined = trace.arrived[..., 0]
    for i, (since, until) in enumerate(pairwise(CORNERS)):
        number = ((joined >= since) & (joined < until)).sum(axis=1)
        found = Estimate.of(number)
        for case in V14[2 * i : 2 * i + 2]:
            ledger.settle(case, found.mean, found.half_width)
        scatter = float(number.std(ddof=1))
        ledger.settle(V14_SD[i], scatter, 1.96 * scatter / (2 * RUNS) ** 0.5)


CASES = [*V14, *V14_SD]
