"""The record of a block of replications: every visit of everybody to every station."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from returnsim.model.itinerary import Itineraries

if TYPE_CHECKING:
    from returnsim.model.tally import Tally

Floats = NDArray[np.float64]


class Visit(NamedTuple):
    """One person's passage through one station; times in seconds after midnight."""

    replication: int
    person: int
    """Number within the party; nobody has a name here."""
    party: str
    """Class or group of staff."""
    station: str
    arrived: float
    began: float
    """Infinite for somebody who is never served."""
    ended: float


@dataclass(frozen=True, eq=False)
class Trace:
    """What happened; arrays of shape (replications, persons, columns).

    A step that somebody does not take is NaN in all three; somebody who joined a queue and
    was never served has an `arrived`, and infinite `began` and `ended`.
    """

    journeys: Itineraries
    arrived: Floats
    began: Floats
    ended: Floats

    @property
    def replications(self) -> int:
        """Replications in the block."""
        return int(self.arrived.shape[0])

    @cached_property
    def tally(self) -> "Tally":
        """Counts and sums over everybody, taken in one pass when first asked for."""
        from returnsim.model.tally import tally  # noqa: PLC0415  (it is about traces)

        return tally(self)

    def visits(self) -> Iterator[Visit]:
        """List every visit, replication by replication, in the order of arrival."""
        day = self.journeys.day
        for r in range(self.replications):
            here = np.argwhere(~np.isnan(self.arrived[r]))
            times = self.arrived[r][here[:, 0], here[:, 1]]
            for person, column in here[np.argsort(times, kind="stable")]:
                party = day.parties[day.party_of[person]]
                yield Visit(
                    r,
                    int(person) - party.first + 1,
                    party.name,
                    day.places[self.journeys.station[r, person, column]].name,
                    float(self.arrived[r, person, column]),
                    float(self.began[r, person, column]),
                    float(self.ended[r, person, column]),
                )

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """Every visit in columns of equal length, as Parquet and data frames like them.

        Keys: `replication`, `person` (within the party), `party`, `station`, `arrived`,
        `began`, `ended` [s after midnight].
        """
        visits = list(self.visits())
        kinds = (np.int32, np.int32, np.str_, np.str_, np.float64, np.float64, np.float64)
        return {
            name: np.array([visit[i] for visit in visits], dtype=kind)
            for i, (name, kind) in enumerate(zip(Visit._fields, kinds, strict=True))
        }
