"""Plans in which the classes of a grade come back on different dates."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import a_plan, a_scenario, a_school_in_halves, dates_by_class, grade_days

from returnsim.plan.difference import difference
from returnsim.plan.files import plan_text, read_plan
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan, ReturnDate, dates_by_grade, days_by_class
from returnsim.report.changes import change_rows, changes_json

A, B = date(2020, 4, 7), date(2020, 4, 14)
SCHOOL = a_school_in_halves()


def planned(*dates: ReturnDate) -> Plan:
    return a_plan(SCHOOL).changed(return_dates=dates)


def halves() -> Plan:
    return planned(*dates_by_class(c91=A, c92=B, c81=A, c82=B))


def test_the_date_of_a_class_goes_before_that_of_its_grade() -> None:
    plan = planned(
        ReturnDate(grade="nine", day=B),
        *dates_by_class(c91=A),
        ReturnDate(grade="eight", day=B),
    )
    assert misfits(plan, SCHOOL) == []
    assert [plan.day_of(c) for c in SCHOOL.classes] == [A, B, B, B]
    assert days_by_class(SCHOOL, plan.return_dates) == {"9-1": A, "9-2": B, "8-1": B, "8-2": B}
    assert plan.return_days == (A, B)
    assert [c.name for c in plan.batch(SCHOOL, A)] == ["9-1"]


def test_a_plan_by_class_is_written_and_read_back_equal(tmp_path: Path) -> None:
    text, path = plan_text(halves()), tmp_path / "plan.toml"
    assert '    { grade = "nine", class = "9-2", day = 2020-04-14 },' in text
    path.write_text(text, encoding="utf-8")
    assert read_plan(path, SCHOOL) == halves()


def test_a_plan_by_grade_is_written_as_ever() -> None:
    rows = tomllib.loads(plan_text(a_plan()))["return_dates"]
    assert [list(row) for row in rows] == [["grade", "day"]] * len(rows)


def test_dates_are_by_grade_where_its_classes_agree_and_are_pinned_alike() -> None:
    days = {"9-1": A, "9-2": A, "8-1": A, "8-2": B}
    assert dates_by_grade(SCHOOL, days, {"8-2"}) == (
        ReturnDate(grade="nine", day=A),
        ReturnDate(grade="eight", school_class="8-1", day=A),
        ReturnDate(grade="eight", school_class="8-2", day=B, pinned=True),
    )
    one = dates_by_grade(SCHOOL, days, {"9-1"})
    assert [(r.school_class, r.pinned) for r in one[:2]] == [("9-1", True), ("9-2", False)]
    both = dates_by_grade(SCHOOL, days, {"9-1", "9-2"})
    assert both[0] == ReturnDate(grade="nine", day=A, pinned=True)


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        (dates_by_class(c91=A, c92=B, c81=A), [("return_dates", "not_planned", "8-2")]),
        (dates_by_class(c91=A, c92=B), [("return_dates", "not_planned", "eight")]),
        (
            [ReturnDate(grade="nine", day=A), *dates_by_class(c91=A, c92=B, c81=A, c82=A)],
            [("return_dates.nine", "date_for_nobody", "nine")],
        ),
        (
            [*dates_by_class(c91=A, c92=B, c81=A, c82=A), *dates_by_class(c92=A)],
            [("return_dates.9-2", "twice", "9-2")],
        ),
        (
            [
                ReturnDate(grade="nine", day=A),
                ReturnDate(grade="eight", day=A),
                ReturnDate(grade="nine", school_class="8-1", day=B),
            ],
            [("return_dates.8-1.grade", "class_of_other_grade", "eight")],
        ),
        (
            [ReturnDate(grade="nine", day=A), *dates_by_class(c81=A, c82=date(2020, 4, 11))],
            [("return_dates.8-2.day", "no_lessons", date(2020, 4, 11))],
        ),
    ],
    ids=["class left out", "grade left out", "for nobody", "twice", "other grade", "no lessons"],
)
def test_every_class_has_one_date(dates: list[ReturnDate], found: list[Any]) -> None:
    problems = misfits(planned(*dates), SCHOOL)
    told = [(p.where, p.code, {*p.values.values()}) for p in problems]
    assert [row[:2] for row in told] == [row[:2] for row in found]
    assert all(row[2] in values for row, (_, _, values) in zip(found, told, strict=True))


def test_what_changes_is_told_by_class_where_classes_differ() -> None:
    whole = planned(ReturnDate(grade="nine", day=A), ReturnDate(grade="eight", day=B))
    found = difference(whole, halves())
    assert [c.name for c in found] == [("nine", "9-2"), ("eight", "8-1")]
    assert [c.name for c in difference(halves(), whole)] == [("nine", "9-2"), ("eight", "8-1")]
    assert difference(halves(), halves()) == ()
    rows = list(change_rows(whole, halves(), SCHOOL, "en"))
    assert rows[0] == ("return date", "9-2", "2020-04-07", "2020-04-14")
    change = json.loads(changes_json(whole, halves(), SCHOOL))["changes"][0]
    assert change["name"] == ["nine", "9-2"]
    assert change["before"] == {"grade": "nine", "day": "2020-04-07"}
    assert change["after"] == {"grade": "nine", "class": "9-2", "day": "2020-04-14"}


def test_a_class_may_have_the_name_of_a_grade() -> None:
    school = a_scenario(classes=[{**c.model_dump(), "name": c.grade} for c in a_scenario().classes])
    plan = a_plan(school).changed(
        return_dates=[
            ReturnDate(grade="nine", school_class="nine", day=A),
            ReturnDate(grade="eight", day=B),
        ]
    )
    assert misfits(plan, school) == []
    assert [plan.day_of(c) for c in school.classes] == [A, B]
    assert grade_days(a_plan(school)) == {"nine": A, "eight": B}
