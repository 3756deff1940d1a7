"""Crews on their rounds: a cleaner's day, which does not depend on anybody else's.

A crew begins each visit at its time, or as soon as it has come from the one before. It waits
for nobody: whatever it works in is closed until it has done, and whoever is inside is
counted.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from returnsim.plan.plan import Plan
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario
from returnsim.theory.distributions import Duration

if TYPE_CHECKING:
    from returnsim.model.day import SchoolDay
    from returnsim.model.draws import Draws

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit of a crew to a zone, as planned."""

    crew: str
    zone: str
    at: float
    """When it should begin [s after midnight]."""
    walk: float
    """Way from the zone before [s]."""
    area: float
    """Surface to be done, in hundreds of square metres."""
    pace: Duration
    """Minutes for a hundred square metres."""
    closes: tuple[str, ...]
    """Halls that nobody enters meanwhile."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """When each visit began and ended [s after midnight], shape (replications, visits)."""

    began: Floats
    ended: Floats


def planned_rounds(scenario: Scenario, plan: Plan) -> tuple[Stop, ...]:
    """List the visits of all crews, crew by crew in the order of their turns."""
    crews = {crew.name: crew for crew in scenario.crews}
    zones = {zone.name: zone for zone in scenario.zones}
    turns = sorted(plan.rounds, key=lambda r: (list(crews).index(r.crew), r.at))
    return tuple(
        Stop(
            crew=turn.crew,
            zone=turn.zone,
            at=seconds(turn.at),
            walk=60 * crews[turn.crew].walk_minutes,
            area=zones[turn.zone].area_m2 / 100,
            pace=crews[turn.crew].minutes_per_100_m2,
            closes=zones[turn.zone].closes,
        )
        for turn in turns
    )


def work(day: "SchoolDay", draws: "Draws") -> Rounds:
    """Let every crew go its round, each visit as long as luck has it."""
    began = np.empty((draws.replications, len(day.rounds)))
    ended = np.empty_like(began)
    turn: dict[str, int] = {}
    for number, stop in enumerate(day.rounds):
        mine = turn.get(stop.crew, 0)
        begins = np.full(draws.replications, stop.at)
        if mine:
            begins = np.maximum(begins, ended[:, number - 1] + stop.walk)
        began[:, number] = begins
        u = draws.things[f"crew {stop.crew}"][:, mine]
        ended[:, number] = begins + 60 * stop.area * stop.pace.quantile(u)
        turn[stop.crew] = mine + 1
    return Rounds(began, ended)
