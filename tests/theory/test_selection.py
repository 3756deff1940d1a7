"""Naming the best: as often right as it says, on systems whose best is known."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from returnsim.theory.estimation import paired_risks
from returnsim.theory.selection import Choice, Pairs, choose, compare_pairs, loses_more
from returnsim.theory.sequential import looks, spend

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], list[Floats]]
CONFIDENCE = 0.9
LOOKS = looks(64, 1024)


def select(losses: Sequence[Floats], enough: float, *, risks: bool = False) -> tuple[Choice, int]:
    """Look until the choice is as good as is wanted, as a comparison of plans does."""
    pairs: Pairs | None = None
    for n, error in zip(LOOKS, spend(LOOKS, 1 - CONFIDENCE), strict=True):
        pairs = compare_pairs(
            [x[:n] for x in losses],
            error=error, confidence=CONFIDENCE, before=pairs, risks=risks,
        )  # fmt: skip
        choice = choose(pairs, range(len(losses)))
        if choice.behind <= enough:
            break
    return choice, n


def normal(means: Sequence[float], sd: float, common: float) -> Draw:
    """Systems of different scatter with common luck."""

    def draw(rng: np.random.Generator, n: int) -> list[Floats]:
        shared = rng.normal(0, common, n)
        return [m + shared + rng.normal(0, sd * (1 + i), n) for i, m in enumerate(means)]

    return draw


def bernoulli(risks: Sequence[float], tied: float) -> Draw:
    """Yes-or-no systems; a share of the days has one luck for all."""

    def draw(rng: np.random.Generator, n: int) -> list[Floats]:
        shared, same = rng.random(n), rng.random(n) < tied
        return [(np.where(same, shared, rng.random(n)) < p).astype(float) for p in risks]

    return draw


NORMAL = {
    "apart": normal([1.0, 1.3, 1.6, 2.0], 1.0, 2.0),
    "two alike": normal([1.0, 1.0, 1.5], 1.0, 0.0),
    "nearly alike": normal([1.0, 1.02, 1.04, 1.06, 1.08], 1.0, 1.0),
    "the wildest is best": normal([1.5, 1.4, 1.0], 1.0, 0.5),
}
BERNOULLI = {
    "rare": ([0.01, 0.04, 0.06], 0.0),
    "common luck": ([0.05, 0.08, 0.1], 0.9),
    "alike": ([0.05, 0.05, 0.06], 0.5),
    "never": ([0.0, 0.0, 0.03], 0.0),
}


def as_often_as_it_says(right: int, of: int) -> bool:
    """Whether so many right choices agree with the confidence, tried at one in a thousand."""
    return stats.binomtest(right, of, CONFIDENCE, alternative="less").pvalue > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("name", NORMAL)
def test_among_normal_systems_it_is_right_as_often_as_it_says(name: str) -> None:
    """A choice is right when it loses no more over the best than was stated with it."""
    rng, of, right = np.random.default_rng(20200407), 600, 0
    for _ in range(of):
        losses = NORMAL[name](rng, LOOKS[-1])
        choice, _ = select(losses, 0.1)
        means = {"apart": [1.0, 1.3, 1.6, 2.0], "two alike": [1.0, 1.0, 1.5],
                 "nearly alike": [1.0, 1.02, 1.04, 1.06, 1.08],
                 "the wildest is best": [1.5, 1.4, 1.0]}[name]  # fmt: skip
        right += means[choice.best] - min(means) <= choice.behind + 1e-12
        assert choice.best not in choice.worse
    assert as_often_as_it_says(right, of)


@pytest.mark.slow
@pytest.mark.parametrize("name", BERNOULLI)
def test_among_bernoulli_systems_it_is_right_as_often_as_it_says(name: str) -> None:
    risks, tied = BERNOULLI[name]
    rng, of, right = np.random.default_rng(20200407), 600, 0
    for _ in range(of):
        choice, _ = select(bernoulli(risks, tied)(rng, LOOKS[-1]), 0.01, risks=True)
        right += risks[choice.best] - min(risks) <= choice.behind + 1e-12
    assert as_often_as_it_says(right, of)


def test_a_best_that_is_clearly_best_is_named_early() -> None:
    rng = np.random.default_rng(1)
    choice, n = select(normal([1.0, 3.0, 5.0], 0.5, 5.0)(rng, LOOKS[-1]), 0.5)
    assert (choice.best, choice.worse, n) == (0, {1, 2}, LOOKS[0])
    assert choice.behind == 0


def test_common_luck_tells_systems_apart_sooner() -> None:
    rng = np.random.default_rng(1)
    _, alone = select(normal([1.0, 1.4], 0.1, 0.0)(rng, LOOKS[-1]), 0.1)
    shared = normal([1.0, 1.4], 0.1, 3.0)(rng, LOOKS[-1])
    _, together = select(shared, 0.1)
    _, strangers = select([shared[0], rng.permutation(shared[1])], 0.1)
    assert alone == together == LOOKS[0]
    assert strangers > together


def test_systems_that_are_equal_every_day_are_known_to_be() -> None:
    x = np.random.default_rng(1).normal(size=64)
    choice, n = select([x, x.copy(), x + 1], 0.01)
    assert (choice.best, choice.behind, choice.worse, n) == (0, 0.0, {2}, 64)


def test_one_system_is_the_best_of_itself() -> None:
    assert choose({}, [0]) == Choice(0, 0.0, frozenset())


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3), st.integers(0, 1000))
def test_what_one_loses_the_other_gains(means: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = compare_pairs(
        [m + rng.normal(size=20) for m in means], error=0.1, confidence=CONFIDENCE
    )
    for i in range(3):
        assert loses_more(pairs, i, i) == (0.0, 0.0)
        for j in range(3):
            low, high = loses_more(pairs, i, j)
            assert loses_more(pairs, j, i) == (-high, -low)
            assert low <= high


@given(st.integers(0, 1000))
def test_of_those_played_less_often_only_the_days_of_both_count(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=50), rng.normal(size=80)
    short = compare_pairs([a, b[:50]], error=0.1, confidence=CONFIDENCE)
    assert compare_pairs([a, b], error=0.1, confidence=CONFIDENCE) == short


@pytest.mark.parametrize(("p", "q", "tied"), [(0.02, 0.02, 0.0), (0.05, 0.1, 0.5), (0.0, 0.02, 0)])
def test_paired_risks_cover_as_often_as_they_say(p: float, q: float, tied: float) -> None:
    """Also where one never happens, where approximate intervals fall short."""
    rng = np.random.default_rng(20200407)
    covered = 0
    for _ in range(2000):
        before, after = bernoulli([p, q], tied)(rng, 256)
        found = paired_risks(before, after, confidence=0.9)
        covered += found.low <= q - p <= found.high
    assert stats.binomtest(covered, 2000, 0.9, alternative="less").pvalue > 1e-3
