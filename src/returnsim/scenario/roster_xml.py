"""The parts of an XLSX, piece by piece through expat, with what each of them says."""

import math
import zipfile
from typing import Self
from xml.parsers import expat

from returnsim.scenario import roster_sheet as limit
from returnsim.scenario.roster_sheet import Budget, Cell, Mark, Refused, Row, Span

PIECE = 1 << 16
LAG = 1 << 20
"""Bytes by which expat may fall behind: no tag of a workbook is that long."""
MOST_NAMES = 1_000
"""Different tags in a part; a workbook has some fifty."""
MOST_TEXT_PIECES = 64
"""Pieces of 8 kB that one text may come in."""
MOST_MERGES = 50_000
DIGITS = "0123456789"
Attributes = dict[str, str]


class _Tags(dict[str, str]):
    """Tags without their namespace, each worked out once."""

    def __missing__(self, name: str) -> str:
        """Cut the namespace off a tag that is met for the first time."""
        if len(self) > MOST_NAMES:
            raise Refused("damaged")
        self[name] = tag = name.rpartition(" ")[2]
        return tag


class Part:
    """Hears a part of the archive read out, tag by tag."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.tags = _Tags()
        self.heard: list[str] = []
        self.count = 0

    def start(self, name: str, given: Attributes, /) -> None:
        """Hear a tag open."""

    def end(self, name: str, /) -> None:
        """Hear a tag close."""

    def read(self, archive: zipfile.ZipFile, part: str) -> Self:
        """Read a part out.

        Raises
        ------
        Refused
            It grows beyond what a workbook may take.
        """

        def declared(*_: object) -> None:
            raise Refused("damaged")  # a document type: entities that grow without end

        parser = self.parser
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.StartDoctypeDeclHandler = declared
        fed = 0
        with archive.open(part) as stream:
            while piece := stream.read(PIECE):
                parser.Parse(piece, False)
                fed += len(piece)
                if fed - parser.CurrentByteIndex > LAG:
                    raise Refused("damaged")
                if len(self.heard) > MOST_TEXT_PIECES:
                    raise Refused("too_much_text")
                self.budget.read(self.count)
                self.count = 0
        parser.Parse(b"", True)
        return self


class Relations(Part):
    """Which part stands behind each relation: kind and target."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, given: Attributes, /) -> None:
        """Note a relation; those that lead out of the archive lead nowhere."""
        self.count += 1
        if self.tags[name] == "Relationship" and given.get("TargetMode") != "External":
            kind = given["Type"].rpartition("/")[2]
            self.found[given["Id"]] = (kind, given["Target"].replace("\\", "/"))


class Contents(Part):
    """The sheets of a workbook, and where its day numbers begin."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.sheets: list[tuple[str, str, bool]] = []
        self.from_1904 = False

    def start(self, name: str, given: Attributes, /) -> None:
        """Note a sheet: name, relation, whether it is hidden."""
        self.count += 1
        tag = self.tags[name]
        if tag == "workbookPr":
            self.from_1904 = given.get("date1904") in ("1", "true")
        elif tag == "sheet":
            relation = next(v for k, v in given.items() if k.endswith(" id"))
            hidden = given.get("state", "visible") != "visible"
            self.sheets.append((given["name"], relation, hidden))


class SharedTexts(Part):
    """The texts that cells refer to by number."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.texts: list[str] = []
        self.silent = False

    def start(self, name: str, _: Attributes, /) -> None:
        """Begin a text, or a piece of one."""
        self.count += 1
        tag = self.tags[name]
        if tag == "si":
            self.heard.clear()
        elif tag == "rPh":  # how it is pronounced
            self.silent = True
        elif tag == "t" and not self.silent:
            self.parser.CharacterDataHandler = self.heard.append

    def end(self, name: str, /) -> None:
        """Finish a piece, or the text."""
        self.parser.CharacterDataHandler = None
        tag = self.tags[name]
        if tag == "rPh":
            self.silent = False
        elif tag == "si":
            text = "".join(self.heard)
            self.budget.text(len(text))
            self.texts.append(text)


