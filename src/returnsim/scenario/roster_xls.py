"""XLS workbooks: looked over record by record, then read by calamine.

calamine builds whole sheets and gives the last result of a formula, so the records are walked
first: they say which cells are formulas, how large the sheets are, and whether there are macros,
links to other files or a password.
"""

import io
import struct
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from returnsim.scenario import roster_sheet as limit
from returnsim.scenario.roster_ole import CompoundFile
from returnsim.scenario.roster_sheet import Budget, Cell, Mark, Refused, Row, Sheet, Span, Workbook

FORMULAS = (0x0006, 0x0206, 0x0406)
WITH_VALUES = (*FORMULAS, 0x0203, 0x027E, 0x00BD, 0x0204, 0x00FD, 0x00D6, 0x0205)
"""Records that put a value into a cell, or into several cells of a row."""
SEVERAL, SHARED, ERROR_OR_TRUTH = 0x00BD, 0x00FD, 0x0205
BEGINNING, SHEET_LISTED, DATES, PASSWORD = 0x0809, 0x0085, 0x0022, 0x002F
TEXTS, CONTINUED, SIZE, BOOK_LINKED, SHEET_LINKED = 0x00FC, 0x003C, 0x0200, 0x01AE, 0x0017
PROJECT = 0x00D3
OLD_BEGINNINGS = (0x0009, 0x0209, 0x0409)
BIFF8 = 0x0600
MACRO_SHEET = 1
OWN_BOOK, ADD_IN = 0x0401, 0x3A01
MACRO_STORES = ("_vba_project_cur", "_vba_project", "vba", "macros")
Marks = dict[tuple[int, int], Mark]


def read_xls(data: bytes) -> Workbook:
    """Read every sheet of an XLS.

    Raises
    ------
    Refused
        Damaged, encrypted, too large, or with macros or links to other files.
    """
    try:
        file = CompoundFile(data)
        names = {entry.name.lower() for entry in file.entries}
        stream = file.stream("Workbook", "Book")
        if "encryptedpackage" in names:
            raise Refused("encrypted")
        if names & set(MACRO_STORES):
            raise Refused("macros")
        if stream is None:
            raise Refused("no_workbook")
        survey = _Survey(stream)
    except struct.error:
        survey = None
    if survey is None:
        raise Refused("damaged")
    return Workbook(tuple(_sheets(data, survey)), survey.from_1904)


