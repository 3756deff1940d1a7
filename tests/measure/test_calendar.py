"""What dates mean for fairness, beds and buildings, counted by hand."""

from datetime import date
from typing import Any

from builders import a_class, a_grade, a_plan, a_scenario

from returnsim.measure.calendar import measure_calendar
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario

TUESDAY, THURSDAY, MONDAY = date(2020, 4, 7), date(2020, 4, 9), date(2020, 4, 13)


def school(**changes: Any) -> Scenario:
    """Two grades in the hall, of which one has a class in the annexe, and one of another level."""
    gate = a_scenario().gates[0].model_dump(by_alias=True)
    given: dict[str, Any] = {
        "grades": [a_grade("nine"), a_grade("eight"), a_grade("four", level="primary")],
        "classes": [
            a_class("9-1", boarders=4),
            a_class("8-1", grade="eight", boarders=5),
            a_class("8-2", grade="eight", building="annexe"),
            a_class("4-1", grade="four", building="annexe", boarders=1),
        ],
        "gates": [gate | {"metres_to": {"hall": 60, "annexe": 90}}],
        "after_return": {"campus_observation_days": 6},
    }
    return a_scenario(**given | changes)


def rows(scenario: Scenario, quantity: Q, **days: date) -> dict[tuple[str, str], float]:
    plan = a_plan(scenario, days=days)
    found = measure_calendar(scenario, plan)
    return {(k.place, k.day[-2:]): value for k, value in found if k.quantity is quantity}


def test_school_days_between_the_first_and_the_last_of_each_level() -> None:
    """A weekend counts for nothing; the one that loses more is named first."""
    found = rows(school(), Q.SCHOOL_DAYS_APART, nine=MONDAY, eight=THURSDAY, four=TUESDAY)
    assert found == {("nine/eight", "13"): 2, ("four", "07"): 0}


def test_a_holiday_is_no_school_day_that_is_lost() -> None:
    holiday = school(calendar={"holidays": [date(2020, 4, 10)]})
    found = rows(holiday, Q.SCHOOL_DAYS_APART, nine=MONDAY, eight=THURSDAY, four=TUESDAY)
    assert found["nine/eight", "13"] == 1


def test_grades_that_are_back_together_are_no_days_apart() -> None:
    found = rows(school(), Q.SCHOOL_DAYS_APART, nine=TUESDAY, eight=TUESDAY, four=MONDAY)
    assert list(found.values()) == [0, 0]


def test_boarders_are_observed_from_their_return_for_so_many_calendar_days() -> None:
    """Those of Tuesday for six days until Sunday: on Monday they need no bed any more."""
    found = rows(school(), Q.BOARDERS_OBSERVED, nine=TUESDAY, eight=THURSDAY, four=MONDAY)
    assert found == {("nine", "07"): 4, ("nine/eight", "09"): 9, ("eight/four", "13"): 6}


def test_days_of_observation_that_are_left_when_others_come_in() -> None:
    """Grade eight meets nine in the hall after two days of six, four meets it after four."""
    found = rows(school(), Q.OBSERVATION_LEFT, nine=TUESDAY, eight=THURSDAY, four=MONDAY)
    assert found == {
        ("hall/nine", "07"): 0,
        ("hall/eight/nine", "09"): 4,
        ("annexe/eight", "09"): 0,
        ("annexe/four/eight", "13"): 2,
    }
    over = school(after_return={"campus_observation_days": 2})
    found = rows(over, Q.OBSERVATION_LEFT, nine=TUESDAY, eight=THURSDAY, four=MONDAY)
    assert set(found.values()) == {0}


def test_without_days_of_observation_only_fairness_is_measured() -> None:
    plain = school(after_return=None)
    plan = a_plan(plain)
    assert {key.quantity for key, _ in measure_calendar(plain, plan)} == {Q.SCHOOL_DAYS_APART}


def test_a_class_comes_back_with_its_grade() -> None:
    plan = a_plan(school(), days={"eight": THURSDAY})
    assert {c.name: plan.day_of(c) for c in school().classes}["8-2"] == THURSDAY
