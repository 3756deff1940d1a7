"""What chance does to open lanes: failures, rounds that close a place, missing equipment."""

import numpy as np
from numpy.typing import NDArray

from returnsim.model.day import SchoolDay
from returnsim.model.draws import Draws
from returnsim.model.openings import Openings

Ints = NDArray[np.int64]


def openings(day: SchoolDay, draws: Draws, lanes_lost: Ints | None = None) -> Openings:
    """Work out the open lanes of every station in every replication.

    Parameters
    ----------
    day
        The stations and what the plan has them staffed with.
    draws
        Luck of the block.
    lanes_lost
        Lanes that stay shut all day for want of equipment, shape (replications, stations).
    """
    planned = day.planned_lanes
    if lanes_lost is None or not lanes_lost.any():
        return planned
    of = np.repeat(np.arange(len(day.places)), np.diff(planned.first))
    moments = np.repeat(planned.moments, draws.replications, axis=0)
    return Openings(planned.first, moments, np.maximum(planned.lanes - lanes_lost[:, of], 0))
