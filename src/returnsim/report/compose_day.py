"""The rest of the day in words: what each class, group of staff and crew does, and an overview."""

from collections.abc import Iterator
from math import ceil

from returnsim.optimise.planner import Proposal
from returnsim.report.compose_canteens import canteen_sheets, shift_lines
from returnsim.report.compose_crews import crew_agendas, crew_sheets, round_lines
from returnsim.report.compose_day_checks import check_sheets, crossing_sheets
from returnsim.report.compose_day_results import result_tables
from returnsim.report.day_turns import Turns, later
from returnsim.report.document_day import Agenda, DayPages, GridCell, GridPart, Turn
from returnsim.report.phrases import clock_span, day_text, ends_of
from returnsim.scenario.daytime import Crossing, Event
from returnsim.scenario.people import SchoolClass, StaffGroup
from returnsim.wording import say

ABREAST = 8
"""Events that fit beside each other on a page."""


def day_pages(proposal: Proposal, lang: str) -> DayPages | None:
    """Return the rest of the day; none for a school that has no such elements."""
    found = proposal.recommended
    turns = Turns(proposal.scenario, found.plan, lang)
    results = result_tables(found, lang)
    if not (found.plan.timetable or found.plan.rounds or results):
        return None
    return DayPages(
        agendas=(*_agendas(turns), *crew_agendas(turns)),
        grid=_grid(turns),
        sheets=(
            *canteen_sheets(turns),
            *check_sheets(turns),
            *crossing_sheets(turns),
            *crew_sheets(turns),
        ),
        shifts=tuple(shift_lines(turns)),
        rounds=tuple(round_lines(turns)),
        results=results,
    )


def _agendas(turns: Turns) -> Iterator[Agenda]:
    """The day of each class and of each group of staff that has one."""
    if not turns.plan.timetable:
        return
    scenario, plan, lang = turns.scenario, turns.plan, turns.lang
    houses = {d.name: d for d in scenario.dormitories}
    for thing in turns.everybody:
        since, house = plan.batches[0][0], None
        if isinstance(thing, SchoolClass):
            since = plan.date_of[thing.grade]
            house = houses.get(thing.dormitory or "") if thing.boarders else None
        home = "" if house is None else house.label(lang)
        agenda = Agenda(
            name=thing.label(lang),
            is_class=isinstance(thing, SchoolClass),
            turns=tuple(sorted(_turns(turns, thing), key=lambda t: t.at)),
            days=tuple(day for day in scenario.calendar.school_days if day >= since),
            since=say("day.sheet.from", lang, day=day_text(since, lang)),
            sleeps=say("day.sheet.sleeps", lang, dormitory=home) if home else "",
        )
        if agenda.is_class or len(agenda.turns) > 1:
            yield agenda


def _turns(turns: Turns, thing: SchoolClass | StaffGroup) -> Iterator[Turn]:
    yield from _morning(turns, thing)
    for event in turns.scenario.events:
        turn = turns.plan.appointment_of.get((thing.name, event.name))
        if turn is not None:
            yield Turn(
                at=turn.at,
                ends=later(turn.at, turns.minutes(event, turn)),
                time=f"{turn.at:%H:%M}",
                what=event.label(turns.lang),
                where=_where(turns, event, thing),
                who=turns.part(event, turn),
                people=turns.people(event, turn),
                at_gate=isinstance(event, Crossing),
            )


def _morning(turns: Turns, thing: SchoolClass | StaffGroup) -> Iterator[Turn]:
    """Coming to school, and the bell."""
    scenario, lang = turns.scenario, turns.lang
    arrive = say("day.turn.arrive", lang)
    if isinstance(thing, StaffGroup):
        if thing.gate is not None and thing.arrives is not None:
            time = say("report.gate.staff_time", lang, time=f"{thing.arrives:%H:%M}")
            gate = scenario.gate_named[thing.gate].label(lang)
            at = thing.arrives
            yield Turn(at, later(at, 0), time, arrive, gate, "", thing.people, at_gate=True)
        return
    daily = thing.pupils - thing.boarders
    if daily:
        arrival = turns.plan.arrival_of[thing.name]
        ends = ends_of(arrival.slot, scenario.limits.slot_minutes)
        gate = scenario.gate_named[arrival.gate].label(lang)
        who = turns.group("day pupils") if thing.boarders else ""
        time = clock_span(arrival.slot, ends)
        yield Turn(arrival.slot, ends, time, arrive, gate, who, daily, at_gate=True)
    bell, lesson = scenario.grade_of(thing).bell, say("day.turn.lesson", lang)
    room = _room(thing, lang)
    yield Turn(bell, bell, f"{bell:%H:%M}", lesson, room, "", thing.pupils, at_gate=False)


def _where(turns: Turns, event: Event, thing: SchoolClass | StaffGroup) -> str:
    turn = turns.plan.appointment_of[thing.name, event.name]
    place = turns.place(event, turn)
    if isinstance(event, Crossing):
        key = "be_at" if event.direction == "in" else "leave_by"
        return say(f"day.turn.{key}", turns.lang, gate=place)
    if place or isinstance(thing, StaffGroup):
        return place
    return _room(thing, turns.lang)


def _room(school_class: SchoolClass, lang: str) -> str:
    values = {"room": school_class.room, "building": school_class.building}
    return say("day.turn.room", lang, **values)


def _grid(turns: Turns) -> tuple[GridPart, ...]:
    """Everybody against every event, shared out evenly where events are many."""
    scenario, lang = turns.scenario, turns.lang
    if not turns.plan.timetable:
        return ()
    things = [
        thing for thing in turns.everybody if any(t.who == thing.name for t in turns.plan.timetable)
    ]
    events = [e for e in scenario.events if turns.of(e)]
    heads = [say("day.turn.arrive", lang), *(e.label(lang) for e in events)]
    rows = [
        (t.label(lang), [_arrival(turns, t), *(_cell(turns, e, t) for e in events)]) for t in things
    ]
    parts = ceil(len(heads) / ABREAST)
    width = ceil(len(heads) / parts)
    found = []
    for part in range(parts):
        here = slice(part * width, (part + 1) * width)
        title = say("day.sheet.timetable_part", lang, part=part + 1, parts=parts)
        found.append(
            GridPart(
                title=title if parts > 1 else "",
                events=tuple(heads[here]),
                rows=tuple((name, tuple(cells[here])) for name, cells in rows),
            )
        )
    return tuple(found)


def _arrival(turns: Turns, thing: SchoolClass | StaffGroup) -> GridCell:
    first = next((t for t in _morning(turns, thing) if t.at_gate), None)
    return GridCell(f"{first.at:%H:%M}", first.where) if first else GridCell("", "")


def _cell(turns: Turns, event: Event, thing: SchoolClass | StaffGroup) -> GridCell:
    turn = turns.plan.appointment_of.get((thing.name, event.name))
    return GridCell(f"{turn.at:%H:%M}", turns.place(event, turn)) if turn else GridCell("", "")
