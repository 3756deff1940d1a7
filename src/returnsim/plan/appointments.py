"""Everything in the timetable and the rounds of a plan that its scenario does not allow."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from returnsim.errors import Problem
from returnsim.plan.plan import Appointment, Plan
from returnsim.scenario.daytime import Crossing, DailyCheck, Event, Meal
from returnsim.scenario.scenario import Scenario


def timetable_misfits(plan: Plan, scenario: Scenario) -> Iterator[Problem]:
    """List what is missing, doubled, out of hours, out of order or in the wrong place."""
    people = [x.name for x in (*scenario.classes, *scenario.staff)]
    events = {e.name: e for e in scenario.events}
    given = Counter((a.who, a.what) for a in plan.timetable)
    for (who, what), times in given.items():
        if times > 1:
            yield Problem(f"timetable.{who}.{what}", "twice", {"name": what, "times": times})
    for event in scenario.events:
        for who in people:
            if scenario.takes_part(event, who) and not given[who, event.name]:
                yield Problem(f"timetable.{who}", "not_planned", {"name": event.name})
    for appointment in plan.timetable:
        yield from _one(appointment, events[appointment.what], scenario)
    for who in people:
        yield from _in_order(plan, scenario, who)
    yield from _other_work(plan, scenario)


def _one(appointment: Appointment, event: Event, scenario: Scenario) -> Iterator[Problem]:
    where = f"timetable.{appointment.who}.{appointment.what}"
    if not scenario.takes_part(event, appointment.who):
        yield Problem(where, "takes_no_part", {"who": appointment.who})
    if not event.begins <= appointment.at < event.ends:
        values = {
            "at": f"{appointment.at:%H:%M}",
            "begins": f"{event.begins:%H:%M}",
            "ends": f"{event.ends:%H:%M}",
        }
        yield Problem(f"{where}.at", "outside_its_time", values)
    place = appointment.place
    match event:
        case Meal():
            halls = [c.name for c in scenario.canteens]
            if place not in halls:
                values = {"value": place or "", "known": ", ".join(halls)}
                yield Problem(f"{where}.place", "no_such_place", values)
        case Crossing():
            yield from _by_gate(where, appointment, event, scenario)
        case DailyCheck() if place is not None:
            yield Problem(f"{where}.place", "no_place_for_checks")


def _by_gate(
    where: str, appointment: Appointment, crossing: Crossing, scenario: Scenario
) -> Iterator[Problem]:
    gates = [g for g in scenario.gates if crossing.direction == "in" or g.exit is not None]
    gate = next((g for g in gates if g.name == appointment.place), None)
    if gate is None:
        values = {"value": appointment.place or "", "known": ", ".join(g.name for g in gates)}
        yield Problem(f"{where}.place", "no_such_place", values)
        return
    school_class = scenario.class_named.get(appointment.who)
    if school_class is not None:
        grade = scenario.grade_of(school_class)
        if not scenario.may_use(gate, grade):
            values = {"gate": gate.name, "level": grade.level}
            yield Problem(f"{where}.place", "gate_not_for_level", values)


def _in_order(plan: Plan, scenario: Scenario, who: str) -> Iterator[Problem]:
    """Whoever has several turns takes them in the order in which the events begin."""
    turns = [
        (event, plan.appointment_of[who, event.name].at)
        for event in scenario.events
        if (who, event.name) in plan.appointment_of
    ]
    for (before, first), (after, then) in combinations(turns, 2):
        if then < first and before.groups & after.groups:
            values = {"before": before.name, "first": f"{first:%H:%M}", "at": f"{then:%H:%M}"}
            yield Problem(f"timetable.{who}.{after.name}.at", "before_its_turn", values)


def _other_work(plan: Plan, scenario: Scenario) -> Iterator[Problem]:
    """Rounds given to a crew that does not do what their zone asks for."""
    crews = {c.name: c for c in scenario.crews}
    zones = {z.name: z for z in scenario.zones}
    for number, turn in enumerate(plan.rounds, start=1):
        work = zones[turn.zone].work
        if not crews[turn.crew].does(work):
            able = ", ".join(c.name for c in scenario.crews if c.does(work))
            values = {"name": turn.crew, "work": work, "known": able}
            yield Problem(f"rounds.#{number}.crew", "crew_does_other_work", values)
