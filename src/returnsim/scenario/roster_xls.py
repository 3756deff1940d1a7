"""XLS workbooks (Excel 95 to 2003), read record by record.

calamine, the usual reader, panics on damaged files of this kind, and on some it aborts the whole
process; it also gives the last result of a formula for its value. The records that hold a
list's cells are few, so they are read here; day numbers need no cell formats, as a column that
asks for a day says what its numbers are.
"""

import codecs
import math
import struct
from collections.abc import Callable, Iterator

from returnsim.scenario import roster_sheet as limit
from returnsim.scenario.roster_ole import CompoundFile
from returnsim.scenario.roster_sheet import Budget, Cell, Mark, Refused, Row, Sheet, Span, Workbook

BEGINNING, SHEET_LISTED, DATES, CODE_PAGE = 0x0809, 0x0085, 0x0022, 0x0042
TEXTS, CONTINUED, SIZE, MERGED = 0x00FC, 0x003C, 0x0200, 0x00E5
NUMBER, SHORT_NUMBER, SHORT_NUMBERS, TRUTH_OR_ERROR = 0x0203, 0x027E, 0x00BD, 0x0205
TEXT, RICH_TEXT, SHARED_TEXT = 0x0204, 0x00D6, 0x00FD
FORMULAS = (0x0006, 0x0206, 0x0406)
PASSWORD, PROJECT, BOOK_LINKED, SHEET_LINKED = 0x002F, 0x00D3, 0x01AE, 0x0017
OLD_BEGINNINGS = (0x0009, 0x0209, 0x0409)
BIFF8 = 0x0600
WORKSHEET, MACRO_SHEET = 0, 1
OWN_BOOK, ADD_IN = 0x0401, 0x3A01
MACRO_STORES = {"_vba_project_cur", "_vba_project", "vba", "macros"}
MOST_MERGES = 50_000
DAMAGE = (struct.error, IndexError, UnicodeDecodeError)


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
        if "encryptedpackage" in names:
            raise Refused("encrypted")
        if names & MACRO_STORES:
            raise Refused("macros")
        stream = file.stream("Workbook", "Book")
        if stream is None:
            raise Refused("no_workbook")
        return _Records(stream).workbook()
    except DAMAGE:
        pass
    raise Refused("damaged")


class _Cells:
    """The cells of one sheet while its records go by."""

    def __init__(self, name: str, *, hidden: bool) -> None:
        self.name = name
        self.hidden = hidden
        self.rows: dict[int, dict[int, Cell]] = {}
        self.merged: list[Span] = []

    def finished(self, budget: Budget) -> Sheet:
        """Put the rows in order."""
        rows: list[Row] = []
        for number in sorted(self.rows):
            cells = self.rows[number]
            width = max(cells) + 1
            budget.row(number + 1, width)
            rows.append((number + 1, tuple([cells.get(column) for column in range(width)])))
        return Sheet(self.name, tuple(rows), tuple(self.merged), self.hidden)


