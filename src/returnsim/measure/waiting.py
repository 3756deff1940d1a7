"""Waiting at the gates and being seated in time, read off a trace."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from returnsim.model.itinerary import Outcome
from returnsim.model.trace import Trace

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
MIDNIGHT = 86_400.0


@dataclass(frozen=True, slots=True)
class AtGate:
    """How each person fared at the gate; arrays of shape (replications, persons)."""

    here: Flags
    """Whether they came to the gate at all."""
    came: Floats
    """When they reached the gate [s]; NaN for those who did not."""
    left: Floats
    """When the last stage of the chain let them go [s]; infinite for those it never did."""
    wait: Floats
    """Time in all queues of the gate [s]; until midnight for those never served."""


def at_gate(trace: Trace) -> AtGate:
    """Add up each person's passage through the chain of their gate."""
    journeys = trace.journeys
    of_place = np.append(journeys.day.gate_of_place, -1)
    stages = of_place[journeys.station] >= 0
    joined = stages & ~np.isnan(trace.arrived)
    began = np.minimum(np.where(joined, trace.began, 0.0), MIDNIGHT)
    wait = (began - np.where(joined, trace.arrived, 0.0)).sum(axis=2)
    left = np.where(joined, trace.ended, -np.inf).max(axis=2)
    here: Flags = np.any(joined, axis=2)
    return AtGate(here, np.where(here, journeys.start, np.nan), left, wait)


def still_inside(trace: Trace) -> Flags:
    """Who is still in some queue when the day ends, shape (replications, persons)."""
    stuck: Flags = np.any(np.isinf(trace.began), axis=2)
    return stuck


def seated_by_bell(trace: Trace, party: int) -> Floats:
    """Share of a class seated by its bell, of those who came and were not kept out.

    Shape (replications,); 1 on a day on which nobody of the class came.
    """
    day = trace.journeys.day
    of = day.parties[party]
    who = slice(of.first, of.first + of.size)
    outcome = trace.journeys.outcome[:, who]
    meant = (outcome == Outcome.SEATED) | (outcome == Outcome.INSIDE_UNAPPROVED)
    in_time = meant & (trace.ended[:, who, day.door] <= of.bell)
    number = meant.sum(axis=1)
    share: Floats = np.where(number > 0, in_time.sum(axis=1) / np.maximum(number, 1), 1.0)
    return share


def busy_share(trace: Trace, place: int) -> Floats:
    """Utilisation of a station: time lanes were busy over time they were staffed."""
    of = trace.journeys.day.places[place]
    times = [moment for moment, _ in of.lanes] + [MIDNIGHT]
    staffed = sum(
        lanes * (until - since) for (since, lanes), until in zip(of.lanes, times[1:], strict=True)
    )
    served = (trace.journeys.station == place) & np.isfinite(trace.ended)
    length = np.zeros(served.shape)
    np.subtract(trace.ended, trace.began, out=length, where=served)
    busy: Floats = length.sum(axis=(1, 2))
    return busy / staffed if staffed else np.zeros_like(busy)
