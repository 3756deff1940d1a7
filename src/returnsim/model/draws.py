"""Everything chance decides on one day, drawn before the day begins.

The model holds no random generator. A person's luck is indexed by who they are and what
is done to them, never by the order in which events fall, so two plans meet exactly the
same school on the same day. A block of replications is drawn at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from returnsim.model.day import SchoolDay
from returnsim.model.party import Leg
from returnsim.theory.distributions import Distribution, Fixed

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
    things: Mapping[str, Floats] = field(default_factory=dict)
    """By bus, crew and device, shape (replications, numbers it needs)."""

    @property
    def replications(self) -> int:
        """Replications in the block."""
        return self.school.size

    def part(self, rows: slice) -> "Draws":
        """Return the luck of some of the replications."""
        people = {purpose: numbers[rows] for purpose, numbers in self.people.items()}
        things = {thing: numbers[rows] for thing, numbers in self.things.items()}
        return Draws(people, self.school[rows], things)


def purposes(day: SchoolDay) -> tuple[str, ...]:
    """Return every purpose for which this day's people need luck."""
    stages = dict.fromkeys(stage.name for gate in day.scenario.gates for stage in gate.stages)
    fast = ["service fast"] if any(g.fast_lane for g in day.scenario.gates) else []
    legs = [f"{what} {leg.name}" for _, leg in day.side_steps for what in _of_leg(leg)]
    window = day.scenario.arrivals.boarders_window_minutes
    boarders = ["boarder's hour"] if window is not None else []
    return (*PEOPLE, *(f"service {name}" for name in stages), *fast, *boarders, *legs)


def _of_leg(leg: Leg) -> list[str]:
    """What chance decides about one step outside the morning's chain."""
    reading = ["reading", "second reading", "second reading time"] if leg.temperature else []
    spread = ["spread"] if leg.spread is not None else []
    return ["service", *reading, *spread, *(["takes"] if leg.share is not None else [])]


def idle(day: SchoolDay) -> frozenset[str]:
    """Return the purposes whose numbers change nothing that day, whatever they are.

    A chance of nought or one, or a time that is always the same, asks nothing of luck.
    """
    s, how = day.scenario, day.scenario.arrivals
    first, again = s.screening.alarms, s.recheck
    shares = [lane.share for g in s.gates if (lane := g.fast_lane) is not None]
    high = (first.hit, first.false_alarm)
    high_again = (again.hit_probability, again.false_alarm_probability)
    chances: dict[str, Sequence[float]] = {
        "ignores slot": [how.ignore_slot_probability],
        "absent": [how.absent_probability],
        "held comes": [how.held_come_probability],
        "fever": [s.screening.fever_prevalence],
        "first reading": high,
        "second reading": high_again,
        "door reading": high if s.doors.takes_temperature else [],
        "door second reading": high_again if s.doors.takes_temperature else [],
        "measured at home": shares,
    }
    times: dict[str, list[Distribution]] = {
        "offset": [how.offset_minutes, how.ignoring_offset_minutes],
        "rest": [again.rest_minutes],
        "second reading time": [again.service_seconds],
        "until fetched": [s.isolation.minutes_until_fetched],
        "door time": [s.doors.service_seconds],
        "door second reading time": [s.doors.second_reading_seconds],
    }
    for gate in s.gates:
        for stage in gate.stages:
            times.setdefault(f"service {stage.name}", []).append(stage.service_seconds)
    return frozenset(
        [
            *(what for what, of in chances.items() if all(p in (0, 1) for p in of)),
            *(what for what, of in times.items() if all(isinstance(t, Fixed) for t in of)),
        ]
    )


def draw(
    day: SchoolDay, streams: Streams, replications: int, only: tuple[str, ...] | None = None
) -> Draws:
    """Draw everybody's luck, party by party, whether it will be needed or not.

    What is `idle` is not drawn: a half stands for every number of it, and no other number
    changes for that.

    Parameters
    ----------
    day
        Who is on the list.
    streams
        Where luck comes from.
    replications
        How many days of it.
    only
        The purposes to draw for; all that the day has if left out.
    """
    shape = (replications, day.persons)
    needless = idle(day)
    wanted = purposes(day) if only is None else only
    people = dict.fromkeys(wanted, np.broadcast_to(0.5, shape))
    drawn = [purpose for purpose in people if purpose not in needless]
    block = np.empty((len(drawn), *shape))
    for party in day.parties:
        of = slice(party.first, party.first + party.size)
        for purpose, columns in zip(drawn, block, strict=True):
            columns[:, of] = streams(purpose, party.name).random((replications, party.size))
    block.flags.writeable = False
    people |= zip(drawn, block, strict=True)
    school = streams(SCHOOL, "").random(replications)
    school.flags.writeable = False
    things = {}
    for thing, size in day.numbers_of_things.items():
        numbers = streams("things", thing).random((replications, size))
        numbers.flags.writeable = False
        things[thing] = numbers
    return Draws(people, school, things)
