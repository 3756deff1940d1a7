"""What the roster reader has to say of a list, in words that tell nothing of its cells."""

from dataclasses import dataclass

from returnsim.wording import say


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say of a cell, a row or a sheet, without saying what stands there."""

    sheet: str
    row: int
    """Row number as Excel shows it; 0 for the whole sheet."""
    column: str
    """Letter of the column; empty for the whole row."""
    code: str
    """Key of the sentence, in ``words/*/roster.toml``."""
    number: int = 0
    """Another row that the sentence speaks of."""

    def text(self, lang: str) -> str:
        """Say where, and what."""
        kind = "cell" if self.column else "row" if self.row else "sheet"
        where = say(
            f"roster.where.{kind}", lang, sheet=self.sheet, row=self.row, column=self.column
        )
        return f"{where}: {say(f'roster.note.{self.code}', lang, number=self.number)}"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that speaks of a person but could not be read."""

    sheet: str
    row: int
    school_class: str
    """Name of the class where it is known; else empty."""
    notes: tuple[Note, ...]
    """Why: one for each cell."""

    @property
    def is_copy(self) -> bool:
        """Whether the person stands in another row that was accepted."""
        return any(note.code.startswith("duplicate") for note in self.notes)


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A sheet that holds a list, and what of it was read."""

    sheet: str
    header_row: int
    columns: dict[str, str]
    """What each column that was read holds, by its letter."""
    not_read: tuple[str, ...]
    """Letters of the columns that have a heading but are not read."""
    repeated: tuple[str, ...]
    """Letters of the columns that hold what another one holds already; not read."""
