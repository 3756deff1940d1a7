"""`returnsim plan` for a school that brings back half of every grade at a time."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import TINY
from click.testing import CliRunner, Result

from returnsim.cli.main import main
from returnsim.experiment.study import Study, assessed_days, engines_differ
from returnsim.measure.planned import shared_slots
from returnsim.plan.files import read_plan
from returnsim.plan.plan import Plan
from returnsim.scenario.scenario import Scenario, read_scenario

FEW = ("--replications", "128", "--seed", "1")
CLASS = """
[[classes]]
name = "{grade}-{number}"
zh = "{zh}年级{number}班"
en = "Class {grade}.{number}"
grade = "{name}"
group = "{group}"
pupils = 10
room = "{grade}0{number}"
building = "hall"
"""


def run(*args: Any) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


def in_halves(folder: Path) -> Path:
    """Write the tiny school with two classes in each grade, one of each in group A, one in B."""
    text = TINY.read_text(encoding="utf-8")
    begins = text.index("[[classes]]")
    ends = text.index("\n[", text.rindex("[[classes]]") + 1)
    classes = "".join(
        CLASS.format(grade=grade, number=n, zh=zh, name=name, group="AB"[n - 1])
        for grade, zh, name in (("9", "九", "nine"), ("8", "八", "eight"))
        for n in (1, 2)
    )
    text = text[:begins] + classes.lstrip() + text[ends:]
    for before, after in (
        # where exam grades go first, halves of all grades cannot come one after the other
        ("exam_year = true", "exam_year = false"),
        ("people_returning_per_day = 10", 'people_returning_per_day = 20\nreturn_by = "group"'),
    ):
        assert text.count(before) == 1
        text = text.replace(before, after)
    folder.mkdir()
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("halves")
    path = in_halves(here / "school")
    result = run("plan", path, "--out", here / "out", *FEW, "--lang", "en")
    assert result.exit_code in (0, 1), result.output
    assert "Grade 9 (Class 9.1)" in result.stdout
    return here


def read(folder: Path) -> tuple[Scenario, Plan]:
    school = read_scenario(folder / "school")
    return school, read_plan(folder / "out" / "plan.toml", school)


def test_the_classes_of_a_grade_come_back_on_different_dates(folder: Path) -> None:
    school, plan = read(folder)
    first, second = plan.return_days
    assert (first, second) == (date(2020, 4, 7), date(2020, 4, 14))
    days = {c.name: plan.day_of(c) for c in school.classes}
    assert days == {"9-1": first, "9-2": second, "8-1": first, "8-2": second}
    text = (folder / "out" / "plan.toml").read_text(encoding="utf-8")
    assert '{ grade = "nine", class = "9-1", day = 2020-04-07 },' in text


def test_every_limit_of_the_planner_is_confirmed_and_batches_do_not_mix(folder: Path) -> None:
    school, plan = read(folder)
    findings = json.loads((folder / "out" / "findings.json").read_text(encoding="utf-8"))
    ours = {f["clause"]: f["verdict"] for f in findings["findings"] if f["book"] == "planner"}
    assert set(ours.values()) == {"met"}
    assert shared_slots(school, plan) == []
    mixing = [f for f in findings["findings"] if f["quantity"] == "slots_shared_by_batches"]
    assert {f["verdict"] for f in mixing} == {"met"}


def test_the_dates_are_proven_and_told_by_class(folder: Path) -> None:
    quality = json.loads((folder / "out" / "quality.json").read_text(encoding="utf-8"))
    calendar = quality["bounds"]["calendar"]
    assert calendar["objective"] == calendar["bound"] == 20 * 5, "twenty wait a week"
    assert [(s["day"], s["last_day"]) for s in quality["fairness"]] == [
        ("2020-04-07", "2020-04-14")
    ] * 2


def test_both_engines_tell_the_same_days(folder: Path) -> None:
    school, plan = read(folder)
    days = assessed_days(school, plan)
    assert len(days) == 3
    assert engines_differ(Study(school, plan, 1, 4, on=days), replications=4) < 1e-9


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_printed(folder: Path, lang: str) -> None:
    assert (folder / "out" / f"schedule.{lang}.pdf").read_bytes().startswith(b"%PDF-")


def test_it_is_audited_and_can_be_the_base_of_another(folder: Path) -> None:
    plan = folder / "out" / "plan.toml"
    audit = run("audit", folder / "school", "--plan", plan, *FEW, "--lang", "en")
    assert audit.exit_code in (0, 1), audit.output
    again = run(
        "plan", folder / "school", "--from", plan, "--out", folder / "again", *FEW, "--lang", "en"
    )
    assert again.exit_code in (0, 1), again.output
    school, before = read(folder)
    kept = read_plan(folder / "again" / "plan.toml", school)
    assert kept.return_dates == before.return_dates


def test_a_plan_by_hand_may_date_one_class_apart_from_its_grade(folder: Path) -> None:
    text = (folder / "out" / "plan.toml").read_text(encoding="utf-8")
    table = text[text.index("return_dates = [") : text.index("]", text.index("return_dates"))]
    rows = """return_dates = [
    { grade = "nine", day = 2020-04-07 },
    { grade = "eight", day = 2020-04-14 },
    { grade = "eight", class = "8-1", day = 2020-04-07 },
"""
    path = folder / "by-hand.toml"
    path.write_text(text.replace(table, rows), encoding="utf-8")
    school, _ = read(folder)
    plan = read_plan(path, school)
    assert [c.name for c in plan.batch(school, date(2020, 4, 14))] == ["8-2"]
    audit = run("audit", folder / "school", "--plan", path, *FEW, "--lang", "zh")
    assert audit.exit_code in (0, 1), audit.output
    compared = run("compare", folder / "school", folder / "out" / "plan.toml", path, *FEW)
    assert compared.exit_code == 0, compared.output
