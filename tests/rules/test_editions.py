"""Books side by side: editions, contradictions, dates, and the four books of 2020."""

import itertools
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from builders import SCENARIOS, a_class, a_clause, a_gate, a_grade, a_plan, a_scenario, a_supply
from hypothesis import given
from hypothesis import strategies as st

from returnsim.measure.planned import planned
from returnsim.rules.audit import Key, Verdict, audit, judge
from returnsim.rules.duties import duties
from returnsim.rules.editions import (
    SETTINGS,
    Conflict,
    Editions,
    conflicts,
    editions_differ,
    first_reading_sent_aside,
    out_of_date,
    setting_of,
)
from returnsim.rules.quantity import Quantity
from returnsim.rules.rulebook import PLANNER, Clause, Rulebook, read_rulebook, rulebooks
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate
from returnsim.wording import LANGUAGES

BOOKS = ("cn-schools-2020-05", "cn-schools-2020-08", "tw-2020-02", "cn-workplace-2020-02")
REMOVED = {
    "CS-desk-gap",
    "CS-dormitory-six",
    "CS-ventilation-3",
    "CS-canteen-gap",
    "CS-dormitory-area",
    "CS-dormitory-respread",
}
"""Lifted in August 2020: 1 m between desks, six to a dormitory room, three airings a day,
1.5 m in the canteen, 3 square metres to a dormitory place, beds spread out."""
ADDED = {"CS-health-code", "CS-pcr-7", "CS-semi-closed"}
"""New in August 2020: health code, PCR within 7 days from risk areas, semi-closed campus."""


def built_in_book(name: str) -> Rulebook:
    return read_rulebook(Path(str(files("returnsim") / "rules" / "books" / f"{name}.toml")))


def a_book(name: str, *clauses: Clause, **dates: Any) -> Rulebook:
    fields = {"issuer_zh": "某局", "issuer_en": "a bureau", "issued": "2020", **dates}
    return Rulebook.model_validate({"format": 1, "name": name, **fields, "clauses": clauses})


def asks(relation: str, limit: float, quantity: str = "masks_per_person", **more: Any) -> Clause:
    fields = {"quantity": quantity, "relation": relation, "limit": limit}
    return a_clause(**{"id": f"C-{limit:g}", **fields, **more})


def states(name: str, relation: str, limit: float) -> Clause:
    """Return a clause on a number of the scenario, which no audit judges."""
    reasons = {"reason_zh": "不评定", "reason_en": "not judged"}
    fields = {"quantity": None, "relation": relation, "limit": limit}
    return a_clause(**{"id": f"X-{name}", **fields, **reasons})


def found(scenario: Scenario, *books: Rulebook) -> list[Conflict]:
    told = list(conflicts(books, scenario))
    for conflict in told:
        for lang in LANGUAGES:
            text = conflict.text(lang)
            assert "{" not in text
            assert all(claim.clause.id in text for claim in conflict.claims)
    return told


# ── the two editions ──────────────────────────────────────────────────────────────────


def test_the_editions_of_2020_differ_in_what_the_plans_changed_and_nothing_else() -> None:
    may, august = (built_in_book(name) for name in BOOKS[:2])
    differ = editions_differ(may, august)
    assert set(differ.only_a) == REMOVED
    assert set(differ.only_b) == ADDED
    assert differ.changed == ()
    ids = [{c.id for c in book.clauses} for book in (may, august)]
    assert ids[0] ^ ids[1] == REMOVED | ADDED
    assert editions_differ(august, may) == Editions(differ.only_b, differ.only_a, ())
    assert editions_differ(may, may) == Editions((), (), ())


def test_the_same_scenario_under_two_editions_differs_in_the_rules_that_changed() -> None:
    scenario = a_scenario()
    plan = a_plan(scenario)
    verdicts = []
    for book in (built_in_book(name) for name in BOOKS[:2]):
        evidence = {**planned(scenario, plan), **duties([book], scenario, plan)}
        findings = audit([book], scenario, evidence)
        verdicts.append({f.clause.id: f.verdict for f in findings})
    may, august = verdicts
    assert may.keys() ^ august.keys() == REMOVED | ADDED
    assert all(may[i] is august[i] for i in may.keys() & august.keys())


