"""Whether the parts of a school day fit each other: names, beds, riders, ways, ways out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from returnsim.errors import Problem
from returnsim.parts import known
from returnsim.reading import unknown
from returnsim.scenario.daytime import Event
from returnsim.scenario.people import SchoolClass

if TYPE_CHECKING:
    from returnsim.scenario.scenario import Scenario


def daytime_problems(scenario: "Scenario") -> Iterator[Problem]:
    """Find everything about buses, meals, checks, crossings and rounds that cannot be."""
    for check in (
        *(_names, _canteen_for_meals, _meals_apart, _crossings_apart, _crossings, _bedtimes),
        *(
            _canteens,
            _beds,
            _riders,
            _siblings,
            _together,
            _devices,
            _zones,
            _crews,
            _observed,
            _groups,
        ),
    ):
        yield from known(check(scenario))


def _names(scenario: "Scenario") -> Iterator[Problem]:
    tables = {"meals": scenario.meals, "checks": scenario.checks, "crossings": scenario.crossings}
    for name, times in Counter(e.name for e in scenario.events).items():
        holding = [t for t, events in tables.items() if any(e.name == name for e in events)]
        if len(holding) > 1:
            yield Problem(f"{holding[-1]}.{name}", "twice", {"name": name, "times": times})


def _canteen_for_meals(scenario: "Scenario") -> Iterator[Problem]:
    if scenario.meals and not scenario.canteens:
        yield Problem("canteens", "meal_without_canteen")


def _meals_apart(scenario: "Scenario") -> Iterator[Problem]:
    yield from _overlaps("meals", scenario.meals)


def _crossings_apart(scenario: "Scenario") -> Iterator[Problem]:
    for direction in ("out", "in"):
        one_way = [c for c in scenario.crossings if c.direction == direction]
        yield from _overlaps("crossings", one_way)


def _overlaps(table: str, events: Iterable[Event]) -> Iterator[Problem]:
    for event, later in pairwise(sorted(events, key=lambda e: e.begins)):
        if later.begins < event.ends:
            yield Problem(f"{table}.{later.name}.begins", "events_overlap", {"name": event.name})


def _crossings(scenario: "Scenario") -> Iterator[Problem]:
    out: set[str] = set()
    closes = max(gate.closes for gate in scenario.gates)
    for crossing in sorted(scenario.crossings, key=lambda c: c.begins):
        where = f"crossings.{crossing.name}"
        if crossing.direction == "out":
            out |= crossing.groups
            if not any(gate.exit for gate in scenario.gates):
                yield Problem(where, "no_way_out")
            continue
        if not crossing.groups <= out:
            yield Problem(f"{where}.who", "in_without_out")
        if crossing.begins < closes:
            yield Problem(f"{where}.begins", "in_before_closing", {"closes": f"{closes:%H:%M}"})


def _bedtimes(scenario: "Scenario") -> Iterator[Problem]:
    levels = {g.name: g.level for g in scenario.grades}
    for check in scenario.checks:
        if check.where != "dormitory" or "boarders" not in check.who:
            continue
        for c in scenario.classes:
            here = not check.levels or levels.get(c.grade) in check.levels
            if here and c.boarders and c.dormitory is None:
                values = {"class": c.name}
                yield Problem(f"checks.{check.name}", "boarders_without_dormitory", values)


def _canteens(scenario: "Scenario") -> Iterator[Problem]:
    buildings = sorted({c.building for c in scenario.classes})
    for canteen in scenario.canteens:
        yield from _no_way(f"canteens.{canteen.name}", buildings, canteen.metres_to)


def _beds(scenario: "Scenario") -> Iterator[Problem]:
    for dormitory in scenario.dormitories:
        where = f"dormitories.{dormitory.name}"
        sleep_here = [c for c in scenario.classes if c.dormitory == dormitory.name]
        yield from _no_way(where, sorted({c.building for c in sleep_here}), dormitory.metres_to)
        boarders = sum(c.boarders for c in sleep_here)
        if boarders > dormitory.beds:
            values = {"boarders": boarders, "beds": dormitory.beds}
            yield Problem(where, "too_few_beds", values)


def _observed(scenario: "Scenario") -> Iterator[Problem]:
    limits = scenario.limits
    asked = {
        "observation_beds": limits.observation_beds is not None,
        "one_batch_per_building": limits.one_batch_per_building,
    }
    for name, given in asked.items():
        if given and scenario.after_return is None:
            yield Problem(f"limits.{name}", "observed_for_how_long")


def _groups(scenario: "Scenario") -> Iterator[Problem]:
    if scenario.limits.return_by == "group" and not any(c.group for c in scenario.classes):
        yield Problem("limits.return_by", "no_class_in_a_group")


def _no_way(where: str, buildings: Iterable[str], ways: dict[str, float]) -> Iterator[Problem]:
    missing = [b for b in buildings if b not in ways]
    if missing:
        yield Problem(f"{where}.metres_to", "no_way_to", {"buildings": ", ".join(missing)})


def _riders(scenario: "Scenario") -> Iterator[Problem]:
    classes = [c.name for c in scenario.classes]
    for bus in scenario.buses:
        for name in bus.riders:
            if name not in classes:
                yield unknown(f"buses.{bus.name}.riders", "classes", name, classes)


def _siblings(scenario: "Scenario") -> Iterator[Problem]:
    classes = [c.name for c in scenario.classes]
    for number, family in enumerate(scenario.siblings, start=1):
        for name in family.classes:
            if name not in classes:
                yield unknown(f"siblings.#{number}.classes", "classes", name, classes)
        if len(set(family.classes)) == 1:
            yield Problem(f"siblings.#{number}.classes", "siblings_in_one_class")


def _together(scenario: "Scenario") -> Iterator[Problem]:
    classes = {c.name: c for c in scenario.classes}
    together: Counter[str] = Counter()
    for bus in scenario.buses:
        together.update(bus.riders)
    for family in scenario.siblings:
        for name in family.classes:
            together[name] += family.pairs
    held: Counter[str] = Counter()
    for hold in scenario.holds:
        held[hold.school_class] += hold.pupils
    for name, number in together.items():
        if name in classes:
            day_pupils = _day_pupils(classes[name], held[name])
            if number > day_pupils:
                values = {"given": number, "limit": day_pupils}
                yield Problem(f"classes.{name}", "more_together_than_day_pupils", values)


def _day_pupils(school_class: SchoolClass, held: int) -> int:
    """Pupils of a class who neither live in nor are held."""
    return max(0, school_class.pupils - school_class.boarders - held)


def _devices(scenario: "Scenario") -> Iterator[Problem]:
    posts = [
        *dict.fromkeys(stage.name for gate in scenario.gates for stage in gate.stages),
        "doors",
        *(x.name for x in (*scenario.checks, *scenario.canteens, *scenario.dormitories)),
    ]
    used: Counter[str] = Counter()
    for device in scenario.devices:
        for name in device.used_at:
            used[name] += 1
            if name not in posts:
                yield unknown(f"devices.{device.name}.used_at", "posts", name, posts)
            elif used[name] > 1:
                yield Problem(f"devices.{device.name}.used_at", "two_devices", {"name": name})


def _zones(scenario: "Scenario") -> Iterator[Problem]:
    halls = [x.name for x in (*scenario.gates, *scenario.canteens, *scenario.dormitories)]
    halls += sorted({c.building for c in scenario.classes})
    for zone in scenario.zones:
        for name in zone.closes:
            if name not in halls:
                yield unknown(f"zones.{zone.name}.closes", "places", name, halls)


def _crews(scenario: "Scenario") -> Iterator[Problem]:
    """A school without crews has its rounds done by others; one with crews leaves none to them."""
    for zone in scenario.zones if scenario.crews else ():
        if not any(crew.does(zone.work) for crew in scenario.crews):
            yield Problem(f"zones.{zone.name}.work", "no_crew_for_work", {"work": zone.work})
