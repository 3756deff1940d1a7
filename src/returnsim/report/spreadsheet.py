"""The workbook: the same schedule, to be filtered, filled in and calculated with.

Labels and names stand in every language of the documents given, the first language first.
Text is always written as text, so no name can turn into a formula.
"""

import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from returnsim.report.document import ClauseLine, Document
from returnsim.wording import say

FONT = "Microsoft YaHei"
A4 = 9
SHAPES = {"met": "○", "violated": "■", "uncertain": "▲", "not_assessed": "□"}
FOOTER_ROOM = 200
"""Characters that Excel takes in a footer, less what the page number needs."""

Rows = Iterator[list[tuple[str, Any]]]
"""Rows of cells; each cell names its format and holds its value."""


def workbook(documents: Sequence[Document]) -> bytes:
    """Write the workbook of one document, or of the same document in several languages."""
    import xlsxwriter  # noqa: PLC0415

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    made = documents[0].made
    book.set_properties(
        {
            "title": f"{documents[0].title} {documents[0].school}",
            "author": "returnsim",
            "created": datetime(made.year, made.month, made.day),  # noqa: DTZ001  (Excel's)
        }
    )
    writer = Writer(book, tuple(documents), _formats(book))
    for sheet in (_calendar, _classes, _gates, _stock, _compliance):
        sheet(writer)
    book.close()
    return out.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
    line = {"bottom": 7, "bottom_color": "#68717A"}
    head = {"bold": True, "top": 5, "bottom": 1, "bg_color": "#E8EBEE", "text_wrap": True}
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 18},
        "sub": {"font_color": "#56606B", "font_size": 10},
        "head": head,
        "text": line,
        "wrap": line | {"text_wrap": True, "valign": "top", "font_size": 10},
        "big": line | {"bold": True, "font_size": 13},
        "count": line | {"num_format": "#,##0"},
        "tenths": line | {"num_format": "#,##0.0"},
        "money": line | {"num_format": "#,##0.00"},
        "share": line | {"num_format": "0.0%", "valign": "top", "font_size": 10},
        "value": line | {"num_format": "#,##0.00", "valign": "top", "font_size": 10},
        "date": line | {"num_format": "yyyy-mm-dd", "align": "left"},
        "clock": line | {"num_format": "hh:mm", "align": "left", "bold": True},
        "box": {"border": 7, "border_color": "#68717A"},
        "total": {"bold": True, "top": 1, "bottom": 5, "num_format": '"¥"#,##0.00'},
        "total_text": {"bold": True, "top": 1, "bottom": 5, "align": "right"},
    }
    return {name: book.add_format(base | look) for name, look in looks.items()}


@dataclass(frozen=True)
class Writer:
    """A workbook on its way, with its looks and its languages."""

    book: Any
    documents: tuple[Document, ...]
    formats: dict[str, Any]

    def label(self, key: str) -> str:
        """A fixed word in every language."""
        return both([say(f"report.sheet.{key}", d.lang) for d in self.documents])

    def names(self, of: Callable[[Document], Sequence[str]]) -> list[str]:
        """A list of names in every language, each beside its translation."""
        return [both(texts) for texts in zip(*map(of, self.documents), strict=True)]

    def sheet(self, key: str, columns: Sequence[tuple[str, float]], rows: Rows) -> tuple[Any, int]:
        """Write a whole sheet: title, header, rows; return it and the row after the last."""
        sheet = self.book.add_worksheet(self.label(key)[:31])
        made = both([d.title for d in self.documents])
        school = both([d.school for d in self.documents])
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, self.label(key), self.formats["title"])
        subtitle = f"{made} · {school} · {self.documents[0].made.isoformat()}"
        sheet.write_string(1, 0, subtitle, self.formats["sub"])
        for at, (head, width) in enumerate(columns):
            sheet.set_column(at, at, width)
            sheet.write_string(2, at, head, self.formats["head"])
        row = 3
        for cells in rows:
            for at, (look, value) in enumerate(cells):
                self.write(sheet, row, at, look, value)
            row += 1
        self._page(sheet, len(columns), row)
        return sheet, row

    def write(self, sheet: Any, row: int, column: int, look: str, value: Any) -> None:
        """Write one cell; a text is a text whatever it begins with."""
        shape = self.formats[look]
        if value is None or value == "":
            sheet.write_blank(row, column, None, shape)
        elif look in ("date", "clock"):
            sheet.write_datetime(row, column, value, shape)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, shape)
        else:
            sheet.write_string(row, column, str(value), shape)

    def _page(self, sheet: Any, columns: int, rows: int) -> None:
        footer = self.documents[0].footer[:FOOTER_ROOM].replace("&", "&&")
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.repeat_rows(2)
        sheet.print_area(0, 0, max(rows, 4) - 1, columns - 1)
        sheet.freeze_panes(3, 0)
        sheet.hide_gridlines(2)
        sheet.set_footer(f"&L&8{footer}&R&8&P / &N")


