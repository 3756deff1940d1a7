"""The opening stock: which of the rules asks for most, and what must be bought."""

from datetime import date
from typing import Any

import pytest
from builders import a_book, a_class, a_clause, a_plan, a_scenario, a_staff_group, a_supply
from model.days import a_lively_school

from returnsim.errors import InfeasibleError
from returnsim.experiment.study import Study
from returnsim.experiment.whole_return import run_return
from returnsim.optimise.stock import StockLine, keep_filled, opening_stock, openings
from returnsim.plan.plan import Plan
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario

MASKS = a_clause(id="masks", quantity="masks_per_person", relation="at least", limit=10.0)
THERMOMETERS = a_clause(
    id="thermometers", quantity="thermometers_per_class", relation="at least", limit=1.0
)
COVER = a_clause(
    id="cover",
    quantity="days_of_cover",
    relation="at least",
    limit=30.0,
    places=["disinfectant"],
)
RULES = (MASKS, THERMOMETERS, COVER)


def line(use: float = 0.0, rules: Any = RULES, **supply: Any) -> StockLine:
    """Stock of one supply in a school of three classes, thirty pupils and four teachers."""
    base = {"name": "it", "on_hand": 0, "per_pupil_day": 0, "price": 2.0}
    classes = [a_class("9-1"), a_class("9-2"), a_class("8-1", grade="eight")]
    school = a_scenario(
        classes=classes, staff=[a_staff_group(people=4)], supplies=[a_supply(**base | supply)]
    )
    [found] = opening_stock(school, [a_book(*rules)], {"it": use})
    return found


@pytest.mark.parametrize(
    ("supply", "use", "binding", "need"),
    [
        ({"kind": "mask"}, 0.0, "per_person", 340),
        ({"kind": "mask", "cover_days": 5}, 34.0, "per_person", 340),
        ({"kind": "mask", "cover_days": 11}, 34.0, "planner_days", 374),
        ({"kind": "thermometer"}, 0.0, "per_class", 3),
        ({"kind": "disinfectant"}, 2.5, "rulebook_days", 75),
        ({"kind": "disinfectant", "cover_days": 31}, 2.5, "planner_days", 77.5),
        ({"kind": "soap", "cover_days": 10}, 2.5, "planner_days", 25),
        ({"kind": "soap"}, 2.5, "nothing", 0),
        ({"kind": "glove", "cover_days": 10}, 0.0, "nothing", 0),
    ],
)
def test_the_largest_need_binds(
    supply: dict[str, Any], use: float, binding: str, need: float
) -> None:
    found = line(use, whole_units=False, **supply)
    assert (found.binding, found.need, found.order) == (binding, need, need)
    assert found.cost == 2 * need


def test_days_of_cover_are_told_when_they_bind() -> None:
    assert line(2.5, kind="disinfectant").days == 30
    assert line(2.5, kind="disinfectant", cover_days=31).days == 31
    assert line(2.5, kind="mask").days == 0


def test_only_what_is_short_is_ordered() -> None:
    orders = [line(kind="mask", on_hand=n).order for n in (0, 339, 340, 1000)]
    assert orders == [340, 1, 0, 0]


def test_whole_units_are_rounded_up_and_others_to_a_tenth() -> None:
    assert line(0.101, kind="disinfectant").order == 4
    assert line(0.101, kind="disinfectant", whole_units=False).order == pytest.approx(3.1)
    assert line(0.28, kind="soap", cover_days=25).order == 7, "7.000000000000001 is not 8"
    assert line(0.1, kind="soap", cover_days=3, whole_units=False).order == pytest.approx(0.3)


def test_soft_rules_and_rules_on_other_supplies_do_not_bind() -> None:
    soft = a_clause(**MASKS.model_dump() | {"hard": False})
    assert line(rules=[soft], kind="mask").binding == "nothing"
    assert line(1.0, rules=[COVER], kind="soap").binding == "nothing"
    everywhere = a_clause(**COVER.model_dump() | {"places": []})
    assert line(1.0, rules=[everywhere], kind="soap").binding == "rulebook_days"


def test_the_strictest_of_several_books_counts() -> None:
    more = a_clause(**MASKS.model_dump() | {"id": "more", "limit": 12.0})
    assert line(rules=[MASKS, more], kind="mask").need == 12 * 34


def test_orders_become_part_of_the_plan() -> None:
    [order] = openings([line(kind="mask", on_hand=40)])
    assert (order.supply, order.order) == ("it", 300)


def test_masks_that_families_bring_need_not_be_bought() -> None:
    assert line(kind="mask", self_provided_share=0.5).need == 170


