"""Laws of the stock: who has more, or is sent it sooner, never orders more."""

import numpy as np
from builders import TINY, a_scenario, a_supply
from hypothesis import given, settings
from hypothesis import strategies as st

from returnsim.experiment.store_needs import StoreNeed
from returnsim.model.stockroom import Stockroom
from returnsim.optimise.levels import Policy, least_policy, most_failures
from returnsim.optimise.stock import opening_stock
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.supply import Supply

LAW = settings(max_examples=40, deadline=None, derandomize=True)
RETURNS, LIMIT, CONFIDENCE = 40, 0.25, 0.9
FEW = most_failures(RETURNS, LIMIT, CONFIDENCE)


def a_need(seed: int, on_hand: float, sooner: int = 0, demand: float = 1.0) -> StoreNeed:
    """Return a store of which the same is asked whatever is in it, and whatever is sent sooner."""
    luck = np.random.default_rng(seed)
    days = int(luck.integers(8, 16))
    asked = demand * luck.integers(0, 5, (RETURNS, days))
    asked[:, :4] = 0
    lead = luck.integers(0, 6, (RETURNS, days))
    return StoreNeed(
        a_supply(review_days=int(luck.integers(1, 4))),
        Stockroom.filled(on_hand, RETURNS, days),
        ordered=0,
        opens=4,
        demand=asked,
        busy=np.zeros(days),
        lead=np.maximum(lead - sooner, 0),
    )


def policy(need: StoreNeed, floor: float = 0.0) -> Policy | None:
    return least_policy(need, floor, LIMIT, CONFIDENCE)


SEEDS = st.integers(0, 10_000)


@LAW
@given(SEEDS, st.integers(0, 12), st.integers(1, 10))
def test_who_has_more_orders_no_more_and_no_more_less_than_that(
    seed: int, on_hand: int, more: int
) -> None:
    """An order can come too late where what is there does not: only then is it cut by more."""
    less, richer = (policy(a_need(seed, float(n))) for n in (on_hand, on_hand + more))
    if less is None:
        return
    assert richer is not None
    assert richer.order <= less.order
    same_day = a_need(seed, float(on_hand + more))
    if (same_day.lead[:, 0] <= same_day.opens).all():
        assert richer.order >= less.order - more


@LAW
@given(SEEDS, st.integers(0, 8), st.integers(1, 4))
def test_who_is_sent_it_sooner_orders_no_more(seed: int, on_hand: int, sooner: int) -> None:
    """Whatever is filled up at every look comes no later, return by return."""
    late, early = (policy(a_need(seed, float(on_hand), days)) for days in (0, sooner))
    if late is not None:
        assert early is not None
        assert early.order <= late.order


@LAW
@given(SEEDS, st.integers(0, 20), st.integers(0, 40))
def test_who_is_asked_for_less_orders_no_more(seed: int, on_hand: int, floor: int) -> None:
    much, little = (policy(a_need(seed, float(on_hand), 0, d), floor) for d in (2.0, 1.0))
    if much is not None:
        assert little is not None
        assert floor <= little.order <= much.order


@LAW
@given(SEEDS, st.integers(0, 8))
def test_twice_the_store_for_twice_the_people_is_twice_the_order(seed: int, on_hand: int) -> None:
    """But for one unit, since orders are whole."""
    one, two = policy(a_need(seed, float(on_hand))), policy(a_need(seed, 2.0 * on_hand, 0, 2.0))
    assert (one is None) == (two is None)
    if one is not None and two is not None:
        assert 2 * one.order - 1 <= two.order <= 2 * one.order


def orders(*supplies: Supply, use: float) -> list[float]:
    school = a_scenario(supplies=supplies)
    books = rulebooks(school, TINY.parent)
    return [line.order for line in opening_stock(school, books, {s.name: use for s in supplies})]


@LAW
@given(
    st.integers(0, 400),
    st.integers(1, 200),
    st.floats(0, 40, allow_subnormal=False),
    st.integers(0, 20),
    st.booleans(),
)
def test_floors_ask_for_no_more_where_there_is_more(
    on_hand: int, more: int, use: float, cover: int, whole: bool
) -> None:
    """And for no less than what there is more: nothing is ordered twice."""
    base = a_supply(on_hand=on_hand, cover_days=cover, whole_units=whole)
    [less] = orders(base, use=use)
    [richer] = orders(a_supply(**_of(base, on_hand=on_hand + more)), use=use)
    assert less - more - 1e-9 <= richer <= less
    [busier] = orders(base, use=2 * use)
    assert busier >= less


def _of(supply: Supply, **changes: object) -> dict[str, object]:
    return supply.model_dump(by_alias=True) | changes
