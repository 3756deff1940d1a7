"""Every combination of some settings, each played on the same luck."""

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from importlib.metadata import version
from typing import Any

from returnsim.errors import InfeasibleError, InputError, Problem
from returnsim.experiment.assessment import Assessment, Replications, assess
from returnsim.experiment.headlines import HEADLINES, worst
from returnsim.experiment.settings import Setting, changed, with_lanes
from returnsim.experiment.study import Progress
from returnsim.experiment.vary import Axis, combinations
from returnsim.experiment.workers import Jobs
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario

Cell = str | int | float | None
Record = dict[str, Cell]
"""One combination and what came of it: what a row of the result file holds."""
Planner = Callable[[Scenario, Jobs], Assessment]
"""Makes and judges a plan for a scenario, where the sweep has none of its own."""
DIGITS = 10
"""Significant digits of a number: more than any interval is worth."""
STAFF = "more_staff_than_there_are"
"""A plan that needs more people on duty than there are is played all the same, and marked."""
INFEASIBLE = "infeasible"
"""No plan could be made for this combination."""


@dataclass(frozen=True)
class Point:
    """One combination: the school it makes, and the plan as it is there."""

    changes: Mapping[Setting, Any]
    scenario: Scenario
    plan: Plan | None
    note: str
    """Why the plan could not be carried out as it is; empty when it could."""


@dataclass(frozen=True)
class Sweep:
    """All that a sweep depends on; the number of workers is not among it."""

    scenario: Scenario
    books: tuple[Rulebook, ...]
    plan: Plan | None
    """Kept at every combination, but for the lanes that are varied; if none is given, one is
    made for each combination."""
    axes: tuple[Axis, ...]
    seed: int
    replications: Replications

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Every combination, in the order of the result file.

        Raises
        ------
        InputError
            The scenario refuses a value, or the plan does not fit, with every problem.
        """
        points: list[Point] = []
        problems: dict[str, Problem] = {}
        for changes in combinations(self.axes):
            try:
                points.append(_point(self, changes))
            except InputError as error:
                problems |= {f"{p.where} {p.text('en')}": p for p in error.problems}
        if problems:
            raise InputError("--vary", list(problems.values()))
        return tuple(points)

    @property
    def settings(self) -> tuple[str, ...]:
        """Paths of what is varied, the slowest first."""
        return tuple(axis.setting.path for axis in self.axes)

    @cached_property
    def mark(self) -> str:
        """By which a result file knows its sweep: what went in, part by part."""
        varied = repr([(a.setting.path, [cell(v) for v in a.values]) for a in self.axes])
        parts = {
            "scenario": self.scenario.model_dump_json(by_alias=True),
            "rulebooks": "".join(book.model_dump_json() for book in self.books),
            "plan": self.plan.model_dump_json(by_alias=True) if self.plan else "",
            "seed": str(self.seed),
            "replications": str(self.replications),
            "settings": varied,
            "version": version("returnsim"),
        }
        return " ".join(
            f"{part}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"
            for part, text in parts.items()
        )


def _point(sweep: Sweep, changes: Mapping[Setting, Any]) -> Point:
    scenario = changed(sweep.scenario, changes, "--vary")
    if sweep.plan is None:
        return Point(changes, scenario, None, "")
    plan = with_lanes(sweep.plan, scenario, changes)
    problems = misfits(plan, scenario)
    told = " ".join(f"{s.path}={cell(v)}" for s, v in changes.items())
    serious = [p.under(told) for p in problems if p.code != STAFF]
    if serious:
        raise InputError("--vary", serious)
    return Point(changes, scenario, plan, STAFF if problems else "")


def play_points(
    sweep: Sweep,
    *,
    begin: int = 0,
    jobs: Jobs = 1,
    planner: Planner | None = None,
    progress: Progress | None = None,
) -> Iterator[Record]:
    """Play the combinations one after the other; the same luck meets each.

    Parameters
    ----------
    sweep
        What is varied, and how.
    begin
        Combinations that have been played before.
    jobs
        Workers, or a cluster; they leave no trace in the result.
    planner
        Makes a plan for each combination of a sweep that has none.
    progress
        Called after every block, over the whole sweep.
    """
    points = sweep.points
    for number in range(begin, len(points)):

        def tell(done: int, of: int, number: int = number) -> None:
            if progress:
                progress(number * of + done, len(points) * of)

        yield _record(points[number], _played(sweep, points[number], jobs, planner, tell))


def _played(
    sweep: Sweep, point: Point, jobs: Jobs, planner: Planner | None, tell: Progress
) -> Assessment | None:
    if point.plan is not None:
        return assess(
            point.scenario,
            sweep.books,
            point.plan,
            seed=sweep.seed,
            replications=sweep.replications,
            jobs=jobs,
            progress=tell,
        )
    if planner is None:
        raise ValueError("a sweep without a plan needs somebody who makes plans")
    try:
        return planner(point.scenario, jobs)
    except InfeasibleError:
        return None


def _record(point: Point, found: Assessment | None) -> Record:
    record: Record = {s.path: cell(v) for s, v in point.changes.items()}
    blank = dict.fromkeys(columns())
    if found is None:
        return record | blank | {"note": INFEASIBLE}
    blank |= {
        "replications": found.summary.replications,
        "hard_violated": len(found.hard_violated),
        "hard_uncertain": len(found.hard_uncertain),
        "duty_minutes": _number(found.plan.staff_minutes(point.scenario)),
        "note": point.note,
    }
    for quantity in HEADLINES:
        row = worst(found.evidence, quantity)
        if row is None:
            continue
        key, estimate = row
        name = quantity.value
        ends = (estimate.mean, estimate.low, estimate.high)
        blank |= dict(zip(_ends(quantity), map(_number, ends), strict=True))
        blank |= {f"{name}_place": key.place, f"{name}_day": key.day}
    return record | blank


def columns() -> tuple[str, ...]:
    """Names of what is found at each combination, in the order of the result file."""
    measured = (
        name for q in HEADLINES for name in (*_ends(q), f"{q.value}_place", f"{q.value}_day")
    )
    counts = ("replications", "hard_violated", "hard_uncertain", "duty_minutes")
    return (*counts, *measured, "note")


def _ends(quantity: Q) -> tuple[str, str, str]:
    """Names of the mean and of the ends of its interval."""
    return quantity.value, f"{quantity.value}_low", f"{quantity.value}_high"


def cell(value: Any) -> Cell:
    """Write a value of a setting as it stands in a result file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | time):
        return value.isoformat()
    return value if isinstance(value, str | int | float) else str(value)


def _number(value: float) -> float | None:
    """Round to `DIGITS` significant digits; nothing for what is not finite."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def numbers(records: Sequence[Record], column: str) -> list[float]:
    """Return a column of a result; not a number where a combination has none."""
    found = (record.get(column) for record in records)
    return [float(x) if isinstance(x, int | float) else math.nan for x in found]
