"""The command `roster`: what it prints, what it writes, and how it ends."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
import workbooks as w
from builders import SCENARIOS, a_scenario
from click.testing import CliRunner, Result

from returnsim.cli.main import Planner
from returnsim.cli.roster import roster as command
from returnsim.scenario.scenario import read_scenario

HEADER = (
    *("班级", "姓名", "是否住校", "现居住地", "是否去过中高风险地区", "居家观察开始", "健康申报卡"),
    *("审批", "隔离结束", "返校日期"),
)
WELL = ("是", "本县", "否", "3月20日", "√", "是")
ROWS = (
    HEADER,
    ("九年级1班", "甲乙", *WELL, "", "4月7日"),
    ("九(1)班", "丙丁", *WELL, "4月20日", "4月7日"),
    ("9-1", "戊己", *WELL, "随便", "4月7日"),
    ("八年级1班", "庚辛", *WELL[:5], "未审批", "", "4月7日"),
    ("八年级9班", "壬癸", *WELL[:5], "否", "", ""),
    ("", "子丑", *WELL, "", ""),
    ("合计", "", "", "", "", "", "", "", "", ""),
)
RULES = ("--symptom-free-days", 3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return w.an_xlsx(tmp_path / "list.xlsx", [[c or None for c in row] for row in ROWS])


def run(*arguments: Any) -> Result:
    @click.group(cls=Planner)
    def main() -> None:
        """Stand for the whole command line."""

    main.add_command(command)
    return CliRunner().invoke(main, ["roster", *map(str, arguments)])


def test_counts_rejections_and_classes_are_printed(path: Path) -> None:
    result = run(path, "--scenario", SCENARIOS / "tiny", *RULES, "--day", "2020-04-07")
    assert result.exit_code == 0, result.output
    for line in (
        "6 rows read: 4 accepted, 2 rejected",
        "row 4, column I: is no date; write it as 2020-03-25",
        "row 7, column A: has no class",
        "row 8: is a total",
        "Who may return on 2020-04-07",
        "class 八年级9班 is none of the scenario's: 1 held, not written",
        "1 row that could not be read names no class",
        "2 people are expected on the list before they may return",
    ):
        assert line in result.output


def test_classes_are_shown_beside_the_scenario_s_even_when_nobody_is_judged(path: Path) -> None:
    lines = run(path, "--scenario", SCENARIOS / "tiny").output.splitlines()
    assert any("九年级1班" in line and "9-1: 10 pupils" in line for line in lines)
    assert any("八年级9班" in line and line.rstrip().endswith("none") for line in lines)


def test_chinese(path: Path) -> None:
    result = run(path, "--lang", "zh", "--day", "2020-04-07", *RULES)
    assert result.exit_code == 0
    assert "共读 6 行：接受 4 行，退回 2 行" in result.output
    assert "第 4 行 I 列: 不是日期" in result.output


def test_holds_are_written_as_the_scenario_reads_them(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "holds.toml"
    where = ("--scenario", SCENARIOS / "tiny", "--day", "2020-04-07")
    result = run(path, *where, *RULES, "--out", out, "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    text = out.read_text(encoding="utf-8")
    assert "# class 八年级9班 is none" in text
    raw = tomllib.loads(text)["holds"]
    scenario = a_scenario(holds=raw)
    assert [(h.school_class, h.pupils, h.reason, h.until) for h in scenario.holds] == [
        ("9-1", 1, "isolation", date(2020, 4, 21)),
        ("9-1", 1, "not approved", None),
        ("8-1", 1, "not approved", None),
    ]
    folder = tmp_path / "school"
    folder.mkdir()
    tiny = (SCENARIOS / "tiny" / "scenario.toml").read_text(encoding="utf-8")
    (folder / "scenario.toml").write_text(tiny + "\n" + text, encoding="utf-8")
    assert read_scenario(folder).holds == scenario.holds


def test_json_holds_everything(path: Path, tmp_path: Path) -> None:
    result = run(path, *RULES, "--day", "2020-04-07", "--json", "-")
    found = json.loads(result.output)
    assert (found["read"], found["accepted"], len(found["rejected"])) == (6, 4, 2)
    assert found["rejected"][0]["reasons"][0]["column"] == "I"
    assert [p["person"] for p in found["people"]] == [
        "九年级1班#1",
        "九年级1班#2",
        "八年级1班#1",
        "八年级9班#1",
    ]
    assert found["people"][1]["earliest"] == "2020-04-21"
    assert found["people"][2]["missing"] == ["approval"]
    assert found["may_return"] == {"九年级1班": 1}
    assert sum(hold["pupils"] for hold in found["holds"]) == 4
    to = tmp_path / "list.json"
    assert run(path, *RULES, "--day", "2020-04-07", "--json", to, "--quiet").output == ""
    assert json.loads(to.read_text(encoding="utf-8")) == found


def test_rules_from_a_file(path: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(
        'symptom_free_days = 3\napproval = false\nsource = "made up"\n', encoding="utf-8"
    )
    result = run(path, "--rules", rules, "--day", "2020-04-07", "--json", "-")
    assert json.loads(result.output)["may_return"]["八年级9班"] == 1
    rules.write_text("home_days = 14\n", encoding="utf-8")
    result = run(path, "--rules", rules, "--day", "2020-04-07")
    assert result.exit_code == 2
    assert "symptom_free_days: is missing" in result.output


def test_addresses_are_told_apart_by_the_school_s_own(tmp_path: Path) -> None:
    rows = (HEADER[:4], ("八1班", "甲乙", "是", "河南省南阳市方城县石桥镇"))
    path = w.an_xlsx(tmp_path / "a.xlsx", rows)
    home = ("--home", "河南省/南阳市/方城县/石桥镇")
    judged = (*RULES, "--day", "2020-04-07", "--json", "-")
    assert json.loads(run(path, *judged).output)["missing"]["home_unknown"] == 1
    assert "home_unknown" not in json.loads(run(path, *judged, *home).output)["missing"]


def test_without_rules_nobody_is_judged(path: Path, tmp_path: Path) -> None:
    result = run(path, "--day", "2020-04-07")
    assert result.exit_code == 0
    assert "Nobody was judged" in result.output
    for wrong in (("--out", tmp_path / "h.toml"), (*RULES, "--out", tmp_path / "h.toml")):
        result = run(path, *wrong)
        assert result.exit_code == 2
        assert "holds can be written only with" in result.output
    result = run(path, *RULES, "--rules", tmp_path / "rules.toml")
    assert result.exit_code == 2
    assert not (tmp_path / "h.toml").exists()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.xlsx", b"PK" + b"\0" * 50, "is damaged"),
        ("a.xlsx", b"", "is empty"),
        ("a.csv", "物资,数量\n口罩,1\n".encode(), "holds no list of people"),
    ],
)
def test_a_workbook_that_is_refused_ends_with_status_2(
    tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    result = run(path)
    assert result.exit_code == 2
    assert says in result.output


def test_long_lists_of_rejections_are_cut_and_counted(tmp_path: Path) -> None:
    rows = [("班级", "姓名", "审批"), *[("八1班", f"甲{n}", "??") for n in range(100)]]
    result = run(w.an_xlsx(tmp_path / "a.xlsx", rows))
    assert result.exit_code == 0
    assert result.output.count("is neither yes nor no") == 30
    assert "... and 70 more" in result.output
