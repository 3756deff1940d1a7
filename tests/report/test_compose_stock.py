"""What the order says of each supply, in both languages."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from builders import a_plan, a_scenario, a_supply

from returnsim.model.stockroom import Levels
from returnsim.optimise.planner import Proposal
from returnsim.optimise.stock import StockLine
from returnsim.report.compose_stock import stock_items
from returnsim.theory.estimation import Estimate

CONFIRMED = Estimate.proportion(4, 1088, confidence=0.96)
TOO_MANY = Estimate.proportion(6, 1088, confidence=0.96)
LINE = StockLine(
    a_supply(name="masks"),
    need=340,
    binding="stock_out",
    days=0,
    daily_use=34.0,
    order=340,
    levels=Levels(70, 170),
    risk=CONFIRMED,
    less=("order", TOO_MANY),
)


def reason(lang: str, **changes: Any) -> str:
    school = a_scenario(supplies=[LINE.supply])
    proposal = SimpleNamespace(
        scenario=school,
        stock=(replace(LINE, **changes),),
        recommended=SimpleNamespace(plan=a_plan(school)),
    )
    [item] = stock_items(cast(Proposal, proposal), lang)
    return item.reason


@pytest.mark.parametrize(
    ("lang", "risk", "less"),
    [
        (
            "en",
            "0.4% of 1,088 fresh simulated returns, at most 1.0%",
            "one unit less to begin with",
        ),
        ("zh", "推演 1,088 次，用完的占 0.4%，上限 1.0%", "开学前少订一个单位，则占 0.6%"),
    ],
)
def test_the_bound_and_what_one_unit_less_would_mean(lang: str, risk: str, less: str) -> None:
    text = reason(lang)
    assert risk in text
    assert less in text


@pytest.mark.parametrize(("lang", "word"), [("en", "uncertain"), ("zh", "未定")])
def test_what_is_not_confirmed_is_said_to_be_uncertain(lang: str, word: str) -> None:
    assert word not in reason(lang)
    assert word in reason(lang, risk=TOO_MANY, less=None)
    assert word in reason(lang, risk=TOO_MANY, less=None, levels=None)


@pytest.mark.parametrize(
    ("lang", "floor", "less"),
    [
        ("en", "the floor decides", "reorder point one unit lower"),
        ("zh", "最低数量", "再订货点低一个"),
    ],
)
def test_a_floor_that_binds_is_said_to(lang: str, floor: str, less: str) -> None:
    assert floor not in reason(lang)
    text = reason(lang, binding="per_person", less=("reorder_point", TOO_MANY))
    assert floor in text
    assert less in text
    uncertain = reason(lang, binding="per_person", risk=TOO_MANY, less=None)
    assert floor not in uncertain, "the floor does not suffice, as far as is known"
