"""The opening stock: which of the rules asks for most, and what must be bought."""

from typing import Any

import pytest
from builders import a_book, a_class, a_clause, a_scenario, a_staff_group, a_supply

from returnsim.optimise.stock import StockLine, opening_stock, openings

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
