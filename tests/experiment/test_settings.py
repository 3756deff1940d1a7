"""Settings by name: found, explained when unknown, changed like a file."""

from datetime import time
from typing import Any

import pytest
from builders import SCENARIOS, a_gate, a_plan, a_scenario, a_stage
from hypothesis import given
from hypothesis import strategies as st
from model.days import a_lively_school
from pydantic import TypeAdapter

from returnsim.errors import InputError
from returnsim.experiment.settings import (
    at,
    changed,
    find,
    raw_scenario,
    settable,
    with_lanes,
    with_mean,
)
from returnsim.plan.plan import Shift
from returnsim.scenario.campus import Lanes
from returnsim.scenario.scenario import read_scenario
from returnsim.theory.distributions import Distribution

SCHOOL = a_lively_school()
RAW = raw_scenario(SCHOOL)
CHECK = "gates.gate.stages.check"


def refused(path: str, raw: Any = RAW) -> str:
    with pytest.raises(InputError) as error:
        find(raw, path)
    return error.value.text("en")


@pytest.mark.parametrize("name", sorted(p.parent.name for p in SCENARIOS.glob("*/scenario.toml")))
def test_every_path_there_is_leads_to_its_setting(name: str) -> None:
    scenario = read_scenario(SCENARIOS / name)
    raw = raw_scenario(scenario)
    paths = list(settable(raw))
    assert len(paths) > 100
    for path in paths:
        found = find(raw, path)
        assert found.path == path
        assert not isinstance(at(raw, found), list)
    assert changed(scenario, {}) == scenario


def test_places_are_found_by_name_number_and_label() -> None:
    by_name = find(RAW, f"{CHECK}.lanes")
    assert by_name.spot == ("gates", 0, "stages", 0, "lanes")
    assert at(RAW, by_name) == 2
    assert find(RAW, "gates.Main gate.stages.扫码测温.lanes").spot == by_name.spot
    assert find(RAW, "classes.8-1.pupils").spot == ("classes", 1, "pupils")
    assert find(RAW, "records.#2.on").spot == ("records", 1, "on")


def test_names_with_dots_are_taken_whole() -> None:
    raw = raw_scenario(a_scenario(gates=[a_gate(name="a.b", stages=[a_stage(name="a.b.c")])]))
    assert find(raw, "gates.a.b.stages.a.b.c.lanes").spot[-1] == "lanes"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (f"{CHECK}.lane", f"did you mean '{CHECK}.lanes'"),
        ("gates.gaet.stages.check.lanes", f"did you mean '{CHECK}.lanes'"),
        ("arrivals.absent", "did you mean 'arrivals.absent_probability'"),
        ("gates.east.stages.check.lanes", "there is no 'east' here; there are gate"),
        ("classes.xyz.pupils", "there is no 'xyz' here; there are 9-1, 8-1"),
        ("gates.gate", "is a whole table"),
        ("holds", "is a list"),
        ("arrivals.absent_probability.mean", "arrivals.absent_probability"),
        ("", "is a whole table"),
    ],
)
def test_an_unknown_setting_is_explained(path: str, told: str) -> None:
    assert told in refused(path)


def test_several_entries_of_one_name_are_told_apart_by_number() -> None:
    raw = {"holds": [{"class": "9-1", "pupils": 1}, {"class": "9-1", "pupils": 2}]}
    assert "by its number" in refused("holds.9-1.pupils", raw)
    assert find(raw, "holds.#2.pupils").spot == ("holds", 1, "pupils")
    assert list(settable(raw))[3] == "holds.#2.pupils"


def test_a_change_changes_nothing_else() -> None:
    setting = find(RAW, "arrivals.absent_probability")
    other = changed(SCHOOL, {setting: 0.25})
    assert other.arrivals.absent_probability == 0.25
    assert changed(other, {setting: SCHOOL.arrivals.absent_probability}) == SCHOOL
    bell = find(RAW, "grades.nine.bell")
    assert changed(SCHOOL, {bell: time(8, 30)}).grade_named["nine"].bell == time(8, 30)


