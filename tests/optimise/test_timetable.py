"""A timetable and rounds fit their school, whatever the school is, and come with bounds."""

import itertools
import random
from datetime import time
from pathlib import Path

import pytest
from builders import SCENARIOS, a_plan
from hypothesis import given
from laws.mornings import LAW
from laws.schooldays import whole_days

from returnsim.optimise.baselines import baselines
from returnsim.optimise.dates import return_dates
from returnsim.optimise.rounds import length, rounds_bounds, with_rounds
from returnsim.optimise.seating import Party
from returnsim.optimise.timetable import in_turn, timetable_bounds, with_rest_of_day
from returnsim.plan.files import read_plan
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan
from returnsim.rules.rulebook import rulebooks
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
    zones = {z.name: z for z in school.zones}
    turns = sorted(plan.rounds, key=lambda r: r.at)
    for before, after in itertools.pairwise(turns):
        work = length(crew, zones[before.zone])
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


def boarding_junior() -> tuple[Scenario, Plan]:
    """A school of two batches, with the slots it would give by hand."""
    school = read_scenario(SCENARIOS / "boarding-junior")
    dates = return_dates(school, rulebooks(school, SCENARIOS))
    return school, with_rounds(
        school, with_rest_of_day(school, baselines(school, dates, ())["evenly_spread"])
    )


@pytest.mark.parametrize("canteens", [1, 2])
def test_two_batches_never_sit_in_one_canteen_at_a_time(canteens: int) -> None:
    whole, morning = boarding_junior()
    school = whole.model_copy(update={"canteens": whole.canteens[:canteens]})
    plan = with_rest_of_day(school, morning.changed(timetable=()))
    for meal, hall in itertools.product(school.meals, school.canteens):
        turns = [t for t in plan.timetable if (t.what, t.place) == (meal.name, hall.name)]
        classes = [t for t in turns if t.who in school.class_named]
        for one, other in itertools.combinations(classes, 2):
            grades = {school.class_named[t.who].grade for t in (one, other)}
            if len(grades) == 2:
                apart = abs(seconds(one.at) - seconds(other.at))
                assert apart >= 60 * (hall.eating_minutes.mean + hall.clearing_minutes)


def test_a_batch_has_a_canteen_of_its_own_where_there_are_enough() -> None:
    school, plan = boarding_junior()
    grades: dict[str, set[str]] = {}
    for turn in plan.timetable:
        if turn.place in {c.name for c in school.canteens} and turn.who in school.class_named:
            grades.setdefault(turn.place or "", set()).add(school.class_named[turn.who].grade)
    assert sorted(map(len, grades.values())) == [1, 1]


def test_whoever_comes_in_again_early_finds_the_lanes_open() -> None:
    school, plan = boarding_junior()
    crossing = next(c for c in school.crossings if c.direction == "in")
    assert crossing.offset_minutes is not None
    told = [seconds(t.at) for t in plan.timetable if t.what == crossing.name]
    assert min(told) + 60 * crossing.offset_minutes.least >= seconds(crossing.begins)


def test_rooms_are_aired_in_lessons_and_disinfected_when_nobody_is_there() -> None:
    school, plan = boarding_junior()
    aired = [r for r in plan.rounds if r.zone == "九年级教室通风"]
    assert [r for r in aired if time(9) < r.at < time(17)]
    zones = [z.model_copy(update={"work": "disinfection"}) for z in school.zones]
    school = school.model_copy(update={"zones": tuple(zones)})
    cleaned = with_rounds(school, plan.changed(rounds=()))
    rooms = [r.at for r in cleaned.rounds if r.zone == "九年级教室通风"]
    assert rooms
    assert all(at < time(6) or at >= time(21) for at in rooms)


def test_every_round_finds_a_crew() -> None:
    school, plan = boarding_junior()
    for zone in school.zones:
        assert sum(r.zone == zone.name for r in plan.rounds) == zone.rounds_per_day


def test_airing_is_left_to_those_who_air_and_disinfection_to_the_others() -> None:
    school, plan = boarding_junior()
    works = {z.name: z.work for z in school.zones}
    done = {c.name: {works[r.zone] for r in plan.rounds if r.crew == c.name} for c in school.crews}
    assert done == {
        "消毒一组": {"disinfection"},
        "消毒二组": {"disinfection"},
        "通风组": {"ventilation"},
    }


def test_the_rest_of_a_boarding_schools_day_is_proven() -> None:
    school, plan = boarding_junior()
    bounds = timetable_bounds(school, plan) | rounds_bounds(school, plan)
    assert list(bounds) == ["meals", "checks", "rounds"]
    assert all(bound.proven and bound.objective > 0 for bound in bounds.values())


def test_a_plan_laid_out_by_hand_has_no_bounds() -> None:
    school = read_scenario(SCHOOL_DAY)
    plan = read_plan(SCHOOL_DAY / "good-plan.toml", school)
    assert timetable_bounds(school, plan) | rounds_bounds(school, plan) == {}
    plan = laid_out(school)
    assert timetable_bounds(school, plan)
    assert timetable_bounds(school, plan.changed(timetable=plan.timetable[1:])) == {}


def test_rounds_for_which_no_crew_has_time_are_told() -> None:
    school = read_scenario(SCHOOL_DAY)
    zone = school.zones[0].model_copy(update={"rounds_per_day": 2, "area_m2": 9000})
    school = school.model_copy(update={"zones": (zone,)})
    plan = laid_out(school)
    assert plan.rounds == ()
    assert rounds_bounds(school, plan)["rounds_left_out"].objective == 2


@pytest.mark.parametrize("seed", range(20))
def test_no_order_has_more_done_at_any_moment(seed: int) -> None:
    """Person by person: the sum of the moments at which people are measured is least."""
    luck = random.Random(seed)
    parties = [
        Party(f"class {i}", luck.randint(1, 9), since=luck.choice([0, 20, 50, 90]))
        for i in range(luck.randint(1, 5))
    ]

    def summed(order: list[tuple[Party, float]]) -> float:
        return sum(at + 3.0 * (i + 1) for p, at in order for i in range(p.number))

    def served(order: tuple[Party, ...]) -> list[tuple[Party, float]]:
        at, found = 0.0, []
        for p in order:
            at = max(at, p.since)
            found.append((p, at))
            at += 3.0 * p.number
        return found

    ours = list(in_turn(parties, 3.0))
    assert all(at >= p.since for p, at in ours)
    assert summed(ours) == min(summed(served(o)) for o in itertools.permutations(parties))
