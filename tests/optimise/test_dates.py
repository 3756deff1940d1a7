"""Return dates: what the rules ask of their order, and that no better dates exist."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from builders import a_book, a_class, a_clause, a_grade, a_scenario, a_staff_group, a_supply

from returnsim.errors import InfeasibleError
from returnsim.optimise.dates import BATCH_COST, return_dates
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario

TUESDAY = date(2020, 4, 7)


def a_rule(quantity: str, limit: float, relation: str = "at least", **changes: Any) -> Any:
    return a_clause(id=quantity, quantity=quantity, relation=relation, limit=limit, **changes)


EXAM_FIRST = a_rule("exam_grades_late", 0.0, "at most")
LITTLE_LAST = a_rule("kindergartens_early", 0.0, "at most")
NOTICE = a_rule("days_of_notice", 14.0)
AT_HOME = a_rule("days_observed_at_home", 14.0)
WRITTEN = a_rule("days_after_written_notice", 0.0)
DISINFECTED = a_rule("disinfection_days_before", 3.0)
TEN_MASKS = a_rule("masks_per_person", 10.0)
ALL = a_book(EXAM_FIRST, LITTLE_LAST, NOTICE, AT_HOME, WRITTEN, DISINFECTED, TEN_MASKS)


def school(*grades: Any, pupils: int = 10, **changes: Any) -> Scenario:
    """A school with one class in each grade, and masks for all."""
    base: dict[str, Any] = {
        "grades": list(grades),
        "classes": [a_class(g.name, grade=g.name, pupils=pupils) for g in grades],
        "supplies": [a_supply(on_hand=10_000)],
        "limits": {},
        "calendar": {},
    } | changes
    base["limits"] = {"people_returning_per_day": None} | base["limits"]
    return a_scenario(**base)


def days(scenario: Scenario, *books: Rulebook) -> dict[str, date]:
    return {d.grade: d.day for d in return_dates(scenario, books or [ALL])}


def reason(scenario: Scenario, *books: Rulebook) -> Any:
    with pytest.raises(InfeasibleError) as refusal:
        return_dates(scenario, books or [ALL])
    [problem] = refusal.value.reasons
    assert problem.text("en") in str(refusal.value)
    return problem


def test_everybody_comes_back_on_the_first_day_if_nothing_forbids_it() -> None:
    assert days(school(a_grade("a"), a_grade("b"))) == {"a": TUESDAY, "b": TUESDAY}


def test_examination_grades_first_and_kindergartens_last() -> None:
    grades = [
        a_grade("little", level="kindergarten"),
        a_grade("middle"),
        a_grade("exam", exam_year=True),
    ]
    one_a_day = {"people_returning_per_day": 10, "days_between_batches": 2}
    found = days(school(*grades, limits=one_a_day))
    assert found["exam"] < found["middle"] < found["little"]


def test_without_a_rule_the_weight_of_a_lost_day_decides() -> None:
    grades = [a_grade("exam", exam_year=True), a_grade("other", lost_day_weight=3)]
    limits = {"people_returning_per_day": 10}
    free = days(school(*grades, limits=limits), a_book(NOTICE))
    assert free["other"] < free["exam"]
    ruled = days(school(*grades, limits=limits), a_book(EXAM_FIRST))
    assert ruled["exam"] < ruled["other"]


def test_a_soft_clause_does_not_decide() -> None:
    soft = a_rule("exam_grades_late", 0.0, "at most", hard=False)
    grades = [a_grade("exam", exam_year=True), a_grade("other", lost_day_weight=3)]
    found = days(school(*grades, limits={"people_returning_per_day": 10}), a_book(soft))
    assert found["other"] < found["exam"]


def test_grades_keep_the_order_of_the_file_where_the_planner_asks() -> None:
    grades = [a_grade("a"), a_grade("b", lost_day_weight=9), a_grade("c", exam_year=True)]
    found = days(school(*grades, limits={"people_returning_per_day": 10, "in_file_order": True}))
    assert found["c"] < found["a"] < found["b"]


@pytest.mark.parametrize("apart", [1, 3, 7, 8])
def test_batches_are_as_far_apart_as_the_planner_asks_and_no_further(apart: int) -> None:
    limits = {"people_returning_per_day": 10, "days_between_batches": apart}
    scenario = school(a_grade("a"), a_grade("b"), limits=limits)
    first, second = sorted(days(scenario).values())
    following = [d for d in scenario.calendar.school_days if d >= first + timedelta(days=apart)]
    assert (first, second) == (TUESDAY, following[0])


def test_no_more_come_back_on_a_day_than_it_may_take() -> None:
    grades = [a_grade(name) for name in "abc"]
    found = days(school(*grades, limits={"people_returning_per_day": 20}))
    assert sorted(map(list(found.values()).count, set(found.values()))) == [1, 2]


def test_two_grades_share_a_day_to_the_last_place() -> None:
    grades = [a_grade("a"), a_grade("b")]
    assert len(set(days(school(*grades, limits={"people_returning_per_day": 20})).values())) == 1
    assert len(set(days(school(*grades, limits={"people_returning_per_day": 19})).values())) == 2


@pytest.mark.parametrize(
    ("rule", "changes", "opening"),
    [
        (NOTICE, {"approvals": {"families_told": date(2020, 4, 1)}}, date(2020, 4, 15)),
        (AT_HOME, {"approvals": {"home_observation_from": date(2020, 4, 4)}}, date(2020, 4, 20)),
        (WRITTEN, {"approvals": {"written_notice": date(2020, 4, 10)}}, date(2020, 4, 10)),
        (DISINFECTED, {"calendar": {"disinfection_from": date(2020, 4, 10)}}, date(2020, 4, 13)),
    ],
)
def test_the_school_opens_when_its_papers_are_old_enough(
    rule: Any, changes: dict[str, Any], opening: date
) -> None:
    scenario = school(a_grade("a"), **changes)
    assert days(scenario) == {"a": opening}
    assert days(scenario, a_book(EXAM_FIRST)) == {"a": TUESDAY}
    assert days(scenario, a_book(rule)) == {"a": opening}


def test_what_has_no_date_yet_holds_nothing_up() -> None:
    """It is reported by the audit; the plan is made for the day on which it comes."""
    found = days(school(a_grade("a"), approvals={"written_notice": None, "families_told": None}))
    assert found == {"a": TUESDAY}


def masks(on_hand: float, lead: int, **changes: Any) -> Scenario:
    """Two grades of ten and five members of staff; orders from 20 March."""
    return school(
        a_grade("a"),
        a_grade("b"),
        staff=[a_staff_group(people=5)],
        supplies=[a_supply(on_hand=on_hand, lead_time_days=lead)],
        **changes,
    )


def test_those_for_whom_there_are_masks_come_first_the_others_with_the_delivery() -> None:
    delivered = date(2020, 4, 22)
    assert sorted(days(masks(150, 33)).values()) == [TUESDAY, delivered]
    assert sorted(days(masks(249, 33)).values()) == [TUESDAY, delivered]
    assert sorted(days(masks(250, 33)).values()) == [TUESDAY, TUESDAY]
    assert sorted(days(masks(149, 33)).values()) == [delivered, delivered]


def test_an_order_that_comes_in_time_holds_nobody_up() -> None:
    assert set(days(masks(0, 18)).values()) == {TUESDAY}


def test_masks_count_only_where_a_rule_asks_for_them() -> None:
    assert set(days(masks(0, 33), a_book(NOTICE)).values()) == {TUESDAY}


def test_too_few_days_for_all_batches() -> None:
    limits = {"people_returning_per_day": 10, "days_between_batches": 7}
    scenario = school(
        *(a_grade(n) for n in "abc"), limits=limits, calendar={"last_day": date(2020, 4, 20)}
    )
    problem = reason(scenario)
    assert (problem.where, problem.code) == ("calendar", "window_too_short")
    assert problem.values == {"first": TUESDAY, "last": date(2020, 4, 20), "apart": 7}
    longer = school(
        *(a_grade(n) for n in "abc"), limits=limits, calendar={"last_day": date(2020, 4, 21)}
    )
    assert len(set(days(longer).values())) == 3


def test_papers_that_come_too_late() -> None:
    problem = reason(school(a_grade("a"), approvals={"families_told": date(2020, 4, 17)}))
    assert problem.code == "papers_too_late"
    assert problem.values == {"earliest": date(2020, 5, 1), "last": date(2020, 4, 30)}
    just = school(a_grade("a"), approvals={"families_told": date(2020, 4, 16)})
    assert days(just) == {"a": date(2020, 4, 30)}


def test_a_grade_larger_than_a_day() -> None:
    problem = reason(school(a_grade("a"), limits={"people_returning_per_day": 9}))
    assert (problem.where, problem.code) == ("grades.a", "grade_larger_than_a_day")
    assert problem.values == {"pupils": 10, "limit": 9}


def test_masks_that_never_suffice() -> None:
    problem = reason(masks(149, 60))
    assert problem.code == "masks_never_enough"
    assert problem.values == {"pupils": 10, "room": 9}


def random_school(seed: int) -> Scenario:
    """Three grades of any size and kind, two weeks, limits that bind now and then."""
    luck = np.random.default_rng(seed)
    levels = ["junior", "primary", "kindergarten"]
    grades, classes = [], []
    for name in "abc":
        level = str(luck.choice(levels))
        exam = bool(level == "junior" and luck.random() < 0.5)
        weight = float(luck.choice([0.5, 1.0, 2.0]))
        grades.append(a_grade(name, level=level, exam_year=exam, lost_day_weight=weight))
        classes.append(a_class(name, grade=name, pupils=int(luck.integers(5, 40))))
    most = max(c.pupils for c in classes)
    return a_scenario(
        grades=grades,
        classes=classes,
        calendar={"last_day": date(2020, 4, 20)},
        supplies=[
            a_supply(
                on_hand=int(luck.choice([150, 300, 450, 1000])),
                lead_time_days=int(luck.integers(18, 28)),
            )
        ],
        approvals={"families_told": date(2020, 3, 22) + timedelta(days=int(luck.integers(5)))},
        limits={
            "days_between_batches": int(luck.integers(1, 6)),
            "people_returning_per_day": most + int(luck.integers(0, 30)),
            "in_file_order": bool(luck.random() < 0.3),
        },
    )


def cost(scenario: Scenario, chosen: tuple[date, ...]) -> float:
    """Weighted pupil-days lost, and a trifle for each batch."""
    lost = [scenario.calendar.school_days.index(day) for day in chosen]
    rows = zip(scenario.grades, lost, strict=True)
    pupil_days = sum(g.lost_day_weight * scenario.pupils_in(g.name) * n for g, n in rows)
    return pupil_days + BATCH_COST * len(set(chosen))


def broken(scenario: Scenario, chosen: tuple[date, ...]) -> Iterator[str]:
    """Rules that dates break, read off the document once more."""
    limits, told, mask = scenario.limits, scenario.approvals.families_told, scenario.supplies[0]
    rows = list(zip(scenario.grades, chosen, strict=True))
    size = {g.name: scenario.pupils_in(g.name) for g in scenario.grades}
    delivery = scenario.calendar.orders_from + timedelta(days=mask.delivered_within(0.95))
    for day in set(chosen):
        if told is None or day < told + timedelta(days=14):
            yield "notice"
        if sum(size[g.name] for g, d in rows if d == day) > (limits.people_returning_per_day or 0):
            yield "people a day"
        if day < delivery and 10 * sum(size[g.name] for g, d in rows if d <= day) > mask.on_hand:
            yield "masks"
    for one, other in combinations(set(chosen), 2):
        if abs((one - other).days) < limits.days_between_batches:
            yield "days between"
    for (g, d), (h, e) in product(rows, rows):
        if g.exam_year and not h.exam_year and d > e:
            yield "exam first"
        if g.level == "kindergarten" and h.level != "kindergarten" and d < e:
            yield "little last"
    for (g, d), (h, e) in combinations(rows, 2):
        alike = (g.exam_year, g.level == "kindergarten") == (h.exam_year, h.level == "kindergarten")
        if limits.in_file_order and alike and d > e:
            yield "order of the file"


def allowed(scenario: Scenario, chosen: tuple[date, ...]) -> bool:
    """Whether dates keep every rule."""
    return next(broken(scenario, chosen), None) is None


@pytest.mark.parametrize("seed", range(12))
def test_no_dates_lose_less_than_those_chosen(seed: int) -> None:
    """All ways to send three grades back, counted out."""
    scenario = random_school(seed)
    ways = product(scenario.calendar.school_days, repeat=len(scenario.grades))
    costs = [cost(scenario, way) for way in ways if allowed(scenario, way)]
    if not costs:
        with pytest.raises(InfeasibleError):
            return_dates(scenario, [ALL])
        return
    found = tuple(days(scenario).values())
    assert list(broken(scenario, found)) == []
    assert cost(scenario, found) == pytest.approx(min(costs), abs=BATCH_COST / 10)


def test_every_rule_binds_in_some_of_the_random_schools() -> None:
    """Else the test above would not notice if one were forgotten."""
    binding: set[str] = set()
    for seed in range(12):
        scenario = random_school(seed)
        ways = product(scenario.calendar.school_days, repeat=len(scenario.grades))
        for way in ways:
            rules = set(broken(scenario, way))
            if len(rules) == 1 and cost(scenario, way) < best(seed):
                binding |= rules
    assert binding == {
        "notice",
        "people a day",
        "masks",
        "days between",
        "exam first",
        "little last",
        "order of the file",
    }


@cache
def best(seed: int) -> float:
    """Cost of the dates chosen for a random school; infinite if there are none."""
    try:
        return cost(random_school(seed), tuple(days(random_school(seed)).values()))
    except InfeasibleError:
        return float("inf")


def test_days_on_which_pupils_are_held_are_not_lost() -> None:
    """Of two grades, one at a time, the one whose pupils may not come yet anyway waits."""
    grades = (a_grade("seven"), a_grade("eight"))
    limits = {"people_returning_per_day": 10}
    for held, first in (("seven", "eight"), ("eight", "seven")):
        hold = {"class": held, "pupils": 9, "reason": "isolation", "source": "made up"}
        scenario = school(*grades, limits=limits, holds=[hold])
        found = {d.grade: d.day for d in return_dates(scenario, (a_book(WRITTEN),))}
        assert min(found, key=lambda grade: found[grade]) == first
