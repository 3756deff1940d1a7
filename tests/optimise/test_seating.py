"""Canteens and shifts by the programme: the best of all layouts, where all can be listed."""

import random
from collections.abc import Iterator

import pytest

from returnsim.optimise.seating import (
    Hall,
    Layout,
    Party,
    by_thumb,
    fits,
    moments,
    overrun,
    waiting,
)
from returnsim.optimise.sittings import MANY, Table, seated

HOUR = 3600.0


def a_hall(name: str = "hall", *, seats: int = 50, pace: float = 2.0) -> Hall:
    return Hall(name, seats, pace, 1500.0)


def a_school(seed: int, *, releases: bool = False) -> tuple[tuple[Party, ...], tuple[Hall, ...]]:
    """Three to five parties, staff among them, and one or two canteens, some too small."""
    luck = random.Random(seed)
    people = tuple(
        Party(
            f"class {i}",
            luck.randint(5, 40),
            luck.choice([None, 1, 1, 2]),
            luck.choice([0.0, 300.0, 1800.0]) if releases else 0.0,
        )
        for i in range(luck.randint(3, 5))
    )
    halls = tuple(
        Hall(f"hall {i}", luck.randint(30, 80), luck.uniform(1, 4), luck.uniform(600, 2000))
        for i in range(luck.randint(1, 2))
    )
    return people, halls


def layouts(people: tuple[Party, ...], halls: tuple[Hall, ...]) -> Iterator[Layout]:
    """Every layout that keeps seats, batches and canteens apart as it should."""
    batches = {p.batch for p in people} - {None}
    apart = len(batches) >= len(halls)

    def put(left: tuple[Party, ...], rows: Layout) -> Iterator[Layout]:
        if not left:
            yield rows
            return
        party, *more = left
        for h, hall in enumerate(halls):
            elsewhere = {p.batch for r in (*rows[:h], *rows[h + 1 :]) for s in r for p in s}
            if apart and party.batch is not None and party.batch in elsewhere:
                continue
            shifts = rows[h]
            for k, shift in enumerate(shifts):
                if fits(hall, shift, party):
                    new = (*shifts[:k], (*shift, party), *shifts[k + 1 :])
                    yield from put(tuple(more), (*rows[:h], new, *rows[h + 1 :]))
            for k in range(len(shifts) + 1):
                new = (*shifts[:k], (party,), *shifts[k:])
                yield from put(tuple(more), (*rows[:h], new, *rows[h + 1 :]))

    yield from put(people, ((),) * len(halls))


def person_by_person(halls: tuple[Hall, ...], layout: Layout) -> float:
    """Person-minutes until served, counted one by one; half a person's time off for the middle."""
    total = 0.0
    for hall, shifts in zip(halls, layout, strict=True):
        for number, shift in enumerate(shifts):
            before = sum(p.number for s in shifts[:number] for p in s)
            for place in range(sum(p.number for p in shift)):
                total += hall.pace * (before + place + 0.5) + number * hall.turnover
    return total / 60


@pytest.mark.parametrize("seed", range(30))
def test_no_layout_has_people_wait_less(seed: int) -> None:
    people, halls = a_school(seed)
    layout, bound = seated(people, halls, 24 * HOUR)
    best = min(person_by_person(halls, v) for v in layouts(people, halls))
    assert person_by_person(halls, layout) == pytest.approx(best)
    assert bound.objective == pytest.approx(best)
    assert bound.proven


@pytest.mark.parametrize("seed", range(100, 120))
def test_where_the_meal_is_too_short_the_time_over_is_least(seed: int) -> None:
    people, halls = a_school(seed)
    lasts = random.Random(seed).uniform(0, 1500)
    layout, bound = seated(people, halls, lasts)
    every = list(layouts(people, halls))
    least = min(overrun(halls, v, lasts) for v in every)
    assert overrun(halls, layout, lasts) == pytest.approx(least, abs=1)
    early = [v for v in every if overrun(halls, v, lasts) <= least + 0.5]
    assert bound.objective == pytest.approx(min(person_by_person(halls, v) for v in early))
    assert bound.bound <= min(person_by_person(halls, v) for v in every) + 1e-3


@pytest.mark.parametrize("seed", range(200, 210))
def test_whoever_comes_later_is_waited_for_and_the_bound_holds(seed: int) -> None:
    people, halls = a_school(seed, releases=True)
    layout, bound = seated(people, halls, 24 * HOUR)
    for hall, shifts in zip(halls, layout, strict=True):
        assert all(at >= party.since for party, at in moments(hall, shifts))
    assert bound.bound <= min(waiting(halls, v) for v in layouts(people, halls)) / 60 + 1e-6
    assert bound.objective <= waiting(halls, by_thumb(people, halls)) / 60 + 1e-6


@pytest.mark.parametrize("seed", range(10))
def test_every_layout_keeps_seats_and_batches(seed: int) -> None:
    people, halls = a_school(seed)
    layout, _ = seated(people, halls, HOUR)
    assert sorted(p.name for r in layout for s in r for p in s) == [p.name for p in people]
    for hall, shifts in zip(halls, layout, strict=True):
        for shift in shifts:
            assert len({p.batch for p in shift} - {None}) <= 1
            assert sum(p.number for p in shift) <= hall.seats or len(shift) == 1


def test_the_rule_of_thumb_is_beaten_where_it_leaves_seats_empty() -> None:
    """30, then 30 and 20, then 20 by thumb; 30 and 20 twice fill the canteen and save a shift."""
    people = tuple(Party(f"class {i}", n, 1) for i, n in enumerate((30, 30, 20, 20)))
    halls = (a_hall(),)
    thumb = by_thumb(people, halls)
    layout, bound = seated(people, halls, HOUR)
    assert [sum(p.number for p in s) for s in thumb[0]] == [30, 50, 20]
    assert [sum(p.number for p in s) for s in layout[0]] == [50, 50]
    assert bound.proven
    assert bound.objective == pytest.approx((2.0 * 100**2 / 2 + 50 * 1500) / 60)
    assert bound.objective < waiting(halls, thumb) / 60


def test_classes_of_many_sizes_are_seated_within_a_little_of_the_bound() -> None:
    """Too many types for one programme: in two steps, and better than by thumb all the same."""
    people = tuple(Party(f"class {i}", 38 + 5 * i % 13, i % 2) for i in range(26))
    halls = (a_hall("one", seats=220, pace=1.8), a_hall("two", seats=220, pace=1.7))
    assert Table(people, halls).sit.size > MANY
    layout, bound = seated(people, halls, 2 * HOUR)
    assert sorted(p.name for r in layout for s in r for p in s) == sorted(p.name for p in people)
    assert bound.gap < 0.01
    assert bound.objective < 0.97 * waiting(halls, by_thumb(people, halls)) / 60
    seated.cache_clear()
    assert seated(people, halls, 2 * HOUR) == (layout, bound)


def test_a_batch_keeps_to_one_canteen_where_there_are_enough() -> None:
    people = tuple(Party(f"class {i}", 20, i % 2) for i in range(6))
    halls = (a_hall("one", seats=60), a_hall("two", seats=60, pace=9.0))
    layout, _ = seated(people, halls, 24 * HOUR)
    assert [{p.batch for s in r for p in s} for r in layout] in ([{0}, {1}], [{1}, {0}])


def test_a_class_larger_than_the_canteen_sits_alone() -> None:
    people = (Party("large", 70, 1), Party("small", 1, 1))
    layout, bound = seated(people, (a_hall(),), HOUR)
    assert sorted(len(s) for s in layout[0]) == [1, 1]
    assert bound.proven
