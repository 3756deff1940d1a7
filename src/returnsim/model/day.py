"""One school day before chance enters: who is due where and when, and what stands open.

Stations are numbered in the order in which people can meet them (first stages of all
gates, the second reading, later stages, doors, the rest of the day in its order, the
isolation room), so that whoever passes several of them passes them in ascending order.
Both engines rely on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from returnsim.model.openings import Openings, as_planned
from returnsim.plan.plan import Plan
from returnsim.scenario.campus import FAST, Check, Gate, Lanes
from returnsim.scenario.people import REASONS
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario
from returnsim.theory.distributions import Distribution, Duration


@dataclass(frozen=True, slots=True)
class Place:
    """A station: its name, the gate it belongs to, and its open lanes over time."""

    name: str
    gate: str
    """Empty for stations that belong to no gate."""
    stage: str
    lanes: tuple[tuple[float, int], ...]
    """Steps (seconds after midnight, lanes open from then on), ascending."""
    checks: tuple[Check, ...] = ()
    service: Duration | None = None
    """Time one person takes, for stations of the rest of the day ..."""
    unit_seconds: float = 1.0
    """... and the unit it is given in [s]."""


@dataclass(frozen=True, eq=False)
class Leg:
    """One kind of step behind the classroom door; a column of everybody's journey."""

    name: str
    """What it is, such as "lunch/serving"; its luck is drawn under this name."""
    who: NDArray[np.bool_]
    """Who takes it, shape (persons,)."""
    place: NDArray[np.int16]
    """Station of each party, -1 where it has none, shape (parties,)."""
    leaves: NDArray[np.float64]
    """Moment before which a party does not set out for it [s after midnight]; minus infinity
    for whoever goes on at once, shape (parties,)."""
    metres: NDArray[np.float64]
    """Way to it, shape (parties,)."""
    temperature: bool = False
    """Whether a temperature is taken, and taken again on the spot if it is high."""
    spread: Distribution | None = None
    """How they come one by one instead of together: minutes after the earliest of them."""


@dataclass(frozen=True, slots=True)
class Party:
    """People who share a slot: a class or a group of staff."""

    name: str
    is_class: bool
    first: int
    """Index of its first person."""
    size: int
    held: int
    """How many of them (the last ones) may not come."""
    living_in: int
    """How many (the first ones) are boarders who came back on an earlier day."""
    gate: str
    due: float
    """Latest moment at which they were told to be at the gate [s after midnight]."""
    bell: float
    """When they should be seated [s after midnight]."""
    batch: int
    """Number of the batch it returned with; -1 for staff."""
    metres: float
    """Way from the gate to the room."""


