"""Who is due together, where they pass, and which steps they take there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from returnsim.scenario.campus import Check
from returnsim.theory.distributions import Distribution, Duration


@dataclass(frozen=True, slots=True)
class Place:
    """A station: its name, the gate it belongs to, and its open lanes over time."""

    name: str
    gate: str
    """The gate whose morning chain it belongs to; empty for all others."""
    stage: str
    lanes: tuple[tuple[float, int], ...]
    """Steps (seconds after midnight, lanes open from then on), ascending."""
    checks: tuple[Check, ...] = ()
    service: Duration | None = None
    """Time one person takes, for stations that are no stage of a chain ..."""
    unit_seconds: float = 1.0
    """... and the unit it is given in [s]."""
    only_for: str = "everybody"
    """Whether only boarders or only day pupils pass it."""
    hall: str = ""
    """Gate, canteen, dormitory or building in which it stands."""
    area: str = ""
    """Where those who wait for it stand together; empty where nobody counts them."""
    marked: int = 0
    """People (or cars) there is room for in that area."""
    metres_each: float = 1.0
    """Length of queue that each of them takes up [m]."""
    device: str = ""
    """Name by which instruments say that they are used here."""


@dataclass(frozen=True, slots=True)
class Party:
    """People who share a slot: a class or a group of staff."""

    name: str
    is_class: bool
    first: int
    """Index of its first person."""
    size: int
    held: int
    """How many of them (the last ones) may not come."""
    living_in: int
    """How many (the first ones) are on campus already: boarders who came back on an earlier
    day, and staff who live in."""
    gate: str
    """Empty for staff who live in."""
    due: float
    """Latest moment at which they were told to be at the gate [s after midnight]."""
    bell: float
    """When they should be seated [s after midnight]."""
    batch: int
    """Number of the batch it returned with; -1 for staff."""
    metres: float
    """Way from the gate to the room."""
    boarders: int = 0
    """How many (the first ones) sleep here tonight."""
    home_at_noon: int = 0
    """How many (the last of those who may come) spend noon at home."""
    role: str = ""
    """What a group of staff does; empty for classes."""


@dataclass(frozen=True, eq=False)
class Leg:
    """One kind of step outside the morning's chain; a column of everybody's journey."""

    name: str
    """What it is, such as "lunch/serving"; its luck is drawn under this name."""
    who: NDArray[np.bool_]
    """Who takes it, shape (persons,)."""
    place: NDArray[np.int16]
    """Station of each party, -1 where it has none, shape (parties,)."""
    leaves: NDArray[np.float64]
    """Moment before which a party does not set out for it [s after midnight]; minus infinity
    for whoever goes on at once, shape (parties,)."""
    metres: NDArray[np.float64]
    """Way to it, shape (parties,)."""
    temperature: bool = False
    """Whether some of its stations take a temperature, and again on the spot if it is high."""
    spread: Distribution | None = None
    """How they come one by one instead of together: minutes after the earliest of them."""
    share: NDArray[np.float64] | None = None
    """Share of each party that takes it, shape (parties,); everybody if left out."""
