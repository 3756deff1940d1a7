"""The sheets of the workbook."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from returnsim.report.document import ClauseLine, Document, GateSheet
from returnsim.wording import say

A4 = 9
SHAPES = {"met": "○", "violated": "■", "uncertain": "▲", "not_assessed": "□"}
HEAD = 2
"""Row of the column heads; title and school stand above."""
FOOTER_ROOM = 200
"""Characters that Excel takes in a footer, less what the page number needs."""
NAME_ROOM = 31
"""Characters that Excel takes in the name of a sheet."""

Row = list[tuple[str, Any]]
"""Cells; each names its look and holds its value."""


@dataclass(frozen=True)
class Writer:
    """A workbook on its way, with its languages and its looks."""

    book: Any
    documents: tuple[Document, ...]
    looks: dict[str, Any]

    def label(self, key: str) -> str:
        """Return a fixed word in every language."""
        return both(say(f"report.sheet.{key}", d.lang) for d in self.documents)

    def names(self, of: Callable[[Document], Sequence[str]]) -> list[str]:
        """Return a list of names, each beside its translation."""
        return [both(texts) for texts in zip(*map(of, self.documents), strict=True)]

    def sheet(self, key: str, columns: Mapping[str, float], rows: Iterable[Row]) -> tuple[Any, int]:
        """Write title, heads and rows; return the sheet and the row after the last.

        Parameters
        ----------
        key
            Of the sheet's name.
        columns
            Key of the head and width [characters] of each column.
        rows
            Cells of each row.
        """
        sheet = self.book.add_worksheet(self.label(key)[:NAME_ROOM])
        titles = both(d.title for d in self.documents)
        schools = both(d.school for d in self.documents)
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, self.label(key), self.looks["title"])
        under = f"{titles} · {schools} · {self.documents[0].made.isoformat()}"
        sheet.write_string(1, 0, under, self.looks["sub"])
        for at, (head, width) in enumerate(columns.items()):
            sheet.set_column(at, at, width)
            sheet.write_string(HEAD, at, self.label(head), self.looks["head"])
        end = HEAD + 1
        for cells in rows:
            for at, (look, value) in enumerate(cells):
                self._write(sheet, end, at, look, value)
            end += 1
        self._page(sheet, len(columns), end)
        return sheet, end

    def _write(self, sheet: Any, row: int, column: int, look: str, value: Any) -> None:
        """Write one cell; a text is a text whatever it begins with."""
        shape = self.looks[look]
        if value is None or value == "":
            sheet.write_blank(row, column, None, shape)
        elif look in ("date", "clock"):
            sheet.write_datetime(row, column, value, shape)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, shape)
        else:
            sheet.write_string(row, column, str(value), shape)

    def _page(self, sheet: Any, columns: int, end: int) -> None:
        footer = self.documents[0].footer[:FOOTER_ROOM].replace("&", "&&")
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.repeat_rows(HEAD)
        sheet.print_area(0, 0, end - 1, columns - 1)
        sheet.freeze_panes(HEAD + 1, 0)
        sheet.hide_gridlines(2)
        sheet.set_footer(f"&L&8{footer}&R&8&P / &N")
        if end > HEAD + 1:
            sheet.autofilter(HEAD, 0, end - 1, columns - 1)


def both(texts: Iterable[str]) -> str:
    """Join a text and its translations, each once."""
    return " ".join(dict.fromkeys(text for text in texts if text))


def calendar(w: Writer) -> None:
    """Write a row for each batch."""
    weekdays = w.names(lambda d: [b.weekday for b in d.batches])

    def grades(turn: int) -> str:
        return ", ".join(w.names(lambda d: d.batches[turn].grades))

    rows: list[Row] = [
        [
            ("big", batch.number),
            ("date", batch.day),
            ("text", weekdays[turn]),
            ("wrap", grades(turn)),
            ("count", batch.pupils),
            ("count", batch.back),
        ]
        for turn, batch in enumerate(w.documents[0].batches)
    ]
    columns = {"batch": 12, "date": 20, "weekday": 20, "grades": 70, "pupils": 15, "back": 22}
    w.sheet("calendar", columns, rows)


def classes(w: Writer) -> None:
    """Write a row for each class, the sheet that people filter."""
    grade = w.names(lambda d: [c.grade for c in d.classes])
    name = w.names(lambda d: [c.name for c in d.classes])
    gate = w.names(lambda d: [c.gate for c in d.classes])
    rows: list[Row] = [
        [
            ("text", grade[n]),
            ("big", name[n]),
            ("count", line.pupils),
            ("count", line.boarders),
            ("text", line.room),
            ("text", line.building),
            ("count", line.batch),
            ("date", line.day),
            ("clock", line.begins),
            ("clock", line.ends),
            ("text", gate[n]),
        ]
        for n, line in enumerate(w.documents[0].classes)
    ]
    columns = {"grade": 20, "class": 26, "pupils": 13, "boarders": 16, "room": 14}
    columns |= {"building": 18, "batch": 13, "date": 22, "from": 13, "to": 13, "gate": 26}
    sheet, _ = w.sheet("classes", columns, rows)
    sheet.freeze_panes(HEAD + 1, 2)


def gates(w: Writer) -> None:
    """Write a row for each gate, stage and stretch of the morning."""
    names = w.names(lambda d: [g.name for g in d.gates])

    def stages(turn: int) -> list[str]:
        return w.names(lambda d: [s.name for s in d.gates[turn].stages])

    rows = [
        row
        for n, gate in enumerate(w.documents[0].gates)
        for row in _duty(gate, names[n], stages(n))
    ]
    columns = {"gate": 28, "from": 13, "to": 13, "stage": 36, "lanes": 14, "people": 20}
    columns |= {"people_return_day": 24, "signature": 28}
    w.sheet("gates", columns, rows)


def _duty(gate: GateSheet, name: str, heads: Sequence[str]) -> Iterator[Row]:
    for line in gate.duty:
        for head, lanes in zip(heads, line.lanes, strict=True):
            yield [
                ("big", name),
                ("clock", line.begins),
                ("clock", line.ends),
                ("text", head),
                ("count", lanes),
                ("count", line.people),
                ("count", line.people_return_day),
                ("box", ""),
            ]


def stock(w: Writer) -> None:
    """Write a row for each supply; order, cost and total are calculated."""
    items = w.documents[0].stock
    names = w.names(lambda d: [i.name for i in d.stock])
    units = w.names(lambda d: [i.unit for i in d.stock])
    counts = ["tenths" if item.decimals else "count" for item in items]
    rows: list[Row] = [
        [
            ("big", names[n]),
            ("wrap", "\n".join(d.stock[n].reason for d in w.documents)),
            ("text", units[n]),
            (counts[n], item.need),
            (counts[n], item.on_hand),
            (counts[n], item.order),
            ("money", item.price),
            ("money", item.cost),
        ]
        for n, item in enumerate(items)
    ]
    columns = {"item": 36, "reason": 64, "unit": 15, "need": 14, "on_hand": 15, "order": 14}
    columns |= {"price": 22, "cost": 22}
    sheet, end = w.sheet("stock", columns, rows)
    for n, item in enumerate(items):
        row = HEAD + 1 + n
        short = f"MAX(0,ROUND(D{row + 1}-E{row + 1},6))"
        order = f"=ROUNDUP({short},{item.decimals})"
        sheet.write_formula(row, 5, order, w.looks[counts[n]], item.order)
        sheet.write_formula(row, 7, f"=F{row + 1}*G{row + 1}", w.looks["money"], item.cost)
    if items:
        sheet.write_string(end, 6, w.label("total"), w.looks["total_text"])
        total = sum(item.cost for item in items)
        sheet.write_formula(end, 7, f"=SUM(H{HEAD + 2}:H{end})", w.looks["total"], total)
        sheet.print_area(0, 0, end, len(columns) - 1)


def compliance(w: Writer) -> None:
    """Write a row for each clause, in the order of the documents."""
    parts = w.names(lambda d: [part.book for part in d.compliance])
    books = [
        name
        for name, part in zip(parts, w.documents[0].compliance, strict=True)
        for _ in part.lines
    ]
    lines = [[line for part in d.compliance for line in part.lines] for d in w.documents]
    rows = [
        _clause(w, book, same) for book, same in zip(books, zip(*lines, strict=True), strict=True)
    ]
    columns = {"book": 22, "clause": 18, "verdict": 18, "hard": 12, "owner": 22, "asked": 64}
    columns |= {"quantity": 30, "where": 30, "value": 13, "bound": 20, "limit": 24}
    columns |= {"margin": 24, "reason_not_assessed": 50}
    sheet, end = w.sheet("compliance", columns, rows)
    sheet.freeze_panes(HEAD + 1, 2)
    rule = {"type": "formula", "criteria": '=LEFT($C4,1)="■"', "format": w.looks["flag"]}
    sheet.conditional_format(HEAD + 1, 0, end - 1, len(columns) - 1, rule)


def _clause(w: Writer, book: str, same: Sequence[ClauseLine]) -> Row:
    """Cells of one clause, given in every language."""
    first, number = same[0], "share" if same[0].share else "value"
    verdict = both(say(f"verdict.{first.verdict}", d.lang) for d in w.documents)
    return [
        ("wrap", book),
        ("strong", first.clause),
        ("strong", f"{SHAPES[first.verdict]} {verdict}"),
        ("wrap", w.label("yes") if first.hard else ""),
        ("wrap", both(c.owner for c in same)),
        ("wrap", "\n".join(dict.fromkeys(c.asked for c in same))),
        ("wrap", both(c.quantity for c in same)),
        ("wrap", "\n".join(dict.fromkeys(c.where for c in same if c.where))),
        (number, _finite(first.value)),
        (number, _finite(first.width)),
        ("wrap", "\n".join(dict.fromkeys(c.limit_plain for c in same if c.limit_plain))),
        ("wrap", "\n".join(dict.fromkeys(c.margin for c in same if c.margin))),
        ("wrap", "\n".join(dict.fromkeys(c.reason for c in same if c.reason))),
    ]


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
