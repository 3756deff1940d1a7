"""CSV files as clerks export them: UTF-8, GB18030 or Excel's UTF-16; comma, semicolon or tab."""

import codecs
import csv
import io
import re

from returnsim.scenario.roster_sheet import Budget, Cell, Mark, Refused, Row, Sheet, Workbook

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ENCODINGS = ("utf-8", "gb18030")
SEPARATORS = ",\t;"
TEXT_AS_FORMULA = re.compile(r'="([^"]*)"')
"""How some programs keep the zeros of a long number; it calculates nothing."""
UNPRINTED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def read_csv(data: bytes) -> Workbook:
    """Read a CSV as a workbook of one sheet.

    Raises
    ------
    Refused
        No text, too large, or with quotation marks that do not close.
    """
    text = _decoded(data)
    head = text[: text.find("\n", 0, 4096)] if "\n" in text[:4096] else text[:4096]
    sample = head if any(s in head for s in SEPARATORS) else text[:65_536]
    separator = max(SEPARATORS, key=sample.count)
    budget = Budget()
    same: dict[str, Cell] = {}
    rows: list[Row] = []
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number, broken = 0, False
    try:
        for number, fields in enumerate(lines, 1):
            for field in fields:
                if field not in same:
                    budget.text(len(field))
                    same[field] = _cell(field)
            cells = [same[field] for field in fields]
            while cells and cells[-1] is None:
                cells.pop()
            budget.row(number, len(cells))
            if cells:
                rows.append((number, tuple(cells)))
    except csv.Error:
        broken = True
    if broken:
        raise Refused("quotes_open", row=number + 1)
    return Workbook((Sheet("CSV", tuple(rows)),), keeps_merges=False)


def _decoded(data: bytes) -> str:
    marked = next((encoding for mark, encoding in MARKS if data.startswith(mark)), None)
    for encoding in ENCODINGS if marked is None else (marked,):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if UNPRINTED.search(text):
            break
        return text
    raise Refused("no_text")


def _cell(field: str) -> Cell:
    if not field.strip():
        return None
    if field.startswith("="):
        plain = TEXT_AS_FORMULA.fullmatch(field.strip())
        return plain[1] if plain else Mark.FORMULA
    return field
