"""What each person will do, worked out before the clock starts.

Whether somebody reads hot is luck, not congestion, so the way to the isolation room is
already known here. What is left for the clock is how long everybody waits.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from returnsim.model.day import SchoolDay
from returnsim.model.disruption import openings
from returnsim.model.draws import Draws
from returnsim.model.groups import come_together
from returnsim.model.openings import Openings
from returnsim.model.rounds import Rounds, work
from returnsim.model.side_steps import (
    later_readings,
    leave_out,
    side_services,
    walk_aside,
)
from returnsim.scenario.campus import FAST
from returnsim.theory.distributions import Distribution

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Outcome(IntEnum):
    """How a person's morning ends, if nobody is left waiting."""

    ABSENT = 0
    SEATED = 1
    """In the classroom, or for staff inside the gate."""
    ISOLATED = 2
    TURNED_AWAY = 3
    INSIDE_UNAPPROVED = 4
    """Held, came, and nobody at the gate looked: inside all the same."""


@dataclass(frozen=True, slots=True)
class Itineraries:
    """Journeys of all persons in a block of replications.

    Arrays of shape (replications, persons, columns); a station of -1 is a step left out.
    """

    day: SchoolDay
    station: NDArray[np.int16]
    travel: Floats
    """Walking before the person joins the station [s]."""
    service: Floats
    """Time the service takes once begun [s]."""
    start: Floats
    """Moment of reaching the gate [s after midnight]; NaN for the absent."""
    outcome: NDArray[np.int8]
    fever: Flags
    """Whether each person truly has a fever."""
    alarm: Flags
    """Whether the first reading at the gate was high."""
    measured: Flags
    """Whether a temperature was taken at the gate."""
    openings: Openings
    """Open lanes of every station."""
    rounds: Rounds
    """When crews are at work."""


@dataclass(frozen=True, slots=True)
class Carryover:
    """What earlier days leave to this one, replication by replication."""

    at_home: Flags
    """Who does not come today, having been sent home before, shape (replications, persons)."""
    refused: Flags
    """Who is sent away at the first station, such as those for whom there is no mask."""
    lanes_lost: NDArray[np.int64]
    """Lanes of each station that stay shut for want of equipment, (replications, stations)."""


def by_column(steps: NDArray[Any]) -> NDArray[Any]:
    """Lay (replications, persons, columns) out as (replications, columns, persons).

    That is how journeys and traces lie in memory: one kind of step of everybody side by
    side, as they are drawn, walked through and measured. What lies so already is not copied;
    in either case it can only be read.
    """
    laid = np.ascontiguousarray(steps.transpose(0, 2, 1)).view()
    laid.flags.writeable = False
    return laid


def itineraries(day: SchoolDay, draws: Draws, before: Carryover | None = None) -> Itineraries:
    """Work out every journey of a block of replications.

    Parameters
    ----------
    day
        Who is expected, and which stations there are.
    draws
        Everybody's luck.
    before
        What earlier days leave behind; nothing if left out.
    """
    luck, scenario = draws.people, day.scenario
    first, second = scenario.screening.alarms, scenario.recheck
    start = starts(day, draws)
    if before is not None:
        start[before.at_home] = np.nan
    station = np.repeat(day.chain[day.party_of].T[None], len(start), axis=0).transpose(0, 2, 1)
    leave_out(day, draws, station)
    fast = _take_fast_lane(day, draws, station)
    at_gate = ~day.lives_in
    refused = np.zeros_like(fast) if before is None else before.refused & at_gate
    measured = _passes(day, fast, "temperature") & at_gate & ~refused
    looks = _passes(day, fast, "scan") | _passes(day, fast, "registration")
    stopped = (day.is_held & looks) | refused
    fever = luck["fever"] < scenario.screening.fever_prevalence
    hit = np.where(fever, first.hit, first.false_alarm)
    hit_again = np.where(fever, second.hit_probability, second.false_alarm_probability)
    alarm = measured & ~stopped & (luck["first reading"] < hit)
    confirmed = alarm & (luck["second reading"] < hit_again)
    at_door = ~confirmed & day.is_pupil & (luck["door reading"] < hit)
    at_door &= scenario.doors.takes_temperature
    from_door = at_door & (luck["door second reading"] < hit_again)

    station[:, day.lives_in, : day.door] = -1
    station[:, :, day.rest][~alarm] = station[:, :, day.rest + 1][~alarm] = -1
    station[confirmed, day.rest + 2 : -1] = -1
    station[from_door, day.door + 1 : -1] = -1
    high, from_leg = later_readings(day, draws, station, hit, hit_again)
    isolated = confirmed | from_door | from_leg
    station[:, :, -1][~isolated] = -1
    _stop(day, station, stopped & ~refused)
    _refuse(station, refused)
    station[np.isnan(start)] = -1

    here, rounds = ~np.isnan(start), work(day, draws)
    return Itineraries(
        day,
        station,
        _travel(day, draws),
        _services(day, draws, station, fast, at_door, high),
        start,
        _outcomes(day, start, isolated, stopped),
        fever & here,
        alarm & here,
        measured & here,
        openings(day, draws, rounds, None if before is None else before.lanes_lost),
        rounds,
    )


