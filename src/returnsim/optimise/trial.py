"""Plans tried on the same luck, fast enough for a search.

One gate at a time: people who use different gates meet only at the second reading and in
the isolation room, which do not hold up a gate. The luck is not that of the studies which
later judge the plan: an estimate by the days a search has used is too kind.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.streams import BLOCK, streams
from returnsim.measure import waiting
from returnsim.model.congestion import queues
from returnsim.model.day import SchoolDay, prepare
from returnsim.model.disruption import openings
from returnsim.model.draws import Draws, draw
from returnsim.model.itinerary import Itineraries, itineraries
from returnsim.model.kernel import can_replay, replay
from returnsim.model.party import Place
from returnsim.model.simulate import simulate
from returnsim.model.trace import Trace
from returnsim.optimise.luck import SEARCH
from returnsim.plan.plan import Plan
from returnsim.scenario.scenario import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Strain:
    """How hard a plan is on one gate."""

    crowded: float
    """Largest share of days, over the days tried, with more people than places."""
    long_wait: float
    """Largest share of days on which somebody waits longer than the limit."""
    stuck: int
    """People never served."""
    stuck_days: float
    """Largest share of days on which there is such a person."""
    in_time: dict[str, float]
    """Smallest mean share of each class that is seated by the bell."""
    longest: Floats = field(compare=False)
    """Longest queue of every replication of the last day tried."""

    def excess(self, scenario: Scenario, margin: float) -> float:
        """How far the limits are missed if only a share `margin` of each risk may be used."""
        limits, wanted = scenario.limits, seated_in_time(scenario)
        late = sum(max(0.0, wanted - share) for share in self.in_time.values())
        return (
            max(0.0, self.crowded - margin * limits.crowding_risk)
            + max(0.0, self.long_wait - margin * limits.wait_risk)
            + max(0.0, self.stuck_days - margin * STUCK_RISK)
            + late
        )


STUCK_RISK = 0.01
"""Share of days on which somebody may find all lanes closed: a fifth of what the planner's own
rulebook allows, since closing early is the search's choice and not the school's."""
BELL_RESERVE = 0.05
"""Share of the tolerated lateness that the search leaves unused."""


def seated_in_time(scenario: Scenario) -> float:
    """Share of each class that a search lets be seated by the bell: a little more than has to."""
    wanted = scenario.limits.seated_by_bell_probability
    return wanted + (1 - wanted) * BELL_RESERVE if wanted else 0.0


class Trial:
    """Tries lanes at one gate for arrivals that stay as they are.

    Parameters
    ----------
    scenario, plan, gate
        What is given, a plan for its arrivals, and the gate.
    days
        Days to try.
    seed, size
        Of the luck, and how many replications; a single block of them where posts share
        instruments, since SimPy takes a hundred times as long as the kernel.
    luck
        Marks the luck apart from that of other parts of the search.
    """

    def __init__(
        self,
        scenario: Scenario,
        plan: Plan,
        gate: str,
        days: Sequence[date],
        seed: int,
        size: int,
        luck: int = SEARCH,
    ) -> None:
        self.scenario, self.gate, self.seed, self.luck = scenario, gate, seed, luck
        self.places = scenario.gate_named[gate].places
        self.days = [day for d in days for day in self._prepared(plan, d)]
        self.size = size
        self._laid: dict[tuple[int, int], tuple[Itineraries, Draws]] = {}

    def _prepared(self, plan: Plan, day: date) -> list[SchoolDay]:
        """Return the day, if anybody comes."""
        try:
            return [prepare(self.scenario, plan, day, only=self.gate)]
        except ValueError:
            return []

    def _blocks(self, day: int) -> int:
        """Return how many blocks of replications are tried of a day."""
        return self.size // BLOCK if can_replay(self.days[day]) else 1

    def _journeys(self, day: int, block: int) -> tuple[Itineraries, Draws]:
        """Return a block before anybody waits, laid out when it is first asked for."""
        if (day, block) not in self._laid:
            who = self.days[day]
            draws = draw(who, streams((self.seed, self.luck), who.day, block), BLOCK)
            path = itineraries(who, draws)
            self._laid[day, block] = (path, replace(draws, people={}))
        return self._laid[day, block]

    def _played(self, plan: Plan, path: Itineraries, draws: Draws) -> Trace:
        """Let a block happen with the lanes of a plan."""
        day = with_lanes(path.day, plan)
        happen = replay if can_replay(day) else simulate
        return happen(replace(path, day=day, openings=openings(day, draws, path.rounds)))

    def strain(self, plan: Plan) -> Strain:
        """Play the plan's lanes on every day tried."""
        return self._strain(plan, None)

    def seen(self, plan: Plan, margin: float) -> Strain:
        """Play no more than it takes to see that a limit is missed; say what was seen by then."""
        return self._strain(plan, margin)

    def keeps(self, plan: Plan, margin: float) -> bool:
        """Whether all limits are kept; as soon as they cannot be any more, no more is played."""
        return self.seen(plan, margin).excess(self.scenario, margin) <= 0

    def _strain(self, plan: Plan, margin: float | None) -> Strain:
        days = []
        for number in range(len(self.days)):
            day = _Day(self._blocks(number))
            for block in range(day.blocks):
                self._count(day, plan, *self._journeys(number, block))
                if margin is not None and day.strain().excess(self.scenario, margin) > 0:
                    return replace(day, blocks=block + 1).strain()
            days.append(day.strain())
        return Strain(
            max((d.crowded for d in days), default=0.0),
            max((d.long_wait for d in days), default=0.0),
            sum(d.stuck for d in days),
            max((d.stuck_days for d in days), default=0.0),
            {
                name: min(d.in_time.get(name, 1.0) for d in days)
                for name in dict.fromkeys(name for d in days for name in d.in_time)
            },
            days[-1].longest if days else np.zeros(0),
        )

    def _count(self, day: "_Day", plan: Plan, path: Itineraries, draws: Draws) -> None:
        """Play a block and count what is missed."""
        trace = self._played(plan, path, draws)
        longest = queues(trace, np.array([self.places], dtype=np.int64))[0, :, 0]
        wait = waiting.at_gate(trace).wait.max(axis=1)
        inside = waiting.still_inside(trace)
        day.queues.append(longest)
        day.full += int((longest > self.places).sum())
        day.slow += int((wait > self.scenario.limits.longest_wait_minutes * 60).sum())
        day.stuck += int(inside.sum())
        day.left += int(inside.any(axis=1).sum())
        for number, party in enumerate(path.day.parties):
            if party.is_class:
                late = 1.0 - float(waiting.seated_by_bell(trace, number).mean())
                day.late[party.name] = day.late.get(party.name, 0.0) + late

    def longest(self, plan: Plan) -> Floats:
        """Longest queue of every replication of the last day tried."""
        found, last = [], len(self.days) - 1
        for block in range(self._blocks(last) if self.days else 0):
            trace = self._played(plan, *self._journeys(last, block))
            found.append(queues(trace, np.array([self.places], dtype=np.int64))[0, :, 0])
        return np.concatenate(found) if found else np.zeros(0)


