"""What else could be had: only what is confirmed, and a cheaper plan met on the way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from functools import cache
from typing import Any

import pytest
from builders import TINY, a_gate, a_scenario, a_stage
from tiny_schools import searching

from returnsim.experiment.assessment import Assessment, assess
from returnsim.experiment.study import Study, run
from returnsim.optimise import front as front_module
from returnsim.optimise import planner
from returnsim.optimise.front import FrontPoint, front, told_from, unbeaten
from returnsim.optimise.planner import Proposal, recommend
from returnsim.optimise.rank import OURS, unsettled
from returnsim.optimise.search import Search
from returnsim.plan.plan import Plan
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import PLANNER, rulebooks
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate

REPLICATIONS = 256


def school(**limits: Any) -> Scenario:
    """The tiny school with people who are not machines, and three lanes."""
    service = {"kind": "lognormal", "mean": 40.0, "cv": 0.5}
    return a_scenario(
        arrivals={
            "offset_minutes": {"kind": "normal", "mean": -5, "sd": 2},
            "absent_probability": 0.02,
        },
        gates=[a_gate(stages=[a_stage(service_seconds=service, lanes=3)])],
        limits=limits,
    )


def proposed(scenario: Scenario) -> Proposal:
    books = rulebooks(scenario, TINY.parent)
    return recommend(scenario, books, seed=1, replications=REPLICATIONS)


@cache
def proposal() -> Proposal:
    return proposed(school())


def judged(scenario: Scenario, plan: Plan) -> Assessment:
    books = rulebooks(scenario, TINY.parent)
    return assess(scenario, books, plan, seed=1, replications=REPLICATIONS)


def a_point(name: str, duty: float, queue: float) -> FrontPoint:
    plan = proposal().recommended.plan
    return FrontPoint(name, plan, duty, queue, 1.0, time(7, 30), True)


def test_a_plan_that_is_not_confirmed_beats_nobody() -> None:
    mine, risky = a_point("recommended", 40, 9), a_point("risky", 50, 5)
    safe, worse = a_point("safe", 55, 6), a_point("worse", 60, 7)
    asked: list[str] = []

    def confirmed(points: Sequence[FrontPoint]) -> list[bool]:
        asked.extend(point.name for point in points)
        return [point is not risky for point in points]

    assert unbeaten([mine, risky, safe, worse], confirmed) == [mine, safe]
    assert asked == ["risky", "safe"], "nobody that another beats is played, nor anyone twice"


def test_the_recommended_plan_is_shown_even_if_another_beats_it() -> None:
    mine, other = a_point("recommended", 60, 9), a_point("other", 50, 5)
    assert unbeaten([mine, other], lambda points: [True] * len(points)) == [mine, other]


def test_whatever_is_shown_keeps_its_limits_with_the_whole_interval() -> None:
    """Worked out again from the days themselves, all of them."""
    scenario, limits = school(), school().limits
    allowed = {Q.CROWDED_DAYS: limits.crowding_risk, Q.LONG_WAIT_DAYS: limits.wait_risk}
    assert len(proposal().front) > 1
    for point in proposal().front:
        samples = run(Study(scenario, point.plan, 1, REPLICATIONS)).samples
        risks = [(k, x) for k, x in samples.items() if k.quantity in allowed]
        assert risks
        for key, days in risks:
            risk = Estimate.proportion(int(days.sum()), days.size, confidence=limits.confidence)
            assert risk.high <= allowed[key.quantity], (point.name, key)


def share_waiting_long(plan: Plan, scenario: Scenario) -> float:
    samples = run(Study(scenario, plan, 1, REPLICATIONS)).samples
    return max(float(x.mean()) for k, x in samples.items() if k.quantity is Q.LONG_WAIT_DAYS)


def with_a_lane_less(plan: Plan) -> Plan:
    """One lane less wherever there are several."""
    lanes = [s.model_copy(update={"lanes": max(s.lanes - 1, 1)}) for s in plan.lanes]
    return plan.changed(lanes=tuple(lanes))


def test_what_is_kept_on_average_only_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit a little above what the days show: the mean keeps it, its interval does not."""
    plan = with_a_lane_less(proposal().recommended.plan)
    share = share_waiting_long(plan, school())
    assert 0 < share < 0.8
    shown = {}
    for limit in (share + 0.004, share + 0.15):
        scenario = school(wait_risk=limit)
        found = judged(scenario, proposal().recommended.plan)
        assert not unsettled(found)
        option = found.plan.changed(lanes=plan.lanes)
        point = front_module._played("later", option, found, REPLICATIONS)  # noqa: SLF001

        monkeypatch.setattr(front_module, "_options", lambda *_, p=point: [p])
        monkeypatch.setattr(front_module, "REPLICATIONS", REPLICATIONS)
        books = rulebooks(scenario, TINY.parent)
        how = (searching(scenario), books, found, {}, REPLICATIONS, 1, lambda *_: None)
        shown[limit] = [p.name for p in front(*how)]
        assert unsettled(judged(scenario, option)) == ("later" not in shown[limit])
    tight, wide = shown.values()
    assert "later" not in tight
    assert "later" in wide


