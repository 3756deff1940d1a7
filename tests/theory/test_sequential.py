"""Stopping when one likes, and being wrong no oftener for it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from returnsim.theory.estimation import Estimate
from returnsim.theory.sequential import looks, narrowed, spend


@given(st.integers(1, 500), st.integers(1, 100_000))
def test_looks_double_up_to_the_last(first: int, most: int) -> None:
    found = looks(first, most)
    assert found[-1] == most
    assert found[0] == min(first, most)
    assert all(a < b <= 2 * a for a, b in pairwise(found))


@given(st.integers(1, 500), st.integers(1, 100_000), st.floats(0.001, 0.5))
def test_the_whole_error_is_spent_and_no_more(first: int, most: int, error: float) -> None:
    shares = spend(looks(first, most), error)
    assert sum(shares) == pytest.approx(error)
    assert all(share > 0 for share in shares)


@pytest.mark.slow
@pytest.mark.parametrize("risk", [0.03, 0.05, 0.07])
def test_peeking_is_wrong_no_oftener_than_it_says(risk: float) -> None:
    """Whoever stops as soon as the interval leaves the limit, however the risk lies to it."""
    limit, confidence, at = 0.05, 0.9, looks(256, 2048)
    rng, wrong, of = np.random.default_rng(20200407), 0, 2000
    for _ in range(of):
        days = rng.random(at[-1]) < risk
        found: Estimate | None = None
        for n, error in zip(at, spend(at, 1 - confidence), strict=True):
            now = Estimate.proportion(int(days[:n].sum()), n, confidence=1 - error)
            found = narrowed(found, now, confidence)
            if found.high <= limit or found.low > limit:
                break
        assert found is not None
        wrong += not found.low <= risk <= found.high
    assert stats.binomtest(wrong, of, 1 - confidence, alternative="greater").pvalue > 1e-3


def test_what_was_settled_stays_settled() -> None:
    before = Estimate(0.5, 0.3, 0.6, 10)
    now = narrowed(before, Estimate(0.55, 0.2, 0.8, 20), 0.9)
    assert (now.mean, now.low, now.high) == (0.55, 0.3, 0.6)
    assert (now.replications, now.confidence) == (20, 0.9)


def test_intervals_that_share_nothing_give_way_to_the_last() -> None:
    now = narrowed(Estimate(1.0, 0.9, 1.1, 10), Estimate(2.0, 1.9, 2.1, 20), 0.9)
    assert (now.low, now.high) == (1.9, 2.1)
