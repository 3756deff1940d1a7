"""Names and numbers of cards never leave the reader: sentinels are planted and looked for."""

import gc
import json
import os
import random
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
import workbooks as w
from click.testing import CliRunner

from returnsim.cli.roster import roster as command
from returnsim.errors import InputError
from returnsim.scenario.roster import read_roster

NAMES = ("赵甲乙", "钱丙丁", "孙戊己", "李庚辛", "周壬癸")
CARDS = tuple(f"99010120070101{n}23X" for n in range(1000, 1005))
PHONES = tuple(f"1390000{n}" for n in range(1000, 1005))
OTHERS = ("吴班主任", "郑监护人", "王庄村88号", "备注里的王某", "去了上海找陈某")
SECRETS = (*NAMES, *CARDS, *PHONES, *OTHERS, *(c.lower() for c in CARDS))
HEADER = (
    *("班级", "姓名", "身份证号", "监护人", "联系电话", "班主任", "现居住地", "14天内行程"),
    *("返校日期", "审批", "备注"),
)


def rows() -> list[tuple[Any, ...]]:
    """Rows that are accepted, rejected for every kind of reason, and copied."""
    more = ("郑监护人", PHONES[0], "吴班主任", "王庄村88号", "去了上海找陈某")
    good = ("八1班", NAMES[0], CARDS[0], *more, "4月8日", "是", "备注里的王某")
    return [
        ("吴班主任班返校名单2020年4月1日",),
        HEADER,
        good,
        good,
        ("八1班", NAMES[1], CARDS[1], *more, NAMES[1], NAMES[1], None),
        (NAMES[2], NAMES[2], CARDS[2], *more, "4月8日", "是", None),
        (CARDS[3], NAMES[3], CARDS[3], *more, f"={CARDS[3][:14]}", "是", None),
        (None, NAMES[4], CARDS[4], *more, "4月8日", "是", None),
        ("注：以上由吴班主任填写",),
    ]


