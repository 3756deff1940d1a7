"""What hangs at a gate: who comes when, which lanes are open, what a high reading means."""

from collections.abc import Iterator, Sequence
from datetime import time
from itertools import pairwise
from math import ceil

from returnsim.optimise.planner import Proposal
from returnsim.plan.plan import Plan
from returnsim.report.compose_schedule import grouped
from returnsim.report.document import (
    DutyLine,
    Expected,
    GateSheet,
    Group,
    HighReading,
    Member,
    StageHead,
)
from returnsim.report.phrases import clock_span, day_text, ends_of, joined, number
from returnsim.scenario.campus import FAST, Gate, Lanes
from returnsim.scenario.quantities import clock_time
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say


def gate_sheets(proposal: Proposal, lang: str) -> tuple[GateSheet, ...]:
    """Return a sheet for every gate by which anybody comes."""
    scenario, plan = proposal.scenario, proposal.recommended.plan
    return tuple(_sheet(scenario, plan, gate, lang) for gate in _used(scenario, plan))


def unused_gates(proposal: Proposal, lang: str) -> str:
    """Name the gates that nobody uses; empty when there are none."""
    scenario, plan = proposal.scenario, proposal.recommended.plan
    used = _used(scenario, plan)
    names = [g.label(lang) for g in scenario.gates if g not in used]
    return say("report.gate.unused", lang, gates=joined(names, lang)) if names else ""


def most_on_duty(sheets: Sequence[GateSheet]) -> int:
    """Most people on duty at all gates at the same time."""
    lines = [line for sheet in sheets for line in sheet.duty]
    return max(
        (
            sum(o.people_return_day for o in lines if o.begins <= line.begins < o.ends)
            for line in lines
        ),
        default=0,
    )


def _used(scenario: Scenario, plan: Plan) -> list[Gate]:
    used = {a.gate for a in plan.arrivals} | {s.gate for s in scenario.staff if s.gate}
    return [g for g in scenario.gates if g.name in used]


def _sheet(scenario: Scenario, plan: Plan, gate: Gate, lang: str) -> GateSheet:
    opening = say(
        "report.gate.opening", lang, opens=f"{gate.opens:%H:%M}", closes=f"{gate.closes:%H:%M}"
    )
    here = [c for c in scenario.classes if plan.arrival_of[c.name].gate == gate.name]
    daily, on_return = sum(c.pupils - c.boarders for c in here), sum(c.pupils for c in here)
    people = say("report.gate.pupils", lang, n=daily)
    if here and not daily:
        people = say("report.gate.pupils_return", lang, n=on_return)
    facts = (opening, say("report.gate.places", lang, n=gate.places), people)
    chain = _chain(gate)
    return GateSheet(
        name=gate.label(lang),
        facts=facts,
        expected=tuple(_expected(scenario, plan, gate, lang)),
        stages=tuple(_head(gate, name, lanes, lang) for name, lanes in chain),
        duty=tuple(_duty(plan, gate, chain, lang)),
        held=tuple(_held(scenario, plan, gate, lang)),
        staffing=say("report.gate.staffing_of", lang, gate=gate.label(lang)),
        has_boarders=any(c.boarders for c in here),
    )


def _chain(gate: Gate) -> list[tuple[str, Lanes]]:
    chain: list[tuple[str, Lanes]] = [(s.name, s) for s in gate.stages]
    return [*chain, (FAST, gate.fast_lane)] if gate.fast_lane else chain


def _head(gate: Gate, name: str, lanes: Lanes, lang: str) -> StageHead:
    stage = next((s for s in gate.stages if s.name == name), None)
    label = stage.label(lang) if stage else say("report.gate.fast", lang)
    staff = lanes.staff_per_lane
    note = (
        say("report.gate.per_lane", lang, people=number(staff))
        if staff
        else say("report.gate.by_itself", lang)
    )
    only = stage is not None and stage.only_on_return_day
    parts = (note, say("report.gate.return_day", lang) if only else "")
    return StageHead(label, joined(parts, lang), only)


