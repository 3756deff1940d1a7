"""Schools so small that all their plans can be tried."""

from collections.abc import Iterator, Sequence
from datetime import time
from itertools import combinations, product
from typing import Any

import numpy as np
from builders import TINY, a_class, a_gate, a_grade, a_scenario, a_stage

from returnsim.optimise.dates import return_dates
from returnsim.optimise.rehearsal import Sketch
from returnsim.optimise.search import Search
from returnsim.optimise.watch import Watch
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.scenario import Scenario


def tiny_school(seed: int, **changes: Any) -> Scenario:
    """Two classes, one gate or two, three slots, two blocks: few enough plans to try them all.

    The same seed makes the same school, but for what is changed.
    """
    rng = np.random.default_rng(seed)
    gates = [
        a_gate(
            name=name,
            opens=time(7, 40),
            closes=time(8, 10),
            marked_places=int(rng.integers(6, 14)),
            stages=[
                a_stage(
                    lanes=int(changes.get("lanes", 2)),
                    service_seconds={
                        "kind": "lognormal",
                        "mean": float(rng.uniform(10, 30)),
                        "cv": 0.4,
                    },
                )
            ],
        )
        for name in ("one", "two")[: 1 + seed % 2]
    ]
    pupils = [int(rng.integers(8, 20)) for _ in range(2)]
    classes = [a_class(f"9-{i}", pupils=n) for i, n in enumerate(pupils, 1)]
    limits = {
        "first_slot": time(7, 45),
        "last_slot": time(7, 55),
        "lane_block_minutes": 15,
        "people_returning_per_day": None,
        "staff": changes.get("staff"),
        "batch_gap_minutes": changes.get("batch_gap_minutes", 5),
    }
    return a_scenario(
        classes=changes.get("classes", classes),
        grades=changes.get("grades", [a_grade("nine", bell=time(8, 10))]),
        gates=gates,
        arrivals={"offset_minutes": {"kind": "normal", "mean": -2.0, "sd": 1.5}},
        limits=limits,
    )


def searching(scenario: Scenario, margin: float = 0.6, effort: float = 1.0) -> Search:
    dates = return_dates(scenario, rulebooks(scenario, TINY.parent))
    return Search(
        scenario,
        dates,
        1,
        margin,
        jobs=1,
        watch=Watch(),
        report=lambda *_: None,
        effort=effort,
    )


def every_sketch(search: Search) -> Iterator[Sketch]:
    """All sketches that the rules allow."""
    rules, stage = search.annealing.rules, search.stage
    for cells in product(*rules.cells):
        if not apart(search, cells):
            continue
        lanes = [
            [np.array([row], np.int64) for row in product(*(range(m + 1) for m in most[0]))]
            for most in rules.most
        ]
        for chosen in product(*lanes):
            sketch = Sketch([s for _, s in cells], [g for g, _ in cells], list(chosen))
            tidied = [rules.tidy(sketch, g) for g in range(len(stage.gates))]
            same = all(np.array_equal(a, b) for a, b in zip(tidied, sketch.lanes, strict=True))
            if same and all(rules.fits(sketch, g) for g in range(len(stage.gates))):
                yield sketch


def apart(search: Search, cells: Sequence[tuple[int, int]]) -> bool:
    """Whether classes that return on other dates come by other gates, or far enough apart."""
    limits, dates = search.scenario.limits, search.stage.dates
    come = [(day, *cell) for day, cell in zip(dates, cells, strict=True)]
    return all(
        day == other
        or gate != its_gate
        or (abs(slot - its_slot) - 1) * limits.slot_minutes >= limits.batch_gap_minutes
        for (day, gate, slot), (other, its_gate, its_slot) in combinations(come, 2)
    )


def least_duty(search: Search) -> float | None:
    """Fewest minutes of duty of any sketch that keeps the limits on the rehearsed mornings."""
    best, rules, before = None, search.annealing.rules, None
    for sketch in every_sketch(search):
        duty = rules.duty(sketch)
        if best is not None and duty >= best:
            continue
        if (sketch.slot, sketch.gate) != before:
            search.stage.begin(sketch)
            before = (sketch.slot, sketch.gate)
        marks = [search.stage.mark(sketch, g) for g in range(len(search.stage.gates))]
        if sum(m.missed for m in marks) == 0 and rules.manned(sketch):
            best = duty
    return best
