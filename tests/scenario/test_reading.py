"""From a file to an object or to an explanation: never to a traceback."""

import os
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from builders import NASTY, TINY, Raw, spots, tiny
from pydantic import BaseModel

from returnsim.errors import InputError, Problem
from returnsim.plan.files import read_plan
from returnsim.plan.plan import Plan
from returnsim.reading import LARGEST_FILE, MOST_PROBLEMS, PLAIN, check, load
from returnsim.rules.approvals import ApprovalPlan
from returnsim.rules.eligibility import EligibilityRules
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario, read_scenario


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as found:
        read_scenario(path)
    return found.value


def codes(path: Path) -> list[str]:
    return [p.code for p in refusal(path).problems]


def test_the_whole_file_is_read_whatever_editor_wrote_it(tmp_path: Path) -> None:
    text = TINY.read_text(encoding="utf-8")
    path = tmp_path / "scenario.toml"
    for data in (text, "\ufeff" + text, text.replace("\n", "\r\n")):
        path.write_bytes(data.encode("utf-8"))
        assert read_scenario(path) == read_scenario(TINY)


def test_a_folder_stands_for_the_scenario_in_it(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_bytes(TINY.read_bytes())
    assert read_scenario(tmp_path) == read_scenario(TINY)


def test_a_folder_without_a_scenario(tmp_path: Path) -> None:
    assert codes(tmp_path) == ["folder_without_scenario"]


def test_a_folder_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(InputError) as found:
        read_plan(tmp_path, read_scenario(TINY))
    assert [p.code for p in found.value.problems] == ["is_a_directory"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert codes(tmp_path / "nowhere" / "school.toml") == ["no_such_file"]
    assert codes(tmp_path / "school.toml") == ["no_such_file"]


def test_a_file_whose_name_is_misspelt(tmp_path: Path) -> None:
    (tmp_path / "school.toml").touch()
    assert refusal(tmp_path / "scool.toml").problems[0] == Problem(
        "", "near_file", {"near": "school.toml"}
    )


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="there are no devices here")
def test_a_device_is_no_file() -> None:
    assert codes(Path("/dev/null")) == ["not_a_file"]


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    with path.open("wb") as file:
        file.write(TINY.read_bytes())
        os.truncate(path, LARGEST_FILE + 1)
    assert codes(path) == ["too_large"]
    assert "5 MB" in str(refusal(path))


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "scenario.toml"
    path.write_bytes(TINY.read_bytes())

    def forbidden(*_: Any, **__: Any) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", forbidden)
    assert refusal(path).problems[0].values == {"reason": "Permission denied"}


def test_a_file_of_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    for encoding in ("gb18030", "utf-16"):
        path.write_bytes(TINY.read_text(encoding="utf-8").encode(encoding))
        assert codes(path) == ["not_utf8"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("bell = 08:00", "clock_without_seconds"),
        ("bell = 8:00   # eight", "clock_without_seconds"),
        ("grades = [{ bell = 08:00, level = 'junior' }]", "clock_without_seconds"),
        ("grades = [{ bell = 08:00 }]", "clock_without_seconds"),
        ("bell = 28:00:00", "no_such_clock"),
        ("grades = [{ opens = 07:00:00, bell = 8:00:00 }]", "no_such_clock"),
        ("times = [07:00:00, 07:60:00]", "no_such_clock"),
        ("bell = 08:00:00 o'clock", "not_toml"),
        ("bell 08:00:00", "not_toml"),
        ("first_day = 2020-02-30", "not_toml"),
        ("name = 'tiny", "not_toml"),
        ("x = " + "[" * 20_000, "not_toml"),
    ],
)
def test_what_is_not_toml_is_explained(tmp_path: Path, line: str, code: str) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(f"format = 1\n{line}\n", encoding="utf-8")
    [problem] = refusal(path).problems
    assert problem.code == code
    assert problem.values.get("line", 2) == 2


