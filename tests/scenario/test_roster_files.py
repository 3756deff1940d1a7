"""Files: the same cells as other readers find, and hostile ones refused quickly."""

import io
import random
import struct
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import workbooks as w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from returnsim.errors import InputError
from returnsim.scenario import roster_sheet
from returnsim.scenario.roster import read_roster
from returnsim.scenario.roster_sheet import Mark, Refused, Sheet
from returnsim.scenario.roster_workbook import open_workbook
from returnsim.scenario.roster_xls import read_xls
from returnsim.scenario.roster_xlsx import read_xlsx

LIST = (w.HEADER, (1, "八年级", "1班", "甲乙", "A1", "是", "是"))
GOOD = [w.label(0, 0, "班级"), w.label(0, 1, "姓名"), w.label(1, 0, "八1班"), w.label(1, 1, "甲乙")]


def refused(path: Path) -> str:
    """Code of the one reason for which a file is refused, at once and without a traceback."""
    began = time.monotonic()
    with pytest.raises(InputError) as refusal:
        read_roster(path)
    assert time.monotonic() - began < 10
    (problem,) = refusal.value.problems
    for lang in ("zh", "en"):
        assert problem.text(lang)
    assert refusal.value.__context__ is None
    return problem.code


def grid(sheet: Sheet) -> dict[tuple[int, int], Any]:
    return {
        (number, column): cell
        for number, cells in sheet.rows
        for column, cell in enumerate(cells)
        if cell is not None
    }


def serial(cell: Any, *, old: bool = False) -> Any:
    """What a reader that knows cell formats calls a date, as a number of days."""
    first = datetime(1904, 1, 1) if old else datetime(1899, 12, 30)
    if isinstance(cell, date):
        moment = datetime(cell.year, cell.month, cell.day)
        if isinstance(cell, datetime):
            moment = cell
        return (moment - first).total_seconds() / 86_400
    return float(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell


def test_the_reference_workbooks_read_as_other_libraries_read_them() -> None:
    path = w.ROSTERS / "clerk_roster.xlsx"
    mine = open_workbook(path).sheets
    for sheet, theirs in zip(mine, openpyxl.load_workbook(path).worksheets, strict=True):
        cells = {
            (c.row, c.column - 1): serial(c.value)
            for row in theirs.iter_rows()
            for c in row
            if c.value is not None
        }
        assert grid(sheet) == cells
        merged = {(m.min_row, m.min_col - 1, m.max_row, m.max_col - 1) for m in theirs.merged_cells}
        assert set(sheet.merged) == merged
    old = w.ROSTERS / "clerk_old.xls"
    (sheet,) = open_workbook(old).sheets
    assert grid(sheet) == calamine(old.read_bytes())


def calamine(data: bytes) -> dict[tuple[int, int], Any]:
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    return {
        (r, c): serial(cell)
        for r, row in enumerate(rows, 1)
        for c, cell in enumerate(row)
        if cell != ""
    }


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="￾￿"),
    min_size=1,
    max_size=12,
).filter(lambda s: not s.startswith(("=", "{", "http", "ftp", "mailto", "internal", "external")))
NUMBERS = st.floats(-1e9, 1e9).map(lambda x: round(x, 6))
GRID = st.dictionaries(
    st.tuples(st.integers(0, 30), st.integers(0, 30)),
    TEXT | NUMBERS | st.booleans(),
    max_size=25,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GRID)
def test_any_xlsx_reads_as_calamine_reads_it(
    tmp_path: Path, cells: dict[tuple[int, int], Any]
) -> None:
    rows = [[cells.get((r, c)) for c in range(31)] for r in range(31)]
    data = w.an_xlsx(tmp_path / "a.xlsx", rows).read_bytes()
    assert grid(read_xlsx(data).sheets[0]) == calamine(data)


