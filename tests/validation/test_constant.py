"""Lanes that take the same time for everybody: M/D/c, against the law and an approximation."""

import numpy as np
import pytest
from validation.ledger import Case, Ledger
from validation.stations import constant, exponential, mean_of, same_on_simpy, steady, waits

KIMURA, CROMMELIN = "Kimura 1991, approximation", "Crommelin's equations"
FEW = 4
"""Lanes."""
EXACT = {
    (2, 0.9): 2.1469, (2, 0.7): 0.4936, (2, 0.5): 0.1767, (2, 0.3): 0.0553, (2, 0.1): 0.0062,
    (4, 0.9): 1.0000, (4, 0.7): 0.1897, (4, 0.5): 0.0497, (4, 0.3): 0.0085,
    (25, 0.9): 10.7193, (25, 0.8): 2.3868, (25, 0.7): 0.5357, (25, 0.6): 0.0880,
    (50, 0.9): 3.9526, (50, 0.8): 0.5356, (50, 0.7): 0.0524,
}  # fmt: skip
"""Mean wait by lanes and load."""
PUBLISHED = {
    (2, 0.9): 2.1445, (2, 0.7): 0.4916, (2, 0.5): 0.1757, (2, 0.3): 0.0557, (4, 0.9): 1.0000,
    (4, 0.7): 0.1890, (4, 0.5): 0.0494, (25, 0.9): 10.7922, (25, 0.8): 2.3845, (25, 0.7): 0.5258,
    (50, 0.9): 3.9838, (50, 0.8): 0.5275,
}  # fmt: skip
"""The same by an approximation, where it is within 3 % of the law."""


def service(lanes: int) -> float:
    """Time that everybody takes; the source has 100 where there are many lanes."""
    return 1.0 if lanes <= FEW else 100.0


def words(lanes: int, load: float) -> str:
    return f"M/D/{lanes} at {100 * load:.0f} % load: mean wait, mean service {service(lanes):g}"


V20 = {
    given: Case("V20", words(*given), CROMMELIN, published) for given, published in EXACT.items()
}
V20_KIMURA = {
    given: Case("V20", words(*given), KIMURA, published,
                tolerance=round(0.03 * published, 4) if given[0] <= FEW else None)
    for given, published in PUBLISHED.items()
}  # fmt: skip
"""Chance is too large for 3 % where there are many lanes; there the intervals decide."""


def crommelin(lanes: int, load: float) -> float:
    """Mean wait when every service takes one unit of time, exactly.

    Whoever is served now is gone one unit later, and whoever is served then came or waited
    before: people there one unit later are those now, less at most `lanes`, and those who came.
    """
    rate = lanes * load
    size = int(rate + 25 * np.sqrt(rate) + 25 / (1 - load))
    come = np.exp(np.arange(size) * np.log(rate) - rate - _log_factorial(size))
    chain = np.zeros((size, size))
    for n in range(size):
        left = max(0, n - lanes)
        chain[n, left:] = come[: size - left]
    chain[:, -1] += 1 - chain.sum(axis=1)
    balance = np.append(chain.T - np.eye(size), np.ones((1, size)), axis=0)
    law = np.linalg.lstsq(balance, np.append(np.zeros(size), 1.0), rcond=None)[0]
    return float((law * np.arange(size)).sum() / rate - 1)


def _log_factorial(size: int) -> np.ndarray:
    return np.append(0.0, np.cumsum(np.log(np.arange(1, size))))


@pytest.mark.parametrize("given", V20, ids=lambda given: words(*given))
def test_lanes_that_take_the_same_time_for_everybody(
    ledger: Ledger, given: tuple[int, float]
) -> None:
    lanes, load = given
    time, case = service(lanes), V20[given]
    assert round(time * crommelin(lanes, load), case.digits) == case.published
    queue = exponential(time / (load * lanes)), [constant(time)], [lanes]
    same_on_simpy(*queue, seed=20)
    wait = [
        waits(steady(*queue, seed=200 + seed, replications=8, people=60_000), skip=5_000)
        for seed in range(12 if lanes <= FEW and load > 0.6 else 4)
    ]
    found = mean_of(np.concatenate(wait))
    ledger.settle(case, found.mean, found.half_width)
    if given in V20_KIMURA:
        ledger.settle(V20_KIMURA[given], found.mean, found.half_width)


CASES = [*V20.values(), *V20_KIMURA.values()]
