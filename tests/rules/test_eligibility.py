"""Who may return when: the rules of the township plan, and laws that hold for any record."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import a_class, a_scenario
from hypothesis import given
from hypothesis import strategies as st

from returnsim.errors import InputError
from returnsim.rules.eligibility import (
    Condition,
    EligibilityRules,
    earliest,
    holds,
    holds_toml,
    may_return,
    read_rules,
    scenario_holds,
)
from returnsim.scenario.people import Hold
from returnsim.scenario.roster_person import Person
from returnsim.wording import LANGUAGES, known

C = Condition
DAY = timedelta(days=1)
START = date(2020, 3, 1)
RULES = EligibilityRules(symptom_free_days=3, source="made up")


def day(number: int) -> date:
    return START + timedelta(days=number)


def a_person(**changes: Any) -> Person:
    """Return a pupil with every paper, at home since 1 March: may return on the 15th."""
    base = Person(
        person="八1班#1",
        school_class="八1班",
        scope="village",
        area="none",
        home_observation_from=START,
        declaration_card=True,
        approved=True,
    )
    return replace(base, **changes)


def rules(**changes: Any) -> EligibilityRules:
    return EligibilityRules.model_validate(RULES.model_dump() | changes)


def missing(**changes: Any) -> tuple[Condition, ...]:
    found = earliest(a_person(**changes), RULES)
    assert (found.day is None) == bool(found.missing)
    return found.missing


def first_day(**changes: Any) -> date | None:
    return earliest(a_person(**changes), RULES).day


def test_fourteen_days_at_home() -> None:
    assert first_day() == day(14)
    assert missing(home_observation_from=None) == (C.HOME_DAYS,)
    assert earliest(a_person(), rules(home_days=7)).day == day(7)


def test_an_anomaly_begins_the_count_anew_on_the_day_after() -> None:
    assert first_day(anomaly_on=day(5)) == day(6 + 14)
    assert first_day(anomaly_on=START) == day(15)
    assert first_day(anomaly_on=START - DAY) == day(14)


def test_a_risk_area_must_be_lifted_and_certified() -> None:
    assert missing(area="risk") == (C.RISK_AREA, C.CERTIFICATE)
    assert missing(area="risk", certificate=True) == (C.RISK_AREA,)
    assert missing(area="lifted", lifted_on=day(20)) == (C.CERTIFICATE,)
    assert first_day(area="lifted", lifted_on=day(20), certificate=True) == day(20)
    assert first_day(area="lifted", certificate=True) == day(14)
    assert missing(area=None) == (C.AREA_UNKNOWN,)


def test_an_isolation_must_be_over_the_day_before() -> None:
    assert first_day(isolation_start=day(10), isolation_end=day(24)) == day(25)
    assert missing(isolated=True) == missing(isolation_start=day(1)) == (C.ISOLATION,)
    assert missing(isolation_start=day(9), isolation_end=day(3)) == (C.ISOLATION,)
    strict = rules(isolation_restarts_home_days=True)
    assert earliest(a_person(isolation_end=day(24)), strict).day == day(25 + 14)


def test_another_prefecture_asks_for_a_report_and_its_approval() -> None:
    for scope in ("province", "other"):
        papers = {"scope": scope, "declaration_form": True}
        assert missing(**papers) == (C.MOVEMENT_REPORT, C.REPORT_APPROVAL)
        assert missing(**papers, movement_report=True) == (C.REPORT_APPROVAL,)
        assert first_day(**papers, movement_report=True, report_approved=True) == day(14)
    assert missing(scope="prefecture") == (C.DECLARATION_FORM,)
    assert first_day(scope="county") == day(14)
    assert missing(scope=None) == (C.HOME_UNKNOWN,)


def test_the_supervision_list_asks_for_a_proof() -> None:
    assert missing(supervised=True) == (C.PROOF,)
    assert first_day(supervised=True, proof=True) == day(14)


def test_symptoms_must_be_gone_for_the_days_given() -> None:
    assert missing(symptoms=True) == missing(symptoms_onset=day(3)) == (C.SYMPTOMS,)
    assert first_day(symptoms=True, symptoms_clear=day(20)) == day(23)
    assert missing(symptoms_onset=day(21), symptoms_clear=day(20)) == (C.SYMPTOMS,)
    assert first_day(symptoms=False) == day(14)


def test_a_reading_counts_only_against_a_threshold_that_is_given() -> None:
    warm = a_person(temperature_celsius=37.4)
    assert earliest(warm, RULES).day == day(14)
    assert earliest(warm, rules(fever_celsius=37.3)).missing == (C.SYMPTOMS,)
    assert earliest(warm, rules(fever_celsius=37.5)).day == day(14)


def test_the_card_is_issued_before_the_day_of_return() -> None:
    assert missing(declaration_card=None) == (C.DECLARATION_CARD,)
    assert first_day(declaration_card=None, declaration_card_on=day(14)) == day(15)
    assert first_day(declaration_card_on=day(2)) == day(14)


def test_nobody_without_approval_no_visitor_and_nobody_barred() -> None:
    assert missing(approved=None) == missing(approved=False) == (C.APPROVAL,)
    assert missing(role="visitor") == (C.VISITOR,)
    assert missing(barred=True) == (C.BARRED,)


def test_other_rulebooks_may_ask_for_less() -> None:
    least = rules(
        home_days=0,
        area_known=False,
        certificate_after_risk_area=False,
        report_from_other_prefecture=False,
        proof_when_supervised=False,
        form_from_other_county=False,
        declaration_card=False,
        approval=False,
    )
    nobody = Person(person="x")
    assert earliest(nobody, least).day == date.min
    assert earliest(nobody, least).condition is None
    assert earliest(replace(nobody, supervised=True, area="lifted"), least).day == date.min
    assert earliest(replace(nobody, area="risk"), least).missing == (C.RISK_AREA,)


def test_the_days_without_symptoms_must_be_given() -> None:
    with pytest.raises(ValueError, match="symptom_free_days"):
        EligibilityRules.model_validate({"source": "made up"})


def test_rules_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('symptom_free_days = 5\nhome_days = 7\nsource = "made up"\n', encoding="utf-8")
    assert read_rules(path) == rules(symptom_free_days=5, home_days=7)
    path.write_text("home_days = -1\nhomedays = 3\n", encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_rules(path)
    assert {p.where for p in refusal.value.problems} >= {"home_days", "homedays", "source"}


def test_the_rules_printed_in_the_docs_are_those_of_the_township(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "roster.md").read_text(encoding="utf-8")
    path = tmp_path / "rules.toml"
    path.write_text(page.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    read = read_rules(path)
    assert read == rules(symptom_free_days=14, source=read.source)


# Laws

DAYS = st.none() | st.integers(-10, 40).map(day)
FLAGS = st.none() | st.booleans()
FACTS: dict[str, Any] = {
    "role": st.sampled_from(["student", "student", "teacher", "visitor"]),
    "school_class": st.sampled_from(["八1班", "八2班"]),
    "scope": st.sampled_from([None, "village", "county", "prefecture", "province", "other"]),
    "area": st.sampled_from([None, "none", "risk", "lifted"]),
    "lifted_on": DAYS,
    "isolation_start": DAYS,
    "isolation_end": DAYS,
    "home_observation_from": DAYS,
    "anomaly_on": DAYS,
    "symptoms_onset": DAYS,
    "symptoms_clear": DAYS,
    "declaration_card_on": DAYS,
    **dict.fromkeys(
        (
            "certificate",
            "isolated",
            "movement_report",
            "report_approved",
            "supervised",
            "proof",
            "symptoms",
            "declaration_card",
            "declaration_form",
            "approved",
            "barred",
        ),
        FLAGS,
    ),
}
ANYBODY = st.builds(Person, person=st.just("x"), **FACTS)
ALMOST = st.fixed_dictionaries({}, optional=FACTS).map(lambda changes: a_person(**changes))
PEOPLE = ANYBODY | ALMOST
ANY_RULES = st.builds(
    EligibilityRules,
    symptom_free_days=st.integers(0, 21),
    home_days=st.integers(0, 21),
    isolation_restarts_home_days=st.booleans(),
    area_known=st.booleans(),
    approval=st.just(True),
    source=st.just("made up"),
)
PAPERS = (
    "certificate",
    "movement_report",
    "report_approved",
    "proof",
    "declaration_card",
    "declaration_form",
    "approved",
)
NEVER = date.max


def when(person: Person, given_rules: EligibilityRules) -> date:
    return earliest(person, given_rules).day or NEVER


@given(PEOPLE, ANY_RULES, st.sampled_from(PAPERS))
def test_adding_a_paper_never_delays_anyone(
    person: Person, asked: EligibilityRules, paper: str
) -> None:
    assert when(replace(person, **{paper: True}), asked) <= when(person, asked)


@given(
    PEOPLE,
    ANY_RULES,
    st.sampled_from(["lifted_on", "isolation_end", "anomaly_on", "home_observation_from"]),
    st.integers(0, 40).map(day),
    st.integers(0, 40),
)
def test_a_later_day_never_advances_anyone(
    person: Person, asked: EligibilityRules, what: str, sooner: date, days: int
) -> None:
    if what == "isolation_end" and person.isolation_start is not None:  # no end before it began
        person = replace(person, isolation_start=min(person.isolation_start, sooner))
    early = replace(person, **{what: sooner})
    late = replace(person, **{what: sooner + timedelta(days=days)})
    assert when(late, asked) >= when(early, asked)


def allowed(person: Person, today: date, asked: EligibilityRules) -> bool:
    """The rules anew, day by day, as a guard with the papers in hand would go through them."""
    lifted, card_on = person.lifted_on, person.declaration_card_on
    concerned = person.area in ("risk", "lifted")
    abroad = person.scope in ("province", "other")
    return all(
        (
            person.role != "visitor",
            not person.barred,
            person.approved or not asked.approval,
            person.area is not None or not asked.area_known,
            person.area != "risk" or lifted is not None,
            not concerned or lifted is None or today >= lifted,
            not concerned or person.certificate,
            _out_of_isolation(person, today),
            _free_of_symptoms(person, today, asked),
            not asked.home_days or _well_at_home(person, today, asked),
            person.scope is not None,
            not abroad or (person.movement_report and person.report_approved),
            person.declaration_form or person.scope in ("village", "county"),
            person.proof or not person.supervised,
            person.declaration_card or card_on is not None,
            card_on is None or card_on < today,
        )
    )


def _out_of_isolation(person: Person, today: date) -> bool:
    start, end = person.isolation_start, person.isolation_end
    if not (person.isolated or start or end):
        return True
    return end is not None and today > end and (start is None or start <= end)


def _free_of_symptoms(person: Person, today: date, asked: EligibilityRules) -> bool:
    onset, clear = person.symptoms_onset, person.symptoms_clear
    if not (person.symptoms or onset or clear):
        return True
    if clear is None or (onset is not None and clear < onset):
        return False
    return today >= clear and (today - clear).days >= asked.symptom_free_days


def _well_at_home(person: Person, today: date, asked: EligibilityRules) -> bool:
    """Whether each of the last days was spent at home, well, and nothing is still to come."""
    since = person.home_observation_from
    if since is None:
        return False
    bad = [d for d in (person.anomaly_on,) if d is not None]
    if asked.isolation_restarts_home_days and person.isolation_end is not None:
        bad.append(person.isolation_end)
    last = [today - n * DAY for n in range(1, asked.home_days + 1)]
    return all(d >= since and all(d > b for b in bad) for d in last)


@given(PEOPLE, ANY_RULES, st.lists(st.integers(-15, 100), min_size=1, max_size=8))
def test_the_earliest_day_is_the_first_on_which_the_rules_let_them_in(
    person: Person, asked: EligibilityRules, offsets: list[int]
) -> None:
    found = earliest(person, asked).day
    tried = [day(n) for n in offsets]
    if found is not None and found > date.min:
        tried += [found, found - DAY, found + DAY]
    for today in tried:
        assert may_return(person, today, asked) == allowed(person, today, asked)
        assert may_return(person, today, asked) == (found is not None and today >= found)


@given(PEOPLE, ANY_RULES, st.integers(0, 4000).map(day))
def test_nobody_unapproved_is_ever_let_in(
    person: Person, asked: EligibilityRules, today: date
) -> None:
    for approved in (None, False):
        assert not may_return(replace(person, approved=approved), today, asked)


@given(PEOPLE, ANY_RULES)
def test_what_is_missing_and_what_is_waited_for_add_up(
    person: Person, asked: EligibilityRules
) -> None:
    found = earliest(person, asked)
    assert (found.day is None) == bool(found.missing)
    if found.day is not None:
        assert found.day == max((d for _, d in found.waiting), default=date.min)
    codes = [*found.missing, *(c for c, _ in found.waiting)]
    assert len(codes) == len(set(codes))
    if codes:
        assert found.condition in codes


@given(st.lists(PEOPLE, max_size=12), ANY_RULES, st.integers(0, 60))
def test_holds_add_up_to_those_who_may_not_come(
    people: list[Person], asked: EligibilityRules, number: int
) -> None:
    days = [day(number), day(number + 7)]
    held = holds(people, asked, days)
    for today in days:
        total = sum(not may_return(p, today, asked) for p in people)
        assert sum(of_class[today] for of_class in held.values()) == total
    listed = scenario_holds(people, asked, first_day=days[0], source="made up")
    for today in days:
        there = sum(h.pupils for h in listed if h.until is None or today < h.until)
        pupils = [p for p in people if p.role == "student"]
        assert there == sum(not may_return(p, today, asked) for p in pupils)


@given(st.lists(PEOPLE, max_size=12), ANY_RULES)
def test_holds_read_back_from_toml(people: list[Person], asked: EligibilityRules) -> None:
    source = 'a "list" of \\ 校'
    listed = scenario_holds(people, asked, first_day=START, source=source)
    read = tomllib.loads(holds_toml(listed)).get("holds", [])
    assert tuple(Hold.model_validate(row) for row in read) == listed


def test_a_scenario_takes_the_holds_as_they_are() -> None:
    people = [
        a_person(),
        a_person(approved=False),
        a_person(isolation_end=day(40)),
        a_person(symptoms=True),
        a_person(area="risk", certificate=True),
        a_person(declaration_card=None, approved=False),
        a_person(home_observation_from=None),
        a_person(anomaly_on=day(30)),
        a_person(role="teacher", school_class="", approved=False),
    ]
    listed = scenario_holds(
        people,
        RULES,
        first_day=day(37),
        source="made up",
        unread={"八1班": 2, "八2班": 0},
        names={"八1班": "9-1"},
    )
    assert {(h.reason, h.until, h.pupils) for h in listed} == {
        ("not approved", None, 3),
        ("isolation", day(41), 1),
        ("isolation", day(45), 1),
        ("symptoms", None, 1),
        ("risk area", None, 1),
        ("papers missing", None, 2),
    }
    raw = tomllib.loads(holds_toml(listed))["holds"]
    scenario = a_scenario(holds=raw, classes=[a_class(), a_class("8-1", grade="eight")])
    assert scenario.held("9-1", day(37)) == 9
    assert scenario.held("9-1", day(41)) == 8
    assert scenario.held("9-1", day(45)) == 7


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_condition_and_reason_has_its_words(lang: str) -> None:
    reasons = Hold.model_fields["reason"].annotation
    for condition in Condition:
        assert known(f"eligibility.condition.{condition}", lang)
    for reason in reasons.__args__:  # type: ignore[union-attr]
        assert known(f"eligibility.reason.{reason}", lang)
