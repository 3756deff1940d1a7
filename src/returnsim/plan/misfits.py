"""Everything in a plan that its scenario does not allow."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from returnsim.errors import Problem
from returnsim.plan.appointments import timetable_misfits
from returnsim.plan.plan import Plan, ReturnDate, Shift
from returnsim.scenario.campus import Gate, Lanes
from returnsim.scenario.quantities import clock_time
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.units import return_units


def misfits(plan: Plan, scenario: Scenario) -> list[Problem]:
    """List everything in a plan that its scenario does not allow.

    Names must be known already (`returnsim.reading.unknown_names`).
    """
    return [
        *_dates(plan, scenario),
        *_arrivals(plan, scenario),
        *lane_misfits(plan, scenario),
        *_twice("stock", [s.supply for s in plan.stock]),
        *timetable_misfits(plan, scenario),
        *_stock(plan, scenario),
    ]


def lane_misfits(plan: Plan, scenario: Scenario) -> list[Problem]:
    """List what a scenario does not allow of the lanes of a plan, and of nothing else."""
    return [*_shifts(plan, scenario), *_staffing(plan, scenario)]


def pinned_misfits(plan: Plan, scenario: Scenario) -> list[Problem]:
    """List what a scenario does not allow of the entries that are pinned, and names given twice.

    What is not pinned may be changed, and so need not fit. The timetable is not changed.
    """
    pinned = {f"{_place(r)}.day" for r in plan.return_dates if r.pinned}
    for arrival in plan.arrivals:
        if arrival.pinned:
            where = f"arrivals.{arrival.school_class}"
            pinned |= {f"{where}.slot", f"{where}.gate"}
    alone = plan.changed(lanes=tuple(s for s in plan.lanes if s.pinned))
    every = [
        *_dates(plan, scenario),
        *_arrivals(plan, scenario),
        *_twice("stock", [s.supply for s in plan.stock]),
    ]
    lanes = [*_shifts(alone, scenario), *_staffing(alone, scenario)]
    return [
        *(p for p in every if p.where in pinned or p.code == "twice"),
        *_pinned_apart(plan, scenario),
        *(p for p in lanes if p.code != "stage_never_open"),
        *timetable_misfits(plan, scenario),
    ]


def _missing(table: str, wanted: Iterator[str], given: list[str]) -> Iterator[Problem]:
    for name in wanted:
        if name not in given:
            yield Problem(table, "not_planned", {"name": name})
    yield from _twice(table, given)


def _twice(table: str, given: list[str]) -> Iterator[Problem]:
    for name, times in Counter(given).items():
        if times > 1:
            yield Problem(f"{table}.{name}", "twice", {"name": name, "times": times})


def _dates(plan: Plan, scenario: Scenario) -> Iterator[Problem]:
    calendar = scenario.calendar
    yield from _dated_once(plan, scenario)
    for entry in plan.return_dates:
        where = f"{_place(entry)}.day"
        if not calendar.first_day <= entry.day <= calendar.last_day:
            values = {
                "day": entry.day,
                "first": calendar.first_day,
                "last": calendar.last_day,
            }
            yield Problem(where, "outside_calendar", values)
        elif not calendar.has_lessons(entry.day):
            yield Problem(where, "no_lessons", {"day": entry.day})


def _place(entry: ReturnDate) -> str:
    return f"return_dates.{entry.school_class or entry.grade}"


def _dated_once(plan: Plan, scenario: Scenario) -> Iterator[Problem]:
    """Find classes and grades without a date, or with two, and dates that are for nobody."""
    own = {r.school_class: r for r in plan.return_dates if r.school_class}
    whole = [r.grade for r in plan.return_dates if not r.school_class]
    for grade in scenario.grades:
        members = [c.name for c in scenario.classes if c.grade == grade.name]
        undated = [name for name in members if name not in own]
        if grade.name not in whole:
            names = undated if len(undated) < len(members) else [grade.name]
            yield from (Problem("return_dates", "not_planned", {"name": n}) for n in names)
        elif not undated:
            values = {"grade": grade.name}
            yield Problem(f"return_dates.{grade.name}", "date_for_nobody", values)
    yield from _twice("return_dates", whole)
    yield from _twice("return_dates", [r.school_class for r in plan.return_dates if r.school_class])
    for name, entry in own.items():
        grade_name = scenario.class_named[name].grade
        if entry.grade != grade_name:
            values = {"class": name, "given": entry.grade, "grade": grade_name}
            yield Problem(f"{_place(entry)}.grade", "class_of_other_grade", values)


def _pinned_apart(plan: Plan, scenario: Scenario) -> Iterator[Problem]:
    """Find classes that are to come back together but are pinned to different days."""
    for unit in return_units(scenario):
        dates = [row for c in unit.classes if (row := plan.date_for(c)) and row.pinned]
        other = next((row for row in dates if row.day != dates[0].day), None)
        if other is not None:
            values = {
                "first": dates[0].school_class or dates[0].grade,
                "day": dates[0].day,
                "other": other.day,
                "return_by": scenario.limits.return_by,
            }
            yield Problem(f"{_place(other)}.day", "pinned_apart", values)


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
        elif not _within_hours(shift, gate, scenario):
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


def _within_hours(shift: Shift, gate: Gate, scenario: Scenario) -> bool:
    """Whether a shift lies within the morning of its gate, or while people come in again."""
    hours = [(gate.opens, gate.closes)]
    hours += [(c.begins, c.ends) for c in scenario.crossings if c.direction == "in"]
    return any(begins <= shift.begins and shift.ends <= ends for begins, ends in hours)


def _stock(plan: Plan, scenario: Scenario) -> Iterator[Problem]:
    for policy in plan.stock:
        supply = scenario.supply_named[policy.supply]
        for key in ("reorder_point", "order_up_to"):
            level = getattr(policy, key)
            if supply.whole_units and level is not None and level != int(level):
                values = {"given": f"{level:g}", "name": supply.name}
                yield Problem(f"stock.{policy.supply}.{key}", "not_whole_units", values)


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
