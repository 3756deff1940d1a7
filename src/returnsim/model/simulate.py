"""SimPy lets a day happen: journeys in, trace out. The reference that the kernel must match."""

from collections.abc import Iterator

import numpy as np
import simpy
from numpy.typing import NDArray

from returnsim.model.itinerary import Itineraries
from returnsim.model.journeys import Comer, arrive, keep_open
from returnsim.model.station import Station, Stock
from returnsim.model.trace import Trace


def simulate(journeys: Itineraries) -> Trace:
    """Let every replication of a block happen, one after the other.

    A pure function: the same journeys give the same trace, to the last bit.
    """
    replications, persons, columns = journeys.station.shape
    times = np.empty((3, replications, columns, persons)).transpose(0, 1, 3, 2)
    for r in range(replications):
        times[:, r] = _one_day(journeys, r)
    times.flags.writeable = False
    return Trace(journeys, *times)


def _one_day(journeys: Itineraries, replication: int) -> NDArray[np.float64]:
    persons, columns = journeys.station.shape[1:]
    env = simpy.Environment()
    record = [[float("nan")] * (persons * columns) for _ in range(3)]
    stations = [Station(env, *record) for _ in journeys.day.places]
    for number, station in enumerate(stations):
        for moment, lanes in journeys.openings.of(number, replication):
            keep_open(env, station, moment, lanes)
    for pool in journeys.day.pools:
        Stock(pool.number, [stations[i] for i in pool.stations])
    for comers in _runs(_comers(journeys, replication)):
        env.process(arrive(env, comers, stations, persons))
    env.run()
    return np.array(record).reshape(3, persons, columns)


def _comers(journeys: Itineraries, replication: int) -> list[Comer]:
    """Everybody who comes that day with their steps, in the order in which they join."""
    station = journeys.station[replication]
    person, column = np.nonzero(station >= 0)
    steps = list(
        zip(
            station[person, column].tolist(),
            (person * station.shape[1] + column).tolist(),
            journeys.day.leaves[journeys.day.party_of[person], column].tolist(),
            journeys.travel[replication][person, column].tolist(),
            journeys.service[replication][person, column].tolist(),
            strict=True,
        )
    )
    if not steps:
        return []
    first = np.flatnonzero(np.diff(person, prepend=-1))
    last = np.append(first[1:], person.size)
    start = journeys.start[replication][person[first]].tolist()
    comers = [
        (max(begins, steps[a][2]) + steps[a][3], who, steps[a:b])
        for begins, who, a, b in zip(
            start, person[first].tolist(), first.tolist(), last.tolist(), strict=True
        )
    ]
    comers.sort(key=lambda comer: (comer[0], comer[2][0][0], comer[1]))
    return comers


def _runs(comers: list[Comer]) -> Iterator[list[Comer]]:
    """Split into runs in which each can be waited for from the one before without rounding.

    SimPy adds a delay to the present moment. The difference of two moments is exact while
    neither is more than twice the other (Sterbenz's lemma), which it is all morning long.
    """
    run: list[Comer] = []
    for comer in comers:
        if run and run[-1][0] + (comer[0] - run[-1][0]) != comer[0]:
            yield run
            run = []
        run.append(comer)
    if run:
        yield run
