"""A clerk's list of people, from a workbook to records without names.

Names and numbers of cards are used to find rows that stand twice, and for nothing else: they
are not in what is returned, not in what is said of a row that cannot be read, and not kept.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from returnsim.scenario.roster_cells import tight
from returnsim.scenario.roster_classes import LONGEST_NAME, SHORTEST_NAME, holds_any
from returnsim.scenario.roster_columns import Header, find_header
from returnsim.scenario.roster_notes import Note, Rejected, SheetRead
from returnsim.scenario.roster_person import Person
from returnsim.scenario.roster_rows import Found, SheetReading
from returnsim.scenario.roster_sheet import Refused, Workbook
from returnsim.scenario.roster_workbook import at_the_door, open_workbook

LONGEST_SHEET_NAME = 60


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many pupils of a class the list holds."""

    pupils: int = 0
    boarders: int = 0
    rejected: int = 0
    """Rows of the class that could not be read; copies of other rows are not counted."""


@dataclass(frozen=True, slots=True)
class Roster:
    """What a list says, without names: ``read == len(people) + len(rejected)``."""

    people: tuple[Person, ...]
    rejected: tuple[Rejected, ...]
    skipped: tuple[Note, ...]
    """Rows and sheets that speak of nobody: empty, totals, notes."""
    unclear: tuple[Note, ...]
    """Cells of accepted rows that a person must judge; the pupil is held until then."""
    sheets: tuple[SheetRead, ...]
    read: int
    """Rows that speak of a person."""
    namesakes: int
    """Accepted rows with the class and name of an earlier one, and no number to tell by."""
    carried_down: int
    """Rows of a CSV that took class or grade from the row above."""

    def by_class(self) -> dict[str, ClassCount]:
        """Count each class, in the order of the list."""
        pupils, boarders, rejected = Counter[str](), Counter[str](), Counter[str]()
        for person in self.people:
            if person.role == "student":
                pupils[person.school_class] += 1
                boarders[person.school_class] += bool(person.boarder)
        for row in self.rejected:
            if row.school_class and not row.is_copy:
                rejected[row.school_class] += 1
        names = dict.fromkeys([*pupils, *rejected])
        return {n: ClassCount(pupils[n], boarders[n], rejected[n]) for n in names}


def read_roster(path: Path, *, near: date | None = None, home: Sequence[str] = ()) -> Roster:
    """Read a workbook (XLSX, XLS or CSV) to records without names.

    Parameters
    ----------
    path
        The workbook.
    near
        A day close to the return, which gives a year to dates without one; when left out, the
        day or the term that the lines above the table speak of.
    home
        Province, prefecture, county and township of the school, from which addresses are told
        apart; empty text for what is not to be used.

    Raises
    ------
    InputError
        The workbook is refused as a whole, with the reason.
    """
    book = open_workbook(path)
    return at_the_door(path, lambda: _read(book, near, home))


def _read(book: Workbook, near: date | None, home: Sequence[str]) -> Roster:
    headers = [None if sheet.hidden else find_header(sheet) for sheet in book.sheets]
    if not any(headers):
        raise Refused("no_list")
    found = Found(private=_written(book, headers, people=True))
    others = _written(book, headers, people=False)
    labels = [
        f"#{number}" if holds_any(tight(sheet.name), found.private | others) else sheet.name
        for number, sheet in enumerate(book.sheets, 1)
    ]
    for sheet, header, label in zip(book.sheets, headers, map(_printable, labels), strict=True):
        if header is None:
            code = "hidden" if sheet.hidden else "empty_sheet" if not sheet.rows else "no_list"
            found.skipped.append(Note(label, 0, "", code))
        else:
            SheetReading(found, book, sheet, header, label, near, home).run()
    return Roster(
        people=tuple(found.people),
        rejected=tuple(found.rejected),
        skipped=tuple(found.skipped),
        unclear=tuple(found.unclear),
        sheets=tuple(found.sheets),
        read=found.read,
        namesakes=found.namesakes,
        carried_down=found.carried_down,
    )


def _written(book: Workbook, headers: Sequence[Header | None], *, people: bool) -> set[str]:
    """Names of the people on the list, or what stands in columns that are not read."""
    found: set[str] = set()
    for sheet, header in zip(book.sheets, headers, strict=True):
        if header is not None:
            columns = [c for c, what in header.fields.items() if what == "name"]
            for column in columns if people else header.not_read:
                found |= {tight(cells[column]) for _, cells in sheet.rows if column < len(cells)}
    return {
        text
        for text in found
        if SHORTEST_NAME <= len(text) <= LONGEST_NAME and not any(c.isdigit() for c in text)
    }


def _printable(name: str) -> str:
    return "".join(c for c in name if c.isprintable())[:LONGEST_SHEET_NAME]
