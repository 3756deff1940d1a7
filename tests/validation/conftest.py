"""Gather what the validation cases find, and write it down when asked to."""

import os
from collections.abc import Iterator

import pytest
from validation.ledger import PAGE, Ledger


@pytest.fixture(scope="session")
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    found = Ledger()
    yield found
    if os.environ.get("RETURNSIM_WRITE_DOCS") == "1" and not request.session.testsfailed:
        from validation.test_document import CASES  # noqa: PLC0415  (it imports every case)

        PAGE.write_text(found.page(CASES), encoding="utf-8")
