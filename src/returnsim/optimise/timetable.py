"""The rest of the day, laid out class by class: meals in shifts, checks, going out and in.

A rule of thumb rather than an optimum: one class after the other, as fast as the slowest post
serves them, the canteen no fuller than its seats and never with two batches at once. What it
does to queues is for the simulation to say, and for the plan to be changed by hand where it
does not please.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from returnsim.plan.plan import Appointment, Plan, Shift
from returnsim.scenario.daytime import Crossing, DailyCheck, Event, Meal
from returnsim.scenario.halls import Canteen
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario

ROOM = 1.15
"""Time kept for a class at the slowest post over what it needs on average."""
LATE = 0.95
"""Share of people who have done eating when the next shift comes."""


def with_rest_of_day(scenario: Scenario, plan: Plan) -> Plan:
    """Give everybody a time for every event of the day, and lanes to those who come in again.

    A plan that has a timetable keeps it.
    """
    if plan.timetable or not scenario.events:
        return plan
    found: dict[tuple[str, str], Appointment] = {}
    for event in scenario.events:
        for turn in _turns(scenario, plan, event):
            earlier = [
                seconds(a.at)
                for e in scenario.events
                if e.groups & event.groups and (a := found.get((turn.who, e.name)))
            ]
            at = max([seconds(turn.at), *earlier])
            at = min(at, seconds(event.ends) - 60)
            found[turn.who, event.name] = turn.model_copy(update={"at": clock_time(at)})
    turns = tuple(found.values())
    return plan.changed(timetable=turns, lanes=(*plan.lanes, *_noon_lanes(scenario, turns)))


def _turns(scenario: Scenario, plan: Plan, event: Event) -> Iterator[Appointment]:
    match event:
        case Meal():
            yield from _meal(scenario, plan, event)
        case DailyCheck():
            yield from _check(scenario, plan, event)
        case Crossing():
            yield from _crossing(scenario, plan, event)


def _people(scenario: Scenario, plan: Plan, event: Event) -> list[tuple[str, int]]:
    """Who takes part, with their number: staff first, then classes in the order of return."""
    classes = sorted(scenario.classes, key=lambda c: plan.date_of[c.grade])
    names = [x.name for x in (*scenario.staff, *classes)]
    return [(name, n) for name in names if (n := scenario.people_at(event, name))]


def _staggered(
    event: Event,
    people: Sequence[tuple[str, int]],
    each: float,
    place: str | None = None,
    after: float = 0.0,
) -> Iterator[Appointment]:
    """Turns one after the other, each as long as its people take at `each` seconds a person.

    The first is `after` seconds behind the beginning.
    """
    at = seconds(event.begins) + after
    for who, number in people:
        yield Appointment(who=who, what=event.name, place=place, at=clock_time(_minute(at)))
        at += ROOM * number * each


def _minute(moment: float) -> float:
    return 60.0 * math.ceil(moment / 60)


def _meal(scenario: Scenario, plan: Plan, meal: Meal) -> Iterator[Appointment]:
    """Deal people to the canteens, then fill shift after shift up to the seats."""
    people = _people(scenario, plan, meal)
    hall = _dealt(scenario, plan, people)
    for canteen in scenario.canteens:
        here = [row for row in people if hall[row[0]] == canteen.name]
        yield from _shifts(scenario, plan, meal, canteen, here)


def _dealt(scenario: Scenario, plan: Plan, people: Sequence[tuple[str, int]]) -> dict[str, str]:
    """Canteen of each class and group of staff: where it makes least difference to the seats.

    Batches stay together where there is one for every canteen, the largest choosing first.
    """
    batches = {_batch(scenario, plan, who) for who, _ in people} - {None}
    whole = len(batches) >= len(scenario.canteens)
    groups: dict[object, list[tuple[str, int]]] = {}
    for who, number in people:
        batch = _batch(scenario, plan, who) if whole else None
        groups.setdefault(who if batch is None else batch, []).append((who, number))
    sizes = {key: sum(number for _, number in rows) for key, rows in groups.items()}
    order = sorted(groups, key=lambda key: -sizes[key]) if whole else list(groups)
    load = {canteen.name: 0 for canteen in scenario.canteens}
    seats = {canteen.name: canteen.seats for canteen in scenario.canteens}
    found: dict[str, str] = {}
    for key in order:
        emptiest = min(load, key=lambda name: (load[name] + sizes[key]) / seats[name])
        load[emptiest] += sizes[key]
        found |= {who: emptiest for who, _ in groups[key]}
    return found


def _batch(scenario: Scenario, plan: Plan, who: str) -> date | None:
    """Day on which a class came back; none for staff."""
    school_class = scenario.class_named.get(who)
    return None if school_class is None else plan.date_of[school_class.grade]


def _shifts(
    scenario: Scenario, plan: Plan, meal: Meal, canteen: Canteen, people: Sequence[tuple[str, int]]
) -> Iterator[Appointment]:
    """Shifts as full as the seats allow, each of one batch only."""
    each = max(
        canteen.door_seconds.mean / canteen.door_lanes if meal.temperature_at_door else 0.0,
        canteen.wash_seconds.mean / canteen.taps,
        canteen.serving_seconds.mean / canteen.lines,
    )
    at, seated, sitting = seconds(meal.begins), 0, None
    for who, number in people:
        batch = _batch(scenario, plan, who)
        mixes = batch is not None and sitting not in (None, batch)
        if seated and (mixes or seated + number > canteen.seats):
            at = _minute(at + _sitting(canteen) + 60 * canteen.clearing_minutes)
            seated, sitting = 0, None
        yield Appointment(who=who, what=meal.name, place=canteen.name, at=clock_time(_minute(at)))
        at, seated, sitting = at + ROOM * number * each, seated + number, batch or sitting


def _sitting(canteen: Canteen) -> float:
    """From being served until all but a few have got up [s]."""
    import numpy as np  # noqa: PLC0415

    return float(60 * canteen.eating_minutes.quantile(np.array([LATE]))[0])


def _check(scenario: Scenario, plan: Plan, check: DailyCheck) -> Iterator[Appointment]:
    """Let each dormitory, or the team of checkers, take one class after the other."""
    people = _people(scenario, plan, check)
    homes = {d.name: d for d in scenario.dormitories}

    def post(row: tuple[str, int]) -> str:
        school_class = scenario.class_named.get(row[0])
        bed = school_class.dormitory if school_class and check.where == "dormitory" else None
        return bed or ("" if check.checkers else row[0])

    for name, rows in groupby(sorted(people, key=post), key=post):
        house = homes.get(name)
        lanes = house.door_lanes if house else check.checkers or scenario.doors.teachers_per_class
        each = house.door_seconds if house else check.service_seconds
        yield from _staggered(check, list(rows), each.mean / lanes)


def _crossing(scenario: Scenario, plan: Plan, crossing: Crossing) -> Iterator[Appointment]:
    """Let each gate take one class after the other; classes use the gate they come in by."""
    ways = [g for g in scenario.gates if crossing.direction == "in" or g.exit is not None]

    def gate(row: tuple[str, int]) -> str:
        school_class = scenario.class_named.get(row[0])
        if school_class is None:
            own = next(s.gate for s in scenario.staff if s.name == row[0]) or ""
            return own if own in [g.name for g in ways] else ways[0].name
        grade = scenario.grade_of(school_class)
        allowed = [g.name for g in ways if scenario.may_use(g, grade)]
        own = plan.arrival_of[school_class.name].gate
        return own if own in allowed else next(iter(allowed), ways[0].name)

    people = _people(scenario, plan, crossing)
    for name, rows in groupby(sorted(people, key=gate), key=gate):
        way, after = scenario.gate_named[name], 0.0
        if crossing.direction == "out" and way.exit is not None:
            each = way.exit.service_seconds.mean / way.exit.lanes
        else:
            open_then = [s for s in way.stages if not s.only_on_return_day]
            each = max((s.service_seconds.mean / s.lanes for s in open_then), default=0.0)
            if crossing.offset_minutes is not None:  # the earliest find the lanes open
                after = max(0.0, -60 * crossing.offset_minutes.least)
        yield from _staggered(crossing, list(rows), each, name, after)


def _noon_lanes(scenario: Scenario, turns: Sequence[Appointment]) -> Iterator[Shift]:
    """Every lane of the gates by which people come in again, for as long as they may come."""
    for crossing in (c for c in scenario.crossings if c.direction == "in"):
        used = {turn.place for turn in turns if turn.what == crossing.name}
        for gate in (g for g in scenario.gates if g.name in used):
            for stage in gate.stages:
                if not stage.only_on_return_day:
                    yield Shift(
                        gate=gate.name,
                        stage=stage.name,
                        begins=crossing.begins,
                        ends=crossing.ends,
                        lanes=stage.lanes,
                    )
