"""One school day before chance enters: who is due where and when, and what stands open.

Stations are numbered in the order in which people can meet them (first stages of all
gates, the second reading, later stages, doors, the rest of the day in its order, the
isolation room), so that whoever passes several of them passes them in ascending order.
Both engines rely on it.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from returnsim.model.legs import approach, rest_of_day
from returnsim.model.openings import Openings, as_planned
from returnsim.model.party import Leg, Party, Place
from returnsim.model.pool import Pool, pools
from returnsim.model.rounds import Stop, planned_rounds
from returnsim.plan.plan import Plan
from returnsim.scenario.campus import FAST, Check, Gate, Lanes, Stage
from returnsim.scenario.people import REASONS
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario


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
    """Columns up to and with the temperature check, what lies ahead of the gate included."""
    after: int
    """Columns of the chain behind it."""
    ahead: tuple[Leg, ...] = ()
    """What lies ahead of the gate, in the first columns."""
    legs: tuple[Leg, ...] = ()
    """The rest of the day, between the classroom door and the isolation room."""
    rounds: tuple[Stop, ...] = ()
    """Visits of crews to zones, crew by crew in the order of their turns."""

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
        for column, leg in self.side_steps:
            found[:, column] = leg.leaves
        return found

    @property
    def side_steps(self) -> tuple[tuple[int, Leg], ...]:
        """Every leg with its column."""
        return (*enumerate(self.ahead), *enumerate(self.legs, start=self.door + 1))

    @cached_property
    def pools(self) -> tuple[Pool, ...]:
        """Instruments that several stations share."""
        return pools(self.scenario, self.places)

    @cached_property
    def numbers_of_things(self) -> dict[str, int]:
        """How many numbers of luck each bus, crew and device needs."""
        crews = Counter(stop.crew for stop in self.rounds)
        return {
            **{f"bus {bus.name}": 1 for bus in self.scenario.buses},
            **{f"crew {name}": number for name, number in crews.items()},
            **{
                f"device {device.name}": len(self.places)
                for device in self.scenario.devices
                if device.hours_between_failures is not None
            },
        }

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
    def areas(self) -> tuple[str, ...]:
        """Where people wait together: the gates in the morning, then all others."""
        others = (place.area for place in self.places if not place.gate and place.area)
        return (*self.gates, *dict.fromkeys(others))

    @cached_property
    def area_of_place(self) -> NDArray[np.int16]:
        """Index in `areas` of each station, -1 for those that belong to none."""
        index = {name: i for i, name in enumerate(self.areas)}
        names = [place.gate or place.area for place in self.places]
        return np.array([index.get(name, -1) for name in names], dtype=np.int16)

    @cached_property
    def is_boarder(self) -> NDArray[np.bool_]:
        """Whether each person sleeps here tonight."""
        flags = np.zeros(self.persons, dtype=bool)
        for party in self.parties:
            flags[party.first : party.first + party.boarders] = True
        return flags

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

    def of_level(self, level: str) -> NDArray[np.bool_]:
        """Whether each person is a pupil of a level."""
        classes, grade_of = self.scenario.class_named, self.scenario.grade_of
        here = [p.is_class and grade_of(classes[p.name]).level == level for p in self.parties]
        found: NDArray[np.bool_] = np.array(here)[self.party_of]
        return found

    def of_role(self, role: str) -> NDArray[np.bool_]:
        """Whether each person is a member of staff with a role."""
        found: NDArray[np.bool_] = np.array([p.role == role for p in self.parties])[self.party_of]
        return found

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
    if not any(party.gate for party in parties):
        raise ValueError(f"nobody is due on {day}")
    used = {p.gate for p in parties}
    gates = [g for g in scenario.gates if g.name in used]
    splits = {g.name: temperature_stage(g) for g in gates}
    ahead = approach(scenario, plan, parties)
    before = len(ahead.legs) + max(splits.values())
    after = max(len(g.stages) - splits[g.name] for g in gates)
    places = [*ahead.places, *_places(scenario, plan, parties, gates, splits)]
    later = rest_of_day(scenario, plan, parties, len(places))
    lanes = ((0.0, scenario.isolation.places),)
    places += [*later.places, Place("isolation", "", "isolation", lanes)]
    found = SchoolDay(
        scenario,
        day,
        parties,
        tuple(places),
        np.full((len(parties), before + after + 4 + len(later.legs)), -1, dtype=np.int16),
        np.full(len(parties), -1, dtype=np.int16),
        before,
        after,
        tuple(ahead.legs),
        tuple(later.legs),
        planned_rounds(scenario, plan) if only is None else (),
    )
    back = {c.name for c in plan.batch(scenario, day)}
    _lay_out(found, splits, back)
    return found


def _lay_out(day: SchoolDay, splits: Mapping[str, int], back: Container[str]) -> None:
    """Write down which station each party meets at each column."""
    number = {p.name: i for i, p in enumerate(day.places)}
    for column, leg in day.side_steps:
        day.chain[:, column] = leg.place
    day.chain[:, -1] = number["isolation"]
    for row, party in enumerate(day.parties):
        if not party.gate:  # they live in
            continue
        gate = day.scenario.gate_named[party.gate]
        returns = party.is_class and party.name in back
        for i, stage in enumerate(gate.stages):
            if returns or not stage.only_on_return_day:
                behind = i - splits[gate.name]
                column = len(day.ahead) + i if behind < 0 else day.rest + 2 + behind
                day.chain[row, column] = number[f"{gate.name}/{stage.name}"]
        day.fast[row] = number.get(f"{gate.name}/{FAST}", -1)
        day.chain[row, day.rest] = number["recheck/rest"]
        day.chain[row, day.rest + 1] = number["recheck/reading"]
        if party.is_class:
            day.chain[row, day.door] = number[f"door/{party.name}"]


def _parties(scenario: Scenario, plan: Plan, day: date, only: str | None) -> Iterator[Party]:
    if plan.return_days[0] > day:
        return
    first = 0
    slot_seconds = scenario.limits.slot_minutes * 60.0
    for c in scenario.classes:
        if (back := plan.day_of(c)) > day:
            continue
        arrival = plan.arrival_of[c.name]
        if only not in (None, arrival.gate):
            continue
        gate = scenario.gate_named[arrival.gate]
        slept_in = scenario.slept_in(back, day)
        yield Party(
            name=c.name,
            is_class=True,
            first=first,
            size=c.pupils,
            held=(held := scenario.held(c.name, day)),
            living_in=min(c.boarders, c.pupils - held) * slept_in,
            gate=arrival.gate,
            due=seconds(arrival.slot) + slot_seconds,
            bell=seconds(scenario.grade_of(c).bell),
            batch=plan.return_days.index(back),
            metres=gate.metres_to[c.building],
            boarders=min(c.boarders, c.pupils - held),
            home_at_noon=c.home_at_noon,
        )
        first += c.pupils
    for group in scenario.staff:
        if only not in (None, group.gate):
            continue
        if group.gate is not None and group.arrives is not None:
            due, living_in = seconds(group.arrives), 0
        elif any(group.role in event.who for event in scenario.events):
            due, living_in = 0.0, group.people
        else:
            continue
        yield Party(
            name=group.name,
            is_class=False,
            first=first,
            size=group.people,
            held=0,
            living_in=living_in,
            gate=group.gate or "",
            due=due,
            bell=due,
            batch=-1,
            metres=0.0,
            role=group.role,
        )
        first += group.people


def _places(
    scenario: Scenario,
    plan: Plan,
    parties: tuple[Party, ...],
    gates: list[Gate],
    splits: dict[str, int],
) -> Iterator[Place]:
    def of_gate(gate: Gate, name: str, lanes: Lanes) -> Place:
        steps = tuple(plan.lanes_over_time(gate.name, name, until=gate.closes))
        return Place(
            f"{gate.name}/{name}",
            gate.name,
            name,
            steps,
            lanes.checks,
            only_for=lanes.only_for if isinstance(lanes, Stage) else "everybody",
            hall=gate.name,
            area=gate.name,
            marked=gate.places,
            metres_each=gate.spacing_m or 1.0,
            device=name,
        )

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
            building = scenario.class_named[party.name].building
            takes = scenario.doors.takes_temperature
            checks: tuple[Check, ...] = ("temperature",) if takes else ()
            name = f"door/{party.name}"
            yield Place(name, "", "door", lanes, checks, hall=building, device="doors")
