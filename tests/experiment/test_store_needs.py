"""Demand without bottom: what a return asks, and whether a store would have run out."""

from typing import Any

import numpy as np
import pytest
from builders import a_plan, a_scenario, a_staff_group, a_supply
from model.days import a_lively_school

from returnsim.experiment.store_needs import store_needs
from returnsim.experiment.study import Study
from returnsim.experiment.whole_return import run_return
from returnsim.model.stockroom import Levels
from returnsim.plan.plan import Opening
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario

LATE = {"kind": "uniform", "low": 0.0, "high": 6.0}


def lively(*supplies: Any) -> Scenario:
    """A school of chance: who is absent, who is sent home, how late orders are."""
    return a_lively_school(supplies=list(supplies), staff=[a_staff_group()])


MASKS = a_supply(needed_at_entry=True, on_hand=20, lead_time_days=LATE, per_staff_day=1)
SOAP = a_supply(name="soap", kind="soap", on_hand=1.0, per_pupil_day=0.03, per_check=0.01,
                whole_units=False, lead_time_days=LATE)  # fmt: skip
THERMOMETERS = a_supply(name="t", kind="thermometer", on_hand=5, per_pupil_day=0,
                        failure_per_day=0.05, lead_time_days=LATE)  # fmt: skip


def test_what_is_asked_is_what_is_used_where_nothing_runs_out() -> None:
    school = lively(MASKS, SOAP, THERMOMETERS)
    study = Study(school, a_plan(school), 7, 64)
    needs = store_needs(study, 0, 1)
    plenty = [Opening(supply=s.name, order=10_000) for s in school.supplies]
    raw = school.model_dump(by_alias=True)
    for supply in raw["supplies"]:
        supply["on_hand"] = 10_000
    full = Scenario.model_validate(raw)
    found = run_return(Study(full, a_plan(full, stock=plenty), 7, 64)).samples
    for name, need in needs.items():
        used = {k.day: x for k, x in found.items() if k[:2] == (Q.HANDED_OUT, name)}
        days = sorted(used)
        asked = need.demand[:, need.opens : need.opens + len(days)]
        np.testing.assert_allclose(asked, np.stack([used[d] for d in days], axis=1), atol=1e-6)


@pytest.mark.parametrize("supply", [MASKS, SOAP, THERMOMETERS], ids=lambda s: s.name)
@pytest.mark.parametrize("order", [0.0, 40.0, 90.0])
@pytest.mark.parametrize("levels", [None, Levels(8, 60), Levels(60, 90, 3)])
def test_a_store_runs_out_in_the_same_returns_as_when_they_are_played(
    supply: Any, order: float, levels: Levels | None
) -> None:
    """One store at a time: others that run out would change who is there to ask."""
    if supply.kind == "thermometer":
        order /= 20
        levels = levels and Levels(levels.reorder_point / 10, levels.order_up_to / 10)
    if supply.kind == "soap":
        order /= 10
        levels = levels and Levels(levels.reorder_point / 20, levels.order_up_to / 20, 1, False)
    school = lively(supply)
    study = Study(school, a_plan(school), 7, 64)
    policy = {"supply": supply.name, "order": order}
    if levels is not None:
        policy |= {
            "reorder_point": levels.reorder_point,
            "order_up_to": levels.order_up_to,
            "review_days": levels.review_days,
        }
    plan = a_plan(school, stock=[Opening.model_validate(policy)])
    found = run_return(Study(school, plan, 7, 64)).samples
    [ran_out] = [x for k, x in found.items() if k.quantity is Q.STOCK_OUT]
    need = store_needs(study, 0, 1)[supply.name]
    np.testing.assert_array_equal(need.ran_out(order, levels), ran_out > 0)


def test_blocks_are_put_one_after_the_other_whatever_the_workers() -> None:
    school = lively(MASKS)
    study = Study(school, a_plan(school), 7, 64)
    both, second = store_needs(study, 0, 2, jobs=2)["masks"], store_needs(study, 1, 1)["masks"]
    assert both.replications == 128
    np.testing.assert_array_equal(both.demand[64:], second.demand)
    np.testing.assert_array_equal(both.lead[64:], second.lead)
    np.testing.assert_array_equal(both.store.coming[64:], second.store.coming)


def test_a_school_must_say_what_follows_the_return() -> None:
    school = a_scenario(after_return=None)
    with pytest.raises(ValueError, match="after the return"):
        store_needs(Study(school, a_plan(school), 1, 64), 0, 1)
