"""The result file of a sweep: written as it grows, and taken up again where it ended."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from returnsim.cli.files import to_csv
from returnsim.errors import InputError, Problem
from returnsim.experiment.sweep import Cell, Record, Sweep, cell, columns
from returnsim.wording import say

SCHEMA = "returnsim-sweep-1"
MARK = "made_from"
"""Column of a CSV by which it knows its sweep."""


def result_bytes(sweep: Sweep, rows: Sequence[Record], form: str) -> bytes:
    """Write the combinations that have been played, as CSV or JSON.

    Nothing in it tells when or in how many goes it was made.
    """
    if form == ".csv":
        header = (*sweep.settings, *columns(), MARK)
        return to_csv(header, ([*row.values(), sweep.mark] for row in rows))
    whole = {
        "schema": SCHEMA,
        "scenario": sweep.scenario.name,
        "seed": sweep.seed,
        "replications": sweep.replications,
        "made_from": sweep.mark,
        "varied": [
            {"setting": a.setting.path, "values": [cell(v) for v in a.values]} for a in sweep.axes
        ],
        "combinations": len(sweep.points),
        "rows": list(rows),
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def rows_of(path: Path, sweep: Sweep, lang: str) -> list[Record]:
    """Read the combinations that a result file already holds; none where there is no file.

    Raises
    ------
    InputError
        It holds another sweep, with what differs, or is no result file at all.
    """
    if not path.exists():
        return []
    try:
        data = path.read_bytes()
        marks, rows = _csv(data, sweep) if path.suffix == ".csv" else _json(data)
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise InputError(path, [Problem("", "unreadable", values)]) from None
    except (ValueError, KeyError, TypeError, StopIteration, csv.Error):
        raise InputError(path, [Problem("", "sweep_unreadable")]) from None
    other = [part for mark in marks for part in _other(mark, sweep.mark)]
    if other:
        names = [say(f"sweep.part.{part}", lang) for part in dict.fromkeys(other)]
        parts = say("sweep.and", lang).join(names)
        raise InputError(path, [Problem("", "sweep_of_another", {"parts": parts})])
    if result_bytes(sweep, rows, path.suffix) != data or len(rows) > len(sweep.points):
        raise InputError(path, [Problem("", "sweep_unreadable")])
    return rows


def _json(data: bytes) -> tuple[list[str], list[Record]]:
    whole = json.loads(data)
    if whole["schema"] != SCHEMA:
        raise ValueError(whole["schema"])
    return [str(whole["made_from"])], list(whole["rows"])


def _csv(data: bytes, sweep: Sweep) -> tuple[list[str], list[Record]]:
    table = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    header = next(table)
    if header[-1] != MARK:
        raise ValueError(header)
    marks, rows = [], []
    for point, line in zip(sweep.points, table, strict=False):
        given: Record = {s.path: cell(v) for s, v in point.changes.items()}
        found = zip(header[len(given) : -1], line[len(given) : -1], strict=True)
        rows.append(given | {name: _cell(text) for name, text in found})
        marks.append(line[-1])
    return list(dict.fromkeys(marks)), rows


def _cell(text: str) -> Cell:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _other(mark: str, own: str) -> list[str]:
    """Name the parts in which two marks differ."""
    theirs, ours = (dict(part.split(":") for part in m.split(" ")) for m in (mark, own))
    return [part for part in ours if theirs.get(part) != ours[part]]