@settings(max_examples=60)
@given(GRID, st.booleans(), st.integers(8, 200))
def test_any_xls_reads_as_calamine_reads_it(
    cells: dict[tuple[int, int], Any], share: bool, cut: int
) -> None:
    strings = [cell for cell in cells.values() if isinstance(cell, str) and cell.isprintable()]
    strings = [s for s in strings if len(s.encode("utf-16-le")) == 2 * len(s)]
    length = 8 + sum(3 + 2 * len(s) for s in strings)
    records, expected = [], {}
    for (row, column), cell in sorted(cells.items()):
        if isinstance(cell, str):
            if cell not in strings:
                continue
            index = strings.index(cell)
            records.append(w.shared(row, column, index) if share else w.label(row, column, cell))
        else:
            records.append(w.number(row, column, float(cell)))
        expected[row + 1, column] = float(cell) if isinstance(cell, bool) else cell
    place = splits(strings).get(cut % max(length, 1))
    data = w.an_xls(records, w.texts(strings, place) if share else b"")
    assert grid(read_xls(data).sheets[0]) == expected
    assert calamine(data) == expected


def splits(strings: list[str]) -> dict[int, int]:
    """Places inside a text, between two characters, where a record may be cut."""
    found, at = {}, 8
    for text in strings:
        found |= {at + 3 + 2 * n: at + 3 + 2 * n for n in range(1, len(text))}
        at += 3 + 2 * len(text)
    return found


def test_short_numbers_of_an_xls() -> None:
    def packed(value: int, *, hundredths: bool = False) -> int:
        return (value << 2 | 2 | hundredths) & 0xFFFFFFFF

    half = struct.unpack("<Q", struct.pack("<d", 36.5))[0] >> 32
    cells = [
        w.record(0x027E, struct.pack("<3HI", 0, 0, 0, packed(-7))),
        w.record(0x027E, struct.pack("<3HI", 0, 1, 0, packed(3650, hundredths=True))),
        w.record(
            0x00BD,
            struct.pack("<2HHIHIH", 1, 2, 0, packed(43921), 0, half, 3),
        ),
        w.record(0x0205, struct.pack("<3H2B", 2, 0, 0, 1, 0)),
        w.record(0x0205, struct.pack("<3H2B", 2, 1, 0, 42, 1)),
    ]
    data = w.an_xls(cells)
    (sheet,) = read_xls(data).sheets
    assert grid(sheet) == {
        (1, 0): -7.0,
        (1, 1): 36.5,
        (2, 2): 43921.0,
        (2, 3): 36.5,
        (3, 0): True,
        (3, 1): Mark.ERROR,
    }
    theirs = calamine(data)
    assert {k: v for k, v in theirs.items() if k != (3, 1)} == {
        k: v for k, v in grid(sheet).items() if k != (3, 1)
    }


def test_formulas_lose_their_value_in_every_kind_of_file(tmp_path: Path) -> None:
    rows = [["班级", "姓名"], ["=1+1", "甲"], [None, "乙"]]
    path = w.an_xlsx(tmp_path / "a.xlsx", rows)
    (sheet,) = open_workbook(path).sheets
    assert grid(sheet)[2, 0] is Mark.FORMULA
    (sheet,) = read_xls(w.an_xls([*GOOD, w.formula(2, 0, 7.0)])).sheets
    assert grid(sheet)[3, 0] is Mark.FORMULA


def test_cells_that_an_array_formula_fills_are_formulas(tmp_path: Path) -> None:
    path = w.an_xlsx(tmp_path / "a.xlsx", [["班级", "姓名"], ["一", "二"], ["三", "四"], ["五"]])

    def array(xml: bytes) -> bytes:
        return xml.replace(b'<c r="A2" t="s">', b'<c r="A2" t="s"><f t="array" ref="A2:A3">B2</f>')

    (sheet,) = open_workbook(w.changed(path, w.SHEET, array, tmp_path / "b.xlsx")).sheets
    assert [grid(sheet)[row, 0] for row in (2, 3, 4)] == [Mark.FORMULA, Mark.FORMULA, "五"]


def test_rich_and_pronounced_texts_are_whole(tmp_path: Path) -> None:
    path = w.an_xlsx(tmp_path / "a.xlsx", [["班级"]])
    rich = "<si><r><t>班</t></r><r><t>级&amp;</t></r><rPh><t>ban</t></rPh></si>".encode()

    def shared(xml: bytes) -> bytes:
        return xml.replace("<si><t>班级</t></si>".encode(), rich)

    changed = w.changed(path, "xl/sharedStrings.xml", shared, tmp_path / "b.xlsx")
    assert grid(open_workbook(changed).sheets[0]) == {(1, 0): "班级&"}

    def inline(xml: bytes) -> bytes:
        cell = '<c r="A1" t="inlineStr"><is><r><t>班</t></r><r><t>级</t></r></is></c>'.encode()
        return xml.replace(b'<c r="A1" t="s"><v>0</v></c>', cell)

    changed = w.changed(path, w.SHEET, inline, tmp_path / "c.xlsx")
    assert grid(open_workbook(changed).sheets[0]) == {(1, 0): "班级"}


