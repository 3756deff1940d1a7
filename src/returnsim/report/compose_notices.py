"""The notice that each family gets."""

from collections.abc import Iterator
from datetime import time

from returnsim.optimise.planner import Proposal
from returnsim.plan.plan import Plan
from returnsim.report.document import Notice
from returnsim.report.phrases import clock_span, day_text, ends_of, weekday
from returnsim.scenario.campus import Gate, Stage
from returnsim.scenario.people import SchoolClass
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say


def notices(proposal: Proposal, lang: str) -> tuple[Notice, ...]:
    """Return a notice for every class, in the order of the scenario."""
    scenario, plan = proposal.scenario, proposal.recommended.plan
    found = []
    for c in scenario.classes:
        arrival, day = plan.arrival_of[c.name], plan.day_of(c)
        gate = scenario.gate_named[arrival.gate]
        label, closes = gate.label(lang), f"{_let_in_until(plan, gate):%H:%M}"
        found.append(
            Notice(
                name=c.label(lang),
                date=day_text(day, lang),
                weekday=weekday(day, lang),
                time=clock_span(arrival.slot, ends_of(arrival.slot, scenario.limits.slot_minutes)),
                gate=label,
                bring=tuple(_bring(gate, lang)),
                steps=tuple(_steps(scenario, gate, c, lang)),
                greeting=say(f"report.notice.{'boarders' if c.boarders else 'greeting'}", lang),
                late=say("report.notice.late", lang, gate=label, closes=closes),
            )
        )
    return tuple(found)


def _let_in_until(plan: Plan, gate: Gate) -> time:
    """Until when somebody stands at every stage that all pass; the gate itself may close later."""
    last: dict[str, time] = {}
    for shift in plan.lanes:
        # those that begin later are for people who come in again at noon
        if shift.gate == gate.name and shift.begins < gate.closes:
            last[shift.stage] = max(shift.ends, last.get(shift.stage, shift.ends))
    chain = [s.name for s in gate.stages if not s.only_on_return_day]
    return min([gate.closes, *(last[name] for name in chain if name in last)])


def _checks(gate: Gate) -> set[str]:
    return {check for stage in gate.stages for check in stage.checks}


def _bring(gate: Gate, lang: str) -> Iterator[str]:
    yield say("report.notice.bring_card", lang)
    yield say("report.notice.bring_mask", lang)
    if "scan" in _checks(gate):
        yield say("report.notice.bring_code", lang)
    if gate.fast_lane:
        yield say("report.notice.bring_record", lang)
    yield say("report.notice.bring_water", lang)


def _steps(scenario: Scenario, gate: Gate, school_class: SchoolClass, lang: str) -> Iterator[str]:
    """What happens between the queue and the seat, stage by stage."""
    if gate.dropoff is not None:
        yield say("day.step.dropoff", lang)
    if gate.farewell is not None:
        yield say("day.step.farewell", lang)
    yield say("report.notice.step_queue", lang)
    if gate.fast_lane:
        yield say("report.notice.step_fast", lang)
    for stage in gate.stages:
        if not _passes(stage, school_class):
            continue
        for check in stage.checks:
            step = _step(scenario, check, lang, first=stage.only_on_return_day)
            yield _only(stage, school_class, step, lang)
    values = {"room": school_class.room, "building": school_class.building}
    yield say("report.notice.step_room", lang, **values)
    if scenario.doors.takes_temperature:
        yield say("report.notice.step_door", lang)


def _passes(stage: Stage, school_class: SchoolClass) -> bool:
    """Whether anybody of a class passes a stage."""
    daily = school_class.pupils - school_class.boarders
    passing = {"boarders": school_class.boarders, "day pupils": daily}
    return passing.get(stage.only_for, 1) > 0


def _only(stage: Stage, school_class: SchoolClass, step: str, lang: str) -> str:
    """Say who passes a stage where not the whole class does."""
    if stage.only_for == "everybody" or school_class.boarders in (0, school_class.pupils):
        return step
    who = say(f"day.group.{stage.only_for.replace(' ', '_')}", lang)
    return say("day.only", lang, who=who, text=step)


STEPS = {
    "scan": "report.notice.step_scan",
    "hand wash": "report.notice.step_wash",
    "bag disinfection": "report.notice.step_bag",
    "parcel": "day.step.parcel",
    "hand-over": "day.step.hand_over",
}
"""Sentences of the checks that are the same at every school."""


def _step(scenario: Scenario, check: str, lang: str, *, first: bool) -> str:
    if check in STEPS:
        return say(STEPS[check], lang)
    if check == "temperature":
        reads = scenario.screening
        key = "below" if reads.threshold_relation == ">=" else "up_to"
        celsius = f"{reads.threshold_celsius:.1f}"
        return say(f"report.notice.step_{key}", lang, celsius=celsius)
    key = "registration_first" if first else "registration"
    return say(f"report.notice.step_{key}", lang)
