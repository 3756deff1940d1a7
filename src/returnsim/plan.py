"""What is decided: dates, slots, gates, lanes, opening stock."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from returnsim.errors import InputError, Problem
from returnsim.reading import check, load, unknown_names
from returnsim.scenario.campus import Lanes
from returnsim.scenario.quantities import (
    AtLeastOne,
    Clock,
    Day,
    Frozen,
    Name,
    NonNegative,
    clock_time,
    seconds,
)
from returnsim.scenario.scenario import Scenario

REFERENCES = (
    ("return_dates", "grade", "grades"),
    ("arrivals", "class", "classes"),
    ("arrivals", "gate", "gates"),
    ("lanes", "gate", "gates"),
    ("stock", "supply", "supplies"),
)
"""Keys of a plan that name something in its scenario."""


class ReturnDate(Frozen):
    """The day on which a grade comes back."""

    grade: Name
    day: Day


class Arrival(Frozen):
    """When and by which gate a class comes in, every school day from its return on."""

    school_class: Annotated[Name, Field(alias="class")]
    gate: Name
    slot: Clock
    """First minute of its slot; families are told to be there within the slot."""


class Shift(Frozen):
    """Lanes open at one stage of one gate, for part of the morning."""

    gate: Name
    stage: Name
    """A stage of the gate's chain, or "fast" for its fast lane."""
    begins: Clock
    ends: Clock
    lanes: AtLeastOne


class Opening(Frozen):
    """What is ordered of one supply so that it is there on the first day."""

    supply: Name
    order: NonNegative
    """Units to order; 0 when the store has enough."""


class Plan(Frozen):
    """One way to bring everybody back."""

    format: Literal[1]
    school: Name
    """Name of the scenario it was made for."""
    return_dates: Annotated[tuple[ReturnDate, ...], Field(min_length=1)]
    arrivals: Annotated[tuple[Arrival, ...], Field(min_length=1)]
    lanes: tuple[Shift, ...]
    stock: tuple[Opening, ...] = ()

    def changed(self, **changes: Any) -> "Plan":
        """Return a plan that differs in the fields named."""
        return Plan.model_validate(
            {name: getattr(self, name) for name in Plan.model_fields} | changes
        )

    @cached_property
    def date_of(self) -> dict[str, date]:
        """Return date by grade."""
        return {r.grade: r.day for r in self.return_dates}

    @cached_property
    def arrival_of(self) -> dict[str, Arrival]:
        """Arrival by class."""
        return {a.school_class: a for a in self.arrivals}

    @cached_property
    def order_of(self) -> dict[str, float]:
        """Units ordered by supply."""
        return {s.supply: s.order for s in self.stock}

    @property
    def batches(self) -> tuple[tuple[date, tuple[str, ...]], ...]:
        """Batches in order: the date, and the grades that return on it."""
        return tuple(
            (day, tuple(r.grade for r in self.return_dates if r.day == day))
            for day in sorted({r.day for r in self.return_dates})
        )

    def lanes_over_time(self, gate: str, stage: str) -> list[tuple[float, int]]:
        """Open lanes as steps: (seconds after midnight, lanes from then on), ascending."""
        change: Counter[float] = Counter()
        for shift in self.lanes:
            if (shift.gate, shift.stage) == (gate, stage):
                change[seconds(shift.begins)] += shift.lanes
                change[seconds(shift.ends)] -= shift.lanes
        steps, open_lanes = [], 0
        for moment in sorted(change):
            if change[moment]:
                open_lanes += change[moment]
                steps.append((moment, open_lanes))
        return steps

    def staff_minutes(self, scenario: Scenario) -> float:
        """Minutes of duty at the gates on one school day."""
        total = 0.0
        for shift in self.lanes:
            lanes = scenario.gate_named[shift.gate].lanes_of(shift.stage)
            span = seconds(shift.ends) - seconds(shift.begins)
            total += span / 60 * shift.lanes * (lanes.staff_per_lane if lanes else 0.0)
        return total


def read_plan(path: Path, scenario: Scenario) -> Plan:
    """Read a plan and hold it against its scenario.

    Raises
    ------
    InputError
        With every problem found in the file.
    """
    raw = load(path)
    names: dict[str, Any] = {
        table: [{"name": entry.name} for entry in getattr(scenario, table)]
        for table in ("grades", "classes", "gates", "supplies")
    }
    found = unknown_names(raw | names, REFERENCES)
    school = raw.get("school")
    if isinstance(school, str) and school != scenario.name:
        values = {"value": school, "school": scenario.name}
        found = [Problem("school", "other_school", values)]
    plan = check(path, raw, Plan, found)
    problems = misfits(plan, scenario)
    if problems:
        raise InputError(path, problems)
    return plan


def misfits(plan: Plan, scenario: Scenario) -> list[Problem]:
    """List everything in a plan that its scenario does not allow.

    Names must be known already (`returnsim.reading.unknown_names`).
    """
    return [
        *_dates(plan, scenario),
        *_arrivals(plan, scenario),
        *_shifts(plan, scenario),
        *_staffing(plan, scenario),
    ]