class SheetCells(Part):
    """The rows of a sheet; cells that hold a formula are marked and lose their value."""

    def __init__(self, texts: list[str], budget: Budget) -> None:
        super().__init__(budget)
        self.texts = texts
        self.own: dict[str, str] = {}
        self.rows: list[Row] = []
        self.merged: list[Span] = []
        self.calculated: list[Span] = []
        self.columns: dict[str, int] = {}
        self.number = 0
        self.column = -1
        self.kind = "n"
        self.value: Cell = None
        self.silent = False
        self.cells: list[Cell] = []

    def start(self, name: str, given: Attributes, /) -> None:
        """Begin a row, a cell, its value or its formula."""
        self.count += 1
        tag = self.tags[name]
        if tag == "c":
            self.kind = given.get("t", "n")
            self.value = None
            self.heard.clear()
            ref = given.get("r")
            self.column = self.column + 1 if ref is None else self._column(ref)
        elif tag == "v":
            self.heard.clear()
            self.parser.CharacterDataHandler = self.heard.append
        elif tag == "row":
            before = self.number
            self.number = int(given.get("r", before + 1))
            self.column = -1
            if self.number <= before:
                raise Refused("damaged")
        elif tag == "t":
            if self.kind == "inlineStr" and not self.silent:
                self.parser.CharacterDataHandler = self.heard.append
        elif tag == "f":
            self.value = Mark.FORMULA
            if "ref" in given and given.get("t") in ("array", "dataTable"):
                self.calculated.append(span(given["ref"]))
        elif tag == "rPh":
            self.silent = True
        elif tag == "mergeCell":
            self.merged.append(span(given["ref"]))
        elif tag == "dimension":
            corner = span(given.get("ref", "A1"))
            self.budget.declared(corner.bottom, corner.right + 1)

    def end(self, name: str, /) -> None:
        """Finish a value, a cell or a row."""
        tag = self.tags[name]
        if tag in {"v", "t"}:
            self.parser.CharacterDataHandler = None
        elif tag == "c":
            if self.value is None and self.heard:
                self.value = self._read("".join(self.heard))
            if self.value is not None:
                self._put(self.column, self.value)
        elif tag == "row" and self.cells:
            self.budget.row(self.number, len(self.cells))
            self.rows.append((self.number, tuple(self.cells)))
            self.cells.clear()
        elif tag == "rPh":
            self.silent = False

    def _put(self, column: int, value: Cell) -> None:
        cells = self.cells
        if column == len(cells):
            cells.append(value)
            return
        if column >= limit.MOST_COLUMNS:
            raise Refused("too_many_columns", most=limit.MOST_COLUMNS)
        cells.extend([None] * (column + 1 - len(cells)))
        cells[column] = value

    def _column(self, ref: str) -> int:
        name = ref.rstrip(DIGITS)
        found = self.columns.get(name)
        if found is None:
            found = self.columns[name] = column_number(name)
        return found

    def _read(self, text: str) -> Cell:
        kind = self.kind
        if kind == "s":
            return self.texts[int(text)] or None
        if kind in {"n", "b"}:
            number = float(text)
            if not math.isfinite(number):
                return Mark.ERROR
            return number if kind == "n" else bool(number)
        if kind == "e":
            return Mark.ERROR
        if text not in self.own:
            self.budget.text(len(text))
            self.own[text] = text
        return self.own[text]

    def finished(self) -> tuple[Row, ...]:
        """Return the rows; whatever belongs to an array formula is a formula too."""
        area = sum((s.bottom - s.top + 1) * (s.right - s.left + 1) for s in self.calculated)
        if area > limit.MOST_CELLS or len(self.merged) > MOST_MERGES:
            raise Refused("too_many_cells", most=limit.MOST_CELLS)
        places = {number: index for index, (number, _) in enumerate(self.rows)}
        for part in self.calculated:
            for number in places.keys() & set(range(part.top, part.bottom + 1)):
                old = self.rows[places[number]][1]
                new = [
                    Mark.FORMULA if part.left <= c <= part.right and v is not None else v
                    for c, v in enumerate(old)
                ]
                self.rows[places[number]] = (number, tuple(new))
        return tuple(self.rows)


def column_number(name: str) -> int:
    """Count a column's letters out from 0.

    Raises
    ------
    Refused
        They are no letters, or too many.
    """
    number = 0
    for letter in name.upper():
        if not "A" <= letter <= "Z" or len(name) > 3:  # noqa: PLR2004  (XFD is the last)
            raise Refused("damaged")
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def span(ref: str) -> Span:
    """Turn ``B2:D4`` into rows and columns."""
    first, _, last = ref.replace("$", "").partition(":")
    last = last or first
    top, bottom = (int(c.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for c in (first, last))
    left, right = (column_number(c.rstrip(DIGITS)) for c in (first, last))
    return Span(top, left, bottom, right)
