"""The stations of a gate in a row, and when they are open and staffed.

What the search and the bound on duty both reckon with; it loads quickly, since the bound is
worked out in a process of its own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from returnsim.optimise.demand import Morning
from returnsim.scenario.campus import FAST, Gate, Lanes
from returnsim.scenario.quantities import seconds
from returnsim.theory.distributions import Distribution

GRID = (np.arange(2000) + 0.5) / 2000
QUICKEST = 0.1
"""Service [s] below which a lane is taken to be as quick as that."""


@dataclass(frozen=True, slots=True)
class Line:
    """The stations of a gate as the search sees them."""

    names: tuple[str, ...]
    """Stages of the chain, then desks passed on the return day only and the fast lane."""
    lanes: tuple[Lanes, ...]
    chain: int
    """Stages of the chain."""
    mean: NDArray[np.float64]
    """Mean service [s]."""
    spread: NDArray[np.float64]
    """(1 + cv²) / 2."""

    def queue_of(self, name: str) -> int:
        """Number of the queue of a station that stands beside the chain."""
        return self.names.index(name) - self.chain + 1

    @property
    def queues(self) -> int:
        """Queues: the chain, and every station beside it."""
        return len(self.names) - self.chain + 1


def moments(times: Distribution) -> tuple[float, float]:
    """Mean and squared coefficient of variation of a distribution of times."""
    values = times.quantile(GRID)
    mean = max(QUICKEST, times.mean)
    return mean, float(values.var()) / mean**2


def line_of(gate: Gate) -> Line:
    """Sort the stations of a gate: those everybody passes in turn, and those beside them."""
    chain = [s for s in gate.stages if not s.only_on_return_day]
    beside: list[tuple[str, Lanes]] = [(s.name, s) for s in gate.stages if s.only_on_return_day]
    if gate.fast_lane:
        beside.append((FAST, gate.fast_lane))
    stations: list[tuple[str, Lanes]] = [*((s.name, s) for s in chain), *beside]
    figures = [moments(lanes.service_seconds) for _, lanes in stations]
    return Line(
        tuple(name for name, _ in stations),
        tuple(lanes for _, lanes in stations),
        len(chain),
        np.array([mean for mean, _ in figures]),
        np.array([(1 + cv2) / 2 for _, cv2 in figures]),
    )


def staffed(gate: Gate, line: Line, blocks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minutes of duty that one lane takes, by station of the line and block."""
    span = np.minimum(blocks[1:], seconds(gate.closes)) - np.maximum(
        blocks[:-1], seconds(gate.opens)
    )
    people = np.array([lanes.staff_per_lane for lanes in line.lanes])
    minutes: NDArray[np.float64] = people[:, None] * np.maximum(span, 0.0)[None, :] / 60
    return minutes


def while_they_come(morning: Morning, gate: Gate, first: float, last: float) -> NDArray[np.bool_]:
    """Blocks in which a gate is open and people come; the first or last if they come outside."""
    blocks = morning.blocks
    opened = (blocks[1:] > seconds(gate.opens)) & (blocks[:-1] < seconds(gate.closes))
    first = min(first, seconds(gate.closes) - 1.0)
    last = max(last, seconds(gate.opens))
    found: NDArray[np.bool_] = opened & (blocks[1:] > first) & (blocks[:-1] <= last)
    return found
