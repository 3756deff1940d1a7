"""Waiting at the gates and being seated in time, read off a trace."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from returnsim.model.congestion import MIDNIGHT, passages
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
    return trace.tally.stuck


def seated_by_bell(trace: Trace, party: int) -> Floats:
    """Share of a class seated by its bell, of those who came and were not kept out.

    Shape (replications,); 1 on a day on which nobody of the class came.
    """
    return ratio(*trace.tally.seated[:, party].T[::-1])


def ratio(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """Share of the whole that is in the part, by replication; 1 where the whole is empty."""
    share: Floats = np.where(whole > 0, part / np.maximum(whole, 1), 1.0)
    return share


def busy_shares(trace: Trace) -> Floats:
    """Utilisation of every station: time lanes were busy over time they were staffed.

    Shape (replications, stations); 0 for a station that is never staffed.
    """
    busy = trace.tally.busy
    staffed = np.array([_staffed(place.lanes) for place in trace.journeys.day.places])
    shares: Floats = np.zeros_like(busy)
    np.divide(busy, staffed, out=shares, where=staffed > 0)
    return shares


def _staffed(lanes: tuple[tuple[float, int], ...]) -> float:
    times = [moment for moment, _ in lanes] + [MIDNIGHT]
    return sum(
        count * (until - since) for (since, count), until in zip(lanes, times[1:], strict=True)
    )