def test_a_changed_clause_is_told_as_changed() -> None:
    a = a_book("a", asks("at least", 10), a_clause(id="same"), a_clause(id="gone"))
    b = a_book("b", a_clause(id="new"), asks("at least", 12, id="C-10"), a_clause(id="same"))
    assert editions_differ(a, b) == Editions(("gone",), ("new",), ("C-10",))


# ── every clause of the four books ────────────────────────────────────────────────────


def all_clauses() -> Iterator[tuple[str, Clause]]:
    for name in BOOKS:
        for clause in built_in_book(name).clauses:
            yield name, clause


@pytest.mark.parametrize("name", BOOKS)
def test_every_clause_is_written_in_both_languages_and_judged_or_explained(name: str) -> None:
    book = built_in_book(name)
    assert book.applies_from
    assert book.applies_to
    assert len({c.says_en for c in book.clauses}) == len(book.clauses)
    for clause in book.clauses:
        assert any("\u4e00" <= c <= "\u9fff" for c in clause.says_zh + clause.owner_zh)
        assert clause.says_en.isascii(), clause.id
        judged = clause.judged_by != "not here"
        assert judged == (clause.reason_en is None), clause.id
        if not judged and clause.limit is not None:
            assert setting_of(clause) in SETTINGS, clause.id


JUDGED = [
    pytest.param(clause, id=f"{name}-{clause.id}")
    for name, clause in all_clauses()
    if clause.quantity is not None
]


@pytest.mark.parametrize("clause", JUDGED)
def test_every_number_of_the_four_books_can_be_met_and_violated(clause: Clause) -> None:
    assert clause.quantity is not None
    assert clause.limit is not None
    good, bad = clause.limit, clause.limit - 0.5
    if clause.relation == "at most":
        bad = clause.limit + 0.5
    kind = clause.places[0] if clause.places else ""
    key = Key(clause.quantity, "somewhere", "", kind)
    for value, verdict in ((good, Verdict.MET), (bad, Verdict.VIOLATED)):
        rows = [(key, Estimate.certain(value))]
        assert judge("book", clause, clause.limit, rows).verdict is verdict
    assert judge("book", clause, clause.limit, []).verdict is Verdict.NOT_ASSESSED


@pytest.mark.parametrize("name", BOOKS)
def test_every_routine_a_book_asks_for_can_be_written_in_a_scenario(name: str) -> None:
    wanted = {
        kind
        for clause in built_in_book(name).clauses
        if clause.quantity is Quantity.TIMES_PER_DAY
        for kind in clause.places
    }
    routines = [
        dict(zip(("what", "who", "where"), kind.split("/"), strict=False))
        | {"times_per_day": 3, "source": "made up"}
        for kind in wanted
    ]
    scenario = a_scenario(routines=routines, rulebooks=[name])
    assert {r.kind for r in scenario.routines} == wanted
    books = rulebooks(scenario, SCENARIOS)
    assert [b.name for b in books] == [name, PLANNER]
    evidence = duties(books, scenario, a_plan(scenario))
    assert not any(key.quantity is Quantity.TIMES_PER_DAY for key in evidence)


# ── contradictions between books ──────────────────────────────────────────────────────


def test_the_stricter_of_two_floors_decides_and_both_are_shown() -> None:
    ten, twelve = a_book("a", asks("at least", 10)), a_book("b", asks("at least", 12))
    for books in ((ten, twelve), (twelve, ten)):
        (conflict,) = found(a_scenario(), *books)
        assert (conflict.kind, conflict.about) == ("stricter", "masks_per_person")
        assert conflict.wins is not None
        assert conflict.wins.asked == 12
        assert {c.asked for c in conflict.claims} == {10, 12}


def test_books_that_agree_or_speak_of_other_things_do_not_contradict() -> None:
    a = a_book("a", asks("at least", 10))
    same = a_book("b", asks("at least", 10, id="other"))
    other = a_book("c", asks("at least", 30, "days_of_cover"))
    assert found(a_scenario(), a, same, other) == []
    within = a_book("d", asks("at least", 10), asks("at least", 12))
    assert found(a_scenario(), within) == []


