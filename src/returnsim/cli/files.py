"""Writing so that nothing is ever half-written."""

import csv
import io
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from returnsim.errors import InputError, Problem

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""First characters by which a spreadsheet takes a cell for a formula."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A folder in which files are being made."""

    aside: Path
    made: tuple[Path, ...]
    """Folders that were made to hold it, the innermost first."""

    def clear(self, *, folders: bool) -> None:
        """Remove it, while somebody may still be writing into it."""
        for _ in range(100):
            shutil.rmtree(self.aside, ignore_errors=True)
            if not self.aside.exists():
                break
            time.sleep(0.01)
        for folder in self.made if folders else ():
            with suppress(OSError):  # something else is in it by now
                folder.rmdir()


class Desk:
    """Where files are made before they take their place.

    There is one, since an interruption must find whatever is unfinished. Who makes or moves
    files has its turn; an interruption closes it, after which nothing is made or moved.
    """

    def __init__(self) -> None:
        self._turn = Lock()
        self._unfinished: list[Unfinished] = []
        self._placed = self._closed = False

    @contextmanager
    def aside(self, folder: Path) -> Iterator[Path]:
        """Make a folder within a folder, and leave nothing of it behind."""
        with self._turn:
            self._still_open()
            made = tuple(p for p in (folder, *folder.parents) if not p.exists())
            folder.mkdir(parents=True, exist_ok=True)
            work = Unfinished(Path(tempfile.mkdtemp(dir=folder, prefix=".making-")), made)
            self._unfinished.append(work)
        done = False
        try:
            yield work.aside
            done = True
        finally:
            with self._turn:
                if work in self._unfinished:
                    self._unfinished.remove(work)
                    work.clear(folders=not done)

    def place(self, staged: Sequence[tuple[Path, Path]]) -> list[Path]:
        """Let files that are complete take their place."""
        with self._turn:
            self._still_open()
            for path, place in staged:
                place.parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, place)  # noqa: PTH105  (the same call on every system)
                self._placed = True
        return [place for _, place in staged]

    def close(self) -> bool:
        """Clear away what is unfinished, for good; return whether anything had been written."""
        with self._turn:
            self._closed = True
            while self._unfinished:
                self._unfinished.pop().clear(folders=True)
            return self._placed

    def _still_open(self) -> None:
        if self._closed:
            raise KeyboardInterrupt


DESK = Desk()


def write_all(folder: Path, contents: Iterable[tuple[str, bytes]]) -> list[Path]:
    """Write files into a folder: all are complete before the first takes its place.

    Raises
    ------
    InputError
        The folder cannot be made or written to.
    """
    try:
        with DESK.aside(folder) as aside:
            staged = []
            for name, data in contents:
                path = aside / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                staged.append((path, folder / name))
            return DESK.place(staged)
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise InputError(folder, [Problem("", "cannot_write", values)]) from None


def write_one(path: Path, data: bytes) -> None:
    """Write one file, complete or not at all."""
    write_all(path.parent, [(path.name, data)])


def to_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as CSV that Excel reads as UTF-8 and never as formulas."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return ("\ufeff" + text.getvalue()).encode("utf-8")


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(RISKY):
        return "'" + cell
    return cell
