"""Numbers and dates as people write them."""

import math
from datetime import date

import pytest
from builders import a_book, a_clause

from returnsim.report.phrases import (
    amount,
    day_text,
    distance,
    estimated,
    full_date,
    issued_by,
    value_and_width,
    weekday,
)
from returnsim.rules.quantity import Quantity as Q
from returnsim.theory.estimation import Estimate

DAY = date(2020, 4, 7)


def between(low: float, high: float) -> Estimate:
    return Estimate((low + high) / 2, low, high, 64)


def test_dates_read_as_dates() -> None:
    assert (day_text(DAY, "zh"), weekday(DAY, "zh")) == ("4月7日", "周二")
    assert (day_text(DAY, "en"), weekday(DAY, "en")) == ("7 April", "Tuesday")
    assert full_date(DAY, "en") == "7 April 2020"


@pytest.mark.parametrize(
    ("quantity", "value", "text"),
    [
        (Q.BATCHES, 1.0, "1 batch"),
        (Q.BATCHES, 4.0, "4 batches"),
        (Q.LONGEST_QUEUE, 1234.5, "1,234.5 people"),
        (Q.SEATED_BY_BELL, 0.9704, "97%"),
        (Q.CLEARED, 8 * 3600.0, "08:00"),
        (Q.DAYS_OF_NOTICE, -math.inf, "never"),
    ],
)
def test_amounts_carry_their_unit(quantity: Q, value: float, text: str) -> None:
    assert amount(quantity, value, "en") == text


def test_a_risk_is_written_with_its_bound_and_a_mean_with_its_width() -> None:
    risk = Estimate.proportion(0, 64, confidence=0.95)
    assert estimated(Q.CROWDED_DAYS, risk, "zh") == "0%（置信上限 5.6%）"
    assert estimated(Q.MEAN_WAIT, between(1.96, 2.0), "en") == "1.98 ± 0.02 min"
    assert estimated(Q.BATCHES, Estimate.certain(4), "zh") == "4 批"


def test_a_width_is_never_rounded_down() -> None:
    assert value_and_width(Q.MEAN_WAIT, between(0.1, 0.1062), "en") == ("0.10", "0.01")
    assert value_and_width(Q.SEATED_BY_BELL, between(0.969, 0.9712), "en")[1] == "0.2%"


def test_a_share_is_apart_by_percentage_points() -> None:
    assert distance(Q.CROWDED_DAYS, 0.034, "zh") == "3.4 个百分点"
    assert distance(Q.LONGEST_QUEUE, -3.0, "en") == "3 people"
    assert distance(Q.DAYS_OF_NOTICE, math.inf, "en") == ""


def test_an_undated_book_is_not_given_a_date() -> None:
    book = a_book(a_clause())
    assert issued_by(book, "en") == "us, 2020"
    undated = book.model_copy(update={"issued": "—"})
    assert issued_by(undated, "zh") == "学校"
