"""Duty sheets of crews: what, where, how much, and what nobody has time for."""

from school_days import a_large_school

from returnsim.optimise.planner import Proposal
from returnsim.report.compose_crews import crew_agendas, crew_sheets, round_lines
from returnsim.report.day_turns import Turns
from returnsim.scenario.scenario import Scenario


def turns_of(proposal: Proposal, lang: str = "en") -> Turns:
    return Turns(proposal.scenario, proposal.recommended.plan, lang)


def test_a_crew_is_told_when_where_and_what_it_shuts(school_day: Proposal) -> None:
    (sheet,) = crew_sheets(turns_of(school_day))
    (line,) = sheet.parts[0].lines
    assert (line.time, line.members[0].name, line.members[0].count) == (
        "12:00",
        "dining",
        "disinfect",
    )
    assert line.texts == ("canteen", "10 min")
    assert sheet.parts[0].note == ""


def test_a_crew_that_does_one_kind_of_work_is_told_so(school_day: Proposal) -> None:
    crew = school_day.scenario.crews[0].model_copy(update={"work": "disinfection"})
    school = school_day.scenario.model_copy(update={"crews": (crew,)})
    (sheet,) = crew_sheets(Turns(school, school_day.recommended.plan, "en"))
    assert sheet.facts[-1] == "disinfection only"
    (any_work,) = crew_sheets(turns_of(school_day))
    assert sheet.facts[:-1] == any_work.facts


def test_litres_follow_from_the_area_and_airing_takes_none(crowded_day: Proposal) -> None:
    """600 m² at a litre for a thousand; eight rounds with disinfectant, one without."""
    turns = turns_of(crowded_day)
    supply = next(s for s in crowded_day.scenario.supplies if s.per_round_m2)
    each = f"{600 * supply.per_round_m2:g} {supply.unit_en} of {supply.en}"
    lines = list(round_lines(turns))
    assert {line.uses for line in lines if line.work == "disinfect"} == {each}
    assert {line.uses for line in lines if line.work == "air"} == {""}
    notes = " ".join(s.parts[0].note for s in crew_sheets(turns))
    assert f"In all a day: {8 * 600 * supply.per_round_m2:g} {supply.unit_en}" in notes


def test_rounds_that_no_crew_has_time_for_are_named(crowded_day: Proposal) -> None:
    plan = crowded_day.recommended.plan
    fewer = plan.changed(rounds=[r for r in plan.rounds if r.zone != "zone toilet"])
    sheets = list(crew_sheets(Turns(crowded_day.scenario, fewer, "en")))
    assert all("Toilet and stairs (4 of 4 rounds)" in s.parts[0].note for s in sheets)
    assert all("No crew" not in s.parts[0].note for s in crew_sheets(turns_of(crowded_day)))


def test_a_crews_day_has_every_round(crowded_day: Proposal) -> None:
    turns = turns_of(crowded_day)
    assert sum(len(a.turns) for a in crew_agendas(turns)) == len(turns.plan.rounds)


def test_the_large_school_has_crews() -> None:
    school: Scenario = a_large_school(3)
    assert len(school.crews) == 2
