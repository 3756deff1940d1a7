"""One mistake never hides another, and never makes one up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import tiny

from returnsim.errors import InputError, Problem
from returnsim.parts import known
from returnsim.reading import check, load
from returnsim.scenario.limits import Limits
from returnsim.scenario.scenario import Scenario, read_scenario

BAD = sorted((Path(__file__).parent / "scenario" / "bad").glob("*.toml"))


def problems_of(raw: dict[str, Any]) -> list[Problem]:
    """What the schema finds wrong; names that point to nothing are looked for elsewhere."""
    try:
        check(Path("x.toml"), raw, Scenario)
    except InputError as error:
        return list(error.problems)
    return []


def readable(path: Path) -> bool:
    """Whether a bad file is TOML, and refused by the schema."""
    try:
        load(path)
        read_scenario(path)
    except InputError as error:
        return any(p.where for p in error.problems)
    return False


@pytest.mark.parametrize("path", [p for p in BAD if readable(p)], ids=lambda p: p.stem)
def test_a_wrong_setting_hides_no_other_problem(path: Path) -> None:
    """One setting more is wrong, which nothing else depends on."""
    raw = load(path)
    before = problems_of(raw)
    if not isinstance(raw.get("arrivals"), dict):
        return
    raw["arrivals"]["held_come_probability"] = "never"
    after = problems_of(raw)
    added = Problem("arrivals.held_come_probability", "not_a_number")
    assert [(p.where, p.code) for p in after if p not in before] == [(added.where, added.code)]
    assert [p for p in before if p not in after] == []


def test_whatever_is_wrong_a_right_table_is_never_blamed() -> None:
    """One setting after the other is left out: each is the only problem there is."""
    for table in ("limits", "calendar"):
        for key in tiny()[table]:
            raw = tiny()
            del raw[table][key]
            assert {p.where for p in problems_of(raw)} <= {f"{table}.{key}"}


def test_a_gate_of_which_little_is_known_is_checked_as_far_as_that_goes() -> None:
    raw = tiny()
    raw["gates"][0] = {"name": "east", "metres_to": {}, "stages": 3, "opens": "early"}
    codes = {(p.where, p.code) for p in problems_of(raw)}
    assert ("gates.east.metres_to", "no_way_to") in codes
    assert not {code for _, code in codes} & {"no_gate_open", "arrives_after_closing", "twice"}


def test_only_what_is_not_known_is_passed_over() -> None:
    part = Limits.model_construct()

    def asks(setting: str) -> Iterator[Problem]:
        yield Problem("", "asked")
        yield Problem(getattr(part, setting), "found")

    assert [p.code for p in known(asks("first_slot"))] == ["asked"]
    with pytest.raises(AttributeError):
        list(known(asks("first_slto")))
