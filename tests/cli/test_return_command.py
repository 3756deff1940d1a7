"""`simulate --whole-return`: the days in sequence, for people and for other programs."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import TINY, a_plan
from click.testing import CliRunner, Result

from returnsim.cli.main import main
from returnsim.plan.files import plan_text
from returnsim.plan.plan import Opening


def run(*args: Any) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """The tiny school with two days' masks to come, ordered again too late."""
    masks = Opening(supply="masks", order=20, reorder_point=20, order_up_to=60)
    path = tmp_path / "plan.toml"
    path.write_text(plan_text(a_plan(stock=[masks])), encoding="utf-8")
    return ["simulate", str(TINY), "--plan", str(path), "--whole-return", "--replications", "4"]


def test_every_day_is_told_with_what_is_left(command: list[str]) -> None:
    result = run(*command, "--lang", "en", "--jobs", "1")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    days = [line.split() for line in lines if line.strip().startswith("2020-04")]
    assert [d[0] for d in days] == [f"2020-04-{n:02}" for n in range(7, 31)]
    assert days[0][1] == "10"
    assert days[0][5] == "110"
    assert days[7][5] == "50"
    assert "every mask, litre and person accounted for" in result.stdout
    [row] = [line for line in lines if line.strip().startswith("Masks")]
    assert "100.0%" in row


def test_json_and_figure_are_written(command: list[str], tmp_path: Path) -> None:
    drawn = tmp_path / "return.svg"
    result = run(*command, "--json", "-", "--plot", drawn, "--quiet")
    found = json.loads(result.stdout)
    assert found["schema"] == "returnsim-summary-1"
    left = {
        e["day"]: e["mean"]
        for e in found["estimates"]
        if (e["quantity"], e["place"]) == ("stock_on_hand", "masks")
    }
    assert left["2020-04-07"] == 110
    assert drawn.read_bytes().startswith(b"<?xml")


def test_a_school_that_does_not_say_what_follows_is_asked_to(
    command: list[str], tmp_path: Path
) -> None:
    text = TINY.read_text(encoding="utf-8")
    begin = text.index("[after_return]")
    path = tmp_path / "scenario.toml"
    path.write_text(text[:begin] + text[text.index("[limits]") :], encoding="utf-8")
    result = run("simulate", path, *command[2:], "--lang", "en")
    assert result.exit_code == 2
    assert "after_return: is missing" in result.stderr
