"""How good the plan is, in print and as data: bounds of the rest of the day among them."""

from dataclasses import replace

import pytest

from returnsim.optimise.bounds import Bound
from returnsim.optimise.hurry import CUT
from returnsim.optimise.planner import Proposal, gate_and_day_bounds, whole_day
from returnsim.report.compose_quality import quality
from returnsim.report.quality_json import quality_data
from returnsim.wording import say


@pytest.fixture
def bounded(school_day: Proposal) -> Proposal:
    """A school's day laid out anew, with its bounds."""
    plan = school_day.recommended.plan.changed(timetable=(), rounds=())
    plan = whole_day(school_day.scenario, plan)
    bounds = gate_and_day_bounds(school_day.scenario, plan, 0.0)
    return replace(school_day, bounds=bounds)


def test_meals_checks_and_rounds_have_bounds(bounded: Proposal) -> None:
    assert list(bounded.bounds) == ["duty", "meals", "checks", "rounds"]
    assert all(bounded.bounds[stage].proven for stage in ("meals", "checks", "rounds"))
    data = quality_data(bounded)["bounds"]
    assert {stage: entry["proven"] for stage, entry in data.items()} == {
        "duty": False,
        "meals": True,
        "checks": True,
        "rounds": True,
    }


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("Meals", "Checks", "Rounds", "behind the morning of this plan")),
        ("zh", ("就餐", "测温", "消毒通风", "本方案的上午之后")),
    ],
)
def test_they_are_printed_in_both_languages(
    bounded: Proposal, lang: str, words: tuple[str, ...]
) -> None:
    table = quality(bounded, lang)[0]
    text = " ".join((table.lead, *(cell for row in table.rows for cell in row)))
    assert [word for word in words if word not in text] == []


def test_a_plan_of_gates_alone_says_nothing_of_the_rest(tiny_proposal: Proposal) -> None:
    bounds = gate_and_day_bounds(tiny_proposal.scenario, tiny_proposal.recommended.plan, 1.0)
    assert list(bounds) == ["duty"]
    table = quality(replace(tiny_proposal, bounds=bounds), "en")[0]
    assert "behind the morning" not in table.lead


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_rounds_that_are_left_out_have_a_line(tiny_proposal: Proposal, lang: str) -> None:
    bounds = {"rounds_left_out": Bound(2.0, 1.0), "rounds": Bound(30.0, 30.0)}
    table = quality(replace(tiny_proposal, bounds=bounds), lang)[0]
    assert [row[1:3] for row in table.rows] == [("2", "1"), ("30", "30")]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_part_that_was_cut_short_is_told(tiny_proposal: Proposal, lang: str) -> None:
    cut = replace(tiny_proposal, bounds={"duty": Bound(2.0, 1.0)}, cut=CUT)
    lead = quality(cut, lang)[0].lead
    for part in CUT:
        assert say(f"report.quality.cut_{part}", lang) in lead
    data = quality_data(cut)
    assert (data["cut_short"], data["cut"], data["robustness"]) == (True, list(CUT), None)
    whole = quality(replace(cut, cut=()), lang)[0].lead
    assert say("report.quality.cut_short", lang) not in whole
