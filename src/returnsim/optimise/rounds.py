"""Disinfection and airing between the uses of a place: which crew, in which zone, when.

Zone by zone, those with fewest free hours first, each round goes to the crew and the moment
nearest to where an even spread over the day would put it, while nobody uses what it closes.
"""

from collections import defaultdict
from collections.abc import Iterator

from returnsim.plan.plan import Plan, Round
from returnsim.scenario.daytime import Crossing, DailyCheck, Meal
from returnsim.scenario.equipment import Crew
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.supply import Zone

FIRST, LAST = 5.5 * 3600, 22.5 * 3600
"""Between which a crew may begin [s after midnight]."""
STEP = 300.0
"""Grid of beginnings [s]."""
AFTER = 30 * 60.0
"""Time that people may stay in a place after its last turn has begun [s]."""
SLACK = 1.25
"""Time kept for a round over what it takes on average."""
Span = tuple[float, float]


def with_rounds(scenario: Scenario, plan: Plan) -> Plan:
    """Give every zone its rounds, between the uses of what they close.

    A plan that has rounds keeps them, as does a school without crews. A round for which no
    crew has time is left out: the simulation counts it as missed.
    """
    if plan.rounds or not scenario.crews:
        return plan
    taken: dict[str, list[Span]] = defaultdict(list)
    found = []
    busy = {zone.name: list(_uses(scenario, plan, zone)) for zone in scenario.zones}
    for zone in sorted(scenario.zones, key=lambda z: -sum(b - a for a, b in busy[z.name])):
        for number in range(zone.rounds_per_day):
            ideal = FIRST + (number + 0.5) / zone.rounds_per_day * (LAST - FIRST)
            best = min(
                (
                    (abs(at - ideal), at, crew.name)
                    for crew in scenario.crews
                    for at in _free(crew, zone, busy[zone.name], taken[crew.name])
                ),
                default=None,
            )
            if best is None:
                continue
            _, at, name = best
            crew = next(c for c in scenario.crews if c.name == name)
            span = (at, at + _length(crew, zone))
            taken[name].append((span[0] - 60 * crew.walk_minutes, span[1] + 60 * crew.walk_minutes))
            busy[zone.name].append(span)
            found.append(Round(zone=zone.name, crew=name, at=clock_time(at)))
    return plan.changed(rounds=sorted(found, key=lambda r: (r.crew, r.at)))


def _length(crew: Crew, zone: Zone) -> float:
    return SLACK * 60 * crew.minutes_per_100_m2.mean * zone.area_m2 / 100


def _free(crew: Crew, zone: Zone, busy: list[Span], taken: list[Span]) -> Iterator[float]:
    """Moments at which a crew could begin in a zone."""
    at = FIRST
    while at <= LAST:
        ends = at + _length(crew, zone)
        if all(ends <= begins or at >= until for begins, until in (*busy, *taken)):
            yield at
        at += STEP


def _uses(scenario: Scenario, plan: Plan, zone: Zone) -> Iterator[Span]:
    """When people use what a zone closes, as planned."""
    buildings = {c.name: c.building for c in scenario.classes}
    houses = {c.name: c.dormitory for c in scenario.classes}
    for gate in scenario.gates:
        slots = [seconds(a.slot) for a in plan.arrivals if a.gate == gate.name]
        staff = [seconds(s.arrives) for s in scenario.staff if s.gate == gate.name and s.arrives]
        if gate.name in zone.closes and (slots or staff):
            last = max([s + 60 * scenario.limits.slot_minutes for s in slots] + staff)
            yield min([*slots, *staff]) - AFTER, last + AFTER
    for event in scenario.events:
        for turn in (t for t in plan.timetable if t.what == event.name):
            room = buildings.get(turn.who)
            match event:
                case Meal():
                    used = {turn.place, room if event.back_to_classroom else None}
                case Crossing():
                    used = {turn.place, room if event.direction == "in" else None}
                case DailyCheck() if event.where == "dormitory" and houses.get(turn.who):
                    used = {houses[turn.who]}
                case _:
                    used = {room}
            if used & set(zone.closes):
                yield seconds(turn.at), seconds(turn.at) + 2 * AFTER
    rooms = {b for b in buildings.values() if b in zone.closes}
    if rooms:
        bells = [seconds(scenario.grade_of(c).bell) for c in scenario.classes]
        ends = [seconds(c.begins) for c in scenario.crossings if c.direction == "out"]
        yield min(bells) - 2 * AFTER, max([*ends, max(bells)])
