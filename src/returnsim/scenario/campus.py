"""Where people pass: gates, the stages of their chains, lanes and standing places."""

import math
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from returnsim.errors import Problem
from returnsim.parts import known, refuse
from returnsim.scenario.people import Level
from returnsim.scenario.quantities import (
    AtLeastOne,
    Clock,
    Flag,
    Labelled,
    Name,
    NonNegative,
    Positive,
    Probability,
    Sourced,
)
from returnsim.theory.distributions import Duration

Check = Literal[
    "scan",
    "temperature",
    "hand wash",
    "bag disinfection",
    "registration",
    "parcel",
    "hand-over",
]


class Lanes(Sourced):
    """Parallel lanes with one queue, each staffed for part of the morning."""

    checks: Annotated[tuple[Check, ...], Field(min_length=1)]
    """What is done here, in one go."""
    lanes: AtLeastOne
    """Lanes that can be open at once: there is room and equipment for no more."""
    staff_per_lane: NonNegative
    """People on duty for each open lane; 0 for a gate that works by itself."""
    service_seconds: Duration
    """How long one person holds a lane."""


class Stage(Labelled, Lanes):
    """One station of a gate's chain."""

    only_on_return_day: Flag = False
    """Passed only by those who come back that day, such as a registration desk."""
    only_for: Literal["everybody", "boarders", "day pupils"] = "everybody"
    """Passed only by boarders, such as the disinfection of luggage, or only by day pupils."""
    accompanied: Flag = False
    """Whether a parent waits beside each child until it is taken over here."""


class Exit(Sourced):
    """The way out of a gate."""

    lanes: AtLeastOne
    """People who can leave side by side."""
    service_seconds: Duration
    """From one person to the next in a lane, the scan of those who must scan included."""


class Dropoff(Sourced):
    """Berths in front of a gate where cars let pupils out."""

    berths: AtLeastOne
    """Cars that can stop at the same time."""
    dwell_seconds: Duration
    """How long a car holds a berth."""
    share: Probability
    """Share of the day pupils who come by car, one a car."""
    metres_per_car: Positive
    """Road that one waiting car takes up."""
    queue_metres: Positive
    """Road there is for waiting cars."""


class Farewell(Sourced):
    """A line before a gate at which parents stop."""

    share: Probability
    """Share of the day pupils who come with a parent."""
    seconds: Duration
    """How long they take to say goodbye."""
    places: AtLeastOne
    """Parents there is room for behind the line."""


class FastLane(Lanes):
    """A lane beside the chain, for those who bring a reading taken at home."""

    share: Probability
    """Share of people who bring one and may use it."""


class Gate(Labelled, Sourced):
    """An entrance: a chain of stages and the places marked out for its queue."""

    opens: Clock
    """When the first lane may open; those who come earlier queue outside."""
    closes: Clock
    """When the last lane closes."""
    marked_places: AtLeastOne | None = None
    """Standing places marked on the ground for those who wait."""
    waiting_area_m2: Annotated[Positive, Field(le=100_000)] | None = None
    """Ground for the queue, when places are not marked one by one."""
    spacing_m: Annotated[Positive, Field(ge=0.1, le=100)] | None = None
    """Distance kept between people in the waiting area."""
    levels: tuple[Level, ...] = ()
    """Levels that may use this gate; empty means all."""
    metres_to: dict[Name, NonNegative]
    """Way from the gate to each building [m]."""
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    """The chain, in the order in which people pass it."""
    fast_lane: FastLane | None = None
    """A lane that replaces the chain for those measured at home."""
    exit: Exit | None = None
    """The way out; needed where a plan lets people leave by this gate."""
    dropoff: Dropoff | None = None
    """Where cars stop; nobody comes by car if left out."""
    farewell: Farewell | None = None
    """The line at which parents stop; parents are not reckoned with if left out."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        refuse(self._opens_first(), self._places_or_area(), self._names_of_stages())
        return self

    def _opens_first(self) -> Iterator[Problem]:
        if self.closes <= self.opens:
            values = {"opens": f"{self.opens:%H:%M}", "closes": f"{self.closes:%H:%M}"}
            yield Problem("closes", "closes_before_opening", values)

    def _places_or_area(self) -> Iterator[Problem]:
        by_area = self.waiting_area_m2 is not None and self.spacing_m is not None
        if (self.marked_places is None) != by_area or (
            self.marked_places is not None and (self.waiting_area_m2 or self.spacing_m)
        ):
            yield Problem("marked_places", "places_or_area")
        elif by_area and self.places < 1:
            yield Problem("waiting_area_m2", "area_too_small")

    def _names_of_stages(self) -> Iterator[Problem]:
        for stage in self.stages:
            yield from known(self._not_reserved(stage))

    @staticmethod
    def _not_reserved(stage: Stage) -> Iterator[Problem]:
        if stage.name in (FAST, *AHEAD):
            yield Problem("stages", "reserved_name", {"name": stage.name})

    @property
    def places(self) -> int:
        """People who may wait here: the marked places, or area over spacing squared."""
        if self.marked_places is not None:
            return self.marked_places
        if self.waiting_area_m2 is None or self.spacing_m is None:
            raise AssertionError(self.name)  # the check above lets no such gate through
        return math.floor(self.waiting_area_m2 / self.spacing_m**2)

    def lanes_of(self, stage: str) -> Lanes | None:
        """Return a stage of the chain or the fast lane by its name in a plan."""
        if stage == FAST:
            return self.fast_lane
        return next((s for s in self.stages if s.name == stage), None)


FAST = "fast"
"""What a plan calls a gate's fast lane."""
DROPOFF, FAREWELL = AHEAD = ("drop-off", "farewell")
"""What lies ahead of the chain, in the order in which people pass it."""
