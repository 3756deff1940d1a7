"""What checkers and guards are told: daily checks by dormitory and room, out and in by gate."""

from collections.abc import Iterator

from returnsim.plan.plan import Appointment
from returnsim.report.compose_gates import threshold
from returnsim.report.day_turns import Turns
from returnsim.report.document_day import DaySheet, Named, SheetLine, SheetPart
from returnsim.report.phrases import joined, number
from returnsim.scenario.campus import Gate
from returnsim.scenario.daytime import Crossing, DailyCheck
from returnsim.scenario.people import SchoolClass
from returnsim.wording import say


def check_sheets(turns: Turns) -> Iterator[DaySheet]:
    """Return a sheet for every dormitory and check at its door, and one for every other check."""
    for check in turns.scenario.checks:
        posts: dict[str, list[Appointment]] = {}
        for turn in turns.of(check):
            house = turns.dormitory(check, turn)
            posts.setdefault(house.name if house else "", []).append(turn)
        for name, there in posts.items():
            yield _check_sheet(turns, check, name, there)


def _check_sheet(turns: Turns, check: DailyCheck, name: str, there: list[Appointment]) -> DaySheet:
    lang = turns.lang
    house = next((d for d in turns.scenario.dormitories if d.name == name), None)
    checkers = house.door_lanes if house else check.checkers
    who = say("day.check.checkers", lang, n=checkers) if checkers else say("day.check.own", lang)
    values = {"begins": f"{check.begins:%H:%M}", "ends": f"{check.ends:%H:%M}"}
    lead = say(
        "day.check.lead",
        lang,
        who=turns.groups(check),
        people=number(sum(turns.people(check, t) for t in there)),
        threshold=threshold(turns.scenario, lang),
    )
    keys = ("room", "people") if not house else ("people",)
    heads = (*(say(f"day.sheet.{key}", lang) for key in keys), *_by_hand(lang, "done", "remarks"))
    lines = tuple(_check_line(turns, check, turn, bool(house)) for turn in there)
    part = SheetPart("", lead, heads, lines)
    place = (check.label(lang), house.label(lang) if house else "")
    return DaySheet(
        key="check",
        kind=say("day.check.kind", lang),
        name=joined(place, lang, "dot"),
        facts=(say("day.check.hours", lang, **values), who),
        parts=(part,),
    )


def _check_line(turns: Turns, check: DailyCheck, turn: Appointment, at_door: bool) -> SheetLine:
    thing = turns.thing(turn.who)
    room = thing.room if isinstance(thing, SchoolClass) else ""
    if isinstance(thing, SchoolClass):
        room = joined((thing.room, thing.building), turns.lang, "dot")
    people = number(turns.people(check, turn))
    texts = (people,) if at_door else (room, people)
    name = Named(turns.name(turn), turns.part(check, turn))
    return SheetLine(f"{turn.at:%H:%M}", (name,), texts, ("", ""))


def crossing_sheets(turns: Turns) -> Iterator[DaySheet]:
    """Return a sheet for every gate by which people go out or come in again."""
    lang = turns.lang
    crossings = sorted(turns.scenario.crossings, key=lambda c: (c.begins, c.ends))
    for gate in turns.scenario.gates:
        there = [(c, [t for t in turns.of(c) if t.place == gate.name]) for c in crossings]
        parts = tuple(_crossing(turns, c, found) for c, found in there if found)
        if parts:
            yield DaySheet(
                key="crossing",
                kind=say("day.crossing.kind", lang),
                name=gate.label(lang),
                facts=tuple(_facts(gate, lang)),
                parts=parts,
            )


def _facts(gate: Gate, lang: str) -> Iterator[str]:
    yield say("day.crossing.places", lang, n=gate.places)
    if gate.exit is not None:
        yield say("day.crossing.lanes_out", lang, n=gate.exit.lanes)


def _crossing(turns: Turns, crossing: Crossing, found: list[Appointment]) -> SheetPart:
    lang = turns.lang
    values = {"begins": f"{crossing.begins:%H:%M}", "ends": f"{crossing.ends:%H:%M}"}
    key = f"day.crossing.lead_{crossing.direction}"
    lead = say(key, lang, who=turns.groups(crossing), **values)
    if crossing.by is not None:
        by = say("day.crossing.by", lang, by=f"{crossing.by:%H:%M}")
        lead += say("day.sheet.space", lang) + by
    lines, total = [], 0
    for at in sorted({t.at for t in found}):
        here = [t for t in found if t.at == at]
        people = sum(turns.people(crossing, t) for t in here)
        total += people
        members = tuple(Named(turns.name(t), number(turns.people(crossing, t))) for t in here)
        texts = (number(people), number(total))
        lines.append(SheetLine(f"{at:%H:%M}", members, texts, ("", "")))
    heads = (say("day.sheet.people", lang), say("day.sheet.total", lang))
    return SheetPart(
        title=say(f"day.crossing.{crossing.direction}", lang, name=crossing.label(lang)),
        lead=lead,
        heads=(*heads, *_by_hand(lang, "counted")),
        lines=tuple(lines),
    )


def _by_hand(lang: str, *keys: str) -> tuple[str, ...]:
    """Heads of the columns that are filled in by hand."""
    return tuple(say(f"day.sheet.{key}", lang) for key in keys)