def _outcomes(day: SchoolDay, start: Floats, isolated: Flags, stopped: Flags) -> NDArray[np.int8]:
    """How each person's day ends, the strongest reason last."""
    outcome = np.full(start.shape, Outcome.SEATED, dtype=np.int8)
    outcome[np.broadcast_to(day.is_held, start.shape)] = Outcome.INSIDE_UNAPPROVED
    outcome[isolated] = Outcome.ISOLATED
    outcome[stopped] = Outcome.TURNED_AWAY
    outcome[np.isnan(start)] = Outcome.ABSENT
    return outcome


def starts(day: SchoolDay, draws: Draws) -> Floats:
    """When each person reaches the gate [s after midnight]; NaN for those who stay away."""
    luck, how = draws.people, day.scenario.arrivals
    due = np.array([p.due for p in day.parties])[day.party_of]
    bell = np.array([p.bell for p in day.parties])[day.party_of]
    start = due + 60 * how.offset_minutes.quantile(luck["offset"])
    ignores = (luck["ignores slot"] < how.ignore_slot_probability) & day.is_pupil
    heedless = 60 * how.ignoring_offset_minutes.quantile(luck["offset"][ignores])
    start[ignores] = np.broadcast_to(bell, start.shape)[ignores] + heedless
    window = how.boarders_window_minutes
    if window is not None:
        within = due - 60 * window * (1 - luck["boarder's hour"])
        start = np.where(day.is_boarder & ~day.lives_in, within, start)
    if how.common_shift_minutes is not None:
        start += 60 * how.common_shift_minutes.quantile(draws.school)[:, None]
    np.maximum(start, 0.0, out=start)
    come_together(day, draws, start)
    stays = luck["absent"] < how.absent_probability
    stays |= day.is_held & (luck["held comes"] >= how.held_come_probability)
    start[stays] = np.nan
    return start


def _take_fast_lane(day: SchoolDay, draws: Draws, station: NDArray[np.int16]) -> Flags:
    """Send those with a reading from home through the fast lane; return who they are."""
    gates = day.scenario.gate_named
    lanes = [gates[p.gate].fast_lane if p.gate else None for p in day.parties]
    shares = [0.0 if lane is None else lane.share for lane in lanes]
    fast = draws.people["measured at home"] < np.array(shares)[day.party_of]
    if fast.any():
        first = len(day.ahead)
        station[fast, first : day.before] = -1
        station[fast, day.before + 2 : day.door] = -1
        number = np.broadcast_to(day.fast[day.party_of], fast.shape)
        station[fast, first] = number[fast]
    return fast


def _passes(day: SchoolDay, fast: Flags, check: str) -> Flags:
    """Whether each person passes a station that makes a certain check."""
    makes = np.array([check in p.checks for p in day.places] + [False])
    of_party: Flags = np.any(makes[day.chain[:, : day.door]], axis=1)
    in_lane = makes[day.fast][day.party_of]
    passes: Flags = np.where(fast, in_lane, of_party[day.party_of])
    return passes


