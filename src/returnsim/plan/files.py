"""Plans as files: readable, editable, and read back equal."""

import json
from collections.abc import Collection
from datetime import date, time
from pathlib import Path
from typing import Any

from returnsim.errors import InputError, Problem
from returnsim.plan.misfits import misfits, pinned_misfits
from returnsim.plan.plan import Plan
from returnsim.reading import check, load, unknown_names
from returnsim.scenario.scenario import Scenario

REFERENCES = (
    ("return_dates", "grade", "grades"),
    ("return_dates", "class", "classes"),
    ("arrivals", "class", "classes"),
    ("arrivals", "gate", "gates"),
    ("lanes", "gate", "gates"),
    ("stock", "supply", "supplies"),
    ("timetable", "who", "classes or staff"),
    ("timetable", "what", "meals, checks or crossings"),
    ("rounds", "zone", "zones"),
    ("rounds", "crew", "crews"),
)
"""Keys of a plan that name something in its scenario."""

COMMENTS = {
    "return_dates": "返校日期  When each grade comes back",
    "arrivals": "到校时段和校门  Slot and gate of each class, every school day from its return on",
    "lanes": "通道  Lanes open at each stage of each gate, every school day",
    "stock": "订货：开学前订多少，开学后何时再订  What to order before opening, and when after it",
    "timetable": "作息  When each class has its meals and checks, goes out and comes in, every day",
    "rounds": "消毒通风  When each crew is due in each zone, every school day",
}
NEEDED = ("return_dates", "arrivals", "lanes", "stock")
"""Tables that a plan always writes out, empty or not."""


def read_plan(path: Path, scenario: Scenario) -> Plan:
    """Read a plan and hold it against its scenario.

    Raises
    ------
    InputError
        With every problem found in the file.
    """
    plan = _known(path, scenario)
    problems = misfits(plan, scenario)
    if problems:
        raise InputError(path, problems)
    return plan


def read_plan_to_change(path: Path, scenario: Scenario) -> Plan:
    """Read a plan that need not fit its scenario any more, but for what is pinned.

    Raises
    ------
    InputError
        With every problem that no change may mend.
    """
    plan = _known(path, scenario)
    problems = pinned_misfits(plan, scenario)
    if problems:
        raise InputError(path, problems)
    return plan


def _known(path: Path, scenario: Scenario) -> Plan:
    """Read a plan that names only what there is in its scenario."""
    raw = load(path)
    names: dict[str, Any] = {
        table: [{"name": entry.name} for entry in getattr(scenario, table)]
        for table in ("grades", "classes", "gates", "supplies", "zones", "crews")
    }
    names["classes or staff"] = [{"name": x.name} for x in (*scenario.classes, *scenario.staff)]
    names["meals, checks or crossings"] = [{"name": e.name} for e in scenario.events]
    found = unknown_names(raw | names, REFERENCES)
    school = raw.get("school")
    if isinstance(school, str) and school != scenario.name:
        values = {"value": school, "school": scenario.name}
        found = [Problem("school", "other_school", values)]
    return check(path, raw, Plan, found)


def plan_text(plan: Plan) -> str:
    """Write a plan as TOML, one entry a line."""
    lines = [
        "# 返校方案，可修改后再用  A plan; edit it, then hold it against its scenario again:",
        "#   returnsim audit SCENARIO --plan THIS-FILE",
        f"format = {plan.format}",
        f"school = {_value(plan.school)}",
    ]
    for table, comment in COMMENTS.items():
        entries: Collection[Any] = getattr(plan, table)
        if not entries and table not in NEEDED:
            continue
        rows = [entry.model_dump(by_alias=True, exclude_none=True) for entry in entries]
        lines += ["", f"# {comment}", f"{table} = ["]
        lines += [f"    {_row(row)}," for row in rows]
        lines.append("]")
    return "\n".join(lines) + "\n"


def _row(row: dict[str, Any]) -> str:
    told = {key: value for key, value in row.items() if value is not False}
    return "{ " + ", ".join(f"{key} = {_value(value)}" for key, value in told.items()) + " }"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    return str(value)