@dataclass(frozen=True, eq=False)
class SchoolDay:
    """Everything about one day that is known before it begins.

    A journey has at most `columns` steps; column c of a journey is the same kind of step
    for everybody (a stage of the chain, the rest, the second reading, ...).
    """

    scenario: Scenario
    day: date
    parties: tuple[Party, ...]
    places: tuple[Place, ...]
    chain: NDArray[np.int16]
    """Station of each party at each column, -1 where it has none, shape (parties, columns)."""
    fast: NDArray[np.int16]
    """Station of each party's fast lane, -1 where there is none, shape (parties,)."""
    before: int
    """Columns of the chain up to and with the temperature check."""
    after: int
    """Columns of the chain behind it."""
    legs: tuple[Leg, ...] = ()
    """The rest of the day, between the classroom door and the isolation room."""

    @property
    def rest(self) -> int:
        """Column of the rest before a second reading; the reading itself follows."""
        return self.before

    @property
    def door(self) -> int:
        """Column of the classroom door; the legs follow, and then the isolation room."""
        return self.before + 2 + self.after

    @property
    def columns(self) -> int:
        """Steps a journey can have."""
        return self.before + self.after + 4 + len(self.legs)

    @cached_property
    def leaves(self) -> NDArray[np.float64]:
        """Moment before which nobody of a party sets out for a step [s].

        Shape (parties, columns); minus infinity for the morning.
        """
        found = np.full((len(self.parties), self.columns), -np.inf)
        for column, leg in enumerate(self.legs, start=self.door + 1):
            found[:, column] = leg.leaves
        return found

    @property
    def persons(self) -> int:
        """People who are on the lists of this day, held ones included."""
        return sum(p.size for p in self.parties)

    @cached_property
    def party_of(self) -> NDArray[np.int32]:
        """Party of each person, shape (persons,)."""
        return np.repeat(
            np.arange(len(self.parties), dtype=np.int32), [p.size for p in self.parties]
        )

    @cached_property
    def gates(self) -> tuple[str, ...]:
        """Gates that somebody is due at, in the order of the scenario."""
        used = {p.gate for p in self.parties}
        return tuple(g.name for g in self.scenario.gates if g.name in used)

    @cached_property
    def gate_of_place(self) -> NDArray[np.int16]:
        """Index in `gates` of each station, -1 for those that belong to none."""
        index = {name: i for i, name in enumerate(self.gates)}
        return np.array([index.get(p.gate, -1) for p in self.places], dtype=np.int16)

    @cached_property
    def gate_of_person(self) -> NDArray[np.int16]:
        """Index in `gates` of each person's gate, -1 for those who meet none."""
        index = {name: i for i, name in enumerate(self.gates)}
        of_party = np.array([index.get(p.gate, -1) for p in self.parties], dtype=np.int16)
        return of_party[self.party_of]

    @cached_property
    def batch_of_person(self) -> NDArray[np.int16]:
        """Batch of each person, -1 for staff."""
        return np.array([p.batch for p in self.parties], dtype=np.int16)[self.party_of]

    @cached_property
    def is_pupil(self) -> NDArray[np.bool_]:
        """Whether each person is a pupil."""
        return np.array([p.is_class for p in self.parties])[self.party_of]

    @cached_property
    def is_held(self) -> NDArray[np.bool_]:
        """Whether each person may not come today."""
        flags = np.zeros(self.persons, dtype=bool)
        for party in self.parties:
            last = party.first + party.size
            flags[last - party.held : last] = True
        return flags

    @cached_property
    def held_for(self) -> dict[str, NDArray[np.bool_]]:
        """Who may not come today, by the reason they are held for."""
        flags: dict[str, NDArray[np.bool_]] = {
            reason: np.zeros(self.persons, dtype=bool) for reason in REASONS
        }
        for party in self.parties:
            last = party.first + party.size
            for hold in self.scenario.holds:
                if hold.school_class == party.name and hold.holds_on(self.day):
                    flags[hold.reason][last - hold.pupils : last] = True
                    last -= hold.pupils
        return flags

    @cached_property
    def lives_in(self) -> NDArray[np.bool_]:
        """Whether each person is on campus already and only comes to the classroom door."""
        flags = np.zeros(self.persons, dtype=bool)
        for party in self.parties:
            flags[party.first : party.first + party.living_in] = True
        return flags

    @cached_property
    def planned_lanes(self) -> Openings:
        """Open lanes of all stations as the plan has them."""
        return as_planned([place.lanes for place in self.places])


def temperature_stage(gate: Gate) -> int:
    """Number of stages up to and with the last temperature check; all if there is none."""
    taken = [i for i, s in enumerate(gate.stages, start=1) if "temperature" in s.checks]
    return taken[-1] if taken else len(gate.stages)


