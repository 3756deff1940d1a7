"""Luck is data: who has it, and what moves it."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from builders import a_class, a_plan, a_scenario
from hypothesis import given, settings
from hypothesis import strategies as st
from laws.mornings import Morning
from laws.schooldays import school_days
from model.days import a_day, a_lively_school, chain_of, chance, one_class
from scipy.stats import norm

from returnsim.experiment.streams import streams
from returnsim.model.draws import PEOPLE, draw, idle, purposes
from returnsim.model.itinerary import Outcome, itineraries
from returnsim.scenario.scenario import Scenario


def test_every_purpose_has_a_number_between_zero_and_one_for_everybody() -> None:
    day = a_day(a_lively_school())
    draws = chance(day, replications=5)
    assert set(draws.people) == set(purposes(day)) > set(PEOPLE)
    for numbers in draws.people.values():
        assert numbers.shape == (5, day.persons)
        assert ((numbers >= 0) & (numbers < 1)).all()
    assert draws.school.shape == (5,)
    assert draws.replications == 5


def test_luck_cannot_be_changed_afterwards() -> None:
    draws = chance(a_day(a_lively_school()))
    for numbers in (*draws.people.values(), draws.school):
        with pytest.raises(ValueError, match="read-only"):
            numbers[...] = 0.0


def both_back(scenario: Scenario) -> Any:
    """Return the day on which every grade has been back for some time."""
    return scenario.calendar.school_days[-1]


def test_an_added_class_changes_nobody_elses_luck() -> None:
    small = a_lively_school()
    extra = a_class("9-0", pupils=7)
    large = a_lively_school(classes=[extra, *small.classes])
    plan = a_plan(small)
    arrivals = [
        *plan.arrivals,
        plan.arrivals[0].model_copy(update={"school_class": "9-0"}),
    ]
    few = a_day(small, plan, both_back(small))
    many = a_day(large, plan.changed(arrivals=arrivals), both_back(large))
    before, after = (itineraries(day, draw(day, streams(3, day.day, 0), 4)) for day in (few, many))
    assert many.persons == few.persons + 7
    for name in ("9-1", "8-1"):
        here, there = (next(p for p in d.parties if p.name == name) for d in (few, many))
        one = slice(here.first, here.first + here.size)
        two = slice(there.first, there.first + there.size)
        np.testing.assert_array_equal(before.start[:, one], after.start[:, two])
        np.testing.assert_array_equal(before.service[:, one], after.service[:, two])
        np.testing.assert_array_equal(before.outcome[:, one], after.outcome[:, two])


def test_a_larger_class_keeps_the_luck_of_other_classes() -> None:
    small = a_lively_school()
    grown = [small.classes[0].model_copy(update={"pupils": 13}), small.classes[1]]
    large = a_lively_school(classes=grown)
    few, many = (a_day(s, day=both_back(s)) for s in (small, large))
    before, after = (chance(d).people["offset"] for d in (few, many))
    np.testing.assert_array_equal(before[:, 10:], after[:, 13:])


def test_an_added_stage_changes_nothing_for_the_others() -> None:
    stages = [{"name": "scan"}, {"name": "temperature"}, {"name": "bags"}]
    short, long = (a_day(a_lively_school(gates=[chain_of(*stages[:n])])) for n in (2, 3))
    before, after = chance(short).people, chance(long).people
    assert set(after) - set(before) == {"service bags"}
    for purpose, numbers in before.items():
        np.testing.assert_array_equal(numbers, after[purpose])


@settings(max_examples=30, deadline=None)
@given(st.floats(5, 60), st.floats(1.01, 3))
def test_a_longer_mean_makes_everybody_slower_and_nobody_luckier(
    mean: float, factor: float
) -> None:
    quick, slow = (a_day(a_lively_school(m)) for m in (mean, mean * factor))
    draws = chance(quick, replications=3)
    before, after = itineraries(quick, draws), itineraries(slow, draws)
    assert (after.service[..., 0] > before.service[..., 0]).all()
    np.testing.assert_array_equal(after.service[..., 1:], before.service[..., 1:])
    np.testing.assert_array_equal(after.start, before.start)
    np.testing.assert_array_equal(after.outcome, before.outcome)


def test_a_move_of_the_whole_class_moves_everybody_by_the_same_time() -> None:
    school = one_class(arrivals={"offset_minutes": {"kind": "normal", "mean": -5, "sd": 3}})
    moved = one_class(arrivals={"offset_minutes": {"kind": "normal", "mean": -2, "sd": 3}})
    early, late = (itineraries(d, chance(d)) for d in (a_day(school), a_day(moved)))
    np.testing.assert_allclose(late.start - early.start, 180.0)


def test_purposes_persons_and_classes_are_independent() -> None:
    """No correlation between any two columns of luck beyond what chance allows.

    With n pairs the correlation of independent numbers has standard deviation 1/sqrt(n);
    the largest of all pairs is held against a bound that it passes once in a million.
    """
    school = a_scenario(classes=[a_class(pupils=40), a_class("8-1", grade="eight", pupils=40)])
    day = a_day(school, day=both_back(school))
    stream = streams(1, day.day, 0)
    columns = [
        stream(purpose, party.name).random(64 * party.size)
        for purpose in purposes(day)
        for party in day.parties
    ]
    found = np.corrcoef(columns)
    n, pairs = columns[0].size, found.size / 2
    bound = norm.isf(1e-6 / pairs) / np.sqrt(n)
    assert np.abs(found - np.eye(len(columns))).max() < bound


def test_luck_is_uniform() -> None:
    """Kolmogorov's distance of all numbers of a block from the uniform distribution."""
    day = a_day(a_lively_school())
    draws = chance(day, replications=64)
    drawn = [x.ravel() for what, x in draws.people.items() if what not in idle(day)]
    numbers = np.sort(np.concatenate(drawn))
    even = (np.arange(numbers.size) + 0.5) / numbers.size
    assert np.abs(numbers - even).max() < 2.7 / np.sqrt(numbers.size)  # once in a million