def _stop(day: SchoolDay, station: NDArray[np.int16], stopped: Flags) -> None:
    """End the journey of the held at the first station that looks at their papers."""
    if not stopped.any():
        return
    looks = np.array(
        ["scan" in p.checks or "registration" in p.checks for p in day.places] + [False]
    )
    rows = station[stopped]
    seen = np.logical_or.accumulate(looks[rows], axis=1)
    rows[:, 1:][seen[:, :-1]] = -1
    station[stopped] = rows


def _refuse(station: NDArray[np.int16], refused: Flags) -> None:
    """Let those who are refused be served at their first station, and then go home."""
    if refused.any():
        rows = station[refused]
        taken = rows >= 0
        rows[taken & (np.cumsum(taken, axis=1) > 1)] = -1
        station[refused] = rows


def _travel(day: SchoolDay, draws: Draws) -> Floats:
    """Walking before each step: from the gate to the room, and later from place to place [s]."""
    travel = np.zeros((draws.replications, day.columns, day.persons)).transpose(0, 2, 1)
    speed = day.scenario.walking.metres_per_second.quantile(draws.people["speed"])
    pace = np.maximum(speed, 0.1)
    metres = np.array([p.metres for p in day.parties])[day.party_of]
    travel[:, :, day.door] = metres / pace
    walk_aside(day, draws, pace, travel)
    return travel


def _services(
    day: SchoolDay,
    draws: Draws,
    station: NDArray[np.int16],
    fast: Flags,
    at_door: Flags,
    high: dict[int, Flags],
) -> Floats:
    """Time each step would take once begun [s]."""
    luck, scenario = draws.people, day.scenario
    service = np.zeros((draws.replications, day.columns, day.persons)).transpose(0, 2, 1)
    for (column, stage, times), parties in _stages(day).items():
        who = parties[day.party_of]
        whose = slice(None) if who.all() else np.flatnonzero(who)
        service[:, whose, column] = times.quantile(luck[f"service {stage}"][:, whose])
    for gate in scenario.gates:
        if gate.fast_lane is not None:
            here = np.array([p.gate == gate.name for p in day.parties])[day.party_of]
            times, u = gate.fast_lane.service_seconds, luck[f"service {FAST}"]
            _take(service[:, :, len(day.ahead)], fast & here, times, u)
    second, doors = scenario.recheck, scenario.doors
    rests, reads, fetched = (station[:, :, c] >= 0 for c in (day.rest, day.rest + 1, -1))
    _take(service[:, :, day.rest], rests, second.rest_minutes, luck["rest"], 60)
    u = luck["second reading time"]
    _take(service[:, :, day.rest + 1], reads, second.service_seconds, u)
    at_the_door = service[:, :, day.door]
    at_the_door[:] = doors.service_seconds.quantile(luck["door time"])
    u = luck["door second reading time"][at_door]
    at_the_door[at_door] += doors.second_reading_seconds.quantile(u)
    side_services(day, draws, service, high)
    minutes = scenario.isolation.minutes_until_fetched
    _take(service[:, :, -1], fetched, minutes, luck["until fetched"], 60)
    return service


def _stages(day: SchoolDay) -> dict[tuple[int, str, Distribution], Flags]:
    """Parties by column, stage of the gate and how long it takes: all that take alike at once."""
    found: dict[tuple[int, str, Distribution], Flags] = {}
    for column in range(len(day.ahead), day.door):
        for number in np.unique(day.chain[:, column]):
            place = day.places[number]
            lanes = (
                day.scenario.gate_named[place.gate].lanes_of(place.stage) if place.gate else None
            )
            if number >= 0 and lanes is not None:
                key = (column, place.stage, lanes.service_seconds)
                found[key] = found.get(key, False) | (day.chain[:, column] == number)
    return found


def _take(step: Floats, who: Flags, times: Distribution, u: Floats, unit: float = 1.0) -> None:
    """Say how long one kind of step takes those few who take it."""
    step[who] = unit * times.quantile(u[who])