def both(texts: Sequence[str]) -> str:
    """Join a text and its translations, each once."""
    return " ".join(dict.fromkeys(text for text in texts if text))


def _calendar(w: Writer) -> None:
    grades = [
        w.names(lambda d, n=n: d.batches[n].grades) for n in range(len(w.documents[0].batches))
    ]
    weekdays = w.names(lambda d: [b.weekday for b in d.batches])

    def rows() -> Rows:
        for batch, weekday, names in zip(w.documents[0].batches, weekdays, grades, strict=True):
            yield [
                ("big", batch.number),
                ("date", batch.day),
                ("text", weekday),
                ("wrap", ", ".join(names)),
                ("count", batch.pupils),
                ("count", batch.back),
            ]

    widths = {"batch": 12, "date": 18, "weekday": 18, "grades": 70, "pupils": 14, "back": 18}
    w.sheet("calendar", [(w.label(k), width) for k, width in widths.items()], rows())


def _classes(w: Writer) -> None:
    grades = w.names(lambda d: [c.grade for c in d.classes])
    classes = w.names(lambda d: [c.name for c in d.classes])
    gates = w.names(lambda d: [c.gate for c in d.classes])

    def rows() -> Rows:
        lines = w.documents[0].classes
        for line, grade, name, gate in zip(lines, grades, classes, gates, strict=True):
            yield [
                ("text", grade),
                ("big", name),
                ("count", line.pupils),
                ("count", line.boarders),
                ("text", line.room),
                ("text", line.building),
                ("count", line.batch),
                ("date", line.day),
                ("clock", line.begins),
                ("clock", line.ends),
                ("text", gate),
            ]

    widths = {"grade": 20, "class": 24, "pupils": 11, "boarders": 12, "room": 12, "building": 16}
    widths |= {"batch": 11, "date": 18, "from": 11, "to": 11, "gate": 24}
    sheet, end = w.sheet("classes", [(w.label(k), width) for k, width in widths.items()], rows())
    sheet.autofilter(2, 0, end - 1, len(widths) - 1)
    sheet.freeze_panes(3, 2)


def _gates(w: Writer) -> None:
    names = w.names(lambda d: [g.name for g in d.gates])
    sheets = w.documents[0].gates
    stages = [
        w.names(lambda d, n=n: [s.name for s in d.gates[n].stages]) for n in range(len(sheets))
    ]

    def rows() -> Rows:
        for gate, name, heads in zip(sheets, names, stages, strict=True):
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

    widths = {"gate": 26, "from": 11, "to": 11, "stage": 34, "lanes": 12, "people": 20}
    widths |= {"people_return_day": 22, "signature": 26}
    sheet, end = w.sheet("gates", [(w.label(k), width) for k, width in widths.items()], rows())
    sheet.autofilter(2, 0, max(end - 1, 3), len(widths) - 1)


