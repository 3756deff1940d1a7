"""What chance does to open lanes: instruments that fail, crews at work, missing equipment."""

import numpy as np
from numpy.typing import NDArray

from returnsim.model.day import SchoolDay
from returnsim.model.draws import Draws
from returnsim.model.openings import Openings
from returnsim.model.rounds import Rounds
from returnsim.scenario.equipment import Device

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Spans = list[tuple[Floats, Floats]]
"""Beginnings and ends of spans of time [s], each of shape (replications,)."""


def openings(
    day: SchoolDay, draws: Draws, rounds: Rounds, lanes_lost: Ints | None = None
) -> Openings:
    """Work out the open lanes of every station in every replication.

    Parameters
    ----------
    day
        The stations and what the plan has them staffed with.
    draws
        Luck of the block.
    rounds
        When crews are at work; what they close has no lane meanwhile.
    lanes_lost
        Lanes that stay shut all day for want of equipment, shape (replications, stations).
    """
    planned = day.planned_lanes
    closed: dict[int, Spans] = {}
    for number, stop in enumerate(day.rounds):
        for station, place in enumerate(day.places):
            if place.hall and place.hall in stop.closes:
                span = (rounds.began[:, number], rounds.ended[:, number])
                closed.setdefault(station, []).append(span)
    down = _failures(day, draws)
    if not closed and not down and (lanes_lost is None or not lanes_lost.any()):
        return planned
    lost = np.zeros((draws.replications, len(day.places)), np.int64)
    if lanes_lost is not None:
        lost += lanes_lost
    steps = [
        _steps(planned, station, closed.get(station, []), down.get(station, []), lost[:, station])
        for station in range(len(day.places))
    ]
    first = np.cumsum([0, *(moments.shape[1] for moments, _ in steps)])
    return Openings(
        first,
        np.concatenate([moments for moments, _ in steps], axis=1),
        np.concatenate([lanes for _, lanes in steps], axis=1),
    )


def _steps(
    planned: Openings, station: int, closed: Spans, down: Spans, lost: Ints
) -> tuple[Floats, Ints]:
    """Moments at which the lanes of one station change, and the lanes from then on."""
    here = slice(planned.first[station], planned.first[station + 1])
    base, count = planned.moments[0, here], planned.lanes[0, here]
    edges = [edge for span in (*closed, *down) for edge in span]
    moments = np.concatenate(
        [np.repeat(base[None, :], lost.size, axis=0), *(edge[:, None] for edge in edges)], axis=1
    )
    moments.sort(axis=1)
    lanes = np.concatenate([[0], count])[np.searchsorted(base, moments, side="right")]
    lanes = lanes - lost[:, None]
    for fails, back in down:
        lanes = lanes - ((moments >= fails[:, None]) & (moments < back[:, None]))
    for begins, ends in closed:
        lanes = np.where((moments >= begins[:, None]) & (moments < ends[:, None]), 0, lanes)
    return moments, np.maximum(lanes, 0)


def _failures(day: SchoolDay, draws: Draws) -> dict[int, Spans]:
    """Lanes that are down because an instrument failed, by station."""
    found: dict[int, Spans] = {}
    for device in day.scenario.devices:
        if device.hours_between_failures is None or device.shared_number is not None:
            continue
        stations = [
            i
            for i, place in enumerate(day.places)
            if place.device in device.used_at and any(n for _, n in place.lanes)
        ]
        if not stations:
            continue
        fails = np.stack([_first_failure(day, draws, device, s) for s in stations], axis=1)
        turn = np.argsort(np.argsort(fails, axis=1, kind="stable"), axis=1, kind="stable")
        swapped = fails + 60 * device.swap_minutes
        back = np.where(turn < device.spares, swapped, np.inf)
        for column, station in enumerate(stations):
            found.setdefault(station, []).append((fails[:, column], back[:, column]))
    return found


def _first_failure(day: SchoolDay, draws: Draws, device: Device, station: int) -> Floats:
    """Moment at which the first instrument of a station fails, infinite if after its hours.

    Times to failure of one instrument are exponential; the first of n fails after a time with
    an n-th of the mean.
    """
    lanes = day.places[station].lanes
    opens = next(moment for moment, count in lanes if count)
    closes = lanes[-1][0] if not lanes[-1][1] else np.inf
    most = max(count for _, count in lanes)
    u = draws.things[f"device {device.name}"][:, station]
    hours = (device.hours_between_failures or np.inf) / most
    fails = opens - 3600 * hours * np.log1p(-u)
    return np.where(fails < closes, fails, np.inf)
