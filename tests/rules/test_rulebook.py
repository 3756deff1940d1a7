"""Rulebooks: those that come with returnsim, and one's own beside the scenario."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from builders import NASTY, TINY, a_book, a_clause, a_scenario, spots
from pydantic import ValidationError

from returnsim.errors import InputError
from returnsim.optimise.dates import clauses_on
from returnsim.rules import rulebook
from returnsim.rules.audit import audit
from returnsim.rules.quantity import Quantity
from returnsim.rules.rulebook import PLANNER, Rulebook, built_in, read_rulebook, rulebooks
from returnsim.scenario.limits import Limits

BOOKS = files("returnsim").joinpath("rules").joinpath("books")
OWN = """
format = 1
name = "county"
issuer_zh = "县教育局"
issuer_en = "county bureau"
issued = "2020-03"

[[clauses]]
id = "1"
section = "1"
hard = true
owner_zh = "校长"
owner_en = "head of school"
says_zh = "分批返校"
says_en = "Pupils return in batches"
quantity = "batches"
relation = "at least"
limit = 2
"""


def named(**changes: Any) -> list[str]:
    return [b.name for b in rulebooks(a_scenario(**changes), TINY.parent)]


@pytest.mark.parametrize("name", built_in())
def test_a_built_in_book_reads_and_is_called_as_its_file(name: str) -> None:
    book = read_rulebook(Path(str(BOOKS.joinpath(f"{name}.toml"))))
    assert book.name == name
    assert book.label("zh") != book.label("en")
    for clause in book.clauses:
        assert clause.says("zh") != clause.says("en")
        assert clause.owner("zh") != clause.owner("en")


def test_the_books_that_come_along_are_listed() -> None:
    assert built_in() == sorted(built_in())
    assert {"planner", "township-2020"} <= set(built_in())


def test_the_planners_own_limits_come_last_and_once() -> None:
    assert named() == ["township-2020", PLANNER]
    assert named(rulebooks=[PLANNER, "township-2020"]) == [PLANNER, "township-2020"]
    assert named(rulebooks=["township-2020", "township-2020"]) == ["township-2020", PLANNER]


def test_a_book_of_ones_own_lies_in_the_scenarios_folder(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "county.toml").write_text(OWN, encoding="utf-8")
    school = a_scenario(rulebooks=["books/county.toml"])
    assert [b.name for b in rulebooks(school, tmp_path)] == ["county", PLANNER]


@pytest.mark.parametrize("name", ["../county.toml", "books/../../county.toml", "county", "."])
def test_no_book_is_read_from_elsewhere(name: str, tmp_path: Path) -> None:
    (tmp_path / "county.toml").write_text(OWN, encoding="utf-8")
    folder = tmp_path / "school"
    (folder / "books").mkdir(parents=True)
    with pytest.raises(InputError) as refusal:
        rulebooks(a_scenario(rulebooks=[name]), folder)
    assert [p.code for p in refusal.value.problems] == ["no_such_book"]
    assert name in str(refusal.value)


def test_neither_is_a_link_that_leads_elsewhere(tmp_path: Path) -> None:
    outside = tmp_path / "county.toml"
    outside.write_text(OWN, encoding="utf-8")
    folder = tmp_path / "school"
    folder.mkdir()
    for name in ("link.toml", str(outside)):
        if name == "link.toml":
            (folder / name).symlink_to(outside)
        with pytest.raises(InputError):
            rulebooks(a_scenario(rulebooks=[name]), folder)


def test_all_books_that_are_not_there_are_named_at_once() -> None:
    with pytest.raises(InputError) as refusal:
        rulebooks(a_scenario(rulebooks=["one", "township-2020", "two"]), TINY.parent)
    assert [p.values["value"] for p in refusal.value.problems] == ["one", "two"]


NUMBERS = [
    name
    for name, field in Limits.model_fields.items()
    if any(kind in str(field.annotation) for kind in ("int", "float")) and name != "staff"
]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_clause_may_ask_for_any_number_among_the_planners_limits(name: str) -> None:
    school = a_scenario()
    asked = a_clause(limit=None, limit_from=name).asked(school)
    assert asked == getattr(school.limits, name)


@pytest.mark.parametrize("name", ["source", "first_slot", "staff", "in_file_order"])
def test_a_limit_that_is_no_number_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="no limit called"):
        a_clause(limit=None, limit_from=name)


@pytest.mark.parametrize(
    ("name", "given", "asked"),
    [
        ("fair_days_apart", None, False),
        ("fair_days_apart", 0, True),
        ("observation_beds", 1, True),
        ("one_batch_per_building", False, False),
        ("one_batch_per_building", True, True),
        ("wait_risk", 0.0, True),
    ],
)
def test_a_clause_may_rest_on_a_limit_that_the_school_has_set(
    name: str, given: Any, asked: bool
) -> None:
    school, clause = a_scenario(limits={name: given}), a_clause(if_set=name)
    assert clause.applies(school) is asked
    assert clause.asked(school) == (10.0 if asked else None)
    assert len(audit((a_book(clause),), school, {})) == asked
    assert len(clauses_on(school, (a_book(clause),), Quantity.MOST_RETURNING)) == asked


def test_a_limit_beside_a_duty_is_refused() -> None:
    with pytest.raises(ValidationError, match="leave out"):
        a_clause(quantity=None, relation=None, limit=3.0, duty={"kind": "signed"})


def test_a_stricter_limit_of_the_planner_is_what_the_clause_asks() -> None:
    clause = a_clause(limit=None, limit_from="days_between_batches", relation="at least")
    for days in (3, 14):
        assert clause.asked(a_scenario(limits={"days_between_batches": days})) == days
    assert a_clause(limit=5.0).asked(a_scenario(limits={"days_between_batches": 14})) == 5


def test_a_book_needs_clauses() -> None:
    with pytest.raises(ValidationError):
        Rulebook.model_validate(
            {
                "format": 1,
                "name": "empty",
                "issuer_zh": "x",
                "issuer_en": "x",
                "issued": "x",
                "clauses": [],
            }
        )


WITH = {
    "quantity": OWN,
    "limit_from": OWN.replace("limit = 2", 'limit_from = "days_between_batches"'),
    "duty": OWN[: OWN.index("quantity")]
    + 'duty = { kind = "signed", per = "class", number = 2, from_days = -9, to_days = -1 }',
}


@pytest.mark.parametrize("kind", WITH)
def test_whatever_stands_in_a_book_it_is_accepted_or_explained(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tomllib.loads(WITH[kind])
    monkeypatch.setattr(rulebook, "load", lambda _: raw)
    refused = 0
    for table, key in spots(raw):
        before = table[key]
        for value in NASTY:
            table[key] = value
            if value is None:
                del table[key]
            try:
                read_rulebook(TINY)
            except InputError as error:
                refused += error.text("en") != error.text("zh")
            table[key] = before
    assert refused > 200
    assert read_rulebook(TINY).name == "county"
