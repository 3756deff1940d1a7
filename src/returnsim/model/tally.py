"""One compiled pass over a block of replications, from which most measures are read.

What is summed up here is summed up once for all of them: how many people of each kind fared
how, how long they waited at the gates, how busy the stations were, who sat in time.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from returnsim.model.congestion import MIDNIGHT, follow_queues
from returnsim.model.itinerary import Outcome, by_column

if TYPE_CHECKING:
    from returnsim.model.day import SchoolDay
    from returnsim.model.trace import Trace

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Either = bool | slice
ANY = slice(None)
"""Of a census: no matter whether."""
INSIDE = (Outcome.SEATED, Outcome.INSIDE_UNAPPROVED)
SEATED, UNAPPROVED = int(Outcome.SEATED), int(Outcome.INSIDE_UNAPPROVED)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts and sums of a block of replications."""

    kinds: Ints
    """Kind of each person, a number that `kind_of` makes of what is known beforehand."""
    census: Ints
    """People by how they fared, shape (replications, kinds, outcomes, 2, 2, 2, 2, 2): still
    inside, with a fever, read high at the gate, measured there, read a second time."""
    stuck: Flags
    """Who is never served at some station, shape (replications, persons)."""
    done: Ints
    """Visits served to the end, by kind of step, shape (replications, columns)."""
    busy: Floats
    """Time in which lanes were busy, shape (replications, stations) [s]."""
    gates: Floats
    """Shape (replications, gates, 6): people who came, the sum and the largest of their waits,
    the moment the last was let go, people let go, and the sum of their times there [s]."""
    queues: Floats
    """As `congestion.queues`, for the places that the gates have."""
    seated: Ints
    """Shape (replications, parties, 2): people meant to sit, and in time for the bell."""

    def people(
        self,
        outcomes: tuple[Outcome, ...] | None = None,
        *,
        who: Flags | None = None,
        stuck: Either = ANY,
        fever: Either = ANY,
        high: Either = ANY,
        measured: Either = ANY,
        again: Either = ANY,
    ) -> Floats:
        """How many people fared so, by replication.

        Parameters
        ----------
        outcomes
            Any of these; all if left out.
        who
            Of these kinds only, shape (kinds,); of all if left out.
        """
        where = [
            int(x) if isinstance(x, bool) else x for x in (stuck, fever, high, measured, again)
        ]
        found = self.census[(ANY, ANY, ANY, *where)]
        if who is not None:
            found = found[:, who]
        if outcomes is not None:
            found = found[:, :, list(outcomes)]
        number: Floats = found.sum(axis=tuple(range(1, found.ndim))).astype(np.float64)
        return number


def tally(trace: "Trace") -> Tally:
    """Go over a block of replications once."""
    path, day = trace.journeys, trace.journeys.day
    kinds, kind = np.unique(_kind_of_person(day), return_inverse=True)
    replications, persons, columns = trace.arrived.shape
    gates = day.scenario.gate_named
    places = np.array([gates[g].places for g in day.gates], dtype=np.int64)
    found = Tally(
        kinds,
        np.zeros((replications, kinds.size, len(Outcome), 2, 2, 2, 2, 2), dtype=np.int64),
        np.zeros((replications, persons), dtype=bool),
        np.zeros((replications, columns), dtype=np.int64),
        np.zeros((replications, len(day.places))),
        np.zeros((replications, len(day.gates), 6)),
        np.zeros((3, replications, len(day.gates))),
        np.zeros((replications, len(day.parties), 2), dtype=np.int64),
    )
    _tally(
        by_column(trace.arrived),
        by_column(trace.began),
        by_column(trace.ended),
        by_column(path.station),
        path.start,
        path.outcome,
        path.fever,
        path.alarm,
        path.measured,
        kind,
        day.party_of,
        np.array([p.bell for p in day.parties]),
        day.gate_of_person,
        day.gate_of_place,
        places,
        min(day.rest, columns - 2),
        min(day.door, columns - 1),
        found.census.reshape(replications, kinds.size, -1),
        found.stuck,
        found.done,
        found.busy,
        found.gates,
        found.queues,
        found.seated,
    )
    return found


def _kind_of_person(day: "SchoolDay") -> Ints:
    """Number of what is known of each person: pupil or not, lives in or not, held for what."""
    kind = day.is_pupil + 2 * day.lives_in.astype(np.int64)
    for number, who in enumerate(day.held_for.values(), start=1):
        kind += 4 * number * who
    return kind


def pupils_among(kinds: Ints) -> Flags:
    """Which kinds of people are pupils."""
    return np.asarray(kinds % 2 == 1)


