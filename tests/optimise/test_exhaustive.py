"""All plans of tiny schools in the order of their duty, against another way to count them."""

from collections.abc import Iterator
from datetime import time
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from builders import a_class, a_grade
from tiny_schools import every_sketch, least_duty, searching, tiny_school

from returnsim.optimise import exhaustive
from returnsim.optimise.anneal import Annealing
from returnsim.optimise.exhaustive import least_of_all
from returnsim.optimise.rehearsal import Sketch
from returnsim.optimise.search import Search
from returnsim.plan.misfits import misfits
from returnsim.scenario.scenario import Scenario

SCHOOLS = range(24)
ENOUGH = 100_000
NARROW: dict[str, dict[str, Any]] = {
    "as it is": {},
    "two on duty": {"staff": [{"begins": time(7, 40), "ends": time(8, 10), "people": 2}]},
    "two batches": {
        "grades": [a_grade("nine", bell=time(8, 10)), a_grade("eight", bell=time(8, 10))],
        "classes": [a_class("9-1", pupils=9), a_class("8-1", grade="eight", pupils=14)],
        "batch_gap_minutes": 5,
    },
}
"""What is changed in a tiny school."""


def found_in(search: Search, most: int = ENOUGH) -> Sketch | None:
    return least_of_all(search.stage, search.annealing.rules, most)


def written(sketch: Sketch) -> tuple[Any, ...]:
    return (*sketch.slot, *sketch.gate, *(n.tobytes() for n in sketch.lanes))


@pytest.mark.parametrize(("seed", "change"), [*product(SCHOOLS, NARROW)])
def test_no_plan_that_keeps_its_limits_has_less_duty(seed: int, change: str) -> None:
    """Nor has the one found more than the least of all, tried one after the other."""
    search = searching(tiny_school(seed, **NARROW[change]))
    found = found_in(search)
    least = least_duty(search)
    assert least == (None if found is None else search.annealing.rules.duty(found))
    if found is not None:
        search.stage.begin(found)
        gates = range(len(search.stage.gates))
        assert sum(search.stage.mark(found, g).missed for g in gates) == 0


@pytest.mark.parametrize(("seed", "change"), [*product((0, 1), NARROW)])
def test_every_plan_comes_once_and_those_of_less_duty_first(seed: int, change: str) -> None:
    search = searching(tiny_school(seed, **NARROW[change]))
    rules = search.annealing.rules
    tried = [*exhaustive._by_duty(rules)]  # noqa: SLF001
    assert all(one <= other + 1e-9 for (one, _), (other, _) in pairwise(tried))
    for duty, sketch in tried:
        assert duty == pytest.approx(rules.duty(sketch))
    names = [written(sketch) for _, sketch in tried]
    assert len(set(names)) == len(names)
    manned = {written(s) for s in every_sketch(search) if rules.manned(s)}
    assert set(names) == manned


@pytest.mark.parametrize("seed", [4, 13, 41])
def test_the_search_ends_with_the_best_of_all_plans(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if annealing makes no move."""
    improve = Annealing.improve

    def idle(self: Annealing, start: Sketch, _: int, **how: Any) -> Sketch:
        return improve(self, start, 0, **how)

    monkeypatch.setattr(Annealing, "improve", idle)
    search = searching(tiny_school(seed))
    plan = search.run()
    assert plan is not None
    assert search.annealing.rules.duty(search.stage.sketch(plan)) == least_duty(search)
    assert misfits(plan, search.scenario) == []


def test_of_plans_of_equal_duty_pupils_come_as_late_as_they_can() -> None:
    search = searching(tiny_school(2))
    found = found_in(search)
    assert found is not None
    duty = search.annealing.rules.duty(found)
    weights = [c.pupils for c in search.stage.classes]
    for other in as_good(search, duty):
        assert np.dot(weights, found.slot) >= np.dot(weights, other.slot)


def as_good(search: Search, duty: float) -> Iterator[Sketch]:
    rules, stage = search.annealing.rules, search.stage
    for sketch in every_sketch(search):
        if rules.duty(sketch) <= duty:
            stage.begin(sketch)
            if all(stage.mark(sketch, g).missed == 0 for g in range(len(stage.gates))):
                yield sketch


def test_nothing_is_said_of_a_school_with_too_many_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    school: Scenario = tiny_school(0)
    assert found_in(searching(school)) is not None
    assert found_in(searching(school), most=2) is None, "too many to play"
    monkeypatch.setattr(exhaustive, "MOST_PLANS", 2)
    assert found_in(searching(school)) is None, "too many to look at"
    monkeypatch.undo()
    monkeypatch.setattr(exhaustive, "MOST_LAYOUTS", 8)
    assert found_in(searching(school)) is None, "nine ways to give two classes three slots"
    search = searching(school)
    assert least_of_all(search.stage, search.annealing.rules, ENOUGH, expired=lambda: True) is None
