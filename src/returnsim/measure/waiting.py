"""Waiting at the gates and being seated in time, read off a trace."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from returnsim.model.congestion import MIDNIGHT, passages
from returnsim.model.itinerary import Outcome
from returnsim.model.trace import Trace

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AtGate:
    """How each person fared at the gate; arrays of shape (replications, persons)."""

    here: Flags
    """Whether they came to the gate at all."""
    came: Floats
    """When they reached the gate [s]; NaN for those who did not."""
    left: Floats
    """When the last stage let them go [s]; infinite for those it never did, NaN for the absent."""
    wait: Floats
    """Time in all queues of the gate [s]; until midnight for those never served."""


def at_gate(trace: Trace) -> AtGate:
    """Add up each person's passage through the chain of their gate."""
    wait, left = passages(trace)
    here: Flags = ~np.isnan(wait)
    came = np.where(here, trace.journeys.start, np.nan)
    return AtGate(here, came, left, np.where(here, wait, 0.0))


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


def busy_shares(trace: Trace) -> Floats:
    """Utilisation of every station: time lanes were busy over time they were staffed.

    Shape (replications, stations); 0 for a station that is never staffed.
    """
    day, replications = trace.journeys.day, trace.replications
    stations = len(day.places)
    served = np.isfinite(trace.ended)
    of = trace.journeys.station.astype(np.int64)
    of += (np.arange(replications) * stations)[:, None, None]
    length = trace.ended[served] - trace.began[served]
    busy = np.bincount(of[served], weights=length, minlength=replications * stations)
    staffed = np.array([_staffed(place.lanes) for place in day.places])
    shares: Floats = np.zeros((replications, stations))
    np.divide(busy.reshape(shares.shape), staffed, out=shares, where=staffed > 0)
    return shares


def _staffed(lanes: tuple[tuple[float, int], ...]) -> float:
    times = [moment for moment, _ in lanes] + [MIDNIGHT]
    return sum(
        count * (until - since) for (since, count), until in zip(lanes, times[1:], strict=True)
    )
