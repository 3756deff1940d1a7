"""Appointments one by one: how far apart, and what waiting and idling they cost."""

import numpy as np
import pytest
from model.days import a_flow
from numpy.typing import NDArray
from validation.ledger import Case, Ledger

from returnsim.model.kernel import replay
from returnsim.model.simulate import simulate
from returnsim.model.trace import Trace
from returnsim.theory.estimation import Estimate

Floats = NDArray[np.float64]
MAHES = "Mahes et al., Dyn-Sched-Data"
TRANSIENT = "exact transient D/M/1"


def appointments(gaps: list[float], services: Floats) -> Trace:
    """Play one lane to which people come on the dot, and some of the days on SimPy too."""
    slots = np.broadcast_to(np.append(0.0, np.cumsum(gaps)), services.shape).copy()
    path = a_flow([1], slots, services[..., None])
    trace = replay(path)
    few = a_flow([1], slots[:20], services[:20, :, None])
    np.testing.assert_array_equal(simulate(few).ended, trace.ended[:20])
    return trace


# ------------------------------------------------------ V22: the next gap, given k in the lane

GAPS = (1.60, 2.84, 4.03, 5.18, 6.32, 7.44, 8.55, 9.66, 10.76, 11.85)
V22 = [
    Case("V22", f"{k} in the lane, Erlang-5 service, one tenth on idling: gap to the next",
         MAHES, gap, half_width=0.005, digits=2)
    for k, gap in enumerate(GAPS, start=1)
]  # fmt: skip


def test_the_gap_to_the_next_appointment(ledger: Ledger) -> None:
    """The moment by which the lane is free with probability 0.9, by order statistics."""
    runs, share = 40_000, 0.9
    trace = appointments([0.0] * 9, np.random.default_rng(22).gamma(5, 0.2, (runs, 10)))
    spread = 1.96 * np.sqrt(runs * share * (1 - share))
    low, middle, high = (int(runs * share + s) for s in (-spread, 0, spread))
    for k, case in enumerate(V22):
        free = np.sort(trace.ended[:, k, 0])
        ledger.settle(case, float(free[middle]), float(free[high] - free[low]) / 2)


# ---------------------------------------------------------------------- V23: all slots at once

BEST = {
    2: ([0.6931], 0.34657),
    3: ([0.8890, 1.0527], 0.81986),
    5: ([0.9746, 1.4225, 1.4004, 1.1136], 1.88126),
    10: ([1.0060, 1.5092, 1.5895, 1.6111, 1.6100, 1.5908, 1.5455, 1.4417, 1.1253], 4.69354),
}
V23 = {
    n: Case("V23", f"best slots for {n}, exponential service: half of idling and waiting",
            TRANSIENT, cost, digits=5)
    for n, (_, cost) in BEST.items()
}  # fmt: skip
V23_PLANS = {
    (plan, what): Case("V23", f"ten slots, {words}: {said}", TRANSIENT, published, digits=5)
    for plan, words, rows in (
        ("apart", "one service time apart", (1.05945, 1.81439)),
        ("two", "two at the beginning", (1.37122, 1.04079)),
    )
    for what, said, published in zip(("wait", "idle"), ("mean wait", "idle time"), rows,
                                     strict=True)
}  # fmt: skip


def played(gaps: list[float], seed: int) -> tuple[Floats, Floats]:
    """Return waits added up, and time the lane is idle before the last, by replication."""
    rng = np.random.default_rng((23, seed))
    trace = appointments(gaps, rng.exponential(1.0, (40_000, len(gaps) + 1)))
    waits = (trace.began - trace.arrived).sum(axis=(1, 2))
    return waits, trace.began[:, -1, 0] - trace.journeys.service[:, :-1, 0].sum(axis=1)


@pytest.mark.parametrize("n", BEST)
def test_the_cost_of_the_best_slots(ledger: Ledger, n: int) -> None:
    """And a quarter more or less between them costs more, on the same luck."""
    gaps, _ = BEST[n]
    cost = sum(played(gaps, n)) / 2
    found = Estimate.of(cost)
    ledger.settle(V23[n], found.mean, found.half_width)
    for stretch in (0.75, 1.25):
        other = sum(played([gap * stretch for gap in gaps], n)) / 2
        assert Estimate.of(other - cost).low > 0


@pytest.mark.parametrize(("plan", "gaps"), [("apart", [1.0] * 9), ("two", [0.0, *[1.0] * 8])])
def test_slots_by_rule_of_thumb(ledger: Ledger, plan: str, gaps: list[float]) -> None:
    waits, idle = played(gaps, 10)
    for what, sample in (("wait", waits / (len(gaps) + 1)), ("idle", idle)):
        found = Estimate.of(sample)
        ledger.settle(V23_PLANS[plan, what], found.mean, found.half_width)


CASES = [*V22, *V23.values(), *V23_PLANS.values()]
