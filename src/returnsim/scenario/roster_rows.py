"""From the rows of a sheet to people, or to the reason why not."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from returnsim.scenario.roster_cells import BLANKS, LONGEST_ANSWER, CellReader, Read, plain, tight
from returnsim.scenario.roster_classes import (
    Place,
    class_in_title,
    class_name,
    fit_to_print,
    holds_any,
    is_class,
    is_grade,
    place,
)
from returnsim.scenario.roster_columns import Header
from returnsim.scenario.roster_dates import Dates, day_in_title
from returnsim.scenario.roster_notes import Note, Rejected, SheetRead
from returnsim.scenario.roster_person import Person, Role, facts, reversed_dates
from returnsim.scenario.roster_sheet import Cell, Mark, Refused, Sheet, Workbook, letters

METHODS = {
    "boarder": CellReader.boards,
    "day_pupil": CellReader.day_pupil,
    "scope": CellReader.scope,
    "area": CellReader.area,
    "travel": CellReader.travel,
    "lifted_on": CellReader.date,
    "isolation_start": CellReader.period,
    "isolation_end": CellReader.date,
    "isolation_period": CellReader.period,
    "isolated": CellReader.listed,
    "home_observation_from": CellReader.period,
    "home_end": CellReader.date,
    "health_code": CellReader.code,
    "health": CellReader.health,
    "test": CellReader.test,
    "temperature": CellReader.temperature,
    "symptoms_onset": CellReader.date,
    "symptoms_clear": CellReader.date,
    "anomaly_on": CellReader.date,
    "supervised": CellReader.listed,
    "barred": CellReader.listed,
    "planned_return": CellReader.date,
    "role": CellReader.role,
    **dict.fromkeys(
        (
            "certificate",
            "movement_report",
            "report_approved",
            "proof",
            "declaration_card",
            "declaration_form",
            "approved",
        ),
        CellReader.dated_flag,
    ),
}
"""How the cells of each kind of column are read."""
SAME_FACT = {"day_pupil": "boarder", "temperature": "temperature_celsius"}
OWN_TO_EACH = {"name", "identity", "number", "remark"}
"""Columns in which a merged cell would not speak for all its rows."""
TOTAL = re.compile(r"(小计|合计|总计|共计|汇总|总人数|班级人数|应到|实到|total|subtotal).*")
NOTE = re.compile(
    r"(注|备注|说明|填表|审核|制表|负责人|班主任|签[字名]|单位|填报|联系|日期|note|signed|prepared).*"
)
LONG_TEXT = 12
STAFF = re.compile(r"教师|教职工?|老师|职工|staff|teacher", re.IGNORECASE)
FLOAT_DIGITS = 1e15
"""From here on a number in a cell has lost its last digits."""
REMEMBERED = 20_000


@dataclass(slots=True, repr=False)
class Found:
    """What has been found so far; names and numbers in it go when the reading ends."""

    people: list[Person] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    skipped: list[Note] = field(default_factory=list)
    unclear: list[Note] = field(default_factory=list)
    sheets: list[SheetRead] = field(default_factory=list)
    read: int = 0
    namesakes: int = 0
    carried_down: int = 0
    numbers: Counter[str] = field(default_factory=Counter)
    """How many rows each class has had, for pseudonyms."""
    cards: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    """Where each number of a card stood first."""
    names: set[tuple[str, str]] = field(default_factory=set)
    private: set[str] = field(default_factory=set)
    """Names of all people on the list: no class may be called after one."""
    classes: dict[Place, str] = field(default_factory=dict)
    """How each class was written when it was met first."""


@dataclass(slots=True, repr=False)
class _Row:
    """One row while it is being read."""

    number: int
    cells: tuple[Cell, ...]
    values: dict[str, Any] = field(default_factory=dict)
    bad: list[Note] = field(default_factory=list)
    unclear: list[Note] = field(default_factory=list)
    name: str = ""
    cards: list[tuple[str, str]] = field(default_factory=list)
    grade: Cell = None
    own_class: Cell = None


class SheetReading:
    """Goes through one sheet, row by row."""

    def __init__(
        self,
        found: Found,
        book: Workbook,
        sheet: Sheet,
        header: Header,
        label: str,
        near: date | None,
        home: Sequence[str],
    ) -> None:
        self.found = found
        self.sheet = sheet
        self.header = header
        self.label = label
        titles = [*header.titles, sheet.name]
        self.cells = CellReader(Dates(near or day_in_title(titles), book.from_1904), home)
        self.carries = not book.keeps_merges
        self.merged = self._merged()
        self.above: dict[int, Cell] = {}
        self.remembered: dict[tuple[str, type, Cell], Read] = {}
        self.known_facts: dict[tuple[tuple[str, Any], ...], dict[str, Any]] = {}
        self.known_classes: dict[tuple[Cell, Cell], str] = {}
        self.columns = {what: column for column, what in header.fields.items()}
        listed = "school_class" in self.columns
        self.title_class = "" if listed else class_in_title(titles)
        staff = not listed and not self.title_class and any(STAFF.search(t) for t in titles)
        self.usual_role: Role = "teacher" if staff else "student"

    def run(self) -> None:
        """Read every row below the header: each becomes a person, a rejection or a note."""
        header = self.header
        about = SheetRead(
            self.label,
            header.last_row,
            {letters(column): what for column, what in sorted(header.fields.items())},
            tuple(letters(column) for column in header.not_read),
            tuple(letters(column) for column in header.repeated),
        )
        self.found.sheets.append(about)
        before = header.last_row
        for number, cells in self.sheet.rows:
            if number <= header.last_row:
                continue
            if number > before + 1:
                self.found.skipped.append(Note(self.label, before + 1, "", "empty", number - 1))
            before = number
            reason = self._nobody(cells)
            if reason:
                self.found.skipped.append(Note(self.label, number, "", reason))
                self.above.clear()
                continue
            self.found.read += 1
            self._take(self._row(number, cells))

    def _merged(self) -> dict[tuple[int, int], Cell]:
        """What a merged cell says in the rows below its first."""
        wanted = {c for c, what in self.header.fields.items() if what not in OWN_TO_EACH}
        last = self.sheet.rows[-1][0]
        spans = [s for s in self.sheet.merged if s.left in wanted and s.top < min(s.bottom, last)]
        if sum(min(s.bottom, last) - s.top for s in spans) > last * len(wanted):
            raise Refused("damaged")  # they would overlap
        rows = dict(self.sheet.rows) if spans else {}
        said = {}
        for span in spans:
            cells = rows.get(span.top, ())
            value = cells[span.left] if span.left < len(cells) else None
            for number in range(span.top + 1, min(span.bottom, last) + 1):
                said[number, span.left] = value
        return said

    def _nobody(self, cells: tuple[Cell, ...]) -> str:
        """Why a row speaks of nobody; empty when it speaks of somebody."""
        first = next((tight(c) for c in cells if isinstance(c, str)), "")
        column = self.columns.get("name", -1)
        name = tight(cells[column]) if 0 <= column < len(cells) else ""
        unnamed = not name or name == first
        if TOTAL.fullmatch(first) and (unnamed or any(c.isdigit() for c in name)):
            return "total"
        if (unnamed or name == self.header.labels.get(column)) and self._heads_again(cells):
            return "header_again"
        filled = [c for c, cell in enumerate(cells) if cell is not None]
        alone = len(filled) == 1 and isinstance(cells[filled[0]], str)
        if unnamed and (NOTE.fullmatch(first) or (alone and len(first) > LONG_TEXT)):
            return "note"
        return "" if any(c in self.header.fields for c in filled) or first else "vacant"

    def _heads_again(self, cells: tuple[Cell, ...]) -> bool:
        """Whether the row repeats the header, as at the top of a printed page."""
        texts = {column: tight(cell) for column, cell in enumerate(cells) if cell is not None}
        same = sum(self.header.labels.get(column) == text for column, text in texts.items())
        return same > 1 and 2 * same >= len(texts)

    def _row(self, number: int, cells: tuple[Cell, ...]) -> _Row:
        row = _Row(number, cells)
        for column, what in self.header.fields.items():
            cell = cells[column] if column < len(cells) else None
            if cell is None:
                cell = self.merged.get((number, column))
            if isinstance(cell, Mark):
                if what != "remark":
                    code = "formula" if cell is Mark.FORMULA else "error_value"
                    row.bad.append(self._note(number, column, code))
            elif what in METHODS:
                self._read(row, column, what, cell)
            else:
                self._keep(row, column, what, cell)
        return row

    def _read(self, row: _Row, column: int, what: str, cell: Cell) -> None:
        if isinstance(cell, str) and len(cell) > LONGEST_ANSWER:
            row.bad.append(self._note(row.number, column, "too_long"))
            return
        key = (what, type(cell), cell)
        read = self.remembered.get(key)
        if read is None:
            read = METHODS[what](self.cells, cell)
            if len(self.remembered) < REMEMBERED:
                self.remembered[key] = read
        if read.value is not None:
            row.values[SAME_FACT.get(what, what)] = read.value
        if read.unreadable:
            row.bad.append(self._note(row.number, column, read.unreadable))
        if read.unclear:
            row.unclear.append(self._note(row.number, column, read.unclear))

    def _keep(self, row: _Row, column: int, what: str, cell: Cell) -> None:
        """Take what tells one person from another, and what class they are in."""
        text = tight(cell)
        if what == "school_class":
            row.own_class = self._carried(column, cell)
            self.found.carried_down += row.own_class is not cell
        elif what == "grade":
            cell = self._carried(column, cell)
            if tight(cell) and not is_grade(cell):
                row.bad.append(self._note(row.number, column, "no_grade"))
            else:
                row.grade = cell
        elif what == "name":
            row.name = text
        elif what == "remark":
            if text not in BLANKS and text not in ("无", "none", "no"):
                row.unclear.append(self._note(row.number, column, "remark_not_read"))
        elif isinstance(cell, float) and cell >= FLOAT_DIGITS:
            row.unclear.append(self._note(row.number, column, "digits_lost"))
        elif text not in BLANKS:
            row.cards.append((what, re.sub(r"\W", "", text)))

    def _carried(self, column: int, cell: Cell) -> Cell:
        """Fill a gap from the row above, where the file cannot say what is merged."""
        if not self.carries:
            return cell
        if tight(cell):
            self.above[column] = cell
        return self.above.get(column, cell)

    def _take(self, row: _Row) -> None:
        """Accept a row as a person, or reject it with every reason."""
        role: Role = row.values.get("role", self.usual_role)
        name = self._class_of(row, role)
        said = tuple(row.values.items())
        found = self.known_facts.get(said)
        if found is None:
            found = facts(row.values)
            if len(self.known_facts) < REMEMBERED:
                self.known_facts[said] = found
        wrong = reversed_dates(found)
        if wrong and not row.bad:
            column = self.columns.get(wrong, self.columns.get("isolation_start", 0))
            row.bad.append(self._note(row.number, column, "dates_reversed"))
        if "name" in self.columns and not row.name:
            row.bad.append(self._note(row.number, self.columns["name"], "name_missing"))
        if not row.bad:
            self._look_for_copies(row)
        group = name or role
        self.found.numbers[group] += 1
        if row.bad:
            rejected = Rejected(self.label, row.number, name, tuple(row.bad))
            self.found.rejected.append(rejected)
            return
        self.found.cards |= dict.fromkeys(row.cards, (self.label, row.number))
        if not row.cards and row.name:
            self.found.namesakes += (group, row.name) in self.found.names
            self.found.names.add((group, row.name))
        self.found.unclear += row.unclear
        self.found.people.append(
            Person(
                person=f"{group}#{self.found.numbers[group]}",
                role=role,
                grade=plain(row.grade),
                school_class=name,
                **found,
            )
        )

    def _class_of(self, row: _Row, role: Role) -> str:
        """Name the class, or note why there is none."""
        column = self.columns.get("school_class", self.columns.get("grade", 0))
        if isinstance(row.own_class, Mark) or isinstance(row.grade, Mark):
            return ""  # noted already
        given = row.own_class if tight(row.own_class) else self.title_class
        if not given:
            marked = any(note.column == letters(column) for note in row.bad)
            if role == "student" and not marked:
                row.bad.append(self._note(row.number, column, "class_missing"))
            return ""
        key = (row.grade, given)
        name = self.known_classes.get(key)
        if name is None:
            name = class_name(row.grade, given)
            where = place(name)
            known = isinstance(given, str | float) and is_class(given) and fit_to_print(name)
            if not known or holds_any(tight(name), self.found.private):
                name = ""
            elif where is not None:
                name = self.found.classes.setdefault(where, name)
            self.known_classes[key] = name
        if not name:
            row.bad.append(self._note(row.number, column, "no_class"))
            return ""
        return name

    def _look_for_copies(self, row: _Row) -> None:
        for card in row.cards:
            there = self.found.cards.get(card)
            if there is not None:
                code = "duplicate" if there[0] == self.label else "duplicate_elsewhere"
                note = self._note(row.number, self.columns[card[0]], code)
                row.bad.append(Note(note.sheet, note.row, note.column, code, there[1]))
                return

    def _note(self, row: int, column: int, code: str) -> Note:
        return Note(self.label, row, letters(column), code)
