"""An automatic study: how often it looks, and what that costs in confidence."""

from typing import Any

import pytest
from builders import a_clause, a_plan
from model.days import a_lively_school

from returnsim.experiment import assessment
from returnsim.experiment.assessment import Assessment, Replications, assess, planned_looks
from returnsim.experiment.streams import BLOCK
from returnsim.experiment.study import Study, run
from returnsim.rules.audit import Verdict
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Clause, Rulebook

BUILT_IN = assessment.LOOKS
LOOKS = (64, 128, 256, 512)
SCHOOL = a_lively_school()
PLAN = a_plan(SCHOOL)


@pytest.fixture(autouse=True)
def _shorter_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assessment, "LOOKS", LOOKS)


def assessed(limit: float, replications: Replications, **changes: Any) -> Assessment:
    """Judge the mean number of absent pupils, one in ten, against a limit."""
    clause = a_clause(quantity="absent", relation="at most", limit=limit, **changes)
    return assess(SCHOOL, [a_book(clause)], PLAN, seed=1, replications=replications)


def a_book(*clauses: Clause) -> Rulebook:
    return Rulebook(
        format=1,
        name="book",
        issuer_zh="镇政府",
        issuer_en="Township",
        issued="2020",
        clauses=clauses,
    )


def absent_pupils() -> float:
    """Mean over the most replications of the day on which the evidence is worst."""
    samples = run(Study(SCHOOL, PLAN, 1, LOOKS[-1])).samples
    return max(float(x.mean()) for key, x in samples.items() if key.quantity is Q.ABSENT)


def test_it_stops_as_soon_as_no_clause_is_uncertain() -> None:
    found = assessed(5.0, "auto")
    assert found.summary.replications == LOOKS[0]
    assert [f.verdict for f in found.findings] == [Verdict.MET]
    assert found.hard_violated == found.hard_uncertain == ()


def test_it_gives_up_at_the_last_look() -> None:
    found = assessed(absent_pupils(), "auto")
    assert found.summary.replications == LOOKS[-1]
    assert [f.verdict for f in found.findings] == [Verdict.UNCERTAIN]
    assert len(found.hard_uncertain) == 1


def test_it_looks_again_while_a_clause_is_uncertain() -> None:
    """A limit between the intervals of the first look and of the last."""
    above = absent_pupils()
    found = [assessed(above + 0.1 * step, "auto") for step in (1, 2, 3, 4)]
    lengths = [f.summary.replications for f in found]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > LOOKS[0]
    assert {len(f.hard_uncertain) for f in found if f.summary.replications < LOOKS[-1]} == {0}


def test_a_soft_clause_is_worth_another_look() -> None:
    soft = assessed(absent_pupils(), "auto", hard=False)
    assert soft.summary.replications == LOOKS[-1]
    assert soft.hard_uncertain == ()
    assert [f.clause.id for f in soft.uncertain] == ["C-1"]


def test_every_look_costs_its_share_of_the_error() -> None:
    """The first look adds an eighth of the replications and may use an eighth of the error."""
    allowed = 1 - SCHOOL.limits.confidence
    found = assessed(5.0, "auto")
    assert found.confidence == pytest.approx(1 - allowed)
    plain = run(Study(SCHOOL, PLAN, 1, LOOKS[0])).evidence(1 - allowed / 8)
    for key, e in found.evidence.items():
        if e.replications:
            assert (e.low, e.high) == (plain[key].low, plain[key].high)
            assert e.confidence == found.confidence


def test_it_says_when_it_stopped_and_why() -> None:
    soon, never, fixed = (
        assessed(limit, n) for limit, n in ((5.0, "auto"), (absent_pupils(), "auto"), (5.0, 128))
    )
    assert (soon.stop.why, soon.stop.looks, soon.stop.most) == ("settled", LOOKS[:1], LOOKS[-1])
    assert soon.needed == {("book", "C-1"): LOOKS[0]}
    assert (never.stop.why, never.stop.looks) == ("most", LOOKS)
    assert never.needed == {}
    assert (fixed.stop.why, fixed.stop.looks, fixed.stop.asked) == ("fixed", (128,), "128")


def test_every_clause_has_as_many_as_it_needs() -> None:
    """An easy clause is settled at once and stays so while another is still looked at."""
    easy = a_clause(quantity="absent", relation="at most", limit=5.0)
    hard = easy.model_copy(update={"id": "C-2", "limit": absent_pupils()})
    found = assess(SCHOOL, [a_book(easy, hard)], PLAN, seed=1, replications="auto")
    assert found.needed == {("book", "C-1"): LOOKS[0]}
    assert [f.clause.id for f in found.uncertain] == ["C-2"]


