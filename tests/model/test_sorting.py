"""Moments in order, whatever their disorder, and ties by number."""

from itertools import combinations
from math import isnan
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from returnsim.model.sorting import PATIENCE, in_order, line_up

TRIED = settings(max_examples=200, deadline=None, derandomize=True)
NAN = float("nan")
SPREAD_OUT = st.floats(0, 86_400)
TIED = st.integers(0, 5).map(float)


def ordered(moments: list[float]) -> list[int]:
    given = np.array(moments, dtype=float)
    order, bucket, ends = (np.empty(given.size + 1, np.uint32) for _ in range(3))
    return order[: in_order(given, order, bucket, ends)].tolist()


def as_python_does(moments: list[float]) -> list[int]:
    there = [i for i, moment in enumerate(moments) if not isnan(moment)]
    return sorted(there, key=lambda i: moments[i])


@TRIED
@given(st.lists(st.one_of(SPREAD_OUT, TIED, st.just(NAN)), max_size=40))
def test_moments_in_order_equal_ones_as_they_stand(moments: list[float]) -> None:
    assert ordered(moments) == as_python_does(moments)


@pytest.mark.parametrize("early", [[0.0], [0.0, NAN, 1e-9]])
def test_one_person_in_the_night_and_everybody_else_in_the_morning(early: list[float]) -> None:
    """All but the first share a bucket, in reverse order: more than the patience there is."""
    rest = [80_000 - 1e-6 * i for i in range(4 * PATIENCE)]
    moments = [*early, *rest, 1e12]
    assert ordered(moments) == as_python_does(moments)


def sorted_visitors(times: list[float], persons: list[int]) -> tuple[list[float], list[int]]:
    joins = np.array(times, dtype=float)
    visitors = np.array(persons, dtype=np.int64)
    line_up(joins, visitors)
    return joins.tolist(), visitors.tolist()


@TRIED
@given(st.lists(st.integers(0, 20), max_size=30), st.randoms(use_true_random=False))
def test_visitors_join_in_order_of_time_and_then_of_number(
    times: list[int], random: Random
) -> None:
    persons = list(range(len(times)))
    random.shuffle(persons)
    expected = sorted(zip(times, persons, strict=True))
    assert sorted_visitors([float(t) for t in times], persons) == (
        [t for t, _ in expected],
        [p for _, p in expected],
    )


@pytest.mark.parametrize("distinct", [1, 3, 10_000])
def test_a_great_disorder_is_sorted_by_merging(distinct: int) -> None:
    """Far more inversions than the insertion sort has patience for; with and without ties."""
    rng = np.random.default_rng(distinct)
    size = 4 * PATIENCE
    times = np.sort(rng.integers(0, distinct, size)).astype(float)[::-1].tolist()
    persons = list(range(size))[::-1]
    pairs = list(zip(times, persons, strict=True))
    inversions = sum(one > two for one, two in combinations(pairs, 2))
    assert inversions > PATIENCE * size
    expected = sorted(pairs)
    assert sorted_visitors(times, persons) == ([t for t, _ in expected], [p for _, p in expected])
