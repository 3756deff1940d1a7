"""What must be signed before a school may open: the chain of approvals as data.

The chain is a network of steps (`returnsim.theory.network`). A step that begins on a day and
takes n days is finished n days later: a notice of 14 days, given on the 1st, allows opening
on the 15th. A step that is done stands at its date, one that has begun runs from its date,
and neither waits for anything any more.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from returnsim.errors import InputError, Problem
from returnsim.parts import Raw, refuse
from returnsim.reading import check, duplicates, load, named, unknown
from returnsim.scenario.quantities import AtLeastOne, Day, Flag, Frozen, Name, Sourced
from returnsim.scenario.scenario import Scenario
from returnsim.theory.distributions import Distribution, Duration, Fixed
from returnsim.theory.network import Network, circles

FILE = "approvals.toml"
"""What a chain of one's own is called, beside the scenario."""
LONGEST = 3650
"""Days; a step that takes longer on average is a slip of the pen."""
SIGNED = ("self_check", "township_review", "county_assessment", "written_notice", "families_told")
"""Steps whose end is a date of a scenario's approvals, by the name of that date."""
MOST_PAPERS = 1000
"""Records of one clause that are looked at; no step is owed more papers."""
ROUNDING = 1e-6
"""Parts of a day below this are rounding, not another day."""


def _number_of_days(given: Any) -> Any:
    """Let ``days = 14`` stand for a fixed duration."""
    if isinstance(given, int | float) and not isinstance(given, bool):
        return {"kind": "fixed", "value": given}
    return given


class Step(Frozen):
    """One paper to be signed, task to be done or period that has to pass."""

    id: Name
    """What other steps call it."""
    zh: Name
    """How it is printed in Chinese."""
    en: Name
    """How it is printed in English."""
    kind: Literal["paper", "task", "period"] = "paper"
    """A period only has to pass: it could begin before what it waits for here."""
    days: Annotated[Duration, BeforeValidator(_number_of_days)]
    """How long it takes: a number of days, or a distribution."""
    after: tuple[Name, ...] = ()
    """Steps that must be finished before it begins."""
    last: Flag = False
    """Whether it is put as late as possible, like the disinfection just before opening."""
    began: Day | None = None
    """When it began, if it is running."""
    done: Day | None = None
    """When it was finished."""
    clause: Name | None = None
    """Clause that asks for it; a scenario's records of that clause say when it was done."""
    papers: AtLeastOne | None = None
    """How many counted records finish it; left out, only one that is all that is owed."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        refuse(self._not_for_ever(), self._begins_first())
        return self

    def _not_for_ever(self) -> Iterator[Problem]:
        if self.expected > LONGEST:
            yield Problem("days", "at_most", {"given": f"{self.expected:g}", "limit": LONGEST})

    def _begins_first(self) -> Iterator[Problem]:
        if self.began is not None and self.done is not None and self.done < self.began:
            yield Problem(
                "done", "ends_before_beginning", {"begins": self.began, "ends": self.done}
            )

    @property
    def expected(self) -> float:
        """Mean duration [d]."""
        return self.days.mean

    @property
    def waits(self) -> bool:
        """Whether it has neither begun nor been finished."""
        return self.began is None and self.done is None

    def label(self, lang: str) -> str:
        """Return its printed name."""
        return self.zh if lang == "zh" else self.en

    def changed(self, **changes: Any) -> "Step":
        """Return a step that differs in the fields named."""
        return Step.model_validate({n: getattr(self, n) for n in Step.model_fields} | changes)


class ApprovalPlan(Sourced):
    """The whole chain, from the first paper to the opening."""

    format: Literal[1]
    starts: Day
    """First day on which anything that has not begun yet can begin."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        refuse(self._tangled())
        return self

    def _tangled(self) -> Iterator[Problem]:
        raw = {"steps": [{"id": s.id, "after": list(s.after)} for s in self.steps]}
        yield from duplicates(raw, ("steps",), key="id")
        yield from _tangles(raw)

    @cached_property
    def step(self) -> dict[str, Step]:
        """Steps by id."""
        return {s.id: s for s in self.steps}

    @cached_property
    def network(self) -> Network:
        """What still waits for what: steps that have begun wait for nothing."""
        return Network.of({s.id: s.after if s.waits else () for s in self.steps})

    @cached_property
    def release(self) -> list[float]:
        """Earliest beginning of each step, in days from `starts`."""
        dates = (s.done or s.began or self.starts for s in self.steps)
        return [float((day - self.starts).days) for day in dates]

    @cached_property
    def durations(self) -> list[Distribution]:
        """What each step still takes: nothing when it is done."""
        return [Fixed(value=0.0) if s.done else s.days for s in self.steps]

    @property
    def means(self) -> list[float]:
        """Mean of what each step still takes [d]."""
        return [0.0 if s.done else s.expected for s in self.steps]

    def day(self, offset: float) -> date:
        """Turn days from `starts` into a date; what ends during a day is there the next."""
        number = self.starts.toordinal() + math.ceil(offset - ROUNDING)
        return date.fromordinal(min(max(1, number), date.max.toordinal()))

    def changed(self, **changes: Any) -> "ApprovalPlan":
        """Return a chain that differs in the fields named."""
        fields = {name: getattr(self, name) for name in ApprovalPlan.model_fields}
        return ApprovalPlan.model_validate(fields | changes)

    def with_steps(self, changes: Mapping[str, Mapping[str, Any]]) -> "ApprovalPlan":
        """Return a chain that differs in the steps named."""
        return self.changed(steps=tuple(s.changed(**changes.get(s.id, {})) for s in self.steps))


