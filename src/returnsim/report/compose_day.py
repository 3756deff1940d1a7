"""The rest of the day in words: what each class, group of staff and crew does, and an overview."""

from collections.abc import Iterator, Sequence
from math import ceil
from string import ascii_uppercase

from returnsim.optimise.planner import Proposal
from returnsim.report.compose_canteens import canteen_sheets, shift_lines
from returnsim.report.compose_crews import crew_agendas, crew_sheets, round_lines
from returnsim.report.compose_day_checks import check_sheets, crossing_sheets
from returnsim.report.compose_day_results import result_tables
from returnsim.report.day_turns import Thing, Turns, later
from returnsim.report.document_day import Agenda, DayPages, GridCell, GridPart, Turn
from returnsim.report.phrases import clock_span, day_text, ends_of
from returnsim.scenario.daytime import Crossing, Event
from returnsim.scenario.people import SchoolClass, StaffGroup
from returnsim.wording import say

ABREAST = 10
"""Events that fit beside each other on a page."""


def day_pages(proposal: Proposal, lang: str) -> DayPages | None:
    """Return the rest of the day; none for a school that has no such elements."""
    found = proposal.recommended
    turns = Turns(proposal.scenario, found.plan, lang)
    results = result_tables(found, lang)
    if not (found.plan.timetable or found.plan.rounds or results):
        return None
    grid, places = _grid(turns)
    return DayPages(
        agendas=(*_agendas(turns), *crew_agendas(turns)),
        grid=grid,
        places=places,
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
        since, house = plan.return_days[0], None
        if isinstance(thing, SchoolClass):
            since = plan.day_of(thing)
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


def _turns(turns: Turns, thing: Thing) -> Iterator[Turn]:
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


def _morning(turns: Turns, thing: Thing) -> Iterator[Turn]:
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


def _where(turns: Turns, event: Event, thing: Thing) -> str:
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


Cells = dict[str, tuple[str, str]]
"""Time and place by class or group of staff."""


def _columns(turns: Turns, things: Sequence[Thing]) -> list[tuple[str, Cells]]:
    """Columns of the overview: coming to school, then every event that anybody has a turn at."""
    first = {
        thing.name: (f"{turn.at:%H:%M}", turn.where)
        for thing in things
        for turn in _morning(turns, thing)
        if turn.at_gate
    }
    columns = [(say("day.turn.arrive", turns.lang), first)]
    for event in turns.scenario.events:
        cells = {t.who: (f"{t.at:%H:%M}", turns.place(event, t)) for t in turns.of(event)}
        if cells:
            columns.append((event.label(turns.lang), cells))
    return columns


def _grid(turns: Turns) -> tuple[tuple[GridPart, ...], tuple[tuple[str, str], ...]]:
    """Everybody against every event, shared out evenly where events are many, and its letters.

    A place has a letter where an event happens in several.
    """
    if not turns.plan.timetable:
        return (), ()
    lang, asked = turns.lang, {t.who for t in turns.plan.timetable}
    things = [thing for thing in turns.everybody if thing.name in asked]
    columns = _columns(turns, things)
    several = [{place for _, place in cells.values() if place} for _, cells in columns]
    names = [name for here in several if len(here) > 1 for name in sorted(here)]
    letter = {name: _letters(n) for n, name in enumerate(dict.fromkeys(names))}
    parts = ceil(len(columns) / ABREAST)
    width = ceil(len(columns) / parts)
    found = []
    for part in range(parts):
        here = columns[part * width : (part + 1) * width]
        title = say("day.sheet.timetable_part", lang, part=part + 1, parts=parts)
        rows = tuple(
            (thing.label(lang), tuple(_cell(cells, thing.name, letter) for _, cells in here))
            for thing in things
        )
        found.append(GridPart(title if parts > 1 else "", tuple(h for h, _ in here), rows))
    return tuple(found), tuple((code, name) for name, code in letter.items())


def _cell(cells: Cells, name: str, letter: dict[str, str]) -> GridCell:
    time, place = cells.get(name, ("", ""))
    return GridCell(time, letter.get(place, ""))


def _letters(number: int) -> str:
    """A, B ... Z, then AA, AB ..."""
    before, last = divmod(number, len(ascii_uppercase))
    return (_letters(before - 1) if before else "") + ascii_uppercase[last]
