"""What hangs in a canteen: who comes when, in which shift, and when tables are wiped."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from returnsim.plan.plan import Appointment
from returnsim.report.day_turns import Turns
from returnsim.report.document_day import DaySheet, Named, SheetLine, SheetPart, ShiftLine
from returnsim.report.phrases import number
from returnsim.scenario.daytime import Meal
from returnsim.scenario.halls import Canteen
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.wording import say


@dataclass(frozen=True)
class Sitting:
    """Those who set out for a canteen at the same minute."""

    shift: int
    turns: tuple[Appointment, ...]
    people: int
    used: int
    """Seats in use once they all sit, if everybody eats as long as people do on average."""
    wiped_from: float | None
    """Since when tables are wiped before them [s after midnight]; none within a shift."""

    @property
    def at(self) -> time:
        """When they set out."""
        return self.turns[0].at


def sittings(turns: Turns, meal: Meal, canteen: Canteen) -> list[Sitting]:
    """Return the sittings of a meal by time, told apart into shifts as the model does it.

    Turns that follow each other within less than the time for clearing are one shift; before
    each later shift nobody sits down for that long.
    """
    found: list[Sitting] = []
    clearing, eating = 60 * canteen.clearing_minutes, 60 * canteen.eating_minutes.mean
    here = [t for t in turns.of(meal) if t.place == canteen.name]
    shift, seated = 1, list[tuple[float, int]]()
    for at in sorted({t.at for t in here}):
        together = tuple(t for t in here if t.at == at)
        people = sum(turns.people(meal, t) for t in together)
        moment, wiped = seconds(at), None
        if clearing and found and moment - seconds(found[-1].at) >= clearing:
            shift, seated = shift + 1, []
            wiped = max(seconds(meal.begins), moment - clearing)
        seated = [(since, n) for since, n in seated if since + eating > moment]
        seated.append((moment, people))
        found.append(Sitting(shift, together, people, sum(n for _, n in seated), wiped))
    return found


def canteen_sheets(turns: Turns) -> Iterator[DaySheet]:
    """Return a sheet for every canteen in which anybody eats."""
    lang = turns.lang
    for canteen in turns.scenario.canteens:
        meals = [
            (meal, found)
            for meal in sorted(turns.scenario.meals, key=lambda m: m.begins)
            if (found := sittings(turns, meal, canteen))
        ]
        places = {"seats": canteen.seats, "places": canteen.marked_places}
        posts = {"door": canteen.door_lanes, "taps": canteen.taps, "lines": canteen.lines}
        if meals:
            yield DaySheet(
                key="canteen",
                kind=say("day.canteen.kind", lang),
                name=canteen.label(lang),
                facts=(
                    say("day.canteen.places", lang, **places),
                    say("day.canteen.lanes", lang, **posts),
                ),
                parts=tuple(_part(turns, meal, canteen, found) for meal, found in meals),
            )


def _part(turns: Turns, meal: Meal, canteen: Canteen, found: list[Sitting]) -> SheetPart:
    lang = turns.lang
    values = {"begins": f"{meal.begins:%H:%M}", "ends": f"{meal.ends:%H:%M}"}
    lead = say("day.canteen.lead", lang, who=turns.groups(meal), **values)
    if meal.temperature_at_door:
        lead += say("day.sheet.space", lang) + say("day.canteen.temperature", lang)
    heads = (say("day.sheet.people", lang), say("day.sheet.seats", lang))
    lines = []
    for n, sitting in enumerate(found):
        first = n == 0 or sitting.shift != found[n - 1].shift
        lines.append(
            SheetLine(
                time=f"{sitting.at:%H:%M}",
                members=tuple(
                    Named(turns.name(t), number(turns.people(meal, t))) for t in sitting.turns
                ),
                texts=(number(sitting.people), _seats(sitting, canteen, lang)),
                above=_above(found, sitting, lang) if first else ("", ""),
            )
        )
    return SheetPart(meal.label(lang), lead, (*heads, say("day.sheet.counted", lang)), tuple(lines))


def _seats(sitting: Sitting, canteen: Canteen, lang: str) -> str:
    more = sitting.used - canteen.seats
    key = "too_many" if more > 0 else "seats"
    used = min(sitting.used, canteen.seats)
    return say(f"day.canteen.{key}", lang, used=used, seats=canteen.seats, more=more)


def _above(found: list[Sitting], sitting: Sitting, lang: str) -> tuple[str, str]:
    people = sum(s.people for s in found if s.shift == sitting.shift)
    title = say("day.canteen.shift", lang, n=sitting.shift, people=number(people))
    if sitting.wiped_from is None:
        return title, ""
    span = {"begins": f"{clock_time(sitting.wiped_from):%H:%M}", "ends": f"{sitting.at:%H:%M}"}
    return title, say("day.canteen.wiped", lang, **span)


def shift_lines(turns: Turns) -> Iterator[ShiftLine]:
    """Return every turn at a canteen, for the workbook."""
    for canteen in turns.scenario.canteens:
        for meal in sorted(turns.scenario.meals, key=lambda m: m.begins):
            for sitting in sittings(turns, meal, canteen):
                for turn in sitting.turns:
                    yield ShiftLine(
                        canteen=canteen.label(turns.lang),
                        meal=meal.label(turns.lang),
                        shift=sitting.shift,
                        at=turn.at,
                        name=turns.name(turn),
                        people=turns.people(meal, turn),
                        used=sitting.used,
                        seats=canteen.seats,
                    )