@pytest.fixture(params=["xlsx", "csv"])
def planted(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"list.{request.param}"
    if request.param == "xlsx":
        return w.an_xlsx(path, rows(), {f"{NAMES[4]}的表": rows(), "吴班主任": rows()})
    lines = [",".join("" if c is None else str(c) for c in row) for row in rows()]
    path.write_bytes("\n".join(lines).encode("gb18030"))
    return path


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def walk(thing: Any, seen: set[int]) -> Iterator[str]:
    """Every text that can be reached from an object, by whatever way."""
    if id(thing) in seen or isinstance(thing, type) or callable(thing):
        return
    seen.add(id(thing))
    yield repr(thing)
    for part in gc.get_referents(thing):
        if not isinstance(part, type):
            yield from walk(part, seen)


def test_nothing_that_is_returned_holds_a_name_or_a_card(planted: Path) -> None:
    roster = read_roster(planted)
    assert roster.people
    assert roster.rejected
    texts = list(walk(roster, set()))
    assert len(texts) > 50
    assert leaks("\n".join(texts)) == []
    for note in (*roster.skipped, *roster.unclear, *(n for r in roster.rejected for n in r.notes)):
        for lang in ("zh", "en"):
            assert leaks(note.text(lang)) == []


def test_the_walk_would_find_them() -> None:
    assert leaks("\n".join(walk({"a": [(NAMES[0], {CARDS[1]: 1})]}, set()))) == [NAMES[0], CARDS[1]]


def test_nothing_of_them_stays_in_memory(planted: Path) -> None:
    """Once the list is read, no living container of Python's refers to a name in it."""
    roster = read_roster(planted)
    gc.collect()
    mine = {id(NAMES), id(SECRETS), id(globals())}
    holders = [
        type(thing).__name__
        for thing in gc.get_objects()
        if isinstance(thing, dict | list | tuple | set)
        and id(thing) not in mine
        and len(thing) < 10_000
        and any(isinstance(part, str) and part == "郑监护人" for part in thing)
    ]
    known = [h for h in holders if h == "tuple"]  # the constants of this very module
    assert len(holders) == len(known)
    assert roster.read


def run(*arguments: Any) -> str:
    @click.group()
    def main() -> None:
        """Stand for the whole command line."""

    main.add_command(command)
    result = CliRunner().invoke(main, ["roster", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_output_holds_a_name_or_a_card(planted: Path, tmp_path: Path, lang: str) -> None:
    out, data = tmp_path / "holds.toml", tmp_path / "list.json"
    judged = ("--symptom-free-days", 3, "--day", "2020-04-07", "--out", out)
    shown = run(planted, *judged, "--json", data, "--lang", lang)
    for text in (shown, out.read_text(encoding="utf-8"), data.read_text(encoding="utf-8")):
        assert len(text) > 100
        assert leaks(text) == []
        assert leaks(text.encode().decode("unicode_escape", errors="ignore")) == []
    assert len(json.loads(data.read_text(encoding="utf-8"))["people"]) > 0
    assert leaks(run(planted, "--json", "-", "--lang", lang)) == []


def test_no_error_holds_a_name_or_a_card(tmp_path: Path) -> None:
    whole = w.an_xlsx(tmp_path / "a.xlsx", rows()).read_bytes()
    texts = w.label(0, 0, NAMES[0]) + w.label(1, 0, CARDS[0])
    hostile = {
        "cut.xlsx": whole[:-30],
        "cut.csv": f'班级,姓名\n"八1班,{NAMES[0]},{CARDS[0]}\n'.encode(),
        "bad.csv": f"班级,姓名\n八1班,{NAMES[0]}\x01\n".encode(),
        "none.csv": f"{NAMES[0]},{CARDS[0]}\n".encode(),
        "cut.xls": w.an_xls([texts, w.record(0x0203, b"")]),
    }
    for name, data in hostile.items():
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(InputError) as refusal:
            read_roster(path)
        error: BaseException | None = refusal.value
        while error is not None:
            assert leaks(f"{error} {error!r} {vars(error)}") == []
            error = error.__cause__ or error.__context__
        assert leaks(refusal.value.text("zh")) == []
        for step in refusal.traceback:
            if Path(step.path).parent.parent.name == "returnsim":
                assert leaks(repr(step.frame.f_locals)) == []


def test_nothing_is_written_beside_what_was_asked_for(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    made: list[str] = []
    opened = os.open

    def watched(path: Any, *more: Any, **most: Any) -> int:
        made.append(str(path))
        return opened(path, *more, **most)

    monkeypatch.setattr(os, "open", watched)
    read_roster(planted, near=date(2020, 4, 7))
    assert made == []
    assert list(aside.iterdir()) == []
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == [planted.name]


HEADS = (
    *(
        "班级",
        "姓名",
        "年级",
        "身份证号",
        "是否住校",
        "现居住地",
        "14天内行程",
        "风险地区",
        "隔离开始",
    ),
    *(
        "隔离结束",
        "隔离情况",
        "开始",
        "结束",
        "医学观察",
        "体温",
        "健康状况",
        "健康卡",
        "申请表",
        "证明",
    ),
    *(
        "审批",
        "备注",
        "健康码",
        "居家观察开始",
        "轨迹报告",
        "是否批准",
        "人员类别",
        "返校日期",
        "x",
        None,
    ),
)
CELLS = (
    *(
        None,
        "是",
        "否",
        "未定",
        "3月1日",
        "4月31日",
        43900.0,
        3.2,
        1.0,
        "高风险",
        "武汉",
        "本县",
        "八1班",
    ),
    *("1班", "九", "合计", "注：x", "发热", 36.6, "学生", "教师", "=1+1", "姓名", "开始", 1e16),
    *(NAMES[0], NAMES[1], NAMES[0], NAMES[1], CARDS[0]),
)


def test_in_no_table_whatever_is_a_row_lost_or_a_name_let_out(tmp_path: Path) -> None:
    luck = random.Random(5)
    path, lists = tmp_path / "a.xlsx", 0
    for _ in range(80):
        width = luck.randint(2, 9)
        heads = luck.sample(("班级", "姓名"), luck.randint(1, 2)) + luck.choices(HEADS, k=width)
        second = [luck.choice(HEADS) if luck.random() < 0.3 else None for _ in heads]
        table = [heads, *[second] * luck.randint(0, 1)]
        table += [luck.choices(CELLS, k=len(heads)) for _ in range(luck.randint(0, 12))]
        merged = ("A3:A5",) if len(table) > 5 and table[2][0] is not None else ()
        w.an_xlsx(path, table, merged=merged)
        try:
            roster = read_roster(path, near=date(2020, 4, 7))
        except InputError:
            continue  # no header in it
        lists += 1
        first = roster.sheets[0].header_row
        below = sum(any(c is not None for c in row) for row in table[first:])
        alone = sum(note.code != "empty" for note in roster.skipped)
        assert below == len(roster.people) + len(roster.rejected) + alone
        assert leaks("\n".join(walk(roster, set()))) == []
    assert lists > 40


def test_a_sheet_called_after_a_person_goes_by_its_number(tmp_path: Path) -> None:
    path = w.an_xlsx(tmp_path / "a.xlsx", rows(), {f"{NAMES[0]}的表": rows(), "吴班主任": rows()})
    assert [sheet.sheet for sheet in read_roster(path).sheets] == ["名单", "#2", "#3"]
