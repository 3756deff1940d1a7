"""Every sentence the report needs is there, in both languages, with the same fields."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from string import Formatter
from typing import Any

import pytest
from builders import SCENARIOS, a_scenario

from returnsim.report.fonts import missing_characters
from returnsim.report.pdf import LABELS
from returnsim.rules.audit import Verdict
from returnsim.rules.quantity import UNITS, Quantity
from returnsim.rules.rulebook import rulebooks
from returnsim.wording import known

LANGUAGES = ("zh", "en")
SOURCES = [
    file.read_text(encoding="utf-8")
    for file in files("returnsim").joinpath("report").iterdir()
    if file.name.endswith(".py")
]


def catalogue(lang: str) -> dict[str, Any]:
    path = files("returnsim").joinpath("words").joinpath(lang).joinpath("report.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def sentences(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every sentence by its key; one with plural forms counts as one."""
    for key, value in table.items():
        where = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict) and not set(value) <= {"one", "other"}:
            yield from sentences(value, where)
        else:
            yield where, value


def fields(sentence: Any) -> set[str]:
    text = sentence["other"] if isinstance(sentence, dict) else sentence
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys_and_fields() -> None:
    zh, en = (dict(sentences(catalogue(lang))) for lang in LANGUAGES)
    assert zh.keys() == en.keys()
    odd = {key for key in zh if fields(zh[key]) != fields(en[key])}
    assert odd <= {"report.date.day"}, odd  # both give day and month, in their own order


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_quantity_unit_and_verdict_has_words(lang: str) -> None:
    wanted = [f"quantity.{q.value}" for q in Quantity]
    wanted += [f"unit.{unit}" for unit in set(UNITS.values())]
    wanted += [f"verdict.{v.name.lower()}" for v in Verdict]
    wanted += [f"relation.{r}" for r in ("at_least", "at_most", "exactly")]
    assert [key for key in wanted if not known(key, lang)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_that_the_code_names_is_there(lang: str) -> None:
    named = {key for text in SOURCES for key in re.findall(r'"(report\.[a-z_.]+)"', text)}
    named = {key for key in named if not key.endswith(".typ")}
    named |= {f"report.{table}.{key}" for table, keys in LABELS.items() for key in keys}
    assert [key for key in sorted(named) if not known(key, lang)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_advice_is_given_on_every_clause_that_can_be_violated(lang: str) -> None:
    books = rulebooks(a_scenario(), SCENARIOS)
    asked = {c.quantity for book in books for c in book.clauses if c.quantity}
    assert [q.value for q in asked if not known(f"report.advice.{q.value}", lang)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_fonts_can_print_every_sentence(lang: str) -> None:
    text = str(list(sentences(catalogue(lang))))
    assert missing_characters(text) == ()
