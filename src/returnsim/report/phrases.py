"""Numbers, dates, places and quantities as people write them."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time

from returnsim.report.places import grade_parts, place_parts
from returnsim.rules.audit import Key
from returnsim.rules.quantity import OF_GRADES, Quantity
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.calendar import WEEKDAYS
from returnsim.scenario.people import SchoolClass
from returnsim.scenario.quantities import Labelled, clock_time, seconds
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate
from returnsim.wording import known, say

LATIN = 0x2E7F
"""Last character that is as narrow as a letter."""
UNDATED = "—"
SHARES = frozenset(("share", "share of days", "share of returns"))
ROUNDS = (Quantity.ROUNDS_DONE, Quantity.ROUNDS_MISSED, Quantity.ROUNDS_IN_USE)


def number(value: float, decimals: int = 2) -> str:
    """Write a number with separators and no needless zeros.

    Examples
    --------
    >>> number(20165.0), number(14.644), number(0.6)
    ('20,165', '14.64', '0.6')
    """
    text = f"{value:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def percent(share: float) -> str:
    """Write a share as a percentage, exact when it is a whole one.

    Examples
    --------
    >>> percent(0.05), percent(0.0471), percent(1.0), percent(0.99999)
    ('5%', '4.7%', '100%', '>99.9%')
    """
    tenth = 0.0005
    if 0 < share < tenth:
        return "<0.1%"
    if 1 - tenth < share < 1:
        return ">99.9%"
    return f"{number(share * 100, 1)}%"


def grades_of(scenario: Scenario, classes: Sequence[SchoolClass], lang: str) -> Iterator[str]:
    """Name the grades of some classes, each with its classes where they are not all of it."""
    for grade in scenario.grades:
        members = [c for c in classes if c.grade == grade.name]
        if len(members) == sum(c.grade == grade.name for c in scenario.classes):
            yield grade.label(lang)
        elif members:
            comma = say("report.list.comma", lang)
            names = comma.join(c.label(lang) for c in members)
            yield say("report.calendar.part", lang, grade=grade.label(lang), classes=names)


def clock_span(begins: time, ends: time) -> str:
    """Write a stretch of the morning."""
    return f"{begins:%H:%M}–{ends:%H:%M}"


def ends_of(slot: time, minutes: float) -> time:
    """End of a slot that lasts so many minutes."""
    return clock_time(seconds(slot) + minutes * 60)


def day_text(day: date, lang: str) -> str:
    """Write a date without its year."""
    month = say(f"report.date.month.{day.month}", lang)
    return say("report.date.day", lang, day=day.day, month=month)


def full_date(day: date, lang: str) -> str:
    """Write a date with its year."""
    month = say(f"report.date.month.{day.month}", lang)
    return say("report.date.full", lang, day=day.day, month=month, year=day.year)


def weekday(day: date, lang: str) -> str:
    """Name of the weekday of a date."""
    return say(f"report.date.weekday.{WEEKDAYS[day.weekday()]}", lang)


def shortened(text: str, room: int) -> str:
    """Cut a text to so many Latin letters' width; a Chinese character takes two.

    Examples
    --------
    >>> shortened("South gate", 12), shortened("South gate", 6)
    ('South gate', 'South…')
    """
    widths = [2 if ord(c) > LATIN else 1 for c in text]
    if sum(widths) <= room:
        return text
    kept = [c for n, c in enumerate(text) if sum(widths[: n + 1]) < room]
    return "".join(kept) + "…"


def joined(parts: Iterable[str], lang: str, mark: str = "comma") -> str:
    """Join parts as the language lists things; empty ones are left out."""
    return say(f"report.list.{mark}", lang).join(part for part in parts if part)


def issued_by(book: Rulebook, lang: str) -> str:
    """Write who issued a rulebook, and when if it says so."""
    issuer = book.issuer_zh if lang == "zh" else book.issuer_en
    return joined((issuer, "" if book.issued == UNDATED else book.issued), lang, "pause")


def plain(quantity: Quantity, value: float, lang: str) -> str:
    """Write a value of a quantity without its unit."""
    if not math.isfinite(value):
        return say("report.date.never", lang)
    if quantity.unit in SHARES:
        return percent(value)
    if quantity.unit == "clock":
        return f"{clock_time(value):%H:%M}"
    return number(value)


def amount(quantity: Quantity, value: float, lang: str) -> str:
    """Write a value of a quantity with its unit."""
    text = plain(quantity, value, lang)
    if not math.isfinite(value):
        return text
    return say(f"unit.{quantity.unit}", lang, value=text, n=1 if text == "1" else 2)


def value_and_width(quantity: Quantity, estimate: Estimate, lang: str) -> tuple[str, str]:
    """Write an estimate and its half-width, to the same decimals; no width if it is certain.

    A width is rounded up: it never promises more than the interval does.
    """
    half = estimate.half_width
    if not math.isfinite(estimate.mean) or half <= 0 or quantity.unit == "clock":
        return plain(quantity, estimate.mean, lang), ""
    if not math.isfinite(half):
        return plain(quantity, estimate.mean, lang), "∞"
    if quantity.unit in SHARES:
        return percent(estimate.mean), percent(math.ceil(half * 1000 - 1e-9) / 1000)
    decimals = max(0, min(2, 1 - math.floor(math.log10(half))))
    width = math.ceil(half * 10**decimals - 1e-9) / 10**decimals
    return f"{estimate.mean:,.{decimals}f}", f"{width:,.{decimals}f}"


def estimated(quantity: Quantity, estimate: Estimate, lang: str) -> str:
    """Write an estimate with its interval: a risk with its upper bound, a mean with ±."""
    if quantity.is_risk:
        value, bound = percent(estimate.mean), percent(estimate.high)
        return say("report.number.bound", lang, value=value, bound=bound)
    if quantity.unit in SHARES and estimate.unseen is not None and estimate.mean == 1:
        bound = percent(math.floor(estimate.low * 1000 + 1e-9) / 1000)
        return say("report.number.at_least", lang, value=percent(estimate.mean), bound=bound)
    value, width = value_and_width(quantity, estimate, lang)
    if not width:
        return amount(quantity, estimate.mean, lang)
    text = say("report.number.interval", lang, value=value, half_width=width)
    return say(f"unit.{quantity.unit}", lang, value=text, n=2)


def distance(quantity: Quantity, gap: float, lang: str) -> str:
    """Write how far two values of a quantity are apart."""
    gap = abs(gap)
    if not math.isfinite(gap):
        return ""
    if quantity.unit in SHARES:
        return say("report.number.points", lang, value=number(gap * 100, 1))
    if quantity.unit == "clock":
        return say("unit.min", lang, value=number(gap / 60, 1), n=2)
    return amount(quantity, gap, lang)


def is_told_by_kind(key: Key) -> bool:
    """Whether only its kind tells an estimate from others of the same quantity, place and day."""
    quantity = key.quantity
    return bool(key.kind) and quantity in (Quantity.COPRESENCE, Quantity.SEATED_BY_BELL)


@dataclass(frozen=True)
class Labels:
    """How the things of a scenario are printed in one language."""

    scenario: Scenario
    lang: str

    def place(self, name: str, quantity: Quantity | None = None) -> str:
        """Label of a gate, class, supply, zone, canteen, meal, station, routine or of grades."""
        if quantity in OF_GRADES:
            first = quantity is Quantity.OBSERVATION_LEFT
            named = grade_parts(self.scenario, name, self.lang, building=first)
            return joined(named, self.lang, "dot")
        for group in self._groups(quantity):
            for entry in group:
                if entry.name == name:
                    return entry.label(self.lang)
        parts = place_parts(self.scenario, name, self.lang) if "/" in name else ()
        return joined(parts, self.lang, "dot") if parts else self.routine(name, self.lang)

    @staticmethod
    def routine(kind: str, lang: str) -> str:
        """Label of a daily routine, such as "temperature check/boarders/dormitory"."""
        keys = [(part, f"report.routine.{part.replace(' ', '_')}") for part in kind.split("/")]
        return joined((say(k, lang) if known(k, lang) else part for part, k in keys), lang, "dot")

    def where(self, key: Key) -> str:
        """Place and date of an estimate; the whole school when it has no place."""
        place = joined(
            (self.place(key.place, key.quantity) if key.place else "", self._kind(key)),
            self.lang,
            "dot",
        )
        day = day_text(date.fromisoformat(key.day), self.lang) if key.day else ""
        text = joined((place, day), self.lang, "dot")
        return text or say("report.compliance.everywhere", self.lang)

    def _kind(self, key: Key) -> str:
        """Which of several estimates of a quantity and place, where there are several."""
        if not is_told_by_kind(key):
            return ""
        if key.quantity is Quantity.COPRESENCE:
            return say(f"day.with.{key.kind}", self.lang)
        return self.place(key.kind)

    def _groups(self, quantity: Quantity | None) -> Iterator[tuple[Labelled, ...]]:
        """Where a name is looked for first: what is counted in rounds is a zone."""
        s = self.scenario
        if quantity in ROUNDS:
            yield s.zones
        yield from (s.gates, s.classes, s.supplies, s.canteens, s.dormitories, s.events, s.zones)
