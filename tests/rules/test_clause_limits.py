"""The numbers of the documents: each clause just inside its limit and just outside.

Written down from the documents once more, so that a limit, a relation or a kind of place that
is changed by mistake in a book does not go unseen. `test_clauses.py` follows every clause from a
school; here is only the last step.
"""

from typing import Any

import pytest
from builders import TINY, a_scenario

from returnsim.rules.audit import Key, Verdict, audit
from returnsim.rules.rulebook import PLANNER, Clause, rulebooks
from returnsim.theory.estimation import Estimate

TOWNSHIP = "township-2020"
SCHOOL = a_scenario(
    limits={
        "days_between_batches": 7,
        "people_returning_per_day": 400,
        "crowding_risk": 0.05,
        "wait_risk": 0.10,
        "seated_by_bell_probability": 0.95,
        "fair_days_apart": 5,
        "observation_beds": 40,
        "one_batch_per_building": True,
    }
)
NOBODY = (0, 1)
EVERYBODY = (1, 0.999)
EVERYWHERE = ("",)
Case = tuple[tuple[float, float], tuple[str, ...]]
"""A value that is just enough and one that is just not, and the kinds of place they are of."""


def times(number: int, *kinds: str) -> Case:
    return (number, number - 1), kinds


def held(*reasons: str) -> Case:
    return NOBODY, reasons


LIMITS: dict[str, Case] = {
    "P1-2(1).c-b": times(1, "log entry/school"),
    "P1-2(2).a-a": held("risk area"),
    "P1-2(2).a-b": held("papers missing"),
    "P1-2(2).b": held("isolation"),
    "P1-2(2).c-b": held("papers missing"),
    "P1-2(2).d-b": held("papers missing"),
    "P1-2(2).e-a": (NOBODY, EVERYWHERE),
    "P1-2(3).d-a": (NOBODY, EVERYWHERE),
    "P1-2(3).d-b": ((0, -1), EVERYWHERE),
    "P1-2(4).a": times(1, "health report/everybody"),
    "P1-2(4).d-a": ((2, 1), EVERYWHERE),
    "P1-2(4).e-a": held("symptoms"),
    "P1-2(5).b-a": ((14, 13), EVERYWHERE),
    "P1-2(5).b-b": held("risk area", "isolation"),
    "P1-2(5).c-a": ((14, 13), EVERYWHERE),
    "P1-2(5).f-a": (NOBODY, EVERYWHERE),
    "P1-2(5).g-a": held("risk area"),
    "P1-2(5).g-b": held("isolation", "symptoms"),
    "P1-2(5).g-c": (EVERYBODY, EVERYWHERE),
    "P1-2(6).a": ((10, 9.99), EVERYWHERE),
    "P1-2(6).b": ((1, 0.99), EVERYWHERE),
    "P1-2(6).c": ((30, 29.9), ("disinfectant",)),
    "P1-2(6).d-a": ((1, 0.9), ("soap",)),
    "P1-2(7).c-a": ((3, 2), EVERYWHERE),
    "P1-2(7).d": times(1, "campus"),
    "P1-2(7).e": times(3, "gate", "canteen"),
    "P1-2(7).f": times(4, "toilet", "refuse"),
    "P1-2(8).a-b": held("symptoms"),
    "P1-2(8).b": (EVERYBODY, EVERYWHERE),
    "P1-2(8).c-a": (EVERYBODY, EVERYWHERE),
    "P1-2(8).c-b": times(1, "log entry/school"),
    "P1-2(8).d": times(2, "health report/people observed at home"),
    "P1-2(8).e-a": (EVERYBODY, EVERYWHERE),
    "P1-2(8).e-b": times(
        1,
        "temperature check/boarders/dormitory",
        "temperature check/everybody/canteen",
        "temperature check/staff/office",
    ),
    "P1-2(8).f": times(3, "temperature check/boarders"),
    "P1-2(8).g": times(2, "temperature check/kindergarten"),
    "P1-2(8).h": times(3, "temperature check/guards", "temperature check/canteen staff"),
    "P1-2(8).i-a": times(1, "result report/school"),
    "P1-2(9).b": times(1, "absence follow-up/absentees"),
    "P1-2(9).c": times(2, "log entry/staff"),
    "P1-2(9).e-b": held("not approved"),
    "P1-3(1).a": ((0, -1), EVERYWHERE),
    "P1-3(1).b-order-exam": (NOBODY, EVERYWHERE),
    "P1-3(1).b-order-kindergarten": (NOBODY, EVERYWHERE),
    "P1-3(1).b-interval": ((7, 6), EVERYWHERE),
    "P1-3(1).b-day": ((400, 401), EVERYWHERE),
    "P1-3(1).b-peak": ((0.05, 0.051), EVERYWHERE),
    "P1-3(2)1-b": (NOBODY, EVERYWHERE),
    "P1-3(2)2.a": ((14, 13), EVERYWHERE),
    "P1-3(2)2.b-a": ((14, 13), EVERYWHERE),
    "P1-3(2)2.b-b": (NOBODY, EVERYWHERE),
    "L-crowding": ((0.05, 0.051), EVERYWHERE),
    "L-wait": ((0.10, 0.101), EVERYWHERE),
    "L-bell": ((0.95, 0.949), EVERYWHERE),
    "L-isolation": ((0.05, 0.051), EVERYWHERE),
    "L-still-inside": ((0.05, 0.051), EVERYWHERE),
    "L-recheck": ((0.05, 0.051), EVERYWHERE),
    "L-fair": ((5, 6), EVERYWHERE),
    "L-beds": ((40, 41), EVERYWHERE),
    "L-building": (NOBODY, EVERYWHERE),
}
BOOKS = rulebooks(SCHOOL, TINY.parent)
CLAUSES = {c.id: c for book in BOOKS for c in book.clauses if c.quantity is not None}


