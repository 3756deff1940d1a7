"""The rest of the day in a document: what each class, cook, checker, guard and cleaner is told."""

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that a class, a group of staff or a crew does every school day."""

    at: time
    ends: time
    """When most have done, for calendars."""
    time: str
    what: str
    where: str
    who: str
    """Which of its people; empty for all of them."""
    people: int
    at_gate: bool
    """Whether it happens at a gate, and so concerns the family."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """The day of a class, a group of staff or a crew."""

    name: str
    is_class: bool
    turns: tuple[Turn, ...]
    days: tuple[date, ...]
    """School days on which it holds."""
    since: str
    """From when on it holds, in words."""
    sleeps: str
    """Where its boarders sleep, in words; empty where there are none."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A turn of the overview: when, and where if there are several places for it."""

    time: str
    place: str
    """A letter, explained in `DayPages.places`."""


@dataclass(frozen=True, slots=True)
class GridPart:
    """Classes and groups of staff against as many events as fit beside each other."""

    title: str
    events: tuple[str, ...]
    rows: tuple[tuple[str, tuple[GridCell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A class, a group of staff or a zone on a sheet, with how many of it."""

    name: str
    count: str


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a sheet that hangs where something is done."""

    time: str
    members: tuple[Named, ...]
    texts: tuple[str, ...]
    """Further columns; empty ones are filled in by hand."""
    above: tuple[str, str]
    """What begins with this line, large and small; empty where nothing does."""


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A table of such a sheet: one meal, one check, one way out."""

    title: str
    lead: str
    heads: tuple[str, ...]
    """Of the further columns."""
    lines: tuple[SheetLine, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class DaySheet:
    """What hangs in a canteen, at a dormitory, at a gate, or goes with a crew."""

    key: str
    """Kind of sheet: canteen, check, crossing or crew."""
    kind: str
    name: str
    facts: tuple[str, ...]
    parts: tuple[SheetPart, ...]


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """A turn at a canteen, for the workbook."""

    canteen: str
    meal: str
    shift: int
    at: time
    name: str
    people: int
    used: int
    seats: int


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round, for the workbook."""

    crew: str
    at: time
    ends: time
    zone: str
    work: str
    closes: str
    uses: str


@dataclass(frozen=True, slots=True)
class ResultTable:
    """What the simulated days say about one side of the rest of the day."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int
    """Columns at the left that hold words; the others hold numbers."""


@dataclass(frozen=True, slots=True)
class DayPages:
    """The rest of the day in one language."""

    agendas: tuple[Agenda, ...]
    """Classes in the order of the notices, then staff, then crews."""
    grid: tuple[GridPart, ...]
    places: tuple[tuple[str, str], ...]
    """Letters of the overview and the places they stand for."""
    sheets: tuple[DaySheet, ...]
    shifts: tuple[ShiftLine, ...]
    rounds: tuple[RoundLine, ...]
    results: tuple[ResultTable, ...]
