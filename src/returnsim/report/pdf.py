"""The printed paper: typst, bundled fonts, the same bytes for the same document."""

import json
import math
from dataclasses import asdict
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

from returnsim.report.document import Document, StockItem
from returnsim.report.fonts import font_folder, missing_characters, printable
from returnsim.report.mornings import arrival_image, queue_images
from returnsim.report.phrases import number
from returnsim.wording import say

LABELS = {
    "contents": ("head",),
    "calendar": ("head", "lead", "batch", "date", "grades", "pupils", "back"),
    "schedule": ("head", "lead", "time", "note"),
    "gate": (
        *("head", "kind", "time", "who", "due", "return_due", "cumulative", "counted", "aside"),
        *("staffing_lead", "hours", "people_needed", "signature", "reading_head"),
        *("held_head", "held_note", "none"),
    ),
    "notice": (
        *("head", "date", "arrive", "gate", "bring", "steps", "call", "phone"),
        *("head_teacher", "parent"),
    ),
    "stock": (
        *("head", "lead", "item", "unit", "need", "on_hand", "order", "price", "cost", "total"),
        *("empty", "prepared", "approved", "date"),
    ),
    "compliance": ("head", "clause", "asked", "found", "result", "hard"),
    "action": ("head", "tasks", "tasks_lead", "task", "status", "done", "remarks"),
    "comparison": ("head", "lead", "measure", "note"),
    "quality": ("head", "lead"),
    "figure": ("queue_head", "arrival_head", "arrival_lead"),
    "note": ("head", "books", "sources", "sources_lead", "what", "source", "grade"),
}
"""Fixed words of the templates, by table of the catalogue."""
OF_THE_DAY = (
    *("head", "key", "whole_class", "timetable_head", "timetable_lead", "class"),
    *("canteen_head", "check_head", "crossing_head", "crew_head", "time", "who", "zone"),
)
"""The same of the pages on the rest of the day."""


def pdf(document: Document) -> bytes:
    """Print a document; nothing but the document decides a single byte."""
    return compiled(document)[0]


def compiled(document: Document) -> tuple[bytes, tuple[str, ...]]:
    """Print a document and return what typst had to complain about, too."""
    import typst  # noqa: PLC0415  (loads a compiler)

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(font_folder())],
    )
    parts: Any = _files(document)
    compiler: Any = typst.Compiler(input=parts, font_paths=fonts)
    made, warnings = compiler.compile_with_warnings(
        format="pdf", timestamp=_midnight(document.made)
    )
    return bytes(made), tuple(str(w.message) for w in warnings)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _files(document: Document) -> dict[str, bytes]:
    """Templates, figures, words and data, under the names by which templates read them."""
    images = queue_images(document.queues, document.lang)
    names = [f"queues-{n}.svg" for n in range(1, len(images) + 1)]
    parts = {
        t.name: t.read_bytes()
        for t in files("returnsim").joinpath("report").joinpath("templates").iterdir()
        if t.name.endswith(".typ")
    }
    parts["main.typ"] = parts.pop("report.typ")
    parts |= dict(zip(names, images, strict=True))
    parts["arrivals.svg"] = arrival_image(document.arrivals, document.lang)
    parts["labels.json"] = _json(_labels(document.lang))
    parts["document.json"] = _json(_data(document) | {"queue_images": names})
    return parts


def _json(thing: Any) -> bytes:
    text = json.dumps(_finite(thing), ensure_ascii=False, default=str, allow_nan=False)
    return text.encode("utf-8")


def _finite(thing: Any) -> Any:
    """Leave out numbers that JSON cannot hold, such as the days since what never happened."""
    if isinstance(thing, dict):
        return {key: _finite(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [_finite(value) for value in thing]
    return None if isinstance(thing, float) and not math.isfinite(thing) else thing


def _labels(lang: str) -> dict[str, Any]:
    words: dict[str, Any] = {
        table: {key: say(f"report.{table}.{key}", lang) for key in keys}
        for table, keys in LABELS.items()
    }
    words["day"] = {key: say(f"day.sheet.{key}", lang) for key in OF_THE_DAY}
    words["result"] = {key: say(f"day.result.{key}", lang) for key in ("head", "lead")}
    verdicts = ("met", "violated", "uncertain", "not_assessed")
    words["verdict"] = {v: say(f"verdict.{v}", lang) for v in verdicts}
    marks = ("comma", "semicolon", "dot")
    return words | {mark: say(f"report.list.{mark}", lang) for mark in marks}


def _data(document: Document) -> dict[str, Any]:
    """The document as plain data, with every character that fonts lack made visible."""
    data = asdict(document)
    del data["queues"], data["arrivals"]
    stock = zip(data["stock"], document.stock, strict=True)
    data["stock"] = [line | _stock_texts(item) for line, item in stock]
    data["total"] = f"{sum(i.cost for i in document.stock):,.2f}"
    lacking = missing_characters(json.dumps(data, ensure_ascii=False, default=str))
    codes = " ".join(f"U+{ord(c):04X}" for c in lacking)
    data["missing"] = (
        say("report.missing_characters", document.lang, codes=codes) if lacking else ""
    )
    visible: dict[str, Any] = _printable(data)
    return visible


def _stock_texts(item: StockItem) -> dict[str, str]:
    return {
        "need_text": number(item.need_rounded, item.decimals),
        "on_hand_text": number(item.on_hand, item.decimals),
        "order_text": number(item.order, item.decimals),
        "price_text": f"{item.price:,.2f}",
        "cost_text": f"{item.cost:,.2f}",
    }


def _printable(thing: Any) -> Any:
    if isinstance(thing, str):
        return printable(thing)
    if isinstance(thing, dict):
        return {key: _printable(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [_printable(value) for value in thing]
    return thing
