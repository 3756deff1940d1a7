"""What a workbook is to the roster reader: sheets of cells, and how large they may be."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

from returnsim.errors import Problem
from returnsim.wording import say

LARGEST_FILE = 20_000_000
"""Bytes of a workbook as it lies on the disk."""
LARGEST_UNPACKED = 256_000_000
"""Bytes of all parts of an XLSX together; 200,000 rows of 12 columns are 95 million."""
HIGHEST_RATIO = 200
"""Times a part may be larger unpacked than packed; workbooks of people stay below 40."""
SMALL_PART = 1_000_000
"""Bytes below which a part may shrink as much as it likes."""
MOST_PARTS = 5_000
"""Files inside an XLSX."""
MOST_SHEETS = 120
MOST_ROWS = 250_000
MOST_COLUMNS = 200
MOST_CELLS = 4_000_000
"""Cells of all sheets together, gaps inside a row counted: 200,000 rows of 20 columns."""
MOST_TEXT = 50_000_000
"""Characters of all different texts together."""
MOST_TAGS = 2 * (MOST_CELLS + MOST_ROWS)
"""Tags in all parts of an XLSX that are read."""
LONGEST_CELL = 32_767
"""Characters in a cell, as in Excel."""


class Mark(Enum):
    """A cell that has no value of its own."""

    FORMULA = "formula"
    ERROR = "error"


Cell = str | float | bool | date | Mark | None
Row = tuple[int, tuple[Cell, ...]]
"""Row number as Excel shows it, and its cells from column A on."""


class Span(NamedTuple):
    """A rectangle of cells: rows as Excel numbers them, columns from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """One sheet; it never leaves the reader, and does not print what it holds."""

    name: str
    rows: tuple[Row, ...]
    """Rows in which something stands."""
    merged: tuple[Span, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Workbook:
    """All sheets of a file; it never leaves the reader, and does not print what it holds."""

    sheets: tuple[Sheet, ...]
    from_1904: bool = False
    """Whether day numbers count from 1904, as in workbooks of old Macintoshes."""
    keeps_merges: bool = True
    """Whether the file can say which cells are merged; a CSV cannot."""


class Refusal(Problem):
    """Why a workbook is not read; its sentences are in ``words/*/roster.toml``."""

    def text(self, lang: str) -> str:
        """Explain it in one line."""
        return say(f"roster.refused.{self.code}", lang, **self.values)


class Refused(Exception):
    """A workbook that is not to be read; becomes an `InputError` at the reader's door."""

    def __init__(self, code: str, **values: Any) -> None:
        self.code = code
        self.values = values
        super().__init__(code)


def letters(column: int) -> str:
    """Name a column as Excel does.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(199)
    ('A', 'Z', 'AA', 'GR')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


class Budget:
    """Counts what a workbook takes, and stops it before it takes too much."""

    def __init__(self) -> None:
        self.cells = 0
        self.characters = 0
        self.tags = 0

    def declared(self, rows: int, columns: int) -> None:
        """Account for the size that a sheet claims to have.

        Raises
        ------
        Refused
            The sheet is too long or too wide.
        """
        if rows > MOST_ROWS:
            raise Refused("too_many_rows", most=MOST_ROWS)
        if columns > MOST_COLUMNS:
            raise Refused("too_many_columns", most=MOST_COLUMNS)

    def row(self, number: int, width: int) -> None:
        """Account for one row, gaps inside it counted."""
        self.declared(number, width)
        self.cells += width
        if self.cells > MOST_CELLS:
            raise Refused("too_many_cells", most=MOST_CELLS)

    def read(self, tags: int) -> None:
        """Account for tags that were read."""
        self.tags += tags
        if self.tags > MOST_TAGS:
            raise Refused("too_many_cells", most=MOST_CELLS)

    def text(self, length: int) -> None:
        """Account for one text."""
        self.characters += length
        if length > LONGEST_CELL or self.characters > MOST_TEXT:
            raise Refused("too_much_text")
