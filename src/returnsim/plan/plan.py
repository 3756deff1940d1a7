"""One way to bring everybody back."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, time
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from returnsim.errors import Problem, Problems
from returnsim.scenario.people import SchoolClass
from returnsim.scenario.quantities import (
    AtLeastOne,
    Clock,
    Day,
    Flag,
    Frozen,
    Name,
    NonNegative,
    seconds,
)
from returnsim.scenario.scenario import Scenario


class ReturnDate(Frozen):
    """The day on which a grade, or one class of it, comes back."""

    grade: Name
    school_class: Annotated[Name | None, Field(alias="class")] = None
    """Class of the grade, if the date is for it alone; it goes before the date of its grade."""
    day: Day
    pinned: Flag = False
    """Whether a plan made from this one must keep the date."""


class Arrival(Frozen):
    """When and by which gate a class comes in, every school day from its return on."""

    school_class: Annotated[Name, Field(alias="class")]
    gate: Name
    slot: Clock
    """First minute of its slot; families are told to be there within the slot."""
    pinned: Flag = False
    """Whether a plan made from this one must keep gate and slot."""


class Shift(Frozen):
    """Lanes open at one stage of one gate, for part of the morning."""

    gate: Name
    stage: Name
    """A stage of the gate's chain, or "fast" for its fast lane."""
    begins: Clock
    ends: Clock
    lanes: AtLeastOne
    pinned: Flag = False
    """Whether a plan made from this one must have just these lanes in this time."""


class Appointment(Frozen):
    """When a class or a group of staff has its turn at a meal, a check, or going out or in."""

    who: Name
    """Name of a class or of a group of staff."""
    what: Name
    """Name of a meal, a daily check or a crossing of the scenario."""
    place: Name | None = None
    """Canteen of a meal, gate of a crossing; left out for a check."""
    at: Clock
    """When they set out or, coming in, should be at the gate."""


class Round(Frozen):
    """One visit of a crew to a zone, on every school day."""

    zone: Name
    crew: Name
    at: Clock
    """When it should begin; later if the crew is still on its way."""


class Opening(Frozen):
    """What is ordered of one supply before opening, and when and up to where afterwards."""

    supply: Name
    order: NonNegative
    """Units to order before opening; 0 when the store has enough."""
    reorder_point: NonNegative | None = None
    """After opening, order again when what is there and on its way falls to this or below;
    never when left out."""
    order_up_to: NonNegative | None = None
    """Order as much as brings what is there and on its way up to this."""
    review_days: AtLeastOne | None = None
    """Calendar days from one look into the store to the next; the scenario's when left out."""

    @model_validator(mode="after")
    def _levels_go_together(self) -> Self:
        low, high = self.reorder_point, self.order_up_to
        if (low is None) != (high is None):
            raise Problems([Problem("", "levels_together")])
        if low is None and self.review_days is not None:
            raise Problems([Problem("review_days", "review_without_levels")])
        if low is not None and high is not None and high <= low:
            values = {"given": high, "limit": low}
            raise Problems([Problem("order_up_to", "levels_backwards", values)])
        return self


