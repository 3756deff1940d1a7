"""Who is where and when, read off a trace: in a queue, at some stations, in a hall."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from returnsim.measure.waiting import still_inside
from returnsim.model.day import SchoolDay
from returnsim.model.itinerary import Outcome
from returnsim.model.trace import Trace

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Interval(NamedTuple):
    """Stays of people, arrays of shape (replications, stays); NaN for stays that are none."""

    came: Floats
    """When somebody joins [s after midnight]."""
    began: Floats
    """When the service begins."""
    left: Floats
    """When it ends; infinite for somebody who is never served."""
    person: Ints
    """Whose stay it is, shape (stays,)."""


class Queue(NamedTuple):
    """Waits of people, arrays of shape (replications, visits)."""

    came: Floats
    left: Floats


def _columns(day: SchoolDay, stations: Sequence[int]) -> list[int]:
    """Columns at which somebody may meet one of some stations."""
    used = np.isin(day.chain, stations).any(axis=0)
    return np.flatnonzero(used).tolist()


def at_stations(trace: Trace, stations: Sequence[int]) -> Interval:
    """Every visit to some stations as a stay of its own."""
    day = trace.journeys.day
    columns = _columns(day, stations)
    here = np.isin(trace.journeys.station[:, :, columns], stations)
    shape = (trace.replications, -1)
    times = [
        np.where(here, x[:, :, columns], np.nan).reshape(shape)
        for x in (trace.arrived, trace.began, trace.ended)
    ]
    person = np.repeat(np.arange(day.persons), len(columns))
    return Interval(times[0], times[1], times[2], person)


def waiting_in(trace: Trace, area: int) -> Queue:
    """Every wait in an area of the day."""
    stations = np.flatnonzero(trace.journeys.day.area_of_place == area).tolist()
    visits = at_stations(trace, stations)
    return Queue(visits.came, visits.began)


def in_hall(trace: Trace, hall: str) -> Interval | None:
    """Stays in a hall: of each person from the first thing done there in a row to the last.

    Visits that follow each other without a step elsewhere are one stay. None where nobody has
    anything to do there.
    """
    day = trace.journeys.day
    stations = [n for n, place in enumerate(day.places) if place.hall == hall]
    runs: list[list[int]] = []
    for column in _columns(day, stations):
        if runs and runs[-1][-1] == column - 1:
            runs[-1].append(column)
        else:
            runs.append([column])
    if not runs:
        return None
    came, began, left = [], [], []
    for run in runs:
        here = np.isin(trace.journeys.station[:, :, run], stations)
        arrived = np.where(here, trace.arrived[:, :, run], np.inf).min(axis=2)
        ended = np.where(here, trace.ended[:, :, run], -np.inf)
        arrived[~np.isfinite(arrived)] = np.nan
        came.append(arrived)
        began.append(np.where(here, trace.began[:, :, run], np.inf).min(axis=2))
        left.append(np.where(np.isnan(arrived), np.nan, np.nanmax(ended, axis=2, initial=-np.inf)))
    person = np.tile(np.arange(day.persons), len(runs))
    return Interval(
        np.concatenate(came, axis=1),
        np.concatenate(began, axis=1),
        np.concatenate(left, axis=1),
        person,
    )


def present(trace: Trace) -> Flags:
    """Who is at school all day: came, was let in, not sent to isolation, served everywhere."""
    return np.asarray(let_in(trace) & ~still_inside(trace))


def let_in(trace: Trace) -> Flags:
    """Who came, was let in and not sent to isolation, whether served everywhere or not."""
    outcome = trace.journeys.outcome
    return np.asarray((outcome == Outcome.SEATED) | (outcome == Outcome.INSIDE_UNAPPROVED))


def readings(trace: Trace) -> Ints:
    """How many times a day each person's temperature is taken, second readings not counted."""
    day = trace.journeys.day
    takes = np.array(["temperature" in place.checks for place in day.places] + [False])
    served = np.isfinite(trace.ended)
    found: Ints = (takes[trace.journeys.station] & served).sum(axis=2)
    return found


def labels(day: SchoolDay, kind: str) -> Ints:
    """Batch, class, building or dormitory of each person, -1 for those who have none."""
    names: list[str] = []
    for party in day.parties:
        school_class = day.scenario.class_named.get(party.name) if party.is_class else None
        if school_class is None:
            names.append("")
        elif kind == "batch":
            names.append(str(party.batch))
        elif kind == "class":
            names.append(party.name)
        elif kind == "building":
            names.append(school_class.building)
        else:
            names.append(school_class.dormitory or "")
    order = {name: i for i, name in enumerate(dict.fromkeys(n for n in names if n))}
    of_party = np.array([order.get(name, -1) for name in names], dtype=np.int64)
    found: Ints = of_party[day.party_of]
    if kind == "dormitory":
        found = np.where(day.is_boarder, found, -1)
    return found
