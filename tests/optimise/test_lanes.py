"""Lanes settled by simulation: opened until the limits hold, closed for as long as they do."""

from datetime import date, time
from typing import Any

import numpy as np
import pytest
from builders import a_class, a_gate, a_plan, a_scenario, a_staff_group, a_stage
from laws.schooldays import a_check

from returnsim.experiment.streams import BLOCK
from returnsim.model.day import prepare
from returnsim.optimise.lanes import lanes_by_block, trim, unbroken, widen, with_counts
from returnsim.optimise.trial import (
    BELL_RESERVE,
    STUCK_RISK,
    Strain,
    Trial,
    hardest_days,
    with_lanes,
)
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan, Shift
from returnsim.scenario.scenario import Scenario

BOTH_BACK = date(2020, 4, 14)


def one_lane() -> Shift:
    return Shift(gate="gate", stage="check", begins=time(7), ends=time(8, 30), lanes=1)


def trial(scenario: Scenario, plan: Plan, day: date = BOTH_BACK) -> Trial:
    return Trial(scenario, plan, "gate", [day], 1, BLOCK)


def strain(scenario: Scenario, plan: Plan) -> Strain:
    return trial(scenario, plan).strain(plan)


@pytest.mark.parametrize(("places", "crowded"), [(7, 1.0), (8, 0.0)])
def test_crowding_is_one_person_more_than_there_are_places(places: int, crowded: float) -> None:
    """Of ten who come at once two are served and eight wait."""
    school = a_scenario(gates=[a_gate(marked_places=places)])
    assert strain(school, a_plan(school)).crowded == crowded


@pytest.mark.parametrize(("minutes", "long"), [(1.99, 1.0), (2.0, 0.0)])
def test_a_wait_is_long_when_it_is_longer_than_the_limit(minutes: float, long: float) -> None:
    """The last pair waits four times thirty seconds."""
    school = a_scenario(limits={"longest_wait_minutes": minutes})
    assert strain(school, a_plan(school)).long_wait == long


def test_the_lanes_of_another_plan_are_those_that_are_played() -> None:
    """Whatever lanes the arrivals were prepared with."""
    school = a_scenario(gates=[a_gate(marked_places=8)])
    both, one = a_plan(school), a_plan(school, lanes=[one_lane()])
    for prepared in (both, one):
        tried = trial(school, prepared)
        assert (tried.strain(both).crowded, tried.strain(one).crowded) == (0.0, 1.0)


def test_those_in_time_are_counted_by_class() -> None:
    """At one lane the k-th is seated 30 k + 65 s after the slot began: seven by the bell."""
    school = a_scenario()
    slots = {"9-1": time(7, 55), "8-1": time(7, 10)}
    found = strain(school, a_plan(school, slots=slots, lanes=[one_lane()]))
    assert found.in_time == {"9-1": pytest.approx(0.7), "8-1": 1.0}
    assert found.stuck == 0


def test_people_who_are_never_served_are_stuck_and_late() -> None:
    school = a_scenario()
    closing = Shift(gate="gate", stage="check", begins=time(7), ends=time(7, 10, 45), lanes=1)
    found = strain(school, a_plan(school, lanes=[closing]))
    assert found.stuck == BLOCK * (8 + 10), "of the first class two are let in, of the second none"
    assert found.in_time == {"9-1": pytest.approx(0.2), "8-1": 0}


def test_a_day_before_anybody_is_back_is_not_tried() -> None:
    school = a_scenario()
    plan = a_plan(school)
    early = trial(school, plan, date(2020, 4, 6)).strain(plan)
    assert (early.crowded, early.in_time) == (0, {})


NO_QUEUES = np.zeros(0)