class _Records:
    """Goes through the records of a workbook."""

    def __init__(self, stream: bytes) -> None:
        self.from_1904 = False
        self.version = BIFF8
        self.encoding = "cp1252"
        self.budget = Budget()
        self.listed: dict[int, _Cells] = {}
        self.sheet: _Cells | None = None
        self.texts: list[str] = []
        shared: list[bytes] = []
        readers: dict[int, Callable[[bytes], None]] = {
            CODE_PAGE: self._code_page,
            SHEET_LISTED: self._list_sheet,
            SIZE: self._size,
            MERGED: self._merge,
            NUMBER: self._number,
            SHORT_NUMBER: self._short_number,
            SHORT_NUMBERS: self._short_numbers,
            TRUTH_OR_ERROR: self._truth_or_error,
            TEXT: self._text,
            RICH_TEXT: self._text,
            SHARED_TEXT: self._shared_text,
            **dict.fromkeys(FORMULAS, self._formula),
        }
        before = 0
        for at, kind, body in _records(stream):
            if kind == TEXTS or (kind == CONTINUED and before == TEXTS):
                shared.append(body)
                before = TEXTS
                continue
            if before == TEXTS:
                self._share(shared)
            before = kind
            if kind == BEGINNING:
                self.version = struct.unpack_from("<H", body)[0]
                self.sheet = self.listed.get(at)
            elif kind in readers:
                readers[kind](body)
            else:
                self._refuse(kind, body)

    def workbook(self) -> Workbook:
        """Return what was read."""
        sheets = tuple(cells.finished(self.budget) for cells in self.listed.values())
        return Workbook(sheets, self.from_1904)

    def _refuse(self, kind: int, body: bytes) -> None:
        """Stop at what no list should hold."""
        if kind in OLD_BEGINNINGS:
            raise Refused("too_old")
        if kind == PASSWORD:
            raise Refused("encrypted")
        if kind == PROJECT:
            raise Refused("macros")
        if kind == DATES:
            self.from_1904 = struct.unpack_from("<H", body)[0] == 1
        elif kind == BOOK_LINKED:
            if struct.unpack_from("<H", body, 2)[0] not in (OWN_BOOK, ADD_IN):
                raise Refused("links")
        elif kind == SHEET_LINKED and self.version != BIFF8 and body[1:2] == b"\x01":
            raise Refused("links")

    def _list_sheet(self, body: bytes) -> None:
        place, state, sort = struct.unpack_from("<I2B", body)
        if sort == MACRO_SHEET:
            raise Refused("macros")
        if sort == WORKSHEET:
            wide = self.version == BIFF8
            name = self._characters(body[6], body, 7) if wide else self._bytes(body[7:])
            self.listed[place] = _Cells(name, hidden=bool(state & 3))
        if len(self.listed) > limit.MOST_SHEETS:
            raise Refused("too_many_sheets", most=limit.MOST_SHEETS)

    def _code_page(self, body: bytes) -> None:
        page = struct.unpack_from("<H", body)[0]
        name = "gb18030" if page == 936 else f"cp{page}"  # noqa: PLR2004  (Chinese)
        try:
            codecs.lookup(name)
        except LookupError:
            return
        self.encoding = name

    def _size(self, body: bytes) -> None:
        layout = "<4xI2xH" if self.version == BIFF8 else "<2xH2xH"
        self.budget.declared(*struct.unpack_from(layout, body))

    def _merge(self, body: bytes) -> None:
        if self.sheet is None:
            return
        for n in range(struct.unpack_from("<H", body)[0]):
            top, bottom, left, right = struct.unpack_from("<4H", body, 2 + 8 * n)
            self.sheet.merged.append(Span(top + 1, left, bottom + 1, right))
        if len(self.sheet.merged) > MOST_MERGES:
            raise Refused("too_many_cells", most=limit.MOST_CELLS)

    def _put(self, row: int, column: int, value: Cell) -> None:
        if self.sheet is None or value == "":
            return
        self.budget.declared(row + 1, column + 1)
        if isinstance(value, float) and not math.isfinite(value):
            value = Mark.ERROR
        self.sheet.rows.setdefault(row, {})[column] = value

    def _number(self, body: bytes) -> None:
        row, column, value = struct.unpack_from("<2H2xd", body)
        self._put(row, column, value)

    def _short_number(self, body: bytes) -> None:
        row, column, packed = struct.unpack_from("<2H2xI", body)
        self._put(row, column, _unpacked(packed))

    def _short_numbers(self, body: bytes) -> None:
        row, column = struct.unpack_from("<2H", body)
        for n in range((len(body) - 6) // 6):
            packed = struct.unpack_from("<I", body, 6 + 6 * n)[0]
            self._put(row, column + n, _unpacked(packed))

    def _truth_or_error(self, body: bytes) -> None:
        row, column, value, error = struct.unpack_from("<2H2x2B", body)
        self._put(row, column, Mark.ERROR if error else bool(value))

    def _formula(self, body: bytes) -> None:
        row, column = struct.unpack_from("<2H", body)
        self._put(row, column, Mark.FORMULA)

    def _text(self, body: bytes) -> None:
        row, column, length = struct.unpack_from("<2H2xH", body)
        wide = self.version == BIFF8
        text = self._characters(length, body, 8) if wide else self._bytes(body[8 : 8 + length])
        self.budget.text(len(text))
        self._put(row, column, text)

    def _shared_text(self, body: bytes) -> None:
        row, column, index = struct.unpack_from("<2H2xI", body)
        self._put(row, column, self.texts[index])

    def _bytes(self, body: bytes) -> str:
        return body.decode(self.encoding)

    @staticmethod
    def _characters(length: int, body: bytes, at: int) -> str:
        """Read a text of Excel 97: a byte that says how wide its characters are, and them."""
        encoding, size = ("utf-16-le", 2) if body[at] & 1 else ("latin-1", 1)
        return body[at + 1 : at + 1 + length * size].decode(encoding)

    def _share(self, parts: list[bytes]) -> None:
        """Read the texts that cells share; they run on from record to record."""
        number = struct.unpack_from("<I", parts[0], 4)[0]
        reader = _Joined(parts)
        reader.skip(8)
        for _ in range(number):
            if reader.at_end:
                return
            length, flags = struct.unpack("<HB", reader.take(3))
            runs = struct.unpack("<H", reader.take(2))[0] if flags & 8 else 0
            more = struct.unpack("<I", reader.take(4))[0] if flags & 4 else 0
            text = reader.characters(length, flags)
            reader.skip(4 * runs + more)
            self.budget.text(len(text))
            self.texts.append(text)
        parts.clear()


class _Joined:
    """Reads on from one record to the next that continues it."""

    def __init__(self, parts: list[bytes]) -> None:
        self.parts = parts
        self.part = 0
        self.at = 0

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        while self.part < len(self.parts) and self.at >= len(self.parts[self.part]):
            self.at -= len(self.parts[self.part])
            self.part += 1
        return self.part >= len(self.parts)

    def take(self, size: int) -> bytes:
        """Take bytes that no record cuts in two."""
        if self.at_end:
            return b""
        found = self.parts[self.part][self.at : self.at + size]
        self.at += size
        return found

    def skip(self, size: int) -> None:
        """Leave bytes out, over the ends of records."""
        self.at += size

    def characters(self, length: int, flags: int) -> str:
        """Take a text; where a record cuts it, the next says anew how wide characters are."""
        found, wide = [], flags & 1
        while length > 0:
            if self.part >= len(self.parts):
                raise Refused("damaged")
            body = self.parts[self.part]
            there = min(length, max(len(body) - self.at, 0) // (1 + wide))
            piece = body[self.at : self.at + there * (1 + wide)]
            found.append(piece.decode("utf-16-le" if wide else "latin-1"))
            self.at += len(piece)
            length -= there
            if length > 0:
                self.part, self.at = self.part + 1, 1
                wide = self.parts[self.part][0] & 1
        return "".join(found)


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<2H", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _unpacked(packed: int) -> float:
    """Read a number of thirty bits: whole or the front of a long one, perhaps of hundredths."""
    if packed & 2:
        value = float(struct.unpack("<i", struct.pack("<I", packed))[0] >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value
