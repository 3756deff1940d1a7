"""Who comes: grades, classes, staff."""

from datetime import date
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from returnsim.errors import Problem, Problems
from returnsim.scenario.quantities import (
    AtLeastOne,
    Clock,
    Count,
    Day,
    Flag,
    Frozen,
    Labelled,
    Name,
    Positive,
    Sourced,
    Text,
)

Level = Literal[
    "kindergarten", "primary", "junior", "senior", "vocational", "special", "university", "work"
]


class Grade(Labelled, Sourced):
    """A year group; it returns on one date unless `limits.return_by` says otherwise."""

    level: Level
    """Stage of schooling; kindergartens return last where a rulebook says so."""
    exam_year: Flag
    """Whether it sits a school-leaving or entrance examination this term."""
    bell: Clock
    """When the first lesson begins: everybody should be seated by then."""
    lost_day_weight: Positive = 1.0
    """How much a lost day of this grade counts when dates are chosen; 1 is like any other."""


class SchoolClass(Labelled):
    """One class with its room."""

    grade: Name
    """Name of its grade."""
    group: Name | None = None
    """Classes of one group return together where `limits.return_by` is "group": such as half of
    every grade, or those from one area."""
    pupils: AtLeastOne
    """Pupils on the roll."""
    boarders: Count = 0
    """How many of them live in."""
    home_at_noon: Count = 0
    """How many of the day pupils spend noon at home."""
    dormitory: Name | None = None
    """Where its boarders sleep; needed where somebody is checked at the door of a dormitory."""
    room: Name
    """Where they are seated."""
    building: Name
    """Where the room is; every gate says how far it is."""

    @property
    def sizes(self) -> dict[str, int]:
        """How many of its pupils are boarders, at home at noon, and at school at noon."""
        day_pupils = self.pupils - self.boarders
        return {
            "boarders": self.boarders,
            "home at noon": self.home_at_noon,
            "school at noon": day_pupils - self.home_at_noon,
        }

    @model_validator(mode="after")
    def _no_more_boarders_than_pupils(self) -> Self:
        if self.boarders > self.pupils:
            values = {"boarders": self.boarders, "pupils": self.pupils}
            raise Problems([Problem("boarders", "more_boarders_than_pupils", values)])
        if self.home_at_noon > self.pupils - self.boarders:
            values = {"given": self.home_at_noon, "limit": self.pupils - self.boarders}
            raise Problems([Problem("home_at_noon", "more_than_day_pupils", values)])
        return self


class StaffGroup(Labelled, Sourced):
    """People who work here, and who pass the same checks at a gate."""

    people: AtLeastOne
    """How many there are."""
    role: Literal["teacher", "guard", "canteen", "cleaner", "office", "health", "other"]
    """What they do."""
    gate: Name | None = None
    """Gate by which they come in; leave out for those who live in."""
    arrives: Clock | None = None
    """Latest time at which they were told to be at the gate."""

    @model_validator(mode="after")
    def _gate_and_time_go_together(self) -> Self:
        if (self.gate is None) != (self.arrives is None):
            raise Problems([Problem("", "gate_without_time")])
        return self


HoldReason = Literal["not approved", "isolation", "risk area", "symptoms", "papers missing"]
REASONS: tuple[HoldReason, ...] = get_args(HoldReason)


class Hold(Frozen):
    """Pupils who may not come yet: not approved, in isolation, from a risk area."""

    school_class: Annotated[Name, Field(alias="class")]
    """Name of their class."""
    pupils: AtLeastOne
    """How many (no names are needed or kept)."""
    reason: HoldReason
    """Why they are held."""
    until: Day | None = None
    """First day on which they may come; leave out while nobody knows."""
    source: Text
    """Which list or notice says so."""

    def holds_on(self, day: date) -> bool:
        """Whether they may not come on a day."""
        return self.until is None or day < self.until
