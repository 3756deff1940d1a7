"""Who takes part in a turn, and until about when."""

from datetime import time

import pytest
from school_days import a_school_day

from returnsim.report.day_turns import Turns, later, whole_minutes


@pytest.fixture(scope="module")
def turns() -> Turns:
    proposal = a_school_day(replications=1)
    return Turns(proposal.scenario, proposal.recommended.plan, "en")


def test_minutes_are_rounded_up_and_the_day_ends_at_midnight() -> None:
    assert whole_minutes(3.0) == 3
    assert whole_minutes(3.01) == 4
    assert later(time(12, 0, 30), 10) == time(12, 11)
    assert later(time(23, 50), 30) == time(23, 59)


def test_parts_of_a_class_are_named(turns: Turns) -> None:
    lunch, (evening, noon) = turns.scenario.meals[0], turns.scenario.checks
    nine, eight = turns.of(lunch)
    assert (turns.part(lunch, nine), turns.people(lunch, nine)) == ("", 10)
    assert (turns.part(lunch, eight), turns.people(lunch, eight)) == ("day pupils here at noon", 5)
    assert turns.part(evening, turns.of(evening)[0]) == "boarders"
    assert turns.part(noon, turns.of(noon)[0]) == "day pupils"
    assert turns.groups(lunch) == "boarders, day pupils here at noon"


def test_a_turn_lasts_as_long_as_its_slowest_post(turns: Turns) -> None:
    """Ten at the taps: 20 s for two of them; then a quarter of an hour at table."""
    lunch = turns.scenario.meals[0]
    assert turns.minutes(lunch, turns.of(lunch)[0]) == pytest.approx(10 * 10 / 60 + 15)
    home = turns.scenario.crossings[2]
    assert turns.minutes(home, turns.of(home)[0]) == 5
