"""The whole return: days in sequence, what they leave behind, and what runs out."""

from datetime import date, time
from typing import Any

import numpy as np
import pytest
from builders import a_class, a_plan, a_scenario, a_staff_group, a_supply
from model.days import a_lively_school, fixed

from returnsim.experiment.study import Study, run
from returnsim.experiment.whole_return import run_return
from returnsim.plan.plan import Opening, Plan
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario

FIRST, SECOND, FRIDAY = "2020-04-07", "2020-04-08", "2020-04-10"
SATURDAY, BATCH = "2020-04-11", "2020-04-14"


def played(school: Scenario, plan: Plan | None = None, n: int = 2, **how: Any) -> dict[Key, Any]:
    return run_return(Study(school, plan or a_plan(school), 1, n), **how).samples


def of(found: dict[Key, Any], quantity: Q, day: str, place: str = "") -> Any:
    [values] = [v for k, v in found.items() if k[:3] == (quantity, place, day)]
    return values.tolist()


def masks(**changes: Any) -> Any:
    """Masks, one a person and day, none without which anybody is let in."""
    return a_supply(needed_at_entry=True, per_staff_day=1, **changes)


def no_orders(*supplies: str) -> list[Opening]:
    return [Opening(supply=name, order=0) for name in supplies]


def test_a_day_of_the_return_is_what_it_is_when_played_alone() -> None:
    """With plenty in the store, and nobody sent home, nothing is left from day to day."""
    school = a_lively_school(screening={"false_alarm_probability": 0.0})
    plan = a_plan(school, stock=[Opening(supply="masks", order=5000)])
    study = Study(school, plan, 3, 70)
    whole = run_return(study)
    alone = run(Study(school, plan, 3, 70, whole.study.days))
    assert len(whole.study.days) == 18
    for key, values in alone.samples.items():
        np.testing.assert_array_equal(whole.samples[key], values, err_msg=str(key))


def test_the_first_day_is_what_it_is_alone_whoever_is_sent_home_later() -> None:
    study = Study(a_lively_school(), a_plan(a_lively_school()), 3, 8)
    whole, alone = run_return(study), run(Study(study.scenario, study.plan, 3, 8))
    first = {k: v for k, v in alone.samples.items() if k.day == FIRST}
    assert first
    for key, values in first.items():
        np.testing.assert_array_equal(whole.samples[key], values, err_msg=str(key))


def test_both_engines_and_any_number_of_workers_tell_the_same() -> None:
    school = a_lively_school(supplies=[masks(on_hand=90)])
    study = Study(school, a_plan(school, stock=no_orders("masks")), 5, 66)
    one = run_return(study)
    for other in (run_return(study, jobs=2), run_return(study, engine="simpy")):
        assert one.samples.keys() == other.samples.keys()
        for key, values in one.samples.items():
            np.testing.assert_allclose(values, other.samples[key], rtol=0, atol=1e-6)
    short = run_return(Study(study.scenario, study.plan, 5, 3))
    for key, values in short.samples.items():
        if key.quantity is not Q.COVER_LEFT:  # divides by the mean of all replications
            np.testing.assert_array_equal(values, one.samples[key][:3])


def test_the_tiny_school_empties_its_store_as_reckoned_by_hand() -> None:
    """Ten pupils a day, from the second Tuesday on twenty; 100 masks last until the 15th."""
    school = a_scenario(supplies=[a_supply(needed_at_entry=True)])
    found = played(school, a_plan(school, stock=no_orders("masks")))
    left = {"2020-04-07": 90, "2020-04-10": 60, "2020-04-13": 50, "2020-04-14": 30,
            "2020-04-15": 10, "2020-04-16": 0, "2020-04-17": 0}  # fmt: skip
    for day, units in left.items():
        assert of(found, Q.STOCK_ON_HAND, day, "masks") == [units] * 2, day
    assert of(found, Q.ON_CAMPUS, "2020-04-15") == [20, 20]
    assert of(found, Q.ON_CAMPUS, "2020-04-16") == [10, 10]
    assert of(found, Q.REFUSED_WITHOUT, "2020-04-16") == [10, 10]
    assert of(found, Q.REFUSED_WITHOUT, "2020-04-17") == [20, 20]
    assert of(found, Q.TURNED_AWAY, "2020-04-17") == [20, 20]
    assert of(found, Q.UNMET, "2020-04-17", "masks") == [20, 20]
    assert of(found, Q.COVER_LEFT, "2020-04-15", "masks") == [0.5, 0.5]
    assert of(found, Q.STOCK_OUT, "", "masks") == [1, 1]


