"""What goes with a crew: which zone when, what it closes, how much it takes."""

from collections import Counter
from collections.abc import Iterator

from returnsim.plan.plan import Round
from returnsim.report.day_turns import Turns, later, whole_minutes
from returnsim.report.document_day import (
    Agenda,
    DaySheet,
    Named,
    RoundLine,
    SheetLine,
    SheetPart,
    Turn,
)
from returnsim.report.phrases import Labels, day_text, joined, number
from returnsim.scenario.equipment import Crew
from returnsim.scenario.supply import Supply, Zone
from returnsim.wording import say


def crew_sheets(turns: Turns) -> Iterator[DaySheet]:
    """Return a duty sheet for every crew that has rounds."""
    lang = turns.lang
    for crew in turns.scenario.crews:
        rounds = _rounds(turns, crew)
        if rounds:
            yield DaySheet(
                key="crew",
                kind=say("day.crew.kind", lang),
                name=crew.label(lang),
                facts=(
                    say("day.crew.people", lang, n=crew.people),
                    say("day.crew.walk", lang, minutes=number(crew.walk_minutes)),
                    *((say(f"day.crew.only_{crew.work}", lang),) if crew.work else ()),
                ),
                parts=(_part(turns, crew, rounds),),
            )


def _part(turns: Turns, crew: Crew, rounds: list[Round]) -> SheetPart:
    lang = turns.lang
    total = _uses(turns, [_zone(turns, turn) for turn in rounds])
    uses = ("uses",) if total else ()
    heads = ("closes", "minutes", *uses, "done", "signature")
    lines = tuple(
        SheetLine(
            time=f"{turn.at:%H:%M}",
            members=(Named(zone.label(lang), say(f"day.crew.{zone.work}", lang)),),
            texts=(
                _closes(turns, zone),
                say("day.crew.minutes", lang, n=whole_minutes(_minutes(crew, zone))),
                *(_uses(turns, [zone]) for _ in uses),
            ),
            above=("", ""),
        )
        for turn, zone in ((turn, _zone(turns, turn)) for turn in rounds)
    )
    notes = (say("day.crew.total", lang, uses=total) if total else "", _missing(turns))
    return SheetPart(
        title="",
        lead=say("day.crew.lead", lang),
        heads=tuple(say(f"day.sheet.{head}", lang) for head in heads),
        lines=lines,
        note=say("day.sheet.space", lang).join(note for note in notes if note),
    )


def _rounds(turns: Turns, crew: Crew) -> list[Round]:
    return sorted((r for r in turns.plan.rounds if r.crew == crew.name), key=lambda r: r.at)


def _zone(turns: Turns, turn: Round) -> Zone:
    return next(z for z in turns.scenario.zones if z.name == turn.zone)


def _minutes(crew: Crew, zone: Zone) -> float:
    """Mean time of a crew in a zone."""
    return crew.minutes_per_100_m2.mean * zone.area_m2 / 100


def _closes(turns: Turns, zone: Zone) -> str:
    labels = Labels(turns.scenario, turns.lang)
    return joined((labels.place(name) for name in zone.closes), turns.lang)


def _uses(turns: Turns, zones: list[Zone]) -> str:
    """What rounds in some zones take from the store; airing takes nothing."""
    area = sum(zone.area_m2 for zone in zones if zone.work == "disinfection")
    supplies = [s for s in turns.scenario.supplies if s.per_round_m2 and area]
    return joined((_use(s, s.per_round_m2 * area, turns.lang) for s in supplies), turns.lang)


def _use(supply: Supply, amount: float, lang: str) -> str:
    unit = supply.unit_zh if lang == "zh" else supply.unit_en
    values = {"amount": number(amount), "unit": unit, "supply": supply.label(lang)}
    return say("day.crew.use", lang, **values)


def _missing(turns: Turns) -> str:
    """Rounds that no crew has time for, in words."""
    lang, planned = turns.lang, Counter(turn.zone for turn in turns.plan.rounds)
    zones = [
        say("day.crew.missing_zone", lang, zone=z.label(lang), n=n, of=z.rounds_per_day)
        for z in turns.scenario.zones
        if (n := z.rounds_per_day - planned[z.name]) > 0
    ]
    return say("day.crew.missing", lang, zones=joined(zones, lang)) if zones else ""


def round_lines(turns: Turns) -> Iterator[RoundLine]:
    """Return every round, for the workbook."""
    for crew in turns.scenario.crews:
        for turn in _rounds(turns, crew):
            zone = _zone(turns, turn)
            yield RoundLine(
                crew=crew.label(turns.lang),
                at=turn.at,
                ends=later(turn.at, _minutes(crew, zone)),
                zone=zone.label(turns.lang),
                work=say(f"day.crew.{zone.work}", turns.lang),
                closes=_closes(turns, zone),
                uses=_uses(turns, [zone]),
            )


def crew_agendas(turns: Turns) -> Iterator[Agenda]:
    """Return the day of every crew, from the first return on."""
    first = turns.plan.return_days[0]
    for crew in turns.scenario.crews:
        rounds = _rounds(turns, crew)
        if rounds:
            yield Agenda(
                name=crew.label(turns.lang),
                is_class=False,
                turns=tuple(_turn(turns, crew, turn) for turn in rounds),
                days=tuple(d for d in turns.scenario.calendar.school_days if d >= first),
                since=say("day.sheet.from", turns.lang, day=day_text(first, turns.lang)),
                sleeps="",
            )


def _turn(turns: Turns, crew: Crew, turn: Round) -> Turn:
    zone = _zone(turns, turn)
    return Turn(
        at=turn.at,
        ends=later(turn.at, _minutes(crew, zone)),
        time=f"{turn.at:%H:%M}",
        what=say(f"day.crew.{zone.work}", turns.lang),
        where=zone.label(turns.lang),
        who="",
        people=crew.people,
        at_gate=False,
    )