@pytest.mark.parametrize(
    ("found", "excess"),
    [
        (Strain(0.01, 0.01, 0, 0.0, {"a": 1.0}, NO_QUEUES), 0),
        (Strain(0.05, 0.0, 0, 0.0, {}, NO_QUEUES), 0.04),
        (Strain(0.0, 0.06, 0, 0.0, {}, NO_QUEUES), 0.05),
        (Strain(0.0, 0.0, 3, 0.25, {}, NO_QUEUES), 0.25 - 0.2 * STUCK_RISK),
        (
            Strain(0.0, 0.0, 0, 0.0, {"a": 0.95, "b": 0.8}, NO_QUEUES),
            0.05 * BELL_RESERVE + 0.15 + 0.05 * BELL_RESERVE,
        ),
    ],
)
def test_only_a_share_of_each_risk_may_be_used(found: Strain, excess: float) -> None:
    """Both risks are 5 %, of which a fifth may be used; 95 % must be seated, and a little more."""
    assert found.excess(a_scenario(), 0.2) == pytest.approx(excess)


def test_widening_opens_what_is_needed_and_there() -> None:
    school = a_scenario()
    plan = a_plan(school, lanes=[one_lane()])
    enough = widen(school, plan, trial(school, plan), 0.2)
    assert enough is not None
    assert strain(school, enough).excess(school, 0.2) == 0
    assert misfits(enough, school) == []
    assert widen(school, enough, trial(school, enough), 0.2) == enough


def test_lanes_of_other_hours_stay_as_they_are() -> None:
    school = a_scenario()
    noon = Shift(gate="gate", stage="check", begins=time(13), ends=time(14), lanes=2)
    plan = a_plan(school, lanes=[one_lane(), noon])
    assert with_counts(school, plan, lanes_by_block(school, plan)).lanes == (one_lane(), noon)
    assert with_counts(school, plan, {}).lanes == (noon,)


def test_widening_does_not_ask_for_the_rest_of_the_day() -> None:
    """Turns at a daily check are laid out behind a morning that is settled."""
    school = a_scenario(checks=[a_check()])
    plan = a_plan(school, lanes=[one_lane()])
    assert {p.code for p in misfits(plan, school)} == {"not_planned"}
    enough = widen(school, plan, trial(school, plan), 0.2)
    assert enough is not None
    assert strain(school, enough).excess(school, 0.2) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"gates": [a_gate(stages=[a_stage(lanes=1)])]},
        {"limits": {"staff": [{"begins": time(7), "ends": time(8, 30), "people": 1}]}},
    ],
)
def test_widening_gives_up_when_lanes_or_people_run_out(changes: dict[str, Any]) -> None:
    school = a_scenario(**changes)
    plan = a_plan(school, lanes=[one_lane()])
    assert widen(school, plan, trial(school, plan), 0.2) is None


def test_trimming_closes_every_lane_that_is_not_needed() -> None:
    """None of the lanes left can be closed without missing a limit, or leaving the gate alone."""
    school = a_scenario(gates=[a_gate(stages=[a_stage(lanes=4)])])
    plan = a_plan(school)
    tried = trial(school, plan)
    best = trim(school, plan, tried, 0.2)
    assert tried.strain(best).excess(school, 0.2) == 0
    assert best.staff_minutes(school) < plan.staff_minutes(school) / 2
    counts = lanes_by_block(school, best)
    for block in np.flatnonzero(counts["gate", "check"] > 1):
        fewer = {key: numbers.copy() for key, numbers in counts.items()}
        fewer["gate", "check"][block] -= 1
        assert tried.strain(with_counts(school, plan, fewer)).excess(school, 0.2) > 0
    busy = np.flatnonzero(counts["gate", "check"])
    assert np.diff(busy).max(initial=1) == 1, "one lane from the first who comes to the last"


@pytest.mark.parametrize(
    ("lanes", "whole"),
    [
        ([0, 2, 0, 0, 1, 0], [0, 2, 1, 1, 1, 0]),
        ([1, 0, 0, 3], [1, 1, 1, 3]),
        ([0, 0, 2, 1], [0, 0, 2, 1]),
        ([0, 0], [0, 0]),
    ],
)
def test_no_station_closes_to_open_again(lanes: list[int], whole: list[int]) -> None:
    found = unbroken(np.array([lanes, lanes]))
    assert found.tolist() == [whole, whole]


