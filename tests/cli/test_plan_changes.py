"""`returnsim plan` without a plan, and from an earlier one: statuses, tables, files."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from builders import TINY
from click.testing import CliRunner, Result

from returnsim.cli import planning
from returnsim.cli.main import main

FEW = ("--replications", "128", "--seed", "1", "--lang", "en")


def run(*args: Any) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def school(folder: Path, before: str, after: str) -> Path:
    text = TINY.read_text(encoding="utf-8")
    assert before in text
    folder.mkdir()
    (folder / "scenario.toml").write_text(text.replace(before, after), encoding="utf-8")
    return folder


SHORT = ("last_day = 2020-04-30", "last_day = 2020-04-10")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("first") / "out"
    assert run("plan", TINY, "--out", out, *FEW).exit_code == 0
    return out / "plan.toml"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_status_3_tells_what_collides_and_the_ways_out(tmp_path: Path, lang: str) -> None:
    scenario = school(tmp_path / "school", *SHORT)
    to = tmp_path / "why.json"
    result = run(
        "plan", scenario, "--out", tmp_path / "out", *FEW[:4], "--lang", lang, "--json", to
    )
    assert result.exit_code == 3
    assert not (tmp_path / "out").exists()
    found = json.loads(to.read_text(encoding="utf-8"))
    assert found["schema"] == "returnsim-infeasible-1"
    assert {c["code"] for c in found["conflict"]} == {"calendar", "between", "per_day"}
    assert [w["loosened"][0]["code"] for w in found["ways_out"]] == ["calendar", "between"]
    assert all(w[lang] in result.stderr for w in found["ways_out"])
    assert "P1-3(1).b-interval" in result.stderr


def test_no_ways_out_are_looked_for_where_none_are_wanted(tmp_path: Path) -> None:
    scenario = school(tmp_path / "school", *SHORT)
    result = run("plan", scenario, "--out", tmp_path / "out", *FEW, "--tries", 0)
    assert result.exit_code == 3
    assert "too few for all batches" in result.stderr
    assert "Ways out" not in result.stderr


def test_control_c_while_it_explains_still_tells_the_reasons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(planning, "explained", interrupted)
    scenario = school(tmp_path / "school", *SHORT)
    result = run("plan", scenario, "--out", tmp_path / "out", *FEW)
    assert result.exit_code == 3
    assert "too few for all batches" in result.stderr


def test_from_a_plan_tells_and_writes_what_changed(first: Path, tmp_path: Path) -> None:
    """The gap between the batches grows by five minutes: one of the two classes must move."""
    scenario = school(tmp_path / "school", "batch_gap_minutes = 5", "batch_gap_minutes = 20")
    out = tmp_path / "out"
    result = run("plan", scenario, "--from", first, "--max-moves", 1, "--out", out, *FEW)
    assert result.exit_code == 0
    assert "1 class moves to another slot or gate" in result.stdout
    found = json.loads((out / "changes.json").read_text(encoding="utf-8"))
    [name] = found["moved"]
    rows = (out / "changes.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[0] == "what,of,before,after"
    assert len(rows) > 1
    old, new = (
        {a["class"]: a for a in tomllib.loads(p.read_text(encoding="utf-8"))["arrivals"]}
        for p in (first, out / "plan.toml")
    )
    assert [c for c in old if old[c] != new[c]] == [name]


def test_status_3_says_how_many_moves_are_needed(first: Path, tmp_path: Path) -> None:
    scenario = school(tmp_path / "school", "batch_gap_minutes = 5", "batch_gap_minutes = 20")
    out = tmp_path / "out"
    result = run("plan", scenario, "--from", first, "--max-moves", 0, "--out", out, *FEW)
    assert result.exit_code == 3
    assert "allow --max-moves 1" in result.stderr
    assert not out.exists()


def test_status_2_for_a_pin_that_does_not_fit(first: Path, tmp_path: Path) -> None:
    text = first.read_text(encoding="utf-8").replace("lanes = 2 }", "lanes = 2, pinned = true }")
    assert "pinned" in text
    pinned = tmp_path / "pinned.toml"
    pinned.write_text(text, encoding="utf-8")
    scenario = school(tmp_path / "school", "lanes = 2", "lanes = 1")
    result = run("plan", scenario, "--from", pinned, "--out", tmp_path / "out", *FEW)
    assert result.exit_code == 2
    assert "there are only 1" in result.stderr


def test_moves_need_a_plan_to_move_from(tmp_path: Path) -> None:
    result = run("plan", TINY, "--max-moves", 1, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert not (tmp_path / "out").exists()
