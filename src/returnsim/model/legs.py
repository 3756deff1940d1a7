"""The steps of a day that do not belong to the morning's chain, from scenario and plan.

Ahead of the gate: the berths of cars and the line at which parents stop. Behind the
classroom door: meals, daily checks, going out and coming in again, in the order in which
they begin. Each kind of step is one column, the same for everybody; each post of each event
is a station of its own, since the events of a school follow each other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from returnsim.model.openings import Steps
from returnsim.model.party import Leg, Party, Place
from returnsim.plan.plan import Appointment, Plan
from returnsim.scenario.campus import DROPOFF, FAREWELL, Check, Gate
from returnsim.scenario.daytime import Crossing, DailyCheck, Event, Meal
from returnsim.scenario.halls import Canteen
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario
from returnsim.theory.distributions import Duration

Flags = NDArray[np.bool_]
TEMPERATURE: tuple[Check, ...] = ("temperature",)
ALL_DAY = 0.0


@dataclass(eq=False)
class Timetable:
    """Legs and their stations while they are being laid out, in the order of the day."""

    scenario: Scenario
    plan: Plan
    parties: Sequence[Party]
    first: int
    """Number of the first station."""
    legs: list[Leg] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    _number: dict[str, int] = field(default_factory=dict)

    def post(
        self,
        name: str,
        lanes: Steps,
        service: Duration | None = None,
        stage: str = "",
        **more: Any,
    ) -> int:
        """Return the number of a station, which is made when it is first asked for."""
        if name not in self._number:
            self._number[name] = self.first + len(self.places)
            self.places.append(Place(name, "", stage, tuple(lanes), service=service, **more))
        return self._number[name]

    def leg(
        self,
        name: str,
        who: Flags,
        stations: dict[int, int],
        *,
        leaves: dict[int, float] | None = None,
        metres: dict[int, float] | None = None,
        **more: Any,
    ) -> None:
        """Add a column: the station of each party that has one, by the party's number."""
        if not stations:
            return
        number = len(self.parties)
        place = np.full(number, -1, dtype=np.int16)
        since, way = np.full(number, -np.inf), np.zeros(number)
        for party, station in stations.items():
            place[party] = station
            since[party] = (leaves or {}).get(party, -np.inf)
            way[party] = (metres or {}).get(party, 0.0)
        takes = any("temperature" in self.places[s - self.first].checks for s in stations.values())
        self.legs.append(Leg(name, who, place, since, way, takes, **more))

    @cached_property
    def groups(self) -> dict[str, Flags]:
        """Everybody of a group, by the group's name, each of shape (persons,)."""
        persons = sum(p.size for p in self.parties)
        names = ("boarders", "day pupils", "home at noon", "school at noon")
        found = {name: np.zeros(persons, dtype=bool) for name in names}
        for p in self.parties:
            if p.is_class:
                live, here = p.first + p.boarders, p.first + p.size - p.held
                home = max(live, here - p.home_at_noon)
                found["boarders"][p.first : live] = True
                found["day pupils"][live : p.first + p.size] = True
                found["home at noon"][home:here] = True
                found["school at noon"][live:home] = True
            else:
                role = found.setdefault(p.role, np.zeros(persons, dtype=bool))
                role[p.first : p.first + p.size] = True
        return found

    def who(self, event: Event) -> Flags:
        """Everybody who takes part in an event."""
        nobody = np.zeros(sum(p.size for p in self.parties), dtype=bool)
        groups = [self.groups.get(group, nobody) for group in event.who]
        found: Flags = np.logical_or.reduce(groups)
        for p in self.parties:
            if p.is_class and event.levels:
                grade = self.scenario.grade_of(self.scenario.class_named[p.name])
                if grade.level not in event.levels:
                    found[p.first : p.first + p.size] = False
        return found

    def turns(self, event: Event) -> Iterator[tuple[int, Party, Appointment]]:
        """Parties that have a turn at an event, and when."""
        for number, party in enumerate(self.parties):
            turn = self.plan.appointment_of.get((party.name, event.name))
            if turn is not None:
                yield number, party, turn

    def building(self, party: Party) -> str | None:
        """Where the room of a class is; none for staff."""
        return self.scenario.class_named[party.name].building if party.is_class else None

    def way(self, ways: dict[str, float], party: Party) -> float:
        """Return metres between a place and the room of a class; 0 for staff."""
        building = self.building(party)
        return 0.0 if building is None else ways[building]

    def back(self, name: str, who: Flags, metres: dict[int, float]) -> None:
        """Let pupils go back to their room, past the check at its door."""
        doors = self.scenario.doors
        stations = {
            number: self.post(
                f"{name}/door/{party.name}",
                ((ALL_DAY, doors.teachers_per_class),),
                doors.service_seconds,
                checks=TEMPERATURE if doors.takes_temperature else (),
                hall=self.building(party) or "",
            )
            for number, party in enumerate(self.parties)
            if number in metres and party.is_class
        }
        self.leg(f"{name}/door", who, stations, metres=metres)