def _stock(w: Writer) -> None:
    items = w.documents[0].stock
    names = w.names(lambda d: [i.name for i in d.stock])
    units = w.names(lambda d: [i.unit for i in d.stock])
    reasons = w.names(lambda d: [f"{i.reason}\n" for i in d.stock])

    def rows() -> Rows:
        for item, name, reason, unit in zip(items, names, reasons, units, strict=True):
            look = "tenths" if item.decimals else "count"
            yield [
                ("big", name),
                ("wrap", reason.replace("\n ", "\n").strip()),
                ("text", unit),
                (look, item.need),
                (look, item.on_hand),
                (look, item.order),
                ("money", item.price),
                ("money", item.cost),
            ]

    widths = {"item": 34, "reason": 62, "unit": 14, "need": 13, "on_hand": 13, "order": 13}
    widths |= {"price": 15, "cost": 17}
    sheet, end = w.sheet("stock", [(w.label(k), width) for k, width in widths.items()], rows())
    for number, item in enumerate(items):
        row, look = number + 3, w.formats["tenths" if item.decimals else "count"]
        short = f"ROUNDUP(MAX(0,ROUND(D{row + 1}-E{row + 1},6)),{item.decimals})"
        sheet.write_formula(row, 5, f"={short}", look, item.order)
        money = w.formats["money"]
        sheet.write_formula(row, 7, f"=F{row + 1}*G{row + 1}", money, item.cost)
    if items:
        total = sum(item.cost for item in items)
        sheet.write_string(end, 6, w.label("total"), w.formats["total_text"])
        sheet.write_formula(end, 7, f"=SUM(H4:H{end})", w.formats["total"], total)
        sheet.print_area(0, 0, end, len(widths) - 1)


def _compliance(w: Writer) -> None:
    lines = [[line for part in d.compliance for line in part.lines] for d in w.documents]
    books = [both([d.compliance[n].book for d in w.documents]) for n in
             range(len(w.documents[0].compliance))
             for _ in w.documents[0].compliance[n].lines]  # fmt: skip

    def rows() -> Rows:
        for book, *same in zip(books, *lines, strict=True):
            first: ClauseLine = same[0]
            number = "share" if first.share else "value"
            verdict = both([say(f"verdict.{c.verdict}", d.lang)
                            for c, d in zip(same, w.documents, strict=True)])  # fmt: skip
            yes = both([say("report.sheet.yes", d.lang) for d in w.documents])
            yield [
                ("wrap", book),
                ("wrap", first.clause),
                ("wrap", f"{SHAPES[first.verdict]} {verdict}"),
                ("wrap", yes if first.hard else ""),
                ("wrap", both([c.owner for c in same])),
                *(("wrap", c.asked) for c in same),
                ("wrap", both([c.quantity for c in same])),
                ("wrap", both([c.where for c in same])),
                (number, _finite(first.value)),
                (number, _finite(first.width)),
                ("wrap", both([c.limit_plain for c in same])),
                ("wrap", both([c.margin for c in same])),
                ("wrap", "\n".join(dict.fromkeys(c.reason for c in same if c.reason))),
            ]

    asked = [(say("report.sheet.asked", d.lang), 46.0) for d in w.documents]
    before = {"book": 20, "clause": 16, "verdict": 16, "hard": 10, "owner": 20}
    after = {"quantity": 28, "where": 26, "value": 12, "bound": 16, "limit": 22, "margin": 22}
    after |= {"reason_not_assessed": 46}
    columns = [
        *((w.label(k), float(width)) for k, width in before.items()),
        *asked,
        *((w.label(k), float(width)) for k, width in after.items()),
    ]
    sheet, end = w.sheet("compliance", columns, rows())
    sheet.autofilter(2, 0, end - 1, len(columns) - 1)
    sheet.freeze_panes(3, 2)
    look = w.book.add_format({"bold": True, "bg_color": "#DDDDDD"})
    rule = {"type": "formula", "criteria": '=LEFT($C4,1)="■"', "format": look}
    sheet.conditional_format(3, 0, end - 1, len(columns) - 1, rule)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
