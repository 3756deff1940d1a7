"""The one table of measures, checked by hand on the tiny school."""

from datetime import date, time
from typing import Any

import numpy as np
import pytest
from builders import a_gate, a_plan, a_scenario, a_supply, grade_days
from hypothesis import given, settings
from hypothesis import strategies as st
from model.days import SEVEN, a_day, chance, luck, one_class

from returnsim.measure.evidence import PEOPLE, LostPeopleError, Measures, conserve, measure
from returnsim.model.itinerary import itineraries
from returnsim.model.kernel import replay
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario

TEN = SEVEN + 600
FIRST = "2020-04-07"


def measured(
    school: Scenario | None = None, plan: Plan | None = None, chosen: dict[str, Any] | None = None
) -> Measures:
    """Measure the day on which the first class comes back."""
    given = school or a_scenario()
    decided = plan or a_plan(given)
    day = a_day(given, decided)
    return measure(replay(itineraries(day, luck(day, chosen))))


def one(
    measures: Measures, quantity: Q, place: str = "", day: str = FIRST, kind: str = ""
) -> float:
    (value,) = measures[Key(quantity, place, day, kind)]
    return float(value)


def test_ten_pupils_at_one_instant_and_two_lanes_of_half_a_minute() -> None:
    found = measured()
    at_gate = {
        Q.LONGEST_QUEUE: 8,
        Q.CROWDED_DAYS: 0,
        Q.MINUTES_CROWDED: 0,
        Q.MEAN_WAIT: 1,
        Q.LONGEST_WAIT: 2,
        Q.LONG_WAIT_DAYS: 0,
        Q.CLEARED: TEN + 150,
        Q.MIXING: 0,
    }
    assert {q: one(found, q, "gate") for q in at_gate} == at_gate
    assert one(found, Q.BUSY_SHARE, "gate/check") == pytest.approx(300 / (2 * 90 * 60))
    assert one(found, Q.SEATED_BY_BELL, "9-1") == 1
    school = {
        Q.PLANNED: 10,
        Q.ARRIVED: 10,
        Q.SEATED: 10,
        Q.CHECKS: 20,
        Q.CHECKED_AT_GATE: 1,
        Q.CHECKED_AT_DOOR: 1,
        Q.ALARMS_RECHECKED: 1,
    }
    nothing = (
        *(Q.ABSENT, Q.ISOLATED, Q.TURNED_AWAY, Q.STILL_INSIDE, Q.UNAPPROVED_INSIDE),
        *(Q.FALSE_ALARMS, Q.FEVERS_FOUND, Q.FEVERS_MISSED),
        *(Q.ISOLATION_FULL_DAYS, Q.RECHECK_QUEUE, Q.RECHECK_FULL_DAYS),
    )
    expected = school | dict.fromkeys(nothing, 0)
    assert {q: one(found, q) for q in expected} == expected


def test_two_places_too_few_for_half_a_minute() -> None:
    found = measured(a_scenario(gates=[a_gate(marked_places=6)]))
    assert one(found, Q.CROWDED_DAYS, "gate") == 1
    assert one(found, Q.MINUTES_CROWDED, "gate") == 0.5


def test_one_place_too_few_is_crowded_and_a_full_gate_is_not() -> None:
    for places, crowded in ((7, 1), (8, 0)):
        found = measured(a_scenario(gates=[a_gate(marked_places=places)]))
        assert one(found, Q.CROWDED_DAYS, "gate") == crowded


@pytest.mark.parametrize(("limit", "late"), [(1.9, 1), (2.0, 0)])
def test_a_day_is_long_when_somebody_waits_longer_than_allowed(limit: float, late: int) -> None:
    found = measured(a_scenario(limits={"longest_wait_minutes": limit}))
    assert one(found, Q.LONG_WAIT_DAYS, "gate") == late


def test_both_classes_at_the_bell() -> None:
    """Worked out in scenarios/tiny/README.md: 18 wait, 270 s, four of 8-1 in time."""
    school = a_scenario()
    plan = a_plan(school, slots={"9-1": time(7, 55), "8-1": time(7, 55)})
    second = grade_days(plan)["eight"]
    day = a_day(school, plan, second)
    found = measure(replay(itineraries(day, luck(day))))
    when = second.isoformat()
    expected = {
        Q.LONGEST_QUEUE: 18,
        Q.LONGEST_WAIT: 4.5,
        Q.LONG_WAIT_DAYS: 1,
        # until 150 s, when class 9-1 has passed: 30 s each with 10, 8, 6, 4, 2 of them there
        Q.MIXING: 15,
    }
    assert {q: one(found, q, "gate", when) for q in expected} == expected
    assert one(found, Q.SEATED_BY_BELL, "9-1", when) == 1
    assert one(found, Q.SEATED_BY_BELL, "8-1", when) == 0.4


def test_use_of_supplies_that_are_used_up() -> None:
    found = measured()
    assert one(found, Q.DAILY_USE, "masks", kind="mask") == 10
    assert one(found, Q.DAILY_USE, "bleach", kind="disinfectant") == pytest.approx(0.4)
    assert not any(key.place == "thermometers" for key in found)  # nothing uses them up


