"""The pages say what the code does: formats from the schema, examples that are read, links."""

import importlib.util
import json
import re
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

import pytest

from returnsim.cli.contents import contents
from returnsim.errors import InfeasibleError, Problem
from returnsim.experiment.assessment import assess
from returnsim.experiment.comparison import compare
from returnsim.plan.files import read_plan
from returnsim.report.changes import changes_json
from returnsim.report.differences import differences_json
from returnsim.report.explanation import explanation_json
from returnsim.report.files import findings_json, summary_json
from returnsim.rules.approvals import read_approvals
from returnsim.rules.quantity import Quantity
from returnsim.rules.rulebook import read_rulebook, rulebooks
from returnsim.scenario.scenario import read_scenario
from returnsim.wording import LANGUAGES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
TINY = ROOT / "scenarios" / "tiny"
PAGES = [
    ROOT / "CONTRIBUTING.md",
    *(page for page in sorted(DOCS.rglob("*.md")) if page.name != "validation.md"),
]


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["generate"] = module  # where dataclasses look for their module
    spec.loader.exec_module(module)
    return module


generate = _generator()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_is_what_the_schema_says(lang: str) -> None:
    written = generate.PAGES[lang].read_text(encoding="utf-8")
    assert written == generate.page(lang), "run: python docs/generate.py"


def test_every_field_and_every_class_has_its_chinese_and_nothing_else_has() -> None:
    words = generate.words("zh")
    told = {(owner, key) for owner, keys in words["field"].items() for key in keys}
    assert told == set(generate.fields())
    classes = {model.__name__.lstrip("_") for model in generate.documented()}
    assert set(words["class"]) == classes | {"Family"}


def test_english_words_stand_only_where_the_code_has_none() -> None:
    words = generate.words("en")["field"]
    silent = {key for key, field in generate.fields().items() if not field.description}
    assert {(owner, key) for owner, keys in words.items() for key in keys} <= silent


@pytest.mark.parametrize("lang", LANGUAGES)
def test_checks_across_keys_are_told(lang: str) -> None:
    assert set(generate.words(lang)["rules"]) == set(generate.checked_across())


def test_every_choice_is_explained_in_chinese() -> None:
    words = generate.words("zh")["field"]
    families = {model.__name__ for model in generate.FAMILIES}
    for (owner, key), field in generate.fields().items():
        if owner in families or (owner, key) == ("Gate", "levels"):  # told at the grades
            continue
        silent = [c for c in _choices(field.annotation) if c and c not in words[owner][key]]
        assert silent == [], f"{owner}.{key}"


def _choices(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [choice for choice in get_args(annotation) if isinstance(choice, str)]
    return [c for part in get_args(annotation) for c in _choices(part)]


def test_the_example_plan_fits_the_smallest_school() -> None:
    plan = read_plan(DOCS / "examples" / "plan.toml", read_scenario(TINY))
    assert len(plan.return_days) == 2


def test_the_example_rulebook_shows_the_three_ways_of_answering() -> None:
    book = read_rulebook(DOCS / "examples" / "rulebook.toml")
    assert [c.judged_by for c in book.clauses] == ["simulated", "task", "not here"]


def test_the_example_chain_is_read() -> None:
    assert len(read_approvals(DOCS / "examples" / "approvals.toml").steps) == 4


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_toml_on_the_page_is_toml(path: Path) -> None:
    for block in re.findall(r"```toml\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        tomllib.loads(block)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)]+)\)", text):
        file, _, anchor = target.partition("#")
        page = (path.parent / file).resolve() if file else path
        assert page.exists(), target
        if anchor:
            assert anchor in _anchors(page), target


def _anchors(page: Path) -> set[str]:
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}
    return plain | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_address_and_no_machine_on_the_page(path: Path) -> None:
    assert re.findall(r"https?://|(?<![\w.])/[a-z]+/[\w.-]", path.read_text(encoding="utf-8")) == []


def test_every_quantity_is_defined() -> None:
    text = (DOCS / "model.md").read_text(encoding="utf-8")
    assert [q.value for q in Quantity if f"`{q.value}`" not in text] == []


def test_every_key_of_the_json_is_told() -> None:
    scenario = read_scenario(TINY)
    plan = read_plan(DOCS / "examples" / "plan.toml", scenario)
    changes = compare(scenario, [plan, plan], seed=1, replications=2)
    books = rulebooks(scenario, TINY)
    assessed = assess(scenario, books, plan, seed=1, replications=2)
    changed = json.loads(changes_json(plan, plan.changed(stock=()), scenario))
    refusal = InfeasibleError([Problem("limits", "no_plan_found")])
    found = [
        contents(scenario, books, "en").data,
        json.loads(differences_json(changes, scenario, 1, 2)),
        json.loads(summary_json(assessed, scenario)),
        json.loads(findings_json(assessed, scenario)),
        *({**c, "after": None, "before": None} for c in changed.pop("changes")),
        {**changed, "changes": None},
        json.loads(explanation_json(refusal, scenario)),
    ]
    text = (DOCS / "json.md").read_text(encoding="utf-8")
    assert sorted(key for key in set(_keys(found)) if f"`{key}`" not in text) == []


def test_the_citation_is_of_this_version() -> None:
    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"version: {version('returnsim')}" in lines


def _keys(thing: Any) -> list[str]:
    if isinstance(thing, dict):
        return [*thing, *(k for value in thing.values() for k in _keys(value))]
    return [k for value in thing for k in _keys(value)] if isinstance(thing, list) else []