def test_kinds_of_place_are_kept_apart_and_a_clause_without_one_speaks_of_all() -> None:
    toilets = asks("at least", 4, "rounds_per_day", places=["toilet", "refuse"])
    gates = asks("at least", 3, "rounds_per_day", places=["gate"])
    assert found(a_scenario(), a_book("a", toilets), a_book("b", gates)) == []
    all_places = asks("at least", 3, "rounds_per_day", id="C-all")
    told = found(a_scenario(), a_book("a", toilets), a_book("b", all_places))
    assert {(c.place, c.wins.asked if c.wins else 0) for c in told} == {
        ("toilet", 4),
        ("refuse", 4),
    }


def test_a_floor_and_a_ceiling_are_kept_together_or_cannot_be() -> None:
    floor = a_book("a", asks("at least", 2, "batches"))
    (both,) = found(a_scenario(), floor, a_book("b", asks("at most", 5, "batches")))
    assert (both.kind, both.wins) == ("both", None)
    (no,) = found(a_scenario(), floor, a_book("b", asks("at most", 1, "batches")))
    assert (no.kind, no.wins) == ("impossible", None)
    (exact,) = found(a_scenario(), floor, a_book("b", asks("exactly", 3, "batches")))
    assert exact.wins is not None
    assert (exact.kind, exact.wins.asked) == ("stricter", 3)
    two = (a_book("b", asks("exactly", 3, "batches")), a_book("c", asks("exactly", 4, "batches")))
    assert [c.kind for c in found(a_scenario(), *two)] == ["impossible"]


def test_the_planner_s_own_number_counts_where_a_book_leaves_one_open() -> None:
    own = a_clause(
        quantity="days_between_batches",
        relation="at least",
        limit=None,
        limit_from="days_between_batches",
    )
    (conflict,) = found(
        a_scenario(), a_book("a", own), a_book("b", asks("at least", 14, "days_between_batches"))
    )
    assert {c.asked for c in conflict.claims} == {7, 14}
    same = asks("at least", 7, "days_between_batches")
    assert found(a_scenario(), a_book("a", own), a_book("b", same)) == []


CLAIMS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["at least", "at most", "exactly"]),
        st.integers(0, 6),
    ),
    min_size=1,
    max_size=6,
)


@given(CLAIMS)
def test_whoever_keeps_the_winner_keeps_all_the_books(rows: list[tuple[int, str, int]]) -> None:
    numbered = [(book, asks(rel, n, id=f"C-{i}")) for i, (book, rel, n) in enumerate(rows)]
    names = sorted({book for book, _ in numbered})
    books = [a_book(f"book {n}", *(c for b, c in numbered if b == n)) for n in names]
    told = found(a_scenario(), *books)

    def keeps(clause: Clause, value: float) -> bool:
        rows = [(Key(Quantity.MASKS_PER_PERSON, "", ""), Estimate.certain(value))]
        return judge("", clause, clause.limit, rows).verdict is Verdict.MET

    values = [n / 2 for n in range(-2, 16)]
    kept = {
        n: [v for v in values if all(keeps(c, v) for b, c in numbered if b == n)] for n in names
    }
    by_all = [v for v in values if all(v in kept[n] for n in names)]
    if len(names) == 1:
        assert told == []
    elif not told:
        assert all(kept[n] == by_all for n in names)
    elif told[0].kind == "impossible":
        assert by_all == []
    elif told[0].kind == "both":
        assert by_all
        assert told[0].wins is None
    else:
        wins = told[0].wins
        assert wins is not None
        assert [v for v in values if keeps(wins.clause, v)] == by_all


# ── contradictions with the scenario ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("threshold", "relation", "first"),
    [(37.3, ">=", 37.3), (37.2, ">", 37.3), (37.3, ">", 37.4), (37.5, ">=", 37.5)],
)
def test_the_first_reading_sent_aside(threshold: float, relation: str, first: float) -> None:
    screening = {"threshold_celsius": threshold, "threshold_relation": relation}
    scenario = a_scenario(screening=screening)
    assert first_reading_sent_aside(scenario) == pytest.approx(first)
    told = found(scenario, built_in_book("cn-schools-2020-05"))
    about = [c for c in told if c.about == "fever-threshold"]
    assert bool(about) == (first > 37.3 + 1e-6)


