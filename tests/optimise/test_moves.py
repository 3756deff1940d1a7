"""An earlier plan changed as little as it takes."""

from datetime import date, time
from functools import cache
from typing import Any

import pytest
from builders import TINY, a_class, a_gate, a_grade, a_scenario, a_stage, grade_days

from returnsim.errors import InfeasibleError
from returnsim.measure.planned import shared_slots
from returnsim.optimise.amend import amend
from returnsim.optimise.lever import rebuilt
from returnsim.optimise.planner import Proposal, confirmed
from returnsim.plan.difference import difference, moved
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.scenario import Scenario


def school(east: int = 2, west: int = 2, **changes: Any) -> Scenario:
    """Two grades of three classes, two gates with so many lanes."""
    grades = [a_grade("nine", exam_year=True), a_grade("eight")]
    classes = [a_class(f"{g.name}-{i}", grade=g.name) for g in grades for i in (1, 2, 3)]
    lanes = {"east": east, "west": west}
    gates = [a_gate(name=n, stages=[a_stage(lanes=k)], marked_places=9) for n, k in lanes.items()]
    limits = {"people_returning_per_day": 30, "longest_wait_minutes": 5}
    return a_scenario(grades=grades, classes=classes, gates=gates, limits=limits | changes)


def changed(scenario: Scenario, before: Plan, most: int | None = None) -> Proposal:
    books = rulebooks(scenario, TINY.parent)
    return amend(scenario, books, before, most, seed=1, replications=128)


@cache
def plan() -> Plan:
    books = rulebooks(school(), TINY.parent)
    return confirmed(school(), books, seed=1, replications=128)[0].plan


@cache
def hurried() -> Proposal:
    """The wait is cut to three minutes, and the east gate loses a lane: nobody can pass it."""
    return changed(school(east=1, longest_wait_minutes=3), plan())


def pinned(before: Plan, *names: str) -> Plan:
    arrivals = [rebuilt(a, pinned=a.school_class in names) for a in before.arrivals]
    return before.changed(arrivals=arrivals)


def test_a_plan_that_still_keeps_every_limit_is_not_changed() -> None:
    assert difference(plan(), changed(school(), plan(), 0).recommended.plan) == ()


def test_a_lane_that_is_lost_is_made_up_for_by_as_few_classes_as_can_be() -> None:
    """Whoever came by the east gate must leave it; no class that could stay moves."""
    after = hurried().recommended.plan
    scenario = hurried().scenario
    assert misfits(after, scenario) == []
    assert hurried().recommended.hard_violated == ()
    assert hurried().recommended.hard_uncertain == ()
    east = {a.school_class for a in plan().arrivals if a.gate == "east"}
    assert east
    assert east == set(moved(plan(), after))
    assert "east" not in {a.gate for a in after.arrivals}


def test_too_few_moves_say_how_many_are_needed() -> None:
    needed = len(moved(plan(), hurried().recommended.plan))
    scenario = hurried().scenario
    assert needed > 0
    with pytest.raises(InfeasibleError) as refusal:
        changed(scenario, plan(), needed - 1)
    [problem] = refusal.value.reasons
    assert problem.values == {"most": needed - 1, "n": needed}
    assert f"--max-moves {needed}" in problem.text("en")
    assert f"--max-moves {needed}" in problem.text("zh")
    again = changed(scenario, plan(), needed)
    assert len(moved(plan(), again.recommended.plan)) == needed


def test_a_pinned_class_stays_where_it_is() -> None:
    scenario = hurried().scenario
    after = hurried().recommended.plan
    staying = next(a for a in plan().arrivals if a.school_class not in moved(plan(), after))
    found = changed(scenario, pinned(plan(), staying.school_class)).recommended.plan
    assert found.arrival_of[staying.school_class] == rebuilt(staying, pinned=True)
    leaving = moved(plan(), after)
    with pytest.raises(InfeasibleError) as refusal:
        changed(scenario, pinned(plan(), *leaving))
    assert refusal.value.reasons[0].code == "no_moves_help"


def test_a_pinned_date_stays_and_the_others_move_as_little_as_they_must() -> None:
    """The calendar now begins a week later: the pinned eighth grade keeps its 14 April."""
    late = {"first_day": date(2020, 4, 8)}
    scenario = rebuilt(school(), calendar=rebuilt(school().calendar, **late))
    dates = [rebuilt(r, pinned=r.grade == "eight") for r in plan().return_dates]
    before = plan().changed(return_dates=dates)
    eight = grade_days(before)["eight"]
    close = rebuilt(scenario, limits=rebuilt(scenario.limits, days_between_batches=6))
    found = changed(close, before).recommended.plan
    assert grade_days(found) == {"nine": date(2020, 4, 8), "eight": eight}
    assert [r.pinned for r in found.return_dates] == [False, True]
    with pytest.raises(InfeasibleError):
        changed(scenario, before)


def test_pinned_lanes_stay_as_they_are_written() -> None:
    west = [s for s in plan().lanes if s.gate == "west"]
    shift = rebuilt(west[0], lanes=2)
    wide = rebuilt(shift, begins=time(7), ends=time(8, 25), pinned=True)
    others = [s for s in plan().lanes if s.gate != "west"]
    before = plan().changed(lanes=[*others, wide])
    found = changed(school(east=1, longest_wait_minutes=3), before).recommended.plan
    assert wide in found.lanes
    count = [n for since, n in found.lanes_over_time("west", "check") if since < 8.4 * 3600]
    assert count == [2]


def test_orders_that_were_placed_stay_placed() -> None:
    more = [rebuilt(s, order=s.order + 1000) for s in plan().stock]
    found = changed(school(), plan().changed(stock=more)).recommended.plan
    assert found.stock == tuple(more)


def test_a_plan_whose_batches_now_come_too_close_is_changed() -> None:
    """Every day goes well, but the gap of forty minutes is a limit, too."""
    apart = school(batch_gap_minutes=40)
    one_gate = [rebuilt(a, gate="west") for a in plan().arrivals]
    before = plan().changed(arrivals=one_gate)
    assert shared_slots(apart, before) != []
    assert shared_slots(apart, changed(apart, before).recommended.plan) == []