def test_a_naive_plan_that_is_not_confirmed_is_left_out() -> None:
    for name, naive in proposal().naive.items():
        if unsettled(naive):
            assert name not in {p.name for p in proposal().front}


def test_every_limit_that_slots_and_lanes_decide_is_asked_about() -> None:
    own = next(b for b in rulebooks(school(), TINY.parent) if b.name == PLANNER)
    asked = front_module._ours([own])[0].clauses  # noqa: SLF001
    assert {c.quantity for c in asked} == OURS


def dearer(plan: Plan) -> Plan:
    """All three lanes open wherever one is."""
    return plan.changed(lanes=tuple(s.model_copy(update={"lanes": 3}) for s in plan.lanes))


def met_on_the_way(monkeypatch: pytest.MonkeyPatch, cheaper: Plan) -> Proposal:
    """The search ends with a plan of too many lanes; on the way it met with a cheaper one."""
    wasteful = dearer(proposal().recommended.plan)

    def settled(*_: Any, **__: Any) -> Plan:
        return wasteful

    def met(_: Search, __: Any, found: Assessment, *___: Any) -> tuple[FrontPoint, ...]:
        def point(name: str, plan: Plan) -> FrontPoint:
            duty = plan.staff_minutes(school())
            return replace(a_point(name, duty, 5.0 - duty / 1000), plan=plan)

        return point("shorter_queues", cheaper), point("recommended", found.plan)

    monkeypatch.setattr(Search, "settled", settled)
    monkeypatch.setattr(planner, "front", met)
    return proposed(school())


def duty(plan: Plan) -> float:
    return plan.staff_minutes(school())


def test_a_cheaper_plan_met_on_the_way_is_recommended_if_days_confirm_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cheaper = proposal().recommended.plan
    assert duty(cheaper) < duty(dearer(cheaper))
    found = met_on_the_way(monkeypatch, cheaper)
    assert (found.recommended.plan.arrivals, found.recommended.plan.lanes) == (
        cheaper.arrivals,
        cheaper.lanes,
    )
    assert not unsettled(found.recommended)
    assert found.recommended.summary.replications == REPLICATIONS
    assert found.bounds["duty"].objective == duty(cheaper)
    assert [(p.name, p.duty) for p in found.front] == [
        ("recommended", duty(cheaper)),
        ("shorter_queues", duty(dearer(cheaper))),
    ]


@pytest.mark.parametrize(("queue", "shown"), [(9.0, False), (3.0, True)])
def test_who_was_to_be_recommended_before_is_shown_only_if_better_in_something(
    queue: float, shown: bool
) -> None:
    cheaper = proposal().recommended.plan
    before = dearer(cheaper)
    points = (
        replace(a_point("shorter_queues", duty(cheaper), 5.0), plan=cheaper),
        replace(a_point("recommended", duty(before), queue), plan=before),
    )
    told = told_from(points, cheaper, school())
    assert [p.name for p in told] == ["recommended", *(["shorter_queues"] if shown else [])]


def test_a_cheaper_plan_that_days_do_not_confirm_is_neither_recommended_nor_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = proposal().recommended.plan
    too_cheap = mine.changed(lanes=tuple(s.model_copy(update={"lanes": 1}) for s in mine.lanes))
    assert unsettled(judged(school(), too_cheap))
    found = met_on_the_way(monkeypatch, too_cheap)
    assert duty(found.recommended.plan) == duty(dearer(mine))
    assert [p.name for p in found.front] == ["recommended"]