def test_without_a_mask_the_last_to_come_go_home() -> None:
    """Class 9-1 comes ten minutes before 8-1: seven masks are gone before the latter is there."""
    school = a_scenario(supplies=[masks(on_hand=7)])
    day = school.calendar.first_day
    plan = a_plan(
        school,
        days={"nine": day, "eight": day},
        slots={"9-1": time(7, 30), "8-1": time(7, 20)},
        stock=no_orders("masks"),
    )
    found = played(school, plan)
    assert of(found, Q.REFUSED_WITHOUT, FIRST) == [13, 13]
    assert of(found, Q.SEATED_BY_BELL, FIRST, "8-1") == [1, 1]
    assert of(found, Q.HANDED_OUT, FIRST, "masks") == [7, 7]
    assert of(found, Q.SEATED, FIRST) == [7, 7]


def test_those_who_bring_their_own_are_let_in_and_use_none() -> None:
    supplies = [masks(on_hand=0, self_provided_share=0.5)]
    school = a_scenario(classes=[a_class(pupils=400), a_class("8-1", grade="eight")],
                        supplies=supplies, limits={"people_returning_per_day": 400})  # fmt: skip
    found = played(school, a_plan(school, stock=no_orders("masks")), n=4)
    refused = np.array(of(found, Q.REFUSED_WITHOUT, FIRST))
    assert ((refused > 140) & (refused < 260)).all()
    assert (np.array(of(found, Q.HANDED_OUT, FIRST, "masks")) == 0).all()
    assert refused.tolist() == of(found, Q.REFUSED_WITHOUT, SECOND), "the same families every day"


def test_whoever_is_sent_home_with_a_fever_stays_there_and_reports() -> None:
    """Everybody is feverish and found out: three days at home, back on the fourth after."""
    sick = {"fever_prevalence": 1, "hit_probability": 1}
    school = a_scenario(
        screening=sick,
        recheck={"hit_probability": 1},
        after_return={"report_probability": 0.5},
    )
    found = played(school, n=64)
    assert of(found, Q.ISOLATED, FIRST) == [10] * 64
    for day in (SECOND, "2020-04-09", FRIDAY):
        assert of(found, Q.KEPT_HOME, day) == [10] * 64
        assert of(found, Q.ARRIVED, day) == [0] * 64
        assert of(found, Q.FOLLOW_UPS_OWED, day) == [0] * 64, "nobody is missing"
    assert of(found, Q.KEPT_HOME, SATURDAY) == [0] * 64, "three full days are over"
    assert of(found, Q.REPORTS_OWED, FIRST) == [0] * 64
    assert of(found, Q.REPORTS_OWED, SECOND) == [20] * 64, "twice a day"
    made = np.array(of(found, Q.REPORTS_MADE, SECOND))
    assert 9 < made.mean() < 11
    assert (made <= 20).all()
    assert of(found, Q.ISOLATED, "2020-04-13") == [10] * 64


def test_absentees_are_called_as_far_as_the_school_gets() -> None:
    school = a_scenario(
        arrivals={"absent_probability": 1.0}, after_return={"follow_ups_per_day": 4}
    )
    found = played(school)
    assert of(found, Q.FOLLOW_UPS_OWED, FIRST) == [10, 10]
    assert of(found, Q.FOLLOW_UPS_MADE, FIRST) == [4, 4]
    free = a_scenario(arrivals={"absent_probability": 1.0})
    assert of(played(free), Q.FOLLOW_UPS_MADE, FIRST) == [10, 10]


def test_a_lane_without_a_thermometer_stays_shut() -> None:
    thermometers = [
        a_supply(name="t", kind="thermometer", on_hand=n, per_pupil_day=0) for n in (9, 1, 0)
    ]
    found = []
    for supply in thermometers:
        school = a_scenario(supplies=[supply])
        found.append(played(school, a_plan(school, stock=no_orders("t"))))
    assert [of(f, Q.LANES_LOST, FIRST) for f in found] == [[0, 0], [1, 1], [2, 2]]
    waits = [of(f, Q.MEAN_WAIT, FIRST, "gate")[0] for f in found]
    assert waits[0] < waits[1] < waits[2]
    assert of(found[2], Q.STILL_INSIDE, FIRST) == [10, 10]


def test_thermometers_break_and_are_ordered_again() -> None:
    """Two lanes and one door: three of five are in use, and all of them break every day."""
    supply = a_supply(name="t", kind="thermometer", on_hand=5, per_pupil_day=0, failure_per_day=1,
                      lead_time_days=2)  # fmt: skip
    school = a_scenario(supplies=[supply])
    policy = Opening(supply="t", order=0, reorder_point=2, order_up_to=6)
    found = played(school, a_plan(school, stock=[policy]))
    assert of(found, Q.STOCK_ON_HAND, FIRST, "t") == [2, 2]
    assert of(found, Q.STOCK_ON_ORDER, FIRST, "t") == [4, 4]
    assert of(found, Q.LANES_LOST, SECOND) == [0, 0], "two are left, for two lanes"
    assert of(found, Q.STOCK_ON_HAND, SECOND, "t") == [0, 0]
    assert of(found, Q.DELIVERED, "2020-04-09", "t") == [4, 4]