def approach(scenario: Scenario, plan: Plan, parties: Sequence[Party]) -> Timetable:
    """Lay out what lies ahead of the gates: berths of cars, the line of the parents."""
    table = Timetable(scenario, plan, parties, 0)
    persons = sum(p.size for p in parties)
    gates = {p.gate: scenario.gate_named[p.gate] for p in parties if p.is_class}
    for kind in (DROPOFF, FAREWELL):
        shares = np.zeros(len(parties))
        stations: dict[int, int] = {}
        for number, party in enumerate(parties):
            gate = gates.get(party.gate) if party.is_class else None
            found = None if gate is None else _ahead(table, gate, kind, persons)
            if found is not None:
                stations[number], shares[number] = found
        table.leg(kind, table.groups["day pupils"], stations, share=shares)
    return table


def _ahead(table: Timetable, gate: Gate, kind: str, persons: int) -> tuple[int, float] | None:
    name = f"{gate.name}/{kind}"
    if kind == DROPOFF and gate.dropoff is not None:
        cars = gate.dropoff
        room = int(cars.queue_metres // cars.metres_per_car)
        lanes = ((ALL_DAY, cars.berths),)
        more: dict[str, Any] = {"area": name, "marked": room, "metres_each": cars.metres_per_car}
        return table.post(name, lanes, cars.dwell_seconds, **more), cars.share
    if kind == FAREWELL and gate.farewell is not None:
        lanes = ((ALL_DAY, persons),)  # nobody waits in order to say goodbye
        return table.post(name, lanes, gate.farewell.seconds), gate.farewell.share
    return None


def rest_of_day(scenario: Scenario, plan: Plan, parties: Sequence[Party], first: int) -> Timetable:
    """Lay out what happens behind the classroom door, event by event."""
    table = Timetable(scenario, plan, parties, first)
    for event in scenario.events:
        match event:
            case Meal():
                _meal(table, event)
            case DailyCheck():
                _check(table, event)
            case Crossing() if event.direction == "out":
                _out(table, event)
            case Crossing():
                _in(table, event)
    return table


def _meal(table: Timetable, meal: Meal) -> None:
    who, halls = table.who(meal), {c.name: c for c in table.scenario.canteens}
    begins, ends = seconds(meal.begins), seconds(meal.ends)
    canteen = {n: halls[turn.place or ""] for n, _, turn in table.turns(meal)}
    leaves = {n: seconds(turn.at) for n, _, turn in table.turns(meal)}
    metres = {n: table.way(canteen[n].metres_to, p) for n, p, _ in table.turns(meal)}

    def posts(kind: str) -> dict[int, int]:
        return {n: _table_post(hall, kind) for n, hall in canteen.items()}

    def _table_post(hall: Canteen, kind: str) -> int:
        lanes, service, unit = {
            "check": (hall.door_lanes, hall.door_seconds, 1.0),
            "wash": (hall.taps, hall.wash_seconds, 1.0),
            "serving": (hall.lines, hall.serving_seconds, 1.0),
            "seat": (hall.seats, hall.eating_minutes, 60.0),
        }[kind]
        steps: Steps = ((begins, lanes), (ends, 0))
        if kind == "seat":
            turns = sorted({leaves[n] for n, h in canteen.items() if h.name == hall.name})
            steps = _cleared(begins, ends, lanes, turns, 60 * hall.clearing_minutes)
        return table.post(
            f"{meal.name}/{hall.name}/{kind}",
            steps,
            service,
            unit_seconds=unit,
            checks=TEMPERATURE if kind == "check" else (),
            hall=hall.name,
            area=hall.name,
            marked=hall.marked_places,
            device=hall.name if kind == "check" else "",
        )

    ways: dict[str, Any] = {"leaves": leaves, "metres": metres}
    for kind in ("check", "wash", "serving", "seat"):
        if kind != "check" or meal.temperature_at_door:
            table.leg(f"{meal.name}/{kind}", who, posts(kind), **ways)
            ways = {}
    if meal.back_to_classroom:
        table.back(meal.name, who, metres)


def _cleared(
    begins: float, ends: float, seats: int, turns: Sequence[float], clearing: float
) -> Steps:
    """Seats over time: none while tables are wiped before each shift but the first.

    Turns that follow each other within less than the time for clearing are one shift.
    """
    steps = {begins: seats, ends: 0}
    for before, turn in pairwise(turns):
        if clearing and turn - before >= clearing:
            steps[max(begins, turn - clearing)] = 0
            steps[turn] = seats
    return tuple(sorted(steps.items()))


def _check(table: Timetable, check: DailyCheck) -> None:
    who, begins = table.who(check), seconds(check.begins)
    homes = {d.name: d for d in table.scenario.dormitories}
    stations, leaves, metres = {}, {}, {}
    for number, party, turn in table.turns(check):
        house = None
        if check.where == "dormitory" and party.is_class:
            house = homes[table.scenario.class_named[party.name].dormitory or ""]
        if house is not None:
            name, lanes, service = house.name, house.door_lanes, house.door_seconds
            metres[number] = table.way(house.metres_to, party)
        else:
            name = "" if check.checkers else party.name
            lanes = check.checkers or table.scenario.doors.teachers_per_class
            service = check.service_seconds
        stations[number] = table.post(
            f"{check.name}/{name}" if name else check.name,
            ((begins, lanes),),
            service,
            checks=TEMPERATURE,
            hall=house.name if house else _room(table, check, party),
            device=house.name if house else check.name,
        )
        leaves[number] = seconds(turn.at)
    table.leg(check.name, who, stations, leaves=leaves, metres=metres)


def _room(table: Timetable, check: DailyCheck, party: Party) -> str:
    """Building in which a check takes place; a team that goes round is in none of them."""
    return "" if check.checkers else table.building(party) or ""


def _out(table: Timetable, crossing: Crossing) -> None:
    stations, leaves, metres = {}, {}, {}
    for number, party, turn in table.turns(crossing):
        gate = table.scenario.gate_named[turn.place or ""]
        if gate.exit is None:
            raise AssertionError(gate.name)  # no plan without misfits asks for it
        stations[number] = table.post(
            f"{crossing.name}/{gate.name}",
            ((seconds(crossing.begins), gate.exit.lanes),),
            gate.exit.service_seconds,
            hall=gate.name,
            area=f"{gate.name}/{crossing.name}",
            marked=gate.places,
        )
        leaves[number] = seconds(turn.at)
        metres[number] = table.way(gate.metres_to, party)
    table.leg(crossing.name, table.who(crossing), stations, leaves=leaves, metres=metres)


def _in(table: Timetable, crossing: Crossing) -> None:
    who, offset = table.who(crossing), crossing.offset_minutes
    if offset is None:
        raise AssertionError(crossing.name)  # the check of the scenario lets no such thing through
    turns = [(n, table.scenario.gate_named[t.place or ""], t) for n, _, t in table.turns(crossing)]
    leaves = {n: seconds(t.at) + 60 * offset.least for n, _, t in turns}
    chains = {
        g.name: [s for s in g.stages if not s.only_on_return_day and s.only_for != "boarders"]
        for _, g, _ in turns
    }
    for i in range(max((len(stages) for stages in chains.values()), default=0)):
        stations = {}
        for number, gate, _ in turns:
            if i >= len(chains[gate.name]):
                continue
            stage = chains[gate.name][i]
            steps = table.plan.lanes_over_time(
                gate.name, stage.name, crossing.begins, crossing.ends
            )
            stations[number] = table.post(
                f"{crossing.name}/{gate.name}/{stage.name}",
                steps,
                stage.service_seconds,
                stage.name,
                checks=stage.checks,
                hall=gate.name,
                area=f"{gate.name}/{crossing.name}",
                marked=gate.places,
                device=stage.name,
            )
        spread: dict[str, Any] = {"spread": offset, "leaves": leaves} if i == 0 else {}
        table.leg(f"{crossing.name}/{i + 1}", who, stations, **spread)
    ways = {n: table.way(g.metres_to, table.parties[n]) for n, g, _ in turns}
    table.back(crossing.name, who, ways)
