"""SimPy lets a day happen: journeys in, trace out. The reference that the kernel must match."""

import numpy as np
import simpy

from returnsim.model.itinerary import Itineraries
from returnsim.model.journeys import Step, follow, keep_open
from returnsim.model.station import Station
from returnsim.model.trace import Trace


def simulate(journeys: Itineraries) -> Trace:
    """Let every replication of a block happen, one after the other.

    A pure function: the same journeys give the same trace, to the last bit.
    """
    shape = journeys.station.shape
    times = np.empty((3, *shape))
    for r in range(shape[0]):
        times[:, r] = _one_day(journeys, r)
    times.flags.writeable = False
    return Trace(journeys, times[0], times[1], times[2])


def _one_day(
    journeys: Itineraries, replication: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    persons, columns = journeys.station.shape[1:]
    env = simpy.Environment()
    record = tuple([float("nan")] * (persons * columns) for _ in range(3))
    stations = [Station(env, *record) for _ in journeys.day.places]
    for station, place in zip(stations, journeys.day.places, strict=True):
        for moment, lanes in place.lanes:
            keep_open(env, station, moment, lanes)
    places = journeys.station[replication].tolist()
    travel = journeys.travel[replication].tolist()
    service = journeys.service[replication].tolist()
    start = journeys.start[replication].tolist()
    for person in np.flatnonzero(~np.isnan(journeys.start[replication])).tolist():
        steps = [
            Step(place, person * columns + c, travel[person][c], service[person][c])
            for c, place in enumerate(places[person])
            if place >= 0
        ]
        env.process(follow(env, person, start[person], steps, stations, persons))
    env.run()
    return np.array(record).reshape(3, persons, columns)
