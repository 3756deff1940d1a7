"""The workbook: the same schedule, to be filtered, filled in and calculated with.

Labels and names stand in every language of the documents given, the first language first.
Text is always written as text, so no name can turn into a formula.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from returnsim.report.document import Document
from returnsim.report.sheets import Writer, calendar, classes, compliance, gates, stock
from returnsim.report.sheets_day import results, rounds, shifts, timetable

FONT = "Microsoft YaHei"


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
            "created": datetime(made.year, made.month, made.day),
        }
    )
    writer = Writer(book, tuple(documents), _formats(book))
    of_the_day = (timetable, shifts, rounds, results) if documents[0].day is not None else ()
    for sheet in (calendar, classes, gates, *of_the_day, stock, compliance):
        sheet(writer)
    book.close()
    return out.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
    line = {"bottom": 7, "bottom_color": "#68717A"}
    small = line | {"valign": "top", "font_size": 10}
    head = {"bold": True, "top": 5, "bottom": 1, "bg_color": "#E8EBEE", "text_wrap": True}
    total = {"bold": True, "top": 1, "bottom": 5}
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 18},
        "sub": {"font_color": "#56606B", "font_size": 10},
        "head": head,
        "text": line,
        "wrap": small | {"text_wrap": True},
        "strong": small | {"text_wrap": True, "bold": True},
        "big": line | {"bold": True, "font_size": 13},
        "count": line | {"num_format": "#,##0"},
        "tenths": line | {"num_format": "#,##0.0"},
        "money": line | {"num_format": "#,##0.00"},
        "share": small | {"num_format": "0.0%"},
        "value": small | {"num_format": "#,##0.00"},
        "date": line | {"num_format": "yyyy-mm-dd", "align": "left"},
        "clock": line | {"num_format": "hh:mm", "align": "left", "bold": True},
        "box": {"border": 7, "border_color": "#68717A"},
        "total": total | {"num_format": '"¥"#,##0.00'},
        "total_text": total | {"align": "right"},
        "flag": {"bold": True, "bg_color": "#DDDDDD"},
    }
    plain = ("flag",)  # laid over a cell that has its own font
    return {
        name: book.add_format(look if name in plain else base | look)
        for name, look in looks.items()
    }
