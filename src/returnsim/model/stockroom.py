"""The store of one supply over the days of a return, in every replication of a block.

Days are numbered from the first on which something can be ordered. A store never holds less
than nothing: what is asked for and not there is lost, and noted down.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEAST = 1e-9
"""Differences below this are rounding, not stock."""


@dataclass(frozen=True, slots=True)
class Levels:
    """When to order again, and up to where."""

    reorder_point: float
    order_up_to: float
    review_days: int = 1
    """Days from one look into the store to the next."""
    whole_units: bool = True


@dataclass(frozen=True, slots=True)
class Stockroom:
    """What is there and what is coming; arrays of shape (replications,).

    At any time opening + received = used + on hand, and ordered = received + coming.
    """

    opening: float
    on_hand: Floats
    coming: Floats
    """Units due on each day, shape (replications, days + 1); the last column is for whatever
    comes after the last day."""
    ordered: Floats
    received: Floats
    used: Floats
    unmet: Floats
    """Asked for and not there; of thermometers, pieces too few for a day's posts."""

    @classmethod
    def filled(cls, opening: float, replications: int, days: int) -> "Stockroom":
        """Fill a store for a number of days ahead."""
        nothing = np.zeros(replications)
        coming = np.zeros((replications, days + 1))
        return cls(opening, nothing + opening, coming, nothing, nothing, nothing, nothing)

    @property
    def on_order(self) -> Floats:
        """Units ordered and not yet here."""
        total: Floats = self.coming.sum(axis=1)
        return total

    @property
    def position(self) -> Floats:
        """Inventory position: what is there and what is on its way."""
        return self.on_hand + self.on_order

    def order(self, day: int, units: Floats, days: Ints) -> "Stockroom":
        """Order units on a day; they are here so many days later, in time for that day."""
        coming = self.coming.copy()
        due = np.minimum(day + days, coming.shape[1] - 1)
        np.add.at(coming, (np.arange(due.size), due), units)
        return replace(self, coming=coming, ordered=self.ordered + units)

    def receive(self, day: int) -> "Stockroom":
        """Put into the store what is due, before anybody uses anything."""
        arrived = self.coming[:, day].copy()
        if not arrived.any():
            return self
        coming = self.coming.copy()
        coming[:, day] = 0.0
        here, received = self.on_hand + arrived, self.received + arrived
        return replace(self, coming=coming, on_hand=here, received=received)

    def take(self, wanted: Floats, most: Floats | None = None) -> tuple["Stockroom", Floats]:
        """Hand out as much of what is wanted as there is; return what was handed out.

        Parameters
        ----------
        wanted
            Units asked for.
        most
            Units that can be used at all, where portions do not go up evenly; all there are
            when left out.
        """
        given = np.minimum(wanted, self.on_hand)
        if most is not None:
            given = np.minimum(given, most)
        after = replace(
            self,
            on_hand=self.on_hand - given,
            used=self.used + given,
            unmet=self.unmet + (wanted - given),
        )
        return after, given

    def miss(self, units: Floats) -> "Stockroom":
        """Note that so many units more were asked for that are not used up."""
        return replace(self, unmet=self.unmet + units)

    def review(self, day: int, levels: Levels, days: Ints) -> "Stockroom":
        """Order up to the level where the position has fallen to the reorder point.

        What is on its way counts, so that nothing is ordered twice.

        Parameters
        ----------
        day
            The day at whose end the store is looked into.
        levels
            When to order, and up to where.
        days
            Lead time of an order placed on this day, by replication; at least until the next.
        """
        position = self.position
        short = position <= levels.reorder_point + LEAST
        if not short.any():
            return self
        units = np.where(short, levels.order_up_to - position, 0.0)
        if levels.whole_units:
            units = np.ceil(units - LEAST)
        return self.order(day, units, np.maximum(days, 1))