def test_thresholds_of_two_countries_contradict_and_the_lower_one_decides() -> None:
    scenario = a_scenario(
        screening={"threshold_celsius": 37.3, "threshold_relation": ">"}, supplies=[]
    )
    told = found(scenario, built_in_book("cn-schools-2020-08"), built_in_book("tw-2020-02"))
    about = {c.kind: c for c in told if c.about == "fever-threshold"}
    assert set(about) == {"stricter", "scenario"}
    assert about["stricter"].wins is not None
    assert about["stricter"].wins.asked == 37.3
    assert about["scenario"].given == pytest.approx(37.4)
    assert [c.book.name for c in about["scenario"].claims] == ["cn-schools-2020-08"]


def test_spacing_is_held_against_every_book() -> None:
    by_area = a_gate(marked_places=None, waiting_area_m2=40.0, spacing_m=1.2)
    scenario = a_scenario(gates=[by_area])
    one, more = (
        a_book("a", states("queue-spacing", "at least", 1.0)),
        a_book("b", states("queue-spacing", "at least", 1.5)),
    )
    told = {c.kind: c for c in found(scenario, one, more)}
    assert told["stricter"].wins is not None
    assert told["stricter"].wins.asked == 1.5
    assert (told["scenario"].given, len(told["scenario"].claims)) == (1.2, 1)
    assert [c.kind for c in found(a_scenario(), one, more)] == ["stricter"]  # places are marked


def test_more_than_a_thousand_pupils_need_ten_lanes_in_taipei() -> None:
    taipei = built_in_book("tw-2020-02")
    assert [c for c in found(a_scenario(), taipei) if c.about == "entrance-lanes"] == []
    classes = [a_class(pupils=600), a_class("8-1", grade="eight", pupils=401)]
    (told,) = [c for c in found(a_scenario(classes=classes), taipei) if c.about == "entrance-lanes"]
    assert (told.kind, told.given) == ("scenario", 2)


def test_a_workplace_has_its_starts_slots_and_masks_held_against_the_books() -> None:
    grades = [a_grade(n, level="work") for n in ("nine", "eight")]
    scenario = a_scenario(grades=grades, supplies=[a_supply(per_pupil_day=0.5)])
    books = [built_in_book(n) for n in ("cn-workplace-2020-02", "cn-schools-2020-05")]
    given = {c.about: c.given for c in found(scenario, *books) if c.kind == "scenario"}
    assert given == {"start-times": 1, "slot-length": 5, "masks-a-day": 0.5}


def test_every_two_of_the_books_are_compared_without_a_stumble() -> None:
    names = (*BOOKS, "township-2020", "henan-2021-autumn", PLANNER)
    for pair in itertools.combinations(names, 2):
        found(a_scenario(), *(built_in_book(name) for name in pair))
    all_of_them = found(a_scenario(), *(built_in_book(name) for name in names))
    rounds = {c.place: c for c in all_of_them if c.about == "rounds_per_day"}
    assert rounds["toilet"].wins is not None
    assert rounds["toilet"].wins.clause.id == "P1-2(7).f"


# ── dates ─────────────────────────────────────────────────────────────────────────────


def test_a_calendar_outside_a_book_s_dates_is_told() -> None:
    scenario = a_scenario()
    assert out_of_date(built_in_book("township-2020"), scenario) is None
    assert out_of_date(built_in_book(PLANNER), scenario) is None
    august = built_in_book("cn-schools-2020-08")
    told = out_of_date(august, scenario)
    assert told is not None
    assert told.outside == scenario.calendar.school_days
    for lang in LANGUAGES:
        assert "2020-08-13" in told.text(lang)


def test_a_calendar_partly_outside_names_the_days() -> None:
    scenario = a_scenario()
    book = a_book("a", a_clause(), applies_from=date(2020, 4, 10), applies_to=date(2020, 4, 28))
    told = out_of_date(book, scenario)
    assert told is not None
    days = scenario.calendar.school_days
    assert told.outside == tuple(d for d in days if d < date(2020, 4, 10) or d > date(2020, 4, 28))
    only_end = out_of_date(a_book("b", a_clause(), applies_to=date(2020, 4, 29)), scenario)
    assert only_end is not None
    assert only_end.outside == (date(2020, 4, 30),)
    for lang in LANGUAGES:
        assert "None" not in only_end.text(lang)