@dataclass(slots=True)
class _Day:
    """What has been missed on one day so far; blocks that are still to come may be perfect."""

    blocks: int
    """Blocks of replications that are played of it."""
    full: int = 0
    """Replications with more people than places."""
    slow: int = 0
    """Replications with too long a wait."""
    stuck: int = 0
    """People never served."""
    left: int = 0
    """Replications with such a person."""
    queues: list[Floats] = field(default_factory=list)
    """Longest queue of every replication."""
    late: dict[str, float] = field(default_factory=dict)
    """Share of each class that is not seated by the bell, added up over blocks."""

    def strain(self) -> Strain:
        """Turn counts into shares."""
        replications = self.blocks * BLOCK
        return Strain(
            self.full / replications,
            self.slow / replications,
            self.stuck,
            self.left / replications,
            {name: 1.0 - late / self.blocks for name, late in self.late.items()},
            np.concatenate(self.queues),
        )


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
    gates = day.scenario.gate_named

    def staffed(place: Place) -> Place:
        if not place.gate or gates[place.gate].lanes_of(place.stage) is None:
            return place
        closes = gates[place.gate].closes
        return replace(
            place, lanes=tuple(plan.lanes_over_time(place.gate, place.stage, until=closes))
        )

    return replace(day, places=tuple(map(staffed, day.places)))
