"""Verdicts: the whole interval on one side of the limit, or nothing is certain."""

import math
from datetime import date
from typing import Any

import pytest
from builders import a_book, a_clause, a_plan, a_scenario
from hypothesis import given
from hypothesis import strategies as st

from returnsim.measure.planned import planned
from returnsim.rules.audit import Evidence, Finding, Key, Verdict, audit, judge
from returnsim.rules.quantity import Quantity as Q
from returnsim.theory.estimation import Estimate

MET, VIOLATED, UNCERTAIN = Verdict.MET, Verdict.VIOLATED, Verdict.UNCERTAIN
SEVERITY = [VIOLATED, UNCERTAIN, MET]
KEY = Key(Q.MOST_RETURNING, "", "2020-04-07")


def between(low: float, high: float) -> Estimate:
    return Estimate((low + high) / 2, low, high, 100)


def verdict(relation: str, low: float, high: float, *, limit: float = 10.0) -> Verdict:
    clause = a_clause(relation=relation, limit=limit)
    return judge("book", clause, limit, [(KEY, between(low, high))]).verdict


@pytest.mark.parametrize(
    ("low", "high", "at_most", "at_least", "exactly"),
    [
        (8, 9, MET, VIOLATED, VIOLATED),
        (9, 10, MET, UNCERTAIN, UNCERTAIN),
        (9, 11, UNCERTAIN, UNCERTAIN, UNCERTAIN),
        (10, 10, MET, MET, MET),
        (10, 11, UNCERTAIN, MET, UNCERTAIN),
        (11, 12, VIOLATED, MET, VIOLATED),
    ],
)
def test_the_whole_interval_must_lie_on_one_side(
    low: float, high: float, at_most: Verdict, at_least: Verdict, exactly: Verdict
) -> None:
    assert verdict("at most", low, high) is at_most
    assert verdict("at least", low, high) is at_least
    assert verdict("exactly", low, high) is exactly


@pytest.mark.parametrize("relation", ["at most", "at least", "exactly"])
def test_rounding_is_no_evidence(relation: str) -> None:
    assert verdict(relation, 10 - 1e-10, 10 + 1e-10) is MET
    outside = {"at most": 10 + 1e-8, "at least": 10 - 1e-8, "exactly": 10 + 1e-8}[relation]
    assert verdict(relation, outside, outside) is VIOLATED


def test_what_has_never_happened_is_less_than_anything_asked_for() -> None:
    assert verdict("at least", -math.inf, -math.inf) is VIOLATED


@pytest.mark.parametrize(("relation", "limit"), [("at least", 1.0), ("exactly", 1.0)])
def test_what_was_exactly_as_asked_on_every_day_meets_it(relation: str, limit: float) -> None:
    """No number of days could prove more; how often it may be otherwise is told with it."""
    clause = a_clause(relation=relation, limit=limit)
    alike = Estimate.share([1.0] * 100)
    assert alike.low < limit
    assert judge("book", clause, limit, [(KEY, alike)]).verdict is MET
    once = Estimate.share([1.0] * 99 + [0.9])
    assert judge("book", clause, limit, [(KEY, once)]).verdict is not MET


def test_alike_but_not_as_asked_is_judged_by_its_interval() -> None:
    alike = Estimate.share([1.0] * 100)
    for limit, found in ((0.95, MET), (0.99, UNCERTAIN)):
        clause = a_clause(relation="at least", limit=limit)
        assert judge("book", clause, limit, [(KEY, alike)]).verdict is found


INTERVALS = st.tuples(st.floats(-100, 100), st.floats(0, 50)).map(lambda r: (r[0], r[0] + r[1]))


@given(INTERVALS, st.floats(-100, 100), st.floats(0, 50))
def test_a_stricter_limit_never_makes_a_better_verdict(
    interval: tuple[float, float], limit: float, stricter: float
) -> None:
    for relation, sign in (("at most", -1), ("at least", 1)):
        now = verdict(relation, *interval, limit=limit)
        then = verdict(relation, *interval, limit=limit + sign * stricter)
        assert SEVERITY.index(then) <= SEVERITY.index(now)


@given(st.lists(INTERVALS, min_size=1, max_size=5), st.sampled_from(["at most", "at least"]))
def test_a_clause_is_as_bad_as_its_worst_evidence(
    intervals: list[tuple[float, float]], relation: str
) -> None:
    clause = a_clause(relation=relation, limit=0.0)
    found = [(KEY._replace(place=str(n)), between(*i)) for n, i in enumerate(intervals)]
    each = [judge("book", clause, 0.0, [row]).verdict for row in found]
    assert judge("book", clause, 0.0, found).verdict is min(each, key=SEVERITY.index)


def worst(relation: str, *intervals: tuple[float, float]) -> str:
    """Judge places called a, b, c ... against a limit of ten; the place that was cited."""
    rows = [(KEY._replace(place="abcdef"[n]), between(*i)) for n, i in enumerate(intervals)]
    found = judge("book", a_clause(relation=relation), 10.0, rows)
    assert found.judged == len(intervals)
    assert found.worst is not None
    assert found.estimate == dict(rows)[found.worst]
    return found.worst.place


def test_the_place_cited_is_the_one_that_speaks_most_against_it() -> None:
    assert worst("at most", (1, 2), (5, 6), (3, 4)) == "b"
    assert worst("at least", (31, 32), (15, 16), (23, 24)) == "b"
    assert worst("exactly", (9, 9), (10, 10), (12, 12)) == "c"


