"""What is certain from the plan alone, checked by hand."""

import math
from datetime import date, time
from typing import Any

import pytest
from builders import (
    a_class,
    a_gate,
    a_grade,
    a_plan,
    a_scenario,
    a_school_in_halves,
    a_staff_group,
    a_supply,
    dates_by_class,
)

from returnsim.measure.planned import NEVER, available, days_of_cover, planned, shared_slots
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate

FIRST, SECOND = date(2020, 4, 7), date(2020, 4, 14)
STOCK = [{"supply": "masks", "order": 100.0}, {"supply": "thermometers", "order": 1.0}]


def certain(school: Scenario | None = None, plan: Plan | None = None) -> dict[Key, float]:
    given = school or a_scenario()
    found = planned(given, plan or a_plan(given, stock=STOCK))
    assert all(e.low == e.mean == e.high and e.replications == 0 for e in found.values())
    return {key: estimate.mean for key, estimate in found.items()}


def test_the_tiny_school_comes_back_in_two_batches_a_week_apart() -> None:
    found = certain()
    assert found[Key(Q.BATCHES, "", "")] == 2
    assert found[Key(Q.DAYS_BETWEEN_BATCHES, "", "2020-04-14")] == 7
    assert found[Key(Q.MOST_RETURNING, "", "2020-04-07")] == 10
    assert found[Key(Q.MOST_RETURNING, "", "2020-04-14")] == 10
    assert found[Key(Q.EXAM_GRADES_LATE, "", "")] == 0
    assert found[Key(Q.KINDERGARTENS_EARLY, "", "")] == 0
    assert found[Key(Q.SLOTS_SHARED_BY_BATCHES, "", "")] == 0


def test_days_since_papers_and_notices() -> None:
    found = certain()
    day = "2020-04-07"
    assert found[Key(Q.DAYS_OBSERVED_AT_HOME, "", day)] == 18  # since 20 March
    assert found[Key(Q.DAYS_OF_NOTICE, "", day)] == 17  # since 21 March
    assert found[Key(Q.DAYS_AFTER_WRITTEN_NOTICE, "", day)] == 18  # since 20 March
    assert found[Key(Q.DISINFECTION_DAYS_BEFORE, "", day)] == 6  # since 1 April
    assert found[Key(Q.APPROVALS_MISSING, "", "")] == 0


def test_what_has_not_happened_was_never() -> None:
    found = certain(a_scenario(approvals={"families_told": None}))
    assert found[Key(Q.DAYS_OF_NOTICE, "", "2020-04-07")] == NEVER


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, 0),
        ({"county_assessment": None}, 1),
        ({"written_notice": date(2020, 4, 8)}, 1),  # after the first return
        ({"written_notice": date(2020, 4, 7)}, 0),
        ({"township_review": date(2020, 3, 9)}, 1),  # before the school's own check
        ({"self_check": None, "township_review": None}, 2),
    ],
)
def test_papers_that_are_missing_late_or_out_of_order(
    changes: dict[str, Any], missing: int
) -> None:
    found = certain(a_scenario(approvals=changes))
    assert found[Key(Q.APPROVALS_MISSING, "", "")] == missing


def test_masks_for_everybody_and_thermometers_for_every_class_that_is_back() -> None:
    found = certain(a_scenario(staff=[a_staff_group(people=5)]))
    first, second = "2020-04-07", "2020-04-14"
    assert found[Key(Q.MASKS_PER_PERSON, "", first)] == 200 / 15
    assert found[Key(Q.MASKS_PER_PERSON, "", second)] == 200 / 25
    assert found[Key(Q.THERMOMETERS_PER_CLASS, "", first)] == 4
    assert found[Key(Q.THERMOMETERS_PER_CLASS, "", second)] == 2


