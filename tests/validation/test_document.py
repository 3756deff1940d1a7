"""docs/validation.md holds every case, and only these."""

import os

import pytest
from validation import (
    test_appointments_published,
    test_arrivals,
    test_constant,
    test_hub,
    test_limited,
    test_one_station,
    test_rows,
    test_rush,
    test_textbook_stock,
    test_transient,
)
from validation.ledger import HEAD, PAGE, TAIL, Case, Ledger

CASES = [
    *test_hub.CASES,
    *test_rows.CASES,
    *test_one_station.CASES,
    *test_rush.CASES,
    *test_transient.CASES,
    *test_arrivals.CASES,
    *test_constant.CASES,
    *test_limited.CASES,
    *test_appointments_published.CASES,
    *test_textbook_stock.CASES,
]
CASES.sort(key=lambda case: ("VTS".index(case.id[0]), int(case.id[1:])))


def test_every_case_is_told_apart() -> None:
    assert len({c.begins() + c.rule for c in CASES}) == len(CASES)


@pytest.mark.skipif(
    os.environ.get("RETURNSIM_WRITE_DOCS") == "1", reason="the page is being written"
)
def test_the_page_lists_every_case() -> None:
    """It is written by `make docs`; what chance found is not compared."""
    text = PAGE.read_text(encoding="utf-8")
    assert text.startswith(HEAD)
    assert text.endswith(TAIL)
    rows = text[len(HEAD) : -len(TAIL)].splitlines()
    assert len(rows) == len(CASES)
    for row, case in zip(rows, CASES, strict=True):
        assert row.startswith(case.begins())
        assert f"| {case.published:.{case.digits}f}" in row
        assert row.endswith(f"| {case.rule} | met |")


def test_a_case_that_is_missed_is_not_noted() -> None:
    exact = Case("V0", "a number", "nobody", 1.25, digits=2, simulated=False)
    rough = Case("V0", "a number", "nobody", 1.25, 0.03)
    ledger = Ledger()
    ledger.settle(exact, 1.2549)
    ledger.settle(rough, 1.34, 0.04)  # allowed: twice 0.05
    for case, found in ((exact, 1.2551), (rough, 1.36)):
        with pytest.raises(AssertionError, match="published"):
            ledger.settle(case, found, 0.04)
    assert ledger.page([exact]).count("V0") == 1
    with pytest.raises(AssertionError, match="not settled"):
        Ledger().page([exact])
