"""Clerks' lists as they come: every row is accounted for, and nothing is made up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import ROSTERS, an_xlsx

from returnsim.errors import InputError
from returnsim.scenario.roster import ClassCount, Roster, read_roster
from returnsim.scenario.roster_notes import Note
from returnsim.scenario.roster_person import Person

NEAR = date(2020, 4, 7)


def a_csv(path: Path, rows: Sequence[Sequence[Any]], encoding: str = "utf-8") -> Path:
    text = "\n".join(",".join("" if c is None else str(c) for c in row) for row in rows)
    path.write_bytes(text.encode(encoding))
    return path


def read(tmp_path: Path, *rows: Sequence[Any], **more: Any) -> Roster:
    """Read a list, as XLSX."""
    return read_roster(an_xlsx(tmp_path / "list.xlsx", rows), near=NEAR, **more)


def codes(notes: Sequence[Note]) -> list[tuple[int, str, str]]:
    return [(note.row, note.column, note.code) for note in notes]


def rejections(roster: Roster) -> list[tuple[int, str, str]]:
    return codes([note for row in roster.rejected for note in row.notes])


def test_the_clerks_workbook_with_all_rows_and_all_dates() -> None:
    roster = read_roster(ROSTERS / "clerk_roster.xlsx")
    assert (roster.read, len(roster.people), roster.rejected) == (1800, 1800, ())
    assert all(person.planned_return is not None for person in roster.people)
    for number, person in enumerate(roster.people):
        room = number // 50 + 1
        assert person.person == f"七年级{room}班#{number % 50 + 1}"
        assert person.planned_return == date(2026, 9, 1 + room % 3)
        assert person.boarder in (True, False, None)
    kinds = [note.code for note in roster.skipped]
    assert kinds == ["total"] * 36 + ["note", "no_list"]
    classes = roster.by_class()
    assert len(classes) == 36
    assert {count.pupils for count in classes.values()} == {50}
    assert roster.sheets[0].columns["F"] == "planned_return"
    assert roster.sheets[0].not_read == ("A", "E", "H")


def test_the_clerks_old_workbook() -> None:
    roster = read_roster(ROSTERS / "clerk_old.xls", near=date(2026, 8, 20))
    assert roster.people == (
        Person(person="1班#1", school_class="1班", boarder=True, planned_return=date(2026, 9, 1)),
    )
    without_year = read_roster(ROSTERS / "clerk_old.xls")
    assert rejections(without_year) == [(3, "C", "date_without_year")]


FULL = (
    (
        "班级",
        "姓名",
        "学号",
        "是否住校",
        "现居住地",
        "是否去过中高风险地区",
        "解除管控日期",
        "证明",
    ),
    (
        "隔离开始",
        "隔离结束",
        "居家观察开始",
        "健康状况",
        "体温",
        "健康申报卡",
        "返校申请表",
        "审批",
    ),
    (
        "行程报告",
        "行程报告是否批准",
        "重点监管人员",
        "重点人员证明",
        "症状消失日期",
        "不得入校",
        "返校日期",
    ),
)


def test_every_column_reaches_its_fact(tmp_path: Path) -> None:
    header = [label for part in FULL for label in part]
    row = [
        *("七(1)班", "甲乙", "01", "是", "外省", "是", "2020-4-1", "√"),
        *("3月1日", "3.15", "2020/3/20", "正常", 36.5, "2020年4月2日", "已交", "已批准"),
        *("有", "同意", "否", "", "2020-3-30", "否", date(2020, 4, 8)),
    ]
    (person,) = read(tmp_path, header, row).people
    assert person == Person(
        person="七(1)班#1",
        school_class="七(1)班",
        boarder=True,
        scope="other",
        area="lifted",
        lifted_on=date(2020, 4, 1),
        certificate=True,
        isolated=True,
        isolation_start=date(2020, 3, 1),
        isolation_end=date(2020, 3, 15),
        home_observation_from=date(2020, 3, 20),
        symptoms=True,
        symptoms_clear=date(2020, 3, 30),
        temperature_celsius=36.5,
        declaration_card=True,
        declaration_card_on=date(2020, 4, 2),
        declaration_form=True,
        approved=True,
        movement_report=True,
        report_approved=True,
        supervised=False,
        barred=False,
        planned_return=date(2020, 4, 8),
    )


def test_english_headings(tmp_path: Path) -> None:
    header = ("Class", "Name", "ID number", "Boarder", "Home area", "Risk area", "Approved")
    roster = read(tmp_path, header, ("7-1", "A B", "X1", "yes", "same county", "no", "approved"))
    (person,) = roster.people
    assert (person.school_class, person.boarder, person.scope) == ("7-1", True, "county")
    assert (person.area, person.approved) == ("none", True)


def test_headings_in_two_rows(tmp_path: Path) -> None:
    rows = (
        ("某校返校名单",),
        ("填报时间：2020年4月1日",),
        ("班级", "姓名", "隔离情况", None, "行程报告", None, "审批"),
        (None, None, "开始", "结束", "是否上交", "是否批准", None),
        ("八1班", "甲乙", "3月1日", "3月14日", "是", "否", "是"),
    )
    for roster in (
        read_roster(an_xlsx(tmp_path / "a.xlsx", rows)),
        read_roster(a_csv(tmp_path / "a.csv", rows)),
    ):
        (person,) = roster.people
        assert (person.isolation_start, person.isolation_end) == (
            date(2020, 3, 1),
            date(2020, 3, 14),
        )
        assert (person.movement_report, person.report_approved) == (True, False)
        assert person.approved is True


def test_the_small_headings_may_be_the_many(tmp_path: Path) -> None:
    rows = (
        ("班级", "姓名", "健康信息", None, None, None),
        (None, None, "体温", "健康状况", "健康申报卡", "14天内行程"),
        ("八1班", "甲乙", 36.5, "正常", "√", "无"),
    )
    (person,) = read(tmp_path, *rows).people
    assert person.temperature_celsius == 36.5
    assert (person.declaration_card, person.area, person.symptoms) == (True, "none", False)


def test_rows_that_speak_of_nobody_are_listed(tmp_path: Path) -> None:
    roster = read(
        tmp_path,
        ("序号", "班级", "姓名", "审批"),
        (1, "八1班", "甲乙", "是"),
        (),
        (),
        (2, "八1班", "丙丁", "否"),
        ("小计", None, "2人", None),
        ("序号", "班级", "姓名", "审批"),
        (3, None, None, None),
        (4, "八2班", "戊己", "是"),
        ("注：外地学生另附报告。",),
        ("审核人：", None, None, "填表人："),
    )
    assert codes(roster.skipped) == [
        (3, "", "empty"),
        (6, "", "total"),
        (7, "", "header_again"),
        (8, "", "vacant"),
        (10, "", "note"),
        (11, "", "note"),
    ]
    assert roster.skipped[0].number == 4
    assert roster.read == len(roster.people) == 3


def test_rows_that_cannot_be_read_are_listed_with_every_reason(tmp_path: Path) -> None:
    roster = read(
        tmp_path,
        ("班级", "姓名", "身份证号", "返校日期", "审批"),
        ("八1班", "甲乙", "A1", "4月31日", "大概"),
        (None, "丙丁", "A2", "4月8日", "是"),
        ("八1班", None, "A3", "4月8日", "是"),
        ("八1班", "戊己", "A4", "4月8日", "是"),
        ("八1班", "戊己", "a 4", "4月8日", "是"),
        ("110101200001011234", "庚辛", "A5", "4月8日", "是"),
        (43921.0, "壬癸", "A6", "4月8日", "是"),
    )
    assert rejections(roster) == [
        (2, "D", "no_such_day"),
        (2, "E", "no_yes_or_no"),
        (3, "A", "class_missing"),
        (4, "B", "name_missing"),
        (6, "C", "duplicate"),
        (7, "A", "no_class"),
        (8, "A", "no_class"),
    ]
    assert roster.rejected[3].notes[0].number == 5
    assert roster.by_class() == {"八1班": ClassCount(pupils=1, boarders=0, rejected=2)}
    assert roster.read == 7


def test_a_formula_in_a_column_that_is_read_refuses_its_row(tmp_path: Path) -> None:
    roster = read(
        tmp_path,
        ("序号", "班级", "姓名", "性别", "返校日期"),
        ("=ROW()-1", "八1班", "甲乙", '=IF(1,"男","女")', "4月8日"),
        (2, "八1班", "丙丁", "男", "=TODAY()"),
        ("合计", None, None, None, "=COUNTA(C2:C3)"),
    )
    assert rejections(roster) == [(3, "E", "formula")]
    assert len(roster.people) == 1


def test_merged_cells_speak_for_all_their_rows(tmp_path: Path) -> None:
    rows = [
        ("年级", "班级", "姓名", "审批"),
        ("八年级", "1班", "甲乙", "是"),
        (None, None, "丙丁", None),
        (None, "2班", "戊己", "否"),
        (None, None, None, None),
        (None, None, "庚辛", "是"),
    ]
    path = an_xlsx(tmp_path / "a.xlsx", rows, merged=("A2:A5", "B2:B3", "D2:D3"))
    roster = read_roster(path, near=NEAR)
    assert [(p.school_class, p.approved) for p in roster.people] == [
        ("八年级1班", True),
        ("八年级1班", True),
        ("八年级2班", False),
    ]
    assert rejections(roster) == [(6, "B", "class_missing")]


def test_a_csv_carries_the_class_down_and_says_so(tmp_path: Path) -> None:
    rows = (
        ("班级", "姓名", "审批"),
        ("八1班", "甲乙", "是"),
        ("", "丙丁", "是"),
        ("合计", "", "2"),
        ("", "戊己", "是"),
    )
    roster = read_roster(a_csv(tmp_path / "a.csv", rows))
    assert [p.person for p in roster.people] == ["八1班#1", "八1班#2"]
    assert roster.carried_down == 1
    assert rejections(roster) == [(5, "A", "class_missing")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_of_any_usual_kind(tmp_path: Path, encoding: str, separator: str) -> None:
    rows = (("班级", "姓名", "学号", "备注"), ("八1班", "甲乙", '="001"', '"一,\n二"'))
    text = "\r\n".join(separator.join(row) for row in rows)
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    roster = read_roster(path)
    assert [p.person for p in roster.people] == ["八1班#1"]
    assert codes(roster.unclear) == [(2, "D", "remark_not_read")]


def test_formulas_in_a_csv(tmp_path: Path) -> None:
    rows = (("班级", "姓名", "审批"), ("八1班", "甲乙", '"=HYPERLINK(""x"")"'))
    assert rejections(read_roster(a_csv(tmp_path / "a.csv", rows))) == [(2, "C", "formula")]


def test_one_sheet_for_each_class(tmp_path: Path) -> None:
    header, row = ("姓名", "审批"), ("甲乙", "是")
    path = an_xlsx(
        tmp_path / "a.xlsx",
        (header, row),
        {
            "七(2)班": (header, row),
            "初一（3）班花名册": (("七年级4班返校名单",), header, row),
            "教职工": (("姓名", "岗位", "审批"), ("丙丁", "食堂", "是"), ("戊己", "", "是")),
        },
    )
    roster = read_roster(path, near=NEAR)
    assert [p.person for p in roster.people] == [
        "七(2)班#1",
        "七年级4班#1",
        "canteen#1",
        "teacher#1",
    ]
    assert rejections(roster) == [(2, "A", "class_missing")]
    assert list(roster.by_class()) == ["七(2)班", "七年级4班"]


def test_a_class_is_one_however_it_is_written(tmp_path: Path) -> None:
    names = ("七年级1班", "七(1)班", "初一1班", "7-1", "701", "七1班")
    rows = [(name, f"甲{n}", "是") for n, name in enumerate(names)]
    roster = read(tmp_path, ("班级", "姓名", "审批"), *rows)
    assert [p.person for p in roster.people] == [f"七年级1班#{n}" for n in range(1, 7)]


def test_people_without_a_number_and_of_one_name_are_counted_apart(tmp_path: Path) -> None:
    rows = [("八1班", "甲乙", "是")] * 3
    roster = read(tmp_path, ("班级", "姓名", "审批"), *rows)
    assert (len(roster.people), roster.namesakes) == (3, 2)


def test_a_copy_on_another_sheet_is_found(tmp_path: Path) -> None:
    header = ("班级", "姓名", "身份证号")
    path = an_xlsx(
        tmp_path / "a.xlsx",
        (header, ("八1班", "甲乙", "A1"), ("八1班", "丙丁", 1.1010119900307e17)),
        {"另表": (header, ("八2班", "甲乙", "A1"), ("八2班", "戊己", 1.1010119900307e17))},
    )
    roster = read_roster(path)
    assert rejections(roster) == [(2, "C", "duplicate_elsewhere")]
    assert codes(roster.unclear) == [(3, "C", "digits_lost")] * 2
    assert roster.by_class()["八2班"].rejected == 0


def test_a_pseudonym_does_not_move_when_a_row_above_is_mended(tmp_path: Path) -> None:
    header, last = ("班级", "姓名", "审批"), ("八1班", "丙丁", "是")
    bad = read(tmp_path, header, ("八1班", "甲乙", "??"), last)
    mended = read(tmp_path, header, ("八1班", "甲乙", "是"), last)
    assert [p.person for p in bad.people] == ["八1班#2"]
    assert mended.people[1] == bad.people[0]


@pytest.mark.parametrize(
    ("heads", "cells", "facts"),
    [
        (("隔离开始", "隔离结束"), ("是", ""), {"isolated": True}),
        (("隔离结束",), ("未定",), {"isolated": True}),
        (("隔离结束",), ("无",), {}),
        (("是否隔离",), ("否",), {"isolated": False}),
        (("隔离起止时间",), ("3.1-3.14",), {
            "isolated": True, "isolation_start": date(2020, 3, 1),
            "isolation_end": date(2020, 3, 14)}),
        (("隔离开始", "隔离结束"), ("3月1日", "待定"), {
            "isolated": True, "isolation_start": date(2020, 3, 1)}),
        (("居家隔离开始", "居家隔离结束"), ("3月1日", "3月14日"), {
            "isolated": True, "isolation_start": date(2020, 3, 1),
            "isolation_end": date(2020, 3, 14), "home_observation_from": date(2020, 3, 1)}),
        (("居家观察开始日期",), ("3月20日",), {"home_observation_from": date(2020, 3, 20)}),
        (("居家观察",), ("是",), {}),
        (("健康码",), ("红码",), {"isolated": True}),
        (("核酸检测",), ("阳性",), {"symptoms": True}),
        (("有无异常",), ("有",), {"symptoms": True}),
        (("异常日期",), ("3月20日",), {"anomaly_on": date(2020, 3, 20)}),
        (("异常日期",), ("是",), {"symptoms": True}),
        (("行程",), ("无",), {"area": "none"}),
        (("行程",), ("去过上海",), {}),
        (("行程", "风险地区"), ("去过上海", "否"), {"area": "none"}),
        (("行程", "风险地区"), ("武汉高风险地区", "否"), {"area": "risk"}),
        (("是否解除管控",), ("未解除",), {"area": "risk"}),
        (("是否解除管控", "风险地区"), ("已解除", "是"), {"area": "lifted"}),
    ],
)  # fmt: skip
def test_where_cells_disagree_or_leave_a_day_open_the_careful_one_counts(
    tmp_path: Path, heads: tuple[str, ...], cells: tuple[str, ...], facts: dict[str, Any]
) -> None:
    roster = read(tmp_path, ("班级", "姓名", *heads), ("八1班", "甲乙", *cells))
    assert roster.people == (replace(Person(person="八1班#1", school_class="八1班"), **facts),)


def test_dates_the_wrong_way_round_are_refused(tmp_path: Path) -> None:
    rows = (("班级", "姓名", "隔离开始", "隔离结束"), ("八1班", "甲乙", "3月14日", "3月1日"))
    assert rejections(read(tmp_path, *rows)) == [(2, "D", "dates_reversed")]


def test_a_second_column_of_the_same_kind_is_named_and_not_read(tmp_path: Path) -> None:
    roster = read(tmp_path, ("班级", "姓名", "审批", "领导审批"), ("八1班", "甲乙", "是", "否"))
    assert roster.sheets[0].repeated == ("D",)


def test_a_workbook_without_a_list_is_refused(tmp_path: Path) -> None:
    for rows in ((("物资", "数量"), ("口罩", 10)), (("姓名",), ("甲乙",)), ()):
        with pytest.raises(InputError) as refusal:
            read(tmp_path, *rows)
        assert [p.code for p in refusal.value.problems] == ["no_list"]


CELLS = st.sampled_from(
    [
        "",
        "是",
        "否",
        "姓名",
        "住校",
        "开始",
        "八1班",
        "九年级2班",
        "甲乙",
        "丙",
        "2020-3-1",
        "4月31日",
        "??",
        "合计",
        "注：",
        "=1+1",
    ]
) | st.floats(0, 50_000)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, max_size=6), max_size=25))
def test_every_row_is_accounted_for(tmp_path: Path, rows: list[list[Any]]) -> None:
    header = ("序号", "班级", "姓名", "身份证号", "返校日期", "审批")
    roster = read(tmp_path, header, *rows)
    assert roster.read == len(roster.people) + len(roster.rejected)
    taken = [row.row for row in roster.rejected]
    alone = [n.row for n in roster.skipped if n.code != "empty"]
    empty = [r for n in roster.skipped if n.code == "empty" for r in range(n.row, n.number + 1)]
    there = [n for n, row in enumerate(rows, 2) if any(c != "" for c in row)]
    assert len(there) == len(roster.people) + len(taken) + len(alone)
    assert set(taken) | set(alone) <= set(there)
    assert not set(empty) & set(there)
    last = max(there, default=1)
    assert len(empty) == last - 1 - len(there)


def test_a_year_of_dates_comes_back(tmp_path: Path) -> None:
    days = [NEAR + timedelta(days=n) for n in range(-180, 180)]
    rows = [
        ("八1班", f"甲{n}", day if n % 2 else f"{day:%Y年%m月%d日}") for n, day in enumerate(days)
    ]
    roster = read(tmp_path, ("班级", "姓名", "返校日期"), *rows)
    assert [p.planned_return for p in roster.people] == days
