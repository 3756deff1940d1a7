"""Arbitrary whole days of small schools: meals, checks, going out and in, crews, failures."""

from datetime import time
from typing import Any

from builders import a_plan
from hypothesis import strategies as st
from laws.mornings import Morning, Raw, empirical, schools, times
from model.days import chance, fixed

from returnsim.model.day import prepare
from returnsim.model.itinerary import itineraries
from returnsim.plan.plan import Appointment, Plan, Round, Shift
from returnsim.scenario.quantities import clock_time
from returnsim.scenario.scenario import Scenario

SOURCE = {"source": "made up"}
NOON = 12 * 3600.0


def a_canteen(name: str = "canteen", **changes: Any) -> Raw:
    """Return a canteen as a file would say it: four seats, one line, one tap, one check."""
    return {
        "name": name,
        "door_lanes": 1,
        "door_seconds": fixed(5),
        "taps": 1,
        "wash_seconds": fixed(20),
        "lines": 1,
        "serving_seconds": fixed(15),
        "seats": 4,
        "eating_minutes": fixed(10),
        "clearing_minutes": 0,
        "marked_places": 6,
        "metres_to": {"hall": 60},
    } | {**SOURCE, **changes}


def a_meal(**changes: Any) -> Raw:
    """Return a lunch for everybody who is at school at noon, from twelve to one."""
    return {
        "name": "lunch",
        "who": ["boarders", "school at noon"],
        "begins": time(12),
        "ends": time(13),
        "temperature_at_door": True,
        "back_to_classroom": True,
    } | {**SOURCE, **changes}


def a_check(**changes: Any) -> Raw:
    """Return a check of everybody in the afternoon, by the teachers of each class."""
    return {
        "name": "noon check",
        "who": ["boarders", "day pupils"],
        "begins": time(14),
        "ends": time(15),
        "where": "room",
        "service_seconds": fixed(6),
    } | {**SOURCE, **changes}


def a_crossing(**changes: Any) -> Raw:
    """Return the way home of day pupils, from half past four."""
    return {
        "name": "home",
        "who": ["day pupils"],
        "begins": time(16, 30),
        "ends": time(17, 30),
        "direction": "out",
    } | {**SOURCE, **changes}


WAY_OUT = {"lanes": 1, "service_seconds": fixed(2), **SOURCE}


