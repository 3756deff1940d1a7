"""Days of the tiny school, chosen luck, and stations that belong to no school at all."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from functools import cache
from typing import Any

import numpy as np
from builders import a_class, a_gate, a_plan, a_scenario, a_stage
from numpy.typing import NDArray

from returnsim.experiment.streams import streams
from returnsim.model.day import SchoolDay, prepare
from returnsim.model.draws import Draws, draw, purposes
from returnsim.model.itinerary import Itineraries, Outcome
from returnsim.model.kernel import replay
from returnsim.model.party import Party, Place
from returnsim.model.rounds import Rounds
from returnsim.model.trace import Trace
from returnsim.plan.plan import Plan
from returnsim.scenario.scenario import Scenario

Floats = NDArray[np.float64]
Lanes = int | Sequence[tuple[float, int]]
"""A number of lanes open all day, or steps (moment, lanes from then on)."""
RETURN, DAY_AFTER = date(2020, 4, 7), date(2020, 4, 8)
"""When the first class of the tiny school comes back, and the morning after."""
SEVEN = 7 * 3600.0


def fixed(value: float) -> dict[str, Any]:
    """Return the distribution that is always this value, as a file would say it."""
    return {"kind": "fixed", "value": value}


def lognormal(mean: float, cv: float = 0.5) -> dict[str, Any]:
    """Return skewed times, as a file would say it."""
    return {"kind": "lognormal", "mean": mean, "cv": cv}


def one_class(pupils: int = 10, **changes: Any) -> Scenario:
    """Return the tiny school with a single class, and other changes."""
    grade = {
        "name": "nine",
        "level": "junior",
        "exam_year": False,
        "bell": time(8),
        "source": "made up",
    }
    given = {"grades": [grade], "classes": [a_class(pupils=pupils)]} | changes
    return a_scenario(**given)


def chain_of(*stages: Mapping[str, Any], **changes: Any) -> Any:
    """Return the tiny school's gate with these stages, each the usual one changed."""
    return a_gate(stages=[a_stage(**stage) for stage in stages], **changes)


def a_lively_school(service: float = 30.0, **changes: Any) -> Scenario:
    """Return the tiny school left to chance: when people come, how long they take, who is hot."""
    given: dict[str, Any] = {
        "gates": [chain_of({"service_seconds": lognormal(service)})],
        "arrivals": {
            "offset_minutes": {"kind": "normal", "mean": -5, "sd": 3},
            "absent_probability": 0.1,
        },
        "screening": {"false_alarm_probability": 0.1},
    }
    return a_scenario(**(given | changes))


def a_day(
    scenario: Scenario | None = None, plan: Plan | None = None, day: date = RETURN
) -> SchoolDay:
    """Prepare a day; everything as in the tiny school unless it is given."""
    school = scenario or a_scenario()
    return prepare(school, plan or a_plan(school), day)


def luck(
    day: SchoolDay, chosen: Mapping[str, Any] | None = None, *, replications: int = 1
) -> Draws:
    """Return luck in the middle of everything, but for the purposes that are chosen.

    A purpose is given as one number for all, one for each person, or by person's index.
    """
    people = {p: np.full((replications, day.persons), 0.5) for p in purposes(day)}
    for purpose, numbers in (chosen or {}).items():
        if isinstance(numbers, Mapping):
            for person, number in numbers.items():
                people[purpose][:, person] = number
        else:
            people[purpose][:] = numbers
    return Draws(people, np.full(replications, 0.5))


def chance(day: SchoolDay, *, seed: int = 1, replications: int = 1) -> Draws:
    """Return luck as a study would draw it."""
    return draw(day, streams(seed, day.day, 0), replications)


def at(trace: Trace, station: str, replication: int = 0) -> dict[int, tuple[float, float, float]]:
    """Return arrived, began and ended of everybody at one station, by person's index."""
    number = [p.name for p in trace.journeys.day.places].index(station)
    rows = np.argwhere(trace.journeys.station[replication] == number)
    times = (trace.arrived[replication], trace.began[replication], trace.ended[replication])
    return {int(p): tuple(float(x[p, c]) for x in times) for p, c in rows}  # type: ignore[misc]


def passed(path: Itineraries, person: int = 0, replication: int = 0) -> list[str]:
    """Return the stations that somebody will pass, in order."""
    names = [p.name for p in path.day.places]
    return [names[s] for s in path.station[replication, person] if s >= 0]


# ------------------------------------------------------------- stations without a school


@cache
def _tiny() -> Scenario:
    return a_scenario()


def a_network(lanes: Sequence[Lanes], persons: int) -> SchoolDay:
    """Return stations in a row, all of the tiny school's gate, and one party of people."""
    steps = [((0.0, n),) if isinstance(n, int) else tuple(n) for n in lanes]
    places = tuple(Place(f"gate/{i}", "gate", f"{i}", s) for i, s in enumerate(steps))
    party = Party("people", False, 0, persons, 0, 0, "gate", SEVEN, SEVEN, -1, 0.0)
    chain = np.arange(len(places), dtype=np.int16)[None, :]
    none = np.full(1, -1, dtype=np.int16)
    return SchoolDay(_tiny(), RETURN, (party,), places, chain, none, len(places), 0)


def a_flow(lanes: Sequence[Lanes], starts: Floats, services: Floats) -> Itineraries:
    """Send people through stations in a row.

    Parameters
    ----------
    lanes
        Of each station.
    starts
        When each person comes, shape (replications, persons); NaN for nobody.
    services
        Shape (replications, persons, stations).
    """
    day = a_network(lanes, starts.shape[1])
    station = np.broadcast_to(np.arange(len(lanes), dtype=np.int16), services.shape).copy()
    station[np.isnan(starts)] = -1
    nobody = np.zeros(starts.shape, dtype=bool)
    outcome = np.where(np.isnan(starts), Outcome.ABSENT, Outcome.SEATED).astype(np.int8)
    return Itineraries(
        day,
        station,
        np.zeros(services.shape),
        services,
        starts,
        outcome,
        nobody,
        nobody,
        nobody,
        day.planned_lanes,
        Rounds(np.empty((len(starts), 0)), np.empty((len(starts), 0))),
    )


def flow(lanes: Sequence[Lanes], starts: Floats, services: Floats) -> Trace:
    """Let people pass stations in a row, on the kernel."""
    return replay(a_flow(lanes, starts, services))
