"""Plans tried on the same luck, fast enough for a search.

One gate at a time: people who use different gates meet only at the second reading and in
the isolation room, which do not hold up a gate. The luck is not that of the studies which
later judge the plan: an estimate by the days a search has used is too kind.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from returnsim.experiment.streams import BLOCK, streams
from returnsim.measure import waiting
from returnsim.model.congestion import queues
from returnsim.model.day import SchoolDay, prepare
from returnsim.model.draws import draw
from returnsim.model.itinerary import Itineraries, itineraries
from returnsim.model.kernel import replay
from returnsim.plan.plan import Plan
from returnsim.scenario.scenario import Scenario

SEARCH = 1
"""Marks the search's luck apart from that of every study with the same seed."""


@dataclass(frozen=True, slots=True)
class Strain:
    """How hard a plan is on one gate."""

    crowded: float
    """Largest share of days, over the days tried, with more people than places."""
    long_wait: float
    """Largest share of days on which somebody waits longer than the limit."""
    stuck: int
    """People never served."""
    in_time: dict[str, float]
    """Smallest mean share of each class that is seated by the bell."""

    def excess(self, scenario: Scenario, margin: float) -> float:
        """How far the limits are missed if only a share `margin` of each risk may be used."""
        limits = scenario.limits
        wanted = limits.seated_by_bell_probability
        wanted += (1 - wanted) * BELL_RESERVE if wanted else 0.0
        late = sum(max(0.0, wanted - share) for share in self.in_time.values())
        return (
            max(0.0, self.crowded - margin * limits.crowding_risk)
            + max(0.0, self.long_wait - margin * limits.wait_risk)
            + late
            + self.stuck
        )


BELL_RESERVE = 0.05
"""Share of the tolerated lateness that the search leaves unused."""


class Trial:
    """Tries lanes at one gate for arrivals that stay as they are."""

    def __init__(
        self, scenario: Scenario, plan: Plan, gate: str, days: Sequence[date], seed: int, size: int
    ) -> None:
        self.scenario, self.gate = scenario, gate
        self.places = scenario.gate_named[gate].places
        self.journeys: list[list[Itineraries]] = []
        for day in days:
            blocks = self._blocks(plan, day, seed, size)
            if blocks:
                self.journeys.append(blocks)

    def _blocks(self, plan: Plan, day: date, seed: int, size: int) -> list[Itineraries]:
        try:
            school_day = prepare(self.scenario, plan, day, only=self.gate)
        except ValueError:
            return []
        return [
            itineraries(school_day, draw(school_day, streams((seed, SEARCH), day, b), BLOCK))
            for b in range(size // BLOCK)
        ]

    def strain(self, plan: Plan) -> Strain:
        """Play the plan's lanes on every day tried."""
        crowded = long_wait = 0.0
        stuck = 0
        in_time: dict[str, float] = {}
        for blocks in self.journeys:
            full, slow, days = 0.0, 0.0, 0
            late: dict[str, float] = {}
            for path in blocks:
                trace = replay(replace(path, day=with_lanes(path.day, plan)))
                longest = queues(trace, np.array([self.places], dtype=np.int64))[0, :, 0]
                wait = waiting.at_gate(trace).wait.max(axis=1)
                full += float((longest > self.places).sum())
                limit = self.scenario.limits.longest_wait_minutes * 60
                slow += float((wait > limit).sum())
                stuck += int(waiting.still_inside(trace).sum())
                for number, party in enumerate(path.day.parties):
                    if party.is_class:
                        share = float(waiting.seated_by_bell(trace, number).mean())
                        late[party.name] = late.get(party.name, 0.0) + share / len(blocks)
                days += trace.replications
            crowded, long_wait = max(crowded, full / days), max(long_wait, slow / days)
            for name, share in late.items():
                in_time[name] = min(share, in_time.get(name, 1.0))
        return Strain(crowded, long_wait, stuck, in_time)


def hardest_days(
    scenario: Scenario, plan: Plan, gate: str, days: Sequence[date]
) -> tuple[date, ...]:
    """Return the days that no other day surpasses in who passes which stage of a gate.

    With fewer people in every class at every stage a day is easier; there is no need to
    try it.
    """
    load: dict[date, Counter[tuple[str, int]]] = {}
    for day in days:
        load[day] = Counter()
        try:
            school_day = prepare(scenario, plan, day, only=gate)
        except ValueError:
            continue
        for number, party in enumerate(school_day.parties):
            for column in range(school_day.door):
                if school_day.chain[number, column] >= 0:
                    load[day][party.name, column] = party.size - party.held - party.living_in
    return tuple(
        day
        for i, day in enumerate(days)
        if not any(
            load[day] <= load[other] and (load[day] != load[other] or j > i)
            for j, other in enumerate(days)
            if j != i
        )
    )


def with_lanes(day: SchoolDay, plan: Plan) -> SchoolDay:
    """Return the same day with the lanes of another plan."""
    places = tuple(
        replace(p, lanes=tuple(plan.lanes_over_time(p.gate, p.stage))) if p.gate else p
        for p in day.places
    )
    return replace(day, places=places)
