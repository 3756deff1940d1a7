"""Laws of the calendar: more room never loses more days, and names and order mean nothing."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from builders import a_book, a_class, a_clause, a_grade, a_scenario, a_supply
from hypothesis import given, settings
from hypothesis import strategies as st

from returnsim.errors import InfeasibleError
from returnsim.optimise.dates import proven_dates
from returnsim.rules.rulebook import Rulebook

LAW = settings(max_examples=25, deadline=None, derandomize=True)
MONDAY = date(2020, 4, 6)


def a_rule(quantity: str, limit: float, relation: str) -> Any:
    return a_clause(id=quantity, quantity=quantity, relation=relation, limit=limit)


BOOK: Rulebook = a_book(
    a_rule("exam_grades_late", 0.0, "at most"), a_rule("masks_per_person", 1.0, "at least")
)


@dataclass(frozen=True)
class Return:
    """All that dates depend on; weights are whole, so that lost days are."""

    grades: tuple[tuple[str, int, int, bool], ...]
    """Name, pupils, weight and whether an examination is near."""
    days: int
    apart: int
    cap: int | None
    masks: int
    lead: int
    """Days until an order of masks is there; those in the store must do until then."""
    in_order: bool

    def lost(self) -> float | None:
        """Weighted pupil-days lost by the best dates; none if there are none."""
        scenario = a_scenario(
            grades=[
                a_grade(n, exam_year=exam, lost_day_weight=float(weight))
                for n, _, weight, exam in self.grades
            ],
            classes=[a_class(n, grade=n, pupils=pupils) for n, pupils, _, _ in self.grades],
            staff=[],
            supplies=[a_supply(on_hand=self.masks, lead_time_days=self.lead)],
            calendar={"first_day": MONDAY, "last_day": MONDAY + timedelta(days=self.days)},
            limits={
                "days_between_batches": self.apart,
                "people_returning_per_day": self.cap,
                "in_file_order": self.in_order,
            },
        )
        try:
            _, bound = proven_dates(scenario, [BOOK])
        except InfeasibleError:
            return None
        assert bound.proven
        return bound.objective


@st.composite
def returns(draw: st.DrawFn) -> Return:
    """Two to four grades and a few weeks."""
    names = ("a", "b", "c", "d")[: draw(st.integers(2, 4))]
    grades = tuple(
        (n, draw(st.integers(5, 30)), draw(st.integers(1, 3)), draw(st.booleans())) for n in names
    )
    pupils = [grade[1] for grade in grades]
    return Return(
        grades,
        draw(st.integers(8, 24)),
        draw(st.integers(1, 4)),
        draw(st.none() | st.integers(max(pupils), sum(pupils))),
        draw(st.integers(0, sum(pupils) + 5)),
        draw(st.integers(16, 40)),
        draw(st.booleans()),
    )


def no_worse(more: float | None, less: float | None) -> bool:
    """Whether there still are dates, and they lose no more."""
    return less is None or (more is not None and more <= less + 1e-6)


@LAW
@given(returns(), st.integers(1, 7))
def test_more_of_anything_never_loses_more_days(given_return: Return, more: int) -> None:
    """Days at the end, people a day, masks, and those sooner; batches nearer, in any order.

    A school day put in between would be one more to lose.
    """
    r = given_return
    lost = r.lost()
    wider = {
        "days": replace(r, days=r.days + more),
        "cap": replace(r, cap=None if r.cap is None else r.cap + more),
        "no cap": replace(r, cap=None),
        "masks": replace(r, masks=r.masks + more),
        "apart": replace(r, apart=max(1, r.apart - more)),
        "order": replace(r, in_order=False),
        "lead": replace(r, lead=r.lead - more),
        "both": replace(r, days=r.days + more, masks=r.masks + more),
    }
    for what, other in wider.items():
        assert no_worse(other.lost(), lost), what


@LAW
@given(returns(), st.randoms(use_true_random=False))
def test_other_names_in_another_order_lose_as_many_days(given_return: Return, luck: Any) -> None:
    r = replace(given_return, in_order=False)
    shuffled = list(r.grades)
    luck.shuffle(shuffled)
    renamed = tuple((f"年级{i}", *rest) for i, (_, *rest) in enumerate(shuffled))
    assert replace(r, grades=renamed).lost() == pytest.approx(r.lost())


@LAW
@given(returns())
def test_twice_as_many_people_where_twice_as_many_may_come_lose_twice_the_days(
    given_return: Return,
) -> None:
    r = given_return
    double = replace(
        r,
        grades=tuple((n, 2 * p, w, e) for n, p, w, e in r.grades),
        cap=None if r.cap is None else 2 * r.cap,
        masks=2 * r.masks,
    )
    lost, twice = r.lost(), double.lost()
    assert twice == (None if lost is None else pytest.approx(2 * lost))
