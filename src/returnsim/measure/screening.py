"""Checks made, fevers found and missed, read off a trace."""

import numpy as np
from numpy.typing import NDArray

from returnsim.measure.waiting import ratio
from returnsim.model.itinerary import Outcome
from returnsim.model.tally import INSIDE, living_in
from returnsim.model.trace import Trace

Floats = NDArray[np.float64]
CAME_IN = (*INSIDE, Outcome.ISOLATED)


def checked_at_gate(trace: Trace) -> Floats:
    """Share of those who came in by a gate whose temperature was taken there."""
    tally = trace.tally
    by_gate = ~living_in(tally.kinds)
    measured = tally.people(CAME_IN, who=by_gate, stuck=False, measured=True)
    return ratio(measured, tally.people(CAME_IN, who=by_gate, stuck=False))


def checked_at_door(trace: Trace) -> Floats:
    """Share of pupils who reached their classroom whose temperature was taken at the door."""
    reached = trace.tally.done[:, trace.journeys.day.door]
    return ratio(reached * trace.journeys.day.scenario.doors.takes_temperature, reached)


def alarms_rechecked(trace: Trace) -> Floats:
    """Share of high readings at the gate that were followed by a second reading."""
    return ratio(trace.tally.people(high=True, again=True), trace.tally.people(high=True))


def checks(trace: Trace) -> Floats:
    """Checks made by hand: every visit to a stage, a second reading, a door, a daily check."""
    day = trace.journeys.day
    stages = [c for c in range(len(day.ahead), day.door + 1) if c != day.rest]
    later = [c for c, leg in day.side_steps if leg.temperature]
    number: Floats = trace.tally.done[:, stages + later].sum(axis=1).astype(np.float64)
    return number


def false_alarms(trace: Trace) -> Floats:
    """Well people sent aside at the gate."""
    return trace.tally.people(high=True, fever=False)


def fevers_found(trace: Trace) -> Floats:
    """People with a fever who were kept out of the classroom."""
    return trace.tally.people((Outcome.ISOLATED,), fever=True, stuck=False)


def fevers_missed(trace: Trace) -> Floats:
    """People with a fever who sit in class or are at work."""
    return trace.tally.people(INSIDE, fever=True, stuck=False)
