"""The rest of the day in words: everything the plan asks stands there once, nothing is made up."""

from datetime import date

import pytest

from returnsim.optimise.planner import Proposal
from returnsim.report.compose_day import day_pages
from returnsim.report.compose_notices import notices
from returnsim.report.document_day import DayPages


@pytest.fixture(scope="module")
def pages(school_day: Proposal) -> DayPages:
    found = day_pages(school_day, "en")
    assert found is not None
    return found


def test_a_school_of_mornings_has_no_such_pages(tiny_proposal: Proposal) -> None:
    assert day_pages(tiny_proposal, "en") is None


def test_the_day_of_a_class_is_told_in_its_order(pages: DayPages) -> None:
    nine, eight = (a for a in pages.agendas if a.is_class)
    assert [(t.time, t.what, t.where, t.who) for t in eight.turns] == [
        ("07:20–07:25", "At school", "main", ""),
        ("08:00", "Bell, all in the room", "room 102 (hall)", ""),
        ("11:30", "off", "out by main", "those home at noon"),
        ("12:20", "lunch", "canteen", "day pupils here at noon"),
        ("13:20", "back", "be at main", "those home at noon"),
        ("14:10", "noon", "room 102 (hall)", ""),
        ("16:10", "home", "out by main", ""),
    ]
    assert [t.what for t in eight.turns if t.at_gate] == ["At school", "off", "back", "home"]
    assert nine.turns[-1].where == "house"
    assert nine.turns[0].who == "day pupils"
    assert (nine.sleeps, eight.sleeps) == ("Boarders sleep in: house.", "")


def test_a_day_holds_from_the_return_on(pages: DayPages) -> None:
    nine, eight = (a for a in pages.agendas if a.is_class)
    assert (nine.days[0], eight.days[0]) == (date(2020, 4, 7), date(2020, 4, 14))
    assert eight.days[-1] == date(2020, 4, 30)
    assert (eight.since, pages.agendas[-1].name) == ("from 14 April", "crew")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_turn_of_a_plan_stands_in_a_day_and_in_the_overview(
    crowded_day: Proposal, lang: str
) -> None:
    found, plan = day_pages(crowded_day, lang), crowded_day.recommended.plan
    assert found is not None
    told = sum(len(a.turns) for a in found.agendas)
    classes = crowded_day.scenario.classes
    daily = sum(c.pupils > c.boarders for c in classes)
    assert told == len(plan.timetable) + len(plan.rounds) + len(classes) + daily
    times = [c.time for part in found.grid for _, cells in part.rows for c in cells if c.time]
    assert len(times) == len(plan.timetable) + daily
    codes = {c.place for part in found.grid for _, cells in part.rows for c in cells if c.place}
    assert codes == {code for code, _ in found.places}
    assert len({name for _, name in found.places}) == len(found.places)


def test_a_notice_tells_of_cars_and_parents(crowded_day: Proposal) -> None:
    steps = notices(crowded_day, "en")[0].steps
    assert "Parents stop at the line" in steps
    assert any(step.startswith("Cars let pupils out") for step in steps)
    assert not any("Cars" in step for step in notices(crowded_day, "en")[1].steps)
