"""A timetable that fits its school is read back as it was; what does not is in `bad`."""

from pathlib import Path

from returnsim.plan.files import plan_text, read_plan
from returnsim.plan.misfits import misfits
from returnsim.scenario.scenario import read_scenario

SCHOOL_DAY = Path(__file__).parent / "school-day"


def test_a_timetable_is_written_and_read_back_equal(tmp_path: Path) -> None:
    school = read_scenario(SCHOOL_DAY)
    plan = read_plan(SCHOOL_DAY / "good-plan.toml", school)
    assert len(plan.timetable) == 9
    assert len(plan.rounds) == 1
    (tmp_path / "plan.toml").write_text(plan_text(plan), encoding="utf-8")
    assert read_plan(tmp_path / "plan.toml", school) == plan


def test_lanes_of_noon_are_told_apart_from_those_of_the_morning() -> None:
    school = read_scenario(SCHOOL_DAY)
    plan = read_plan(SCHOOL_DAY / "good-plan.toml", school)
    gate, back = school.gates[0], school.crossings[1]
    morning = plan.lanes_over_time(gate.name, "check", until=gate.closes)
    noon = plan.lanes_over_time(gate.name, "check", back.begins, back.ends)
    assert morning == [(7 * 3600.0, 2), (8.5 * 3600.0, 0)]
    assert noon == [(13 * 3600.0, 1), (14 * 3600.0, 0)]
    late = plan.lanes[1].model_copy(update={"ends": back.ends.replace(hour=15)})
    found = misfits(plan.changed(lanes=(plan.lanes[0], late)), school)
    assert [p.code for p in found] == ["shift_outside_opening"]


def test_a_crew_is_given_no_work_that_it_does_not_do() -> None:
    school = read_scenario(SCHOOL_DAY)
    plan = read_plan(SCHOOL_DAY / "good-plan.toml", school)
    crew = school.crews[0]
    airers = crew.model_copy(update={"name": "airers", "work": "ventilation"})
    school = school.model_copy(update={"crews": (crew, airers)})
    assert misfits(plan, school) == []
    wrong = plan.changed(rounds=[r.model_copy(update={"crew": "airers"}) for r in plan.rounds])
    (problem,) = misfits(wrong, school)
    assert (problem.where, problem.code) == ("rounds.#1.crew", "crew_does_other_work")
    assert problem.values == {"name": "airers", "work": "disinfection", "known": "crew"}
