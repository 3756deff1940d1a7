"""What the planner asks of a plan, beyond the plan document."""

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from returnsim.errors import Problem, Problems
from returnsim.scenario.quantities import (
    AtLeastOne,
    Clock,
    Count,
    Flag,
    Frozen,
    NonNegative,
    Positive,
    Probability,
    Sourced,
)


class StaffAvailable(Frozen):
    """People who can be on duty at the gates during one part of the morning."""

    begins: Clock
    ends: Clock
    people: Count

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.ends <= self.begins:
            values = {"begins": f"{self.begins:%H:%M}", "ends": f"{self.ends:%H:%M}"}
            raise Problems([Problem("ends", "ends_before_beginning", values)])
        return self


class Limits(Sourced):
    """Limits that the plan document leaves open; every one is checked and reported."""

    slot_minutes: Annotated[int, Field(strict=True, ge=1, le=120)]
    """Length of an arrival slot; slots begin every so many minutes from `first_slot`."""
    first_slot: Clock
    """Earliest slot that may be given."""
    last_slot: Clock
    """Latest slot that may be given."""
    lane_block_minutes: Annotated[int, Field(strict=True, ge=1, le=240)]
    """Lanes open and close in steps of this length."""
    longest_wait_minutes: Positive
    """Longest time anybody should wait at a gate, all stages together."""
    wait_risk: Probability
    """Share of days on which somebody may wait longer."""
    crowding_risk: Probability = 0.05
    """Share of days on which a gate's queue may exceed its marked places."""
    stock_out_risk: Probability = 0.01
    """Chance that a supply runs out at some time from the first return to the last day of the
    calendar."""
    stock_budget_yuan: NonNegative | None = None
    """Most that the orders before opening may cost; no limit when left out."""
    seated_by_bell_probability: Probability
    """Share of each class that must be seated by the bell."""
    return_by: Literal["school", "level", "grade", "class", "group"] = "grade"
    """Who shares a return date: the whole school, the grades of a level, the classes of a grade,
    nobody but the class itself, or the classes of one `group` and, of those without one, the
    classes of a grade."""
    days_between_batches: AtLeastOne
    """Calendar days from one batch's return to the next."""
    in_file_order: Flag = False
    """Whether grades come back in the order of this file, exam grades before and
    kindergartens after all others where a rulebook says so; no class of a grade after the first
    of a later one."""
    people_returning_per_day: AtLeastOne | None = None
    """Most pupils who may come back on one date."""
    fair_days_apart: Count | None = None
    """Most school days that one class may lose more than another of its level; no limit when
    left out."""
    observation_beds: AtLeastOne | None = None
    """Beds for boarders during `after_return.campus_observation_days` from their return; no limit
    when left out."""
    one_batch_per_building: Flag = False
    """Whether classes with rooms in one building come back on one date, or once those there
    before them were observed for `after_return.campus_observation_days`."""
    batch_gap_minutes: NonNegative
    """Time between the slots of different batches at one gate."""
    confidence: Annotated[float, Field(strict=True, gt=0.5, lt=1)] = 0.95
    """How sure a verdict must be."""
    staff: tuple[StaffAvailable, ...] = ()
    """People on duty at the gates by time; empty means as many as the lanes need."""

    @model_validator(mode="after")
    def _window(self) -> Self:
        if self.last_slot < self.first_slot:
            values = {"first": f"{self.first_slot:%H:%M}", "last": f"{self.last_slot:%H:%M}"}
            raise Problems([Problem("last_slot", "last_slot_before_first", values)])
        return self

    def staff_at(self, moment: time) -> int | None:
        """People available at a clock time; none means no limit was set."""
        if not self.staff:
            return None
        return sum(w.people for w in self.staff if w.begins <= moment < w.ends)
