"""What chance decides about stores: lead times, late deliveries, breakages, who brings their own.

Named like everybody else's luck (`returnsim.experiment.streams`): the lead time of an order
depends on the supply and on the day on which it is placed, so that a plan that orders more or
less, or once more, meets the same suppliers.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.streams import BLOCK, streams
from returnsim.scenario.supply import Supply
from returnsim.theory.distributions import Duration

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class StoreLuck:
    """The luck of one block of replications, drawn when it is asked for."""

    seed: int | tuple[int, ...]
    block: int
    size: int
    """Replications."""

    def lead_days(self, supply: Supply, ordered: date) -> Ints:
        """Whole days from an order on this day to its delivery, shape (replications,)."""
        u = self._numbers(ordered, "lead time", supply.name, 1)[:, 0]
        return whole_days(supply.lead_time_days, u)

    def late_days(self, late: Duration, supply: str, number: int, expected: date) -> Ints:
        """Whole days by which a delivery on its way is late, shape (replications,)."""
        return whole_days(late, self._numbers(expected, f"late {number}", supply, 1)[:, 0])

    def breakages(self, supply: str, day: date, pieces: int) -> Floats:
        """A number for each piece in use on a day, shape (replications, pieces)."""
        return self._numbers(day, "breaks", supply, pieces)

    def reports(self, day: date, number: int) -> Floats:
        """A number for each report owed on a day, shape (replications, reports)."""
        return self._numbers(day, "reports", "home", number)

    def brings_own(self, supply: Supply, party: str, people: int, first: date) -> Flags:
        """Who of a party brings their own for the whole return, (replications, people)."""
        if not supply.self_provided_share:
            return np.zeros((self.size, people), dtype=bool)
        stream = streams(self.seed, first, self.block)(f"own {supply.name}", party)
        own: Flags = stream.random((self.size, people)) < supply.self_provided_share
        return own

    def _numbers(self, day: date, purpose: str, thing: str, number: int) -> Floats:
        """Uniform numbers of which more, or more replications, change none."""
        stream = streams(self.seed, day, self.block)(purpose, f"store/{thing}")
        return stream.random((number, BLOCK))[:, : self.size].T


def whole_days(days: Duration, u: Floats) -> Ints:
    """Days rounded up: what comes during a day is there the next."""
    rounded: Ints = np.ceil(days.quantile(u) - ROUNDING).astype(np.int64)
    return rounded
