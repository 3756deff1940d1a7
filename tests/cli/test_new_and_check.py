"""`returnsim new` and `returnsim check`: a scenario to edit, and what is in one."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from builders import SCENARIOS, TINY
from click.testing import CliRunner, Result

from returnsim.cli.main import main
from returnsim.cli.starters import starter_files
from returnsim.errors import InputError
from returnsim.scenario.scenario import read_scenario

STARTERS = sorted(folder.name for folder in SCENARIOS.iterdir() if folder.is_dir())


def run(*args: Any) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize("starter", STARTERS)
def test_new_makes_a_scenario_that_checks(starter: str, tmp_path: Path) -> None:
    folder = tmp_path / "我的学校"
    made = run("new", folder, "--from", starter)
    assert made.exit_code == 0
    assert str(folder) in made.stdout
    assert starter in made.stdout
    assert [p.name for p in folder.iterdir()] == ["scenario.toml"]
    assert run("check", folder).exit_code == 0
    found, original = read_scenario(folder), read_scenario(SCENARIOS / starter)
    assert found.name == "我的学校"
    assert found.model_dump(exclude={"name"}) == original.model_dump(exclude={"name"})


def test_new_keeps_every_comment(tmp_path: Path) -> None:
    run("new", tmp_path / "school", "--from", "tiny", "--quiet")
    made = (tmp_path / "school" / "scenario.toml").read_text(encoding="utf-8").splitlines()
    lines = TINY.read_text(encoding="utf-8").splitlines()
    changed = [(a, b) for a, b in zip(lines, made, strict=True) if a != b]
    assert changed == [('name = "tiny"', 'name = "school"')]


@pytest.mark.parametrize(
    "name", ['a"b', "a\\b", "a\nb", "-", " x ", "名" * 80, "{n}", "[red]", "\\1", "x.toml"]
)
def test_new_is_called_after_its_folder_whatever_that_is_called(name: str, tmp_path: Path) -> None:
    [(_, data)] = starter_files(tmp_path / name, "tiny")
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "scenario.toml").write_bytes(data)
    assert read_scenario(folder).name


def test_new_refuses_a_folder_in_use(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept", encoding="utf-8")
    refused = run("new", tmp_path)
    assert refused.exit_code == 2
    assert "is not empty" in refused.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"]
    assert run("new", tmp_path / "kept.txt").exit_code == 2
    assert (tmp_path / "kept.txt").read_text(encoding="utf-8") == "kept"


def test_new_takes_an_empty_folder_and_one_whose_parents_are_not_there(tmp_path: Path) -> None:
    assert run("new", tmp_path, "--from", "tiny").exit_code == 0
    assert run("new", tmp_path / "a" / "b", "--from", "tiny").exit_code == 0
    assert read_scenario(tmp_path / "a" / "b").name == "b"


def test_new_refuses_a_starter_that_is_not_there(tmp_path: Path) -> None:
    refused = run("new", tmp_path / "school", "--from", "../tiny")
    assert refused.exit_code == 2
    assert all(name in refused.stderr for name in STARTERS)
    assert not (tmp_path / "school").exists()
    with pytest.raises(InputError):
        list(starter_files(tmp_path / "school", "tinny"))


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = run("new", tmp_path / "file" / "school", "--from", "tiny")
    assert refused.exit_code == 2
    assert "cannot be written" in refused.stderr


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["A school of two classes", "classes, in 2 grades", "Main gate", "18 school days"]),
        ("zh", ["两个班的学校", "个班", "大门", "2020-04-07", "口罩"]),
    ],
)
def test_check_says_what_is_in_a_scenario(lang: str, words: list[str]) -> None:
    found = run("check", TINY.parent, "--lang", lang)
    assert found.exit_code == 0
    assert [word for word in words if word not in found.stdout] == []
    assert found.stderr == ""


def test_a_scenario_is_named_by_its_folder_or_its_file() -> None:
    assert run("check", TINY).stdout == run("check", TINY.parent).stdout


def test_check_counts_for_other_programs() -> None:
    found = run("check", TINY, "--json", "-")
    assert json.loads(found.stdout) == {
        "schema": "returnsim-contents-1",
        "scenario": "tiny",
        "pupils": 20,
        "classes": 2,
        "grades": 2,
        "staff": 0,
        "held": 0,
        "gates": [{"gate": "gate", "places": 8}],
        "school_days": 18,
        "rulebooks": ["township-2020"],
    }


def test_json_goes_to_a_file_beside_the_table(tmp_path: Path) -> None:
    found = run("check", TINY, "--json", tmp_path / "new" / "contents.json")
    assert "pupils" in found.stdout
    text = (tmp_path / "new" / "contents.json").read_text(encoding="utf-8")
    assert text == run("check", TINY, "--json", "-").stdout


def test_quiet_prints_nothing(tmp_path: Path) -> None:
    found = run("check", TINY, "--quiet", "--json", tmp_path / "c.json")
    assert (found.stdout, found.stderr) == ("", "")
    assert run("new", tmp_path / "school", "--quiet").stdout == ""


@pytest.mark.parametrize("name", ["School [/x]", "School [red]"])
def test_a_name_in_brackets_is_printed_as_it_is(name: str, tmp_path: Path) -> None:
    text = TINY.read_text(encoding="utf-8").replace("A school of two classes", name)
    (tmp_path / "scenario.toml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--lang", "en"])
    assert name in result.stdout


@pytest.mark.parametrize(
    "args",
    [
        ["check"],
        ["chekc", "x"],
        ["check", "x", "--lang", "fr"],
        ["plan", str(TINY), "--jobs", "0"],
        ["plan", str(TINY), "--replications", "1"],
        ["plan", str(TINY), "--replications", "many"],
        ["plan", str(TINY), "--seed", "-1"],
        ["simulate", str(TINY)],
    ],
)
def test_a_mistake_on_the_command_line_is_explained(args: list[str]) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((SCENARIOS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] in run("--version").stdout


def test_every_command_has_help() -> None:
    commands = main.commands
    assert {"new", "check", "simulate", "plan", "audit", "compare"} <= set(commands)
    for name, command in commands.items():
        assert command.help
        assert command.help.split()[0] in run(name, "--help").stdout
