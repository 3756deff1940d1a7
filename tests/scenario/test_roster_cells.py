"""What clerks write into cells: dates, yes and no, places, health."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from returnsim.scenario.roster_cells import NOTHING, CellReader, Read, plain, tight
from returnsim.scenario.roster_dates import Dates, day_in_title

NEAR = date(2020, 4, 7)
HOME = ("河南省", "南阳市", "方城县", "石桥镇")
READER = CellReader(Dates(NEAR), HOME)
DAYS = st.dates(NEAR - timedelta(days=150), NEAR + timedelta(days=150))


def spellings(day: date) -> list[Any]:
    y, m, d = day.year, day.month, day.day
    wide = str.maketrans("0123456789./-", "0123456789./-")
    return [
        day,
        f"{y}-{m}-{d}",
        f"{y}-{m:02}-{d:02}",
        f"{y}/{m}/{d}",
        f"{y}.{m}.{d}",
        f"{y}.{m:02}.{d:02}",
        f"{m}月{d}日",
        f"{m}月{d}号",
        f"{m}/{d}",
        f"{m:02}-{d:02}",
        f"{y}年{m}月{d}日",
        f"{y} 年 {m} 月 {d} 日",
        f"{y}年{m}月{d}",
        f"{y}{m:02}{d:02}",
        float(f"{y}{m:02}{d:02}"),
        float((day - date(1899, 12, 30)).days),
        (day - date(1899, 12, 30)).days + 0.5,
        str((day - date(1899, 12, 30)).days),
        f"{y}-{m:02}-{d:02} 08:30:00",
        f"{y}-{m:02}-{d:02}T00:00:00",
        f"{y}年{m}月{d}日上午",
        f"  {y}-{m}-{d}　",
        f"{y}-{m}-{d}".translate(wide),
        f"{d} {day:%B} {y}",
        f"{d} {day:%b}",
    ]


@given(DAYS)
def test_a_date_is_read_however_it_is_written(day: date) -> None:
    assert [READER.date(written) for written in spellings(day)] == [Read(day)] * 25


@given(DAYS)
def test_day_numbers_of_old_macintoshes_count_from_1904(day: date) -> None:
    reader = CellReader(Dates(NEAR, from_1904=True))
    assert reader.date(float((day - date(1904, 1, 1)).days)).value == day


def test_a_date_without_year_lies_close_to_the_return() -> None:
    spring = Dates(date(2020, 2, 17))
    assert spring.text("12月30日").day == date(2019, 12, 30)
    assert spring.text("3月1日").day == date(2020, 3, 1)
    assert Dates(date(2021, 1, 10)).text("2月29日").day == date(2020, 2, 29)
    assert Dates().text("3月1日").unreadable == "date_without_year"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2020-13-01", "no_such_day"),
        ("2020年2月30日", "no_such_day"),
        ("13月1日", "no_such_day"),
        (3.2, "date_as_decimal"),
        (12.31, "date_as_decimal"),
        ("三月二十五日", "no_date"),
        ("2020-3", "no_date"),
        ("张三", "no_date"),
        ("2020-3-1 2020-3-2", "no_date"),
        ("3/25/2020/1", "no_date"),
        (123.0, "no_date"),
        (-5.0, "no_date"),
        (1e300, "no_date"),
        ("2010-03-25", "date_far_off"),
        (20301231.0, "date_far_off"),
    ],
)
def test_what_is_no_date_is_refused(written: Any, code: str) -> None:
    assert READER.date(written) == Read(unreadable=code)


@pytest.mark.parametrize("written", ["", None, "-", "/", "无", "否", "×", "没有", "未隔离", 0.0])
def test_no_date_at_all_is_none(written: Any) -> None:
    assert READER.date(written) == NOTHING


def test_yes_and_not_yet_are_no_dates() -> None:
    assert READER.date("是") == READER.date("已解除") == READER.date(1.0)
    assert READER.date("是") == Read("yes", "date_wanted")
    assert READER.date("未定") == READER.date("待定") == Read("not yet", "date_wanted")


@given(DAYS, st.integers(0, 20))
def test_a_period_is_read_from_one_cell(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    a, b = (f"{d.year}.{d.month}.{d.day}" for d in (first, last))
    c, e = (f"{d.month}月{d.day}日" for d in (first, last))
    for written in (f"{a}-{b}", f"{a}至{b}", f"{a} — {b}", f"{c}-{e}", f"{c}到{e}", f"从{a}到{b}"):
        assert READER.period(written).value == (first, last), written
    if first.month == last.month:
        assert READER.period(f"{c}-{last.day}日").value == (first, last)
    assert READER.period(a).value == (first, None)
    assert READER.period("某时至某时").unreadable == "no_date"


def test_the_lines_above_a_table_tell_the_year() -> None:
    assert day_in_title(["花名册", "填报时间:2026年8月15日"]) == date(2026, 8, 15)
    assert day_in_title(["某校2026年秋季学期花名册"]) == date(2026, 9, 1)
    assert day_in_title(["2020 春返校名单"]) == date(2020, 3, 1)
    assert day_in_title(["2019-2020学年名单", "高2017级"]) is None


@pytest.mark.parametrize(
    "written",
    [
        "是", "有", "√", "✓", "✔", "✔️", "☑", "Y", "y", "Yes", "TRUE", "1", "已", "已交", "已提交",
        "已审批", "已批准", "已签", "同意", "同意返校", "批准", "通过", "提交", "○",
    ],
)  # fmt: skip
def test_yes(written: str) -> None:
    assert READER.flag(written) == Read(True)
    assert READER.flag(True) == READER.flag(1.0) == Read(True)


@pytest.mark.parametrize(
    "written",
    [
        "否", "无", "×", "✗", "x", "N", "n", "No", "FALSE", "0", "未", "未交", "未审批", "没有",
        "不同意", "不是", "待审批", "暂缓", "尚未提交", "审核中", "审批中", "已拒绝",
        "已驳回", "已退回", "已撤销", "pending", "rejected", "none",
    ],
)  # fmt: skip
def test_no(written: str) -> None:
    assert READER.flag(written) == Read(False)
    assert READER.flag(False) == READER.flag(0.0) == Read(False)


@pytest.mark.parametrize(
    "written", ["也许", "王某", "是否", "2", "有发热", "已知情但", "????", "同意暂缓"]
)
def test_neither_yes_nor_no(written: str) -> None:
    assert READER.flag(written).unreadable == "no_yes_or_no"


def test_a_paper_may_have_its_day() -> None:
    day = date(2020, 4, 1)
    assert READER.dated_flag("2020-4-1").value == (True, day)
    assert READER.dated_flag("已交(4月1日)").value == (True, day)
    assert READER.dated_flag("未交 2020-4-1").value == (False, day)
    assert READER.dated_flag(43922.0).value == READER.dated_flag(day).value == (True, day)
    assert READER.dated_flag("√").value == (True, None)
    assert READER.dated_flag("").value is None
    assert READER.dated_flag("2020-4-31").unreadable == "no_such_day"


def test_living_in() -> None:
    for written in ("住校", "寄宿生", "是", "√", "boarder"):
        assert READER.boards(written).value is True
    for written in ("走读", "不住校", "非住宿", "通校生", "否", "day pupil"):
        assert READER.boards(written).value is False
    assert READER.day_pupil("是").value is False
    assert READER.day_pupil("住校").value is True
    assert READER.day_pupil("").value is None


def test_only_a_plain_no_takes_somebody_off_a_list() -> None:
    assert READER.listed("否").value is False
    assert READER.listed("不得入校") == Read(True, "to_judge")
    assert READER.listed("隔离中") == Read(True, "to_judge")
    assert READER.listed("是") == Read(True)
    assert READER.listed("") == NOTHING


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("否", "none"),
        ("未去过", "none"),
        ("无中高风险地区旅居史", "none"),
        ("低风险", "none"),
        ("是", "risk"),
        ("高风险", "risk"),
        ("中风险地区", "risk"),
        ("疫区", "risk"),
        ("已解除", "lifted"),
        ("解除管控", "lifted"),
        ("", None),
    ],
)
def test_risk_area(written: str, value: str | None) -> None:
    assert READER.area(written) == Read(value)


def test_a_place_that_begins_like_a_no_is_none() -> None:
    assert READER.area("无锡") == Read(None, "area_to_judge")
    assert READER.travel("无锡") == Read("unknown", "travel_to_judge")
    assert READER.travel("武汉(高风险)") == Read("risk", "travel_to_judge")
    assert READER.travel("无外出") == READER.travel("一直在家") == Read("none")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("河南省南阳市方城县石桥镇王庄村12号", "village"),
        ("方城县石桥镇", "village"),
        ("石桥镇王庄村", "village"),
        ("方城县城关镇", "county"),
        ("河南省南阳市卧龙区", "prefecture"),
        ("南阳市", "prefecture"),
        ("河南郑州", "province"),
        ("河南省郑州市", "province"),
        ("湖北省武汉市", "other"),
        ("北京", "other"),
        ("本村", "village"),
        ("本县", "county"),
        ("市内", "prefecture"),
        ("省内", "province"),
        ("外省", "other"),
        ("境外", "other"),
    ],
)
def test_how_far_an_address_is(written: str, value: str) -> None:
    assert READER.scope(written) == Read(value)


def test_an_address_that_cannot_be_told_is_for_a_person() -> None:
    for reader, written in (
        (READER, "王庄村3号"),
        (READER, "县外"),
        (CellReader(Dates(NEAR)), "河南省南阳市"),
        (CellReader(Dates(NEAR), ("", "", "方城县", "")), "湖北省武汉市"),
    ):
        assert reader.scope(written) == Read(None, "place_to_judge")


def test_health() -> None:
    for well in (
        "正常",
        "良好",
        "健康",
        "无",
        "否",
        "无发热、咳嗽等症状",
        "未发热",
        "无异常",
        "normal",
    ):
        assert READER.health(well) == Read(False), well
    for ill in ("发热", "有咳嗽", "不适", "是", "体温异常", "fever"):
        assert READER.health(ill) == Read(True), ill
    for odd in ("鼻炎", "未痊愈", "无力", "不正常", "好转"):
        assert READER.health(odd) == Read(True, "health_to_judge"), odd


def test_temperature_code_test_and_role() -> None:
    assert READER.temperature("36.5℃").value == READER.temperature(36.5).value == 36.5
    assert READER.temperature("3.65").unreadable == "no_temperature"
    assert READER.temperature(98.0).unreadable == "no_temperature"
    assert READER.code("绿码") == NOTHING
    assert READER.code("红码") == READER.code("黄") == Read(True)
    assert READER.code("无码") == Read(True, "code_to_judge")
    assert READER.test("阴性") == READER.test("未做") == NOTHING
    assert READER.test("阳性") == Read(True)
    assert READER.test("已采样") == Read(None, "test_to_judge")
    assert READER.role("食堂工作人员").value == "canteen"
    assert READER.role("教师").value == "teacher"
    assert READER.role("门卫").value == "guard"
    assert READER.role("学生家长").value == "visitor"
    assert READER.role("？").unreadable == "no_role"


METHODS = [name for name in vars(CellReader) if not name.startswith("_")]


@given(
    st.sampled_from(METHODS),
    st.none()
    | st.text(max_size=30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.dates(),
)
def test_any_cell_is_read_or_refused(method: str, cell: Any) -> None:
    read = getattr(READER, method)(cell)
    assert isinstance(read, Read)
    assert not (read.unreadable and read.unclear)


def test_plain_text() -> None:
    assert plain("　１３８ ") == "138"
    assert plain(701.0) == "701"
    assert plain(None) == ""
    assert tight("姓　名\n") == "姓名"
    assert tight(" Class  Name ") == "class name"