def test_an_order_counts_from_the_day_it_is_delivered() -> None:
    supply = a_supply(lead_time_days=10)
    school = a_scenario(supplies=[supply])  # orders from 20 March
    plan = a_plan(school, stock=[{"supply": "masks", "order": 50.0}])
    assert available(school, plan, supply, date(2020, 3, 29)) == 100
    assert available(school, plan, supply, date(2020, 3, 30)) == 150
    assert available(school, a_plan(school, stock=[]), supply, SECOND) == 100


def test_an_order_that_may_be_late_counts_once_it_is_as_good_as_here() -> None:
    late = {"kind": "uniform", "low": 0.0, "high": 20.0}
    supply = a_supply(lead_time_days=late)
    delivery = {"supply": "masks", "units": 7, "expected": date(2020, 4, 2), "source": "made up"}
    school = a_scenario(supplies=[supply], deliveries=[delivery | {"late_days": 3}])
    plan = a_plan(school, stock=[{"supply": "masks", "order": 50.0}])
    days = [date(2020, 4, d) for d in (4, 5, 7, 8)]
    assert [available(school, plan, supply, d) for d in days] == [100, 107, 107, 157]
    sure = school.limits.confidence
    assert supply.delivered_within(sure) == 19, "20 March and 19 days are 8 April"


def test_masks_that_families_bring_are_not_asked_of_the_store() -> None:
    school = a_scenario(supplies=[a_supply(self_provided_share=0.5)])
    found = certain(school, a_plan(school, stock=[]))
    assert found[Key(Q.MASKS_PER_PERSON, "", "2020-04-07")] == 100 / 5
    alone = a_scenario(supplies=[a_supply(self_provided_share=1.0)])
    assert Key(Q.MASKS_PER_PERSON, "", "2020-04-07") not in certain(alone)


def test_days_that_the_opening_stock_lasts() -> None:
    """100 masks in the store and 20 to order; 8 to 12 used a day, 10 on average."""
    school = a_scenario()
    plan = a_plan(school, stock=[{"supply": "masks", "order": 20.0}])
    use = Key(Q.DAILY_USE, "masks", FIRST.isoformat(), "mask")
    idle = Key(Q.DAILY_USE, "bleach", FIRST.isoformat(), "disinfectant")
    evidence = {use: Estimate(10.0, 8.0, 12.0, 64), idle: Estimate(0.0, 0.0, 0.0, 64)}
    cover = use._replace(quantity=Q.DAYS_OF_COVER)
    assert days_of_cover(school, plan, evidence) == {cover: Estimate(12.0, 10.0, 15.0, 64)}


def test_stock_may_last_for_ever_when_perhaps_nobody_uses_any() -> None:
    school = a_scenario()
    use = Key(Q.DAILY_USE, "masks", FIRST.isoformat(), "mask")
    rare = {use: Estimate(0.5, -0.5, 1.0, 64)}
    (found,) = days_of_cover(school, a_plan(school, stock=[]), rare).values()
    assert (found.mean, found.low, found.high) == (200.0, 100.0, math.inf)


def test_grades_in_the_wrong_order() -> None:
    """An exam grade after another one, and kindergartens before a school grade."""
    grades = [
        a_grade("nine", exam_year=True),
        a_grade("eight"),
        a_grade("top", level="kindergarten"),
    ]
    classes = [a_class(f"{g.name}-1", grade=g.name) for g in grades]
    school = a_scenario(grades=grades, classes=classes)
    days = {"nine": date(2020, 4, 21), "eight": SECOND, "top": FIRST}
    found = certain(school, a_plan(school, days=days))
    assert found[Key(Q.EXAM_GRADES_LATE, "", "")] == 1
    assert found[Key(Q.KINDERGARTENS_EARLY, "", "")] == 1
    together = certain(school, a_plan(school, days=dict.fromkeys(days, FIRST)))
    assert together[Key(Q.EXAM_GRADES_LATE, "", "")] == 0
    assert together[Key(Q.KINDERGARTENS_EARLY, "", "")] == 0
    assert together[Key(Q.BATCHES, "", "")] == 1


