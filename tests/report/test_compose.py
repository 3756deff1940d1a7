"""From a proposal to words: nothing lost, nothing made up, the same every time."""

from dataclasses import replace
from datetime import date, time

import pytest
from builders import a_class, a_gate, a_hold, a_scenario, a_stage
from proposals import STAMP, Curves, a_proposal

from returnsim.optimise.planner import Proposal
from returnsim.report.compose import compose
from returnsim.report.compose_gates import gate_sheets, high_reading, most_on_duty
from returnsim.report.compose_notices import notices
from returnsim.report.compose_queues import fullest_day
from returnsim.report.compose_schedule import schedule
from returnsim.report.document import Document


def test_the_same_proposal_gives_the_same_document(
    tiny_proposal: Proposal, tiny_curves: Curves, tiny_documents: dict[str, Document]
) -> None:
    again = compose(tiny_proposal, "zh", *tiny_curves, STAMP)
    assert again == tiny_documents["zh"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_clause_stands_in_the_document_once(
    tiny_proposal: Proposal, tiny_documents: dict[str, Document], lang: str
) -> None:
    printed = [line.clause for part in tiny_documents[lang].compliance for line in part.lines]
    assert printed == [f.clause.id for f in tiny_proposal.recommended.findings]


def test_what_was_not_assessed_says_why(tiny_documents: dict[str, Document]) -> None:
    lines = [line for part in tiny_documents["en"].compliance for line in part.lines]
    silent = [c.clause for c in lines if c.verdict == "not_assessed" and not c.reason]
    assert silent == []
    assert all(c.found for c in lines if c.verdict != "not_assessed")


def test_open_limits_are_named_as_the_schools_own(tiny_documents: dict[str, Document]) -> None:
    lines = {c.clause: c for part in tiny_documents["en"].compliance for c in part.lines}
    assert "not fixed by the plan" in lines["L-crowding"].limit
    assert "limits.crowding_risk" in lines["L-crowding"].limit


def test_every_class_has_a_slot_on_its_gates_sheet(crowded_documents: dict[str, Document]) -> None:
    document = crowded_documents["zh"]
    printed = [
        m.name
        for sheet in document.gates
        for row in sheet.expected
        for group in row.groups
        if group.batch
        for m in group.members
    ]
    assert sorted(printed) == sorted(c.name for c in document.classes)
    for sheet in document.gates:
        assert sheet.expected[-1].cumulative == sum(row.people for row in sheet.expected)


def test_six_gates_are_shared_out_over_two_tables(crowded_proposal: Proposal) -> None:
    parts = schedule(crowded_proposal, "en")
    assert [len(part.gates) for part in parts] == [3, 3]
    assert [part.title for part in parts] == ["Gates 1–3 of 6", "Gates 4–6 of 6"]
    assert all(len(line.cells) == 3 for part in parts for line in part.lines)


def test_boarders_pass_the_gate_on_their_return_date_only() -> None:
    school = a_scenario(
        classes=[a_class("9-1", boarders=4), a_class("8-1", grade="eight", boarders=0)]
    )
    (sheet,) = gate_sheets(a_proposal(school, replications=2), "en")
    first = sheet.expected[0]
    assert (first.people, first.on_return) == (6, 10)
    assert sheet.has_boarders


def test_people_on_duty_are_rounded_up_and_desks_count_on_return_days() -> None:
    stage = {"staff_per_lane": 0.6}
    gate = a_gate()
    half = gate.model_copy(
        update={"stages": (gate.stages[0].model_copy(update=stage),)},
    )
    sheets = gate_sheets(a_proposal(a_scenario(gates=[half]), replications=2), "en")
    assert sheets[0].duty[0].people == 2  # two lanes of 0.6 people
    assert most_on_duty(sheets) == 2


def test_held_pupils_are_counted_not_named() -> None:
    holds = [a_hold(pupils=2, until=date(2020, 4, 20)), a_hold(**{"class": "8-1"})]
    (sheet,) = gate_sheets(a_proposal(a_scenario(holds=holds), replications=2), "en")
    assert sheet.held == (
        "Class 9.1: 2, may come from 20 April",
        "Class 8.1: 1, until the school says so",
    )


def test_the_threshold_is_the_scenarios() -> None:
    above = a_scenario(screening={"threshold_relation": ">", "threshold_celsius": 37.2})
    assert high_reading(above, "en").threshold == "> 37.2 °C"
    notice = notices(a_proposal(above, replications=2), "en")[0]
    assert "Temperature: up to 37.2 °C may go in" in notice.steps


def test_a_notice_tells_date_slot_and_gate(tiny_proposal: Proposal) -> None:
    notice = notices(tiny_proposal, "zh")[0]
    assert (notice.name, notice.weekday, notice.gate) == ("九年级1班", "周二", "大门")
    slot = tiny_proposal.recommended.plan.arrival_of["9-1"].slot
    assert slot == time(7, 10)
    assert notice.time == "07:10–07:15"


def test_who_is_late_is_told_until_when_somebody_stands_at_every_stage() -> None:
    """The gate is open until half past eight, one stage until half past seven."""
    school = a_scenario(gates=[a_gate(stages=[a_stage(name="scan"), a_stage(name="reading")])])
    found = a_proposal(school, replications=2)
    assert "until 08:30" in notices(found, "en")[0].late
    shifts = [
        s.model_copy(update={"ends": time(7, 30) if s.stage == "scan" else s.ends})
        for s in found.recommended.plan.lanes
    ]
    plan = found.recommended.plan.changed(lanes=shifts)
    early = replace(found, recommended=replace(found.recommended, plan=plan))
    assert "until 07:30" in notices(early, "en")[0].late


def test_the_fullest_day_has_everybody(tiny_proposal: Proposal) -> None:
    found = tiny_proposal.recommended
    assert fullest_day(tiny_proposal.scenario, found) == found.summary.study.days[-1]


def test_orders_are_reasoned_and_dated(tiny_documents: dict[str, Document]) -> None:
    masks = tiny_documents["en"].stock[0]
    assert masks.cost == masks.order * masks.price
    assert masks.need_rounded - masks.on_hand == pytest.approx(masks.order)
    assert "10 for each of 20 people (pieces)" in masks.reason
    assert "order by 2 April" in masks.reason


def test_violated_clauses_become_actions_hard_ones_first(
    crowded_proposal: Proposal, crowded_documents: dict[str, Document]
) -> None:
    actions = crowded_documents["en"].actions
    broken = {f.clause.id for f in crowded_proposal.recommended.hard_violated}
    assert broken <= {a.clause for a in actions}
    assert [a.hard for a in actions] == sorted((a.hard for a in actions), reverse=True)
    crowding = next(a for a in actions if a.clause == "L-crowding")
    assert "missed by" in crowding.status
    assert "Open another lane" in crowding.advice


def test_sources_name_every_table_once(tiny_documents: dict[str, Document]) -> None:
    sources = tiny_documents["en"].notes.sources
    assert len({(s.what, s.source) for s in sources}) == len(sources)
    heads = {s.what.split(":")[0] for s in sources}
    assert {"Calendar", "Gates", "First reading", "The school’s own limits"} <= heads
