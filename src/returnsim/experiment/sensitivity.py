"""Which number to measure first: parameters moved over their stated ranges, one at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from returnsim.errors import InputError, Problem
from returnsim.experiment.headlines import worst_of_each
from returnsim.experiment.settings import (
    Setting,
    at,
    changed,
    find,
    raw_scenario,
    settable,
    with_lanes,
)
from returnsim.experiment.study import Progress, Study, run
from returnsim.experiment.vary import Axis
from returnsim.experiment.workers import Jobs
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan
from returnsim.rules.quantity import Quantity
from returnsim.scenario.scenario import Scenario
from returnsim.theory.distributions import Distribution
from returnsim.theory.estimation import Estimate, paired_difference, paired_risks

Floats = NDArray[np.float64]
TIMES = ("_seconds", "_minutes")
"""Endings of settings that a stop-watch can measure."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that is not known for certain, and how far it may lie off."""

    setting: Setting
    now: float
    """What the scenario has: of a distribution, its mean."""
    low: float
    high: float

    @property
    def is_time(self) -> bool:
        """Whether it can be measured with a stop-watch."""
        return self.setting.path.endswith(TIMES)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a parameter does to one quantity."""

    parameter: Parameter
    at_low: Estimate
    """Change from the scenario as it is to the low end of the range; paired."""
    at_high: Estimate
    """The same for the high end."""
    swing: Estimate
    """From the low end to the high end; paired."""

    @property
    def reach(self) -> float:
        """Largest difference between any two of low end, scenario and high end."""
        ends = (0.0, self.at_low.mean, self.at_high.mean)
        return max(ends) - min(ends)

    @property
    def is_certain(self) -> bool:
        """Whether one of the three differences is surely not nothing."""
        return any(e.low > 0 or e.high < 0 for e in (self.at_low, self.at_high, self.swing))


@dataclass(frozen=True, slots=True)
class Tornado:
    """Parameters by what they do to one quantity, the strongest first."""

    quantity: Quantity
    now: Estimate
    """The quantity in the scenario as it is."""
    effects: tuple[Effect, ...]

    @property
    def first(self) -> Effect | None:
        """What to find out first; none when nothing matters for certain."""
        return next((e for e in self.effects if e.is_certain), None)


def parameters(scenario: Scenario, more: Sequence[Axis] = ()) -> tuple[Parameter, ...]:
    """List what has a stated range in the scenario, and what is asked for besides.

    Raises
    ------
    InputError
        There is nothing, or what is asked for besides is no range of numbers.
    """
    raw = raw_scenario(scenario)
    found = list(_stated(raw))
    for axis in more:
        now = at(raw, axis.setting)
        value = _mean(now) if isinstance(now, dict) else now
        if not axis.is_numeric or len(axis.values) < 2 or not isinstance(value, int | float):  # noqa: PLR2004
            raise InputError("--vary", [Problem(axis.setting.path, "no_range")])
        ends = [v for v in axis.values if isinstance(v, int | float)]
        found = [p for p in found if p.setting.spot != axis.setting.spot]
        found.append(Parameter(axis.setting, value, min(ends), max(ends)))
    if not found:
        raise InputError("sensitivity", [Problem("", "no_ranges")])
    return tuple(found)


def _stated(raw: dict[str, Any]) -> Iterator[Parameter]:
    for path in settable(raw):
        setting = find(raw, path)
        table = at(raw, setting)
        if isinstance(table, dict) and table.get("range") is not None:
            low, high = sorted(table["range"])
            yield Parameter(setting, _mean(table), low, high)


def _mean(table: dict[str, Any]) -> float:
    """Mean of a distribution as a file says it, before any cut-off."""
    given = {key: value for key, value in table.items() if value is not None}
    if "mean" in given:
        return float(given["mean"])
    kind: TypeAdapter[Distribution] = TypeAdapter(Distribution)
    return float(kind.validate_python(given).mean)


def tornadoes(
    scenario: Scenario,
    plan: Plan,
    moved: Sequence[Parameter],
    quantities: Sequence[Quantity],
    *,
    seed: int,
    replications: int,
    jobs: Jobs = 1,
    progress: Progress | None = None,
) -> tuple[Tornado, ...]:
    """Move one parameter at a time to the ends of its range, on the same luck.

    Each quantity is, in each replication, its worst at any place on any day.

    Raises
    ------
    InputError
        The scenario refuses an end of a range, with every problem.
    """
    schools = _schools(scenario, plan, moved)
    samples = []
    for number, (school, its_plan) in enumerate(schools):

        def tell(done: int, of: int, number: int = number) -> None:
            if progress:
                progress(number * of + done, len(schools) * of)

        summary = run(Study(school, its_plan, seed, replications), jobs=jobs, progress=tell)
        samples.append({q: worst_of_each(summary.samples, q) for q in quantities})
    level = scenario.limits.confidence
    return tuple(_tornado(q, moved, [s[q] for s in samples], level) for q in quantities)


def _schools(
    scenario: Scenario, plan: Plan, moved: Sequence[Parameter]
) -> list[tuple[Scenario, Plan]]:
    """The school as it is, then low and high of every parameter."""
    schools, problems = [(scenario, plan)], list[Problem]()
    for parameter in moved:
        for end in (parameter.low, parameter.high):
            whole = isinstance(parameter.now, int) and float(end).is_integer()
            changes = {parameter.setting: int(end) if whole else end}
            try:
                school = changed(scenario, changes, "range")
            except InputError as error:
                problems += error.problems
                continue
            its_plan = with_lanes(plan, school, changes)
            problems += [p.under(parameter.setting.path) for p in misfits(its_plan, school)]
            schools.append((school, its_plan))
    if problems:
        raise InputError("range", problems)
    return schools


def _tornado(
    quantity: Quantity, moved: Sequence[Parameter], samples: Sequence[Floats], level: float
) -> Tornado:
    change = paired_risks if quantity.is_risk else paired_difference
    now, ends = samples[0], samples[1:]
    effects = [
        Effect(
            parameter,
            change(now, ends[2 * i], confidence=level),
            change(now, ends[2 * i + 1], confidence=level),
            change(ends[2 * i], ends[2 * i + 1], confidence=level),
        )
        for i, parameter in enumerate(moved)
    ]
    effects.sort(key=lambda e: (-e.reach, e.parameter.setting.path))
    if quantity.is_risk:
        value = Estimate.proportion(int(now.sum()), now.size, confidence=level)
    else:
        value = Estimate.of(now, confidence=level)
    return Tornado(quantity, value, tuple(effects))