def test_later_looks_never_widen_an_interval() -> None:
    books = [a_book(a_clause(quantity="absent", relation="at most", limit=absent_pupils()))]
    short, long = (
        assess(SCHOOL, books, PLAN, seed=1, replications=f"auto:{n}").evidence for n in (256, 512)
    )
    absent = [key for key in long if key.quantity is Q.ABSENT]
    assert absent
    for key in absent:
        assert long[key].low >= short[key].low or long[key].high <= short[key].high


def test_the_most_can_be_asked_for() -> None:
    found = assessed(absent_pupils(), "auto:100")
    assert (found.stop.looks, found.stop.most, found.stop.asked) == ((100,), 100, "auto:100")
    assert planned_looks("auto") == LOOKS
    assert planned_looks("auto:4096") == (256, 512, 1024, 2048, 4096)
    assert planned_looks(7) == (7,)


def test_a_fixed_number_looks_once_at_full_confidence() -> None:
    found = assessed(5.0, 128)
    assert found.confidence == pytest.approx(SCHOOL.limits.confidence)
    assert found.summary.replications == 128
    wide = assessed(5.0, "auto").summary.evidence(found.confidence)
    key = next(k for k in wide if k.quantity is Q.ABSENT)
    assert found.evidence[key].confidence == wide[key].confidence


def test_an_automatic_study_holds_the_numbers_of_a_long_one() -> None:
    found = assessed(absent_pupils(), "auto")
    long = run(Study(SCHOOL, PLAN, 1, LOOKS[-1]))
    assert found.summary.replications == LOOKS[-1]
    for key, values in long.samples.items():
        assert found.summary.samples[key].tolist() == values.tolist()


def test_it_may_look_a_few_times_at_whole_blocks_only() -> None:
    assert all(look % BLOCK == 0 for look in BUILT_IN)
    assert list(BUILT_IN) == sorted(set(BUILT_IN))


def test_a_violated_hard_clause_is_named() -> None:
    found = assessed(0.0, "auto")
    assert [f.clause.id for f in found.hard_violated] == ["C-1"]
    assert found.summary.replications == LOOKS[0]


@pytest.mark.parametrize("after", [64, 512])
def test_days_that_were_played_need_not_be_played_again(after: int) -> None:
    """With another stock, after fewer days or more: the same as if they were."""
    limit = absent_pupils()
    book = a_book(a_clause(quantity="absent", relation="at most", limit=limit))
    other = PLAN.changed(stock=({"supply": "masks", "order": 12345.0},))
    played = run(Study(SCHOOL, PLAN, 1, after))
    how: dict[str, Any] = {"seed": 1, "replications": "auto:256"}
    fresh, again = (assess(SCHOOL, [book], other, played=p, **how) for p in (None, played))
    assert again.evidence == fresh.evidence
    assert (again.findings, again.stop, again.needed) == (fresh.findings, fresh.stop, fresh.needed)
    assert again.summary.study == fresh.summary.study
    for key, x in fresh.summary.samples.items():
        assert (again.summary.samples[key] == x).all()


def test_days_of_another_morning_are_not_taken_for_those_of_a_plan() -> None:
    played = run(Study(SCHOOL, PLAN, 1, 64))
    with pytest.raises(ValueError, match="not those of the plan"):
        assess(SCHOOL, [], PLAN, seed=2, replications=64, played=played)
    with pytest.raises(ValueError, match="not those of the plan"):
        assess(SCHOOL, [], PLAN.changed(lanes=()), seed=1, replications=64, played=played)


def test_in_a_hurry_it_stops_after_a_look_and_says_so() -> None:
    """What is uncertain stays so; what was asked for is still told."""
    clause = a_clause(quantity="absent", relation="at most", limit=absent_pupils())
    hurried = assess(
        SCHOOL, [a_book(clause)], PLAN, seed=1, replications="auto", enough=lambda: True
    )
    assert (hurried.stop.why, hurried.stop.asked) == ("hurried", "auto")
    assert (hurried.stop.looks, hurried.stop.most) == (LOOKS[:1], LOOKS[-1])
    assert [f.verdict for f in hurried.findings] == [Verdict.UNCERTAIN]
