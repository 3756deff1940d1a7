"""The rest of the day, laid out class by class: meals in shifts, checks, going out and in.

Event after event, each as good as can be given the ones before it:

- meals by an integer programme (`sittings`): canteens and shifts, so that people wait least;
- checks and ways in and out: one class after the other at each post, in the order in which they
  can come. Whoever measures is idle only while nobody could come, so at every moment as many
  are done as can be, in whatever order: no timetable has fewer person-minutes until everybody
  is measured, and the bound is what the plan has.

Posts go at the mean pace with a little time to spare. What that does to queues is for the
simulation to say, and for the plan to be changed by hand where it does not please.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from returnsim.optimise.bounds import Bound
from returnsim.optimise.seating import Hall, Party, moments
from returnsim.optimise.sittings import seated
from returnsim.plan.plan import Appointment, Plan, Shift
from returnsim.scenario.daytime import Crossing, DailyCheck, Event, Meal
from returnsim.scenario.halls import Canteen
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario

ROOM = 1.15
"""Time kept for a class at the slowest post over what it needs on average."""
LATE = 0.95
"""Share of people who have done eating when the next shift comes."""
MINUTE = 60.0
"""Times are told in whole minutes, so somebody may come this much later than reckoned [s]."""
Queue = Sequence[tuple[str, int]]
"""Names of those who take part, each with their number."""


def with_rest_of_day(scenario: Scenario, plan: Plan) -> Plan:
    """Give everybody a time for every event of the day, and lanes to those who come in again.

    A plan that has a timetable keeps it.
    """
    if plan.timetable or not scenario.events:
        return plan
    turns = tuple(_laid_out(scenario, plan).turns.values())
    return plan.changed(timetable=turns, lanes=(*plan.lanes, *_noon_lanes(scenario, turns)))


def timetable_bounds(scenario: Scenario, plan: Plan) -> dict[str, Bound]:
    """Person-minutes of all meals until people are served, of all checks until they are measured.

    Both are reckoned from the beginning of each. For a plan whose timetable was not laid out
    here there are none.
    """
    day = _laid_out(scenario, plan)
    if not plan.timetable or set(plan.timetable) != set(day.turns.values()):
        return {}
    return {
        kind: Bound(sum(b.objective for b in found), sum(b.bound for b in found))
        for kind, found in day.bounds.items()
        if found
    }


@dataclass(slots=True)
class _Day:
    """What has been laid out so far."""

    turns: dict[tuple[str, str], Appointment] = field(default_factory=dict)
    bounds: dict[str, list[Bound]] = field(default_factory=lambda: {"meals": [], "checks": []})

    def since(self, scenario: Scenario, event: Event, who: str) -> float:
        """First moment at which somebody can come: their last turn before, or the beginning [s]."""
        earlier = (
            seconds(turn.at)
            for e in scenario.events
            if e.groups & event.groups and (turn := self.turns.get((who, e.name)))
        )
        return max((seconds(event.begins), *earlier))

    def give(self, event: Event, who: str, at: float, place: str | None = None) -> None:
        """Give somebody a turn, at the last minute of the event if it would be later."""
        at = min(MINUTE * math.ceil(at / MINUTE), seconds(event.ends) - MINUTE)
        self.turns[who, event.name] = Appointment(
            who=who, what=event.name, place=place, at=clock_time(at)
        )


def _laid_out(scenario: Scenario, plan: Plan) -> _Day:
    day = _Day()
    for event in scenario.events:
        match event:
            case Meal():
                _meal(day, scenario, plan, event)
            case DailyCheck():
                _check(day, scenario, plan, event)
            case Crossing():
                _crossing(day, scenario, plan, event)
    return day


def _people(scenario: Scenario, plan: Plan, event: Event) -> list[tuple[str, int]]:
    """Who takes part, with their number: staff first, then classes in the order of return."""
    classes = sorted(scenario.classes, key=plan.day_of)
    names = [x.name for x in (*scenario.staff, *classes)]
    return [(name, n) for name in names if (n := scenario.people_at(event, name))]


def _one_by_one(
    day: _Day,
    scenario: Scenario,
    event: Event,
    people: Queue,
    each: float,
    place: str | None = None,
    after: float = 0.0,
) -> float:
    """Give turns one after the other, each as long as its people take at `each` seconds a person.

    The first is `after` seconds behind the beginning. Returns the person-seconds from the
    beginning until everybody is served.
    """
    begins, pace = seconds(event.begins), ROOM * each
    parties = [
        Party(who, n, since=max(after, day.since(scenario, event, who) - begins))
        for who, n in people
    ]
    waited = 0.0
    for party, at in in_turn(parties, pace):
        day.give(event, party.name, begins + at, place)
        waited += party.number * (at + pace * party.number / 2)
    return waited


def in_turn(parties: Sequence[Party], pace: float) -> Iterator[tuple[Party, float]]:
    """When each is served by one post: in the order in which they can come, without a pause.

    `pace` is the time for one person [s]. No order has a smaller sum of moments at which people
    are served, since none has served more of them at any moment.
    """
    at = 0.0
    for party in sorted(parties, key=lambda p: p.since):
        at = max(at, party.since)
        yield party, at
        at += pace * party.number


def _meal(day: _Day, scenario: Scenario, plan: Plan, meal: Meal) -> None:
    """Seat everybody, and let each shift come when the one before has eaten."""
    begins = seconds(meal.begins)
    people = tuple(
        Party(who, n, _batch(scenario, plan, who), day.since(scenario, meal, who) - begins)
        for who, n in _people(scenario, plan, meal)
    )
    if not people:
        return
    halls = tuple(_hall(canteen, meal) for canteen in scenario.canteens)
    layout, bound = seated(people, halls, seconds(meal.ends) - begins)
    for hall, shifts in zip(halls, layout, strict=True):
        for party, at in moments(hall, shifts):
            day.give(meal, party.name, begins + at, hall.name)
    day.bounds["meals"].append(bound)


def _batch(scenario: Scenario, plan: Plan, who: str) -> date | None:
    """Day on which a class came back; none for staff."""
    school_class = scenario.class_named.get(who)
    return None if school_class is None else plan.day_of(school_class)


def _hall(canteen: Canteen, meal: Meal) -> Hall:
    each = max(
        canteen.door_seconds.mean / canteen.door_lanes if meal.temperature_at_door else 0.0,
        canteen.wash_seconds.mean / canteen.taps,
        canteen.serving_seconds.mean / canteen.lines,
    )
    turnover = _sitting(canteen) + 60 * canteen.clearing_minutes + MINUTE
    return Hall(canteen.name, canteen.seats, ROOM * each, turnover)


def _sitting(canteen: Canteen) -> float:
    """From being served until all but a few have got up [s]."""
    import numpy as np  # noqa: PLC0415

    return float(60 * canteen.eating_minutes.quantile(np.array([LATE]))[0])


def _check(day: _Day, scenario: Scenario, plan: Plan, check: DailyCheck) -> None:
    """Let each dormitory, or the team of checkers, take one class after the other."""
    people = _people(scenario, plan, check)
    homes = {d.name: d for d in scenario.dormitories}

    def post(row: tuple[str, int]) -> str:
        school_class = scenario.class_named.get(row[0])
        bed = school_class.dormitory if school_class and check.where == "dormitory" else None
        return bed or ("" if check.checkers else row[0])

    waited = 0.0
    for name, rows in groupby(sorted(people, key=post), key=post):
        house = homes.get(name)
        lanes = house.door_lanes if house else check.checkers or scenario.doors.teachers_per_class
        each = house.door_seconds if house else check.service_seconds
        waited += _one_by_one(day, scenario, check, list(rows), each.mean / lanes)
    if people:
        day.bounds["checks"].append(Bound(waited / 60, waited / 60))


def _crossing(day: _Day, scenario: Scenario, plan: Plan, crossing: Crossing) -> None:
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
        _one_by_one(day, scenario, crossing, list(rows), each, name, after)


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
