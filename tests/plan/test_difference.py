"""What changes between two plans, entry by entry; and pins in files."""

import json
import tomllib
from datetime import date, time
from pathlib import Path

import pytest
from builders import a_gate, a_plan, a_scenario, a_stage

from returnsim.errors import InputError
from returnsim.plan.difference import difference, moved
from returnsim.plan.files import plan_text, read_plan, read_plan_to_change
from returnsim.plan.plan import Arrival, Plan, ReturnDate, Shift
from returnsim.report.changes import change_rows, changes_json

SHIFT = {"gate": "gate", "stage": "check", "begins": time(7), "ends": time(8, 30)}


def test_nothing_differs_from_itself_pinned_or_not() -> None:
    plan = a_plan()
    pinned = [Arrival(**dict(a) | {"pinned": True}) for a in plan.arrivals]
    assert difference(plan, plan.changed(arrivals=pinned)) == ()


def test_every_kind_of_entry_that_differs_is_named() -> None:
    before = a_plan()
    after = a_plan(
        days={"eight": date(2020, 4, 15)},
        slots={"8-1": time(7, 40)},
        lanes=[Shift(**SHIFT, lanes=1)],
        stock=[],
    )
    found = {(c.what, *c.name) for c in difference(before, after)}
    supplies = {("stock", s.name) for s in a_scenario().supplies}
    assert found == supplies | {
        ("return_dates", "eight"),
        ("arrivals", "8-1"),
        ("lanes", "gate", "check"),
    }
    assert moved(before, after) == ("8-1",)
    rows = list(change_rows(before, after, a_scenario(), "en"))
    assert ("slot and gate", "Class 8.1", "07:20 Main gate", "07:40 Main gate") in rows
    assert (
        "lanes",
        "Main gate, Scan and temperature",
        "07:00–08:30 × 2",
        "07:00–08:30 × 1",
    ) in rows
    assert ("订货", "口罩", "100", "无") in list(change_rows(before, after, a_scenario(), "zh"))
    data = json.loads(changes_json(before, after, a_scenario()))
    assert data["moved"] == ["8-1"]
    assert {c["what"] for c in data["changes"]} == {"return_dates", "arrivals", "lanes", "stock"}


def test_lanes_written_otherwise_but_as_many_are_no_change() -> None:
    halves = [
        Shift(**SHIFT | {"ends": time(7, 30)}, lanes=2),
        Shift(**SHIFT | {"begins": time(7, 30)}, lanes=2),
    ]
    assert difference(a_plan(), a_plan(lanes=halves)) == ()


def pinned_plan() -> Plan:
    plan = a_plan()
    return plan.changed(
        return_dates=[ReturnDate(**dict(r) | {"pinned": True}) for r in plan.return_dates],
        arrivals=[Arrival(**dict(a) | {"pinned": True}) for a in plan.arrivals],
        lanes=[Shift(**dict(s) | {"pinned": True}) for s in plan.lanes],
    )


def test_pins_are_written_where_they_are_and_read_back() -> None:
    text = plan_text(pinned_plan())
    assert text.count("pinned = true") == 2 + 2 + 1
    assert "pinned" not in plan_text(a_plan())
    assert Plan.model_validate(tomllib.loads(text)) == pinned_plan()


def test_what_is_not_pinned_need_not_fit_any_more(tmp_path: Path) -> None:
    smaller = a_scenario(gates=[a_gate(stages=[a_stage(lanes=1)], closes=time(8))])
    path = tmp_path / "plan.toml"
    path.write_text(plan_text(a_plan()), encoding="utf-8")
    with pytest.raises(InputError):
        read_plan(path, smaller)
    assert read_plan_to_change(path, smaller) == a_plan()


def test_what_is_pinned_must_fit(tmp_path: Path) -> None:
    gates = [a_gate(stages=[a_stage(lanes=1)], opens=time(7, 15))]
    smaller = a_scenario(gates=gates, limits={"first_slot": time(7, 15)})
    path = tmp_path / "plan.toml"
    path.write_text(plan_text(pinned_plan()), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        read_plan_to_change(path, smaller)
    codes = {p.code for p in refusal.value.problems}
    assert codes == {"slot_outside_opening", "shift_outside_opening", "more_lanes_than_there_are"}
