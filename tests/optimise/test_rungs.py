"""Down from a policy on fresh returns: never below what they confirm, and how often that errs."""

from dataclasses import fields, replace

import numpy as np
import pytest
from optimise.needs import a_need

from returnsim.model.stockroom import Levels, Stockroom
from returnsim.optimise.levels import least_policy, most_failures
from returnsim.optimise.rungs import Rung, fresh_blocks, lowest_rung
from returnsim.theory.estimation import Estimate

LIMIT, CONFIDENCE = 0.1, 0.9


def a_rung(seed: int, floor: float = 0.0, *, whole: bool = True) -> tuple[Rung, bool]:
    """Search on some returns, go down on others; whether the search itself was confirmed."""
    need = a_need(seed, days=12, most=4, replications=400, whole=whole)
    cut = {"demand": need.demand, "lead": need.lead}
    seen, fresh = (
        replace(need, store=_part(need.store, part), **{k: v[part] for k, v in cut.items()})
        for part in (slice(200), slice(200, None))
    )
    policy = least_policy(seen, floor, 0.0, CONFIDENCE)
    assert policy is not None
    few = most_failures(200, LIMIT, CONFIDENCE)
    assert seen.ran_out(policy.order, policy.levels).sum() == 0
    found = lowest_rung(fresh, policy, floor, LIMIT, CONFIDENCE)

    def fails(order: float, levels: Levels | None) -> int:
        return int(fresh.ran_out(order, levels).sum())

    assert fails(found.order, found.levels) == round(found.risk.mean * 200)
    assert floor <= found.order <= policy.order
    per = 1 if whole else 10
    for steps in range(round(found.order * per), round(policy.order * per) + 1):
        assert fails(steps / per, policy.levels) <= few, "every rung above is confirmed"
    if found.less and found.less[0] == "order":
        assert found.order > floor
        assert fails(found.order - 1 / per, policy.levels) > few
    elif found.less:
        assert found.order == floor
        assert found.levels is not None
        below = replace(found.levels, reorder_point=found.levels.reorder_point - 1 / per)
        assert fails(found.order, below) > few
    return found, fails(policy.order, policy.levels) <= few


def _part(store: Stockroom, part: slice) -> Stockroom:
    arrays = {f.name: getattr(store, f.name) for f in fields(store) if f.name != "opening"}
    return replace(store, **{name: array[part] for name, array in arrays.items()})


@pytest.mark.parametrize("seed", range(25))
def test_the_lowest_rung_that_fresh_returns_confirm(seed: int) -> None:
    found, confirmed = a_rung(seed)
    assert confirmed == (found.risk.high <= LIMIT)
    if found.less:
        assert found.less[1].high > LIMIT


@pytest.mark.parametrize("seed", range(5))
def test_a_floor_is_kept_and_units_may_be_tenths(seed: int) -> None:
    found, _ = a_rung(seed, floor=12.0)
    assert found.order >= 12
    a_rung(seed, whole=False)


def test_what_is_not_confirmed_is_told_as_it_is() -> None:
    need = a_need(3, days=12, most=4, replications=200)
    policy = least_policy(need, 0.0, 0.0, CONFIDENCE)
    assert policy is not None
    found = lowest_rung(need, policy, 0.0, 0.01, CONFIDENCE)
    assert (found.order, found.levels, found.less) == (policy.order, policy.levels, None)
    assert found.risk.high > 0.01


def test_the_bound_errs_no_more_often_than_it_says() -> None:
    """Orders of which everybody knows the risk: the demand of a return is one of 100 numbers.

    The least order whose risk is at most 10 % is 90; with 90 % confidence at most 5 % of
    searches may end below. 300 searches, so at most 27 with probability 0.999.
    """
    need = a_need(1, days=3, replications=120)
    never = np.full((120, 3), 9)
    wrong = 0
    for seed in range(300):
        luck = np.random.default_rng(seed)
        parts = []
        for _ in range(2):
            demand = np.zeros((120, 3))
            demand[:, 2] = luck.integers(1, 101, 120)
            lead = np.where(np.arange(3) == 0, 1, never)
            empty = replace(need.store, on_hand=np.zeros(120), coming=np.zeros((120, 4)))
            parts.append(replace(need, store=empty, opens=2, demand=demand, lead=lead))
        policy = least_policy(parts[0], 0.0, 0.0, CONFIDENCE)
        assert policy is not None
        wrong += lowest_rung(parts[1], policy, 0.0, LIMIT, CONFIDENCE).order < 90
    assert wrong <= 27


def test_as_many_fresh_returns_as_can_show_the_risk_with_a_few_that_run_out() -> None:
    for limit in (0.01, 0.05, 0.2):
        n = 64 * fresh_blocks(limit, 0.95)
        assert Estimate.proportion(4, n).high <= limit
