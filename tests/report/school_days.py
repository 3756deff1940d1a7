"""Schools whose day goes on behind the classroom door: a tiny one, one that is hard to print."""

from datetime import time
from pathlib import Path
from typing import Any

from builders import a_class, a_gate, a_grade, a_scenario, a_stage
from proposals import GATES, LONG, a_proposal, crowded_plan

from returnsim.optimise.planner import Proposal, whole_day
from returnsim.plan.files import read_plan
from returnsim.scenario.scenario import Scenario, read_scenario

SCHOOL_DAY = Path(__file__).parents[1] / "plan" / "school-day"


def a_school_day(replications: int = 8) -> Proposal:
    """Return the tiny school day, planned by hand, as if it had been recommended."""
    school = read_scenario(SCHOOL_DAY)
    plan = read_plan(SCHOOL_DAY / "good-plan.toml", school)
    return a_proposal(school, plan, replications)


def a_crowded_day(classes: int = 30, replications: int = 2) -> Proposal:
    """Return the day of a large boarding school with long names, laid out by rule."""
    school = a_large_school(classes)
    return a_proposal(school, whole_day(school, crowded_plan(school)), replications)


def fixed(value: float) -> dict[str, Any]:
    return {"kind": "fixed", "value": value}


def a_large_school(classes: int = 30) -> Scenario:
    """Return a school with three meals, three checks, noon at home and four crews."""
    grades = [a_grade(name) for name in ("nine", "eight", "seven")]
    exit_ = {"lanes": 2, "service_seconds": fixed(2), "source": "made up"}
    dropoff = {
        "berths": 3, "dwell_seconds": fixed(30), "share": 0.2, "metres_per_car": 6,
        "queue_metres": 60, "source": "made up",
    }  # fmt: skip
    farewell = {"share": 0.3, "seconds": fixed(20), "places": 10, "source": "made up"}
    gates = [
        a_gate(name=f"g{n}", zh=GATES[n], en=f"Gate number {n + 1} by the river", exit=exit_,
               stages=[a_stage(name="check", zh="扫码测温", en="Scan and temperature", lanes=6)],
               **({"dropoff": dropoff, "farewell": farewell} if n == 0 else {}))
        for n in range(3)
    ]  # fmt: skip
    halls = [
        {
            "name": f"canteen {n}", "zh": f"{LONG}第{n}食堂",
            "en": f"Canteen number {n} of the school",
            "door_lanes": 4, "door_seconds": fixed(3), "taps": 12, "wash_seconds": fixed(20),
            "lines": 8, "serving_seconds": fixed(12), "seats": 200, "eating_minutes": fixed(15),
            "clearing_minutes": 8, "marked_places": 60, "metres_to": {"hall": 120},
            "area_m2": 600, "source": "made up",
        }
        for n in (1, 2)
    ]  # fmt: skip
    houses = [
        {
            "name": f"house {n}", "zh": f"第{n}宿舍楼", "en": f"Boarding house {n}", "rooms": 80,
            "beds_per_room": 6, "door_lanes": 2, "door_seconds": fixed(4),
            "metres_to": {"hall": 200}, "source": "made up",
        }
        for n in (1, 2)
    ]  # fmt: skip
    return a_scenario(
        zh="示例县" + LONG,
        grades=grades,
        classes=[_class(n, grades[n * 3 // classes].name) for n in range(classes)],
        gates=gates,
        canteens=halls,
        dormitories=houses,
        meals=[_meal(*meal) for meal in MEALS],
        checks=[_check(*check) for check in CHECKS],
        crossings=[_crossing(*crossing) for crossing in CROSSINGS],
        crews=[
            {"name": f"crew {n}", "zh": f"第{n}消毒组", "en": f"Cleaning crew {n}", "people": 3,
             "walk_minutes": 5, "minutes_per_100_m2": fixed(2), "source": "made up"}
            for n in (1, 2)
        ],
        zones=[
            {"name": f"zone {kind}", "en": f"{kind.title()} and stairs",
             "zh": f"{zh}（含走廊与楼梯间）", "kind": kind, "area_m2": 600, "rounds_per_day": n,
             "closes": closes, "work": work, "source": "made up"}
            for kind, zh, n, closes, work in ZONES
        ],
        staff=[
            {"name": "teachers", "zh": "任课教师", "en": "Teachers", "people": 90,
             "role": "teacher", "gate": "g0", "arrives": time(7, 5), "source": "made up"},
            {"name": "guards", "zh": "保安", "en": "Guards", "people": 6, "role": "guard",
             "source": "made up"},
        ],
        routines=[
            {"what": "temperature check", "who": who, "times_per_day": 3, "source": "made up"}
            for who in ("boarders", "guards")
        ],
        limits={"people_returning_per_day": None, "last_slot": time(8, 5)},
    )  # fmt: skip


MEALS = (
    ("breakfast", "早餐", "Breakfast", ("boarders",), "06:30:00", "08:30:00"),
    ("lunch", "午餐", "Lunch", ("boarders", "school at noon", "guard"), "11:30:00", "14:00:00"),
    ("supper", "晚餐", "Evening meal", ("boarders", "guard"), "17:30:00", "19:30:00"),
)
CHECKS = (
    ("noon", "午检", "Noon check", ("boarders", "day pupils"), "14:00:00", "16:30:00", "room", 6),
    ("staff", "门岗测温", "Guards’ check", ("guard",), "10:00:00", "11:00:00", "room", 1),
    ("night", "晚检", "Evening check", ("boarders",), "20:30:00", "22:30:00", "dormitory", None),
)
CROSSINGS = (
    ("off", "午间离校", "Home at noon", ("home at noon",), "out", "11:30:00", "12:30:00"),
    ("back", "午间返校", "Back at noon", ("home at noon",), "in", "13:00:00", "14:20:00"),
    ("home", "放学", "Home time", ("day pupils",), "out", "16:30:00", "18:00:00"),
)
ZONES = (
    ("canteen", "食堂", 3, ("canteen 1", "canteen 2"), "disinfection"),
    ("toilet", "厕所", 4, (), "disinfection"),
    ("dormitory", "宿舍", 1, ("house 1", "house 2"), "ventilation"),
    ("campus", "全校园", 1, (), "disinfection"),
)


def _class(n: int, grade: str) -> Any:
    long = n % 7 == 0
    return a_class(
        f"{n:02d}",
        zh=f"{LONG}九年级（{n}）班" if long else f"九年级{n}班",
        en=f"Experimental section, class 9.{n}" if long else f"Class 9.{n}",
        grade=grade,
        pupils=45,
        boarders=20 if n % 3 else 45,
        home_at_noon=10 if n % 3 else 0,
        dormitory=f"house {1 + n % 2}",
    )


def _event(name: str, zh: str, en: str, who: Any, begins: str, ends: str) -> dict[str, Any]:
    clock = {"begins": time.fromisoformat(begins), "ends": time.fromisoformat(ends)}
    return {"name": name, "zh": zh, "en": en, "who": who, "source": "made up", **clock}


def _meal(*event: Any) -> dict[str, Any]:
    return _event(*event) | {"temperature_at_door": True, "back_to_classroom": True}


def _check(*check: Any) -> dict[str, Any]:
    *event, where, checkers = check
    more = {} if checkers is None else {"checkers": checkers}
    return _event(*event) | {"where": where, "service_seconds": fixed(4)} | more


def _crossing(*crossing: Any) -> dict[str, Any]:
    name, zh, en, who, direction, begins, ends = crossing
    coming = {"direction": direction}
    if direction == "in":
        coming |= {"offset_minutes": fixed(-5), "by": time(14, 20)}
    return _event(name, zh, en, who, begins, ends) | coming
