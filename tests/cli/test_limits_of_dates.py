"""A plan made by hand is held against the limits of the calendar that its school has set."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from builders import TINY, a_plan
from click.testing import CliRunner

from returnsim.cli.main import main
from returnsim.plan.files import plan_text


class Case(NamedTuple):
    """A limit that is just kept and one that is just not, and what must be said of it."""

    clause: str
    kept: str
    broken: str
    found: dict[str, Any]
    en: str
    zh: str


CASES = [
    Case(
        "L-fair",
        "fair_days_apart = 5",
        "fair_days_apart = 4",
        {"limit": 4, "value": 5, "margin": -1, "place": "eight/nine", "day": "2020-04-14"},
        "Grade 8 · Grade 9 · 14 April",
        "八年级 · 九年级 · 4月14日",
    ),
    Case(
        "L-beds",
        "observation_beds = 12",
        "observation_beds = 9",
        {"limit": 9, "value": 12, "margin": -3, "place": "nine/eight", "day": "2020-04-14"},
        "Grade 9 · Grade 8 · 14 April",
        "九年级 · 八年级 · 4月14日",
    ),
    Case(
        "L-building",
        "one_batch_per_building = false",
        "one_batch_per_building = true",
        {"limit": 0, "value": 7, "margin": -7, "place": "hall/eight/nine", "day": "2020-04-14"},
        "hall · Grade 8 · Grade 9 · 14 April",
        "hall · 八年级 · 九年级 · 4月14日",
    ),
]
EVERY = pytest.mark.parametrize("case", CASES, ids=[case.clause for case in CASES])


def audited(folder: Path, limit: str, lang: str = "en") -> tuple[int, str, dict[str, Any]]:
    """Status, what is printed, and the findings: grade nine on 7 April, grade eight a week later.

    Six of each class board and are observed for 14 days; only the planner's limits are asked.
    """
    text = TINY.read_text(encoding="utf-8").replace('"township-2020"', '"planner"')
    text = re.sub(r"records = \[.*?\n\]", "records = []", text, flags=re.DOTALL)
    text = text.replace("pupils = 10", "pupils = 10\nboarders = 6")
    text = text.replace("batch_gap_minutes", f"{limit}\nbatch_gap_minutes")
    (folder / "scenario.toml").write_text(text, encoding="utf-8")
    plan, told = folder / "plan.toml", folder / "findings.json"
    plan.write_text(plan_text(a_plan()), encoding="utf-8")
    given = ["audit", str(folder), "--plan", str(plan), "--lang", lang, "--json", str(told)]
    result = CliRunner().invoke(main, [*given, "--replications", "128"], env={"COLUMNS": "200"})
    findings = json.loads(told.read_text(encoding="utf-8"))["findings"]
    return result.exit_code, result.stdout, {f["clause"]: f for f in findings}


@EVERY
def test_a_plan_that_breaks_it_ends_with_status_1_and_the_numbers(
    case: Case, tmp_path: Path
) -> None:
    status, _, findings = audited(tmp_path, case.broken)
    assert status == 1
    assert [name for name, f in findings.items() if f["verdict"] == "violated"] == [case.clause]
    assert {key: findings[case.clause][key] for key in case.found} == case.found
    assert findings[case.clause]["hard"]


@EVERY
def test_a_plan_that_just_keeps_it_ends_with_status_0(case: Case, tmp_path: Path) -> None:
    status, _, findings = audited(tmp_path, case.kept)
    assert status == 0
    if case.kept.endswith("false"):
        assert case.clause not in findings
    else:
        assert findings[case.clause]["verdict"] == "met"
        assert findings[case.clause]["margin"] == 0


@EVERY
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_terminal_names_the_grades_and_the_day(case: Case, lang: str, tmp_path: Path) -> None:
    _, told, _ = audited(tmp_path, case.broken, lang)
    assert getattr(case, lang) in told


def test_what_the_school_has_not_set_is_not_asked(tmp_path: Path) -> None:
    status, told, findings = audited(tmp_path, "")
    assert status == 0
    assert {case.clause for case in CASES} & {*findings} == set()
    assert not any(case.clause in told for case in CASES)
