"""Everything that is handed over: names, order, schemas, the same bytes."""

import json
import math
import subprocess
import sys
from typing import Any

import pytest
from builders import SCENARIOS, a_scenario
from proposals import STAMP, a_proposal

from returnsim.optimise.planner import Proposal, recommend
from returnsim.report.files import findings_json, render, schedule_files, summary_json
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.scenario import read_scenario

NAMES = [
    "summary.json",
    "findings.json",
    "quality.json",
    "schedule.zh.pdf",
    "schedule.en.pdf",
    "schedule.xlsx",
]
ESTIMATE = {"quantity", "place", "day", "unit", "mean", "half_width", "confidence"}
FINDING = {
    *("clause", "book", "hard", "verdict", "quantity", "relation", "limit", "value"),
    *(
        "half_width",
        "risk",
        "unseen",
        "settled_after",
        "source",
        "place",
        "day",
        "margin",
        "says_zh",
        "says_en",
    ),
}


def strict(text: str) -> Any:
    """Read JSON as a strict reader does: no NaN, no Infinity."""

    def refuse(word: str) -> float:
        raise ValueError(word)

    return json.loads(text, parse_constant=refuse)


def test_the_files_come_in_their_order_and_are_the_same_twice(tiny_proposal: Proposal) -> None:
    once = dict(schedule_files(tiny_proposal, STAMP))
    assert list(once) == NAMES
    assert once["schedule.zh.pdf"].startswith(b"%PDF")
    assert once["schedule.xlsx"].startswith(b"PK")
    assert once == dict(schedule_files(tiny_proposal, STAMP))


def test_render_gives_the_document_and_its_paper(tiny_proposal: Proposal) -> None:
    document, paper = render(tiny_proposal, "en", STAMP)
    assert document.lang == "en"
    assert paper == dict(schedule_files(tiny_proposal, STAMP))["schedule.en.pdf"]


def test_the_summary_keeps_its_schema(tiny_proposal: Proposal) -> None:
    found = tiny_proposal.recommended
    whole = strict(summary_json(found, tiny_proposal.scenario))
    assert whole.keys() == {"schema", "scenario", "seed", "replications", "stop", "estimates"}
    assert whole["schema"] == "returnsim-summary-1"
    assert (whole["scenario"], whole["seed"], whole["replications"]) == ("tiny", 1, 64)
    assert all(row.keys() == ESTIMATE for row in whole["estimates"])
    order = [(k.quantity.value, k.place, k.day) for k in found.evidence]
    assert [(r["quantity"], r["place"], r["day"]) for r in whole["estimates"]] == order


def test_the_findings_keep_their_schema(tiny_proposal: Proposal) -> None:
    found = tiny_proposal.recommended
    whole = strict(findings_json(found, tiny_proposal.scenario))
    assert whole.keys() == {"schema", "scenario", "findings"}
    assert whole["schema"] == "returnsim-findings-1"
    assert all(row.keys() == FINDING for row in whole["findings"])
    assert [r["clause"] for r in whole["findings"]] == [f.clause.id for f in found.findings]
    crowding = next(r for r in whole["findings"] if r["clause"] == "L-crowding")
    assert crowding["risk"] > crowding["value"] or crowding["risk"] == 1
    assert "limits.crowding_risk (made up)" in crowding["source"]
    exact = next(r for r in whole["findings"] if r["clause"] == "P1-2(6).b")
    assert exact["risk"] is None
    assert "limit: the document" in exact["source"]


def test_what_is_not_finite_becomes_null() -> None:
    school = a_scenario(approvals={"families_told": None})
    proposal = a_proposal(school, replications=1)
    whole = strict(summary_json(proposal.recommended, school))
    never = next(r for r in whole["estimates"] if r["quantity"] == "days_of_notice")
    assert never["mean"] is None
    assert strict(findings_json(proposal.recommended, school))


def test_numbers_are_rounded_to_ten_digits(tiny_proposal: Proposal) -> None:
    for row in strict(summary_json(tiny_proposal.recommended, tiny_proposal.scenario))["estimates"]:
        for key in ("mean", "half_width"):
            value = row[key]
            assert value is None or math.isclose(value, float(f"{value:.10g}"), rel_tol=0)


def test_printers_are_loaded_only_when_something_is_printed() -> None:
    code = (
        "import sys, returnsim.report.files; "
        "print(*{'matplotlib', 'typst', 'xlsxwriter'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


@pytest.mark.slow
def test_a_real_school_prints_in_both_languages() -> None:
    folder = SCENARIOS / "township"
    school = read_scenario(folder)
    proposal = recommend(school, rulebooks(school, folder), seed=1)
    contents = dict(schedule_files(proposal, STAMP))
    assert list(contents) == NAMES
    assert all(len(data) > 1000 for data in contents.values())