def test_what_is_on_its_way_before_the_first_day_is_not_ordered_again() -> None:
    delivery = {"supply": "it", "units": 40, "source": "made up"}
    orders = []
    for day in (date(2020, 4, 7), date(2020, 4, 8)):
        school = a_scenario(
            supplies=[a_supply(name="it", on_hand=0)],
            deliveries=[delivery | {"expected": day}],
        )
        [found] = opening_stock(school, [a_book(*RULES)], {"it": 0.0})
        orders.append(found.order)
    assert orders == [160, 200]


# --------------------------------------------------------------- the whole return

LATE = {"kind": "uniform", "low": 2.0, "high": 9.0}


def a_store(**changes: Any) -> Scenario:
    """A lively school with masks that come two to nine days after they are ordered."""
    base = {"on_hand": 10, "lead_time_days": LATE, "review_days": 2}
    limits = changes.pop("limits", {})
    return a_lively_school(supplies=[a_supply(**base | changes)], limits=limits)


def kept_filled(school: Scenario, floor: float = 0.0, seed: int = 5) -> tuple[StockLine, Plan]:
    """Return the line of the only supply, and the plan with it."""
    rule = a_clause(**MASKS.model_dump() | {"limit": floor})
    lines = opening_stock(school, [a_book(rule)], {})
    plan = a_plan(school, stock=[])
    [found] = keep_filled(lines, Study(school, plan, seed, 64), 1, 2)
    return found, plan.changed(stock=openings([found]))


def test_the_store_seldom_runs_out_and_one_unit_less_is_too_little() -> None:
    school = a_store()
    found, plan = kept_filled(school)
    limit = school.limits.stock_out_risk
    assert found.binding == "stock_out"
    assert found.levels is not None
    assert found.risk is not None
    assert found.less is not None
    assert found.risk.high <= limit, "confirmed by its bound, not by its share"
    assert found.settled(school.limits)
    what, risk = found.less
    assert what == "order"
    assert risk.high > limit
    played = run_return(Study(school, plan, 99, 256)).samples
    [ran_out] = [x for k, x in played.items() if k.quantity is Q.STOCK_OUT]
    assert ran_out.mean() <= 3 * limit, "luck that nobody has seen"


def test_a_floor_that_asks_for_more_binds_and_the_reorder_point_is_as_low_as_can_be() -> None:
    school = a_store()
    found, _ = kept_filled(school, floor=12.0)
    assert found.binding == "per_person"
    assert found.order == 12 * 20 - 10
    assert found.levels is not None
    assert found.less is not None
    assert found.less[0] == "reorder_point"
    assert found.less[1].high > school.limits.stock_out_risk


@pytest.mark.slow
def test_a_risk_that_so_few_returns_cannot_show_is_left_unsettled() -> None:
    school = a_store(limits={"stock_out_risk": 0.0})
    found, _ = kept_filled(school)
    assert found.risk is not None
    assert found.risk.high > 0
    assert not found.settled(school.limits)
    assert found.less is None


def test_more_risk_needs_no_larger_order() -> None:
    few, many = (kept_filled(a_store(limits={"stock_out_risk": risk}))[0] for risk in (0.01, 0.2))
    assert many.order <= few.order


def test_nothing_is_ordered_again_where_enough_is_there() -> None:
    found, plan = kept_filled(a_store(on_hand=1000))
    assert (found.order, found.levels, found.binding) == (0, None, "nothing")
    assert plan.stock[0].reorder_point is None
    assert found.risk is not None
    assert found.risk.mean == 0


def test_an_order_that_comes_too_late_is_said_to() -> None:
    found, _ = kept_filled(a_store(lead_time_days=30))
    assert not found.in_time
    assert found.risk is not None
    assert found.risk.mean > 0.9


def test_a_school_that_does_not_say_what_follows_gets_the_floors_alone() -> None:
    raw = a_store().model_dump(by_alias=True)
    found, _ = kept_filled(Scenario.model_validate(raw | {"after_return": None}), floor=10.0)
    assert (found.order, found.levels, found.risk) == (190, None, None)


def test_orders_beyond_the_budget_are_refused() -> None:
    rich, poor = ({"stock_budget_yuan": yuan} for yuan in (1000, 20))
    kept_filled(a_store(limits=rich))
    with pytest.raises(InfeasibleError) as refused:
        kept_filled(a_store(limits=poor))
    [reason] = refused.value.reasons
    assert reason.code == "stock_over_budget"
    assert reason.values["cost"] > 20
    assert reason.values["floors"] == 0


def test_the_same_seed_gives_the_same_order_on_any_number_of_workers() -> None:
    school = a_store()
    plan = a_plan(school, stock=[])
    lines = opening_stock(school, [a_book(*RULES)], {})
    one, two = (keep_filled(lines, Study(school, plan, 5, 64), 1, jobs) for jobs in (1, 2))
    assert one == two
