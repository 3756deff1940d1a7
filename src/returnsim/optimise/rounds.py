"""Disinfection and airing between the uses of a place: which crew, in which zone, when.

Each round goes to a crew that does such work and to a moment at which nobody uses what it closes:
as few as can be are left out, and the others are as near as can be to where an even spread over
the day would put them (`spread`).
Classrooms are aired while their classes sit in them and nobody is due at the door.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from returnsim.optimise.bounds import Bound
from returnsim.optimise.spread import Chosen, Due, Option, spread
from returnsim.plan.plan import Plan, Round
from returnsim.scenario.daytime import Crossing, DailyCheck, Event, Meal
from returnsim.scenario.equipment import Crew
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.supply import Zone
from returnsim.theory.distributions import Distribution

FIRST, LAST = 5.5 * 3600, 22.5 * 3600
"""Between which a crew may begin [s after midnight]."""
MIDNIGHT = 24 * 3600.0
"""What ends later is not done on that day [s after midnight]."""
STEP = 300.0
"""Grid of beginnings [s]."""
AFTER = 30 * 60.0
"""Time that people may stay in a place after its last turn has begun [s]."""
EARLY, LATE = 0.001, 0.999
"""Shares of those who come that are reckoned with in the morning, from the first to the last."""
SURE = 0.999
"""Share of rounds that are done within the time kept for them."""
Span = tuple[float, float]


def with_rounds(scenario: Scenario, plan: Plan) -> Plan:
    """Give every zone its rounds, between the uses of what they close.

    A plan that has rounds keeps them, as does a school without crews. A round for which no
    crew has time is left out: the simulation counts it as missed.
    """
    if plan.rounds or not scenario.crews:
        return plan
    rounds, kinds = _due(scenario, plan)
    chosen, _, _ = spread(rounds, tuple(map(len, kinds)))
    return plan.changed(rounds=_handed_out(rounds, chosen, kinds))


def rounds_bounds(scenario: Scenario, plan: Plan) -> dict[str, Bound]:
    """Rounds left out, where there are any, and minutes off the even spread.

    For a plan whose rounds were not chosen here there are none.
    """
    rounds, kinds = _due(scenario, plan)
    if not rounds:
        return {}
    chosen, out, even = spread(rounds, tuple(map(len, kinds)))
    if set(plan.rounds) != set(_handed_out(rounds, chosen, kinds)):
        return {}
    return ({"rounds_left_out": out} if out.objective else {}) | {"rounds": even}


Kind = Sequence[Crew]
"""Crews that work and walk alike."""


def _due(scenario: Scenario, plan: Plan) -> tuple[tuple[Due, ...], Sequence[Kind]]:
    """List the rounds that are due, those with fewest free hours first, and the kinds of crews."""
    alike: dict[object, list[Crew]] = defaultdict(list)
    for crew in scenario.crews:
        alike[crew.work, crew.walk_minutes, repr(crew.minutes_per_100_m2)].append(crew)
    kinds = list(alike.values())
    busy = {zone.name: list(_uses(scenario, plan, zone)) for zone in scenario.zones}
    found = []
    for zone in sorted(scenario.zones, key=lambda z: -sum(b - a for a, b in busy[z.name])):
        options = tuple(
            option
            for kind, crews in enumerate(kinds)
            if crews[0].does(zone.work)
            for option in _options(kind, crews[0], zone, busy[zone.name])
        )
        for number in range(zone.rounds_per_day if scenario.crews else 0):
            ideal = FIRST + (number + 0.5) / zone.rounds_per_day * (LAST - FIRST)
            found.append(Due(zone.name, ideal, options))
    return tuple(found), kinds


def _options(kind: int, crew: Crew, zone: Zone, busy: Sequence[Span]) -> Iterator[Option]:
    """List the moments at which a crew could begin in a zone and be done by midnight."""
    work, walk = length(crew, zone), 60 * crew.walk_minutes
    at = FIRST
    while at <= LAST:
        ends = at + work
        if ends <= MIDNIGHT and all(ends <= begins or at >= until for begins, until in busy):
            yield Option(kind, at, ends, ends + walk)
        at += STEP


def _handed_out(rounds: Sequence[Due], chosen: Chosen, kinds: Sequence[Kind]) -> tuple[Round, ...]:
    """Give each round to a crew of its kind that is free: there always is one."""
    free = {crew.name: -math.inf for crews in kinds for crew in crews}
    found = []
    taken = [(o, due.zone) for due, o in zip(rounds, chosen, strict=True) if o is not None]
    for option, zone in sorted(taken, key=lambda row: (row[0].at, row[1])):
        crew = next(c.name for c in kinds[option.kind] if free[c.name] <= option.at)
        free[crew] = option.free
        found.append(Round(zone=zone, crew=crew, at=clock_time(option.at)))
    return tuple(sorted(found, key=lambda r: (r.crew, r.at)))


def length(crew: Crew, zone: Zone) -> float:
    """Time kept for a round of a crew in a zone [s]."""
    return 60 * _at(crew.minutes_per_100_m2, SURE) * zone.area_m2 / 100


def _at(distribution: Distribution, u: float) -> float:
    return float(distribution.quantile(np.array([u]))[0])


def _uses(scenario: Scenario, plan: Plan, zone: Zone) -> Iterator[Span]:
    """When people use what a zone closes, as planned."""
    closed = set(zone.closes)
    if not closed:
        return
    buildings = {c.name: c.building for c in scenario.classes}
    houses = {c.name: c.dormitory for c in scenario.classes}
    coming = dict(_coming(scenario, plan))
    for arrival in plan.arrivals:
        if {arrival.gate, buildings[arrival.school_class]} & closed:
            yield coming[arrival.school_class]
    for group in scenario.staff:
        if group.gate in closed:
            yield coming[group.name]
    for event in scenario.events:
        for turn in (t for t in plan.timetable if t.what == event.name):
            if _places(event, turn.place, buildings.get(turn.who), houses.get(turn.who)) & closed:
                before = AFTER if isinstance(event, Crossing) and event.direction == "in" else 0.0
                yield seconds(turn.at) - before, seconds(turn.at) + 2 * AFTER
    if zone.work == "disinfection" and closed & set(buildings.values()):
        yield _lessons(scenario, coming)


def _places(
    event: Event, place: str | None, building: str | None, house: str | None
) -> set[str | None]:
    """Where somebody is about a turn at an event, on the way there or back."""
    match event:
        case Meal():
            return {place, building if event.back_to_classroom else None}
        case Crossing():
            return {place, building if event.direction == "in" else None}
        case DailyCheck() if event.where == "dormitory" and house:
            return {house}
        case _:
            return {building}


def _coming(scenario: Scenario, plan: Plan) -> Iterator[tuple[str, Span]]:
    """When each class and each group of staff comes in the morning, from gate to room."""
    how = scenario.arrivals
    first = min(_at(how.offset_minutes, EARLY), -(how.boarders_window_minutes or 0.0))
    last = _at(how.offset_minutes, LATE)
    heedless = how.ignore_slot_probability > 0
    shift = how.common_shift_minutes
    less, more = (0.0, 0.0) if shift is None else (_at(shift, EARLY), _at(shift, LATE))
    for arrival in plan.arrivals:
        bell = seconds(scenario.grade_of(scenario.class_named[arrival.school_class]).bell)
        due = seconds(arrival.slot) + 60 * scenario.limits.slot_minutes
        begins, ends = due + 60 * first, due + 60 * last
        if heedless:
            begins = min(begins, bell + 60 * _at(how.ignoring_offset_minutes, EARLY))
            ends = max(ends, bell + 60 * _at(how.ignoring_offset_minutes, LATE))
        yield arrival.school_class, (begins + 60 * less, ends + 60 * more + AFTER)
    for group in scenario.staff:
        if group.arrives is not None:
            due = seconds(group.arrives)
            yield group.name, (due + 60 * (first + less), due + 60 * (last + more) + AFTER)


def _lessons(scenario: Scenario, coming: Mapping[str, Span]) -> Span:
    """From the first pupil in a room to the last: until bedtime where there are boarders.

    Rooms are aired while their classes sit in them; nobody is there when they are disinfected.
    """
    begins = min(span[0] for who, span in coming.items() if who in scenario.class_named)
    leaving = [seconds(c.begins) for c in scenario.crossings if c.direction == "out"]
    leaving += [seconds(c.begins) for c in scenario.checks if c.where == "dormitory"]
    bells = [seconds(scenario.grade_of(c).bell) for c in scenario.classes]
    return begins, max([*leaving, *bells])
