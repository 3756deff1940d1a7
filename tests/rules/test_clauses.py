"""Every clause, met and violated, by a change of a small school; and nothing else with it."""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import SCENARIOS, a_plan
from clause_changes import cases
from clause_school import (
    SOURCE_OF,
    assessed,
    books_of,
    first_return,
    judged,
    real_scenario,
    small_school,
    verdicts,
)
from click.testing import CliRunner

from returnsim.cli.main import main
from returnsim.experiment.assessment import assess
from returnsim.optimise.planner import recommend
from returnsim.plan.files import plan_text
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Verdict, audit
from returnsim.rules.duties import due, duties, unknown_clauses
from returnsim.rules.matrix import BOOKS, built_in_book, clause_matrix, page
from returnsim.rules.rulebook import PLANNER, Clause, rulebooks
from returnsim.scenario.scenario import Scenario, read_scenario

TOWNSHIP, HENAN = BOOKS[:2]
ALL = [(name, clause) for name in BOOKS for clause in built_in_book(name).clauses]
JUDGED = [(name, clause) for name, clause in ALL if clause.judged_by != "not here"]
DUTIES = [(name, clause) for name, clause in JUDGED if clause.duty is not None]
NUMBERS = [(name, clause) for name, clause in JUDGED if clause.duty is None]
ROWS = [(*row, verdict) for row in JUDGED for verdict in ("met", "violated")]
NAMES = [f"{clause.id}-{verdict}" for _, clause, verdict in ROWS]

HARD = """
    P1-2(1).a P1-2(1).b P1-2(2).a P1-2(2).b P1-2(2).c P1-2(2).d P1-2(2).e P1-2(3).a
    P1-2(3).b P1-2(3).c P1-2(3).d P1-2(4).a P1-2(4).b P1-2(4).c P1-2(4).d P1-2(4).e
    P1-2(5).a P1-2(5).b P1-2(5).c P1-2(5).e P1-2(5).f P1-2(5).g P1-2(6).a P1-2(6).b
    P1-2(6).c P1-2(7).c P1-2(7).d P1-2(7).e P1-2(7).f P1-2(8).a P1-2(8).b P1-2(8).c
    P1-2(8).d P1-2(8).e P1-2(8).f P1-2(8).g P1-2(8).h P1-2(8).i P1-2(9).a P1-2(9).b
    P1-2(9).c P1-2(9).d P1-2(9).e P1-3(1).a P1-3(1).b P1-3(1).c P1-3(2)1 P1-3(2)2.a
    P1-3(2)2.b
    PL-1.b PL-2(1).a PL-2(1).b PL-2(1).c PL-2(1).d PL-2(1).e PL-2(1).f PL-2(1).i PL-2(1).j
    PL-2(1).k PL-2(2)1.a PL-2(2)1.b PL-2(2)2.b PL-2(2)3.a PL-2(2)3.b PL-2(2)3.c PL-2(2)3.d
"""
"""Requirements of the two documents that a plan must not break, by their sections."""
SOFT = """
    P1-0.a P1-1.a P1-1.b P1-1.c P1-2(1).c P1-2(1).d P1-2(2).f P1-2(5).d P1-2(6).d P1-2(6).e
    P1-2(7).a P1-2(7).b P1-2(7).g
    PL-1.a PL-1.c PL-2(1).g PL-2(1).h PL-2(2)2.a PL-2(2)4 PL-2(2)5 PL-2(2)6.a PL-2(2)6.b
    PL-2(2)6.c PL-2(2)6.d PL-2(3)1.a PL-2(3)1.b PL-2(3)2 PL-2(3)3 PL-3(1) PL-3(2).a
    PL-3(2).b
"""
"""Requirements that are counted and reported."""

Records = list[dict[str, Any]]


def ids(rows: Iterable[tuple[str, Clause]]) -> list[str]:
    return [clause.id for _, clause in rows]


def school_of(book: str) -> str:
    """The book in whose school the planner's own limits are tried."""
    return TOWNSHIP if book == PLANNER else book


# every clause, met and violated