def test_what_the_scenario_refuses_is_told_by_place() -> None:
    with pytest.raises(InputError) as error:
        changed(SCHOOL, {find(RAW, f"{CHECK}.lanes"): 0}, "--vary")
    assert error.value.text("en").splitlines() == [
        "--vary: 1 problem",
        f"  {CHECK}.lanes: is 0; should be at least 1",
    ]
    with pytest.raises(InputError, match="nothing of that name"):
        changed(SCHOOL, {find(RAW, "classes.9-1.grade"): "ten"})


KINDS: list[dict[str, Any]] = [
    {"kind": "fixed", "value": 4.0},
    {"kind": "exponential", "mean": 4.0},
    {"kind": "lognormal", "mean": 4.0, "cv": 0.5},
    {"kind": "normal", "mean": 4.0, "sd": 1.0},
    {"kind": "uniform", "low": 2.0, "high": 6.0},
    {"kind": "uniform", "low": -300.0, "high": 0.0},
    {"kind": "uniform", "low": -3.0, "high": 5.0},
    {"kind": "triangular", "low": 2.0, "mode": 5.0, "high": 9.0},
    {"kind": "empirical", "values": [1.0, 2.0, 9.0]},
]


@given(st.sampled_from(KINDS), st.floats(0.5, 50))
def test_a_distribution_takes_the_mean_it_is_given(kind: dict[str, Any], size: float) -> None:
    one: TypeAdapter[Distribution] = TypeAdapter(Distribution)
    before = one.validate_python(kind)
    mean = size if before.mean > 0 else -size
    after = one.validate_python(with_mean(kind, mean))
    assert after.mean == pytest.approx(mean)
    if before.least >= 0:
        assert after.least >= 0


def test_a_number_in_the_place_of_a_distribution_is_its_mean() -> None:
    other = changed(SCHOOL, {find(RAW, f"{CHECK}.service_seconds"): 12})
    service = other.gate_named["gate"].stages[0].service_seconds
    assert (service.kind, service.mean) == ("lognormal", 12)


def shift(begins: time, ends: time, lanes: int, stage: str = "check") -> Shift:
    return Shift(gate="gate", stage=stage, begins=begins, ends=ends, lanes=lanes)


def test_lanes_are_open_whenever_the_plan_has_any_open() -> None:
    """One, then three, a pause, then two: as many as are asked for, with the pause kept."""
    steps = [
        shift(time(7), time(8), 1),
        shift(time(7, 20), time(7, 30), 2),
        shift(time(8, 10), time(8, 30), 2),
    ]
    plan = a_plan(SCHOOL, lanes=steps)
    setting = find(RAW, f"{CHECK}.lanes")
    other = with_lanes(plan, SCHOOL, {setting: 5})
    assert other.lanes_over_time("gate", "check") == [
        (7 * 3600, 5), (8 * 3600, 0), (8 * 3600 + 600, 5), (8 * 3600 + 1800, 0),
    ]  # fmt: skip
    assert other.changed(lanes=plan.lanes) == plan


def test_nothing_but_lanes_changes_a_plan() -> None:
    plan = a_plan(SCHOOL)
    assert with_lanes(plan, SCHOOL, {find(RAW, f"{CHECK}.staff_per_lane"): 3}) == plan


def test_the_fast_lane_counts_as_a_stage() -> None:
    stage = a_stage().model_dump()
    fast = {key: stage[key] for key in Lanes.model_fields}
    school = a_scenario(gates=[a_gate(fast_lane=fast | {"share": 0.5})])
    setting = find(raw_scenario(school), "gates.gate.fast_lane.lanes")
    other = with_lanes(a_plan(school), school, {setting: 7})
    assert [s.lanes for s in other.lanes if s.stage == "fast"] == [7]
    assert [s.lanes for s in other.lanes if s.stage == "check"] == [2]
