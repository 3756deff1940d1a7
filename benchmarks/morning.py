"""One school morning, twice: as a returnsim scenario, and as a plain SimPy program.

Everybody scans, has a temperature taken, walks to the classroom and is checked at its door;
one in a hundred reads hot, rests, is measured again, and one in five of those is isolated.
"""

import gc
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from statistics import median
from time import process_time

import numpy as np
import simpy

from returnsim.experiment.study import journeys
from returnsim.model.day import SchoolDay, prepare
from returnsim.model.itinerary import Itineraries
from returnsim.plan.plan import Plan
from returnsim.scenario.scenario import Scenario

DAY = date(2020, 4, 7)
SIZES = (500, 2000, 8000)
GATES = {500: 2, 2000: 3, 8000: 6}
WINDOW = {500: 60, 2000: 75, 8000: 90}
"""Minutes over which the slots are spread."""
LANES = 4
CLASS_SIZE = 45
SCAN, TEMPERATURE, DOOR = (4.0, 0.5), (3.0, 0.4), (3.0, 0.4)
"""Mean [s] and coefficient of variation."""
OFFSET = (0.0, 3.0)
"""Mean and standard deviation of the arrival after the end of the slot [min]."""
SPEED = (1.1, 0.2, 0.4, 1.8)
"""Mean, standard deviation, least and greatest [m/s]."""
REST, READING, FETCHED = 300.0, 60.0, 1800.0
HOT, HOT_AGAIN = 0.01, 0.2
METRES = 120.0
NURSES = 2
MADE_UP = "made up for a benchmark"
Process = Iterator[simpy.Event]
Visit = tuple[int, str, float, float, float]
"""Person, station, arrived, began, ended."""


# -------------------------------------------------------------------- the returnsim scenario


def a_school(pupils: int) -> tuple[Scenario, Plan]:
    """Make a school whose only grade comes back on one day."""
    gates = [f"gate {g + 1}" for g in range(GATES[pupils])]
    sizes = [min(CLASS_SIZE, pupils - first) for first in range(0, pupils, CLASS_SIZE)]
    classes = [f"class {c + 1}" for c in range(len(sizes))]
    lanes = {"lanes": LANES, "staff_per_lane": 1, "source": MADE_UP}
    scenario = Scenario.model_validate(
        {
            "format": 1,
            "name": "benchmark",
            "rulebooks": ["township-2020"],
            "calendar": {
                "first_day": DAY,
                "last_day": date(2020, 4, 30),
                "school_weekdays": ["mon", "tue", "wed", "thu", "fri"],
                "orders_from": DAY,
                "source": MADE_UP,
            },
            "approvals": {"source": MADE_UP},
            "grades": [
                {
                    "name": "all",
                    "level": "junior",
                    "exam_year": False,
                    "bell": time(8, 30),
                    "source": MADE_UP,
                }
            ],
            "classes": [
                {"name": name, "grade": "all", "pupils": size, "room": name, "building": "hall"}
                for name, size in zip(classes, sizes, strict=True)
            ],
            "gates": [
                {
                    "name": gate,
                    "opens": time(5),
                    "closes": time(11),
                    "marked_places": 30,
                    "metres_to": {"hall": METRES},
                    "source": MADE_UP,
                    "stages": [
                        lanes
                        | {
                            "name": "scan",
                            "checks": ["scan"],
                            "service_seconds": _lognormal(SCAN),
                        },
                        lanes
                        | {
                            "name": "temperature",
                            "checks": ["temperature"],
                            "service_seconds": _lognormal(TEMPERATURE),
                        },
                    ],
                }
                for gate in gates
            ],
            "screening": {
                "threshold_celsius": 37.3,
                "threshold_relation": ">=",
                "fever_prevalence": 0.0,
                "false_alarm_probability": HOT,
                "hit_probability": 0.8,
                "source": MADE_UP,
            },
            "recheck": {
                "rest_places": 1000,
                "rest_minutes": {"kind": "fixed", "value": REST / 60},
                "stations": NURSES,
                "service_seconds": {"kind": "fixed", "value": READING},
                "false_alarm_probability": HOT_AGAIN,
                "hit_probability": 0.95,
                "source": MADE_UP,
            },
            "isolation": {
                "places": 1000,
                "minutes_until_fetched": {"kind": "fixed", "value": FETCHED / 60},
                "source": MADE_UP,
            },
            "doors": {
                "takes_temperature": False,
                "teachers_per_class": 1,
                "service_seconds": _lognormal(DOOR),
                "second_reading_seconds": {"kind": "fixed", "value": 0.0},
                "source": MADE_UP,
            },
            "walking": {
                "metres_per_second": {
                    "kind": "normal",
                    "mean": SPEED[0],
                    "sd": SPEED[1],
                    "low": SPEED[2],
                    "high": SPEED[3],
                },
                "source": MADE_UP,
            },
            "arrivals": {
                "offset_minutes": {"kind": "normal", "mean": OFFSET[0], "sd": OFFSET[1]},
                "absent_probability": 0.0,
                "ignore_slot_probability": 0.0,
                "ignoring_offset_minutes": {"kind": "fixed", "value": 0.0},
                "held_come_probability": 0.0,
                "source": MADE_UP,
            },
            "limits": {
                "slot_minutes": 5,
                "first_slot": time(7),
                "last_slot": time(8, 25),
                "lane_block_minutes": 10,
                "longest_wait_minutes": 5.0,
                "wait_risk": 0.05,
                "seated_by_bell_probability": 0.95,
                "days_between_batches": 7,
                "batch_gap_minutes": 0.0,
                "source": MADE_UP,
            },
        }
    )
    plan = Plan.model_validate(
        {
            "format": 1,
            "school": "benchmark",
            "return_dates": [{"grade": "all", "day": DAY}],
            "arrivals": [
                {"class": name, "gate": gates[c % len(gates)], "slot": _slot(pupils, c)}
                for c, name in enumerate(classes)
            ],
            "lanes": [
                {"gate": gate, "stage": stage, "begins": time(5), "ends": time(11), "lanes": LANES}
                for gate in gates
                for stage in ("scan", "temperature")
            ],
        }
    )
    return scenario, plan


