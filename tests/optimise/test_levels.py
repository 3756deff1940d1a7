"""The least order and levels: against all there are, against one unit less, against theory."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from builders import a_supply
from numpy.typing import NDArray
from optimise.needs import RETURNS, a_need

from returnsim.experiment.store_needs import StoreNeed
from returnsim.model.stockroom import Levels, Stockroom
from returnsim.optimise.levels import least_policy, most_failures
from returnsim.theory.estimation import Estimate
from returnsim.theory.inventory import over_lead_time

LIMIT, CONFIDENCE = 0.25, 0.9
FEW = most_failures(RETURNS, LIMIT, CONFIDENCE)
Floats = NDArray[np.float64]


def fails(need: StoreNeed, order: float, low: float, high: float) -> int:
    return int(need.ran_out(order, Levels(low, high, need.supply.review_days)).sum())


def from_here_on(enough: dict[int, bool]) -> int:
    """The least number from which on all others are enough."""
    found = max(enough)
    while enough.get(found - 1, False):
        found -= 1
    return found


@pytest.mark.parametrize("seed", range(30))
def test_the_policy_is_the_least_of_all(seed: int) -> None:
    need = a_need(seed)
    found = least_policy(need, 0.0, LIMIT, CONFIDENCE)
    assert found is not None
    top = int(need.demand.sum(axis=1).max()) + 2
    within = {
        (q, s, up): fails(need, q, s, up) <= FEW
        for q in range(top + 1)
        for s, up in product(range(top), range(1, top + 1))
        if s < up and q <= found.order
    }
    orders = {q for (q, _, _), good in within.items() if good}
    assert found.order == found.least_order == min(orders)
    if found.levels is None:
        assert need.ran_out(found.order, None).sum() <= FEW
        return
    every_look = {up: within[found.order, up - 1, up] for up in range(1, top + 1)}
    assert found.levels.order_up_to == from_here_on(every_look)
    up = int(found.levels.order_up_to)
    points = {s: within[found.order, s, up] for s in range(up)}
    assert found.levels.reorder_point == from_here_on(points)
    least = min((q, up, s) for (q, s, up), good in within.items() if good)
    assert (found.order, up, found.levels.reorder_point) == least, "of all there are, in this order"


@pytest.mark.parametrize("seed", range(12))
def test_one_unit_less_is_one_too_many(seed: int) -> None:
    need = a_need(seed, days=20, most=20, replications=200)
    found = least_policy(need, 0.0, 0.05, 0.95)
    assert found is not None
    assert found.risk.high <= 0.05
    for what, risk in found.less:
        assert risk.high > 0.05, what
        assert risk.mean > found.risk.mean, what
    if found.levels is not None:
        kinds = [what for what, _ in found.less]
        assert "order_up_to" in kinds


def test_a_floor_that_asks_for_more_is_kept() -> None:
    need = a_need(1, days=20, most=20, replications=200)
    free, bound = (least_policy(need, floor, 0.05, 0.95) for floor in (0.0, 500.0))
    assert free is not None
    assert bound is not None
    assert bound.order == 500
    assert bound.least_order == free.order
    assert bound.levels is None, "five hundred last to the end"


def test_nothing_can_help_where_an_order_comes_too_late() -> None:
    assert least_policy(a_need(2, late=4, most=9), 0.0, LIMIT, CONFIDENCE) is None


def test_where_returns_are_too_few_to_tell_none_may_run_out() -> None:
    assert most_failures(10, 0.01, 0.95) == 0
    found = least_policy(a_need(3), 0.0, 0.01, 0.95)
    assert found is not None
    assert found.risk.mean == 0
    assert found.risk.high > 0.01
    few = most_failures(2048, 0.01, 0.95)
    assert Estimate.proportion(few, 2048).high <= 0.01 < Estimate.proportion(few + 1, 2048).high


def test_tenths_are_enough_where_units_need_not_be_whole() -> None:
    found = least_policy(a_need(4, days=20, most=5, replications=200, whole=False), 0.0, 0.05, 0.95)
    assert found is not None
    assert found.order * 10 == pytest.approx(round(found.order * 10))
    assert found.less[0][1].high > 0.05


def a_steady_need(store: Stockroom, demand: Floats, lead: Any, busy: Any = 0) -> StoreNeed:
    """Return a store that opens on the second day, with the same lead times in every return."""
    return StoreNeed(
        a_supply(kind="thermometer"),
        store,
        ordered=0,
        opens=1,
        demand=demand,
        busy=np.zeros(demand.shape[1]) + busy,
        lead=np.zeros(demand.shape, int) + lead,
    )


def test_pieces_in_use_must_be_there() -> None:
    """Three posts, two pieces; one breaks on the first day, and must be replaced at once."""
    store = Stockroom.filled(2.0, RETURNS, 6)
    demand = np.zeros((RETURNS, 6))
    demand[:, 1] = 1.0
    busy = np.array([0.0, 3, 3, 3, 3, 3])
    found = least_policy(a_steady_need(store, demand, 1, busy), 0.0, LIMIT, CONFIDENCE)
    assert found is not None
    assert (found.order, found.levels) == (1, Levels(2.0, 3.0, 1))
    slow = a_steady_need(store, demand, np.array([1, 3, 3, 3, 3, 3]), busy)
    spare = least_policy(slow, 0.0, LIMIT, CONFIDENCE)
    assert spare is not None
    assert (spare.order, spare.levels) == (2, None), "a spare piece instead"


def test_without_a_second_order_it_is_the_newsvendor() -> None:
    """Normal demand of five days, as in S7: what is enough in 95 % of returns."""
    luck = np.random.default_rng(11)
    demand = np.maximum(luck.normal(50, 8, (4000, 6)), 0)
    demand[:, 0] = 0
    never = np.array([1, *[10**6] * 5])
    need = a_steady_need(Stockroom.filled(0.0, 4000, 6), demand, never)
    found = least_policy(need, 0.0, 0.05, 0.95)
    assert found is not None
    assert found.levels is None
    assert found.order == pytest.approx(over_lead_time(50, 8, 4).quantile(0.95), abs=3)
