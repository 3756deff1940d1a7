"""Intervals that cover as often as they say."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from returnsim.theory.estimation import Estimate, paired_difference

TRIED = settings(max_examples=200, deadline=None, derandomize=True)
numbers = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize("size", [2, 10])
def test_t_intervals_cover_as_often_as_they_say(confidence: float, size: int) -> None:
    """On normal samples; the number that cover is binomial, tried at one in a thousand."""
    rng = np.random.default_rng(20200407)
    samples = rng.normal(3.0, 2.0, (4000, size))
    intervals = [Estimate.of(x, confidence=confidence) for x in samples]
    covered = sum(e.low <= 3.0 <= e.high for e in intervals)
    assert stats.binomtest(covered, len(samples), confidence).pvalue > 1e-3


@TRIED
@given(numbers, st.floats(0.6, 0.999))
def test_t_interval_is_the_textbook_one(sample: list[float], confidence: float) -> None:
    found = Estimate.of(sample, confidence=confidence)
    spread = np.std(sample, ddof=1) / math.sqrt(len(sample))
    half = stats.t.ppf((1 + confidence) / 2, len(sample) - 1) * spread
    assert found.mean == pytest.approx(np.mean(sample))
    assert found.half_width == pytest.approx(half, rel=1e-6, abs=1e-9)
    assert found.low <= found.mean <= found.high
    assert (found.replications, found.confidence) == (len(sample), confidence)


def test_one_replication_says_nothing_about_scatter() -> None:
    alone = Estimate.of([5.0])
    assert (alone.mean, alone.low, alone.high) == (5.0, -math.inf, math.inf)


def test_what_is_certain_needs_no_replications() -> None:
    known = Estimate.certain(7.0)
    assert (known.mean, known.low, known.high) == (7.0, 7.0, 7.0)
    assert (known.replications, known.confidence, known.half_width) == (0, 1.0, 0.0)


@TRIED
@given(st.integers(1, 400), st.data(), st.floats(0.6, 0.999))
def test_clopper_pearson_agrees_with_scipy(
    trials: int, data: st.DataObject, confidence: float
) -> None:
    hits = data.draw(st.integers(0, trials))
    found = Estimate.proportion(hits, trials, confidence=confidence)
    exact = stats.binomtest(hits, trials).proportion_ci(confidence, method="exact")
    assert found.mean == hits / trials
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=1e-9)


@pytest.mark.parametrize("risk", [0.02, 0.05, 0.5])
def test_clopper_pearson_never_covers_less_than_it_says(risk: float) -> None:
    """Summed over every possible outcome of 64 days."""
    covers = 0.0
    for hits in range(65):
        found = Estimate.proportion(hits, 64, confidence=0.9)
        if found.low <= risk <= found.high:
            covers += stats.binom.pmf(hits, 64, risk)
    assert covers >= 0.9


def test_nothing_happened_in_59_days() -> None:
    assert Estimate.proportion(0, 59, confidence=0.9).high == pytest.approx(0.05, abs=5e-4)


@TRIED
@given(numbers, st.floats(-10, 10))
def test_a_constant_change_is_found_exactly(before: list[float], change: float) -> None:
    found = paired_difference(before, np.asarray(before) + change)
    assert found.mean == pytest.approx(change, abs=1e-9)
    assert found.half_width == pytest.approx(0.0, abs=1e-9)


@TRIED
@given(numbers, st.integers(0, 1000))
def test_a_difference_turned_round_changes_its_sign(before: list[float], seed: int) -> None:
    after = np.random.default_rng(seed).normal(size=len(before))
    one, two = paired_difference(before, after), paired_difference(after, before)
    assert (one.mean, one.low, one.high) == pytest.approx((-two.mean, -two.high, -two.low))


def test_common_luck_makes_the_difference_sharper() -> None:
    rng = np.random.default_rng(7)
    luck = rng.normal(size=100)
    before, after = 10 + 5 * luck, 11 + 5 * luck + 0.1 * rng.normal(size=100)
    paired = paired_difference(before, after)
    separate = Estimate.of(before).half_width + Estimate.of(after).half_width
    assert paired.half_width < separate / 20
    assert paired.low < 1.0 < paired.high


def test_an_estimate_is_printed_with_its_half_width() -> None:
    assert str(Estimate.of([1.0, 2.0, 3.0])) == "2 ± 2.5"


@TRIED
@given(st.integers(2, 500), st.sampled_from([0.0, 0.3, 1.0]), st.floats(0.6, 0.999))
def test_a_share_that_was_alike_every_day_keeps_room_for_a_day_that_is_not(
    days: int, share: float, confidence: float
) -> None:
    found = Estimate.share([share] * days, confidence=confidence)
    differs = Estimate.proportion(0, days, confidence=confidence).high
    assert found.unseen == pytest.approx(differs)
    assert found.mean == pytest.approx(share)
    assert found.low == pytest.approx((1 - differs) * share)
    assert found.high == pytest.approx(share + differs * (1 - share))


@pytest.mark.parametrize("rare", [0.002, 0.01])
def test_bounds_of_what_was_never_seen_cover_as_often_as_they_say(rare: float) -> None:
    """The worst case: a share that is 1, but 0 on a rare day."""
    rng = np.random.default_rng(20200407)
    covered = 0
    for _ in range(2000):
        sample = (rng.random(256) >= rare).astype(float)
        found = Estimate.share(sample, confidence=0.9)
        if found.unseen is not None:
            covered += found.low <= 1 - rare
        else:
            covered += 1  # judged by the t interval, whose coverage is another matter
    assert stats.binomtest(covered, 2000, 0.9, alternative="less").pvalue > 1e-3


def test_a_share_that_differs_has_its_t_interval_cut_off_at_one() -> None:
    sample = [1.0, 1.0, 0.9, 1.0]
    plain, found = Estimate.of(sample), Estimate.share(sample)
    assert (found.low, found.high, found.unseen) == (plain.low, 1.0, None)
    assert plain.high > 1


def test_a_mean_without_scatter_says_how_often_it_may_be_otherwise() -> None:
    assert Estimate.of([0.0] * 256).unseen == pytest.approx(0.0143, abs=1e-4)
    assert Estimate.of([0.0, 1.0]).unseen is None
    assert Estimate.of([3.0]).unseen is None
    assert Estimate.certain(3.0).unseen is None
