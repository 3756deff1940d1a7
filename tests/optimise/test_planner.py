"""Recommendations: confirmed by days the search has not seen, and the same for any workers."""

import math
from datetime import date, time
from functools import cache
from typing import Any

import pytest
from builders import TINY, a_gate, a_grade, a_scenario, a_stage, grade_days

from returnsim.errors import InfeasibleError
from returnsim.measure.planned import shared_slots
from returnsim.optimise import planner
from returnsim.optimise.planner import Proposal, recommend
from returnsim.plan.files import plan_text
from returnsim.plan.misfits import misfits
from returnsim.rules.audit import Key, Verdict
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import PLANNER, rulebooks
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario

BEFORE_ALL = {"begins": time(7), "ends": time(8, 30)}


def recommended(scenario: Scenario, **how: Any) -> Proposal:
    books = rulebooks(scenario, TINY.parent)
    return recommend(scenario, books, **{"seed": 1, "replications": 256} | how)


@cache
def tiny_proposal() -> Proposal:
    return recommended(a_scenario())


def scattered(seconds_each: float = 15) -> Scenario:
    """The tiny school with people who are not machines."""
    return a_scenario(
        arrivals={
            "offset_minutes": {"kind": "normal", "mean": -5, "sd": 2},
            "absent_probability": 0.02,
        },
        gates=[
            a_gate(
                stages=[
                    a_stage(
                        service_seconds={"kind": "lognormal", "mean": seconds_each, "cv": 0.5},
                        lanes=3,
                    )
                ]
            )
        ],
    )


def test_every_limit_is_confirmed_on_the_tiny_school() -> None:
    found = tiny_proposal().recommended
    ours = [f for f in found.findings if f.book == PLANNER]
    assert {f.verdict for f in ours} == {Verdict.MET}
    assert len(ours) == 6
    assert (found.hard_violated, found.hard_uncertain) == ((), ())


def test_the_plan_for_the_tiny_school_is_the_one_worked_out_by_hand() -> None:
    """See `scenarios/tiny/README.md`: dates, stock and the gap; two lanes while a class comes."""
    school, plan = a_scenario(), tiny_proposal().recommended.plan
    assert misfits(plan, school) == []
    assert grade_days(plan) == {"nine": date(2020, 4, 7), "eight": date(2020, 4, 14)}
    assert plan.order_of == {"masks": 100, "thermometers": 0, "bleach": 7, "soap": 0}
    slots = sorted(seconds(a.slot) for a in plan.arrivals)
    assert slots[1] - slots[0] >= 600
    assert shared_slots(school, plan) == []
    for slot in slots:
        lanes = [n for since, n in plan.lanes_over_time("gate", "check") if since <= slot]
        assert lanes[-1] == 2


def test_naive_plans_are_judged_on_the_same_luck_and_cost_more() -> None:
    found = tiny_proposal()
    duty = found.recommended.plan.staff_minutes(found.scenario)
    assert set(found.naive) == {"at_the_bell", "evenly_spread", "grade_by_grade"}
    for naive in found.naive.values():
        assert naive.summary.replications == found.recommended.summary.replications
        assert naive.summary.study.seed == found.recommended.summary.study.seed
        assert naive.plan.staff_minutes(found.scenario) > duty
    assert found.engines_differ < 1e-6


def test_everybody_at_the_bell_goes_as_worked_out_by_hand() -> None:
    """Eighteen wait, the last for 270 s, and of Class 8.1 four are seated by the bell."""
    at_the_bell = tiny_proposal().naive["at_the_bell"]
    first = "2020-04-07"
    expected = {
        Key(Q.LONGEST_QUEUE, "gate", first): 18,
        Key(Q.LONGEST_WAIT, "gate", first): 4.5,
        Key(Q.SEATED_BY_BELL, "9-1", first): 1.0,
        Key(Q.SEATED_BY_BELL, "8-1", first): 0.4,
    }
    found = {key: at_the_bell.evidence[key].mean for key in expected}
    assert found == pytest.approx(expected)
    broken = {f.clause.id for f in at_the_bell.hard_violated}
    assert {"L-crowding", "L-wait", "L-bell"} <= broken


@pytest.mark.parametrize("scenario", [a_scenario(), scattered()], ids=["certain", "by chance"])
def test_the_plan_is_the_same_for_any_number_of_workers(scenario: Scenario) -> None:
    one, two = (recommended(scenario, jobs=jobs, replications=128) for jobs in (1, 2))
    assert plan_text(one.recommended.plan) == plan_text(two.recommended.plan)
    assert one.recommended.evidence == two.recommended.evidence
    assert one.stock == two.stock


def test_what_is_recommended_keeps_its_limits_on_other_days_too() -> None:
    """The search's own days are kinder than those that nobody has seen."""
    found = recommended(scattered(), seed=7, replications="auto")
    assert found.recommended.hard_violated == ()
    assert found.recommended.hard_uncertain == ()
    assert found.recommended.summary.study.seed == 7


def test_no_lane_is_open_before_anybody_can_come() -> None:
    """The first guess has one open from the opening of the gate on; the search closes it."""
    plan = tiny_proposal().recommended.plan
    first = min(seconds(a.slot) for a in plan.arrivals)
    assert first - 600 <= min(seconds(s.begins) for s in plan.lanes) <= first


