"""Sheets for checkers and guards: who, where, how many."""

from returnsim.optimise.planner import Proposal
from returnsim.report.compose_day_checks import check_sheets, crossing_sheets
from returnsim.report.day_turns import Turns


def turns_of(proposal: Proposal, lang: str = "en") -> Turns:
    return Turns(proposal.scenario, proposal.recommended.plan, lang)


def test_each_dormitory_and_each_check_has_its_sheet(school_day: Proposal) -> None:
    evening, noon = check_sheets(turns_of(school_day))
    assert (evening.name, evening.facts[1]) == ("evening · house", "1 person with a thermometer")
    assert [line.texts for line in evening.parts[0].lines] == [("6",)]
    assert noon.facts[1] == "checked by their own teachers, or one of their own"
    assert [line.texts for line in noon.parts[0].lines] == [
        ("101 · hall", "4"),
        ("102 · hall", "10"),
    ]
    assert "≥ 37.3 °C" in noon.parts[0].lead


def test_a_check_before_bed_is_shared_out_over_the_houses(crowded_day: Proposal) -> None:
    sheets = [s for s in check_sheets(turns_of(crowded_day, "zh")) if "晚检" in s.name]
    assert [s.name for s in sheets] == ["晚检 · 第1宿舍楼", "晚检 · 第2宿舍楼"]
    people = [int(line.texts[0]) for s in sheets for line in s.parts[0].lines]
    assert sum(people) == sum(c.boarders for c in crowded_day.scenario.classes)


def test_a_gate_is_told_who_goes_out_and_who_comes_in(school_day: Proposal) -> None:
    (sheet,) = crossing_sheets(turns_of(school_day))
    assert [part.title for part in sheet.parts] == ["Out: off", "In again: back", "Out: home"]
    assert [line.texts for line in sheet.parts[2].lines] == [("4", "4"), ("10", "14")]
    assert "told to be at the gate" in sheet.parts[1].lead


def test_everybody_who_goes_home_passes_one_gate(crowded_day: Proposal) -> None:
    for name, number in (("off", "home_at_noon"), ("back", "home_at_noon")):
        label = next(c for c in crowded_day.scenario.crossings if c.name == name).label("en")
        parts = [p for s in crossing_sheets(turns_of(crowded_day)) for p in s.parts
                 if p.title.endswith(label)]  # fmt: skip
        passing = sum(int(line.texts[0]) for p in parts for line in p.lines)
        assert passing == sum(getattr(c, number) for c in crowded_day.scenario.classes)