class Plan(Frozen):
    """One way to bring everybody back."""

    format: Literal[1]
    school: Name
    """Name of the scenario it was made for."""
    return_dates: Annotated[tuple[ReturnDate, ...], Field(min_length=1)]
    arrivals: Annotated[tuple[Arrival, ...], Field(min_length=1)]
    lanes: tuple[Shift, ...]
    stock: tuple[Opening, ...] = ()
    timetable: tuple[Appointment, ...] = ()
    rounds: tuple[Round, ...] = ()

    def changed(self, **changes: Any) -> "Plan":
        """Return a plan that differs in the fields named."""
        return Plan.model_validate(
            {name: getattr(self, name) for name in Plan.model_fields} | changes
        )

    def day_of(self, school_class: SchoolClass) -> date:
        """Day on which a class comes back."""
        row = self.date_for(school_class)
        if row is None:
            raise KeyError(school_class.name)
        return row.day

    def date_for(self, school_class: SchoolClass) -> ReturnDate | None:
        """Entry that says when a class comes back: its own, else its grade's, if there is one."""
        return _date_for(self._dates, school_class)

    @cached_property
    def _dates(self) -> dict[tuple[str, str], ReturnDate]:
        return _by_name(self.return_dates)

    @cached_property
    def arrival_of(self) -> dict[str, Arrival]:
        """Arrival by class."""
        return {a.school_class: a for a in self.arrivals}

    @cached_property
    def order_of(self) -> dict[str, float]:
        """Units ordered by supply."""
        return {s.supply: s.order for s in self.stock}

    @cached_property
    def appointment_of(self) -> dict[tuple[str, str], Appointment]:
        """Appointment by class or group of staff and by what it is."""
        return {(a.who, a.what): a for a in self.timetable}

    @cached_property
    def policy_of(self) -> dict[str, Opening]:
        """Stock policy by supply."""
        return {s.supply: s for s in self.stock}

    @cached_property
    def return_days(self) -> tuple[date, ...]:
        """Days on which a batch comes back, in order."""
        return tuple(sorted({r.day for r in self.return_dates}))

    def batch(self, scenario: Scenario, day: date) -> tuple[SchoolClass, ...]:
        """Classes that come back on a day, in the order of the scenario."""
        return tuple(c for c in scenario.classes if self.day_of(c) == day)

    def lanes_over_time(
        self, gate: str, stage: str, since: time = time.min, until: time = time.max
    ) -> list[tuple[float, int]]:
        """Open lanes as steps: (seconds after midnight, lanes from then on), ascending.

        Only shifts that begin within a part of the day, which is all of it if not given.
        """
        change: Counter[float] = Counter()
        for shift in self.lanes:
            if (shift.gate, shift.stage) == (gate, stage) and since <= shift.begins < until:
                change[seconds(shift.begins)] += shift.lanes
                change[seconds(shift.ends)] -= shift.lanes
        steps, open_lanes = [], 0
        for moment in sorted(change):
            if change[moment]:
                open_lanes += change[moment]
                steps.append((moment, open_lanes))
        return steps

    def staff_minutes(self, scenario: Scenario) -> float:
        """Minutes of duty at the gates on one school day."""
        total = 0.0
        for shift in self.lanes:
            lanes = scenario.gate_named[shift.gate].lanes_of(shift.stage)
            span = seconds(shift.ends) - seconds(shift.begins)
            total += span / 60 * shift.lanes * (lanes.staff_per_lane if lanes else 0.0)
        return total


def _by_name(dates: Iterable[ReturnDate]) -> dict[tuple[str, str], ReturnDate]:
    """Dates by what they are for; a class and a grade may have the same name."""
    return {("class", r.school_class) if r.school_class else ("grade", r.grade): r for r in dates}


def _date_for(
    dates: Mapping[tuple[str, str], ReturnDate], school_class: SchoolClass
) -> ReturnDate | None:
    own = dates.get(("class", school_class.name))
    return own or dates.get(("grade", school_class.grade))


def days_by_class(scenario: Scenario, dates: Iterable[ReturnDate]) -> dict[str, date]:
    """Return date of every class that has one, in the order of the scenario."""
    by_name = _by_name(dates)
    rows = ((c.name, _date_for(by_name, c)) for c in scenario.classes)
    return {name: row.day for name, row in rows if row is not None}


def dates_by_grade(
    scenario: Scenario, days: Mapping[str, date], pinned: Collection[str] = ()
) -> tuple[ReturnDate, ...]:
    """Write dates of classes as a plan does: by grade, by class where the classes differ.

    Parameters
    ----------
    scenario
        What is given.
    days
        Return date by class.
    pinned
        Classes whose date must be kept by a plan made from this one.
    """
    rows = []
    for grade in scenario.grades:
        members = [c.name for c in scenario.classes if c.grade == grade.name]
        told = {name: (days[name], name in pinned) for name in members}
        if len(set(told.values())) == 1:
            day, fixed = told[members[0]]
            rows.append(ReturnDate(grade=grade.name, day=day, pinned=fixed))
            continue
        rows += [
            ReturnDate(grade=grade.name, school_class=name, day=day, pinned=fixed)
            for name, (day, fixed) in told.items()
        ]
    return tuple(rows)