def read_approvals(path: Path) -> ApprovalPlan:
    """Read a chain of approvals from a TOML file.

    Raises
    ------
    InputError
        With every problem found: unknown or repeated steps, circles, wrong values.
    """
    raw = load(path)
    found = [*duplicates(raw, ("steps",), key="id"), *_tangles(raw)]
    return check(path, raw, ApprovalPlan, found)


def _tangles(raw: Raw) -> Iterator[Problem]:
    """Find steps that wait for nothing known, or for themselves, in data that may be wrong."""
    names = named(raw, "steps", "id")
    after: dict[str, list[str]] = {}
    rows = raw.get("steps")
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            continue
        waits = row.get("after")
        waits = [w for w in waits if isinstance(w, str)] if isinstance(waits, list) else []
        for value in waits:
            if value not in names:
                yield unknown(f"steps.{row['id']}.after", "steps", value, names)
        after.setdefault(row["id"], waits)
    for ring in circles(after):
        values = {"steps": " → ".join((*ring, ring[0]))}
        yield Problem(f"steps.{ring[0]}.after", "circle", values)


def built_in_chains() -> list[str]:
    """Names of the rulebooks whose chain of approvals comes with returnsim."""
    chains = files("returnsim").joinpath("rules").joinpath("chains")
    return sorted(c.name.removesuffix(".toml") for c in chains.iterdir())


def template(book: str) -> ApprovalPlan:
    """Read the chain of approvals of a built-in rulebook; its dates are examples."""
    chains = files("returnsim").joinpath("rules").joinpath("chains")
    with as_file(chains.joinpath(f"{book}.toml")) as path:
        return read_approvals(path)


def approvals_of(scenario: Scenario, folder: Path) -> tuple[ApprovalPlan, str]:
    """Return a scenario's chain, and where it comes from: its own file or a rulebook's name.

    Raises
    ------
    InputError
        The scenario has no such file and none of its rulebooks brings a chain, or the
        file has mistakes.
    """
    path = folder / FILE
    if path.exists():
        return read_approvals(path), FILE
    known = built_in_chains()
    for book in scenario.rulebooks:
        if book in known:
            return filled(template(book), scenario), book
    values = {"books": ", ".join(scenario.rulebooks), "known": ", ".join(known)}
    raise InputError(path, [Problem("", "no_chain", values)])


def filled(plan: ApprovalPlan, scenario: Scenario) -> ApprovalPlan:
    """Put the dates a scenario knows into a chain: its approvals, and its records by clause.

    What has not begun can begin on the day of the latest paper; where there is none, on the
    day from which supplies can be ordered.
    """
    signed = scenario.approvals
    began = {
        "home_isolation": signed.home_observation_from,
        "health_record": signed.home_observation_from,
        "disinfection": scenario.calendar.disinfection_from,
    }
    done = _recorded(plan, scenario) | {name: getattr(signed, name) for name in SIGNED}
    dates = {s.id: {"began": began.get(s.id), "done": done.get(s.id)} for s in plan.steps}
    latest = [d["done"] for d in dates.values() if d["done"] is not None]
    starts = max(latest, default=scenario.calendar.orders_from)
    return plan.with_steps(dates).changed(starts=starts)


def _recorded(plan: ApprovalPlan, scenario: Scenario) -> dict[str, date | None]:
    """When the records say that each step was done.

    Steps of one clause share its records: counted ones finish them one after the other.
    """
    finished: dict[str, date | None] = {}
    used: Counter[str] = Counter()
    for step in plan.steps:
        records = sorted(
            (r for r in scenario.records if r.done and r.clause == step.clause),
            key=lambda r: r.on,
        )
        whole = [r.on for r in records if r.count is None]
        counted = [r.on for r in records for _ in range(min(r.count or 0, MOST_PAPERS))]
        if step.papers is not None and step.clause is not None:
            used[step.clause] += step.papers
            whole += counted[used[step.clause] - 1 :][:1]
        finished[step.id] = min(whole, default=None)
    return finished
