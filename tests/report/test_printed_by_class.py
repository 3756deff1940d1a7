"""A plan whose grades return by halves, printed: every class finds its own date."""

import io
from datetime import date, time
from functools import cache

import icalendar
import pytest
from builders import a_plan, a_school_in_halves, dates_by_class
from openpyxl import load_workbook
from proposals import STAMP, a_proposal

from returnsim.optimise.fairness import fairness
from returnsim.optimise.planner import Proposal, whole_day
from returnsim.report.compose import compose
from returnsim.report.document import Document
from returnsim.report.files import before_and_after
from returnsim.report.icalendars import calendars
from returnsim.report.pdf import pdf
from returnsim.report.spreadsheet import workbook
from returnsim.scenario.scenario import Scenario

A, B = date(2020, 4, 7), date(2020, 4, 14)
DAY_OF = {"9-1": A, "9-2": B, "8-1": A, "8-2": B}


def school() -> Scenario:
    """The school in halves, with a check at noon, so that there is a day for calendars."""
    noon = {
        "name": "noon",
        "who": ["day pupils"],
        "begins": time(13, 30),
        "ends": time(15),
        "where": "room",
        "service_seconds": {"kind": "fixed", "value": 6},
        "source": "made up",
    }
    return a_school_in_halves(checks=[noon])


@cache
def proposal() -> Proposal:
    scenario = school()
    dates = dates_by_class(c91=A, c92=B, c81=A, c82=B)
    plan = whole_day(scenario, a_plan(scenario).changed(return_dates=dates))
    return a_proposal(scenario, plan)


@cache
def documents() -> dict[str, Document]:
    curves = before_and_after(proposal())
    return {lang: compose(proposal(), lang, *curves, STAMP) for lang in ("zh", "en")}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_calendar_names_the_classes_of_a_grade_that_come_in_parts(lang: str) -> None:
    batches = documents()[lang].batches
    assert [(b.day, b.pupils, b.back) for b in batches] == [(A, 20, 20), (B, 20, 40)]
    parts = {
        "zh": ("9 年级（9-1）", "8 年级（8-1）"),
        "en": ("Grade 9 (9-1)", "Grade 8 (8-1)"),
    }
    assert batches[0].grades == parts[lang]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_lists_and_notices_give_every_class_its_own_date(lang: str) -> None:
    document = documents()[lang]
    assert {line.name: line.day for line in document.classes} == DAY_OF
    assert {line.name: line.batch for line in document.classes} == {
        name: 1 + (day == B) for name, day in DAY_OF.items()
    }
    dates = {notice.name: notice.date for notice in document.notices}
    by_day = {b.day: b.date for b in document.batches}
    assert dates == {name: by_day[day] for name, day in DAY_OF.items()}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_gate_sheets_group_classes_by_their_own_batch(lang: str) -> None:
    groups = {
        member.name: group.batch
        for sheet in documents()[lang].gates
        for row in sheet.expected
        for group in row.groups
        if group.batch
        for member in group.members
    }
    assert groups == {name: 1 + (day == B) for name, day in DAY_OF.items()}


def test_the_workbook_gives_every_class_its_own_date() -> None:
    book = load_workbook(io.BytesIO(workbook(tuple(documents().values()))))
    heads, *rows = list(book["班级清单 By class"].iter_rows(min_row=3, values_only=True))
    name, day = heads.index("班级 Class"), heads.index("返校日期 Return date")
    assert {row[name]: row[day].date() for row in rows if row[name]} == DAY_OF
    assert "Grade 9 (9-1)" in str(book["返校总表 Calendar"]["D4"].value)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_prints(lang: str) -> None:
    assert pdf(documents()[lang]).startswith(b"%PDF-")


def test_who_bears_it_is_told_from_the_first_class_to_the_last() -> None:
    nine = next(
        s for s in fairness(proposal().scenario, proposal().recommended.plan) if s.grade == "nine"
    )
    assert (nine.day, nine.last_day, nine.days_lost) == (A, B, 2.5)


def test_the_calendar_of_a_class_begins_on_its_own_date() -> None:
    files = dict(calendars(tuple(documents().values())))
    found = {}
    for name, data in files.items():
        events = list(icalendar.Calendar.from_ical(data).walk("VEVENT"))
        found[name[len("ics/001-") : -len(".ics")]] = min(e["DTSTART"].dt.date() for e in events)
    assert {name: day for name, day in found.items() if name in DAY_OF} == DAY_OF
