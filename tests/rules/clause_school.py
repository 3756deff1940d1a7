"""A school small enough to play in milliseconds that keeps every clause of a rulebook.

It is the tiny school with what clauses ask about: a kindergarten, boarders, staff, a canteen,
hand wash, two stages at the gate. Calendar, approvals, records and routines are those of the
scenario that comes with the rulebook, so that what is judged is what planners get to read.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache
from typing import Any

from builders import (
    SCENARIOS,
    Raw,
    a_class,
    a_gate,
    a_grade,
    a_plan,
    a_staff_group,
    a_stage,
    merged,
    tiny,
)

from returnsim.experiment.assessment import Assessment, assess
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Verdict
from returnsim.rules.matrix import built_in_book
from returnsim.rules.rulebook import PLANNER, Rulebook
from returnsim.scenario.campus import Check, Gate
from returnsim.scenario.scenario import Scenario

SOURCE_OF = {"township-2020": "township", "henan-2021-autumn": "henan-county-school"}
"""The scenario that comes with each book."""
REPLICATIONS = 64
SEED = 5


@dataclass(frozen=True, eq=False)
class Change:
    """What differs from the school, or from its plan, that keeps every clause."""

    scenario: Mapping[str, Any] = field(default_factory=dict)
    """Settings, as `builders.merged` takes them."""
    days: Mapping[str, int] = field(default_factory=dict)
    """Return dates of some grades, in days after the first return."""
    slots: Mapping[str, time] = field(default_factory=dict)
    """Slots of some classes."""
    temperature_until: time | None = None
    """When the temperature lanes close, if not with the gate."""


@cache
def real_scenario(book: str) -> Raw:
    """What the file of the scenario that comes with a book holds."""
    path = SCENARIOS / SOURCE_OF[book] / "scenario.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def books_of(book: str) -> tuple[Rulebook, ...]:
    """The book, and the planner's own limits behind it."""
    return built_in_book(book), built_in_book(PLANNER)


def first_return(book: str) -> date:
    """Day on which the first batch comes back."""
    day: date = real_scenario(book)["calendar"]["first_day"]
    return day


@cache
def assessed(book: str, *changes: Change) -> Assessment:
    """Play and judge the small school with some changes, one after the other."""
    raw = small_school(book)
    for change in changes:
        raw = merged(raw, change.scenario)
    school = Scenario.model_validate(raw)
    return judged(book, school, a_plan_of(book, school, changes))


def judged(book: str, school: Scenario, plan: Plan) -> Assessment:
    """Play and judge a plan."""
    return assess(school, books_of(book), plan, seed=SEED, replications=REPLICATIONS)


def verdicts(found: Assessment) -> dict[str, Verdict]:
    """Verdict of every clause."""
    return {f.clause.id: f.verdict for f in found.findings}


def a_plan_of(book: str, school: Scenario, changes: Iterable[Change] = ()) -> Plan:
    """Return a plan that keeps every clause, but for the changes; it orders nothing."""
    first, days, slots, until = first_return(book), {}, {}, None
    for change in changes:
        days |= {grade: first + timedelta(days=n) for grade, n in change.days.items()}
        slots |= change.slots
        until = change.temperature_until or until
    plan = a_plan(school, days=days, slots=slots, stock=())
    if until is None:
        return plan
    lanes = [
        shift.model_dump() | ({"ends": until} if shift.stage == "temperature" else {})
        for shift in plan.lanes
    ]
    return plan.changed(lanes=lanes)


@cache
def small_school(book: str) -> Raw:
    """Settings of the school that keeps every clause of a book."""
    real = real_scenario(book)
    canteen = {"name": "canteen", "kind": "canteen", "area_m2": 20, "rounds_per_day": 3}
    own = {
        "grades": [
            a_grade("nine", exam_year=True),
            a_grade("eight"),
            a_grade("bottom", level="kindergarten"),
        ],
        "classes": [
            a_class("9-1", boarders=4),
            a_class("8-1", grade="eight"),
            a_class("K-1", grade="bottom", pupils=6),
        ],
        "staff": [
            a_staff_group(gate="gate", arrives=time(7)),
            a_staff_group(name="guard", people=1, role="guard"),
            a_staff_group(name="cook", people=1, role="canteen"),
        ],
        "gates": [gate()],
        "zones": [*tiny()["zones"], canteen | {"source": "made up"}],
        "supplies": store(),
        "after_return": {"campus_observation_days": 3},
        "limits": {
            "longest_wait_minutes": 15,
            "people_returning_per_day": 40,
            "fair_days_apart": 20,
            "observation_beds": 4,
            "one_batch_per_building": True,
            "confidence": 0.9,  # so that 64 quiet days are enough to rule out a risk of 5 %
        },
    }
    shared = ("rulebooks", "calendar", "approvals", "records", "routines")
    return merged(tiny(), {key: real[key] for key in shared} | own)


def gate(*, first: Check = "scan", second: Check = "temperature", marked_places: int = 40) -> Gate:
    """A gate of two stages, with two lanes of ten seconds each."""
    ten = {"lanes": 2, "service_seconds": {"kind": "fixed", "value": 10}}
    stages = [
        a_stage(name="papers", checks=[first], **ten),
        a_stage(name="temperature", checks=[second], **ten),
    ]
    return a_gate(stages=stages, marked_places=marked_places)


def store(**on_hand: float) -> list[Raw]:
    """Supplies that last, but for those that are named by their kind."""
    enough = {"mask": 400, "thermometer": 3, "disinfectant": 60, "soap": 20} | on_hand
    of_tiny = {s["kind"]: s for s in tiny()["supplies"]}
    used = {"per_round_m2": None, "per_pupil_day": 0.01, "kind": "soap"}
    labels = {"name": "hand wash", "zh": None, "en": None}
    of_tiny["soap"] = merged(of_tiny["disinfectant"], used | labels)
    return [merged(of_tiny[kind], {"on_hand": amount}) for kind, amount in enough.items()]
