"""Writing so that nothing is ever half-written."""

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from returnsim.errors import InputError, Problem

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""First characters by which a spreadsheet takes a cell for a formula."""


def write_all(folder: Path, contents: Iterable[tuple[str, bytes]]) -> list[Path]:
    """Write files into a folder: all are complete before the first takes its place.

    Raises
    ------
    InputError
        The folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as aside:
            staged = []
            for name, data in contents:
                path = Path(aside) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                staged.append((path, folder / name))
            for path, place in staged:
                place.parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, place)  # noqa: PTH105  (the same call on every system)
            return [place for _, place in staged]
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