def test_how_long_a_second_reading_takes_says_nothing_of_its_result() -> None:
    """At the door as at the gate: hot or not, both take as long on average."""
    uniform = {"kind": "uniform", "low": 10.0, "high": 20.0}
    school = one_class(
        screening={"false_alarm_probability": 0.5},
        recheck={"service_seconds": uniform, "false_alarm_probability": 0.5},
        doors={"second_reading_seconds": uniform},
    )
    day = a_day(school)
    path = itineraries(day, chance(day, replications=2000))
    isolated = path.outcome == Outcome.ISOLATED
    at_gate = path.service[..., day.rest + 1] - 10
    at_door = path.service[..., day.door] - 5 - 10
    for again, time in ((path.alarm, at_gate), (~path.alarm & (at_door > 0), at_door)):
        hot, cool = time[again & isolated], time[again & ~isolated]
        scatter = math.hypot(hot.std() / math.sqrt(hot.size), cool.std() / math.sqrt(cool.size))
        assert abs(hot.mean() - cool.mean()) < 4 * scatter


@settings(max_examples=60, deadline=None, derandomize=True)
@given(school_days(ties=False))
def test_luck_that_is_not_drawn_would_have_changed_nothing(morning: Morning) -> None:
    """Every idle number replaced by chance: the same journeys, to the last bit."""
    day = morning.path.day
    draws = chance(day, seed=1, replications=2)
    rng = np.random.default_rng(2)
    shape = (2, day.persons)
    other = {what: rng.random(shape) for what in idle(day)}
    assert set(other) < set(draws.people)
    one, two = (
        itineraries(day, draws),
        itineraries(day, replace(draws, people={**draws.people, **other})),
    )
    for name in ("station", "travel", "service", "start", "outcome", "fever", "alarm", "measured"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_luck_that_matters_is_drawn() -> None:
    day = a_day(a_lively_school())
    assert {"offset", "absent", "first reading", "service check"}.isdisjoint(idle(day))
    assert {"ignores slot", "measured at home", "door time"} <= idle(day)
