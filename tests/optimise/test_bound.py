"""The calendar against all calendars, and what a bound says."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any, cast

import numpy as np
import pytest
from builders import TINY, a_class, a_grade, a_scenario

from returnsim.errors import InfeasibleError
from returnsim.optimise.bound import lowest
from returnsim.optimise.bounds import Bound
from returnsim.optimise.capacity import Capacity
from returnsim.optimise.dates import proven_dates
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.scenario import Scenario


def test_a_gap_is_what_might_still_be_saved() -> None:
    assert Bound(100.0, 90.0).gap == pytest.approx(0.1)
    assert not Bound(100.0, 90.0).proven
    assert Bound(100.0, 100.0).proven
    assert Bound(0.0, 0.0).gap == 0


def random_calendar(seed: int) -> Scenario:
    rng = np.random.default_rng(seed)
    names = ("a", "b", "c")[: int(rng.integers(2, 4))]
    limits: dict[str, Any] = {
        "days_between_batches": int(rng.integers(1, 4)),
        "in_file_order": bool(rng.integers(0, 2)),
    }
    if rng.random() < 0.6:
        limits["people_returning_per_day"] = int(rng.integers(12, 40))
    return a_scenario(
        grades=[
            a_grade(
                n, exam_year=bool(rng.random() < 0.3), lost_day_weight=float(rng.integers(1, 4))
            )
            for n in names
        ],
        classes=[a_class(f"{n}1", grade=n, pupils=int(rng.integers(5, 20))) for n in names],
        calendar={"last_day": date(2020, 4, 7) + timedelta(days=int(rng.integers(3, 8)))},
        limits=limits,
    )


def least_lost(school: Scenario) -> float | None:
    """Fewest weighted pupil-days that any calendar within the limits loses."""
    days, limits = school.calendar.school_days, school.limits
    pupils = [school.pupils_in(g.name) for g in school.grades]
    best = None
    for chosen in product(range(len(days)), repeat=len(pupils)):
        used = sorted({days[d] for d in chosen})
        apart = [(b - a).days for a, b in pairwise(used)]
        if any(gap < limits.days_between_batches for gap in apart):
            continue
        cap = limits.people_returning_per_day
        if cap is not None and any(
            sum(n for n, d in zip(pupils, chosen, strict=True) if days[d] == day) > cap
            for day in used
        ):
            continue
        pairs = [(i, j) for i in range(len(pupils)) for j in range(len(pupils)) if i != j]
        exam = [g.exam_year for g in school.grades]
        if any(chosen[i] > chosen[j] for i, j in pairs if exam[i] and not exam[j]):
            continue
        if limits.in_file_order and any(
            chosen[i] > chosen[j] for i, j in pairs if i < j and exam[i] == exam[j]
        ):
            continue
        lost = sum(
            g.lost_day_weight * n * d for g, n, d in zip(school.grades, pupils, chosen, strict=True)
        )
        best = lost if best is None else min(best, lost)
    return best


@pytest.mark.parametrize("seed", range(24))
def test_no_calendar_loses_fewer_days(seed: int) -> None:
    school = random_calendar(seed)
    books = rulebooks(school, TINY.parent)
    least = least_lost(school)
    try:
        _, bound = proven_dates(school, books)
    except InfeasibleError:
        assert least is None
        return
    assert least is not None
    assert bound.objective == pytest.approx(least)
    assert bound.proven


class Looked:
    """A gate whose bounds are known, and that notes when it is looked into."""

    def __init__(self, name: str, bounds: list[float], notes: list[str]) -> None:
        self.name, self.known, self.notes = name, bounds, notes

    def bounds(self, _worth: Mapping[str, float], _duty: float) -> Iterator[float]:
        for bound in self.known:
            self.notes.append(self.name)
            yield bound


def test_the_gate_that_may_be_worst_is_looked_into_next() -> None:
    notes: list[str] = []
    north = Looked("north", [-9, -2, -1], notes)
    south = Looked("south", [-8, -7, 0], notes)
    found = list(lowest([cast(Capacity, north), cast(Capacity, south)], {}, 60))
    assert found == sorted(found), "what is proven only grows"
    assert found[0] == -9 - 8
    assert found[-1] == -1 + 0
    assert notes == ["north", "south", "north", "south", "south", "north"]
