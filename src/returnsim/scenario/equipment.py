"""What the checks and the cleaning are done with: thermometers and crews."""

from typing import Annotated, Literal

from pydantic import Field

from returnsim.scenario.quantities import (
    AtLeastOne,
    Count,
    Labelled,
    Name,
    NonNegative,
    Positive,
    Sourced,
)
from returnsim.theory.distributions import Duration

Work = Literal["disinfection", "ventilation"]
"""What is done in a zone."""


class Device(Labelled, Sourced):
    """A kind of instrument that the lanes of some posts cannot do without."""

    used_at: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Names of the stages, daily checks, canteens and dormitories whose lanes each need one;
    "doors" for the doors of the classrooms in the morning."""
    shared_number: AtLeastOne | None = None
    """How many all these posts have between them, each taken only while somebody is served, so
    that posts wait for each other; left out where every lane has its own."""
    spares: Count = 0
    """Instruments in reserve."""
    hours_between_failures: Positive | None = None
    """Mean time until one instrument fails; they never fail if left out. A post is reckoned
    with one failure a day at the most."""
    swap_minutes: NonNegative = 0.0
    """How long a lane stays shut while a spare is fetched; to the end of the day when none is
    left."""


class Crew(Labelled, Sourced):
    """People who go from zone to zone to disinfect or to air them."""

    people: AtLeastOne
    """How many work together."""
    work: Work | None = None
    """The only work they do; left out where they do any."""
    walk_minutes: NonNegative
    """Way from one zone to the next."""
    minutes_per_100_m2: Duration
    """How long they work on a hundred square metres."""

    def does(self, work: Work) -> bool:
        """Whether they do some work."""
        return self.work in (None, work)