@pytest.mark.parametrize(
    ("last_of_nine", "first_of_eight", "late", "early"),
    [(7, 7, 0, 0), (8, 8, 0, 0), (8, 7, 1, 1), (9, 14, 0, 0), (14, 9, 1, 1)],
)
def test_the_last_class_of_an_exam_grade_and_the_first_of_a_kindergarten_count(
    last_of_nine: int, first_of_eight: int, late: int, early: int
) -> None:
    grades = [a_grade("nine", exam_year=True), a_grade("eight", level="kindergarten")]
    school = a_school_in_halves(grades=grades)
    days = {
        "c91": date(2020, 4, 7),
        "c92": date(2020, 4, last_of_nine),
        "c81": date(2020, 4, 30),
        "c82": date(2020, 4, first_of_eight),
    }
    found = certain(school, a_plan(school).changed(return_dates=dates_by_class(**days)))
    assert found[Key(Q.EXAM_GRADES_LATE, "", "")] == late
    assert found[Key(Q.KINDERGARTENS_EARLY, "", "")] == early
    assert found[Key(Q.BATCHES, "", "")] == len(set(days.values()))
    assert found[Key(Q.MOST_RETURNING, "", "2020-04-30")] == 10


def test_batches_whose_classes_are_of_one_grade_may_not_share_a_slot_either() -> None:
    school, slot = a_school_in_halves(), time(7, 30)
    days = {"c91": date(2020, 4, 7), "c92": date(2020, 4, 14)}
    rest = {"c81": date(2020, 4, 7), "c82": date(2020, 4, 14)}
    plan = a_plan(school, slots={"9-1": slot, "9-2": slot, "8-1": time(7, 10), "8-2": time(7, 50)})
    assert shared_slots(school, plan) == []
    apart = plan.changed(return_dates=dates_by_class(**days, **rest))
    assert shared_slots(school, apart) == [("gate", "9-1", "9-2")]


def test_a_single_grade_cannot_come_in_batches() -> None:
    school = a_scenario(grades=[a_grade("nine")], classes=[a_class()])
    assert Key(Q.BATCHES, "", "") not in certain(school)


def test_rounds_of_disinfection_and_zones_that_are_not_there() -> None:
    found = certain()
    assert found[Key(Q.ROUNDS_PER_DAY, "gates", "", "gate")] == 3
    assert found[Key(Q.ROUNDS_PER_DAY, "toilets", "", "toilet")] == 4
    without = certain(a_scenario(zones=[]))
    assert without[Key(Q.ROUNDS_PER_DAY, "", "", "toilet")] == 0
    assert not any(key.place == "toilets" for key in without)


def test_a_school_without_disinfectant_has_no_cover() -> None:
    found = certain(a_scenario(supplies=[a_supply()]))
    assert found[Key(Q.DAYS_OF_COVER, "", "", "disinfectant")] == 0
    assert Key(Q.DAYS_OF_COVER, "", "", "disinfectant") not in certain()


@pytest.mark.parametrize(("other", "shared"), [(time(7, 15), 1), (time(7, 20), 0), (time(7), 0)])
def test_slots_of_different_batches_keep_their_distance(other: time, shared: int) -> None:
    """Slots of five minutes and five minutes between them, as in the tiny school."""
    school = a_scenario()
    plan = a_plan(school, slots={"9-1": time(7, 10), "8-1": other})
    assert len(shared_slots(school, plan)) == shared


def test_one_batch_may_share_a_slot_and_so_may_different_gates() -> None:
    school = a_scenario(gates=[a_gate(), a_gate(name="side")])
    slots = {"9-1": time(7, 10), "8-1": time(7, 10)}
    plan = a_plan(school, slots=slots)
    assert shared_slots(school, plan) == [("gate", "9-1", "8-1")]
    together = a_plan(school, slots=slots, days={"nine": FIRST, "eight": FIRST})
    assert shared_slots(school, together) == []
    apart = [plan.arrivals[0], plan.arrivals[1].model_copy(update={"gate": "side"})]
    assert shared_slots(school, plan.changed(arrivals=apart)) == []
