"""The plans a school would make without a tool, to hold the recommendation against."""

import math
from collections.abc import Callable, Sequence
from datetime import time

import numpy as np

from returnsim.optimise.demand import Morning, stations
from returnsim.optimise.lanes import Counts, with_counts
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Arrival, Opening, Plan, ReturnDate
from returnsim.scenario.campus import Gate
from returnsim.scenario.people import Grade, SchoolClass
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario

AT_THE_BELL = "at_the_bell"
EVENLY_SPREAD = "evenly_spread"
GRADE_BY_GRADE = "grade_by_grade"
NAMES = (AT_THE_BELL, EVENLY_SPREAD, GRADE_BY_GRADE)


def baselines(
    scenario: Scenario, dates: Sequence[ReturnDate], stock: Sequence[Opening]
) -> dict[str, Plan]:
    """Return the three naive plans: all at the bell, evenly spread, grade after grade.

    "At the bell" brings everybody back on one day, the others keep the recommended dates.
    Each opens every lane there is staff for, all morning.
    """
    first = min(d.day for d in dates)
    at_once = tuple(ReturnDate(grade=g.name, day=first) for g in scenario.grades)
    return {
        AT_THE_BELL: _plan(scenario, at_once, stock, _at_the_bell(scenario)),
        EVENLY_SPREAD: _plan(scenario, dates, stock, _evenly(scenario)),
        GRADE_BY_GRADE: _plan(scenario, dates, stock, _grade_by_grade(scenario)),
    }


SlotOf = Callable[[SchoolClass], float]
"""Beginning of the slot of a class [s]."""


def _at_the_bell(scenario: Scenario) -> SlotOf:
    length = scenario.limits.slot_minutes * 60.0
    return lambda c: seconds(scenario.grade_of(c).bell) - length


def _evenly(scenario: Scenario) -> SlotOf:
    """Classes in the order of the file, dealt over the slots before their own bell."""
    return _dealt(scenario, {g.name: i for i, g in enumerate(scenario.grades)}, by_class=True)


def _grade_by_grade(scenario: Scenario) -> SlotOf:
    """One slot for each whole grade, oldest first where the file lists them so."""
    return _dealt(scenario, {g.name: i for i, g in enumerate(scenario.grades)}, by_class=False)


def _dealt(scenario: Scenario, rank: dict[str, int], *, by_class: bool) -> SlotOf:
    morning = Morning(scenario)
    slot_of: dict[str, float] = {}
    for bell in sorted({g.bell for g in scenario.grades}):
        grades = [g for g in scenario.grades if g.bell == bell]
        spare = 2 * morning.slot_seconds  # even by hand, nobody is given the last minute
        slots = [s for s in morning.slots if s + spare <= seconds(bell)] or [
            float(morning.slots[0])
        ]
        members = [c for c in scenario.classes if scenario.grade_of(c) in grades]
        members.sort(key=lambda c: rank[c.grade])
        if by_class:
            for i, c in enumerate(members):
                slot_of[c.name] = float(slots[i * len(slots) // len(members)])
        else:
            for c in members:
                position = grades.index(scenario.grade_of(c))
                slot_of[c.name] = float(slots[position * len(slots) // len(grades)])
    return lambda c: slot_of[c.name]


def _plan(
    scenario: Scenario, dates: Sequence[ReturnDate], stock: Sequence[Opening], slot_of: SlotOf
) -> Plan:
    arrivals = []
    for turn, c in enumerate(scenario.classes):
        grade, wanted = scenario.grade_of(c), slot_of(c)
        gates = _gates_for(scenario, grade, clock_time(wanted))
        gate = gates[turn % len(gates)]
        slot = clock_time(_while_open(scenario.gate_named[gate], wanted))
        arrivals.append(Arrival(school_class=c.name, gate=gate, slot=slot))
    plan = Plan(
        format=1,
        school=scenario.name,
        return_dates=tuple(dates),
        arrivals=tuple(arrivals),
        lanes=(),
        stock=tuple(stock),
    )
    return all_lanes(scenario, plan)


def _gates_for(scenario: Scenario, grade: Grade, slot: time) -> list[str]:
    may = [g for g in scenario.gates if scenario.may_use(g, grade)]
    return [g.name for g in may if g.opens <= slot < g.closes] or [g.name for g in may]


def _while_open(gate: Gate, slot: float) -> float:
    """The slot itself, or the nearest whole minute at which the gate is open."""
    last = math.ceil(seconds(gate.closes) / 60 - 1) * 60.0
    return min(max(slot, seconds(gate.opens)), last)


def all_lanes(scenario: Scenario, plan: Plan) -> Plan:
    """Open every lane all morning; where staff is short, take lanes away in turn."""
    blocks = Morning(scenario).blocks
    used = {a.gate for a in plan.arrivals} | {s.gate for s in scenario.staff}
    counts: Counts = {
        (g.name, name): np.full(blocks.size - 1, lanes.lanes)
        for g in scenario.gates
        if g.name in used
        for name, lanes, _ in stations(g)
    }
    full = with_counts(scenario, plan, counts)
    while any(p.code == "more_staff_than_there_are" for p in misfits(full, scenario)):
        key = max(counts, key=lambda k: (int(counts[k].max()), k))
        if counts[key].max() <= 1:
            break
        counts[key] = counts[key] - 1
        full = with_counts(scenario, plan, counts)
    return full
