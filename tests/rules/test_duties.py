"""Papers and tasks: how much of what is owed has been signed or done in time."""

from datetime import date, timedelta
from typing import Any

import pytest
from builders import a_book, a_class, a_clause, a_plan, a_scenario, a_staff_group

from returnsim.plan.plan import Plan
from returnsim.rules.audit import Key, Verdict, judge
from returnsim.rules.duties import due, duties, owed, share, unknown_clauses
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Clause, Duty
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate

FIRST = date(2020, 4, 7)


def a_duty(**changes: Any) -> Clause:
    return a_clause(
        quantity=None, relation=None, limit=None, duty={"kind": "signed", "to_days": -1} | changes
    )


def on(days: int, **changes: Any) -> dict[str, Any]:
    """A record so many days after the first return."""
    return {"clause": "C-1", "on": FIRST + timedelta(days=days), "source": "list"} | changes


def covered(clause: Clause, *records: dict[str, Any], **scenario: Any) -> float:
    school = a_scenario(records=records, **scenario)
    return share(clause, school, a_plan(school))


@pytest.mark.parametrize(
    ("window", "days", "counts"),
    [
        ({"to_days": -1}, -1, True),
        ({"to_days": -1}, 0, False),
        ({"from_days": -3, "to_days": -1}, -3, True),
        ({"from_days": -3, "to_days": -1}, -4, False),
        ({"from_days": 0, "to_days": None}, 0, True),
        ({"from_days": 0, "to_days": None}, 60, True),
        ({"from_days": 0, "to_days": None}, -1, False),
        ({"to_days": None, "by": date(2020, 4, 1)}, -6, True),
        ({"to_days": None, "by": date(2020, 4, 1)}, -5, False),
        ({"to_days": -10, "by": date(2020, 4, 1)}, -9, False),
    ],
)
def test_a_record_counts_in_its_time_to_the_day(
    window: dict[str, Any], days: int, counts: bool
) -> None:
    duty = a_duty(**{k: v for k, v in window.items() if v is not None})
    if window["to_days"] is None:
        duty = a_clause(
            quantity=None,
            relation=None,
            limit=None,
            duty={"kind": "signed"} | {k: v for k, v in window.items() if v is not None},
        )
    assert covered(duty, on(days)) == counts


def test_nothing_on_record_is_nothing_done() -> None:
    assert covered(a_duty()) == 0
    assert covered(a_duty(), on(-2, clause="C-2")) == 0


def test_records_add_up_until_all_is_done_and_no_further() -> None:
    per_class = a_duty(per="class", number=3)
    assert covered(per_class, on(-9, count=2)) == pytest.approx(2 / 6)
    assert covered(per_class, on(-9, count=2), on(-2, count=3)) == pytest.approx(5 / 6)
    assert covered(per_class, on(-9, count=2), on(-2, count=30)) == 1
    assert covered(per_class, on(-9)) == 1


def test_a_paper_is_signed_or_not_while_a_task_may_still_be_ahead() -> None:
    planned = on(-2, done=False)
    assert covered(a_duty(kind="signed"), planned) == 0
    assert covered(a_duty(kind="task"), planned) == 1


@pytest.mark.parametrize(
    ("per", "number"),
    [
        ("school", 1),
        ("class", 3),
        ("grade", 2),
        ("batch", 2),
        ("gate", 1),
        ("person", 34),
        ("pupil", 30),
    ],
)
def test_a_duty_is_owed_for_each(per: str, number: int) -> None:
    classes = [a_class("9-1"), a_class("9-2"), a_class("8-1", grade="eight")]
    school = a_scenario(classes=classes, staff=[a_staff_group(people=4)])
    duty = Duty.model_validate({"kind": "task", "per": per, "number": 2})
    assert owed(duty, school, a_plan(school)) == 2 * number


def test_time_is_counted_from_the_first_return_of_the_plan() -> None:
    school = a_scenario()
    later = a_plan(school, days={"nine": date(2020, 4, 9)})
    duty = Duty(kind="task", from_days=-3, to_days=2)
    assert due(duty, later) == (date(2020, 4, 6), date(2020, 4, 11))
    assert due(Duty(kind="task"), later) == (date.min, date.max)


def found(clause: Clause, school: Scenario, plan: Plan) -> Verdict:
    evidence = duties([a_book(clause)], school, plan)
    rows = [(k, e) for k, e in evidence.items() if k.place == clause.id]
    return judge("own", clause, clause.asked(school), rows).verdict


def test_a_duty_is_met_when_all_of_it_is_done() -> None:
    clause = a_duty(number=2)
    for count, verdict in ((1, Verdict.VIOLATED), (2, Verdict.MET)):
        school = a_scenario(records=[on(-5, count=count)])
        assert found(clause, school, a_plan(school)) is verdict


def test_a_paper_in_time_is_too_late_when_the_return_is_earlier() -> None:
    school = a_scenario(records=[on(0)])
    later = a_plan(school, days={"nine": FIRST + timedelta(days=1)})
    assert found(a_duty(), school, later) is Verdict.MET
    assert found(a_duty(), school, a_plan(school)) is Verdict.VIOLATED


def routine(kind: str, **scenario: Any) -> Estimate | None:
    """Evidence on a routine that nobody has set up."""
    clause = a_clause(
        quantity="times_per_day", relation="at least", limit=1.0, places=[kind, "log entry/school"]
    )
    school = a_scenario(**{"routines": []} | scenario)
    return duties([a_book(clause)], school, a_plan(school)).get(
        Key(Q.TIMES_PER_DAY, kind, "", kind)
    )


def test_a_routine_left_out_is_done_no_times_a_day() -> None:
    assert routine("health report/everybody") == Estimate.certain(0)
    there = {"what": "health report", "who": "everybody", "times_per_day": 1, "source": "made up"}
    assert routine("health report/everybody", routines=[there]) is None


@pytest.mark.parametrize(
    ("kind", "people"),
    [
        ("temperature check/boarders", {"classes": [a_class(boarders=1)]}),
        ("temperature check/guards", {"staff": [a_staff_group(role="guard")]}),
        ("temperature check/canteen staff", {"staff": [a_staff_group(role="canteen")]}),
    ],
)
def test_a_routine_is_asked_only_for_people_there_are(kind: str, people: dict[str, Any]) -> None:
    if "classes" in people:
        people["classes"] = [*people["classes"], a_class("8-1", grade="eight")]
    assert routine(kind) is None
    assert routine(kind, **people) == Estimate.certain(0)


def test_a_share_of_no_duty_is_a_mistake_of_the_programme() -> None:
    with pytest.raises(ValueError, match="no duty"):
        share(a_clause(), a_scenario(), a_plan())


def test_records_of_clauses_that_nobody_asks_are_named_with_the_likely_one() -> None:
    school = a_scenario(records=[on(-1), on(-1, clause="C-9"), on(-1, clause="zz")])
    problems = list(unknown_clauses([a_book(a_duty())], school))
    assert [(p.where, p.code) for p in problems] == [
        ("records.C-9", "unknown_name_near"),
        ("records.zz", "unknown_name"),
    ]
    assert problems[0].values["near"] == "C-1"