def _missing(table: str, wanted: Iterator[str], given: list[str]) -> Iterator[Problem]:
    for name in wanted:
        if name not in given:
            yield Problem(table, "not_planned", {"name": name})
    for name, times in Counter(given).items():
        if times > 1:
            yield Problem(f"{table}.{name}", "twice", {"name": name, "times": times})


def _dates(plan: Plan, scenario: Scenario) -> Iterator[Problem]:
    calendar = scenario.calendar
    grades = (g.name for g in scenario.grades)
    yield from _missing("return_dates", grades, [r.grade for r in plan.return_dates])
    for entry in plan.return_dates:
        where = f"return_dates.{entry.grade}.day"
        if not calendar.first_day <= entry.day <= calendar.last_day:
            values = {
                "day": entry.day,
                "first": calendar.first_day,
                "last": calendar.last_day,
            }
            yield Problem(where, "outside_calendar", values)
        elif not calendar.has_lessons(entry.day):
            yield Problem(where, "no_lessons", {"day": entry.day})


def _arrivals(plan: Plan, scenario: Scenario) -> Iterator[Problem]:
    classes = (c.name for c in scenario.classes)
    yield from _missing("arrivals", classes, [a.school_class for a in plan.arrivals])
    for arrival in plan.arrivals:
        where = f"arrivals.{arrival.school_class}"
        gate = scenario.gate_named[arrival.gate]
        grade = scenario.grade_of(scenario.class_named[arrival.school_class])
        if not gate.opens <= arrival.slot < gate.closes:
            values = {
                "slot": f"{arrival.slot:%H:%M}",
                "gate": gate.name,
                "opens": f"{gate.opens:%H:%M}",
                "closes": f"{gate.closes:%H:%M}",
            }
            yield Problem(f"{where}.slot", "slot_outside_opening", values)
        if not scenario.may_use(gate, grade):
            values = {"gate": gate.name, "level": grade.level}
            yield Problem(f"{where}.gate", "gate_not_for_level", values)


def _shifts(plan: Plan, scenario: Scenario) -> Iterator[Problem]:
    most: dict[tuple[str, str], Lanes] = {}
    for number, shift in enumerate(plan.lanes, start=1):
        where = f"lanes.#{number}"
        gate = scenario.gate_named[shift.gate]
        lanes = gate.lanes_of(shift.stage)
        if lanes is None:
            values = {"gate": gate.name, "value": shift.stage}
            yield Problem(f"{where}.stage", "no_such_stage", values)
            continue
        most[gate.name, shift.stage] = lanes
        if shift.ends <= shift.begins:
            values = {"begins": f"{shift.begins:%H:%M}", "ends": f"{shift.ends:%H:%M}"}
            yield Problem(f"{where}.ends", "ends_before_beginning", values)
        elif shift.begins < gate.opens or shift.ends > gate.closes:
            values = {
                "begins": f"{shift.begins:%H:%M}",
                "ends": f"{shift.ends:%H:%M}",
                "gate": gate.name,
                "opens": f"{gate.opens:%H:%M}",
                "closes": f"{gate.closes:%H:%M}",
            }
            yield Problem(where, "shift_outside_opening", values)
    for (gate_name, stage), lanes in most.items():
        for moment, count in plan.lanes_over_time(gate_name, stage):
            if count > lanes.lanes:
                yield Problem(
                    f"lanes.{gate_name}.{stage}",
                    "more_lanes_than_there_are",
                    {
                        "given": count,
                        "limit": lanes.lanes,
                        "at": f"{clock_time(moment):%H:%M}",
                    },
                )
                break
    used = {a.gate for a in plan.arrivals} | {s.gate for s in scenario.staff if s.gate}
    for gate_name in sorted(used):
        gate = scenario.gate_named[gate_name]
        stages = [s.name for s in gate.stages] + (["fast"] if gate.fast_lane else [])
        for stage in stages:
            if not plan.lanes_over_time(gate_name, stage):
                yield Problem(f"lanes.{gate_name}.{stage}", "stage_never_open")


def _staffing(plan: Plan, scenario: Scenario) -> Iterator[Problem]:
    if not scenario.limits.staff:
        return
    moments = sorted(
        {s.begins for s in plan.lanes}
        | {s.ends for s in plan.lanes}
        | {w.begins for w in scenario.limits.staff}
        | {w.ends for w in scenario.limits.staff}
    )
    for moment, until in pairwise(moments):
        there = scenario.limits.staff_at(moment) or 0
        needed = 0.0
        for shift in plan.lanes:
            lanes = scenario.gate_named[shift.gate].lanes_of(shift.stage)
            if lanes and shift.begins <= moment < shift.ends:
                needed += shift.lanes * lanes.staff_per_lane
        if needed > there + 1e-9:
            values = {
                "needed": f"{needed:g}",
                "there": there,
                "begins": f"{moment:%H:%M}",
                "ends": f"{until:%H:%M}",
            }
            yield Problem("lanes", "more_staff_than_there_are", values)
