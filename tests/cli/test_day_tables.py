"""The rest of the day on the terminal and as JSON."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import TINY, a_plan
from click.testing import CliRunner, Result

from returnsim.cli.files import write_all
from returnsim.cli.main import main
from returnsim.plan.files import plan_text

SCHOOL_DAY = Path(__file__).parents[1] / "plan" / "school-day"
PLAN = SCHOOL_DAY / "good-plan.toml"


def run(*args: Any) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in args], env={"COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


FEW = ("--replications", "64", "--seed", "1")


@pytest.mark.parametrize("command", ["simulate", "audit"])
def test_the_rest_of_the_day_is_told(command: str) -> None:
    told = run(command, SCHOOL_DAY, "--plan", PLAN, *FEW, "--lang", "en").stdout
    for words in ("Canteens", "canteen (10 seats)", "Rounds of the crews", "main · home (8)"):
        assert words in told
    assert "people who go without a meal" in told
    zh = run(command, SCHOOL_DAY, "--plan", PLAN, *FEW, "--lang", "zh").stdout
    for words in ("早晨校门以外的排队", "canteen（10 座）", "没吃上饭的人数"):
        assert words in zh


def test_a_school_of_mornings_hears_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(plan_text(a_plan()), encoding="utf-8")
    args = ("--plan", tmp_path / "plan.toml", *FEW, "--lang", "en")
    assert "Canteens" not in run("simulate", TINY, *args).stdout
    found = json.loads(run("audit", TINY, *args, "--json", "-").stdout)
    assert "rest_of_day" not in found
    whole = json.loads(run("simulate", TINY, *args, "--json", "-").stdout)
    assert all("kind" not in row for row in whole["estimates"])


def test_programs_get_the_rest_of_the_day_with_the_findings() -> None:
    found = json.loads(run("audit", SCHOOL_DAY, "--plan", PLAN, *FEW, "--json", "-").stdout)
    rows = {
        (r["quantity"], r["place"], r["day"], r.get("kind", "")): r for r in found["rest_of_day"]
    }
    assert len(rows) == len(found["rest_of_day"])
    last = max(day for _, _, day, _ in rows)
    assert rows["rounds_done", "dining", last, ""]["mean"] == 1
    assert rows["meals_missed", "lunch", last, ""]["unit"] == "people"
    assert {kind for quantity, *_, kind in rows if quantity == "copresence"} == {
        "batch", "class", "building", "dormitory",
    }  # fmt: skip


def test_estimates_of_a_summary_are_told_apart() -> None:
    whole = json.loads(run("simulate", SCHOOL_DAY, "--plan", PLAN, *FEW, "--json", "-").stdout)
    keys = [(r["quantity"], r["place"], r["day"], r.get("kind", "")) for r in whole["estimates"]
            if r["quantity"] in ("seated_by_bell", "copresence")]  # fmt: skip
    assert len(keys) == len(set(keys))


def test_files_may_lie_in_folders_of_their_own(tmp_path: Path) -> None:
    contents = [("plan.toml", b"1"), ("ics/001-x.ics", b"2")]
    assert write_all(tmp_path / "out", contents) == [
        tmp_path / "out" / name for name, _ in contents
    ]
    assert (tmp_path / "out" / "ics" / "001-x.ics").read_bytes() == b"2"
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["ics", "plan.toml"]
