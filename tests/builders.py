"""Small valid objects, one field changed.

Everything starts from `scenarios/tiny`: two classes of ten, one gate, one stage, no chance.
Objects are validated anew, never copied with a field overwritten, so that nothing cached or
unchecked survives a change.
"""

import math
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from returnsim.plan.plan import Arrival, Opening, Plan, ReturnDate, Shift
from returnsim.rules.rulebook import Clause, Rulebook
from returnsim.scenario.campus import Gate, Stage
from returnsim.scenario.people import Grade, Hold, SchoolClass, StaffGroup
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.supply import Supply

SCENARIOS = Path(__file__).parents[1] / "scenarios"
TINY = SCENARIOS / "tiny" / "scenario.toml"
Raw = dict[str, Any]
"""What a TOML file holds."""

NASTY: tuple[Any, ...] = (
    *(None, True, 0, -1, 0.5, 10**9, 10**400, 1e308, math.nan, -math.inf),
    *("", " ", "x", "x" * 1000, "{n}", "\x00", "名"),
    *(date(9999, 12, 31), datetime(2020, 4, 7, tzinfo=UTC), time(0), time(8, tzinfo=UTC)),
    *([], [[]], [{}], {}, {"kind": "fixed"}, {"kind": []}, {"name": "x"}, {"": 1}),
)
"""What might stand in a file instead of what should; `None` is a key left out."""


def spots(part: Any) -> Iterator[tuple[Raw, str]]:
    """Every key of a file, of each list the first entry's: the table it stands in, and the key."""
    if isinstance(part, dict):
        for key in list(part):
            yield part, key
            yield from spots(part[key])
    elif isinstance(part, list):
        for entry in part[:1]:
            yield from spots(entry)


def tiny() -> Raw:
    """What the file of the tiny school holds, fresh each time."""
    return tomllib.loads(TINY.read_text(encoding="utf-8"))


def merged(raw: Raw, changes: Mapping[str, Any]) -> Raw:
    """Change settings, those of a table one by one; those set to `None` are left out.

    A distribution (a table with a `kind`) is replaced whole.
    """
    whole = dict(raw)
    for key, value in changes.items():
        before = whole.pop(key, None)
        if isinstance(value, Mapping) and isinstance(before, dict) and "kind" not in value:
            whole[key] = merged(before, value)
        elif value is not None:
            whole[key] = value
    return whole


def a_scenario(**changes: Any) -> Scenario:
    """Return the tiny school with some settings changed.

    A table is changed setting by setting, a list is replaced:
    ``a_scenario(limits={"wait_risk": 0.1}, gates=[a_gate(marked_places=6)])``.
    """
    return Scenario.model_validate(merged(tiny(), changes))


def a_grade(name: str = "nine", **changes: Any) -> Grade:
    """Return a junior grade without an examination, whose bell rings at eight."""
    base = {"level": "junior", "exam_year": False, "bell": time(8), "source": "made up"}
    return Grade.model_validate(merged(base, {"name": name, **changes}))


def a_class(name: str = "9-1", **changes: Any) -> SchoolClass:
    """Return a class of ten in the hall; its grade is `nine` unless it says another."""
    base = {"grade": "nine", "pupils": 10, "room": "101", "building": "hall"}
    return SchoolClass.model_validate(merged(base, {"name": name, **changes}))


def a_stage(**changes: Any) -> Stage:
    """Return the only stage of the tiny school's gate: two lanes of half a minute."""
    return Stage.model_validate(merged(tiny()["gates"][0]["stages"][0], changes))


def a_gate(**changes: Any) -> Gate:
    """Return the tiny school's gate: open 07:00 to 08:30, eight marked places."""
    return Gate.model_validate(merged(tiny()["gates"][0], changes))


def a_staff_group(**changes: Any) -> StaffGroup:
    """Return four teachers who live in."""
    base = {"name": "teachers", "people": 4, "role": "teacher", "source": "made up"}
    return StaffGroup.model_validate(merged(base, changes))


def a_hold(**changes: Any) -> Hold:
    """Return one pupil of class 9-1 who may not come until further notice."""
    base = {"class": "9-1", "pupils": 1, "reason": "not approved", "source": "made up"}
    return Hold.model_validate(merged(base, changes))


def a_supply(**changes: Any) -> Supply:
    """Return the tiny school's masks: 100 in the store, five days' delivery."""
    return Supply.model_validate(merged(tiny()["supplies"][0], changes))


def a_clause(**changes: Any) -> Clause:
    """Return a hard clause: at most ten people back on one date."""
    base = {
        "id": "C-1",
        "section": "1",
        "hard": True,
        "owner_zh": "校长",
        "owner_en": "head of school",
        "says_zh": "同一天返校不超过十人",
        "says_en": "No more than ten people come back on one date",
        "quantity": "most_returning",
        "relation": "at most",
        "limit": 10.0,
    }
    return Clause.model_validate(merged(base, changes))


