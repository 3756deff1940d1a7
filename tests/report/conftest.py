"""One tiny and one crowded proposal, assessed once for all tests of the report."""

import pytest
from proposals import STAMP, Curves, a_crowded_school, a_proposal, crowded_plan
from school_days import a_crowded_day, a_school_day

from returnsim.optimise.planner import Proposal
from returnsim.report.compose import compose
from returnsim.report.document import Document
from returnsim.report.files import before_and_after


@pytest.fixture(scope="session")
def tiny_proposal() -> Proposal:
    return a_proposal(replications=64)


@pytest.fixture(scope="session")
def tiny_curves(tiny_proposal: Proposal) -> Curves:
    return before_and_after(tiny_proposal)


@pytest.fixture(scope="session")
def tiny_documents(tiny_proposal: Proposal, tiny_curves: Curves) -> dict[str, Document]:
    return {lang: compose(tiny_proposal, lang, *tiny_curves, STAMP) for lang in ("zh", "en")}


@pytest.fixture(scope="session")
def crowded_proposal() -> Proposal:
    school = a_crowded_school(gates=6, classes=27)
    return a_proposal(school, crowded_plan(school), replications=4)


@pytest.fixture(scope="session")
def crowded_documents(crowded_proposal: Proposal) -> dict[str, Document]:
    curves = before_and_after(crowded_proposal)
    return {lang: compose(crowded_proposal, lang, *curves, STAMP) for lang in ("zh", "en")}


@pytest.fixture(scope="session")
def school_day() -> Proposal:
    return a_school_day(replications=8)


@pytest.fixture(scope="session")
def school_day_documents(school_day: Proposal) -> dict[str, Document]:
    curves = before_and_after(school_day)
    return {lang: compose(school_day, lang, *curves, STAMP) for lang in ("zh", "en")}


@pytest.fixture(scope="session")
def crowded_day() -> Proposal:
    return a_crowded_day(classes=30, replications=2)


@pytest.fixture(scope="session")
def crowded_day_documents(crowded_day: Proposal) -> dict[str, Document]:
    curves = before_and_after(crowded_day)
    return {lang: compose(crowded_day, lang, *curves, STAMP) for lang in ("zh", "en")}
