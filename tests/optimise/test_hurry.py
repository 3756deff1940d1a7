"""Once the time is up: a complete plan soon, and a true account of what was cut short."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import SCENARIOS, TINY, a_scenario
from tiny_schools import searching

from returnsim.experiment.assessment import assess
from returnsim.experiment.study import Study, run
from returnsim.optimise import planner, verification
from returnsim.optimise.front import REPLICATIONS
from returnsim.optimise.hurry import CUT, NAIVE
from returnsim.optimise.planner import Proposal, recommend
from returnsim.optimise.robustness import robustness
from returnsim.optimise.search import LATE, Heat, Search
from returnsim.optimise.settling import Settling
from returnsim.optimise.watch import Watch
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.scenario import Scenario, read_scenario


def recommended(scenario: Scenario, folder: Path = TINY.parent, **how: Any) -> Proposal:
    return recommend(scenario, rulebooks(scenario, folder), **{"seed": 1} | how)


def test_what_a_deadline_cuts_short_is_told() -> None:
    found = recommended(a_scenario(), limit=1e-6)
    assert found.cut_short
    assert set(found.cut) >= {"search", "bound", "naive", "front", "robustness"}
    assert set(found.cut) <= set(CUT)
    assert found.robustness is None
    assert {a.summary.replications for a in found.naive.values()} == {NAIVE}
    assert misfits(found.recommended.plan, found.scenario) == []
    assert found.recommended.stop.asked == "auto"
    assert found.recommended.summary.replications >= 256


@pytest.mark.parametrize("kept", [False, True])
def test_a_search_whose_time_is_up_at_once_goes_on_until_a_plan_may_be_kept(
    monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    """But not for long, and not where the first moves have come to one."""
    school = a_scenario()
    search = searching(school)
    search.watch = Watch(limit=0.0)
    names: list[str] = []
    usual = Search._heat  # noqa: SLF001

    def heat(self: Search, name: str, *rest: Any) -> Heat:
        names.append(name)
        found = usual(self, name, *rest)
        return found if name else replace(found, kept=kept)

    monkeypatch.setattr(Search, "_heat", heat)
    began = time.monotonic()
    assert search.run() is not None
    assert names == ([""] if kept else ["", "late"])
    assert search.cut_short
    assert time.monotonic() - began < 2 * LATE


def test_nothing_is_cut_short_where_there_is_time() -> None:
    found = recommended(a_scenario(), replications=256)
    assert (found.cut_short, found.cut) == (False, ())
    assert found.robustness is not None


def test_a_press_after_the_search_cuts_only_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    pressed: list[int] = []
    usual = planner.naive_plans

    def press(*args: Any) -> Any:
        pressed.append(1)
        return usual(*args)

    monkeypatch.setattr(planner, "naive_plans", press)
    found = recommended(a_scenario(), replications=256, hurried=lambda: bool(pressed))
    assert not set(found.cut) & {"dates", "search", "stock", "verify"}
    assert set(found.cut) >= {"naive", "front", "robustness"}


@pytest.mark.parametrize("fits", [False, True])
def test_a_press_while_a_plan_is_settled_opens_lanes_where_it_does_not_fit_yet(
    monkeypatch: pytest.MonkeyPatch, fits: bool
) -> None:
    pressed: list[int] = []
    opened: list[Plan] = []
    usual = planner.lanes_opened

    def fitted(_: Settling, plan: Plan, *__: Any, **___: Any) -> tuple[Plan, dict[str, Any], bool]:
        pressed.append(1)
        return plan, {}, fits

    def lanes_opened(search: Search, plan: Plan, *rest: Any) -> Plan:
        opened.append(plan)
        return usual(search, plan, *rest)

    monkeypatch.setattr(Settling, "_fitted", fitted)
    monkeypatch.setattr(planner, "lanes_opened", lanes_opened)
    found = recommended(a_scenario(), replications=256, hurried=lambda: bool(pressed))
    assert "search" in found.cut
    assert len(opened) == (0 if fits else 1)
    assert not found.recommended.hard_violated


def test_a_press_while_stock_is_worked_out_leaves_the_floors() -> None:
    pressed: list[int] = []

    def report(step: str, done: int, of: int) -> None:
        assert 0 <= done <= of
        if step == "stock":
            pressed.append(done)

    school = read_scenario(TINY)
    found = recommended(
        school, replications=256, report=report, hurried=lambda: bool(pressed), jobs=2
    )
    assert len(pressed) == 1, "the first block is the last"
    assert "stock" in found.cut
    assert not set(found.cut) & {"dates", "search", "verify"}
    assert all(line.risk is None for line in found.stock)


def test_robustness_is_told_in_full_or_not_at_all() -> None:
    found = recommended(a_scenario(), replications=256).recommended
    looks = iter([False, False, True])
    assert robustness(found, 1, lambda *_: None, lambda: next(looks)) is None


def test_stock_is_worked_out_once_for_a_morning_that_is_settled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A morning that fails is not worth it; what comes out is what a study of the plan says."""
    calls: list[int] = []
    filled = verification.keep_filled

    def counted(*args: Any) -> Any:
        calls.append(1)
        return filled(*args)

    answers = iter([True, False])
    monkeypatch.setattr(verification, "keep_filled", counted)
    monkeypatch.setattr(verification, "unsettled", lambda _: next(answers, False))
    monkeypatch.setattr(planner, "unsettled", lambda _: not calls)
    school = read_scenario(TINY)
    books = rulebooks(school, TINY.parent)
    found, stock, _ = planner.confirmed(school, books, seed=1, replications=128)
    assert len(calls) == 1
    assert all(line.risk is not None for line in stock)
    fresh = assess(school, books, found.plan, seed=1, replications=128)
    assert (found.evidence, found.findings) == (fresh.evidence, fresh.findings)


def test_points_of_the_front_are_looked_up_where_they_have_been_played() -> None:
    """The first days of a study are those of a shorter one."""
    found = recommended(a_scenario(), replications=256)
    point = next(p for p in found.front if p.name == "recommended")
    study = found.recommended.summary.study
    for day in study.days:
        alone = run(Study(study.scenario, point.plan, 1, REPLICATIONS, (day,))).samples
        for key, x in alone.items():
            assert (found.recommended.summary.samples[key][:REPLICATIONS] == x).all()


@pytest.mark.slow
def test_a_township_that_only_the_programme_can_begin_has_a_plan_all_the_same() -> None:
    """No sketch fits its rules, and there is no time for another."""
    folder = SCENARIOS / "township"
    school = read_scenario(folder)
    began = time.monotonic()
    found = recommended(school, folder, limit=0.5, jobs=2)
    assert time.monotonic() - began < 120
    assert misfits(found.recommended.plan, school) == []
    assert "search" in found.cut