def _lognormal(times: tuple[float, float]) -> dict[str, object]:
    return {"kind": "lognormal", "mean": times[0], "cv": times[1]}


def _slot(pupils: int, number: int) -> time:
    minutes = 5 * (number // GATES[pupils] % (WINDOW[pupils] // 5))
    return time(7 + minutes // 60, minutes % 60)


# ------------------------------------------------------------------ the plain SimPy programs


@dataclass(frozen=True)
class Pupil:
    """One pupil's luck, drawn beforehand."""

    person: int
    gate: str
    door: str
    start: float
    scan: float
    temperature: float
    hot: bool
    hot_again: bool
    walk: float
    at_door: float


class School:
    """Resources of the plain program, one for each station."""

    def __init__(self, env: simpy.Environment, day: SchoolDay) -> None:
        capacity = {place.name: place.lanes[0][1] for place in day.places}
        self.station = {name: simpy.Resource(env, number) for name, number in capacity.items()}
        self.visits: list[Visit] = []


def visit(
    env: simpy.Environment, school: School, person: int, station: str, service: float
) -> Process:
    """Queue for a lane, be served, and be written down."""
    arrived = env.now
    with school.station[station].request() as request:
        yield request
        began = env.now
        yield env.timeout(service)
    school.visits.append((person, station, arrived, began, env.now))


def morning_of(env: simpy.Environment, school: School, p: Pupil) -> Process:
    """Come, be checked, walk, be checked again: with luck drawn beforehand."""
    yield env.timeout(p.start)
    yield from visit(env, school, p.person, f"{p.gate}/scan", p.scan)
    yield from visit(env, school, p.person, f"{p.gate}/temperature", p.temperature)
    if p.hot:
        yield from visit(env, school, p.person, "recheck/rest", REST)
        yield from visit(env, school, p.person, "recheck/reading", READING)
        if p.hot_again:
            yield from visit(env, school, p.person, "isolation", FETCHED)
            return
    yield env.timeout(p.walk)
    yield from visit(env, school, p.person, p.door, p.at_door)


def plain(day: SchoolDay, pupils: list[Pupil]) -> list[Visit]:
    """Let the morning happen as the SimPy manual teaches, on given luck."""
    env = simpy.Environment()
    school = School(env, day)
    for p in pupils:
        env.process(morning_of(env, school, p))
    env.run()
    return school.visits


def lucky_morning_of(
    env: simpy.Environment,
    school: School,
    rng: np.random.Generator,
    person: int,
    gate: str,
    door: str,
    due: float,
) -> Process:
    """The same, drawing each number when it is needed, as most programs do."""
    yield env.timeout(due + 60 * rng.normal(*OFFSET))
    yield from visit(env, school, person, f"{gate}/scan", lognormal(rng, SCAN))
    yield from visit(env, school, person, f"{gate}/temperature", lognormal(rng, TEMPERATURE))
    if rng.random() < HOT:
        yield from visit(env, school, person, "recheck/rest", REST)
        yield from visit(env, school, person, "recheck/reading", READING)
        if rng.random() < HOT_AGAIN:
            yield from visit(env, school, person, "isolation", FETCHED)
            return
    mean, sd, low, high = SPEED
    yield env.timeout(METRES / min(max(rng.normal(mean, sd), low), high))
    yield from visit(env, school, person, door, lognormal(rng, DOOR))


def lognormal(rng: np.random.Generator, times: tuple[float, float]) -> float:
    """Draw one lognormal time from its mean and coefficient of variation."""
    mean, cv = times
    variance = float(np.log1p(cv * cv))
    return float(rng.lognormal(np.log(mean) - variance / 2, variance**0.5))


def plain_with_draws(day: SchoolDay, seed: int) -> list[Visit]:
    """Let the morning happen as the SimPy manual teaches, drawing numbers on the way."""
    env = simpy.Environment()
    school = School(env, day)
    rng = np.random.default_rng(seed)
    for party in day.parties:
        for person in range(party.first, party.first + party.size):
            door = f"door/{party.name}"
            env.process(lucky_morning_of(env, school, rng, person, party.gate, door, party.due))
    env.run()
    return school.visits


def luck_of(path: Itineraries, replication: int = 0) -> list[Pupil]:
    """Hand the luck of one replication to the plain program."""
    day = path.day
    rows = zip(
        path.start[replication].tolist(),
        path.service[replication].tolist(),
        path.travel[replication].tolist(),
        path.station[replication].tolist(),
        strict=True,
    )
    pupils = []
    for person, (start, service, travel, station) in enumerate(rows):
        party = day.parties[day.party_of[person]]
        hot, isolated = station[day.rest] >= 0, station[day.columns - 1] >= 0
        pupils.append(
            Pupil(
                person=person,
                gate=party.gate,
                door=f"door/{party.name}",
                start=start,
                scan=service[0],
                temperature=service[1],
                hot=hot,
                hot_again=isolated,
                walk=travel[day.door],
                at_door=service[day.door],
            )
        )
    return pupils


def stamps(day: SchoolDay, visits: list[Visit]) -> np.ndarray:
    """Times of the plain program in the shape of a trace: (3, persons, stations)."""
    number = {place.name: i for i, place in enumerate(day.places)}
    found = np.full((3, day.persons, len(day.places)), np.nan)
    for person, station, *times in visits:
        found[:, person, number[station]] = times
    return found


def stamps_of_trace(path: Itineraries, times: tuple[np.ndarray, ...]) -> np.ndarray:
    """Times of the first replication of a trace, by station instead of by column."""
    found = np.full((3, path.day.persons, len(path.day.places)), np.nan)
    person, column = np.nonzero(path.station[0] >= 0)
    for i, stamp in enumerate(times):
        found[i, person, path.station[0, person, column]] = stamp[0, person, column]
    return found


# --------------------------------------------------------------------------------- measuring


class Contest:
    """The same morning for several programs."""

    def __init__(self, pupils: int) -> None:
        scenario, self.plan = a_school(pupils)
        self.day = prepare(scenario, self.plan, DAY)
        self.one = journeys(self.day, 1, 0, 1)
        self.luck = luck_of(self.one)

    def plain(self) -> list[Visit]:
        """Play the plain program on the luck of the first replication."""
        return plain(self.day, self.luck)

    def plain_drawing(self) -> list[Visit]:
        """Play the plain program that draws its own luck."""
        return plain_with_draws(self.day, 1)


def medians(programs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """CPU seconds of each program: alternating rounds, median, one process.

    Rubbish is collected in between, so that no program pays for what the one before left.
    """
    spent: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            gc.collect()
            before = process_time()
            program()
            spent[name].append(process_time() - before)
    return {name: median(times) for name, times in spent.items()}


def machine() -> str:
    """Say on what it was measured, without naming the host."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123
            model = next(line.split(":")[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        pass
    return (
        f"{os.cpu_count()} cores, {model}; CPython {platform.python_version()}, "
        f"NumPy {np.__version__}, SimPy {simpy.__version__}"
    )