def test_years_may_count_from_1904(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet: Any = book.active
    sheet.append(["班级", "姓名", "返校日期"])
    sheet.append(["八1班", "甲乙", date(2020, 4, 7)])
    book.save(tmp_path / "a.xlsx")
    roster = read_roster(tmp_path / "a.xlsx")
    assert roster.people[0].planned_return == date(2020, 4, 7)


def test_hidden_sheets_are_named_and_not_read(tmp_path: Path) -> None:
    path = w.an_xlsx(tmp_path / "a.xlsx", LIST, {"旧表": LIST})

    def hide(xml: bytes) -> bytes:
        return xml.replace('name="旧表"'.encode(), 'name="旧表" state="veryHidden"'.encode())

    roster = read_roster(w.changed(path, "xl/workbook.xml", hide, tmp_path / "b.xlsx"))
    assert [(note.sheet, note.code) for note in roster.skipped] == [("旧表", "hidden")]


# What is refused


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.csv", b" \r\n ", "empty"),
        ("a.xls", b"", "empty"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 100, "damaged"),
        ("a.xlsx", b"\0\1\2\3" * 100, "damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 5000, "damaged"),
        ("a.xls", b"\t\x08" * 400, "wrong_extension"),
        ("a.xlsx", "班级,姓名\n".encode(), "wrong_extension"),
        ("a.csv", w.an_xls(GOOD), "wrong_extension"),
        ("a.xlsx", w.an_xls(GOOD), "wrong_extension"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "is_a_page"),
        ("a.xls", b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "is_a_page"),
        ("a.xlsm", b"PK", "macros"),
        ("a.pdf", b"%PDF", "unknown_kind"),
        ("a", b"x", "unknown_kind"),
        ("a.csv", b"\x80\xff\xfe,1\n", "no_text"),
        ("a.csv", b"a,b\n\x01,2\n", "no_text"),
        ("a.csv", '班级,姓名\n"八1班,甲乙\n'.encode(), "quotes_open"),
        ("a.csv", '班级,姓名\n"八1班"x,甲乙\n'.encode(), "quotes_open"),
        ("a.csv", b"a" * 40_000, "too_much_text"),
        ("a.csv", b"," * 300 + b"x\n", "too_many_columns"),
        ("a.csv", b"\n" * 250_001 + b"x\n", "too_many_rows"),
        ("a.csv", "物资,数量\n口罩,1\n".encode(), "no_list"),
        ("a.zip", b"PK", "unknown_kind"),
    ],
)  # fmt: skip
def test_files_that_are_no_list(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert refused(path) == code


def test_what_is_no_file(tmp_path: Path) -> None:
    assert refused(tmp_path / "a.xlsx") == "no_such_file"
    (tmp_path / "b.xlsx").mkdir()
    assert refused(tmp_path / "b.xlsx") == "not_a_file"
    with (tmp_path / "c.csv").open("wb") as large:
        large.truncate(roster_sheet.LARGEST_FILE + 1)
    assert refused(tmp_path / "c.csv") == "too_large"


def test_every_truncation_of_an_xlsx_is_refused(tmp_path: Path) -> None:
    data = w.an_xlsx(tmp_path / "a.xlsx", LIST).read_bytes()
    for length in range(4, len(data) - 1, len(data) // 40):
        with pytest.raises(Refused):
            read_xlsx(data[:length])


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_damage_never_ends_in_a_traceback(tmp_path: Path, kind: str) -> None:
    luck = random.Random(1)
    whole = w.an_xlsx(tmp_path / "a.xlsx", LIST).read_bytes()
    reader = read_xlsx
    if kind == "xls":
        texts = w.texts(["甲", "乙" * 30, "丙"], 40)
        whole, reader = w.an_xls([*GOOD, w.shared(2, 0, 1), w.formula(2, 1, 1)], texts), read_xls
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(luck.randint(1, 10)):
            data[luck.randrange(len(data))] = luck.choice([0, 1, 255, luck.randrange(256)])
        with suppress(Refused):
            reader(bytes(data))


def part_of(tmp_path: Path, part: str, content: bytes) -> str:
    path = w.an_xlsx(tmp_path / "a.xlsx", LIST)
    method = zipfile.ZIP_STORED  # as it is: what repeats itself looks like a bomb when packed
    return refused(w.changed(path, part, lambda _: content, tmp_path / "b.xlsx", method))


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("XL/VBAPROJECT.BIN", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/externalLinks/externalLink1.xml", "links"),
        ("xl/connections.xml", "links"),
    ],
)
def test_macros_and_links_are_refused(tmp_path: Path, part: str, code: str) -> None:
    assert part_of(tmp_path, part, b"x") == code


def test_macros_and_links_are_refused_whatever_they_are_called(tmp_path: Path) -> None:
    path = w.an_xlsx(tmp_path / "a.xlsx", LIST)
    kinds, relations = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
    link = (
        b'<Relationship Id="x9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/externalLink" Target="odd.xml"/></Relationships>'
    )
    for part, old, new, code in (
        (kinds, b"sheet.main+xml", b"sheet.macroEnabled.main+xml", "macros"),
        (relations, b"</Relationships>", link, "links"),
        (kinds, b"spreadsheetml", b"wordprocessingml", "no_workbook"),
    ):
        other = w.changed(
            path, part, lambda xml, old=old, new=new: xml.replace(old, new), tmp_path / "b.xlsx"
        )
        assert refused(other) == code


def sheet_of(tmp_path: Path, head: bytes, data: bytes = b"", tail: bytes = b"") -> str:
    xml = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/'
        b'spreadsheetml/2006/main">' + head + b"<sheetData>" + data + b"</sheetData>" + tail
    )
    return part_of(tmp_path, w.SHEET, xml + b"</worksheet>")