class _Survey:
    """What the records say, before a library is let near the file."""

    def __init__(self, stream: bytes) -> None:
        self.from_1904 = False
        self.marks: dict[int, Marks] = {}
        self.budget = Budget()
        self._places: dict[int, int] = {}
        self._used: Counter[int] = Counter()
        self._texts: list[bytes] = []
        self._corner = (0, 0)
        self._sheet = -1
        self._version = BIFF8
        before = 0
        for at, kind, body in _records(stream):
            if kind == CONTINUED and before == TEXTS:
                self._texts.append(body)
                continue
            before = kind
            if kind == BEGINNING:
                self._begin(at, body)
            elif kind in WITH_VALUES:
                self._cell(kind, body)
            else:
                self._note(kind, body)
        self._close()
        for index, length in enumerate(_lengths(self._texts)):
            self.budget.text(length, self._used[index])

    def _begin(self, at: int, body: bytes) -> None:
        self._close()
        self._version = struct.unpack_from("<H", body)[0]
        self._sheet = self._places.get(at, -1)

    def _close(self) -> None:
        """Account for a sheet as large as calamine will make it."""
        rows, columns = self._corner
        self.budget.cells += rows * columns
        self.budget.row(rows, 0)
        self._corner = (0, 0)

    def _cell(self, kind: int, body: bytes) -> None:
        row, column = struct.unpack_from("<2H", body)
        last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == SEVERAL else column
        rows, columns = self._corner
        self._corner = (max(rows, row + 1), max(columns, last + 1))
        self.budget.declared(row + 1, last + 1)
        if kind == SHARED:
            self._used[struct.unpack_from("<I", body, 6)[0]] += 1
        marks = self.marks.setdefault(self._sheet, {})
        if kind in FORMULAS:
            marks[row, column] = Mark.FORMULA
        elif kind == ERROR_OR_TRUTH and body[7]:
            marks[row, column] = Mark.ERROR

    def _note(self, kind: int, body: bytes) -> None:
        if kind in OLD_BEGINNINGS:
            raise Refused("too_old")
        if kind == PASSWORD:
            raise Refused("encrypted")
        if kind == PROJECT:
            raise Refused("macros")
        if kind == TEXTS:
            self._texts.append(body)
        elif kind == DATES:
            self.from_1904 = struct.unpack_from("<H", body)[0] == 1
        elif kind == SHEET_LISTED:
            place, _, sort = struct.unpack_from("<I2B", body)
            self._places[place] = len(self._places)
            if sort == MACRO_SHEET:
                raise Refused("macros")
            if len(self._places) > limit.MOST_SHEETS:
                raise Refused("too_many_sheets", most=limit.MOST_SHEETS)
        elif kind == BOOK_LINKED:
            if struct.unpack_from("<H", body, 2)[0] not in (OWN_BOOK, ADD_IN):
                raise Refused("links")
        elif kind == SHEET_LINKED and self._version != BIFF8 and body[1:2] == b"\x01":
            raise Refused("links")
        elif kind == SIZE:
            layout = "<4xI2xH" if self._version == BIFF8 else "<2xH2xH"
            self.budget.declared(*struct.unpack_from(layout, body))


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<2H", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _lengths(parts: list[bytes]) -> Iterator[int]:
    """Characters of each shared text, which may run on in the next record."""
    if not parts:
        return
    number = struct.unpack_from("<I", parts[0], 4)[0]
    part, at = 0, 8
    for _ in range(number):
        if at >= len(parts[part]):
            part, at = part + 1, 0
        if part >= len(parts):
            return
        count, flags = struct.unpack_from("<HB", parts[part], at)
        at += 3
        extra = 0
        if flags & 8:
            extra += 4 * int(struct.unpack_from("<H", parts[part], at)[0])
            at += 2
        if flags & 4:
            extra += int(struct.unpack_from("<I", parts[part], at)[0])
            at += 4
        yield count
        wide, left = 1 + (flags & 1), count
        while left > (len(parts[part]) - at) // wide:
            left -= max((len(parts[part]) - at) // wide, 0)
            part, at = part + 1, 1
            if part >= len(parts) or not parts[part]:
                return
            wide = 1 + (parts[part][0] & 1)
        at += left * wide + extra
        while part < len(parts) and at > len(parts[part]):
            at -= len(parts[part])
            part += 1
        if part >= len(parts):
            return


def _sheets(data: bytes, survey: _Survey) -> Iterator[Sheet]:
    """Let calamine read; what goes wrong in there may not tell what it saw."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  (only here, only when needed)

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for index, about in enumerate(book.sheets_metadata):
                if str(about.typ).endswith("WorkSheet"):
                    sheet = book.get_sheet_by_index(index)
                    hidden = not str(about.visible).endswith(".Visible")
                    rows = tuple(_rows(sheet, survey.marks.get(index, {})))
                    yield Sheet(about.name, rows, _merged(sheet), hidden)
            return
    except Refused:
        raise
    except BaseException as error:  # a panic inside the library is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
            raise
    raise Refused("damaged")


def _rows(sheet: Any, marks: Marks) -> Iterator[Row]:
    """Rows in which something stands; calamine leaves out the empty columns on the left."""
    if sheet.start is None:
        return
    left: list[Cell] = [None] * sheet.start[1]
    same: dict[Cell, Cell] = {}
    for index, cells in enumerate(sheet.iter_rows()):
        values = (_cell(value) for value in cells)
        row = left + [same.setdefault(v, v) if isinstance(v, str) else v for v in values]
        if marks:
            row = [marks.get((index, column), value) for column, value in enumerate(row)]
        while row and row[-1] is None:
            row.pop()
        if row:
            yield index + 1, tuple(row)


def _cell(value: Any) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str | bool | date):
        return None if value == "" else value
    if isinstance(value, int | float):
        return float(value)
    return Mark.ERROR  # a clock time or a length of time: nothing a roster asks for


def _merged(sheet: Any) -> tuple[Span, ...]:
    found = sheet.merged_cell_ranges or []
    return tuple(Span(a[0] + 1, a[1], b[0] + 1, b[1]) for a, b in found)
