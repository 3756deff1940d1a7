"""Streams are named: nothing but seed, day, block, party and purpose moves them."""

from datetime import date
from itertools import combinations

import numpy as np
import pytest

from returnsim.experiment.streams import streams

DAY = date(2020, 4, 7)


def numbers(
    seed: int | tuple[int, ...] = 1,
    day: date = DAY,
    block: int = 0,
    purpose: str = "offset",
    party: str = "9-1",
    size: int = 5,
) -> list[float]:
    return streams(seed, day, block)(purpose, party).random(size).tolist()


def test_a_stream_is_the_same_whenever_it_is_asked_for() -> None:
    stream = streams(1, DAY, 0)
    first = stream("offset", "9-1").random(5)
    stream("offset", "8-1").random(1000)
    stream("absent", "9-1").random(7)
    np.testing.assert_array_equal(stream("offset", "9-1").random(5), first)
    assert numbers() == first.tolist()


def test_a_longer_stream_begins_like_a_shorter_one() -> None:
    assert numbers(size=100)[:5] == numbers(size=5)


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 2},
        {"seed": (1, 1)},
        {"day": date(2020, 4, 8)},
        {"block": 1},
        {"purpose": "absent"},
        {"party": "9-2"},
    ],
    ids=str,
)
def test_everything_in_its_name_makes_another_stream(other: dict[str, object]) -> None:
    one, two = numbers(size=50), numbers(size=50, **other)  # type: ignore[arg-type]
    assert not set(one) & set(two)


def test_names_are_not_run_together() -> None:
    assert numbers(purpose="a", party="bc") != numbers(purpose="ab", party="c")


def test_no_stream_repeats_a_part_of_another() -> None:
    """Every pair of purposes and parties a school might have, ten thousand numbers each."""
    purposes = ("offset", "absent", "fever", "service scan", "service temperature")
    parties = ("九1班", "九2班", "teachers")
    stream = streams(7, DAY, 3)
    drawn = {(a, b): set(stream(a, b).random(10_000).tolist()) for a in purposes for b in parties}
    assert all(not one & two for one, two in combinations(drawn.values(), 2))