def prepare(scenario: Scenario, plan: Plan, day: date, only: str | None = None) -> SchoolDay:
    """Say who is expected on a day, and which stations they will meet.

    Parameters
    ----------
    scenario, plan
        What is given and what is decided.
    day
        The day.
    only
        Only those who use this gate; everybody if left out.

    Raises
    ------
    ValueError
        Nobody is expected on that day.
    """
    parties = tuple(_parties(scenario, plan, day, only))
    if not parties:
        raise ValueError(f"nobody is due on {day}")
    used = {p.gate for p in parties}
    gates = [g for g in scenario.gates if g.name in used]
    splits = {g.name: temperature_stage(g) for g in gates}
    before = max(splits.values())
    after = max(len(g.stages) - splits[g.name] for g in gates)
    places = tuple(_places(scenario, plan, parties, gates, splits))
    number = {p.name: i for i, p in enumerate(places)}
    chain = np.full((len(parties), before + after + 4), -1, dtype=np.int16)
    fast = np.full(len(parties), -1, dtype=np.int16)
    for row, party in enumerate(parties):
        gate = scenario.gate_named[party.gate]
        split = splits[gate.name]
        for i, stage in enumerate(gate.stages):
            back = party.is_class and plan.batches[party.batch][0] == day
            if stage.only_on_return_day and not back:
                continue
            column = i if i < split else before + 2 + i - split
            chain[row, column] = number[f"{gate.name}/{stage.name}"]
        if gate.fast_lane:
            fast[row] = number[f"{gate.name}/{FAST}"]
        chain[row, before] = number["recheck/rest"]
        chain[row, before + 1] = number["recheck/reading"]
        if party.is_class:
            chain[row, -2] = number[f"door/{party.name}"]
        chain[row, -1] = number["isolation"]
    return SchoolDay(scenario, day, parties, places, chain, fast, before, after)


def _parties(scenario: Scenario, plan: Plan, day: date, only: str | None) -> Iterator[Party]:
    if all(d > day for d in plan.date_of.values()):
        return
    first = 0
    batch_of = {g: i for i, (_, grades) in enumerate(plan.batches) for g in grades}
    slot_seconds = scenario.limits.slot_minutes * 60.0
    for c in scenario.classes:
        if plan.date_of[c.grade] > day:
            continue
        arrival = plan.arrival_of[c.name]
        if only not in (None, arrival.gate):
            continue
        gate = scenario.gate_named[arrival.gate]
        yield Party(
            name=c.name,
            is_class=True,
            first=first,
            size=c.pupils,
            held=(held := scenario.held(c.name, day)),
            living_in=min(c.boarders, c.pupils - held) if plan.date_of[c.grade] < day else 0,
            gate=arrival.gate,
            due=seconds(arrival.slot) + slot_seconds,
            bell=seconds(scenario.grade_of(c).bell),
            batch=batch_of[c.grade],
            metres=gate.metres_to[c.building],
        )
        first += c.pupils
    for group in scenario.staff:
        if group.gate is None or group.arrives is None or only not in (None, group.gate):
            continue
        due = seconds(group.arrives)
        yield Party(group.name, False, first, group.people, 0, 0, group.gate, due, due, -1, 0.0)
        first += group.people


def _places(
    scenario: Scenario,
    plan: Plan,
    parties: tuple[Party, ...],
    gates: list[Gate],
    splits: dict[str, int],
) -> Iterator[Place]:
    def of_gate(gate: Gate, name: str, lanes: Lanes) -> Place:
        steps = tuple(plan.lanes_over_time(gate.name, name))
        return Place(f"{gate.name}/{name}", gate.name, name, steps, lanes.checks)

    for gate in gates:
        for stage in gate.stages[: splits[gate.name]]:
            yield of_gate(gate, stage.name, stage)
        if gate.fast_lane:
            yield of_gate(gate, FAST, gate.fast_lane)
    yield Place("recheck/rest", "", "rest", ((0.0, scenario.recheck.rest_places),))
    yield Place("recheck/reading", "", "reading", ((0.0, scenario.recheck.stations),))
    for gate in gates:
        for stage in gate.stages[splits[gate.name] :]:
            yield of_gate(gate, stage.name, stage)
    for party in parties:
        if party.is_class:
            lanes = ((0.0, scenario.doors.teachers_per_class),)
            yield Place(f"door/{party.name}", "", "door", lanes)
    yield Place("isolation", "", "isolation", ((0.0, scenario.isolation.places),))
