"""A timetable and rounds by rule of thumb fit their school, whatever the school is."""

import itertools
from pathlib import Path

from builders import a_plan
from hypothesis import given
from laws.mornings import LAW
from laws.schooldays import whole_days

from returnsim.optimise.rounds import SLACK, with_rounds
from returnsim.optimise.timetable import with_rest_of_day
from returnsim.plan.files import read_plan
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario, read_scenario

SCHOOL_DAY = Path(__file__).parents[1] / "plan" / "school-day"


def laid_out(school: Scenario) -> Plan:
    return with_rounds(school, with_rest_of_day(school, a_plan(school)))


@LAW
@given(whole_days(ties=True))
def test_everybody_gets_a_turn_at_everything(school: Scenario) -> None:
    plan = laid_out(school)
    assert misfits(plan, school) == []
    for event in school.events:
        for who in (x.name for x in (*school.classes, *school.staff)):
            given_ = (who, event.name) in plan.appointment_of
            assert given_ == school.takes_part(event, who)


@LAW
@given(whole_days(ties=True))
def test_a_crew_is_in_one_place_at_a_time(school: Scenario) -> None:
    plan, crew = laid_out(school), school.crews[0]
    areas = {z.name: z.area_m2 for z in school.zones}
    turns = sorted(plan.rounds, key=lambda r: r.at)
    for before, after in itertools.pairwise(turns):
        work = SLACK * 60 * crew.minutes_per_100_m2.mean * areas[before.zone] / 100
        assert seconds(after.at) >= seconds(before.at) + work + 60 * crew.walk_minutes


def test_nobody_eats_while_the_canteen_is_cleaned() -> None:
    school = read_scenario(SCHOOL_DAY)
    plan = laid_out(school)
    turns = [seconds(t.at) for t in plan.timetable if t.what == "lunch"]
    for turn in plan.rounds:
        begins = seconds(turn.at)
        assert begins + 600 <= min(turns) or begins >= max(turns) + 1800


def test_a_second_shift_waits_until_the_first_has_eaten() -> None:
    school = read_scenario(SCHOOL_DAY)
    hall = school.canteens[0].model_dump(exclude_none=True) | {"seats": 12}
    raw = school.model_dump(by_alias=True, exclude_none=True) | {"canteens": [hall]}
    plan = laid_out(Scenario.model_validate(raw))
    turns = sorted(seconds(t.at) for t in plan.timetable if t.what == "lunch")
    assert turns[1] - turns[0] >= 15 * 60 + 5 * 60  # they eat a quarter of an hour, then clearing


def test_what_a_planner_has_laid_out_by_hand_is_kept() -> None:
    school = read_scenario(SCHOOL_DAY)
    plan = read_plan(SCHOOL_DAY / "good-plan.toml", school)
    assert with_rounds(school, with_rest_of_day(school, plan)) == plan