def test_keeping_limits_is_having_no_excess() -> None:
    """Playing may end early, and says the same as playing all of it."""
    school = a_scenario(gates=[a_gate(stages=[a_stage(lanes=4)], marked_places=6)])
    plan = a_plan(school)
    tried, found = trial(school, plan), set()
    for lanes in (1, 2, 3, 4):
        for margin in (0.0, 0.2, 1.0):
            fewer = plan.changed(lanes=[one_lane().model_copy(update={"lanes": lanes})])
            kept = tried.keeps(fewer, margin)
            assert kept == (tried.strain(fewer).excess(school, margin) <= 0)
            found.add(kept)
    assert found == {True, False}


def test_trimming_leaves_no_hole_in_a_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the last block is needed, because somebody comes late, all before it stay open."""
    school = a_scenario()
    plan = a_plan(school)
    tried = trial(school, plan)

    def needs_the_last_block(_: Trial, candidate: Plan, __: float) -> bool:
        return bool(lanes_by_block(school, candidate)["gate", "check"][-1])

    monkeypatch.setattr(Trial, "keeps", needs_the_last_block)
    counts = lanes_by_block(school, trim(school, plan, tried, 0.2))["gate", "check"]
    first = int(np.flatnonzero(counts)[0])
    assert counts[first:].tolist() == [1] * (counts.size - first)


def test_lanes_without_staff_are_left_open() -> None:
    school = a_scenario(gates=[a_gate(stages=[a_stage(staff_per_lane=0)])])
    plan = a_plan(school)
    assert trim(school, plan, trial(school, plan), 0.2) == plan


def test_trimming_touches_no_other_gate() -> None:
    """Staff come in by the other gate."""
    gates = [a_gate(), a_gate(name="staff gate")]
    guards = a_staff_group(gate="staff gate", arrives=time(7, 5))
    school = a_scenario(gates=gates, staff=[guards])
    plan = a_plan(school)
    best = trim(school, plan, trial(school, plan), 0.2)
    assert best.lanes_over_time("staff gate", "check") == plan.lanes_over_time(
        "staff gate", "check"
    )
    assert best.staff_minutes(school) < plan.staff_minutes(school)


def test_days_on_which_fewer_come_need_not_be_tried() -> None:
    school = a_scenario()
    plan = a_plan(school)
    days = (date(2020, 4, 7), date(2020, 4, 14), date(2020, 4, 15))
    assert hardest_days(school, plan, "gate", days) == (date(2020, 4, 15),)


def test_a_desk_for_those_who_return_makes_every_batch_a_hard_day() -> None:
    stages = [a_stage(), a_stage(name="desk", only_on_return_day=True)]
    school = a_scenario(gates=[a_gate(stages=stages)])
    days = (date(2020, 4, 7), date(2020, 4, 14), date(2020, 4, 15))
    assert hardest_days(school, a_plan(school), "gate", days) == days[:2]


def test_a_day_with_other_lanes_is_the_same_day_otherwise() -> None:
    school = a_scenario(classes=[a_class(), a_class("8-1", grade="eight")])
    before, after = a_plan(school), a_plan(school, lanes=[one_lane()])
    day = prepare(school, before, BOTH_BACK)
    changed, anew = with_lanes(day, after), prepare(school, after, BOTH_BACK)
    assert changed.places == anew.places
    assert changed.places != day.places
    assert changed.parties == day.parties


def test_posts_that_share_an_instrument_are_tried_on_simpy() -> None:
    """Two lanes with one thermometer between them are as good as one: nine wait, not eight."""
    device = {"name": "gun", "used_at": ["check"], "shared_number": 1, "source": "made up"}
    school = a_scenario(gates=[a_gate(marked_places=8)], devices=[device])
    both, one = a_plan(school), a_plan(school, lanes=[one_lane()])
    assert strain(school, both) == strain(school, one)
    assert strain(school, both).crowded == 1.0
    assert len(Trial(school, both, "gate", [BOTH_BACK], 1, 4 * BLOCK).longest(both)) == BLOCK
    own = a_scenario(gates=[a_gate(marked_places=8)])
    assert strain(own, a_plan(own)).crowded == 0.0
