"""The return calendar, the classes one by one, and the daily schedule."""

from collections.abc import Sequence
from math import ceil

from returnsim.optimise.planner import Proposal
from returnsim.plan.plan import Plan
from returnsim.report.document import Batch, ClassLine, Group, Member, SchedulePart, SlotLine
from returnsim.report.phrases import clock_span, day_text, ends_of, grades_of, weekday
from returnsim.scenario.campus import Gate
from returnsim.scenario.people import SchoolClass
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say

ABREAST = 4
"""Gates that fit beside each other on a page."""


def batches(proposal: Proposal, lang: str) -> tuple[Batch, ...]:
    """Return the batches in the order of their dates."""
    scenario, lines, back = proposal.scenario, [], 0
    plan = proposal.recommended.plan
    for turn, day in enumerate(plan.return_days, start=1):
        classes = plan.batch(scenario, day)
        pupils = sum(c.pupils for c in classes)
        back += pupils
        names = tuple(grades_of(scenario, classes, lang))
        date, name = day_text(day, lang), weekday(day, lang)
        since = say("report.schedule.legend", lang, day=date)
        lines.append(Batch(turn, day, date, name, names, since, pupils, back))
    return tuple(lines)


def batch_of(plan: Plan, school_class: SchoolClass) -> int:
    """Number of the batch of a class, from 1."""
    return plan.return_days.index(plan.day_of(school_class)) + 1


def class_lines(proposal: Proposal, lang: str) -> tuple[ClassLine, ...]:
    """Return every class with its room, date, slot and gate."""
    scenario, plan = proposal.scenario, proposal.recommended.plan
    minutes = scenario.limits.slot_minutes
    return tuple(
        ClassLine(
            name=c.label(lang),
            grade=scenario.grade_of(c).label(lang),
            pupils=c.pupils,
            boarders=c.boarders,
            room=c.room,
            building=c.building,
            batch=batch_of(plan, c),
            day=plan.day_of(c),
            begins=(arrival := plan.arrival_of[c.name]).slot,
            ends=ends_of(arrival.slot, minutes),
            gate=scenario.gate_named[arrival.gate].label(lang),
        )
        for c in scenario.classes
    )


def grouped(plan: Plan, classes: Sequence[SchoolClass], lang: str) -> tuple[Group, ...]:
    """Group classes by batch, in the order of the scenario."""
    turn = {c.name: batch_of(plan, c) for c in classes}
    groups = []
    for batch in sorted(set(turn.values())):
        of_it = [c for c in classes if turn[c.name] == batch]
        members = tuple(
            Member(c.label(lang), c.pupils - c.boarders, _count(c, lang)) for c in of_it
        )
        people = sum(m.people for m in members)
        on_return = sum(c.pupils for c in of_it)
        total = say("report.schedule.people", lang, n=people)
        if people < on_return:
            key = "people_both" if people else "return_only"
            total = say(f"report.schedule.{key}", lang, n=people, on_return=on_return)
        groups.append(Group(batch, members, people, on_return, total))
    return tuple(groups)


def _count(school_class: SchoolClass, lang: str) -> str:
    """Pupils who come by the gate every day, and on the return date in brackets."""
    if not school_class.boarders:
        return str(school_class.pupils)
    daily = school_class.pupils - school_class.boarders
    key = "return_only" if daily == 0 else "both"
    values = {"n": daily, "on_return": school_class.pupils}
    return say(f"report.schedule.{key}", lang, **values)


def schedule(proposal: Proposal, lang: str) -> tuple[SchedulePart, ...]:
    """Return slots against the gates that are used, shared out evenly where they are many."""
    scenario, plan = proposal.scenario, proposal.recommended.plan
    used = {a.gate for a in plan.arrivals}
    gates = [g for g in scenario.gates if g.name in used]
    width = ceil(len(gates) / ceil(len(gates) / ABREAST))
    starts = range(0, len(gates), width)
    return tuple(_part(scenario, plan, gates, slice(s, s + width), lang) for s in starts)


def _part(
    scenario: Scenario, plan: Plan, gates: Sequence[Gate], which: slice, lang: str
) -> SchedulePart:
    here = gates[which]
    names = {g.name for g in here}
    lines = []
    for slot in sorted({a.slot for a in plan.arrivals if a.gate in names}):
        cells = []
        for gate in here:
            classes = [
                c
                for c in scenario.classes
                if plan.arrival_of[c.name].slot == slot
                and plan.arrival_of[c.name].gate == gate.name
            ]
            cells.append(grouped(plan, classes, lang))
        span = clock_span(slot, ends_of(slot, scenario.limits.slot_minutes))
        lines.append(SlotLine(span, tuple(cells)))
    title = say(
        "report.schedule.part",
        lang,
        first=which.start + 1,
        last=which.start + len(here),
        gates=len(gates),
    )
    several = len(here) < len(gates)
    return SchedulePart(title if several else "", tuple(g.label(lang) for g in here), tuple(lines))