@pytest.mark.parametrize(
    ("head", "data", "tail", "code"),
    [
        (b'<dimension ref="A1:L1048576"/>', b"", b"", "too_many_rows"),
        (b'<dimension ref="A1:XFD10"/>', b"", b"", "too_many_columns"),
        (b"", b'<row r="300000"><c r="A300000"><v>1</v></c></row>', b"", "too_many_rows"),
        (b"", b'<row r="1"><c r="XFD1"><v>1</v></c></row>', b"", "too_many_columns"),
        (b"", b'<row r="1"><c r="A1&#49;"><v>1</v></c></row>', b"", "no_list"),
        (b"", b'<row r="2"/><row r="1"/>', b"", "damaged"),
        (b"", b'<row r="1"><c r="ABCDEFGH1"><v>1</v></c></row>', b"", "damaged"),
        (b"", b'<row r="x"/>', b"", "damaged"),
        (b"", b'<row r="1"><c r="A1" t="s"><v>99</v></c></row>', b"", "damaged"),
        (b"", b'<row r="1"><c r="A1"><v>one</v></c></row>', b"", "damaged"),
        (b"", b"<row><c><v>1</v></c></wrong>", b"", "damaged"),
        (b"", b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"ab" * 20_000
            + b"</t></is></c></row>", b"", "too_much_text"),
        (b"", b'<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">1</f></c></row>', b"",
            "too_many_cells"),
        (b"", b"", b'<mergeCells><mergeCell ref="A1"/></mergeCells>' * 50_001, "too_many_cells"),
        (b"", b'<row r="1">' + b'<c r="A1"><v>1</v></c>' * 100_000 + b"</row>", b"", "no_list"),
        (b"<a" + b" " * 2_000_000 + b"/>", b"", b"", "damaged"),
        (b"".join(b"<t%d/>" % n for n in range(2_000)), b"", b"", "damaged"),
    ],
)  # fmt: skip
def test_absurd_sheets(tmp_path: Path, head: bytes, data: bytes, tail: bytes, code: str) -> None:
    assert sheet_of(tmp_path, head, data, tail) == code


