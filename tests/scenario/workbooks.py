"""Workbooks for the roster tests: honest ones, and old and hostile ones made byte by byte."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

ROSTERS = Path(__file__).parent / "rosters"
HEADER = ("序号", "年级", "班级", "姓名", "身份证号", "是否住校", "审批")
SHEET = "xl/worksheets/sheet1.xml"
SECTOR = 512


def an_xlsx(
    path: Path,
    rows: Iterable[Sequence[Any]],
    sheets: Mapping[str, Iterable[Sequence[Any]]] = {},
    merged: Iterable[str] = (),
) -> Path:
    """Write rows into the first sheet, and more sheets after it; "=..." becomes a formula."""
    with xlsxwriter.Workbook(path) as book:
        cells: dict[Any, Any] = {}
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, content in {"名单": rows, **sheets}.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(content):
                for c, cell in enumerate(row):
                    if hasattr(cell, "isoformat"):
                        sheet.write_datetime(r, c, cell, day)
                    elif cell is not None:
                        sheet.write(r, c, cell)
                        cells[sheet, r, c] = cell
        for span in merged:
            first = book.worksheets()[0]
            place = xl_cell_to_rowcol(span.partition(":")[0])
            first.merge_range(span, cells[(first, *place)])
    return path


def changed(
    path: Path,
    part: str,
    change: Callable[[bytes], bytes],
    into: Path,
    method: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """Copy an XLSX with one part changed, or with a new one."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(into, "w", method) as new:
        names = old.namelist()
        for name in names:
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
        if part not in names:
            new.writestr(part, change(b""))
    return into


def record(kind: int, body: bytes = b"") -> bytes:
    """Write one record of an XLS."""
    return struct.pack("<2H", kind, len(body)) + body


def label(row: int, column: int, text: str) -> bytes:
    """Write a cell with a text of its own."""
    return record(
        0x0204,
        struct.pack("<4HB", row, column, 0, len(text), 1) + text.encode("utf-16-le"),
    )


def shared(row: int, column: int, index: int) -> bytes:
    """Write a cell that refers to a shared text."""
    return record(0x00FD, struct.pack("<3HI", row, column, 0, index))


def texts(strings: Sequence[str], cut: int | None = None) -> bytes:
    """Write the shared texts; those behind a byte go on in a second record."""
    body = struct.pack("<2I", len(strings), len(strings))
    for text in strings:
        body += struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
    if cut is None:
        return record(0x00FC, body)
    return record(0x00FC, body[:cut]) + record(0x003C, b"\x01" + body[cut:])


def number(row: int, column: int, value: float) -> bytes:
    """Write a cell with a number."""
    return record(0x0203, struct.pack("<3Hd", row, column, 0, value))


def size(rows: int, columns: int) -> bytes:
    """Write how large a sheet claims to be."""
    return record(0x0200, struct.pack("<2I3H", 0, rows, 0, columns, 0))


def formula(row: int, column: int, value: float) -> bytes:
    """Write a cell with a formula (1+1) and the result it had last."""
    tokens = b"\x1e\x01\x00\x1e\x01\x00\x03"
    body = struct.pack("<3HdHIH", row, column, 0, value, 0, 0, len(tokens)) + tokens
    return record(0x0006, body)


def an_xls(
    cells: Iterable[bytes], extra: bytes = b"", names: Sequence[str] = ("Workbook",)
) -> bytes:
    """Make an XLS of one sheet; `extra` records stand before the sheet."""
    beginning = struct.pack("<4H2I", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    sheet_begins = struct.pack("<4H2I", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6)
    title = "名单"
    listed = struct.pack("<I2B2B", 0, 0, 0, len(title), 1) + title.encode("utf-16-le")
    front = record(0x0809, beginning) + record(0x0042, struct.pack("<H", 1200)) + extra
    place = len(front) + len(record(0x0085, listed)) + len(record(0x000A))
    listed = struct.pack("<I", place) + listed[4:]
    stream = front + record(0x0085, listed) + record(0x000A)
    stream += record(0x0809, sheet_begins) + b"".join(cells) + record(0x000A)
    return compound(dict.fromkeys(names, stream))


def compound(streams: Mapping[str, bytes]) -> bytes:
    """Pack streams into a compound file, each long enough to lie in sectors of its own."""
    sectors: list[bytes] = []
    chain: list[int] = []
    entries = [entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    for name, data in streams.items():
        padded = data.ljust(4096, b"\0")
        size = len(padded)
        padded = padded.ljust(-(-size // SECTOR) * SECTOR, b"\0")
        first, count = len(sectors), len(padded) // SECTOR
        entries.append(entry(name, 2, first, size))
        sectors += [padded[i * SECTOR : (i + 1) * SECTOR] for i in range(count)]
        chain += [*range(first + 1, first + count), 0xFFFFFFFE]
    listing = b"".join(entries).ljust(-(-len(entries) // 4) * SECTOR, b"\0")
    directory = len(sectors)
    count = len(listing) // SECTOR
    sectors += [listing[i * SECTOR : (i + 1) * SECTOR] for i in range(count)]
    chain += [*range(directory + 1, directory + count), 0xFFFFFFFE]
    tables = 1
    while tables * 128 < len(chain) + tables:
        tables += 1
    place = len(sectors)
    chain += [0xFFFFFFFD] * tables
    chain += [0xFFFFFFFF] * (tables * 128 - len(chain))
    sectors.append(struct.pack(f"<{len(chain)}I", *chain))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, tables, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    places = [place + n for n in range(tables)]
    head += struct.pack("<109I", *places, *[0xFFFFFFFF] * (109 - tables))
    return head + b"".join(sectors)


def entry(name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    """Write an entry of a compound file's directory."""
    text = name.encode("utf-16-le") + b"\0\0"
    none = 0xFFFFFFFF
    return (
        text.ljust(64, b"\0")
        + struct.pack("<H2B3I", len(text), kind, 1, none, none, child)
        + b"\0" * 36
        + struct.pack("<2I4x", first, size)
    )


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Pack parts into an archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return packed.getvalue()
