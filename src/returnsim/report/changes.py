"""What a plan changes against an earlier one, in words and as JSON."""

import json
from collections.abc import Iterator
from typing import Any

from returnsim.plan.difference import Change, Entry, difference, moved
from returnsim.plan.plan import Arrival, Opening, Plan, ReturnDate, Shift
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say


def change_rows(
    before: Plan, after: Plan, scenario: Scenario, lang: str
) -> Iterator[tuple[str, str, str, str]]:
    """Yield what changes, of whom, before and after, as text."""
    for change in difference(before, after):
        what = say(f"changes.{change.what}", lang)
        sides = (_told(entry, scenario, lang) for entry in (change.before, change.after))
        old, new = (side or say("changes.nothing", lang) for side in sides)
        yield what, _name(change, scenario, lang), old, new


def changes_json(before: Plan, after: Plan, scenario: Scenario) -> str:
    """Return what changes as JSON.

    Keys: `schema`, `scenario`, `moved` (classes with another gate or slot) and `changes`, each
    with `what`, `name`, `before` and `after` as in a plan file, null where there is no entry.
    """
    whole = {
        "schema": "returnsim-changes-1",
        "scenario": scenario.name,
        "moved": list(moved(before, after)),
        "changes": [
            {
                "what": change.what,
                "name": list(change.name),
                "before": _plain(change.before),
                "after": _plain(change.after),
            }
            for change in difference(before, after)
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plain(entry: Entry | Shift) -> Any:
    if entry is None:
        return None
    if isinstance(entry, tuple):
        return [_plain(shift) for shift in entry]
    # a date for a whole grade names no class, as in a plan file
    whole = isinstance(entry, ReturnDate)
    return entry.model_dump(mode="json", by_alias=True, exclude={"pinned"}, exclude_none=whole)


def _told(entry: Entry, scenario: Scenario, lang: str) -> str:
    match entry:
        case None:
            return ""
        case ReturnDate():
            return entry.day.isoformat()
        case Arrival():
            return f"{entry.slot:%H:%M} {scenario.gate_named[entry.gate].label(lang)}"
        case Opening():
            return f"{entry.order:g}"
        case _:
            return "\n".join(f"{s.begins:%H:%M}–{s.ends:%H:%M} × {s.lanes}" for s in entry)


def _name(change: Change, scenario: Scenario, lang: str) -> str:
    name = change.name[0]
    match change.what:
        case "return_dates" if len(change.name) > 1:
            return scenario.class_named[change.name[1]].label(lang)
        case "return_dates":
            return scenario.grade_named[name].label(lang)
        case "arrivals":
            return scenario.class_named[name].label(lang)
        case "stock":
            return next((s.label(lang) for s in scenario.supplies if s.name == name), name)
        case "lanes":
            gate = scenario.gate_named[name]
            stage = next((s for s in gate.stages if s.name == change.name[1]), None)
            return f"{gate.label(lang)}, {stage.label(lang) if stage else change.name[1]}"
