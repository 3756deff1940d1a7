"""When a school may open, given its chain of approvals: dates, slack, chances, consequences."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from returnsim.rules.approvals import ROUNDING, ApprovalPlan, Step
from returnsim.theory.distributions import Fixed
from returnsim.theory.estimation import Estimate
from returnsim.theory.network import Times, chance_by, critical_paths, criticality, play
from returnsim.wording import say

PATHS = 3
"""Critical paths that are told step by step."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a Gantt chart."""

    step: Step
    start: date
    end: date
    """First day on which what follows may begin."""
    latest_end: date
    """Last such day that does not delay the opening."""
    slack: float
    """Days it could be put off without delaying the opening."""
    free_slack: float
    """Days it could be put off without delaying any other step."""
    critical: bool


@dataclass(frozen=True)
class Schedule:
    """The chain at mean durations: dates, slack and what decides the opening."""

    plan: ApprovalPlan
    times: Times

    @property
    def opening(self) -> date:
        """First day on which everything is signed and over."""
        return self.plan.day(float(self.times.length))

    @cached_property
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """Critical paths, by the ids of their steps."""
        return critical_paths(self.plan.network, self.times, most=1000)

    @cached_property
    def bars(self) -> tuple[Bar, ...]:
        """Rows of a Gantt chart, in the order of the file."""
        rows, t = [], self.times
        for j, step in enumerate(self.plan.steps):
            late = step.last and step.waits
            start = float((t.latest_start if late else t.start)[j])
            end = float((t.latest_finish if late else t.finish)[j])
            since = step.began if step.began is not None else self.plan.day(start)
            rows.append(
                Bar(
                    step,
                    since,
                    self.plan.day(end),
                    self.plan.day(float(t.latest_finish[j])),
                    float(t.total_slack[j]),
                    float(t.free_slack[j]),
                    bool(t.critical[j]),
                )
            )
        return tuple(rows)


def schedule(plan: ApprovalPlan) -> Schedule:
    """Work the chain out at mean durations, exactly when all of them are fixed."""
    return Schedule(plan, plan.network.times(plan.means, plan.release))


@dataclass(frozen=True)
class Chances:
    """The chain with its uncertainty, played many times."""

    plan: ApprovalPlan
    times: Times
    confidence: float = 0.95

    def by(self, day: date) -> Estimate:
        """Probability that the school may open on a day; certain when nothing is uncertain."""
        offset = float((day - self.plan.starts).days)
        return chance_by(self.times, offset + ROUNDING, confidence=self.confidence)

    def day_with(self, probability: float) -> date:
        """First day by which the school may open with at least this probability."""
        length = np.quantile(self.times.length, probability, method="inverted_cdf")
        return self.plan.day(float(length))

    @property
    def criticality(self) -> dict[str, Estimate]:
        """Probability that each step decides the opening, by id."""
        found = criticality(self.times, confidence=self.confidence)
        return dict(zip(self.plan.step, found, strict=True))


def chances(
    plan: ApprovalPlan, rng: np.random.Generator, samples: int = 10_000, confidence: float = 0.95
) -> Chances:
    """Play the chain with sampled durations."""
    times = play(plan.network, plan.durations, plan.release, rng, samples)
    return Chances(plan, times, confidence)


@dataclass(frozen=True, slots=True)
class Consequence:
    """Something that follows from the chain, with the numbers it rests on."""

    code: str
    """Key of its sentence in ``words/*/approvals.toml``."""
    values: dict[str, Any] = field(default_factory=dict)
    """What the sentence is filled with."""
    steps: dict[str, tuple[Step, ...]] = field(default_factory=dict)
    """Steps it names, by their place in the sentence."""

    def text(self, lang: str) -> str:
        """Say it in one sentence."""
        mark = "arrow" if self.code == "path" else "comma"
        between = say(f"approvals.list.{mark}", lang)
        quoted = "plain" if self.code == "path" else "quoted"
        names = {
            place: between.join(
                say(f"approvals.list.{quoted}", lang, name=s.label(lang)) for s in steps
            )
            for place, steps in self.steps.items()
        }
        return say(f"approvals.follows.{self.code}", lang, **self.values, **names)


