"""Turns of the day in numbers and words: who takes part, how many, where, until about when."""

import math
from dataclasses import dataclass
from datetime import time

from returnsim.plan.plan import Appointment, Plan
from returnsim.report.phrases import joined
from returnsim.scenario.daytime import PUPILS, Crossing, DailyCheck, Event, Meal
from returnsim.scenario.halls import Canteen, Dormitory
from returnsim.scenario.people import SchoolClass, StaffGroup
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say

Thing = SchoolClass | StaffGroup
LEAST = 5.0
"""Minutes that a turn takes at least in a calendar."""


def whole_minutes(minutes: float) -> int:
    """Minutes, rounded up."""
    return math.ceil(minutes - 1e-9)


def later(at: time, minutes: float) -> time:
    """Clock time so many minutes later, rounded up to a minute; before midnight."""
    moment = 60.0 * whole_minutes(seconds(at) / 60 + minutes)
    return clock_time(min(moment, 86_340.0))


@dataclass(frozen=True)
class Turns:
    """The timetable of a plan, in one language."""

    scenario: Scenario
    plan: Plan
    lang: str

    def of(self, event: Event) -> list[Appointment]:
        """Turns of an event by time, then in the order of the scenario."""
        order = [x.name for x in self.everybody]
        turns = [t for t in self.plan.timetable if t.what == event.name]
        return sorted(turns, key=lambda t: (t.at, order.index(t.who)))

    @property
    def everybody(self) -> tuple[Thing, ...]:
        """All classes, then all groups of staff."""
        return (*self.scenario.classes, *self.scenario.staff)

    def people(self, event: Event, turn: Appointment) -> int:
        """How many take part when everybody is back."""
        return self.scenario.people_at(event, turn.who)

    def thing(self, name: str) -> Thing:
        """Return the class or the group of staff of a name."""
        found = self.scenario.class_named.get(name)
        return found or next(s for s in self.scenario.staff if s.name == name)

    def name(self, turn: Appointment) -> str:
        """Label of a class or a group of staff."""
        return self.thing(turn.who).label(self.lang)

    def groups(self, event: Event) -> str:
        """Who takes part in an event, in words."""
        return joined((self.group(group) for group in event.who), self.lang)

    def group(self, group: str) -> str:
        """Name of a group of pupils, or of staff by their role."""
        return say(f"day.group.{group.replace(' ', '_')}", self.lang)

    def part(self, event: Event, turn: Appointment) -> str:
        """Which of a class take part; empty for all of it, and for staff."""
        school_class = self.scenario.class_named.get(turn.who)
        if school_class is None or self.people(event, turn) == school_class.pupils:
            return ""
        sizes = school_class.sizes
        sizes["day pupils"] = sizes["home at noon"] + sizes["school at noon"]
        there = [g for g in event.who if g in PUPILS and sizes[g]]
        return joined((self.group(g) for g in there), self.lang)

    def dormitory(self, event: Event, turn: Appointment) -> Dormitory | None:
        """Return the house at whose door a class is checked."""
        school_class = self.scenario.class_named.get(turn.who)
        if not (isinstance(event, DailyCheck) and event.where == "dormitory" and school_class):
            return None
        return next(
            (d for d in self.scenario.dormitories if d.name == school_class.dormitory), None
        )

    def canteen(self, turn: Appointment) -> Canteen:
        """Return the canteen of a meal's turn."""
        return next(c for c in self.scenario.canteens if c.name == turn.place)

    def place(self, event: Event, turn: Appointment) -> str:
        """Label of a canteen, gate or dormitory; empty for the room itself."""
        house = self.dormitory(event, turn)
        if house is not None:
            return house.label(self.lang)
        if isinstance(event, Meal):
            return self.canteen(turn).label(self.lang)
        if isinstance(event, Crossing):
            return self.scenario.gate_named[turn.place or ""].label(self.lang)
        return ""

    def minutes(self, event: Event, turn: Appointment) -> float:
        """How long a turn takes by rule of thumb: its people at the slowest post, and eating."""
        people = self.people(event, turn)
        match event:
            case Meal():
                hall = self.canteen(turn)
                posts = (
                    hall.wash_seconds.mean / hall.taps,
                    hall.serving_seconds.mean / hall.lines,
                    hall.door_seconds.mean / hall.door_lanes if event.temperature_at_door else 0.0,
                )
                return people * max(posts) / 60 + hall.eating_minutes.mean
            case DailyCheck():
                house = self.dormitory(event, turn)
                lanes = event.checkers or self.scenario.doors.teachers_per_class
                each = event.service_seconds.mean / lanes
                if house is not None:
                    each = house.door_seconds.mean / house.door_lanes
                return max(LEAST, people * each / 60)
            case Crossing():
                return max(LEAST, people * self._passing(event, turn) / 60)
        raise AssertionError(event.name)

    def _passing(self, crossing: Crossing, turn: Appointment) -> float:
        """Seconds from one person to the next through a gate."""
        gate = self.scenario.gate_named[turn.place or ""]
        if crossing.direction == "out" and gate.exit is not None:
            return gate.exit.service_seconds.mean / gate.exit.lanes
        return max(s.service_seconds.mean / s.lanes for s in gate.stages)
