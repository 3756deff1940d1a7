"""The whole of what is given: one readable file."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from returnsim.errors import InputError, Problem
from returnsim.parts import Raw, refuse
from returnsim.reading import check, duplicates, load, unknown_names
from returnsim.scenario.after_return import AfterReturn
from returnsim.scenario.calendar import Approvals, Calendar
from returnsim.scenario.campus import Gate
from returnsim.scenario.daytime import Crossing, DailyCheck, Event, Meal
from returnsim.scenario.equipment import Crew, Device
from returnsim.scenario.fitting import daytime_problems
from returnsim.scenario.halls import Canteen, Dormitory
from returnsim.scenario.limits import Limits
from returnsim.scenario.people import Grade, Hold, SchoolClass, StaffGroup
from returnsim.scenario.procedure import (
    Arrivals,
    Doors,
    Isolation,
    Recheck,
    Screening,
    Walking,
)
from returnsim.scenario.quantities import Labelled, Text, seconds
from returnsim.scenario.records import Record, Routine
from returnsim.scenario.supply import Delivery, Supply, Zone
from returnsim.scenario.transport import Bus, Siblings

REFERENCES = (
    ("classes", "grade", "grades"),
    ("staff", "gate", "gates"),
    ("holds", "class", "classes"),
    ("classes", "dormitory", "dormitories"),
    ("buses", "gate", "gates"),
    ("deliveries", "supply", "supplies"),
)
"""Tables whose key names an entry of another table: (table, key, the table it points to)."""

UNIQUE = (
    *("grades", "classes", "staff", "gates", "supplies", "zones", "canteens", "dormitories"),
    *("meals", "checks", "crossings", "buses", "devices", "crews"),
)
"""Tables in which a name may stand only once."""


class Scenario(Labelled):
    """A school, its rules of entry, its stores and its limits."""

    format: Literal[1]
    """Version of this file format."""
    about: Text | None = None
    """One line on what this scenario shows."""
    rulebooks: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Plan documents to check against: names of built-in books, or files beside this one."""
    calendar: Calendar
    approvals: Approvals
    grades: Annotated[tuple[Grade, ...], Field(min_length=1)]
    classes: Annotated[tuple[SchoolClass, ...], Field(min_length=1)]
    staff: tuple[StaffGroup, ...] = ()
    holds: tuple[Hold, ...] = ()
    gates: Annotated[tuple[Gate, ...], Field(min_length=1)]
    buses: tuple[Bus, ...] = ()
    siblings: tuple[Siblings, ...] = ()
    canteens: tuple[Canteen, ...] = ()
    dormitories: tuple[Dormitory, ...] = ()
    meals: tuple[Meal, ...] = ()
    checks: tuple[DailyCheck, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    devices: tuple[Device, ...] = ()
    crews: tuple[Crew, ...] = ()
    screening: Screening
    recheck: Recheck
    isolation: Isolation
    doors: Doors
    walking: Walking
    arrivals: Arrivals
    limits: Limits
    after_return: AfterReturn | None = None
    supplies: tuple[Supply, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    zones: tuple[Zone, ...] = ()
    routines: tuple[Routine, ...] = ()
    records: tuple[Record, ...] = ()

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        refuse(
            *(check(gate) for gate in self._all("gates") for check in (self._ways, self._stages)),
            *(self._open_at(slot) for slot in ("first_slot", "last_slot")),
            *(
                check(grade)
                for grade in self._all("grades")
                for check in (self._peopled, self._gate_for, self._bell)
            ),
            *(self._in_time(group) for group in self._all("staff")),
            *(self._no_more_held(c) for c in self._all("classes")),
            daytime_problems(self),
        )
        return self

    def _all(self, table: str) -> Any:
        """Entries of a table, none of one that is not known."""
        return getattr(self, table, ())

    def _ways(self, gate: Gate) -> Iterator[Problem]:
        missing = sorted({c.building for c in self.classes} - gate.metres_to.keys())
        if missing:
            values = {"buildings": ", ".join(missing)}
            yield Problem(f"gates.{gate.name}.metres_to", "no_way_to", values)

    def _stages(self, gate: Gate) -> Iterator[Problem]:
        for name, times in Counter(s.name for s in gate.stages).items():
            if times > 1:
                where = f"gates.{gate.name}.stages.{name}"
                yield Problem(where, "twice", {"name": name, "times": times})

    def _open_at(self, what: str) -> Iterator[Problem]:
        slot = getattr(self.limits, what)
        if not any(g.opens <= slot < g.closes for g in self.gates):
            yield Problem(f"limits.{what}", "no_gate_open", {"slot": f"{slot:%H:%M}"})

    def _peopled(self, grade: Grade) -> Iterator[Problem]:
        if not any(c.grade == grade.name for c in self.classes):
            yield Problem(f"grades.{grade.name}", "grade_without_class")

    def _gate_for(self, grade: Grade) -> Iterator[Problem]:
        if not any(self.may_use(gate, grade) for gate in self.gates):
            yield Problem(f"grades.{grade.name}", "no_gate_for_level", {"level": grade.level})

    def _bell(self, grade: Grade) -> Iterator[Problem]:
        slot = self.limits.first_slot
        if seconds(grade.bell) <= seconds(slot):
            values = {"bell": f"{grade.bell:%H:%M}", "slot": f"{slot:%H:%M}"}
            yield Problem(f"grades.{grade.name}.bell", "bell_before_slots", values)

    def _in_time(self, group: StaffGroup) -> Iterator[Problem]:
        gate = next((g for g in self.gates if g.name == group.gate), None)
        if gate and group.arrives and group.arrives > gate.closes:
            values = {"arrives": f"{group.arrives:%H:%M}", "closes": f"{gate.closes:%H:%M}"}
            yield Problem(f"staff.{group.name}.arrives", "arrives_after_closing", values)

    def _no_more_held(self, school_class: SchoolClass) -> Iterator[Problem]:
        held = sum(h.pupils for h in self.holds if h.school_class == school_class.name)
        if held > school_class.pupils:
            values = {"held": held, "pupils": school_class.pupils}
            yield Problem(f"holds.{school_class.name}", "more_held_than_pupils", values)

    @staticmethod
    def may_use(gate: Gate, grade: Grade) -> bool:
        """Whether a grade may come in by a gate."""
        return not gate.levels or grade.level in gate.levels

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Everything that happens behind the classroom door, in the order of the day."""
        found: tuple[Event, ...] = (*self.meals, *self.checks, *self.crossings)
        return tuple(sorted(found, key=lambda e: (e.begins, e.ends)))

    def takes_part(self, event: Event, name: str) -> bool:
        """Whether anybody of a class or a group of staff has a turn at an event."""
        return self.people_at(event, name) > 0

    def people_at(self, event: Event, name: str) -> int:
        """Count those of a class or a group of staff who have a turn at an event."""
        school_class = self.class_named.get(name)
        if school_class is None:
            return sum(g.people for g in self.staff if g.name == name and g.role in event.who)
        if event.levels and self.grade_of(school_class).level not in event.levels:
            return 0
        sizes = school_class.sizes
        return sum(sizes.get(group, 0) for group in event.groups)

    @cached_property
    def grade_named(self) -> dict[str, Grade]:
        """Grades by name."""
        return {g.name: g for g in self.grades}

    @cached_property
    def class_named(self) -> dict[str, SchoolClass]:
        """Classes by name."""
        return {c.name: c for c in self.classes}

    @cached_property
    def gate_named(self) -> dict[str, Gate]:
        """Gates by name."""
        return {g.name: g for g in self.gates}

    @cached_property
    def supply_named(self) -> dict[str, Supply]:
        """Supplies by name."""
        return {s.name: s for s in self.supplies}

    def grade_of(self, school_class: SchoolClass) -> Grade:
        """Return the grade of a class."""
        return self.grade_named[school_class.grade]

    def pupils_in(self, grade: str) -> int:
        """Count the pupils on the roll of a grade."""
        return sum(c.pupils for c in self.classes if c.grade == grade)

    @property
    def pupils(self) -> int:
        """Pupils on the roll."""
        return sum(c.pupils for c in self.classes)

    @property
    def staff_people(self) -> int:
        """Members of staff."""
        return sum(s.people for s in self.staff)

    def boarders_stay(self, back: date, day: date) -> bool:
        """Whether boarders of a batch stay on campus on a day without lessons."""
        rules = self.after_return
        if rules is None or not rules.boarders_go_home:
            return True
        return (day - back).days < rules.campus_observation_days

    def slept_in(self, back: date, day: date) -> bool:
        """Whether boarders who came back on one day spent the night before another on campus."""
        before = day - timedelta(days=1)
        if before < back:
            return False
        return self.calendar.has_lessons(before) or self.boarders_stay(back, before)

    def supplied_share(self, kind: str) -> float:
        """Share of people whom the store must provide with a kind of supply."""
        return max((1 - s.self_provided_share for s in self.supplies if s.kind == kind), default=1)

    def held(self, school_class: str, day: date) -> int:
        """Pupils of a class who may not come on a day."""
        return sum(
            h.pupils for h in self.holds if h.school_class == school_class and h.holds_on(day)
        )


def read_scenario(given: Path) -> Scenario:
    """Read a scenario: a TOML file, or a folder that holds `scenario.toml`.

    Raises
    ------
    InputError
        With every problem found in the file.
    """
    path = scenario_file(given)
    return checked_scenario(path, load(path))


def checked_scenario(path: Path | str, raw: Raw) -> Scenario:
    """Make a scenario of what a file holds, or would hold.

    Raises
    ------
    InputError
        With every problem found in it.
    """
    found = [*duplicates(raw, UNIQUE), *unknown_names(raw, REFERENCES)]
    return check(path, raw, Scenario, found)


def scenario_file(given: Path) -> Path:
    """Return the file that a path given on the command line means."""
    try:
        if not given.is_dir():
            return given
    except (OSError, ValueError):  # no file can have such a name, as reading it will say
        return given
    path = given / "scenario.toml"
    if not path.exists():
        raise InputError(given, [Problem("", "folder_without_scenario")])
    return path
