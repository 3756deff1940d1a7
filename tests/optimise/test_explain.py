"""Schools without a plan: what collides, and ways out that are true."""

import json
from collections.abc import Callable
from datetime import date, time
from functools import cache
from typing import Any

import pytest
from builders import TINY, a_class, a_gate, a_grade, a_scenario, a_stage, a_supply

from returnsim.errors import InfeasibleError
from returnsim.optimise import explain, planner
from returnsim.optimise.explain import Explained, explained, limit_lines
from returnsim.optimise.planner import confirmed
from returnsim.optimise.relaxations import DECIDED, usual_tries
from returnsim.report.explanation import explanation_json
from returnsim.rules.rulebook import Rulebook, rulebooks
from returnsim.scenario.scenario import Scenario

ON_DUTY = {"begins": time(7), "ends": time(8, 30)}
ONE_LANE = [a_gate(stages=[a_stage(lanes=1)])]
LATE = dict.fromkeys(
    ("written_notice", "families_told", "home_observation_from"), date(2020, 4, 28)
)


def two_grades(bell: time) -> list[Any]:
    return [a_grade("nine", exam_year=True, bell=bell), a_grade("eight", bell=bell)]


def crowd() -> Scenario:
    """A grade of two classes, larger than a day may take back."""
    return a_scenario(
        classes=[a_class(), a_class("9-2", pupils=8), a_class("8-1", grade="eight")],
        limits={"people_returning_per_day": 10},
    )


def late_ones() -> Scenario:
    """Three in a hundred come after the bell whatever they are told: too many for 97 %."""
    return a_scenario(
        arrivals={
            "offset_minutes": {"kind": "normal", "mean": -5, "sd": 2},
            "ignore_slot_probability": 0.03,
            "ignoring_offset_minutes": {"kind": "fixed", "value": 10},
            "absent_probability": 0.02,
        },
        limits={"seated_by_bell_probability": 0.97},
    )


RISK = "seated by the bell at risk"
NO_PLAN: dict[str, tuple[Callable[[], Scenario], set[str], set[str]]] = {
    "calendar too short": (
        lambda: a_scenario(calendar={"last_day": date(2020, 4, 10)}),
        {"calendar", "per_day", "between"},
        {"calendar", "between"},
    ),
    "papers too late": (
        lambda: a_scenario(approvals=LATE),
        {"calendar", "papers"},
        {"calendar", "papers"},
    ),
    "grade larger than a day": (crowd, {"per_day"}, {"per_day", "split"}),
    "masks never enough": (
        lambda: a_scenario(supplies=[a_supply(on_hand=50, lead_time_days=60)]),
        {"calendar", "masks"},
        {"masks", "delivery", "calendar"},
    ),
    "bell cannot be kept": (
        lambda: a_scenario(grades=two_grades(time(7, 11))),
        {"bell", "slots"},
        {"first_slot", "bell_of_all"},
    ),
    "places too few": (
        lambda: a_scenario(gates=[a_gate(marked_places=6)]),
        {"lanes", "places"},
        {"places", "lane"},
    ),
    "people too few": (
        lambda: a_scenario(limits={"staff": [ON_DUTY | {"people": 1}]}),
        {"duty"},
        {"duty"},
    ),
    "lanes too few": (lambda: a_scenario(gates=ONE_LANE), {"lanes"}, {"lane"}),
    "batches do not fit side by side": (
        lambda: a_scenario(limits={"batch_gap_minutes": 41}),
        {"gap", "slots"},
        {"first_slot", "gap"},
    ),
    RISK: (late_ones, {"bell"}, {"share"}),
    "lanes and people too few": (
        lambda: a_scenario(gates=ONE_LANE, limits={"staff": [ON_DUTY | {"people": 1}]}),
        {"lanes"},
        {"lane", "duty"},
    ),
}
"""Schools, limits that must be among those that collide, and what the ways out loosen."""
SOME = pytest.mark.parametrize("name", NO_PLAN)


@cache
def books() -> tuple[Rulebook, ...]:
    return rulebooks(a_scenario(), TINY.parent)


@cache
def told(name: str) -> Explained:
    """The whole explanation, with less effort for each plan than a user's computer takes."""
    scenario = NO_PLAN[name][0]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "QUICK", 0.1)
        patch.setattr(planner, "QUICK_AGAIN", 1)
        with pytest.raises(InfeasibleError) as refusal:
            confirmed(scenario, books(), seed=1, replications=128, quick=True)
        return explained(scenario, books(), refusal.value, seed=1, tries=8 if name == RISK else 12)


@pytest.mark.slow
@SOME
def test_limits_that_collide_are_named_with_their_clauses(name: str) -> None:
    found = told(name)
    assert {limit.code for limit in found.conflict} >= NO_PLAN[name][1]
    for limit in found.conflict:
        if limit.code not in ("calendar", "slots", "lanes", "duty"):
            assert limit.clauses
        for lang in ("zh", "en"):
            lines = list(limit_lines(limit, lang))
            assert len(lines) == 1 + len(limit.clauses)
            assert all(line in found.text(lang) for line in lines)