def test_no_clause_with_a_number_is_left_out() -> None:
    assert [book.name for book in BOOKS] == [TOWNSHIP, PLANNER]
    assert CLAUSES.keys() ^ LIMITS.keys() == set()


def verdict(clause: Clause, values: dict[str, float]) -> Verdict:
    """Judge one clause on values by kind of place, and on one of a kind it does not ask for."""
    quantity = clause.quantity
    assert quantity is not None
    evidence: dict[Any, Estimate] = {
        Key(quantity, kind, "", kind): Estimate.certain(value) for kind, value in values.items()
    }
    if clause.places:
        evidence[Key(quantity, "elsewhere", "", "elsewhere")] = Estimate.certain(-1000.0)
        evidence[Key(quantity, "beyond", "", "beyond")] = Estimate.certain(1000.0)
    found = audit(BOOKS, SCHOOL, evidence)
    [finding] = [f for f in found if f.clause is clause]
    return finding.verdict


@pytest.mark.parametrize("name", LIMITS)
def test_a_clause_is_met_to_the_limit_and_violated_beyond_it(name: str) -> None:
    (enough, short), kinds = LIMITS[name]
    clause = CLAUSES[name]
    everywhere = dict.fromkeys(kinds, float(enough))
    assert verdict(clause, everywhere) is Verdict.MET
    for kind in kinds:
        assert verdict(clause, everywhere | {kind: float(short)}) is Verdict.VIOLATED
    assert set(clause.places) == set(kinds) - {""}


@pytest.mark.parametrize("name", LIMITS)
def test_a_clause_is_uncertain_when_its_limit_lies_inside_the_interval(name: str) -> None:
    (enough, short), kinds = LIMITS[name]
    clause = CLAUSES[name]
    assert clause.quantity is not None
    low, high = sorted((float(enough), float(short)))
    key = Key(clause.quantity, kinds[0], "", kinds[0])
    [finding] = [
        f
        for f in audit(BOOKS, SCHOOL, {key: Estimate((low + high) / 2, low, high, 100)})
        if f.clause is clause
    ]
    assert finding.verdict is Verdict.UNCERTAIN


SOFT = {"P1-2(1).c-b", "P1-2(6).d-a", "L-isolation", "L-recheck"}


def test_only_what_the_document_recommends_is_soft() -> None:
    assert {name for name, clause in CLAUSES.items() if not clause.hard} == SOFT
