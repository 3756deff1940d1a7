"""What the store and earlier days mean for one morning: who is refused, which lanes stay shut.

Pure functions of a day and of what is there; their results go into a `Carryover`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from returnsim.model.day import SchoolDay
from returnsim.model.itinerary import Itineraries, Outcome

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Portions:
    """What a store hands to people on one day; arrays by replication."""

    wanted: Floats
    """Units asked for by everybody who is let in for all that is known, shape (replications,)."""
    given: Floats
    """Units that can be handed out whole portion by whole portion."""
    refused: Flags
    """Who is sent home at the gate for want of a portion, shape (replications, persons)."""


def portions(path: Itineraries, each: Floats, others: Floats, on_hand: Floats) -> Portions:
    """Hand out portions in the order in which people come, until the store cannot go on.

    Those who live in are served before the gate opens, and cannot be refused. From the first
    person for whom there is no whole portion, nobody else is given one that day.

    Parameters
    ----------
    path
        The day as it would be with enough for everybody.
    each
        Portion of each person, 0 for those who bring their own, shape (replications, persons).
    others
        Units for people who meet no gate and are served first of all, shape (replications,).
    on_hand
        Units in the store, shape (replications,).
    """
    comes = (path.outcome != Outcome.ABSENT) & (path.outcome != Outcome.TURNED_AWAY)
    need = np.where(comes, each, 0.0)
    wanted = need.sum(axis=1) + others
    given, refused = wanted.copy(), np.zeros(need.shape, dtype=bool)
    for r in np.flatnonzero(wanted > on_hand + ROUNDING):
        when = np.where(path.day.lives_in, -1.0, path.start[r])
        order = np.argsort(when, kind="stable")
        asked = np.cumsum(need[r, order]) + others[r]
        served = asked <= on_hand[r] + ROUNDING
        given[r] = max(0.0, np.max(asked[served], initial=min(others[r], on_hand[r])))
        refused[r, order[~served]] = True
    refused &= (need > 0) & ~path.day.lives_in
    return Portions(wanted, given, refused)


def gate_lanes(day: SchoolDay) -> Ints:
    """Most lanes that each station has open with a thermometer in use, shape (stations,)."""
    most = [
        max((lanes for _, lanes in place.lanes), default=0)
        if place.gate and "temperature" in place.checks
        else 0
        for place in day.places
    ]
    return np.array(most, dtype=np.int64)


def lanes_lost(day: SchoolDay, thermometers: Floats) -> Ints:
    """Lanes that stay shut because there is no thermometer for them.

    A lane is taken from wherever most are open, the last of them first, until there are
    enough. Shape (replications, stations).
    """
    left = gate_lanes(day)
    needed = int(left.sum())
    lost = np.zeros((needed + 1, left.size), dtype=np.int64)
    for short in range(1, needed + 1):
        station = left.size - 1 - int(np.argmax(left[::-1]))
        left[station] -= 1
        lost[short] = lost[short - 1]
        lost[short, station] += 1
    there = np.floor(np.maximum(thermometers, 0.0) + ROUNDING)
    short_by = np.clip(needed - there, 0, needed).astype(np.int64)
    shut: Ints = lost[short_by]
    return shut


def in_use(day: SchoolDay) -> int:
    """Thermometers that a day can use: one for each lane at a gate, one for each door."""
    doors = sum(p.is_class for p in day.parties) if day.scenario.doors.takes_temperature else 0
    return int(gate_lanes(day).sum()) + doors


def broken(pieces: Floats, luck: Floats, chance: float) -> Floats:
    """Pieces in use that break; `luck` has a number for every piece, (replications, pieces)."""
    used = np.arange(luck.shape[1]) < pieces[:, None]
    number: Floats = ((luck < chance) & used).sum(axis=1).astype(np.float64)
    return number
