"""The printed paper, read back."""

import io
import re
from datetime import date
from math import ceil
from typing import Any

import pytest
from builders import a_class, a_scenario
from proposals import RARE, STAMP, a_proposal
from pypdf import PdfReader

from returnsim.report.compose import compose
from returnsim.report.document import Document
from returnsim.report.files import before_and_after
from returnsim.report.pdf import compiled, pdf
from returnsim.wording import say

HEADS = {
    "zh": ("返校日程", "每日到校安排", "值守表", "返校通知", "物资清单", "符合性检查", "需要处理"),
    "en": ("Return calendar", "Daily arrival", "Duty sheet", "Return notice", "Supplies"),
}
A4 = (595, 842)


def pages(data: bytes) -> list[str]:
    """Text of every page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_tiny_school_prints_without_a_warning(
    tiny_documents: dict[str, Document], lang: str
) -> None:
    data, warnings = compiled(tiny_documents[lang])
    assert warnings == ()
    found = pages(data)
    assert all(f"{n} / {len(found)}" in text for n, text in enumerate(found, 1) if "/" in text)
    whole = "\n".join(found)
    assert [head for head in HEADS[lang] if head not in whole] == []
    assert "07:10–07:15" in whole
    assert "2020" in found[0]
    for page in PdfReader(io.BytesIO(data)).pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == A4


def test_notices_stand_two_to_a_page(crowded_documents: dict[str, Document]) -> None:
    document = crowded_documents["zh"]
    found = [text for text in pages(pdf(document)) if text.count("家长（签字）") > 0]
    assert len(found) == ceil(len(document.classes) / 2)
    assert sum(text.count("家长（签字）") for text in found) == len(document.classes)
    joined = re.sub(r"\s", "", "".join(found))
    missing = [c.name for c in document.classes if re.sub(r"\s", "", c.name) not in joined]
    assert missing == []


def test_the_same_document_gives_the_same_bytes(tiny_documents: dict[str, Document]) -> None:
    assert pdf(tiny_documents["en"]) == pdf(tiny_documents["en"])


def test_a_character_that_fonts_lack_is_shown_and_noted() -> None:
    school = a_scenario(classes=[a_class(zh=f"{RARE}班"), a_class("8-1", grade="eight")])
    proposal = a_proposal(school, replications=2)
    document = compose(proposal, "zh", *before_and_after(proposal), STAMP)
    whole = "\n".join(pages(pdf(document)))
    assert "〓" in whole
    assert "U+20BB7" in whole


def test_the_day_of_making_is_printed_and_kept(tiny_documents: dict[str, Document]) -> None:
    data = pdf(tiny_documents["en"])
    made = PdfReader(io.BytesIO(data)).metadata
    assert made is not None
    assert made.creation_date is not None
    assert made.creation_date.date() == date(2020, 3, 21)
    assert "21 March 2020" in pages(data)[0]


def outside(data: bytes) -> list[str]:
    """Words of a paper that begin beyond the edges of their page, or closer to them than 7 mm."""
    lost: list[str] = []

    def look(text: str, cm: list[float], tm: list[float], *_: Any) -> None:
        x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
        if text.strip() and not (20 <= x <= A4[0] - 20 and 20 <= y <= A4[1] - 20):
            lost.append(text)

    for page in PdfReader(io.BytesIO(data)).pages:
        page.extract_text(visitor_text=look)
    return lost


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_crowded_day_prints_whole(crowded_day_documents: dict[str, Document], lang: str) -> None:
    """Thirty classes, long names: no warning, nothing off the paper, everybody told."""
    document = crowded_day_documents[lang]
    data, warnings = compiled(document)
    assert warnings == ()
    assert outside(data) == []
    found = pages(data)
    signed = say("report.notice.parent", lang)
    notices = [re.sub(r"\s", "", text) for text in found if signed in text]
    assert document.day is not None
    agendas = [a for a in document.day.agendas if a.is_class]
    assert len(notices) == len(agendas)
    for text, agenda in zip(notices, agendas, strict=True):
        told = (agenda.name, *(t.time for t in agenda.turns), *(t.what for t in agenda.turns))
        assert [word for word in told if re.sub(r"\s", "", word) not in text] == []
    whole = re.sub(r"\s", "", "".join(found))
    sheets = {(s.kind, s.name) for s in document.day.sheets}
    assert [s for s in sheets if re.sub(r"\s", "", s[1]) not in whole] == []


def test_what_lies_off_the_paper_is_found(tiny_documents: dict[str, Document]) -> None:
    assert outside(pdf(tiny_documents["en"])) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_school_day_prints_every_sheet(
    school_day_documents: dict[str, Document], lang: str
) -> None:
    data, warnings = compiled(school_day_documents[lang])
    assert warnings == ()
    whole = "\n".join(pages(data))
    heads = [say(f"day.sheet.{kind}_head", lang) for kind in ("canteen", "check", "crew")]
    heads += [say("day.sheet.timetable_head", lang), say("day.result.head", lang)]
    assert [head for head in heads if head not in whole] == []
    assert outside(data) == []
