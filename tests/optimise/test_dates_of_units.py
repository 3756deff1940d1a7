"""Dates of classes, groups, levels and the whole school: counted out, and held to one another."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import combinations, pairwise, product
from typing import Any

import numpy as np
import pytest
from builders import (
    a_book,
    a_class,
    a_clause,
    a_gate,
    a_grade,
    a_hold,
    a_plan,
    a_scenario,
    a_school_in_halves,
    a_supply,
)

from returnsim.errors import InfeasibleError, InputError
from returnsim.optimise.bound import DutyBound
from returnsim.optimise.calendar_rows import fullest
from returnsim.optimise.conflict import limits as all_limits
from returnsim.optimise.dates import dates_in_time, proven_dates, return_dates
from returnsim.optimise.levers import levers
from returnsim.optimise.watch import Watch
from returnsim.plan.files import plan_text, read_plan_to_change
from returnsim.plan.plan import ReturnDate, dates_by_grade, days_by_class
from returnsim.scenario.people import SchoolClass
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say

TUESDAY = date(2020, 4, 7)
BOOK = a_book(
    a_clause(id="exam", quantity="exam_grades_late", relation="at most", limit=0.0),
    a_clause(id="little", quantity="kindergartens_early", relation="at most", limit=0.0),
    a_clause(id="masks", quantity="masks_per_person", relation="at least", limit=10.0),
)
CHOICES = ("class", "group", "level", "school")
SEEDS = range(24)
Ways = dict[str, date]
"""Return date by class."""


def random_school(seed: int, return_by: str) -> Scenario:
    """Five classes of three grades, six school days, limits that bind now and then."""
    luck = np.random.default_rng(seed)
    levels = [str(luck.choice(["junior", "primary", "kindergarten"])) for _ in "abc"]
    grades = [
        a_grade(
            name,
            level=level,
            exam_year=bool(level == "junior" and luck.random() < 0.4),
            lost_day_weight=float(luck.choice([0.5, 1.0, 2.0])),
        )
        for name, level in zip("abc", levels, strict=True)
    ]
    sizes = luck.choice([10, 12, 15, 20], 5)
    names = ("a1", "a2", "b1", "b2", "c1")
    classes = [
        a_class(
            name,
            grade=name[0],
            pupils=int(size),
            boarders=int(luck.choice([0, 5])),
            building=str(luck.choice(["x", "y"])),
            group="A" if name == "a1" else luck.choice(["A", "B", None]),
        )
        for name, size in zip(names, sizes, strict=True)
    ]
    holds = [a_hold(**{"class": "b1", "pupils": 4, "until": date(2020, 4, 10)})]
    return a_scenario(
        grades=grades,
        classes=classes,
        holds=holds if luck.random() < 0.3 else [],
        gates=[a_gate(metres_to={"x": 60, "y": 60})],
        calendar={"last_day": date(2020, 4, 14)},
        supplies=[a_supply(on_hand=int(luck.choice([350, 500, 2000])), lead_time_days=23)],
        after_return={
            "symptom_free_days": 1,
            "campus_observation_days": int(luck.integers(0, 5)),
            "report_probability": 1.0,
            "source": "made up",
        },
        limits={
            "return_by": return_by,
            "days_between_batches": int(luck.integers(1, 3)),
            "people_returning_per_day": int(luck.choice([35, 45, 80])),
            "in_file_order": bool(luck.random() < 0.3),
            "fair_days_apart": int(luck.choice([1, 3])) if luck.random() < 0.5 else None,
            "observation_beds": int(luck.choice([10, 15])) if luck.random() < 0.5 else None,
            "one_batch_per_building": bool(luck.random() < 0.3),
        },
    )


def together(scenario: Scenario, c: SchoolClass) -> Any:
    """What those who return with a class have in common, read off the reference once more."""
    by = scenario.limits.return_by
    own = {"class": c.name, "level": scenario.grade_named[c.grade].level, "school": None}
    if by == "group":
        return ("group", c.group) if c.group else ("grade", c.grade)
    return own.get(by, c.grade)


def ways(scenario: Scenario) -> Iterator[Ways]:
    """All ways to give those who return together a date."""
    units = list(dict.fromkeys(together(scenario, c) for c in scenario.classes))
    for chosen in product(scenario.calendar.school_days, repeat=len(units)):
        day_of = dict(zip(units, chosen, strict=True))
        yield {c.name: day_of[together(scenario, c)] for c in scenario.classes}


def of_the_day(scenario: Scenario, way: Ways) -> Iterator[str]:
    """Limits that hold for days and batches."""
    limits, rows = scenario.limits, [(c, way[c.name]) for c in scenario.classes]
    masks = scenario.supplies[0]
    delivery = scenario.calendar.orders_from + timedelta(days=masks.delivered_within(0.95))
    for day in set(way.values()):
        if sum(c.pupils for c, d in rows if d == day) > (limits.people_returning_per_day or 0):
            yield "people a day"
        back = sum(c.pupils for c, d in rows if d <= day)
        if day < delivery and 10 * back > masks.on_hand:
            yield "masks"
    for one, other in combinations(set(way.values()), 2):
        if abs((one - other).days) < limits.days_between_batches:
            yield "days between"


def of_the_classes(scenario: Scenario, way: Ways) -> Iterator[str]:
    """Limits that hold between classes."""
    limits, days = scenario.limits, scenario.calendar.school_days
    rules = scenario.after_return
    assert rules is not None
    stay = timedelta(days=rules.campus_observation_days)
    rows = [(c, scenario.grade_named[c.grade], way[c.name]) for c in scenario.classes]
    place = [g.name for g in scenario.grades]
    for (c, g, d), (k, h, e) in product(rows, rows):
        if g.exam_year and not h.exam_year and d > e:
            yield "exam first"
        if g.level == "kindergarten" != h.level and d < e:
            yield "little last"
        alike = (g.exam_year, g.level == "kindergarten") == (h.exam_year, h.level == "kindergarten")
        if limits.in_file_order and alike and place.index(g.name) < place.index(h.name) and d > e:
            yield "order of the file"
        apart = days.index(d) - days.index(e)
        if g.level == h.level and apart > (limits.fair_days_apart or 99):
            yield "fair"
        if limits.one_batch_per_building and c.building == k.building and d < e < d + stay:
            yield "buildings"
    if limits.observation_beds is not None:
        for day in days:
            if sum(c.boarders for c, _, d in rows if d <= day < d + stay) > limits.observation_beds:
                yield "beds"


def broken(scenario: Scenario, way: Ways) -> set[str]:
    return {*of_the_day(scenario, way), *of_the_classes(scenario, way)}


def lost(scenario: Scenario, way: Ways) -> float:
    """Weighted pupil-days lost, those of held pupils left out."""
    total = 0.0
    for c in scenario.classes:
        missed = [d for d in scenario.calendar.school_days if d < way[c.name]]
        weight = scenario.grade_named[c.grade].lost_day_weight
        total += weight * sum(c.pupils - scenario.held(c.name, d) for d in missed)
    return total


@cache
def chosen(seed: int, return_by: str) -> Ways | None:
    scenario = random_school(seed, return_by)
    try:
        return days_by_class(scenario, return_dates(scenario, [BOOK]))
    except InfeasibleError:
        return None


def least(seed: int, return_by: str) -> float:
    way = chosen(seed, return_by)
    return float("inf") if way is None else lost(random_school(seed, return_by), way)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_dates_of_units_lose_less_than_those_chosen(seed: int) -> None:
    """All ways to send five classes back, in each way of going together, counted out."""
    for return_by in CHOICES:
        scenario = random_school(seed, return_by)
        best = least(seed, return_by)
        allowed = [lost(scenario, w) for w in ways(scenario) if not broken(scenario, w)]
        assert best == min(allowed, default=float("inf")), return_by
        way = chosen(seed, return_by)
        if way is not None:
            assert broken(scenario, way) == set()
            assert way in list(ways(scenario)), "those who return together do"
            found, bound = proven_dates(scenario, [BOOK])
            assert bound.objective == bound.bound == best
            assert days_by_class(scenario, found) == way


def test_every_rule_binds_in_some_of_the_random_schools() -> None:
    """Else the test above would not notice if one were forgotten."""
    binding: set[str] = set()
    for seed in SEEDS:
        for return_by in ("group", "level"):
            scenario, best = random_school(seed, return_by), least(seed, return_by)
            for way in ways(scenario):
                rules = broken(scenario, way)
                if len(rules) == 1 and lost(scenario, way) < best:
                    binding |= rules
    assert binding == {
        *("people a day", "masks", "days between", "exam first", "little last"),
        *("order of the file", "fair", "buildings", "beds"),
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_smaller_units_never_lose_more(seed: int) -> None:
    by = {choice: least(seed, choice) for choice in ("grade", *CHOICES)}
    assert by["class"] <= by["grade"] <= by["level"] <= by["school"]
    assert by["class"] <= by["group"]


def test_the_choice_matters_in_some_of_the_random_schools() -> None:
    rows = [[least(seed, by) for by in ("class", "grade", "level")] for seed in SEEDS]
    assert any(a < b < float("inf") for a, b, _ in rows)
    assert any(b < c < float("inf") for _, b, c in rows)
    for choice in CHOICES:
        assert sum(least(seed, choice) < float("inf") for seed in SEEDS) >= 6, choice


# ── what it looks like, and what cannot be ────────────────────────────────────────────


def rows(scenario: Scenario, **how: Any) -> list[tuple[Any, ...]]:
    return [(r.grade, r.school_class, r.day, r.pinned) for r in return_dates(scenario, [], **how)]


def test_half_of_every_grade_comes_at_a_time() -> None:
    later = TUESDAY + timedelta(days=7)
    assert rows(a_school_in_halves("group")) == [
        ("nine", "9-1", TUESDAY, False),
        ("nine", "9-2", later, False),
        ("eight", "8-1", TUESDAY, False),
        ("eight", "8-2", later, False),
    ]


def test_a_grade_whose_classes_come_together_is_written_as_a_grade() -> None:
    later = TUESDAY + timedelta(days=7)
    assert rows(a_school_in_halves("class")) == [
        ("nine", None, TUESDAY, False),
        ("eight", None, later, False),
    ]
    assert rows(a_school_in_halves("school", limits={"people_returning_per_day": 40})) == [
        ("nine", None, TUESDAY, False),
        ("eight", None, TUESDAY, False),
    ]


@pytest.mark.parametrize(
    ("return_by", "limits", "where", "code", "values"),
    [
        (
            "level",
            {},
            "limits.return_by",
            "unit_larger_than_a_day",
            {"classes": "9-1, 9-2, 8-1, 8-2", "pupils": 40, "limit": 20},
        ),
        (
            "class",
            {"people_returning_per_day": 9},
            "classes.9-1",
            "unit_larger_than_a_day",
            {"classes": "9-1", "pupils": 10, "limit": 9},
        ),
        (
            "group",
            {"observation_beds": 7},
            "limits.return_by",
            "unit_larger_than_beds",
            {"classes": "9-1, 8-1", "boarders": 8, "beds": 7},
        ),
        (
            "grade",
            {"observation_beds": 7},
            "grades.nine",
            "grade_larger_than_beds",
            {"boarders": 8, "beds": 7},
        ),
    ],
)
def test_those_who_return_together_may_be_too_many(
    return_by: str, limits: dict[str, Any], where: str, code: str, values: dict[str, Any]
) -> None:
    with pytest.raises(InfeasibleError) as refused:
        return_dates(a_school_in_halves(return_by, limits=limits), [])
    first = refused.value.reasons[0]
    assert (first.where, first.code, first.values) == (where, code, values)


@pytest.mark.parametrize(
    "limits",
    [{}, {"people_returning_per_day": 40, "observation_beds": 15}],
)
def test_a_way_out_is_to_let_every_class_return_by_itself(
    limits: dict[str, Any],
) -> None:
    tight = a_school_in_halves("level", limits=limits)
    with pytest.raises(InfeasibleError) as refused:
        return_dates(tight, [])
    reasons = refused.value.reasons
    [lever] = [one for one in levers(tight, (), reasons) if one.code == "by_class"]
    assert return_dates(lever.pull(1), [])
    codes = [limit.code for limit in all_limits(tight, (), reasons)]
    assert codes.count("together") == 1
    for lang in ("zh", "en"):
        for key in ("way_out.by_class", "conflict.together"):
            assert "level" in say(key, lang, **lever.says(1))
    by_grade = a_school_in_halves("grade", limits={"people_returning_per_day": 9})
    assert not [one for one in levers(by_grade, (), ()) if one.code == "by_class"]


@pytest.mark.parametrize(("first", "second"), [("A", "B"), ("B", "A")])
def test_the_bound_on_duty_counts_boarders_on_the_date_of_their_own_class(
    first: str, second: str
) -> None:
    """Whoever came earlier lives in by now: on the last day twelve day pupils and two classes."""
    day_of = {first: TUESDAY, second: TUESDAY + timedelta(days=7)}
    school = a_school_in_halves()
    dates = dates_by_grade(school, {c.name: day_of[c.group or ""] for c in school.classes})
    people = DutyBound(school, dates, Watch()).people()
    assert people == {"nine": 10 + 6, "eight": 10 + 6}


def test_dates_of_an_earlier_plan_are_kept_class_by_class() -> None:
    school, wednesday = a_school_in_halves("class"), TUESDAY + timedelta(days=1)
    dates = [
        ReturnDate(grade="nine", school_class="9-1", day=wednesday),
        ReturnDate(grade="nine", school_class="9-2", day=date(2020, 4, 15), pinned=True),
        ReturnDate(grade="eight", day=wednesday),
    ]
    before = a_plan(school).changed(return_dates=dates)
    crowd = {r.school_class or r.grade: r.day for r in return_dates(school, [], before)}
    assert crowd.pop("9-2") == date(2020, 4, 15), "what is pinned stays"
    days = days_by_class(school, return_dates(school, [], before))
    assert sorted(days[c] for c in ("9-1", "8-1", "8-2")).count(wednesday) == 2
    assert [r.pinned for r in return_dates(school, [], before) if r.school_class == "9-2"] == [True]


def test_one_pinned_class_takes_its_unit_with_it() -> None:
    school, later = a_school_in_halves("group"), date(2020, 4, 20)
    dates = [
        ReturnDate(grade="nine", school_class="9-1", day=later, pinned=True),
        ReturnDate(grade="nine", school_class="9-2", day=TUESDAY),
        ReturnDate(grade="eight", day=TUESDAY),
    ]
    found = return_dates(school, [], a_plan(school).changed(return_dates=dates))
    days = days_by_class(school, found)
    assert days == {"9-1": later, "9-2": TUESDAY, "8-1": later, "8-2": TUESDAY}


def test_classes_that_return_together_cannot_be_pinned_apart(tmp_path: Any) -> None:
    school = a_school_in_halves("grade")
    dates = [
        ReturnDate(grade="nine", school_class="9-1", day=TUESDAY, pinned=True),
        ReturnDate(grade="nine", school_class="9-2", day=date(2020, 4, 14), pinned=True),
        ReturnDate(grade="eight", day=TUESDAY, pinned=True),
    ]
    path = tmp_path / "plan.toml"
    path.write_text(plan_text(a_plan(school).changed(return_dates=dates)), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_plan_to_change(path, school)
    [problem] = refused.value.problems
    assert (problem.where, problem.code) == ("return_dates.9-2.day", "pinned_apart")
    apart = a_school_in_halves("class")
    assert read_plan_to_change(path, apart).day_of(apart.classes[1]) == date(2020, 4, 14)


@pytest.mark.parametrize("limit", [0, 9, 10, 24, 25, 74, 75, 400])
def test_what_whole_units_make_up_is_the_most_there_is(limit: int) -> None:
    sizes = (10, 15, 25, 25)
    pick: Callable[[int], int] = lambda mask: sum(  # noqa: E731
        size for n, size in enumerate(sizes) if mask >> n & 1
    )
    assert fullest(sizes, limit) == max(s for s in map(pick, range(16)) if s <= limit)


def sixty_classes(seed: int = 0) -> Scenario:
    """Classes of mixed sizes that come back one by one, grades in the order of the file."""
    luck = np.random.default_rng(seed)
    sizes = luck.integers(25, 56, 60)
    grades = [a_grade(f"grade {g}", exam_year=g == 0) for g in range(6)]
    classes = [
        a_class(f"class {c}", grade=f"grade {c // 10}", pupils=int(n)) for c, n in enumerate(sizes)
    ]
    return a_scenario(
        grades=grades,
        classes=classes,
        limits={
            "return_by": "class",
            "people_returning_per_day": 300,
            "days_between_batches": 1,
            "in_file_order": True,
        },
        calendar={"last_day": date(2020, 5, 29)},
    )


@pytest.mark.slow
def test_a_deadline_holds_for_the_dates_too() -> None:
    """They obey every rule, are told to be cut short, and their bound is one all the same."""
    scenario = sixty_classes()
    began = time.monotonic()
    found, bound, cut = dates_in_time(scenario, [], Watch(0.1))
    assert time.monotonic() - began < 60
    assert cut
    assert bound.bound <= bound.objective
    day_of = days_by_class(scenario, found)
    back = Counter[date]()
    for c in scenario.classes:
        back[day_of[c.name]] += c.pupils
    assert max(back.values()) <= 300
    of_grade = [[day_of[f"class {10 * g + n}"] for n in range(10)] for g in range(6)]
    assert all(max(a) <= min(b) for a, b in pairwise(of_grade))
    assert bound.objective <= 2 * bound.bound


def test_a_deadline_that_is_not_met_changes_nothing() -> None:
    seed = next(seed for seed in SEEDS if chosen(seed, "class") is not None)
    scenario = random_school(seed, "class")
    plain = proven_dates(scenario, [BOOK])
    assert dates_in_time(scenario, [BOOK], Watch(600.0)) == (*plain, False)
