"""Everything chance decides on one day, drawn before the day begins.

The model holds no random generator. A person's luck is indexed by who they are and what
is done to them, never by the order in which events fall, so two plans meet exactly the
same school on the same day. A block of replications is drawn at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from returnsim.model.day import Leg, SchoolDay

Floats = NDArray[np.float64]
Streams = Callable[[str, str], np.random.Generator]
"""From the name of a purpose and of a party to its own random-number stream."""

PEOPLE = (
    "offset",
    "ignores slot",
    "absent",
    "held comes",
    "fever",
    "first reading",
    "second reading",
    "rest",
    "second reading time",
    "until fetched",
    "speed",
    "door time",
    "door reading",
    "door second reading",
    "door second reading time",
    "measured at home",
)
"""Purposes for which every person has a number of their own."""

SCHOOL = "common shift"
"""The purpose that the whole school shares."""


@dataclass(frozen=True, slots=True)
class Draws:
    """Uniform numbers of a block of replications."""

    people: Mapping[str, Floats]
    """By purpose, shape (replications, persons)."""
    school: Floats
    """One number a replication, shape (replications,)."""

    @property
    def replications(self) -> int:
        """Replications in the block."""
        return self.school.size


def purposes(day: SchoolDay) -> tuple[str, ...]:
    """Return every purpose for which this day's people need luck."""
    stages = dict.fromkeys(stage.name for gate in day.scenario.gates for stage in gate.stages)
    fast = ["service fast"] if any(g.fast_lane for g in day.scenario.gates) else []
    legs = [f"{what} {leg.name}" for leg in day.legs for what in _of_leg(leg)]
    return (*PEOPLE, *(f"service {name}" for name in stages), *fast, *legs)


def _of_leg(leg: Leg) -> list[str]:
    """What chance decides about one step of the rest of the day."""
    reading = ["reading", "second reading", "second reading time"] if leg.temperature else []
    return ["service", *reading, *(["spread"] if leg.spread is not None else [])]


def draw(day: SchoolDay, streams: Streams, replications: int) -> Draws:
    """Draw everybody's luck, party by party, whether it will be needed or not."""
    people = {}
    for purpose in purposes(day):
        columns = np.empty((replications, day.persons))
        for party in day.parties:
            numbers = streams(purpose, party.name).random((replications, party.size))
            columns[:, party.first : party.first + party.size] = numbers
        columns.flags.writeable = False
        people[purpose] = columns
    school = streams(SCHOOL, "").random(replications)
    school.flags.writeable = False
    return Draws(people, school)
