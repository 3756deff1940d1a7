"""Laws of the whole return: every person, mask and litre is somewhere, on every day."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from builders import a_plan, a_scenario, a_supply
from hypothesis import given, settings
from hypothesis import strategies as st
from laws.mornings import schools
from numpy.typing import NDArray

from returnsim.experiment.store_luck import StoreLuck
from returnsim.experiment.study import Study
from returnsim.experiment.term import Term
from returnsim.experiment.whole_return import play_block
from returnsim.measure.returns import Evening, LostUnitsError, conserve_stock
from returnsim.model.stockroom import Stockroom
from returnsim.plan.plan import Opening
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario

LAW = settings(max_examples=15, deadline=None, derandomize=True)
LAST = date(2020, 4, 17)
Samples = dict[Key, NDArray[np.float64]]


@st.composite
def supplies(draw: st.DrawFn) -> list[Any]:
    """Return masks that are needed, thermometers that break, and soap that is merely missed."""
    late = {"kind": "uniform", "low": 0.0, "high": float(draw(st.integers(0, 6)))}
    masks = {
        "name": "masks",
        "on_hand": draw(st.integers(0, 200)),
        "per_staff_day": draw(st.sampled_from([0, 1, 2])),
        "self_provided_share": draw(st.sampled_from([0.0, 0.3])),
        "needed_at_entry": True,
        "lead_time_days": late,
    }
    thermometers = {
        "name": "thermometers",
        "kind": "thermometer",
        "on_hand": draw(st.integers(0, 12)),
        "per_pupil_day": 0,
        "failure_per_day": draw(st.sampled_from([0.0, 0.1, 0.5])),
    }
    soap = {
        "name": "soap",
        "kind": "soap",
        "on_hand": draw(st.floats(0, 3)),
        "per_pupil_day": 0.01,
        "per_check": 0.002,
        "whole_units": False,
        "lead_time_days": late,
    }
    return [a_supply(**given) for given in (masks, thermometers, soap)]


@st.composite
def returns(draw: st.DrawFn) -> Study:
    """Return an arbitrary small school in its first nine days, with an arbitrary policy."""
    school = draw(schools(ties=draw(st.booleans())))
    raw = school.model_dump(by_alias=True)
    raw["calendar"]["last_day"] = LAST
    raw["supplies"] = [s.model_dump() for s in draw(supplies())]
    raw["after_return"] = {
        "symptom_free_days": draw(st.integers(0, 4)),
        "campus_observation_days": draw(st.integers(0, 9)),
        "boarders_go_home": draw(st.booleans()),
        "report_probability": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "follow_ups_per_day": draw(st.sampled_from([None, 1])),
        "source": "made up",
    }
    made = Scenario.model_validate(raw)
    low = draw(st.integers(0, 30))
    stock = [
        Opening(
            supply=supply.name,
            order=draw(st.integers(0, 60)),
            reorder_point=low,
            order_up_to=low + draw(st.integers(1, 60)),
            review_days=draw(st.integers(1, 4)),
        )
        for supply in made.supplies
    ]
    return Study(made, a_plan(made, stock=stock), draw(st.integers(0, 999)), 2)


def by_day(found: Samples, quantity: Q, place: str = "") -> dict[str, NDArray[np.float64]]:
    return {k.day: x for k, x in found.items() if k[:2] == (quantity, place)}


@LAW
@given(returns())
def test_every_person_is_somewhere(study: Study) -> None:
    found = play_block(study, 0, 2, "kernel")
    of = {q: by_day(found, q) for q in Q}
    for day, planned in of[Q.PLANNED].items():
        np.testing.assert_array_equal(planned, of[Q.ABSENT][day] + of[Q.ARRIVED][day])
        assert (of[Q.KEPT_HOME][day] <= of[Q.ABSENT][day]).all()
        assert (
            of[Q.REFUSED_WITHOUT][day] <= of[Q.TURNED_AWAY][day] + of[Q.STILL_INSIDE][day]
        ).all()
    for owed, made in ((Q.REPORTS_OWED, Q.REPORTS_MADE), (Q.FOLLOW_UPS_OWED, Q.FOLLOW_UPS_MADE)):
        for day, number in of[owed].items():
            assert (of[made][day] >= 0).all()
            assert (of[made][day] <= number).all()


@LAW
@given(returns())
def test_every_unit_is_somewhere(study: Study) -> None:
    found = play_block(study, 0, 2, "kernel")
    for supply in study.scenario.supplies:
        of = {q: by_day(found, q, supply.name) for q in Q}
        days = sorted(of[Q.STOCK_ON_HAND])
        for before, day in pairwise(days):
            came, went = of[Q.DELIVERED][day], of[Q.HANDED_OUT][day]
            left = of[Q.STOCK_ON_HAND][before] + came - went
            np.testing.assert_allclose(of[Q.STOCK_ON_HAND][day], left, atol=1e-9)
            assert (of[Q.STOCK_ON_HAND][day] >= 0).all()
        short = sum(of[Q.UNMET].values())
        ran_out = found[Key(Q.STOCK_OUT, supply.name, "", supply.kind)]
        np.testing.assert_array_equal(ran_out, (short > 1e-6).astype(float))


@LAW
@given(returns())
def test_nobody_without_a_mask_is_let_in(study: Study) -> None:
    """Whoever comes by the gate and is not refused has had a whole portion, or their own."""
    found = play_block(study, 0, 2, "kernel")
    refused, unmet = by_day(found, Q.REFUSED_WITHOUT), by_day(found, Q.UNMET, "masks")
    for day, number in refused.items():
        assert (unmet[day] >= number).all(), "a portion is one or more"
        assert ((number == 0) | (unmet[day] > 0)).all()


@LAW
@given(returns())
def test_both_engines_play_the_same_return(study: Study) -> None:
    one, two = (play_block(study, 0, 2, engine) for engine in ("kernel", "simpy"))
    assert one.keys() == two.keys()
    for key, values in one.items():
        np.testing.assert_allclose(values, two[key], rtol=0, atol=1e-6, err_msg=str(key))


def test_units_that_vanish_are_missed() -> None:
    school = a_scenario()
    rules = school.after_return
    assert rules is not None
    term = Term(school, a_plan(school), StoreLuck(1, 0, 2), rules)
    stores = dict(term.beginning().stores)
    nothing = np.zeros(2)
    honest = Evening("2020-04-07", *[nothing] * 8, before=stores, after=stores)
    conserve_stock(honest)

    def tampered(**changes: Any) -> Evening:
        return replace(honest, after=stores | {"masks": replace(stores["masks"], **changes)})

    one = nothing + 1.0
    for changes in ({"on_hand": one}, {"used": one}, {"received": one}, {"ordered": one}):
        with pytest.raises(LostUnitsError, match="masks"):
            conserve_stock(tampered(**changes))
    below = Stockroom.filled(-1.0, 2, 3)
    with pytest.raises(LostUnitsError):
        conserve_stock(replace(honest, after={"masks": below}, before={"masks": below}))