def test_orders_and_deliveries_come_on_their_days() -> None:
    late = {"supply": "masks", "units": 30, "expected": date(2020, 4, 8), "late_days": 1,
            "source": "made up"}  # fmt: skip
    school = a_scenario(
        supplies=[a_supply(on_hand=0, lead_time_days=18)], deliveries=[late]
    )  # ordered on 20 March, here on the first day
    policy = Opening(supply="masks", order=12, reorder_point=40, order_up_to=45, review_days=3)
    found = played(school, a_plan(school, stock=[policy]))
    assert of(found, Q.STOCK_ON_HAND, FIRST, "masks") == [2, 2]
    assert of(found, Q.STOCK_ON_ORDER, FIRST, "masks") == [43, 43], "30 on the way, 13 ordered"
    assert of(found, Q.UNMET, SECOND, "masks") == [8, 8]
    assert of(found, Q.DELIVERED, "2020-04-09", "masks") == [30, 30]
    assert of(found, Q.STOCK_ON_ORDER, "2020-04-09", "masks") == [13, 13], "no look into the store"


@pytest.mark.parametrize(
    ("rules", "saturday", "at_the_gate"),
    [
        ({}, 6, 4),
        ({"campus_observation_days": 6, "boarders_go_home": True}, 6, 4),
        ({"campus_observation_days": 5, "boarders_go_home": True}, 6, 10),  # home on Sunday
        ({"campus_observation_days": 4, "boarders_go_home": True}, 0, 10),
    ],
)
def test_boarders_use_what_they_need_at_weekends_too(
    rules: dict[str, Any], saturday: int, at_the_gate: int
) -> None:
    """Those who live in are checked at the door only, and those from outside at the gate too."""
    boarders = [a_class(pupils=10, boarders=6), a_class("8-1", grade="eight")]
    found = played(a_scenario(classes=boarders, after_return=rules))
    assert of(found, Q.ON_CAMPUS, SATURDAY) == [saturday] * 2
    assert of(found, Q.HANDED_OUT, SATURDAY, "masks") == [saturday] * 2
    assert of(found, Q.CHECKS, "2020-04-13") == [10 + at_the_gate] * 2


def test_the_campus_is_disinfected_before_it_opens() -> None:
    """From 1 April six days, 200 m2 a day, at 1 mL each; then four zones, 395 m2 a day."""
    school = a_scenario()
    found = played(school, a_plan(school, stock=no_orders("masks", "bleach")))
    [left, _] = of(found, Q.STOCK_ON_HAND, FIRST, "bleach")
    assert left == pytest.approx(5 - 6 * 0.2 - 0.4)


def test_what_is_not_said_cannot_be_played() -> None:
    school = a_scenario(after_return=None)
    with pytest.raises(ValueError, match="after the return"):
        played(school)


def test_staff_who_live_in_come_first() -> None:
    school = a_scenario(supplies=[masks(on_hand=5)], staff=[a_staff_group(people=4)])
    found = played(school, a_plan(school, stock=no_orders("masks")))
    assert of(found, Q.REFUSED_WITHOUT, FIRST) == [9, 9]
    assert of(found, Q.ON_CAMPUS, FIRST) == [5, 5]
    assert of(found, Q.UNMET, SATURDAY, "masks") == [4, 4]


def test_lead_times_are_the_luck_of_the_day_of_order() -> None:
    """Another policy, the same suppliers: what is ordered on a day takes as long as before."""
    scattered = {"kind": "uniform", "low": 1.0, "high": 9.0}
    school = a_scenario(supplies=[a_supply(on_hand=0, lead_time_days=scattered)])
    small = Opening(supply="masks", order=40, reorder_point=30, order_up_to=40)
    large = Opening(supply="masks", order=40, reorder_point=35, order_up_to=400)
    one, two = (played(school, a_plan(school, stock=[p]), n=64) for p in (small, large))
    for day in ("2020-04-08", "2020-04-09"):
        first = np.array(of(one, Q.DELIVERED, day, "masks")) > 0
        second = np.array(of(two, Q.DELIVERED, day, "masks")) > 0
        np.testing.assert_array_equal(first, second)
    assert fixed(1)["kind"] == "fixed"
