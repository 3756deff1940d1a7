"""How pupils come together: buses, and brothers and sisters."""

from typing import Annotated, Literal

from pydantic import Field

from returnsim.scenario.quantities import (
    AtLeastOne,
    Clock,
    Labelled,
    Name,
    NonNegative,
    Sourced,
)
from returnsim.theory.distributions import Distribution


class Bus(Labelled, Sourced):
    """A bus that brings a group at once."""

    gate: Name
    """Gate at which it stops; its riders walk to the gate of their class."""
    arrives: Clock
    """When it is due."""
    delay_minutes: Distribution
    """How much later it comes; negative is early."""
    seconds_to_alight: NonNegative
    """From one rider to the next through the bus door."""
    riders: Annotated[dict[Name, AtLeastOne], Field(min_length=1)]
    """How many day pupils of each class ride in it."""


class Siblings(Sourced):
    """Brothers and sisters in two classes, who come at the same time."""

    classes: Annotated[tuple[Name, ...], Field(min_length=2, max_length=2)]
    """Their two classes."""
    pairs: AtLeastOne
    """How many such pairs there are (no names are needed or kept)."""
    come_at: Literal["earlier", "later"]
    """Whether they come at the earlier or at the later of their two slots."""