@st.composite
def whole_days(draw: st.DrawFn, *, ties: bool) -> Scenario:
    """Return a small school with everything that a day can hold."""
    school = draw(schools(ties=ties)).model_dump(by_alias=True, exclude_none=True)
    gates = school["gates"]
    for gate in gates:
        gate["exit"] = WAY_OUT | {"service_seconds": draw(times(3, ties=ties))}
        if draw(st.booleans()):
            gate["dropoff"] = {
                "berths": draw(st.integers(1, 2)),
                "dwell_seconds": draw(times(40, ties=ties)),
                "share": 0.5,
                "metres_per_car": 6,
                "queue_metres": 30,
                **SOURCE,
            }
        if draw(st.booleans()):
            seconds = draw(times(30, ties=ties))
            gate["farewell"] = {"share": 0.5, "seconds": seconds, "places": 5, **SOURCE}
        gate["stages"][-1]["only_for"] = draw(
            st.sampled_from(["everybody", "boarders", "day pupils"])
        )
    for c in school["classes"]:
        c["dormitory"] = "house"
        c["home_at_noon"] = draw(st.integers(0, c["pupils"] - c["boarders"]))
    school["dormitories"] = [
        {
            "name": "house",
            "rooms": 50,
            "beds_per_room": 6,
            "door_lanes": draw(st.integers(1, 2)),
            "door_seconds": draw(times(5, ties=ties)),
            "metres_to": {"hall": 40},
            **SOURCE,
        }
    ]
    school["canteens"] = [
        a_canteen(
            f"canteen {i}",
            seats=draw(st.integers(1, 6)),
            lines=draw(st.integers(1, 2)),
            serving_seconds=draw(times(20, ties=ties)),
            wash_seconds=draw(times(20, ties=ties)),
            eating_minutes=draw(times(8, ties=ties)),
            clearing_minutes=draw(st.sampled_from([0, 5])),
        )
        for i in range(draw(st.integers(1, 2)))
    ]
    school["meals"] = [
        a_meal(
            temperature_at_door=draw(st.booleans()),
            back_to_classroom=draw(st.booleans()),
            who=["boarders", "school at noon", "teacher"],
        )
    ]
    team = {"checkers": draw(st.integers(1, 3))} if draw(st.booleans()) else {}
    school["checks"] = [
        a_check(service_seconds=draw(times(6, ties=ties)), **team),
        a_check(
            name="evening check",
            who=["boarders", "guard"],
            begins=time(20),
            ends=time(21),
            where="dormitory",
        ),
    ]
    school["crossings"] = [
        a_crossing(name="noon out", who=["home at noon"], begins=time(11, 30), ends=time(12)),
        a_crossing(
            name="noon in",
            who=["home at noon"],
            begins=time(13),
            ends=time(14),
            direction="in",
            offset_minutes=empirical(-10, -5, 0)
            if ties
            else {"kind": "normal", "mean": -5, "sd": 4, "low": -20, "high": 10},
            by=time(14),
        ),
        a_crossing(who=["day pupils", "teacher"]),
    ]
    if draw(st.booleans()):
        school["devices"] = [
            {
                "name": "thermometer",
                "used_at": [*(c["name"] for c in school["canteens"]), "house", "noon check"],
                "spares": draw(st.integers(0, 2)),
                "hours_between_failures": 1.0,
                "swap_minutes": 5,
                **SOURCE,
            }
        ]
    school["crews"] = [
        {
            "name": "crew",
            "people": 2,
            "walk_minutes": 5,
            "minutes_per_100_m2": draw(times(10, ties=ties)),
            **SOURCE,
        }
    ]
    kinds = [("dining", "canteen", ["canteen 0"]), ("rooms", "classroom", ["hall"])]
    school["zones"] = [
        {"name": n, "kind": k, "area_m2": 100, "rounds_per_day": 1, "closes": c, **SOURCE}
        for n, k, c in kinds
    ]
    free = [c["pupils"] - c["boarders"] for c in school["classes"]]
    held = sum(h["pupils"] for h in school.get("holds", []))
    if min(free[0] - held, free[1]) >= 2:
        names = [c["name"] for c in school["classes"][:2]]
        school["buses"] = [
            {
                "name": "bus",
                "gate": gates[0]["name"],
                "arrives": time(7, 20),
                "delay_minutes": fixed(3),
                "seconds_to_alight": 2,
                "riders": dict.fromkeys(names, 1),
                **SOURCE,
            }
        ]
        pair = {
            "classes": names,
            "pairs": 1,
            "come_at": draw(st.sampled_from(["earlier", "later"])),
        }
        school["siblings"] = [pair | SOURCE]
    return Scenario.model_validate(school)


@st.composite
def plans(draw: st.DrawFn, school: Scenario) -> Plan:
    """Return a plan for a whole day: everybody's turns, noon shifts, rounds."""
    timetable = []
    people = [x.name for x in (*school.classes, *school.staff)]
    for event in school.events:
        begins = event.begins.hour * 3600 + event.begins.minute * 60
        place: dict[str, Any] = {}
        for who in people:
            if not school.takes_part(event, who):
                continue
            if event in school.meals:
                place = {"place": draw(st.sampled_from([c.name for c in school.canteens]))}
            elif event in school.crossings:
                place = {"place": draw(st.sampled_from([g.name for g in school.gates]))}
            at = clock_time(begins + 300.0 * draw(st.integers(0, 5)))
            timetable.append(Appointment(who=who, what=event.name, at=at, **place))
    plan = a_plan(school)
    noon = [
        Shift(gate=g.name, stage=s.name, begins=time(13), ends=time(14), lanes=1)
        for g in school.gates
        for s in g.stages
    ]
    rounds = [
        Round(zone=zone, crew="crew", at=clock_time(NOON + 600 * draw(st.integers(-3, 12))))
        for zone in ("dining", "rooms", "dining")
    ]
    return plan.changed(timetable=timetable, lanes=(*plan.lanes, *noon), rounds=rounds)


@st.composite
def school_days(draw: st.DrawFn, *, ties: bool) -> Morning:
    """Return a whole day of an arbitrary small school, two replications of it."""
    school = draw(whole_days(ties=ties))
    plan = draw(plans(school))
    day = draw(st.sampled_from(school.calendar.school_days[:2]))
    prepared = prepare(school, plan, day)
    luck = chance(prepared, seed=draw(st.integers(0, 10_000)), replications=2)
    return Morning(school, plan, itineraries(prepared, luck))