def test_a_plan_that_new_days_do_not_confirm_is_not_recommended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A search that may use twenty times every risk closes lanes that are needed."""
    monkeypatch.setattr(planner, "MARGINS", (20.0,))
    with pytest.raises(InfeasibleError) as refusal:
        recommended(scattered(40))
    codes = {problem.code for problem in refusal.value.reasons}
    assert codes & {"crowded_too_often", "waits_too_long"}
    monkeypatch.setattr(planner, "MARGINS", (20.0, 0.2))
    found = recommended(scattered(40))
    assert found.rounds >= 2
    assert found.recommended.hard_violated == ()


def test_steps_are_reported_in_their_order() -> None:
    told: list[str] = []

    def report(step: str, done: int, of: int) -> None:
        assert 0 <= done <= of
        told.append(step)

    recommended(a_scenario(), report=report)
    assert list(dict.fromkeys(told)) == [
        "dates",
        "slots",
        "lanes",
        "verify",
        "stock",
        "naive",
        "front",
        "robustness",
    ]


def reasons(**changes: Any) -> dict[str, Any]:
    """Why there is no plan: problems by code, the first of each."""
    with pytest.raises(InfeasibleError) as refusal:
        recommended(a_scenario(**changes))
    assert refusal.value.status == 3
    assert all(p.text(lang) for p in refusal.value.reasons for lang in ("zh", "en"))
    return {p.code: p for p in reversed(refusal.value.reasons)}


def test_too_few_places_names_the_number_that_would_do() -> None:
    found = reasons(gates=[a_gate(marked_places=6)])
    assert set(found) == {"crowded_too_often", "gate_too_slow"}
    problem = found["crowded_too_often"]
    assert problem.where == "gates.gate"
    assert (problem.values["places"], problem.values["enough"]) == (6, 8)
    assert "8 places would be enough" in problem.text("en")
    enough = recommended(a_scenario(gates=[a_gate(marked_places=8)]))
    assert enough.recommended.hard_violated == ()


def bell(clock: time) -> list[Any]:
    return [a_grade("nine", exam_year=True, bell=clock), a_grade("eight", bell=clock)]


def test_a_bell_out_of_reach() -> None:
    """The first slot is 07:10 and the way takes 95 s: by 07:11 nobody is seated."""
    problem = reasons(grades=bell(time(7, 11)))["bell_out_of_reach"]
    assert problem.where == "grades.nine.bell"
    values = problem.values
    assert (values["slot"], values["bell"], values["best"]) == ("07:10", "07:11", "0.0%")
    assert values["minutes"] == 1


def test_the_bell_must_be_at_least_as_much_later_as_is_said() -> None:
    """One minute less is still out of reach; so much takes the bell off the list of reasons."""
    minutes = reasons(grades=bell(time(7, 11)))["bell_out_of_reach"].values["minutes"]
    less = reasons(grades=bell(time(7, 11 + minutes - 1)))["bell_out_of_reach"]
    assert less.values["minutes"] == 1
    assert "bell_out_of_reach" not in reasons(grades=bell(time(7, 11 + minutes)))


def test_too_many_who_ignore_their_slot() -> None:
    late = {"kind": "fixed", "value": 10}
    found = reasons(arrivals={"ignore_slot_probability": 0.5, "ignoring_offset_minutes": late})
    assert set(found) == {"bell_never_kept"}
    assert found["bell_never_kept"].values["best"] == "50.0%"


def test_too_few_people_on_duty() -> None:
    problem = reasons(limits={"staff": [BEFORE_ALL | {"people": 1}]})["staff_short"]
    assert (problem.where, problem.values) == ("limits.staff", {"short": 1})
    enough = recommended(a_scenario(limits={"staff": [BEFORE_ALL | {"people": 1 + 1}]}))
    assert misfits(enough.recommended.plan, enough.scenario) == []


def test_batches_that_collide() -> None:
    """Between 07:10 and 07:55 no two slots are more than 45 minutes apart."""
    problem = reasons(limits={"batch_gap_minutes": 41})["slots_collide"]
    assert problem.values == {"gap": 41}
    apart = recommended(a_scenario(limits={"batch_gap_minutes": 40}))
    assert {a.slot for a in apart.recommended.plan.arrivals} == {time(7, 10), time(7, 55)}


def test_lanes_that_are_too_few() -> None:
    """At one lane two of ten leave in the first minute; in three minutes six more are served."""
    found = reasons(gates=[a_gate(stages=[a_stage(lanes=1)])])
    problem = found["places_short"]
    assert problem.where == "gates.gate"
    assert (problem.values["places"], problem.values["short"]) == (8, 2)


def test_dates_that_cannot_be_are_told_before_anything_is_simulated() -> None:
    assert set(reasons(calendar={"last_day": date(2020, 4, 10)})) == {"window_too_short"}


def test_a_stage_that_takes_no_time_holds_nobody_up() -> None:
    walk_through = a_stage(name="arch", service_seconds={"kind": "fixed", "value": 0})
    found = recommended(a_scenario(gates=[a_gate(stages=[walk_through, a_stage()])]))
    assert found.recommended.hard_violated == ()


@pytest.mark.slow
def test_a_school_whose_posts_share_instruments_is_planned_all_the_same() -> None:
    """On SimPy alone, so that there is no second engine to differ from."""
    device = {"name": "gun", "used_at": ["check"], "shared_number": 2, "source": "made up"}
    school = a_scenario(devices=[device])
    found = recommend(school, rulebooks(school, TINY.parent), seed=1, replications=128)
    assert math.isnan(found.engines_differ)
    assert misfits(found.recommended.plan, school) == []
    assert not planner.unsettled(found.recommended)
