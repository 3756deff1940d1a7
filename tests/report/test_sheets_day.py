"""The sheets of the workbook on the rest of the day, opened again."""

import io
from datetime import time
from typing import Any

import pytest
from openpyxl import load_workbook

from returnsim.report.document import Document
from returnsim.report.spreadsheet import workbook


@pytest.fixture(scope="module")
def book(school_day_documents: dict[str, Document]) -> Any:
    return load_workbook(io.BytesIO(workbook(list(school_day_documents.values()))))


def rows(sheet: Any) -> list[list[Any]]:
    return [[c.value for c in row] for row in sheet.iter_rows(min_row=4)]


def test_the_sheets_stand_behind_the_gates(book: Any) -> None:
    assert book.sheetnames[3:7] == [
        "全天作息 Whole day", "食堂轮次 Canteen shifts", "消毒通风 Rounds",
        "到校以后 Rest of the day",
    ]  # fmt: skip


def test_the_day_can_be_filtered_by_class(book: Any) -> None:
    eight = [r for r in rows(book["全天作息 Whole day"]) if r[0] == "8-1"]
    lunch = next(r for r in eight if r[3] == "lunch")
    assert lunch[1] == time(12, 20)
    assert lunch[5:] == [5, "中午在校的走读生 day pupils here at noon"]
    assert book["全天作息 Whole day"].auto_filter.ref is not None


def test_shifts_and_rounds_are_numbers_and_times(book: Any) -> None:
    first, second = rows(book["食堂轮次 Canteen shifts"])
    assert first == ["canteen", "lunch", 1, time(12, 0), "9-1", 10, 10, 10]
    assert second[2:] == [2, time(12, 20), "8-1", 5, 5, 10]
    (round_,) = rows(book["消毒通风 Rounds"])
    assert round_[:5] == ["crew", time(12, 0), time(12, 10), "dining", "消毒 disinfect"]


def test_results_stand_in_both_languages(book: Any) -> None:
    found = rows(book["到校以后 Rest of the day"])
    seated = next(r for r in found if r[3] == "最多在座 most seated")
    assert seated[0] == "食堂 Canteens"
    assert all(r[4] is not None for r in found)
