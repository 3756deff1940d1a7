"""The workbook, opened again."""

import io
from datetime import datetime, time
from typing import Any

import pytest
from openpyxl import load_workbook

from returnsim.report.document import Document
from returnsim.report.spreadsheet import workbook

Sheets = dict[str, Any]


def opened(*documents: Document) -> Any:
    return load_workbook(io.BytesIO(workbook(documents)))


@pytest.fixture(scope="module")
def book(tiny_documents: dict[str, Document]) -> Any:
    return opened(*tiny_documents.values())


def test_sheets_and_heads_stand_in_both_languages(book: Any) -> None:
    assert book.sheetnames == [
        "返校总表 Calendar",
        "班级清单 By class",
        "校门值守 Gate duty",
        "物资清单 Supplies",
        "符合性检查 Compliance",
    ]
    assert [c.value for c in book["班级清单 By class"][3]][:3] == [
        "年级 Grade", "班级 Class", "学生 Pupils",
    ]  # fmt: skip


def test_one_document_gives_one_language(tiny_documents: dict[str, Document]) -> None:
    assert opened(tiny_documents["en"]).sheetnames[0] == "Calendar"


def test_dates_and_times_are_dates_and_times(book: Any) -> None:
    row = [c.value for c in book["班级清单 By class"][4]]
    assert row[1] == "九年级1班 Class 9.1"
    assert row[7] == datetime(2020, 4, 7)
    assert row[8:10] == [time(7, 10), time(7, 15)]


def test_orders_are_calculated(book: Any, tiny_documents: dict[str, Document]) -> None:
    sheet = book["物资清单 Supplies"]
    assert sheet["F4"].value == "=ROUNDUP(MAX(0,ROUND(D4-E4,6)),0)"
    assert sheet["H4"].value == "=F4*G4"
    items = tiny_documents["zh"].stock
    total = sheet.cell(row=4 + len(items), column=8).value
    assert total == f"=SUM(H4:H{3 + len(items)})"


def test_every_clause_has_its_row(book: Any, tiny_documents: dict[str, Document]) -> None:
    sheet = book["符合性检查 Compliance"]
    printed = [sheet.cell(row=n, column=2).value for n in range(4, sheet.max_row + 1)]
    lines = [c.clause for part in tiny_documents["zh"].compliance for c in part.lines]
    assert printed == lines


def test_names_never_become_formulas(crowded_documents: dict[str, Document]) -> None:
    names = [c.name for c in crowded_documents["en"].classes if c.name.startswith("=")]
    assert names
    sheet = opened(crowded_documents["en"])["By class"]
    cells = [sheet.cell(row=n, column=2) for n in range(4, sheet.max_row + 1)]
    assert {c.value for c in cells if c.value.startswith("=")} == set(names)
    assert all(c.data_type == "s" for c in cells)


def test_sheets_print_on_a4_with_their_heads(book: Any) -> None:
    for sheet in book:
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$3:$3"
        assert sheet.freeze_panes is not None
        assert "&P / &N" in str(sheet.oddFooter.right.text)


def test_the_same_documents_give_the_same_bytes(tiny_documents: dict[str, Document]) -> None:
    documents = list(tiny_documents.values())
    assert workbook(documents) == workbook(documents)