@pytest.mark.parametrize(("book", "clause", "verdict"), ROWS, ids=NAMES)
def test_clause(book: str, clause: Clause, verdict: str) -> None:
    school = school_of(book)
    if verdict == "met":
        for case in cases(school, clause):
            assert verdicts(assessed(school, case.before))[clause.id] is Verdict.MET
        assert verdicts(assessed(school))[clause.id] is Verdict.MET
    elif clause.duty is not None:
        for records in (without(book, clause), out_of_time(book, clause)):
            assert with_records(book, records)[clause.id] is Verdict.VIOLATED
    else:
        broken = [assessed(school, c.before, c.broken) for c in cases(school, clause)]
        assert broken
        assert {verdicts(found)[clause.id] for found in broken} == {Verdict.VIOLATED}


def with_records(book: str, records: Records) -> dict[str, Verdict]:
    """Verdicts on the small school with other records, which the simulation does not read."""
    school = Scenario.model_validate(small_school(book) | {"records": records})
    books, base = books_of(book), assessed(book)
    evidence = {**base.evidence, **duties(books, school, base.plan)}
    return {f.clause.id: f.verdict for f in audit(books, school, evidence)}


def without(book: str, clause: Clause) -> Records:
    """All records but those of a clause."""
    return [r for r in real_scenario(book)["records"] if r["clause"] != clause.id]


def out_of_time(book: str, clause: Clause) -> Records:
    """All records, those of a clause a day too late, or too early where that is the limit."""
    assert clause.duty is not None
    earliest, latest = due(clause.duty, assessed(book).plan)
    limited = clause.duty.to_days is not None or clause.duty.by is not None
    if not limited and clause.duty.from_days is None:
        return without(book, clause)
    day = latest + timedelta(days=1) if limited else earliest - timedelta(days=1)
    return changed(book, clause, {"on": day})


def unsigned(book: str, clause: Clause) -> Records:
    """All records, those of a clause prepared but not signed; a task is left undone."""
    assert clause.duty is not None
    if clause.duty.kind == "task":
        return without(book, clause)
    return changed(book, clause, {"done": False})


def changed(book: str, clause: Clause, change: dict[str, Any]) -> Records:
    return [r | change if r["clause"] == clause.id else r for r in real_scenario(book)["records"]]


# and nothing else with it


@pytest.mark.parametrize("broken", [without, out_of_time, unsigned])
@pytest.mark.parametrize(("book", "clause"), DUTIES, ids=ids(DUTIES))
def test_records_of_a_clause_change_its_finding_and_no_other(
    book: str, clause: Clause, broken: Callable[[str, Clause], Records]
) -> None:
    before, after = verdicts(assessed(book)), with_records(book, broken(book, clause))
    assert {name for name, verdict in after.items() if verdict is not before[name]} == {clause.id}


@pytest.mark.parametrize(("book", "clause"), NUMBERS, ids=ids(NUMBERS))
def test_what_breaks_a_clause_changes_no_unrelated_finding(book: str, clause: Clause) -> None:
    school = school_of(book)
    for case in cases(school, clause):
        before = assessed(school, case.before)
        after = verdicts(assessed(school, case.before, case.broken))
        changes = {name for name, verdict in verdicts(before).items() if after[name] is not verdict}
        assert changes == {f.clause.id for f in before.findings if case.concerns(f.clause)}
        assert clause.id in changes


# nothing is left out


@pytest.mark.parametrize("name", ["township", "henan-county-school"])
def test_an_audit_lists_every_clause_in_the_documents_order(name: str) -> None:
    school = read_scenario(SCENARIOS / name)
    books = rulebooks(school, SCENARIOS / name)
    found = assess(school, books, a_plan(school), seed=1, replications=2)
    asked = [c for book in books for c in book.clauses if c.applies(school)]
    assert [f.clause for f in found.findings] == asked
    unjudged = [f for f in found.findings if f.verdict is Verdict.NOT_ASSESSED]
    assert all(f.clause.judged_by == "not here" and f.clause.reason_zh for f in unjudged)


@pytest.mark.parametrize("book", [TOWNSHIP, HENAN])
def test_a_school_that_keeps_every_clause_has_none_violated(book: str) -> None:
    found = assessed(book)
    assert {f.verdict for f in found.findings} == {Verdict.MET, Verdict.NOT_ASSESSED}
    assert found.hard_violated == ()


def test_a_whole_assessment_reads_the_records_too() -> None:
    (clause,) = (c for _, c in DUTIES if c.id == "P1-2(3).b")
    school = Scenario.model_validate(
        small_school(TOWNSHIP) | {"records": without(TOWNSHIP, clause)}
    )
    found = judged(TOWNSHIP, school, assessed(TOWNSHIP).plan)
    assert [f.clause.id for f in found.hard_violated] == [clause.id]