@pytest.mark.slow
@SOME
def test_every_way_out_makes_a_plan_possible(name: str) -> None:
    """Planned anew with another seed; without it there is none, as `told` has seen."""
    found = told(name)
    assert {p.lever.code for way in found.ways for p in way.pulled} >= NO_PLAN[name][2]
    for way in found.ways:
        again, *_ = confirmed(way.scenario, books(), seed=77, quick=True)
        assert not [f for f in again.hard_violated if f.clause.quantity in DECIDED]
        assert way.found.summary.replications == explain.CONFIRMED


@pytest.mark.slow
@SOME
def test_it_is_told_in_both_languages(name: str) -> None:
    found = told(name)
    english, chinese = found.text("en"), found.text("zh")
    assert "Ways out" in english
    assert "可行的调整" in chinese
    assert "{" not in english + chinese
    assert english.count("\n") == chinese.count("\n")
    as_json = json.loads(explanation_json(found, found.scenario))
    assert [w["en"] for w in as_json["ways_out"]] == [
        line.split(". ", 1)[1]
        for line in english.splitlines()
        if line.startswith("  ") and line[2].isdigit() and ". " in line
    ]
    assert [c["code"] for c in as_json["conflict"]] == [limit.code for limit in found.conflict]


@pytest.mark.slow
def test_ways_out_are_sorted_by_what_they_cost() -> None:
    for name in NO_PLAN:
        costs = [way.cost for way in told(name).ways]
        assert costs == sorted(costs)


@pytest.mark.slow
def test_a_way_out_says_what_it_takes_and_that_less_does_not_do() -> None:
    ways = {w.pulled[0].lever.code: w for w in told("places too few").ways}
    assert (ways["places"].pulled[0].steps, ways["places"].pulled[0].fewest) == (2, True)
    seven = a_scenario(gates=[a_gate(marked_places=7)])
    with pytest.raises(InfeasibleError):
        confirmed(seven, books(), seed=1, replications=128)
    english = told("people too few").text("en")
    assert "1 more person on duty from 07:40 to 08:00 (20 minutes of duty a day)" in english


@pytest.mark.slow
def test_two_levers_together_where_none_alone_does() -> None:
    [way] = told("lanes and people too few").ways[:1]
    assert {p.lever.code for p in way.pulled} == {"lane", "duty"}
    assert "together with" in told("lanes and people too few").text("en")


def test_a_gate_that_falls_short_says_by_how_many_a_minute() -> None:
    """Ten come in one minute, one lane passes two: 9 wait where 8 may, and the last too long."""
    with pytest.raises(InfeasibleError) as refusal:
        confirmed(a_scenario(gates=ONE_LANE), books(), seed=1, replications=128)
    [slow] = [p for p in refusal.value.reasons if p.code == "gate_too_slow"]
    assert slow.where == "gates.gate"
    assert float(slow.values["arriving"]) == 10
    assert float(slow.values["short"]) > 0
    assert "10.0 people a minute come" in slow.text("en")
    assert "每分钟来 10.0 人" in slow.text("zh")


def test_without_tries_nothing_is_searched() -> None:
    scenario = a_scenario(calendar={"last_day": date(2020, 4, 10)})
    with pytest.raises(InfeasibleError) as refusal:
        confirmed(scenario, books(), seed=1, replications=128)
    found = explained(scenario, books(), refusal.value, seed=1, tries=0)
    assert found.ways == ()
    assert found.untried == 5
    assert "5 further ways out were not tried" in found.text("en")


def test_larger_schools_are_given_fewer_tries() -> None:
    assert usual_tries(a_scenario()) == 30
    many = [a_class(f"8-{i}", grade="eight") for i in range(31)]
    assert usual_tries(a_scenario(classes=[a_class(), *many])) == 10
    many = [a_class(f"8-{i}", grade="eight") for i in range(199)]
    assert usual_tries(a_scenario(classes=[a_class(), *many])) == 6


def test_control_c_keeps_the_ways_out_that_were_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second plan that is searched is interrupted: by then one way out has been found."""
    scenario = a_scenario(calendar={"last_day": date(2020, 4, 10)})
    with pytest.raises(InfeasibleError) as refusal:
        confirmed(scenario, books(), seed=1, replications=128)
    searched = 0

    def interrupted(*what: Any, **how: Any) -> Any:
        nonlocal searched
        searched += 1
        if searched == 2:
            raise KeyboardInterrupt
        return confirmed(*what, **how)

    monkeypatch.setattr(explain, "confirmed", interrupted)
    found = explained(scenario, books(), refusal.value, seed=1, tries=12)
    assert [way.pulled[0].lever.code for way in found.ways] == ["calendar"]
    assert found.conflict == ()
    assert "until 2020-04-14" in found.text("en")


def test_an_interrupted_search_is_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(planner.Search, "settled", interrupted)
    with pytest.raises(KeyboardInterrupt):
        confirmed(a_scenario(), books(), seed=1, replications=128, quick=True)