def _expected(scenario: Scenario, plan: Plan, gate: Gate, lang: str) -> Iterator[Expected]:
    rows: list[tuple[time, str, tuple[Group, ...]]] = []
    for moment in sorted({s.arrives for s in scenario.staff if s.gate == gate.name and s.arrives}):
        here = [s for s in scenario.staff if s.gate == gate.name and s.arrives == moment]
        members = tuple(Member(s.label(lang), s.people, number(s.people)) for s in here)
        text = say("report.gate.staff_time", lang, time=f"{moment:%H:%M}")
        people = sum(m.people for m in members)
        rows.append((moment, text, (Group(0, members, people, people, number(people)),)))
    minutes = scenario.limits.slot_minutes
    for slot in sorted({a.slot for a in plan.arrivals if a.gate == gate.name}):
        names = {a.school_class for a in plan.arrivals if (a.gate, a.slot) == (gate.name, slot)}
        classes = [c for c in scenario.classes if c.name in names]
        text = clock_span(slot, ends_of(slot, minutes))
        rows.append((slot, text, grouped(plan, classes, lang)))
    return_only = not any(g.people for _, _, groups in rows for g in groups if g.batch)
    total = 0
    for _, text, groups in sorted(rows, key=lambda row: row[0]):
        people, on_return = sum(g.people for g in groups), sum(g.on_return for g in groups)
        total += on_return if return_only else people
        yield Expected(text, groups, people, total, on_return)


def _duty(
    plan: Plan, gate: Gate, chain: Sequence[tuple[str, Lanes]], lang: str
) -> Iterator[DutyLine]:
    """Stretches of the morning in which no lane opens or closes."""
    steps = {name: plan.lanes_over_time(gate.name, name) for name, _ in chain}
    moments = sorted({moment for changes in steps.values() for moment, _ in changes})
    for begins, ends in pairwise(moments):
        counts = tuple(_open_at(steps[name], begins) for name, _ in chain)
        desks = {s.name for s in gate.stages if s.only_on_return_day}
        needed = [
            (name in desks, count * lanes.staff_per_lane)
            for (name, lanes), count in zip(chain, counts, strict=True)
        ]
        if not any(counts):
            continue
        always = _whole(sum(people for desk, people in needed if not desk))
        on_return = _whole(sum(people for _, people in needed))
        extra = say("report.gate.people_return_day", lang, n=on_return)
        first, last = clock_time(begins), clock_time(ends)
        yield DutyLine(
            begins=first,
            ends=last,
            time=clock_span(first, last),
            lanes=counts,
            people=always,
            people_return_day=on_return,
            lanes_text=tuple(_lanes(n, lang) for n in counts),
            people_text=say("report.gate.people", lang, n=always),
            return_day_text=extra if on_return > always else "",
        )


def _lanes(lanes: int, lang: str) -> str:
    if not lanes:
        return say("report.gate.closed", lang)
    return say("report.gate.lanes", lang, n=lanes)


def _open_at(steps: Sequence[tuple[float, int]], moment: float) -> int:
    return next((lanes for since, lanes in reversed(steps) if since <= moment), 0)


def _whole(people: float) -> int:
    return ceil(people - 1e-9)


def _held(scenario: Scenario, plan: Plan, gate: Gate, lang: str) -> Iterator[str]:
    for hold in scenario.holds:
        if plan.arrival_of[hold.school_class].gate != gate.name:
            continue
        name = scenario.class_named[hold.school_class].label(lang)
        values = {"class": name, "n": hold.pupils}
        if hold.until is None:
            yield say("report.gate.held_open", lang, **values)
        else:
            yield say("report.gate.held_until", lang, day=day_text(hold.until, lang), **values)


def threshold(scenario: Scenario, lang: str) -> str:
    """Write the reading from which somebody is sent aside."""
    reads = scenario.screening
    key = "at_or_above" if reads.threshold_relation == ">=" else "above"
    return say(f"report.gate.{key}", lang, celsius=f"{reads.threshold_celsius:.1f}")


def high_reading(scenario: Scenario, lang: str) -> HighReading:
    """Return the steps after a high reading, with the scenario's own numbers."""
    limit, recheck = threshold(scenario, lang), scenario.recheck
    steps = (
        say("report.gate.step_aside", lang),
        say("report.gate.step_rest", lang, minutes=number(recheck.rest_minutes.mean, 0)),
        say("report.gate.step_again", lang),
        say("report.gate.step_decide", lang, threshold=limit),
    )
    note = say(
        "report.gate.reading_note",
        lang,
        chairs=recheck.rest_places,
        places=scenario.isolation.places,
    )
    return HighReading(limit, steps, note)
