"""The same morning on the same luck in Ciw and in salabim, as their manuals teach them."""

from collections.abc import Iterator
from typing import Any

import ciw
import numpy as np
import salabim
from morning import FETCHED, READING, REST, Pupil, Visit

from returnsim.model.day import SchoolDay

INF = float("inf")


def stations(pupil: Pupil) -> list[tuple[str, float]]:
    """Where somebody goes, and how long each step takes; the walk is a step of its own."""
    steps = [(f"{pupil.gate}/scan", pupil.scan), (f"{pupil.gate}/temperature", pupil.temperature)]
    if pupil.hot:
        steps += [("recheck/rest", REST), ("recheck/reading", READING)]
    if pupil.hot_again:
        return [*steps, ("isolation", FETCHED)]
    return [*steps, (WALK, pupil.walk), (pupil.door, pupil.at_door)]


WALK = "walk"


# --------------------------------------------------------------------------------------- Ciw


class Between(ciw.dists.Distribution):  # type: ignore[misc]
    """Times between given arrivals."""

    def __init__(self, moments: np.ndarray) -> None:
        self.times = iter([*np.diff(moments, prepend=0.0).tolist(), INF])

    def __deepcopy__(self, memo: object) -> "Between":
        return self

    def sample(self, t: float | None = None, ind: Any = None) -> float:  # noqa: ARG002
        return next(self.times)


class OfEach(ciw.dists.Distribution):  # type: ignore[misc]
    """What the individual at hand takes at one station."""

    def __init__(self, seconds: list[float]) -> None:
        self.seconds = seconds

    def __deepcopy__(self, memo: object) -> "OfEach":
        return self

    def sample(self, t: float | None = None, ind: Any = None) -> float:  # noqa: ARG002
        return self.seconds[ind.person]


def in_ciw(day: SchoolDay, pupils: list[Pupil]) -> list[Visit]:
    """Let the morning happen in Ciw: a network of nodes, everybody's route known beforehand."""
    names = [*(place.name for place in day.places), WALK]
    node = {name: i + 1 for i, name in enumerate(names)}
    lanes = {place.name: place.lanes[0][1] for place in day.places} | {WALK: INF}
    gates = list(dict.fromkeys(p.gate for p in pupils))
    ways = [stations(p) for p in pupils]
    seconds = {name: [0.0] * len(pupils) for name in names}
    for person, way in enumerate(ways):
        for name, takes in way:
            seconds[name][person] = takes
    routes = [[node[name] for name, _ in way[1:]] for way in ways]
    order = sorted(range(len(pupils)), key=lambda person: pupils[person].start)
    coming = {g: [person for person in order if pupils[person].gate == g] for g in gates}
    next_at = {node[f"{g}/scan"]: iter(persons) for g, persons in coming.items()}

    def route(individual: Any, _: Any) -> list[int]:
        individual.person = next(next_at[individual.starting_node])
        return routes[individual.person]

    arrivals = {
        f"{g}/scan": Between(np.array([pupils[person].start for person in persons]))
        for g, persons in coming.items()
    }
    network = ciw.create_network(
        arrival_distributions=[arrivals.get(name) for name in names],
        service_distributions=[OfEach(seconds[name]) for name in names],
        number_of_servers=[lanes[name] for name in names],
        routing=ciw.routing.ProcessBased(route),
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(86_400.0)
    return [
        (
            individual.person,
            names[record.node - 1],
            record.arrival_date,
            record.service_start_date,
            record.service_end_date,
        )
        for individual in simulation.get_all_individuals()
        for record in individual.data_records
        if names[record.node - 1] != WALK
    ]


# ----------------------------------------------------------------------------------- salabim


def in_salabim(day: SchoolDay, pupils: list[Pupil]) -> list[Visit]:
    """Let the morning happen in salabim, its monitors off: the quickest of its ways."""
    env = salabim.Environment(
        trace=False, yieldless=False, random_seed="", set_numpy_random_seed=False
    )
    lanes = {place.name: place.lanes[0][1] for place in day.places}
    resources = {n: salabim.Resource(n, capacity=c, monitor=False) for n, c in lanes.items()}
    visits: list[Visit] = []

    class Comer(salabim.Component):  # type: ignore[misc]
        def setup(self, pupil: Pupil) -> None:
            self.pupil = pupil
            self.status.monitor(False)
            self.mode.monitor(False)

        def process(self) -> Iterator[Any]:
            for name, seconds in stations(self.pupil):
                if name == WALK:
                    yield self.hold(seconds)
                    continue
                arrived = env.now()
                yield self.request(resources[name])
                began = env.now()
                yield self.hold(seconds)
                self.release(resources[name])
                visits.append((self.pupil.person, name, arrived, began, env.now()))

    for pupil in pupils:
        Comer(pupil=pupil, at=pupil.start)
    env.run()
    return visits
