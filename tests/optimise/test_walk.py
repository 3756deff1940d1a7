"""What annealing knows of its gates after many moves is what they do when all are played anew."""

from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import a_class, a_grade
from tiny_schools import searching, tiny_school

from returnsim.optimise.anneal import Annealing
from returnsim.optimise.dates import return_dates
from returnsim.optimise.rehearsal import Sketch
from returnsim.optimise.search import Search
from returnsim.optimise.walk import Given, Walk, wander
from returnsim.optimise.watch import Watch
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.scenario import read_scenario

DEAR = (5.0, 300.0)
HOT, WARM = 20.0, 1.0
SHIPPED = Path(__file__).parents[2] / "scenarios"
FEW = {"begins": time(7, 40), "ends": time(8, 10), "people": 2}
TWO_GRADES: dict[str, Any] = {
    "grades": [a_grade("nine", bell=time(8, 10)), a_grade("eight", bell=time(8, 10))],
    "classes": [a_class("9-1", pupils=9), a_class("8-1", grade="eight", pupils=14)],
}


def shipped(name: str) -> Search:
    """A school with stages in a row, desks on the day of return, boarders, a fast lane or staff."""
    folder = SHIPPED / name
    school = read_scenario(folder)
    dates = return_dates(school, rulebooks(school, folder))
    return Search(school, dates, 1, 0.6, jobs=1, watch=Watch(), report=lambda *_: None)


SCHOOLS: dict[str, Callable[[], Search]] = {
    "one gate": lambda: searching(tiny_school(0)),
    "two gates": lambda: searching(tiny_school(1)),
    "two batches": lambda: searching(tiny_school(3, **TWO_GRADES)),
    "few on duty": lambda: searching(tiny_school(1, staff=[FEW])),
    "stages in a row": lambda: shipped("township"),
    "desks": lambda: shipped("boarding-junior"),
    "fast lane": lambda: shipped("shezi"),
}


def begun(annealing: Annealing, start: Sketch, *, stay: bool) -> tuple[Given, Walk]:
    given, walk = annealing._given(stay), annealing._walk(start)  # noqa: SLF001
    wander(annealing.random, given, walk, annealing._move(), 0, HOT, DEAR, True)  # noqa: SLF001
    return given, walk


@pytest.mark.parametrize("stay", [False, True])
@pytest.mark.parametrize("school", SCHOOLS)
def test_gates_are_known_as_if_played_anew(school: str, *, stay: bool) -> None:
    search = SCHOOLS[school]()
    annealing, stage = search.annealing, search.stage
    given, walk = begun(annealing, stage.sketch(search.like), stay=stay)
    move = annealing._move()  # noqa: SLF001
    seen = set()
    for heat in (HOT, HOT, WARM, WARM):
        wander(annealing.random, given, walk, move, 40, heat, DEAR, False)
        sketch = annealing.rules.sketch(walk.now)
        seen.add((*sketch.slot, *sketch.gate))
        known = [queue.copy() for queue in stage.queues]
        stage.begin(sketch)
        marks = [stage.mark(sketch, g) for g in range(len(stage.gates))]
        np.testing.assert_allclose(walk.missed, [m.missed for m in marks], atol=1e-4)
        waited = np.array([m.waited for m in marks]) * stage.replications
        np.testing.assert_allclose(walk.waited, waited, rtol=1e-3, atol=1.0)
        np.testing.assert_array_equal(annealing.rules.standing(sketch).use, walk.now.use)
        np.testing.assert_allclose(stage.queues.inflow, known[0], atol=1e-2)
        for queue, before in zip(stage.queues, known, strict=True):
            queue[...] = before
    assert len(seen) > 1, "somebody has moved"


@pytest.mark.parametrize("school", SCHOOLS)
def test_what_is_given_up_early_would_have_been_given_up(school: str) -> None:
    """However little may be missed, a gate that misses no more is played to its end."""
    search = SCHOOLS[school]()
    stage, rules = search.stage, search.annealing.rules
    rng = np.random.default_rng(3)
    for _ in range(10):
        sketch = stage.sketch(search.like)
        for c, cells in enumerate(rules.cells):
            sketch.gate[c], sketch.slot[c] = cells[rng.integers(len(cells))]
        for g in range(len(stage.gates)):
            sketch.lanes[g] = rules.tidy(sketch, g, np.zeros_like(sketch.lanes[g]))
        stage.begin(sketch)
        for g in range(len(stage.gates)):
            whole = stage.mark(sketch, g)
            for most in (0.0, 0.5 * whole.missed, whole.missed, 2 * whole.missed):
                some = stage.mark(sketch, g, most)
                if whole.missed <= most:
                    assert (some.missed, some.waited) == (whole.missed, whole.waited)
                else:
                    assert some.missed > most
