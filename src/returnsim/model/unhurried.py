"""A day without waiting: who comes, who is sent home and what is checked, but not when.

What a day uses up depends on people and checks, not on queues. So the luck that only says how
long things take is left at its middle, and every step of a journey is taken at once: the same
people at a fraction of the cost. The one difference to a day that is played is that nobody is
left in a queue when it ends.
"""

import numpy as np

from returnsim.model.day import SchoolDay
from returnsim.model.draws import Draws, Streams, draw, purposes
from returnsim.model.itinerary import Itineraries
from returnsim.model.trace import Trace

TIMES = frozenset(
    {
        "offset",
        "ignores slot",
        "rest",
        "second reading time",
        "until fetched",
        "speed",
        "door time",
        "door second reading time",
        "boarder's hour",
    }
)
"""Purposes that say how long something takes, or when it begins."""
TIMES_OF = ("service ", "spread ", "second reading time ")
"""Beginnings of the names of such purposes, where each stage or leg has its own."""


def decides(purpose: str) -> bool:
    """Whether a purpose has a say in who goes where."""
    return purpose not in TIMES and not purpose.startswith(TIMES_OF)


def draw_decisions(day: SchoolDay, streams: Streams, replications: int) -> Draws:
    """Draw the luck that decides who goes where, the same as in a day that is played."""
    everything = purposes(day)
    drawn = draw(day, streams, replications, tuple(p for p in everything if decides(p)))
    middle = np.broadcast_to(0.5, (replications, day.persons))
    people = {p: drawn.people.get(p, middle) for p in everything}
    return Draws(people, drawn.school, drawn.things)


def at_once(path: Itineraries) -> Trace:
    """Take every step of every journey at one instant."""
    times = np.where(path.station >= 0, 0.0, np.nan)
    times.flags.writeable = False
    return Trace(path, times, times, times)
