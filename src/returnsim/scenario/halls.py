"""Where people eat and sleep: canteens with lines and seats, dormitories with beds."""

from returnsim.scenario.quantities import (
    AtLeastOne,
    Labelled,
    Name,
    NonNegative,
    Positive,
    Sourced,
)
from returnsim.theory.distributions import Duration


class Canteen(Labelled, Sourced):
    """A dining hall: a check at its door, taps, serving lines, and seats set apart."""

    door_lanes: AtLeastOne
    """People who take temperatures at its door at the same time."""
    door_seconds: Duration
    """How long one person takes at the door."""
    taps: AtLeastOne
    """Taps or dispensers for washing hands."""
    wash_seconds: Duration
    """How long one person holds a tap."""
    lines: AtLeastOne
    """Serving lines."""
    serving_seconds: Duration
    """How long one person is served."""
    seats: AtLeastOne
    """Seats that may be used at the same time, with the spacing that is kept."""
    eating_minutes: Duration
    """How long one person keeps a seat."""
    clearing_minutes: NonNegative
    """Before each later shift of a meal nobody is seated for this long: tables are wiped. Turns
    that follow each other more closely than this are one shift."""
    marked_places: AtLeastOne
    """Standing places marked for those who wait, at the door, the taps and the lines together."""
    area_m2: Positive | None = None
    """Floor of the part with seats, for the density."""
    metres_to: dict[Name, NonNegative]
    """Way from each building with classrooms [m]."""


class Dormitory(Labelled, Sourced):
    """A house in which boarders sleep, with a check at its door."""

    rooms: AtLeastOne
    """Rooms in use."""
    beds_per_room: AtLeastOne
    """Beds that may be used in a room."""
    door_lanes: AtLeastOne
    """People who take temperatures at its door at the same time."""
    door_seconds: Duration
    """How long one person takes at the door."""
    metres_to: dict[Name, NonNegative]
    """Way from each building with classrooms [m]."""

    @property
    def beds(self) -> int:
        """Boarders for whom there is a bed."""
        return self.rooms * self.beds_per_room