def test_the_unfavourable_end_of_the_interval_speaks_not_its_middle() -> None:
    assert worst("at most", (7, 9), (1, 9.9), (8, 8.2)) == "b"
    assert worst("at least", (11, 13), (10.1, 20), (12, 12.2)) == "b"
    assert worst("exactly", (9.5, 10.5), (8.5, 10.5), (9.8, 10.2)) == "b"


def test_what_is_certainly_outside_is_cited_before_what_may_be_further_outside() -> None:
    assert worst("at most", (9, 30), (11, 12), (1, 2)) == "b"
    assert worst("at least", (-20, 11), (8, 9), (20, 30)) == "b"


def test_of_two_equally_bad_places_the_first_by_name_and_day_is_cited() -> None:
    clause = a_clause()
    rows = [(KEY._replace(day=day), between(12, 13)) for day in ("2020-04-14", "2020-04-07")]
    for order in (rows, rows[::-1]):
        found = judge("book", clause, 10.0, order)
        assert found.worst is not None
        assert found.worst.day == "2020-04-07"


def finding(quantity: Q, estimate: Estimate, **changes: Any) -> Finding:
    clause = a_clause(quantity=quantity.value, **changes)
    return judge("book", clause, clause.limit, [(KEY._replace(quantity=quantity), estimate)])


@pytest.mark.parametrize(
    ("hits", "days", "found"),
    [(0, 59, MET), (0, 58, UNCERTAIN), (3, 59, UNCERTAIN), (9, 59, VIOLATED), (59, 59, VIOLATED)],
)
def test_a_risk_is_judged_by_a_bound_on_a_proportion(hits: int, days: int, found: Verdict) -> None:
    """No crowded day in 59 is below 5 % at 95 % (the rule of three); none in 58 is not."""
    risk = Estimate.proportion(hits, days, confidence=0.90)
    result = finding(Q.CROWDED_DAYS, risk, relation="at most", limit=0.05)
    assert result.verdict is found
    assert result.bound == risk.high
    assert hits / days <= risk.high


def test_what_is_no_share_of_days_has_no_bound() -> None:
    assert finding(Q.MOST_RETURNING, between(1, 2)).bound is None


@pytest.mark.parametrize(
    ("relation", "margin"), [("at most", 4.0), ("at least", -4.0), ("exactly", -4.0)]
)
def test_the_margin_is_how_far_inside_the_estimate_lies(relation: str, margin: float) -> None:
    assert finding(Q.MOST_RETURNING, between(5, 7), relation=relation).margin == margin


def judged(evidence: Evidence, *clauses: Any, **scenario: Any) -> list[Verdict]:
    return [f.verdict for f in audit([a_book(*clauses)], a_scenario(**scenario), evidence)]


def test_a_clause_without_a_number_is_not_assessed_but_reported() -> None:
    by_hand = a_clause(
        id="0", quantity=None, relation=None, limit=None, reason_zh="人工核对", reason_en="by hand"
    )
    found = audit([a_book(by_hand, a_clause())], a_scenario(), {KEY: between(1, 2)})
    assert [(f.book, f.clause.id, f.verdict, f.judged) for f in found] == [
        ("own", "0", Verdict.NOT_ASSESSED, 0),
        ("own", "C-1", MET, 1),
    ]
    assert found[0].margin is None
    assert found[0].bound is None


def test_a_clause_without_evidence_is_not_assessed() -> None:
    other = {KEY._replace(quantity=Q.BATCHES): between(1, 2)}
    assert judged(other, a_clause()) == [Verdict.NOT_ASSESSED]


def test_a_number_that_the_planner_leaves_open_too_is_not_assessed() -> None:
    clause = a_clause(limit=None, limit_from="people_returning_per_day")
    evidence = {KEY: Estimate.certain(11)}
    assert judged(evidence, clause) == [VIOLATED]
    assert judged(evidence, clause, limits={"people_returning_per_day": 11}) == [MET]
    nothing_set = judged(evidence, clause, limits={"people_returning_per_day": None})
    assert nothing_set == [Verdict.NOT_ASSESSED]


def test_only_the_kinds_of_place_that_a_clause_names_count() -> None:
    rounds = Key(Q.ROUNDS_PER_DAY, "", "")
    evidence = {
        rounds._replace(place="west", kind="toilet"): Estimate.certain(4),
        rounds._replace(place="hall", kind="classroom"): Estimate.certain(1),
        rounds._replace(place="bins", kind="refuse"): Estimate.certain(3),
    }
    asked = {"quantity": "rounds_per_day", "relation": "at least", "limit": 4.0}
    clauses = [a_clause(id=str(n), places=p, **asked) for n, p in enumerate(([], ["toilet"]))]
    clauses += [a_clause(id="2", places=["toilet", "refuse"], **asked)]
    clauses += [a_clause(id="3", places=["canteen"], **asked)]
    found = audit([a_book(*clauses)], a_scenario(), evidence)
    assert [f.verdict for f in found] == [VIOLATED, MET, VIOLATED, Verdict.NOT_ASSESSED]
    assert [f.worst and f.worst.place for f in found] == ["hall", "west", "bins", None]


def test_the_day_cited_is_the_day_on_which_most_come_back() -> None:
    school = a_scenario(limits={"people_returning_per_day": 15})
    same_day = a_plan(school, days={"nine": date(2020, 4, 16), "eight": date(2020, 4, 16)})
    for plan, day, number, found in (
        (a_plan(school), "2020-04-07", 10, MET),
        (same_day, "2020-04-16", 20, VIOLATED),
    ):
        clause = a_clause(limit=None, limit_from="people_returning_per_day")
        [result] = audit([a_book(clause)], school, planned(school, plan))
        assert result.verdict is found
        assert result.worst is not None
        assert result.worst.day == day
        assert result.estimate == Estimate.certain(number)