def test_a_part_that_stands_for_several_sheets_is_refused(tmp_path: Path) -> None:
    path = w.an_xlsx(tmp_path / "a.xlsx", LIST, {"b": LIST, "c": LIST})

    def same(xml: bytes) -> bytes:
        return xml.replace(b"sheet2.xml", b"sheet1.xml")

    assert refused(w.changed(path, "xl/_rels/workbook.xml.rels", same, tmp_path / "b.xlsx")) == (
        "damaged"
    )


def test_texts_that_take_long_to_look_at_are_cut_short(tmp_path: Path) -> None:
    """Patterns that go back and forth, and letters that unfold into many."""
    odd = ["2020" + " " * 32_000 + "x", "(" * 32_000, "\ufdfa" * 32_000, "无" * 32_000]
    rows = [[text] for text in odd] + [["班级", "姓名", "审批", "行程", "返校日期", "备注"]]
    rows += [[text] * 6 for text in odd] * 500
    path = w.an_xlsx(tmp_path / "a.xlsx", rows)
    began = time.process_time()
    roster = read_roster(path, near=date(2020, 4, 7))
    assert time.process_time() - began < 10
    assert roster.read == len(roster.rejected) > 1000


def test_entities_that_grow_are_refused(tmp_path: Path) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 50 + b'">]><worksheet>&a;</worksheet>'
    assert part_of(tmp_path, w.SHEET, laughs) == "damaged"
    assert part_of(tmp_path, "xl/workbook.xml", laughs) == "damaged"


def test_merged_cells_that_overlap_a_thousandfold_are_refused(tmp_path: Path) -> None:
    spans = "".join(f'<mergeCell ref="C{n}:C{200_000 + n}"/>' for n in range(2, 2_000))
    path = w.an_xlsx(tmp_path / "a.xlsx", [*LIST, *[LIST[1]] * 5_000])

    def merge(xml: bytes) -> bytes:
        return xml.replace(
            b"</sheetData>", b"</sheetData>" + f"<mergeCells>{spans}</mergeCells>".encode()
        )

    assert refused(w.changed(path, w.SHEET, merge, tmp_path / "b.xlsx")) == "damaged"


def test_zip_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    path = w.an_xlsx(tmp_path / "a.xlsx", LIST)
    w.changed(path, "xl/media/photo.png", lambda _: b"\0" * 60_000_000, tmp_path / "b.xlsx")
    assert refused(tmp_path / "b.xlsx") == "bomb"
    luck = random.Random(1).randbytes(1000)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for n in range(26):
            archive.writestr(f"{n}.bin", (luck + b"\0" * 99_000) * 100)
    assert refused(path) == "too_large_unpacked"


def test_archives_of_many_parts_locked_or_oddly_packed(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(w.zipped({f"{n}": b"" for n in range(6_000)}))
    assert refused(tmp_path / "a.xlsx") == "too_many_parts"
    path = w.an_xlsx(tmp_path / "b.xlsx", LIST)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("x", b"x")
    assert refused(path) == "damaged"
    data = bytearray(w.an_xlsx(tmp_path / "c.xlsx", LIST).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "c.xlsx").write_bytes(data)
    assert refused(tmp_path / "c.xlsx") == "encrypted"


def test_too_many_sheets(tmp_path: Path) -> None:
    sheets = {f"{n}": LIST for n in range(roster_sheet.MOST_SHEETS)}
    assert refused(w.an_xlsx(tmp_path / "a.xlsx", LIST, sheets)) == "too_many_sheets"


def test_too_many_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = w.an_xlsx(tmp_path / "a.xlsx", [[1] * 50] * 50)
    monkeypatch.setattr(roster_sheet, "MOST_CELLS", 2_000)
    assert refused(path) == "too_many_cells"
    monkeypatch.undo()
    monkeypatch.setattr(roster_sheet, "MOST_TAGS", 2_000)
    assert refused(path) == "too_many_cells"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (w.an_xls(GOOD, w.record(0x002F, b"\0" * 6)), "encrypted"),
        (w.compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "encrypted"),
        (w.an_xls(GOOD, w.record(0x00D3)), "macros"),
        (w.an_xls(GOOD, names=("Workbook", "_VBA_PROJECT")), "macros"),
        (w.an_xls(GOOD, w.record(0x01AE, struct.pack("<2H", 1, 8) + b"book.xls")), "links"),
        (w.an_xls(GOOD, w.size(300_000, 5)), "too_many_rows"),
        (w.an_xls(GOOD, w.size(5, 250)), "too_many_columns"),
        (w.an_xls([*GOOD, w.number(1, 250, 1.0)]), "too_many_columns"),
        (w.an_xls(GOOD, w.record(0x0085, struct.pack("<I4B", 0, 0, 1, 0, 0))), "macros"),
        (w.an_xls(GOOD, w.record(0x0209, b"\0" * 6)), "too_old"),
        (w.an_xls(GOOD, w.texts(["甲"]) + w.record(0x0085, b"")), "damaged"),
        (w.an_xls([w.shared(0, 0, 5)], w.texts(["甲"])), "damaged"),
        (w.an_xls([w.record(0x0203, b"\0\0")]), "damaged"),
        (w.compound({"Contents": b"x"}), "no_workbook"),
        (w.an_xls([]), "no_list"),
    ],
)  # fmt: skip
def test_old_workbooks_that_are_refused(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    assert refused(path) == code


def test_an_xlsx_with_a_password_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(w.compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}))
    assert refused(path) == "encrypted"