def a_book(*clauses: Clause) -> Rulebook:
    """Return a rulebook called `own` with these clauses."""
    base = {"format": 1, "name": "own", "issuer_zh": "学校", "issuer_en": "us", "issued": "2020"}
    return Rulebook.model_validate(base | {"clauses": clauses})


def a_school_in_halves(return_by: str = "group", **changes: Any) -> Scenario:
    """Return a school of two grades of two classes of ten, one of each in group A, one in B."""
    base: dict[str, Any] = {
        "grades": [
            a_grade(name, zh=zh, en=f"Grade {zh[:1]}")
            for name, zh in (("nine", "9 年级"), ("eight", "8 年级"))
        ],
        "classes": [
            a_class(f"{g}-{n}", grade=grade, group="AB"[n - 1], boarders=4)
            for g, grade in (("9", "nine"), ("8", "eight"))
            for n in (1, 2)
        ],
        "supplies": [a_supply(on_hand=10_000)],
        "after_return": {
            "symptom_free_days": 1,
            "campus_observation_days": 7,
            "report_probability": 1.0,
            "source": "made up",
        },
        "limits": {"return_by": return_by, "people_returning_per_day": 20},
    }
    return a_scenario(**merged(base, changes))


def dates_by_class(**days: date) -> list[ReturnDate]:
    """Return rows for classes of the school in halves: ``dates_by_class(c91=..., c81=...)``."""
    return [
        ReturnDate(grade={"9": "nine", "8": "eight"}[k[1]], school_class=f"{k[1]}-{k[2]}", day=day)
        for k, day in days.items()
    ]


def a_plan(
    scenario: Scenario | None = None,
    *,
    days: Mapping[str, date] | None = None,
    slots: Mapping[str, time] | None = None,
    **changes: Any,
) -> Plan:
    """Return a plan without misfits: batches apart, slots in turn, every lane all morning.

    Parameters
    ----------
    scenario
        The tiny school when left out.
    days
        Return dates of some grades, instead of one grade after the other.
    slots
        Slots of some classes, instead of every second one in turn.
    changes
        Whole fields of the plan.
    """
    school = scenario or a_scenario()
    dates = _dates(school) | dict(days or {})
    arrivals = _arrivals(school, dict(slots or {}))
    used = {a.gate for a in arrivals} | {s.gate for s in school.staff}
    fields = {
        "format": 1,
        "school": school.name,
        "return_dates": [ReturnDate(grade=g, day=d) for g, d in dates.items()],
        "arrivals": arrivals,
        "lanes": [shift for g in school.gates if g.name in used for shift in all_lanes(g)],
        "stock": [Opening(supply=s.name, order=100) for s in school.supplies],
    }
    return Plan.model_validate(merged(fields, changes))


def grade_days(plan: Plan) -> dict[str, date]:
    """Return date by grade, of a plan in which no class has a date of its own."""
    assert not any(r.school_class for r in plan.return_dates)
    return {r.grade: r.day for r in plan.return_dates}


def all_lanes(gate: Gate) -> list[Shift]:
    """Return every lane of a gate, from its opening to its closing."""
    chain = {s.name: s.lanes for s in gate.stages}
    if gate.fast_lane:
        chain["fast"] = gate.fast_lane.lanes
    return [
        Shift(gate=gate.name, stage=name, begins=gate.opens, ends=gate.closes, lanes=lanes)
        for name, lanes in chain.items()
    ]


def _dates(school: Scenario) -> dict[str, date]:
    """One grade after the other, as far apart as the planner asks, while there are days."""
    apart, free = timedelta(days=school.limits.days_between_batches), school.calendar.school_days
    dates, day = {}, free[0]
    for grade in school.grades:
        dates[grade.name] = day
        day = next((d for d in free if d >= day + apart), day)
    return dates


def _arrivals(school: Scenario, slots: dict[str, time]) -> list[Arrival]:
    limits = school.limits
    step, first = limits.slot_minutes * 60, seconds(limits.first_slot)
    count = int((seconds(limits.last_slot) - first) // step) + 1
    arrivals = []
    for turn, c in enumerate(school.classes):
        slot = slots.get(c.name) or clock_time(first + 2 * turn % count * step)
        usable = [g for g in school.gates if school.may_use(g, school.grade_of(c))]
        gate = next((g for g in usable if g.opens <= slot < g.closes), usable[0])
        arrivals.append(Arrival(school_class=c.name, gate=gate.name, slot=slot))
    return arrivals