def test_problems_are_counted_but_not_without_end(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text("[[classes]]\n" * MOST_PROBLEMS, encoding="utf-8")
    assert len(refusal(path).problems) == MOST_PROBLEMS


def test_one_problem_is_counted_in_the_singular(tmp_path: Path) -> None:
    assert str(refusal(tmp_path / "a.toml")).splitlines()[0].endswith("a.toml: 1 problem")
    assert "：1 处问题" in refusal(tmp_path / "a.toml").text("zh")


def test_everything_wrong_with_one_entry_is_placed_by_its_name() -> None:
    raw = tiny()
    raw["gates"][0] |= {"name": "东门", "marked_places": -1}
    raw["gates"][0]["stages"][0]["service_seconds"] = {"kind": "lognormal", "mean": -6, "cv": "x"}
    with pytest.raises(InputError) as found:
        check(Path("x.toml"), raw, Scenario)
    assert {(p.where, p.code) for p in found.value.problems} == {
        ("gates.东门.marked_places", "at_least"),
        ("gates.东门.stages.check.service_seconds.mean", "more_than"),
        ("gates.东门.stages.check.service_seconds.cv", "not_a_number"),
    }


FILE = Path("x.toml")


def explained(raw: Raw) -> bool:
    """Whether a file is refused, in both languages; if not, it is accepted."""
    try:
        check(FILE, raw, Scenario)
    except InputError as error:
        return bool(error.problems) and error.text("en") != error.text("zh")
    return False


@pytest.mark.parametrize("where", tiny())
def test_whatever_stands_in_a_file_it_is_accepted_or_explained(where: str) -> None:
    """Wrong values, one at a time: nothing is ever raised but `InputError`."""
    raw, refused = tiny(), 0
    for table, key in spots({where: raw[where]}):
        holder = raw if key == where else table
        before = holder[key]
        for value in NASTY:
            holder[key] = value
            if value is None:
                del holder[key]
            refused += explained(raw)
            holder[key] = before
    assert refused > len(NASTY) / 2
    assert raw == tiny()


DURATIONS = {
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "exponential": ("mean",),
    "normal": ("mean", "sd", "low", "high"),
    "empirical": ("values",),
    "lognormal": ("mean", "cv"),
}


@pytest.mark.parametrize("kind", DURATIONS)
def test_a_wrong_setting_of_a_distribution_is_accepted_or_explained(kind: str) -> None:
    raw, refused = tiny(), 0
    for setting in DURATIONS[kind]:
        for value in NASTY:
            table = {"kind": kind, **dict.fromkeys(DURATIONS[kind], 1.0), setting: value}
            raw["gates"][0]["stages"][0]["service_seconds"] = table
            refused += explained(raw)
    assert refused > len(NASTY) / 2


def test_a_number_of_five_thousand_digits_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text("format = " + "1" * 5000, encoding="utf-8")
    assert codes(path) == ["not_toml"]


def test_keys_nested_too_deeply_are_explained(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text("a" + ".a" * 5000 + " = 1", encoding="utf-8")
    assert len(refusal(path).problems) > 0


def test_a_name_too_long_for_any_file_is_explained() -> None:
    assert codes(Path("x" * 300)) == ["no_such_file"]


def test_an_entry_without_a_name_is_placed_by_its_number() -> None:
    raw = tiny()
    raw["classes"][1]["name"] = ""
    with pytest.raises(InputError) as found:
        check(FILE, raw, Scenario)
    assert found.value.problems[0].where == "classes.#2.name"


def test_what_settings_there_are_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of another kind, with hundreds of settings that are none, is refused at once."""
    looked_up = []
    schema = Scenario.model_json_schema

    def counted(*how: Any, **more: Any) -> dict[str, Any]:
        looked_up.append(how)
        return schema(*how, **more)

    monkeypatch.setattr(Scenario, "model_json_schema", counted)
    with pytest.raises(InputError):
        check(FILE, {f"setting_{n}": n for n in range(5)}, Scenario)
    assert len(looked_up) <= 1


BY_KIND = {
    "bool": {"bool_type"},
    "int": {"int_type"},
    "float": {"float_type"},
    "str": {"string_type"},
    "dict": {"dict_type"},
    "tuple": {"tuple_type"},
    "literal": {"literal_error"},
    "enum": {"enum"},
    "model": {"model_type", "model_attributes_type"},
    "model-field": {"missing"},
    "tagged-union": {"union_tag_invalid", "union_tag_not_found", "model_attributes_type"},
    **dict.fromkeys(("date", "time"), frozenset()),  # looked at before, by a check of our own
    **dict.fromkeys(("function-before", "function-after", "no-info", "model-fields"), frozenset()),
    **dict.fromkeys(("default", "nullable", "definitions", "definition-ref"), frozenset()),
}
"""What pydantic may find wrong with each kind of setting."""
BY_BOUND = {
    "ge": {"greater_than_equal"},
    "gt": {"greater_than"},
    "le": {"less_than_equal"},
    "lt": {"less_than"},
    "allow_inf_nan": {"finite_number"},
    "pattern": {"string_pattern_mismatch"},
    "multiple_of": {"multiple_of"},
}


def errors(schema: Any) -> Iterator[str]:
    """Every type of error that a schema can lead to; a kind that is not listed is a KeyError."""
    if isinstance(schema, list | tuple):
        for part in schema:
            yield from errors(part)
    if not isinstance(schema, dict):
        return
    kind = schema.get("type")
    if isinstance(kind, str):
        yield from BY_KIND[kind]
        for bound in BY_BOUND.keys() & schema.keys():
            yield from BY_BOUND[bound]
        for bound, type_ in (("min_length", "too_short"), ("max_length", "too_long")):
            if bound in schema:
                yield f"string_{type_}" if kind == "str" else type_
        if kind == "tuple" and "variadic_item_index" not in schema:
            yield "too_long"
    for key, part in schema.items():
        if key not in ("metadata", "serialization"):
            yield from errors(part)


@pytest.mark.parametrize("kind", [Scenario, Plan, Rulebook, ApprovalPlan, EligibilityRules])
def test_there_is_a_sentence_for_whatever_pydantic_may_find(kind: type[BaseModel]) -> None:
    found = set(errors(kind.__pydantic_core_schema__))
    assert found - PLAIN.keys() == set()
    assert len(found) >= 10


def test_what_no_sentence_is_made_for_is_told_without_a_word_of_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(PLAIN, "dict_type")
    raw = tiny()
    raw["gates"][0]["metres_to"] = 60
    with pytest.raises(InputError) as found:
        check(FILE, raw, Scenario)
    assert [p.code for p in found.value.problems] == ["unfit"]
    assert found.value.text("zh").endswith("写的是 60，这里不能这样写")


def test_load_returns_what_the_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('name = "甲"\nopens = 07:00:00\n', encoding="utf-8")
    assert load(path) == {"name": "甲", "opens": time(7)}