def test_a_chain_that_bites_its_tail_ends(tmp_path: Path) -> None:
    data = bytearray(w.an_xls(GOOD))
    table = (struct.unpack_from("<I", data, 76)[0] + 1) * w.SECTOR
    struct.pack_into("<I", data, table + 4, 0)  # the second sector leads back to the first
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    assert refused(path) == "damaged"


def test_an_old_link_within_the_workbook_is_no_link() -> None:
    own = w.record(0x01AE, struct.pack("<2H", 1, 0x0401))
    assert grid(read_xls(w.an_xls(GOOD, own)).sheets[0])[1, 0] == "班级"


MEASURED = """
import re, sys, time
from datetime import date
from pathlib import Path
from returnsim.errors import InputError
from returnsim.scenario.roster import read_roster

def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before, began = most(), time.process_time()
try:
    roster = read_roster(Path(sys.argv[1]), near=date(2020, 4, 7))
    found = f"{roster.read}/{len(roster.people)}"
except InputError as refusal:
    found = refusal.problems[0].code
print(found, (most() - before) // 1024, time.process_time() - began)
"""


def measured(path: Path) -> tuple[str, int, float]:
    """What comes of reading a file, with its cost [MB], [CPU s], in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True
    )
    found, megabytes, seconds = run.stdout.split()
    return found, int(megabytes), float(seconds)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux does")
def test_one_long_text_for_all_cells_costs_no_memory(tmp_path: Path) -> None:
    """A library that copies the text into each cell would need ten gigabytes."""
    path = w.an_xlsx(tmp_path / "a.xlsx", [["班级"]])
    rows = "".join(
        f'<row r="{n}">' + f'<c t="s" r="A{n}"><v>0</v></c>' * 2 + "</row>"
        for n in range(1, 100_001)
    )

    def sheet(xml: bytes) -> bytes:
        return xml[: xml.index(b"<sheetData>") + 11] + rows.encode() + b"</sheetData></worksheet>"

    long = w.changed(
        path,
        "xl/sharedStrings.xml",
        lambda xml: xml.replace("班级".encode(), b"ab" * 16_000),
        tmp_path / "b.xlsx",
    )
    both = w.changed(long, w.SHEET, sheet, tmp_path / "c.xlsx")
    found, megabytes, seconds = measured(both)
    assert found == "no_list"
    assert megabytes < 150
    assert seconds < 10


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux does")
def test_two_hundred_thousand_rows(tmp_path: Path) -> None:
    header = (*w.HEADER[1:], "居家观察开始", "健康卡", "是否去过中高风险地区", "现居住地", "备注")
    rows = (
        (
            *("七年级", f"{n % 60 + 1}班", f"甲{n}", f"9901012007{n:08}", "是" if n % 3 else "否"),
            *("√", 43910 + n % 9, "2020-4-1", "否", "本县", None),
        )
        for n in range(200_000)
    )
    path = w.an_xlsx(tmp_path / "a.xlsx", [header, *rows])
    found, megabytes, seconds = measured(path)
    assert found == "200000/200000"
    assert megabytes < 400
    assert seconds < 60
