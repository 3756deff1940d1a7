"""Every scenario reads, is explained in both languages, and can be simulated and audited."""

import re
from pathlib import Path

import pytest
from builders import SCENARIOS

from returnsim.experiment.assessment import assess
from returnsim.experiment.study import Study, engines_differ, run
from returnsim.measure.evidence import conserve
from returnsim.optimise.baselines import baselines
from returnsim.optimise.dates import return_dates
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Verdict
from returnsim.rules.rulebook import PLANNER, rulebooks
from returnsim.scenario.quantities import Sourced
from returnsim.scenario.scenario import Scenario, read_scenario

FOLDERS = sorted(folder for folder in SCENARIOS.iterdir() if folder.is_dir())
EVERY = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def evenly_spread(folder: Path) -> tuple[Scenario, Plan]:
    """A school, and the plan it would make by hand."""
    school = read_scenario(folder)
    dates = return_dates(school, rulebooks(school, folder))
    return school, baselines(school, dates, ())["evenly_spread"]


def test_there_are_scenarios() -> None:
    assert {"tiny", "township"} <= {folder.name for folder in FOLDERS}


@EVERY
def test_a_scenario_is_called_as_its_folder(folder: Path) -> None:
    school = read_scenario(folder)
    assert school.name == folder.name
    assert school.label("zh") != school.label("en")


@EVERY
def test_a_scenario_is_explained_in_both_languages(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    english, _, chinese = text.partition("\n---\n")
    if len(re.findall("[\u4e00-\u9fff]", english)) > len(re.findall("[\u4e00-\u9fff]", chinese)):
        english, chinese = chinese, english
    assert english.count(" the ") > 5
    assert len(re.findall("[\u4e00-\u9fff]", chinese)) > 100
    for part in (english, chinese):
        assert f"returnsim check scenarios/{folder.name}" in part


@EVERY
def test_every_number_left_open_has_a_source(folder: Path) -> None:
    def tables(part: object) -> list[Sourced]:
        if isinstance(part, tuple):
            return [t for entry in part for t in tables(entry)]
        if not hasattr(type(part), "model_fields"):
            return []
        inner = [t for name in type(part).model_fields for t in tables(getattr(part, name))]
        return [part, *inner] if isinstance(part, Sourced) else inner

    found = tables(read_scenario(folder))
    assert len(found) >= 15
    assert {t.source for t in found} & {"", "?", "todo", "TODO"} == set()


@EVERY
def test_a_plan_made_by_hand_goes_the_same_on_both_engines(folder: Path) -> None:
    school, plan = evenly_spread(folder)
    assert engines_differ(Study(school, plan, 1, 1), replications=1) < 1e-6


@EVERY
def test_nobody_is_lost_and_every_clause_is_answered(folder: Path) -> None:
    school, plan = evenly_spread(folder)
    books = rulebooks(school, folder)
    found = assess(school, books, plan, seed=1, replications=16, jobs=2)
    conserve(found.summary.samples)
    clauses = [c.id for book in books for c in book.clauses if c.applies(school)]
    assert [f.clause.id for f in found.findings] == clauses
    judged = [f for f in found.findings if f.verdict is not Verdict.NOT_ASSESSED]
    assert len(judged) > len(clauses) / 2
    assert all(f.verdict is not Verdict.NOT_ASSESSED for f in found.findings if f.book == PLANNER)


@EVERY
def test_the_same_study_twice_is_the_same(folder: Path) -> None:
    school, plan = evenly_spread(folder)
    study = Study(school, plan, 3, 4, on=(plan.return_days[0],))
    one, two = (run(study, jobs=jobs).samples for jobs in (1, 2))
    assert one.keys() == two.keys()
    assert all((one[key] == two[key]).all() for key in one)
