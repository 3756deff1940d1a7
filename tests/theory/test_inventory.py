"""Stock: closed forms and recursions against slow sums and against all there is."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from returnsim.theory.demand import Demand, LognormalDemand, NormalDemand, PoissonDemand
from returnsim.theory.inventory import (
    base_stock,
    cycle_service,
    days_of_cover,
    fill_rate,
    known_calendar,
    lot_size,
    newsvendor,
    over_lead_time,
    reorder_in_lots,
    reorder_up_to,
)

TRIED = settings(max_examples=60, deadline=None, derandomize=True)
COST = st.sampled_from([0.1, 0.5, 1.0, 3.0, 20.0])
DEMANDS = st.one_of(
    st.builds(NormalDemand, st.floats(20, 200), st.floats(0.5, 5)),
    st.builds(LognormalDemand, st.floats(2, 5), st.floats(0.1, 0.8)),
    st.builds(PoissonDemand, st.floats(0.5, 80)),
)


@TRIED
@given(DEMANDS, st.floats(0.02, 0.98))
def test_the_shortage_is_the_integral_of_what_is_left_uncovered(
    demand: Demand, share: float
) -> None:
    """E[(D - x)+] is the mean of max(quantile(u) - x, 0) over u."""
    stock = demand.quantile(share)
    u = (np.arange(4000) + 0.5) / 4000
    excess = [max(demand.quantile(float(v)) - stock, 0.0) for v in u]
    assert demand.loss(stock) == pytest.approx(np.mean(excess), rel=0.03, abs=0.01)


@TRIED
@given(st.floats(0.5, 80), st.floats(0.001, 0.999))
def test_a_poisson_quantile_is_the_least_stock_that_is_enough(mean: float, share: float) -> None:
    def enough(stock: int) -> float:
        terms = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(stock + 1))
        return math.fsum(math.exp(t) for t in terms)

    stock = int(PoissonDemand(mean).quantile(share))
    assert enough(stock) >= share - 1e-9
    assert stock == 0 or enough(stock - 1) < share + 1e-9


@TRIED
@given(DEMANDS, COST, COST)
def test_no_neighbour_of_the_best_stock_is_cheaper(
    demand: Demand, holding: float, shortage: float
) -> None:
    best = newsvendor(demand, holding, shortage)
    for step in (-1.0, 1.0):
        if best.stock + step > 0:
            other = newsvendor(demand, holding, shortage, best.stock + step)
            assert other.cost >= best.cost - 1e-9


def test_waiting_for_the_lead_time_adds_up() -> None:
    assert over_lead_time(10, 2, lead_time=3) == NormalDemand(40, 4)
    assert base_stock(10, 2, 3, 1, 9).stock == pytest.approx(40 + 4 * 1.2815515655)


@TRIED
@given(COST, COST, st.floats(1, 500))
def test_shortage_that_costs_a_fortune_is_none(
    order_cost: float, holding: float, demand: float
) -> None:
    never = lot_size(order_cost, holding, demand)
    nearly = lot_size(order_cost, holding, demand, shortage=1e12)
    assert nearly.quantity == pytest.approx(never.quantity, rel=1e-6)
    some = lot_size(order_cost, holding, demand, shortage=1.0)
    assert some.cost < never.cost
    assert some.quantity > never.quantity


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.floats(0.3, 5), st.sampled_from([0.5, 1, 2]), COST, COST, COST)
def test_lots_are_as_cheap_as_the_cheapest_of_all(
    rate: float, lead_time: float, order_cost: float, holding: float, shortage: float
) -> None:
    demand = PoissonDemand(rate * lead_time)
    costs = [newsvendor(demand, holding, shortage, y).cost for y in range(-60, 61)]
    best = min(
        (order_cost * rate + math.fsum(costs[r + 61 : r + q + 61])) / q
        for r, q in product(range(-20, 25), range(1, 30))
    )
    r, up_to, cost = reorder_in_lots(rate, lead_time, order_cost, holding, shortage)
    assert cost <= best + 1e-9
    inside = math.fsum(costs[r + 61 : up_to + 61]) / (up_to - r) + order_cost * rate / (up_to - r)
    assert up_to > 60 or cost == pytest.approx(inside)


def mean_cost(s: int, up_to: int, mean: float, order_cost: float, h: float, p: float) -> float:
    """Mean cost of a period of (s, S) from the stationary distribution of its position."""
    states = np.arange(s + 1, up_to + 1)
    pmf = [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(states.size)]
    move = np.zeros((states.size, states.size))
    orders = np.zeros(states.size)
    for i, y in enumerate(states):
        for d in range(y - s):
            move[i, i - d] += pmf[d]
        orders[i] = 1 - math.fsum(pmf[: y - s])
        move[i, -1] += orders[i]
    system = np.vstack([move.T - np.eye(states.size), np.ones(states.size)])
    share = np.linalg.lstsq(system, np.append(np.zeros(states.size), 1.0), rcond=None)[0]
    once = [newsvendor(PoissonDemand(mean), h, p, int(y)).cost for y in states]
    return float(share @ (np.array(once) + order_cost * orders))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.floats(0.5, 8), st.sampled_from([1.0, 5.0, 12.0]), st.sampled_from([2.0, 4.0, 9.0]))
def test_levels_are_as_cheap_as_the_cheapest_of_all(
    mean: float, order_cost: float, shortage: float
) -> None:
    found = reorder_up_to(mean, order_cost, 1.0, shortage)
    own = mean_cost(found.reorder_point, found.order_up_to, mean, order_cost, 1.0, shortage)
    assert found.cost == pytest.approx(own, rel=1e-6)
    for s, up_to in product(range(-3, 9), range(1, 26, 2)):
        if up_to > s:
            assert mean_cost(s, up_to, mean, order_cost, 1.0, shortage) >= own - 1e-7


@TRIED
@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=7),
    st.sampled_from([1, 20, 100]),
    st.sampled_from([0.5, 1, 2]),
)
def test_a_known_calendar_is_served_as_cheaply_as_can_be(
    demand: list[int], order_cost: float, holding: float
) -> None:
    def cost_of(ordering: tuple[bool, ...]) -> float:
        cost, last = 0.0, 0
        for t, orders in enumerate(ordering):
            last = t if orders else last
            cost += order_cost * orders + holding * (t - last) * demand[t]
        return cost

    rest = product((False, True), repeat=len(demand) - 1)
    best = min(cost_of((True, *tail)) for tail in rest)
    found = known_calendar(demand, order_cost, holding)
    assert found.cost == pytest.approx(best)
    assert sum(found.quantities) == sum(demand)
    received, owed = np.cumsum(found.quantities), np.cumsum(demand)
    assert (received >= owed - 1e-9).all()


def test_the_fill_rate_is_what_is_met_when_it_is_played() -> None:
    """Poisson demand of 5 a day, an order takes 3 days: continuous review, played unit by unit."""
    rate, lead, reorder, lot = 5.0, 3.0, 14, 20
    rng = np.random.default_rng(3)
    now, level, due, met = 0.0, float(reorder + lot), [], 0
    position, number = reorder + lot, 60_000
    for gap in rng.exponential(1 / rate, number):
        now += gap
        while due and due[0] <= now:
            due.pop(0)
            level += lot
        met += level > 0
        level -= 1
        position -= 1
        if position <= reorder:
            position += lot
            due.append(now + lead)
    expected = fill_rate(PoissonDemand(rate * lead), reorder, lot)
    assert met / number == pytest.approx(expected, abs=0.006)


def test_service_and_cover() -> None:
    assert cycle_service(NormalDemand(100, 20), 100) == pytest.approx(0.5)
    assert fill_rate(NormalDemand(100, 1), 200, 50) == pytest.approx(1.0)
    assert days_of_cover(100, 0) == math.inf