def consequences(found: Schedule) -> tuple[Consequence, ...]:
    """Say what follows from the chain at mean durations, each time by working it out anew."""
    plan = found.plan
    uncertain = not all(isinstance(d, Fixed) for d in plan.durations)
    code = "opens_on_average" if uncertain else "opens"
    days = (found.opening - plan.starts).days
    return (
        Consequence(code, {"day": found.opening, "starts": plan.starts, "n": days}),
        *_paths(found),
        *_periods(found),
        *_running(found),
        *_levers(found),
        *_late_tasks(found),
        *_out_of_order(plan),
    )


def _paths(found: Schedule) -> Iterator[Consequence]:
    """Chains of steps that decide the opening, the first few by name."""
    for path in found.paths[:PATHS]:
        yield Consequence("path", {}, {"names": tuple(found.plan.step[s] for s in path)})
    if len(found.paths) > PATHS:
        yield Consequence("more_paths", {"n": len(found.paths) - PATHS})


def _without(plan: ApprovalPlan, steps: Iterable[Step]) -> date:
    """When the school could open if these steps took no time.

    What is put on the last days moves with the opening.
    """
    freed = {s.id: {"began": None} for s in plan.steps if s.last and s.done is None}
    return schedule(plan.with_steps(freed | {s.id: {"days": 0} for s in steps})).opening


def _periods(found: Schedule) -> Iterator[Consequence]:
    """Periods that hold the opening back, and from when an earlier beginning would help."""
    bars = {b.step.id: b for b in found.bars}
    groups: dict[tuple[str, ...], list[Step]] = {}
    for bar in found.bars:
        if bar.critical and bar.step.kind == "period" and bar.step.waits:
            before = tuple(p for p in bar.step.after if bars[p].end >= bar.start)
            groups.setdefault(before, []).append(bar.step)
    for before, steps in groups.items():
        best = _without(found.plan, steps)
        days = max(s.expected for s in steps)
        values = {
            "since": min(bars[s.id].start for s in steps),
            "days": f"{days:g}",
            "end": max(bars[s.id].end for s in steps),
            "best": best,
            "n": (found.opening - best).days,
            "begin": _earlier(best, math.ceil(days)),
        }
        names = {"periods": tuple(steps), "before": tuple(found.plan.step[p] for p in before)}
        yield Consequence("period_after" if before else "period", values, names)
        if best < found.opening:
            yield Consequence("begun_earlier", values, names)


def _running(found: Schedule) -> Iterator[Consequence]:
    """Periods that have begun already: over in time, or the thing to wait for."""
    for bar in found.bars:
        if bar.step.kind != "period" or bar.step.began is None or bar.step.done is not None:
            continue
        values = {"began": bar.step.began, "end": bar.end, "n": (found.opening - bar.end).days}
        code = "running_critical" if bar.critical else "running"
        yield Consequence(code, values, {"period": (bar.step,)})


def _levers(found: Schedule) -> Iterator[Consequence]:
    """Steps that open the school sooner when they are done sooner, the best first."""
    gains = []
    for bar in found.bars:
        if bar.critical and bar.step.kind != "period" and bar.step.waits and not bar.step.last:
            gain = (found.opening - _without(found.plan, [bar.step])).days
            gains.append((-gain, bar.step.id, bar.step))
    for loss, _, step in sorted(gains, key=lambda row: row[:2]):
        if loss < 0:
            yield Consequence("lever", {"n": -loss}, {"step": (step,)})


def _late_tasks(found: Schedule) -> Iterator[Consequence]:
    """Tasks of the last days: when they must begin, or what a set beginning costs."""
    free = _without(found.plan, [])
    for bar in found.bars:
        step = bar.step
        if not step.last or step.done is not None:
            continue
        gain = (found.opening - free).days
        values = {"start": bar.start, "opening": found.opening, "n": gain}
        if step.waits:
            yield Consequence("last", values, {"step": (step,)})
        elif bar.critical and gain:
            values |= {"best": free, "begin": _earlier(bar.start, gain)}
            yield Consequence("last_set", values, {"step": (step,)})


def _earlier(day: date, days: int) -> date:
    return date.fromordinal(max(1, day.toordinal() - days))


def _out_of_order(plan: ApprovalPlan) -> Iterator[Consequence]:
    """Steps dated before what they should have waited for."""
    for step in plan.steps:
        day = None if step.kind == "period" else step.began or step.done
        late = tuple(
            before
            for before in (plan.step[p] for p in step.after)
            if day is not None and (before.done is None or before.done > day)
        )
        if late:
            yield Consequence("out_of_order", {"day": day}, {"step": (step,), "before": late})
