"""Words: the same in both languages, there for whatever the code says, and none for nothing."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from returnsim.cli.main import main
from returnsim.optimise.baselines import NAMES
from returnsim.optimise.steps import STEPS
from returnsim.reading import PLAIN
from returnsim.rules.audit import Verdict
from returnsim.rules.quantity import Quantity
from returnsim.wording import LANGUAGES, known, say

PACKAGE = Path(__file__).parents[1] / "src" / "returnsim"
WORDS = PACKAGE / "words"
CHINESE = re.compile("[\u4e00-\u9fff]")


def sentences(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Sentences with their dotted keys; each as a form for many and perhaps one for one."""
    for key, value in table.items():
        if isinstance(value, str):
            yield prefix + key, {"other": value}
        elif "other" in value and set(value) <= {"one", "other"}:
            yield prefix + key, value
        else:
            yield from sentences(value, f"{prefix}{key}.")


@cache
def catalogue(lang: str) -> dict[str, dict[str, str]]:
    files = sorted((WORDS / lang).glob("*.toml"))
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in files]
    return {key: forms for table in tables for key, forms in sentences(table)}


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_both_languages_have_the_same_files_and_no_table_twice() -> None:
    names = [{path.name for path in (WORDS / lang).iterdir()} for lang in LANGUAGES]
    assert names[0] == names[1]
    for lang in LANGUAGES:
        seen: dict[str, str] = {}
        for path in (WORDS / lang).iterdir():
            for table in tomllib.loads(path.read_text(encoding="utf-8")):
                assert table not in seen, f"{table} stands in {path.name} and {seen[table]}"
                seen[table] = path.name


def test_both_languages_have_the_same_sentences() -> None:
    zh, en = (set(catalogue(lang)) for lang in LANGUAGES)
    assert zh ^ en == set()


def test_a_sentence_names_the_same_things_in_both_languages() -> None:
    zh, en = catalogue("zh"), catalogue("en")
    differ = [k for k in zh.keys() & en if fields(zh[k]["other"]) != fields(en[k]["other"])]
    assert differ == []
    for sentence in (*zh.values(), *en.values()):
        assert fields(sentence.get("one", "")) <= fields(sentence["other"]) | {"n"}


def test_problems_are_explained_in_chinese() -> None:
    zh = {k: v["other"] for k, v in catalogue("zh").items() if k.startswith(("problem.", "error."))}
    assert [key for key, text in zh.items() if not CHINESE.search(text)] == []


@cache
def modules() -> list[tuple[str, ast.Module]]:
    """All modules of the package."""
    return [
        (path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Calls of a function or a method, and where they stand."""
    for module, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name in (
                getattr(node.func, "id", ""),
                getattr(node.func, "attr", ""),
            ):
                yield f"{module}:{node.lineno}", node


def patterns(node: ast.expr) -> Iterator[str]:
    """Regular expressions for the keys that an expression may be; none if nobody can tell."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value).replace(r"\ ", " ")
    elif isinstance(node, ast.IfExp):
        yield from patterns(node.body)
        yield from patterns(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        found = [""]
        for part in node.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            ways = list(patterns(inner)) or [".+"]
            found = [before + way for before in found for way in ways]
        yield from found


def test_every_sentence_that_is_said_is_there() -> None:
    lost, found = [], 0
    for where, call in calls("say"):
        for pattern in patterns(call.args[0]):
            found += 1
            if not any(re.fullmatch(pattern, key) for key in catalogue("en")):
                lost.append(f"{where} {pattern}")
    assert lost == []
    assert found > 50


def test_every_sentence_is_given_what_it_names() -> None:
    lost, found = [], 0
    for where, call in calls("say"):
        given = {k.arg for k in call.keywords}
        if None in given or not isinstance(call.args[0], ast.Constant):
            continue
        for forms in (catalogue(lang)[call.args[0].value] for lang in LANGUAGES):
            found += 1
            wanted = set().union(*(fields(text) for text in forms.values()))
            if not wanted <= given:
                lost.append(f"{where} {call.args[0].value}: {wanted - given}")
    assert lost == []
    assert found > 50


def test_nothing_is_written_that_is_never_said() -> None:
    """Every key is a string in the code, or of the form of one."""
    written = [
        pattern
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        for pattern in patterns(node)
        if "." in pattern and not pattern.startswith(".+")
    ]
    whole = re.compile("|".join(f"(?:{p})" for p in dict.fromkeys(written)))
    assert [key for key in catalogue("en") if not whole.fullmatch(key)] == []


def codes() -> Iterator[tuple[str, str]]:
    """Codes of problems in the code, and where: in the call, or in a variable just before it."""
    yield from (("reading.py", code) for code in PLAIN.values())
    for where, call in calls("refuse"):
        yield from ((where, code) for code in patterns(call.args[0]))
    for module, tree in modules():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "Problem":
                    code = call.args[1]
                    ways = assigned(function, code.id) if isinstance(code, ast.Name) else [code]
                    where = f"{module}:{call.lineno}"
                    yield from ((where, c) for way in ways for c in patterns(way))


def assigned(function: ast.FunctionDef, name: str) -> list[ast.expr]:
    """What a function gives a variable."""
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and [ast.unparse(t) for t in node.targets] == [name]
    ]


def test_every_problem_is_explained() -> None:
    found = list(codes())
    assert [row for row in found if not known(f"problem.{row[1]}", "zh")] == []
    assert len(found) > 60


def test_every_explanation_is_of_a_problem_that_occurs() -> None:
    raised = {code for _, code in codes()}
    explained = {k.removeprefix("problem.") for k in catalogue("en") if k.startswith("problem.")}
    assert explained - raised - {"unfit"} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_that_is_counted_has_its_words(lang: str) -> None:
    keys = {f"quantity.{q.value}" for q in Quantity}
    keys |= {f"unit.{q.unit}" for q in Quantity}
    keys |= {f"verdict.{v.name.lower()}" for v in Verdict}
    keys |= {f"relation.{r}" for r in ("at_least", "at_most", "exactly")}
    keys |= {f"cli.step.{step}" for step in STEPS}
    keys |= {f"cli.command.{name}" for name in main.commands}
    keys |= {f"table.{name}" for name in NAMES}
    assert keys - set(catalogue(lang)) == set()


def test_one_and_many_are_told_apart_where_the_language_does() -> None:
    one, two = (say("error.input", "en", path="a.toml", n=n) for n in (1, 2))
    assert one.endswith("1 problem")
    assert two.endswith("2 problems")
    assert say("error.input", "zh", path="a.toml", n=1).endswith("1 处问题")


def test_what_is_not_there_is_not_known_and_cannot_be_said() -> None:
    assert known("problem.missing", "zh")
    assert not known("problem.nothing", "zh")
    assert not known("problem.missing.more", "zh")
    with pytest.raises(KeyError):
        say("problem.nothing", "en")
