"""Checks made, fevers found and missed, read off a trace."""

import numpy as np
from numpy.typing import NDArray

from returnsim.measure.waiting import still_inside
from returnsim.model.itinerary import Outcome
from returnsim.model.trace import Trace

Floats = NDArray[np.float64]


def share(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> Floats:
    """Share of the whole that is in the part, by replication; 1 where the whole is empty."""
    number = whole.sum(axis=1)
    of_it = (part & whole).sum(axis=1)
    values: Floats = np.where(number > 0, of_it / np.maximum(number, 1), 1.0)
    return values


def count(who: NDArray[np.bool_]) -> Floats:
    """How many, by replication."""
    number: Floats = who.sum(axis=1).astype(np.float64)
    return number


def checked_at_gate(trace: Trace) -> Floats:
    """Share of those who came in by a gate whose temperature was taken there."""
    journeys = trace.journeys
    inside = (journeys.outcome != Outcome.ABSENT) & (journeys.outcome != Outcome.TURNED_AWAY)
    inside &= ~journeys.day.lives_in
    return share(journeys.measured, inside & ~still_inside(trace))


def checked_at_door(trace: Trace) -> Floats:
    """Share of pupils who reached their classroom whose temperature was taken at the door."""
    reached = np.isfinite(trace.ended[:, :, trace.journeys.day.door])
    takes = trace.journeys.day.scenario.doors.takes_temperature
    return share(np.full_like(reached, takes), reached)


def read_high(trace: Trace) -> NDArray[np.bool_]:
    """Who read high at the gate: those sent aside, not those still in line who would be."""
    sent_aside = ~np.isnan(trace.arrived[:, :, trace.journeys.day.rest])
    return trace.journeys.alarm & sent_aside


def alarms_rechecked(trace: Trace) -> Floats:
    """Share of high readings at the gate that were followed by a second reading."""
    again = np.isfinite(trace.ended[:, :, trace.journeys.day.rest + 1])
    return share(again, read_high(trace))


def checks(trace: Trace) -> Floats:
    """Checks made by hand: every visit to a stage, a second reading, a door, a daily check."""
    day = trace.journeys.day
    done = np.isfinite(trace.ended)
    stages = [c for c in range(len(day.ahead), day.door + 1) if c != day.rest]
    later = [c for c, leg in day.side_steps if leg.temperature]
    return count(done[:, :, stages + later].reshape(trace.replications, -1))


def false_alarms(trace: Trace) -> Floats:
    """Well people sent aside at the gate."""
    return count(read_high(trace) & ~trace.journeys.fever)


def fevers_found(trace: Trace) -> Floats:
    """People with a fever who were kept out of the classroom."""
    found = trace.journeys.fever & (trace.journeys.outcome == Outcome.ISOLATED)
    return count(found & ~still_inside(trace))


def fevers_missed(trace: Trace) -> Floats:
    """People with a fever who sit in class or are at work."""
    inside = (trace.journeys.outcome == Outcome.SEATED) | (
        trace.journeys.outcome == Outcome.INSIDE_UNAPPROVED
    )
    return count(trace.journeys.fever & inside & ~still_inside(trace))
