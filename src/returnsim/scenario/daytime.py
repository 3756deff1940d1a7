"""What happens on every school day behind the classroom door: meals, checks, going out and in.

The scenario says what there is and between which times; the plan gives each class its minute.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from returnsim.errors import Problem, Problems
from returnsim.scenario.people import Level
from returnsim.scenario.quantities import (
    AtLeastOne,
    Clock,
    Flag,
    Labelled,
    Sourced,
)
from returnsim.theory.distributions import Distribution, Duration

Group = Literal[
    "boarders",
    "day pupils",
    "home at noon",
    "school at noon",
    "teacher",
    "guard",
    "canteen",
    "cleaner",
    "office",
    "health",
    "other",
]
"""Who takes part: boarders; day pupils, all or those who spend noon at home or at school; staff
by their role."""
PUPILS = frozenset({"boarders", "day pupils", "home at noon", "school at noon"})
"""Groups of pupils; the others are roles of staff."""


class Event(Labelled, Sourced):
    """Something that everybody of some groups does at a time of their own."""

    who: Annotated[tuple[Group, ...], Field(min_length=1)]
    """Who takes part."""
    levels: tuple[Level, ...] = ()
    """Pupils of these levels only; empty means all."""
    begins: Clock
    """Earliest time that may be given."""
    ends: Clock
    """When it is over: lanes, lines and seats close."""

    @property
    def groups(self) -> frozenset[str]:
        """Who takes part, day pupils told apart by where they spend noon."""
        noon = {"home at noon", "school at noon"} if "day pupils" in self.who else set()
        return frozenset({*self.who, *noon})

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.ends <= self.begins:
            values = {"begins": f"{self.begins:%H:%M}", "ends": f"{self.ends:%H:%M}"}
            raise Problems([Problem("ends", "ends_before_beginning", values)])
        return self


class Meal(Event):
    """A meal in a canteen, class by class, in shifts."""

    temperature_at_door: Flag
    """Whether a temperature is taken at the canteen's door."""
    back_to_classroom: Flag
    """Whether pupils go back to their classroom, and past the check at its door."""


class DailyCheck(Event):
    """A round of temperature checks, each class and each group of staff at its time."""

    where: Literal["room", "dormitory"]
    """In the room, or at the door of the dormitory on the way to bed."""
    checkers: AtLeastOne | None = None
    """People with a thermometer who go from room to room for everybody; left out where the
    teachers of each class (or, for staff, one of them) check their own."""
    service_seconds: Duration
    """How long one person takes; at a dormitory its own `door_seconds` hold instead."""


class Crossing(Event):
    """Going out by a gate, or coming in again, at another time than the morning."""

    direction: Literal["out", "in"]
    """Out, or in again past the stages of the gate."""
    offset_minutes: Distribution | None = None
    """When those who come in reach the gate, after the time told; left out for going out."""
    by: Clock | None = None
    """Bell by which those who come in should be seated; none if left out."""

    @model_validator(mode="after")
    def _fits_its_direction(self) -> Self:
        problems = []
        if self.direction == "in" and self.offset_minutes is None:
            problems.append(Problem("offset_minutes", "missing"))
        if self.direction == "out":
            problems += [
                Problem(key, "only_coming_in")
                for key in ("offset_minutes", "by")
                if getattr(self, key) is not None
            ]
        if problems:
            raise Problems(problems)
        return self
