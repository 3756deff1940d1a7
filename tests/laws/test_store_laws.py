"""Laws of the store: nothing is lost, nothing is below nothing, nothing is ordered twice."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from returnsim.model.stockroom import Levels, Stockroom

LAW = settings(max_examples=150, deadline=None, derandomize=True)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Weeks:
    """A store, what is asked of it, and how long orders take."""

    opening: float
    first_order: float
    demand: Floats
    days: NDArray[np.int64]
    levels: Levels


@st.composite
def weeks(draw: st.DrawFn, *, whole: bool = True) -> Weeks:
    """Return two replications of up to four weeks."""
    length = draw(st.integers(1, 28))
    numbers = st.integers(0, 40) if whole else st.floats(0, 40)
    demand = [[float(draw(numbers)) for _ in range(length)] for _ in range(2)]
    days = [[draw(st.integers(0, 12)) for _ in range(length)] for _ in range(2)]
    low = draw(st.integers(0, 200))
    levels = Levels(low, low + draw(st.integers(1, 150)), draw(st.integers(1, 7)), whole)
    first = float(draw(st.integers(0, 100)))
    return Weeks(draw(st.integers(0, 200)), first, np.array(demand), np.array(days), levels)


def days_of(given_weeks: Weeks) -> list[tuple[Stockroom, Stockroom]]:
    """Play the weeks; the store before and after the review of every day."""
    w = given_weeks
    store = Stockroom.filled(w.opening, 2, w.demand.shape[1])
    store = store.order(0, np.full(2, w.first_order), w.days[:, 0])
    played = []
    for day in range(w.demand.shape[1]):
        store, _ = store.receive(day).take(w.demand[:, day])
        before = store
        if day % w.levels.review_days == 0:
            store = store.review(day, w.levels, w.days[:, day])
        played.append((before, store))
    return played


@LAW
@given(st.booleans().flatmap(lambda whole: weeks(whole=whole)))
def test_whatever_came_was_used_or_is_there(given_weeks: Weeks) -> None:
    for day, (before, after) in enumerate(days_of(given_weeks)):
        for store in (before, after):
            came = store.opening + store.received
            np.testing.assert_allclose(came, store.used + store.on_hand, rtol=1e-12, atol=1e-9)
            np.testing.assert_allclose(store.ordered, store.received + store.on_order)
            assert (store.on_hand >= 0).all()
            assert (store.coming[:, : day + 1] == 0).all(), "what is due has come"
        asked = given_weeks.demand[:, : day + 1].sum(axis=1)
        np.testing.assert_allclose(asked, after.used + after.unmet, rtol=1e-12, atol=1e-9)


@LAW
@given(weeks())
def test_nothing_is_ordered_while_enough_is_there_or_coming(given_weeks: Weeks) -> None:
    levels = given_weeks.levels
    for before, after in days_of(given_weeks):
        more = after.ordered - before.ordered
        assert (more[before.position > levels.reorder_point] == 0).all()
        ordered = more > 0
        np.testing.assert_allclose(after.position[ordered], levels.order_up_to)
        assert (after.position <= np.maximum(before.position, levels.order_up_to)).all()


@LAW
@given(weeks())
def test_an_order_is_here_on_its_day_and_not_before(given_weeks: Weeks) -> None:
    w = given_weeks
    never = Levels(-1.0, 0.0)
    quiet = days_of(Weeks(w.opening, w.first_order, w.demand, w.days, never))
    for day, (store, _) in enumerate(quiet):
        here = np.where(w.days[:, 0] <= day, w.first_order, 0.0)
        np.testing.assert_array_equal(store.received, here)


@LAW
@given(weeks(), st.integers(1, 50))
def test_more_to_begin_with_is_never_less_while_nothing_is_ordered(
    given_weeks: Weeks, more: int
) -> None:
    w, never = given_weeks, Levels(-1.0, 0.0)
    few = days_of(Weeks(w.opening, w.first_order, w.demand, w.days, never))
    many = days_of(Weeks(w.opening + more, w.first_order, w.demand, w.days, never))
    for (one, _), (two, _) in zip(few, many, strict=True):
        assert (two.on_hand >= one.on_hand).all()
        assert (two.unmet <= one.unmet).all()


def test_orders_due_after_the_last_day_are_on_order_to_the_end() -> None:
    store = Stockroom.filled(0.0, 2, 3).order(2, np.array([4.0, 5.0]), np.array([0, 9]))
    store = store.receive(2)
    assert store.on_hand.tolist() == [4.0, 0.0]
    assert store.on_order.tolist() == [0.0, 5.0]
