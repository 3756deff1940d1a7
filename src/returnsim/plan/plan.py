"""One way to bring everybody back."""

from collections import Counter
from datetime import date, time
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from returnsim.errors import Problem, Problems
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
    """The day on which a grade comes back."""

    grade: Name
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

    @cached_property
    def date_of(self) -> dict[str, date]:
        """Return date by grade."""
        return {r.grade: r.day for r in self.return_dates}

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

    @property
    def batches(self) -> tuple[tuple[date, tuple[str, ...]], ...]:
        """Batches in order: the date, and the grades that return on it."""
        return tuple(
            (day, tuple(r.grade for r in self.return_dates if r.day == day))
            for day in sorted({r.day for r in self.return_dates})
        )

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
