"""Four schools for the planner's benchmarks: from one street to a whole town's.

Everybody comes back on one day, through gates of one stage (scan and temperature in one go),
around five-minute slots, with an error of three minutes. Sizes of classes, bells and ways are
made up, from a seed.
"""

from dataclasses import dataclass
from datetime import date, time

import numpy as np

from returnsim.scenario.scenario import Scenario

MADE_UP = "made up for a benchmark"
SERVICE = {"kind": "lognormal", "mean": 7.0, "cv": 0.4}


@dataclass(frozen=True)
class Size:
    """What makes a school large."""

    classes: int
    pupils: int
    grades: int
    lanes: tuple[int, ...]
    """Of each gate."""
    places: tuple[int, ...]
    staff: int
    """People on duty at once."""
    goal: float
    """Seconds in which the whole recommendation is wanted."""


SIZES = {
    "S": Size(12, 500, 3, (2, 2), (24, 18), 4, 10),
    "M": Size(48, 2_000, 6, (3, 2, 2), (32, 24, 24), 7, 60),
    "L": Size(120, 5_000, 6, (4, 4, 3, 3), (48, 48, 36, 36), 13, 180),
    "XL": Size(250, 11_000, 9, (5, 5, 4, 4, 4, 3), (60, 60, 48, 48, 48, 36), 24, 480),
}


def a_school(name: str, seed: int = 0) -> Scenario:
    """Make one of the schools."""
    size, rng = SIZES[name], np.random.default_rng(seed)
    bells = {0: time(7, 50), size.grades - 1: time(8, 20)}
    grades = [
        {
            "name": f"grade {g + 1}",
            "level": "junior",
            "exam_year": g == 0,
            "bell": bells.get(g, time(8, 10)),
            "source": MADE_UP,
        }
        for g in range(size.grades)
    ]
    walk = 2 + 4 * rng.random((size.grades, len(size.lanes)))  # minutes at 1.1 m/s
    return Scenario.model_validate(
        {
            "format": 1,
            "name": f"benchmark {name}",
            "rulebooks": ["township-2020"],
            "calendar": {
                "first_day": date(2020, 4, 7),
                "last_day": date(2020, 4, 30),
                "school_weekdays": ["mon", "tue", "wed", "thu", "fri"],
                "orders_from": date(2020, 3, 20),
                "disinfection_from": date(2020, 4, 1),
                "source": MADE_UP,
            },
            "approvals": {"source": MADE_UP},
            "grades": grades,
            "classes": _classes(size, rng),
            "gates": [_gate(size, g, walk[:, g]) for g in range(len(size.lanes))],
            "limits": _limits(size),
            **_procedures(),
        }
    )


def _classes(size: Size, rng: np.random.Generator) -> list[dict[str, object]]:
    wanted = rng.uniform(30, 56, size.classes)
    pupils = np.floor(wanted * size.pupils / wanted.sum()).astype(int)
    pupils[: size.pupils - int(pupils.sum())] += 1
    return [
        {
            "name": f"class {c + 1}",
            "grade": f"grade {c * size.grades // size.classes + 1}",
            "pupils": int(pupils[c]),
            "room": str(c + 1),
            "building": f"wing {c * size.grades // size.classes + 1}",
        }
        for c in range(size.classes)
    ]


def _gate(size: Size, number: int, walk: np.ndarray) -> dict[str, object]:
    stage = {
        "name": "check",
        "checks": ["scan", "temperature"],
        "lanes": size.lanes[number],
        "staff_per_lane": 1,
        "service_seconds": SERVICE,
        "source": MADE_UP,
    }
    return {
        "name": f"gate {number + 1}",
        "opens": time(6, 35),
        "closes": time(8, 35),
        "marked_places": size.places[number],
        "metres_to": {f"wing {g + 1}": round(66.0 * m) for g, m in enumerate(walk)},
        "stages": [stage],
        "source": MADE_UP,
    }


def _limits(size: Size) -> dict[str, object]:
    return {
        "slot_minutes": 5,
        "first_slot": time(6, 45),
        "last_slot": time(8, 5),
        "lane_block_minutes": 10,
        "longest_wait_minutes": 15,
        "wait_risk": 0.05,
        "seated_by_bell_probability": 0.95,
        "days_between_batches": 7,
        "batch_gap_minutes": 0,
        "staff": [{"begins": time(6, 30), "ends": time(8, 40), "people": size.staff}],
        "source": MADE_UP,
    }


def _procedures() -> dict[str, object]:
    fixed = {"kind": "fixed", "value": 0}
    return {
        "screening": {
            "threshold_celsius": 37.3,
            "threshold_relation": ">=",
            "fever_prevalence": 0.0005,
            "false_alarm_probability": 0.002,
            "hit_probability": 0.9,
            "source": MADE_UP,
        },
        "recheck": {
            "rest_places": 30,
            "rest_minutes": {"kind": "fixed", "value": 5},
            "stations": 3,
            "service_seconds": {"kind": "fixed", "value": 45},
            "false_alarm_probability": 0.05,
            "hit_probability": 0.95,
            "source": MADE_UP,
        },
        "isolation": {
            "places": 12,
            "minutes_until_fetched": {"kind": "fixed", "value": 40},
            "source": MADE_UP,
        },
        "doors": {
            "takes_temperature": False,
            "teachers_per_class": 1,
            "service_seconds": {"kind": "lognormal", "mean": 3.0, "cv": 0.4},
            "second_reading_seconds": fixed,
            "source": MADE_UP,
        },
        "walking": {
            "metres_per_second": {"kind": "normal", "mean": 1.1, "sd": 0.16, "low": 0.5},
            "source": MADE_UP,
        },
        "arrivals": {
            "offset_minutes": {"kind": "normal", "mean": -2.5, "sd": 3.0},
            "absent_probability": 0.0,
            "ignore_slot_probability": 0.0,
            "ignoring_offset_minutes": fixed,
            "held_come_probability": 0.0,
            "source": MADE_UP,
        },
    }