def audited(folder: Path, plan: Plan, told: Path, *options: str) -> tuple[int, dict[str, str]]:
    """Exit status of the command, and the verdicts in the order in which it writes them."""
    file = told.with_suffix(".toml")
    file.write_text(plan_text(plan), encoding="utf-8")
    given = ["audit", str(folder), "--plan", str(file), "--quiet", "--json", str(told)]
    result = CliRunner().invoke(main, [*given, *options])
    findings = json.loads(told.read_text(encoding="utf-8"))["findings"]
    return result.exit_code, {f["clause"]: f["verdict"] for f in findings}


def clauses_of(book: str, folder: Path) -> list[str]:
    school = read_scenario(folder)
    return [c.id for b in books_of(book) for c in b.clauses if c.applies(school)]


def test_the_command_exits_with_1_when_a_hard_clause_fails(tmp_path: Path) -> None:
    text = (SCENARIOS / "tiny" / "scenario.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if '"P1-2(3).b"' not in line]
    (tmp_path / "scenario.toml").write_text("\n".join(lines), encoding="utf-8")
    told, plan = tmp_path / "findings.json", a_plan()
    status, found = audited(SCENARIOS / "tiny", plan, told)
    assert (status, list(found)) == (0, clauses_of(TOWNSHIP, tmp_path))
    assert "violated" not in found.values()
    status, found = audited(tmp_path, plan, told)
    assert (status, list(found)) == (1, clauses_of(TOWNSHIP, tmp_path))
    assert [name for name, verdict in found.items() if verdict == "violated"] == ["P1-2(3).b"]


@pytest.mark.slow
@pytest.mark.parametrize("book", [TOWNSHIP, HENAN])
def test_the_plan_recommended_for_each_book_breaks_no_hard_clause(
    book: str, tmp_path: Path
) -> None:
    folder = SCENARIOS / SOURCE_OF[book]
    school = read_scenario(folder)
    plan = recommend(school, rulebooks(school, folder), seed=1, jobs=2).recommended.plan
    status, found = audited(folder, plan, tmp_path / "findings.json", "--seed", "1")
    assert (status, list(found)) == (0, clauses_of(book, folder))
    assert "violated" not in found.values()


@pytest.mark.parametrize(("hard", "wanted"), [(True, HARD), (False, SOFT)])
def test_every_requirement_of_the_documents_has_its_clauses(hard: bool, wanted: str) -> None:
    """A requirement may be split: `2(7).c` into `2(7).c-a` and `2(7).c-b`."""
    flags = {c.id: c.hard for name in (TOWNSHIP, HENAN) for c in built_in_book(name).clauses}
    for requirement in wanted.split():
        parts = [i for i in flags if i == requirement or i.startswith(f"{requirement}-")]
        assert parts, requirement
        assert {flags[part] for part in parts} == {hard}, requirement


def test_every_clause_that_is_judged_has_a_test_of_both_verdicts() -> None:
    rows = clause_matrix([built_in_book(name) for name in BOOKS])
    named = {test for row in rows for test in (row.met, row.violated) if test}
    assert named == {f"test_clause[{name}]" for name in NAMES}


def test_the_page_of_clauses_is_up_to_date() -> None:
    written = (SCENARIOS.parent / "docs" / "clauses.md").read_text(encoding="utf-8")
    expected = page([built_in_book(name) for name in BOOKS])
    assert written == expected, "run: python docs/clauses_matrix.py"


def test_the_scenarios_that_come_along_keep_records_of_known_clauses_only() -> None:
    for folder in sorted(path.parent for path in SCENARIOS.glob("*/scenario.toml")):
        school = read_scenario(folder)
        assert list(unknown_clauses(rulebooks(school, folder), school)) == []


def test_a_record_of_an_unknown_clause_is_reported_with_the_likely_one() -> None:
    stray = {"clause": "P1-2(3).bb", "on": first_return(TOWNSHIP), "source": "made up"}
    raw = small_school(TOWNSHIP)
    school = Scenario.model_validate(raw | {"records": [*raw["records"], stray]})
    (problem,) = unknown_clauses(books_of(TOWNSHIP), school)
    assert problem.where == "records.P1-2(3).bb"
    assert "P1-2(3).b" in problem.text("en")