def living_in(kinds: Ints) -> Flags:
    """Which kinds of people are on campus already."""
    return np.asarray(kinds // 2 % 2 == 1)


def held_for(kinds: Ints, reason: int) -> Flags:
    """Which kinds of people are held for one of the reasons, in their order."""
    return np.asarray(kinds // 4 == reason + 1)


@njit(cache=True, nogil=True)
def _tally(
    arrived: Floats,
    began: Floats,
    ended: Floats,
    station: NDArray[np.int16],
    start: Floats,
    outcome: NDArray[np.int8],
    fever: Flags,
    alarm: Flags,
    measured: Flags,
    kind: Ints,
    party: NDArray[np.int32],
    bell: Floats,
    gate_of_person: NDArray[np.int16],
    gate_of_place: NDArray[np.int16],
    places: Ints,
    rest: int,
    door: int,
    census: Ints,
    stuck: Flags,
    done: Ints,
    busy: Floats,
    gates: Floats,
    queues: Floats,
    seated: Ints,
) -> None:
    replications, columns, persons = arrived.shape
    wait, left = np.empty(persons), np.empty(persons)
    joins, leaves = np.empty(persons * columns), np.empty(persons * columns)
    where = np.empty(persons * columns, np.int16)
    for r in range(replications):
        wait[:], left[:] = 0.0, -1.0
        waiting = _visits(
            arrived[r],
            began[r],
            ended[r],
            station[r],
            gate_of_place,
            stuck[r],
            done[r],
            busy[r],
            wait,
            left,
            joins,
            leaves,
            where,
        )
        follow_queues(joins[:waiting], leaves[:waiting], where[:waiting], places, queues[:, r])
        _gates(start[r], wait, left, gate_of_person, gates[r])
        for p in range(persons):
            meant = outcome[r, p] in (SEATED, UNAPPROVED)
            seated[r, party[p], 0] += meant
            seated[r, party[p], 1] += meant and ended[r, door, p] <= bell[party[p]]
            high = alarm[r, p] and not np.isnan(arrived[r, rest, p])
            again = high and ended[r, rest + 1, p] < MIDNIGHT
            code = 2 * (2 * (2 * outcome[r, p] + stuck[r, p]) + fever[r, p]) + high
            census[r, kind[p], 2 * (2 * code + measured[r, p]) + again] += 1


@njit(cache=True, nogil=True)
def _visits(
    arrived: Floats,
    began: Floats,
    ended: Floats,
    station: NDArray[np.int16],
    gate_of_place: NDArray[np.int16],
    stuck: Flags,
    done: Ints,
    busy: Floats,
    wait: Floats,
    left: Floats,
    joins: Floats,
    leaves: Floats,
    where: NDArray[np.int16],
) -> int:
    """Go over all visits of one replication; return how many waited at a gate."""
    waiting = 0
    for c in range(station.shape[0]):
        for p in range(station.shape[1]):
            s = station[c, p]
            if s < 0 or not arrived[c, p] < np.inf:
                continue
            if ended[c, p] < np.inf:
                done[c] += 1
                busy[s] += ended[c, p] - began[c, p]
            else:
                stuck[p] = True
            if gate_of_place[s] >= 0:
                wait[p] += min(began[c, p], MIDNIGHT) - arrived[c, p]
                left[p] = ended[c, p]
                if began[c, p] > arrived[c, p]:
                    joins[waiting], leaves[waiting] = arrived[c, p], began[c, p]
                    where[waiting] = gate_of_place[s]
                    waiting += 1
    return waiting


@njit(cache=True, nogil=True)
def _gates(
    start: Floats, wait: Floats, left: Floats, gate_of_person: NDArray[np.int16], gates: Floats
) -> None:
    """Sum up how everybody fared at the gate they came to."""
    for p in range(start.size):
        g = gate_of_person[p]
        if g >= 0 and left[p] >= 0.0:
            gates[g, 0] += 1
            gates[g, 1] += wait[p]
            gates[g, 2] = max(gates[g, 2], wait[p])
            if left[p] < np.inf:
                gates[g, 3] = max(gates[g, 3], left[p])
                gates[g, 4] += 1
                gates[g, 5] += left[p] - start[p]


def compile_now() -> None:
    """Compile, or fetch from the cache, the pass of this module."""
    one, station = np.zeros((1, 1, 1)), np.zeros((1, 1, 1), np.int16)
    none, person = np.zeros((1, 1), bool), np.zeros(1, np.int16)
    one.flags.writeable = station.flags.writeable = False  # as `by_column` leaves them
    _tally(
        one,
        one,
        one,
        station,
        np.zeros((1, 1)),
        np.zeros((1, 1), np.int8),
        none,
        none,
        none,
        np.zeros(1, np.int64),
        np.zeros(1, np.int32),
        np.zeros(1),
        person,
        person,
        np.ones(1, np.int64),
        0,
        0,
        np.zeros((1, 1, 160), np.int64),
        none.copy(),
        np.zeros((1, 1), np.int64),
        np.zeros((1, 1)),
        np.zeros((1, 1, 6)),
        np.zeros((3, 1, 1)),
        np.zeros((1, 1, 2), np.int64),
    )
