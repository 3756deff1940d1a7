"""Steps outside the morning's chain: who takes them, how they read there, how long it takes."""

import numpy as np
from numpy.typing import NDArray

from returnsim.model.day import SchoolDay
from returnsim.model.draws import Draws

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def leave_out(day: SchoolDay, draws: Draws, station: NDArray[np.int16]) -> None:
    """Leave out the steps that somebody does not take: not a boarder, or not by car."""
    for column, leg in day.side_steps:
        station[:, ~leg.who, column] = -1
        if leg.share is not None:
            takes = draws.people[f"takes {leg.name}"] < leg.share[day.party_of]
            station[:, :, column][~takes] = -1
    for group, them in (
        ("boarders", day.is_boarder),
        ("day pupils", day.is_pupil & ~day.is_boarder),
    ):
        here = np.array([p.only_for == group for p in day.places] + [False])
        if here.any():
            others = here[station[:, ~them]]
            station[:, ~them] = np.where(others, -1, station[:, ~them])


def later_readings(
    day: SchoolDay, draws: Draws, station: NDArray[np.int16], hit: Floats, hit_again: Floats
) -> tuple[dict[int, Flags], Flags]:
    """Who reads high at each leg that takes a temperature, and who is isolated for it.

    A second reading is taken on the spot; whoever reads high twice takes no further step but
    to the isolation room.
    """
    luck = draws.people
    high, isolated = {}, np.zeros(station.shape[:2], dtype=bool)
    takes = np.array(["temperature" in p.checks for p in day.places] + [False])
    for column, leg in enumerate(day.legs, start=day.door + 1):
        if not leg.temperature:
            continue
        there = takes[station[:, :, column]]
        high[column] = there & (luck[f"reading {leg.name}"] < hit)
        twice = high[column] & (luck[f"second reading {leg.name}"] < hit_again)
        station[twice, column + 1 : day.columns - 1] = -1
        isolated |= twice
    return high, isolated


def side_services(day: SchoolDay, draws: Draws, service: Floats, high: dict[int, Flags]) -> None:
    """Time every step outside the chain would take; longer where a reading is repeated."""
    luck, again = draws.people, day.scenario.doors.second_reading_seconds
    for column, leg in day.side_steps:
        for number in np.unique(leg.place[leg.place >= 0]):
            place = day.places[number]
            if place.service is not None:
                who = np.flatnonzero((leg.place == number)[day.party_of] & leg.who)
                u = luck[f"service {leg.name}"][:, who]
                service[:, who, column] = place.unit_seconds * place.service.quantile(u)
        if column in high:
            u = luck[f"second reading time {leg.name}"][high[column]]
            service[:, :, column][high[column]] += again.quantile(u)


def walk_aside(day: SchoolDay, draws: Draws, pace: Floats, travel: Floats) -> None:
    """Time before each step outside the chain: the walk, and coming one by one [s]."""
    for column, leg in day.side_steps:
        if leg.metres.any():
            travel[:, :, column] = leg.metres[day.party_of] / pace
        if leg.spread is not None:
            minutes = leg.spread.quantile(draws.people[f"spread {leg.name}"])
            travel[:, :, column] += 60 * np.maximum(minutes - leg.spread.least, 0.0)
