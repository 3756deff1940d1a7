"""Canteen sheets: shifts as the model plays them, and no class twice."""

import pytest

from returnsim.model.day import prepare
from returnsim.optimise.planner import Proposal
from returnsim.report.compose_canteens import canteen_sheets, shift_lines, sittings
from returnsim.report.day_turns import Turns
from returnsim.scenario.quantities import seconds


def turns_of(proposal: Proposal, lang: str = "en") -> Turns:
    return Turns(proposal.scenario, proposal.recommended.plan, lang)


def test_a_canteen_is_told_its_shifts_and_when_tables_are_wiped(school_day: Proposal) -> None:
    (sheet,) = canteen_sheets(turns_of(school_day))
    (lunch,) = sheet.parts
    assert [line.time for line in lunch.lines] == ["12:00", "12:20"]
    assert [line.members[0].name for line in lunch.lines] == ["9-1", "8-1"]
    assert [line.texts for line in lunch.lines] == [("10", "10 of 10"), ("5", "5 of 10")]
    assert lunch.lines[0].above == ("Shift 1: 10 people", "")
    second = ("Shift 2: 5 people", "tables wiped 12:15–12:20, nobody sits down")
    assert lunch.lines[1].above == second


def test_more_people_than_seats_are_said_to_wait(school_day: Proposal) -> None:
    plan = school_day.recommended.plan
    at = plan.appointment_of["9-1", "lunch"].at.replace(minute=3)
    late = [t.model_copy(update={"at": at}) if t.who == "8-1" and t.what == "lunch" else t
            for t in plan.timetable]  # fmt: skip
    turns = Turns(school_day.scenario, plan.changed(timetable=late), "en")
    (sheet,) = canteen_sheets(turns)
    assert [line.texts[1] for line in sheet.parts[0].lines] == ["10 of 10", "10 of 10, 5 wait"]


@pytest.mark.parametrize("which", ["school_day", "crowded_day"])
def test_tables_are_wiped_when_the_model_keeps_seats_empty(
    which: str, request: pytest.FixtureRequest
) -> None:
    proposal: Proposal = request.getfixturevalue(which)
    turns, plan = turns_of(proposal), proposal.recommended.plan
    day = prepare(proposal.scenario, plan, proposal.recommended.summary.study.days[-1])
    seats = {p.name: p.lanes for p in day.places if p.name.endswith("/seat")}
    compared = 0
    for meal in proposal.scenario.meals:
        for canteen in proposal.scenario.canteens:
            steps = seats[f"{meal.name}/{canteen.name}/seat"]
            shut = {moment for moment, n in steps if n == 0 and moment < seconds(meal.ends)}
            found = sittings(turns, meal, canteen)
            assert shut == {s.wiped_from for s in found if s.wiped_from is not None}
            compared += len(shut)
    assert compared


def test_every_meal_of_a_class_is_one_line_of_the_workbook(crowded_day: Proposal) -> None:
    turns = turns_of(crowded_day)
    meals = {meal.name for meal in crowded_day.scenario.meals}
    planned = [t for t in turns.plan.timetable if t.what in meals]
    lines = list(shift_lines(turns))
    assert len(lines) == len(planned)
    assert len({(line.meal, line.name) for line in lines}) == len(lines)
    assert all(line.used <= line.seats for line in lines)
