"""Whatever the roster reader may have to say has a sentence in both languages."""

import ast
import re
from pathlib import Path

import pytest

import returnsim.scenario
from returnsim.scenario.roster_columns import LABELS
from returnsim.scenario.roster_notes import Note
from returnsim.scenario.roster_rows import METHODS, OWN_TO_EACH
from returnsim.wording import LANGUAGES, known, say

MODULES = sorted(Path(next(iter(returnsim.scenario.__path__))).glob("roster*.py"))
CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+|total|note|vacant|empty|hidden|duplicate|formula")


def texts() -> set[str]:
    """Every text in the reader's code that looks like a code."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in MODULES]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    found = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return {text for text in found if CODE.fullmatch(text)}


def refusals() -> set[str]:
    found = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Refused":
                found |= {
                    n.value
                    for n in ast.walk(node.args[0])
                    if isinstance(n, ast.Constant) and isinstance(n.value, str)
                }
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_refusal_is_explained(lang: str) -> None:
    assert len(refusals()) > 15
    lost = {code for code in refusals() if not known(f"roster.refused.{code}", lang)}
    assert lost <= {".xlsx"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_of_column_has_a_name(lang: str) -> None:
    kinds = set(METHODS) | OWN_TO_EACH | {field for field, _ in LABELS}
    for kind in kinds - {"ignored", "serial"}:
        assert known(f"roster.means.{kind}", lang), kind


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_note_can_be_said(lang: str) -> None:
    codes = {code for code in texts() if known(f"roster.note.{code}", "en")}
    assert len(codes) > 25
    for code in codes:
        assert say(f"roster.note.{code}", lang, number=3)
        for place in (Note("a", 0, "", code), Note("a", 1, "", code), Note("a", 1, "B", code)):
            assert place.text(lang)


def test_no_sentence_is_left_over() -> None:
    spoken = texts()
    words = Path(MODULES[0]).parents[1] / "words" / "en" / "roster.toml"
    section = words.read_text(encoding="utf-8").split("[roster.note]")[1].split("[roster.refused]")
    notes = set(re.findall(r"^(\w+) =", section[0], re.MULTILINE))
    assert notes - spoken == set()
    refused = set(re.findall(r"^(\w+) =", section[1].split("[roster.means]")[0], re.MULTILINE))
    everything = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    assert {code for code in refused if f'"{code}"' not in everything} == set()