def test_supplies_used_by_each_check_and_each_member_of_staff() -> None:
    staff = [
        {"name": n, "people": p, "role": "teacher", "source": "made up"}
        | ({"gate": "gate", "arrives": time(7, 20)} if comes else {})
        for n, p, comes in (("teachers", 4, True), ("guards", 2, False))
    ]
    gloves = a_supply(name="gloves", kind="glove", per_pupil_day=0.0, per_check=2.0)
    aprons = a_supply(name="aprons", kind="other", per_pupil_day=0.0, per_staff_day=3.0)
    found = measured(a_scenario(staff=staff, supplies=[gloves, aprons]))
    assert one(found, Q.DAILY_USE, "gloves", kind="glove") == 2 * (14 + 10)
    assert one(found, Q.DAILY_USE, "aprons", kind="other") == 3 * 6


def test_those_kept_out_use_no_supplies() -> None:
    found = measured(
        one_class(arrivals={"absent_probability": 0.1}, screening={"false_alarm_probability": 0.2}),
        chosen={"absent": {0: 0.0}, "first reading": {1: 0.0}, "second reading": {1: 0.0}},
    )
    assert one(found, Q.SEATED) == 8
    assert one(found, Q.DAILY_USE, "masks", kind="mask") == 8


def test_those_still_in_line_use_no_supplies() -> None:
    school = one_class()
    shift = a_plan(school).lanes[0].model_copy(update={"ends": time(7, 11)})
    found = measured(school, a_plan(school, lanes=[shift]))
    assert one(found, Q.STILL_INSIDE) == 6
    assert one(found, Q.DAILY_USE, "masks", kind="mask") == 4


def test_the_mean_wait_is_that_of_those_who_came() -> None:
    """Eight come: 0, 0, 30, 30, 60, 60, 90 and 90 s."""
    found = measured(
        one_class(arrivals={"absent_probability": 0.1}), chosen={"absent": {8: 0.0, 9: 0.0}}
    )
    assert one(found, Q.MEAN_WAIT, "gate") == 0.75
    assert one(found, Q.LONGEST_WAIT, "gate") == 1.5
    assert one(found, Q.CLEARED, "gate") == TEN + 120


def test_full_chairs_and_a_full_isolation_room() -> None:
    """Four of ten are hot twice; two chairs, ten minutes each; one place in the room."""
    hot = {"first reading": dict.fromkeys(range(4), 0.0), "second reading": 0.0}
    found = measured(one_class(screening={"false_alarm_probability": 0.2}), chosen=hot)
    assert one(found, Q.ISOLATED) == 4
    assert one(found, Q.RECHECK_QUEUE) == 2
    assert one(found, Q.RECHECK_FULL_DAYS) == 1
    assert one(found, Q.ISOLATION_FULL_DAYS) == 1
    for few in (1, 2):  # as many as there are chairs
        fewer = measured(
            one_class(screening={"false_alarm_probability": 0.2}, isolation={"places": 2}),
            chosen=hot | {"first reading": dict.fromkeys(range(few), 0.0)},
        )
        assert one(fewer, Q.ISOLATED) == few
        for quantity in (Q.RECHECK_QUEUE, Q.RECHECK_FULL_DAYS, Q.ISOLATION_FULL_DAYS):
            assert one(fewer, quantity) == 0


def test_every_measure_is_one_number_for_each_replication() -> None:
    school = a_scenario(
        arrivals={"offset_minutes": {"kind": "normal", "mean": -5, "sd": 3}},
    )
    day = a_day(school, day=date(2020, 4, 14))
    measures = measure(replay(itineraries(day, chance(day, replications=9))))
    assert {key.day for key in measures} == {"2020-04-14"}
    assert {values.shape for values in measures.values()} == {(9,)}
    gates = {key.place for key in measures if key.quantity is Q.LONGEST_QUEUE}
    classes = {key.place for key in measures if key.quantity is Q.SEATED_BY_BELL}
    assert (gates, classes) == ({"gate"}, {"9-1", "8-1"})


@pytest.mark.parametrize("quantity", [Q.PLANNED, *PEOPLE])
@pytest.mark.parametrize("error", [-1.0, 1.0])
def test_lost_or_invented_people_are_a_bug(quantity: Q, error: float) -> None:
    found = measured()
    conserve(found)
    key = Key(quantity, "", FIRST)
    with pytest.raises(LostPeopleError, match=FIRST):
        conserve(found | {key: found[key] + error})


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(0, 8), st.integers(0, 8))
def test_one_bad_replication_among_many_is_found(where: int, other: int) -> None:
    day = a_day()
    found = measure(replay(itineraries(day, luck(day, replications=9))))
    swapped = found[Key(Q.SEATED, "", FIRST)].copy()
    swapped[where] += 1
    swapped[other] -= 1
    doctored = found | {Key(Q.SEATED, "", FIRST): swapped}
    if where == other:
        conserve(doctored)
    else:
        with pytest.raises(LostPeopleError):
            conserve(doctored)


def test_nan_and_infinity_stay_out_of_a_day_that_went_well() -> None:
    assert all(np.isfinite(values).all() for values in measured().values())
