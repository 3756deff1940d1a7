"""When lanes stand open, and how many: as planned, or replication by replication.

Where nothing but the plan decides, one row serves every replication. Where chance decides
too (a thermometer fails, a crew closes a hall while it works, a lane stays shut for want of
equipment), each replication has a row of its own. Both engines read the same steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Steps = Sequence[tuple[float, int]]
"""Moments [s after midnight] and the lanes open from then on, ascending."""


@dataclass(frozen=True, slots=True)
class Openings:
    """Open lanes of all stations over one day, in flat arrays."""

    first: Ints
    """Where the steps of each station begin, and the end of the last, shape (stations + 1,)."""
    moments: Floats
    """Shape (1, steps) or (replications, steps), ascending within a station; infinite for a
    step that never comes."""
    lanes: Ints
    """Lanes open from each moment on, the same shape."""

    def of(self, station: int, replication: int) -> list[tuple[float, int]]:
        """Steps of one station in one replication."""
        row = min(replication, len(self.moments) - 1)
        here = slice(self.first[station], self.first[station + 1])
        pairs = zip(self.moments[row, here].tolist(), self.lanes[row, here].tolist(), strict=True)
        return [(moment, lanes) for moment, lanes in pairs if moment < np.inf]


def as_planned(steps: Sequence[Steps]) -> Openings:
    """Open lanes as the plan says, the same in every replication; steps of each station."""
    first = np.cumsum([0, *(len(s) for s in steps)])
    moments = np.array([[moment for s in steps for moment, _ in s]], dtype=np.float64)
    lanes = np.array([[count for s in steps for _, count in s]], dtype=np.int64)
    return Openings(first, moments, lanes)
