"""Arbitrary mornings of small schools, for laws that hold on every day whatsoever."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from builders import a_class, a_hold, a_plan, a_scenario, a_staff_group
from hypothesis import settings
from hypothesis import strategies as st
from model.days import RETURN, chance, fixed

from returnsim.model.day import prepare
from returnsim.model.itinerary import Itineraries, itineraries
from returnsim.plan.plan import Plan, Shift
from returnsim.scenario.quantities import clock_time
from returnsim.scenario.scenario import Scenario

LAW = settings(max_examples=80, deadline=None, derandomize=True)
"""How a law is tried: the same mornings on every run."""
OPENS, CLOSES = time(7), time(9)
CHECKS = ("scan", "temperature", "hand wash", "bag disinfection", "registration")
Raw = dict[str, Any]


@dataclass(frozen=True, repr=False)
class Morning:
    """A school, its plan, and one block of journeys."""

    scenario: Scenario
    plan: Plan
    path: Itineraries


def empirical(*values: float) -> Raw:
    return {"kind": "empirical", "values": [float(v) for v in values]}


@st.composite
def times(draw: st.DrawFn, typical: int, *, ties: bool) -> Raw:
    """Return a distribution of times: whole, so that ties abound, or continuous."""
    if ties:
        return draw(
            st.sampled_from(
                [fixed(typical), empirical(0, typical), empirical(typical, 2 * typical, 60)]
            )
        )
    mean = draw(st.sampled_from([typical / 2, float(typical), 3.0 * typical]))
    return draw(
        st.sampled_from(
            [
                {"kind": "exponential", "mean": mean},
                {"kind": "lognormal", "mean": mean, "cv": 0.8},
                {"kind": "uniform", "low": 0.0, "high": 2 * mean},
            ]
        )
    )


@st.composite
def gates(draw: st.DrawFn, name: str, *, ties: bool) -> Raw:
    """Return a gate with one to four stages, and perhaps a fast lane."""
    stages = []
    for i in range(draw(st.integers(1, 4))):
        checks = draw(st.lists(st.sampled_from(CHECKS), min_size=1, max_size=2, unique=True))
        stages.append(
            {
                "name": f"stage {i}",
                "checks": checks,
                "lanes": 4,
                "staff_per_lane": 1,
                "service_seconds": draw(times(30, ties=ties)),
                "only_on_return_day": draw(st.booleans()) if "registration" in checks else False,
                "source": "made up",
            }
        )
    fast = {
        "checks": draw(st.sampled_from([["scan"], ["temperature"], ["scan", "temperature"]])),
        "lanes": 4,
        "staff_per_lane": 1,
        "service_seconds": draw(times(20, ties=ties)),
        "share": 0.4,
        "source": "made up",
    }
    return {
        "name": name,
        "opens": OPENS,
        "closes": CLOSES,
        "marked_places": draw(st.integers(1, 6)),
        "metres_to": {"hall": draw(st.sampled_from([0.0, 60.0, 300.0]))},
        "stages": stages,
        "source": "made up",
    } | ({"fast_lane": fast} if draw(st.booleans()) else {})


@st.composite
def shifts(draw: st.DrawFn, gate: str, stage: str, most: int = 2) -> list[Shift]:
    """Return shifts that open and close; now and then the stage never opens at all."""
    moments = st.integers(0, 24).map(lambda i: clock_time(7 * 3600.0 + 300 * i))
    found = []
    for _ in range(draw(st.sampled_from([1] * 6 + [0, 2, 2, most]))):
        begins, ends = sorted((draw(moments), draw(moments)))
        if begins < ends:
            lanes = draw(st.integers(1, 3))
            found.append(Shift(gate=gate, stage=stage, begins=begins, ends=ends, lanes=lanes))
    if draw(st.integers(0, 9)) < 6:
        found.append(Shift(gate=gate, stage=stage, begins=OPENS, ends=CLOSES, lanes=1))
    return found


@st.composite
def schools(draw: st.DrawFn, *, ties: bool) -> Scenario:
    """Return a small school with everything a morning can hold."""
    chains = [draw(gates(f"gate {g}", ties=ties)) for g in range(draw(st.integers(1, 3)))]
    sizes = draw(st.lists(st.integers(1, 9).map(lambda n: 2 * n), min_size=2, max_size=5))
    classes = [
        a_class(f"class {i}", pupils=n, boarders=draw(st.integers(0, n)))
        for i, n in enumerate(sizes)
    ]
    staff = [
        a_staff_group(name="teachers", people=3, gate=chains[0]["name"], arrives=time(7, 20)),
        a_staff_group(name="guards", people=1),
    ]
    holds = [a_hold(**{"class": "class 0"}, pupils=draw(st.integers(1, sizes[0])))]
    offset = empirical(-10, -5, -5, 0, 3) if ties else {"kind": "normal", "mean": -5, "sd": 4}
    speed = fixed(1.0) if ties else {"kind": "uniform", "low": 0.5, "high": 2.0}
    grade = {
        "name": "nine",
        "level": "junior",
        "exam_year": False,
        "bell": time(8),
        "source": "made up",
    }
    return a_scenario(
        grades=[grade],
        classes=classes,
        staff=staff if draw(st.booleans()) else [],
        holds=holds if draw(st.booleans()) else [],
        gates=chains,
        screening={
            "fever_prevalence": 0.1,
            "false_alarm_probability": draw(st.sampled_from([0.5, 0.3, 0.0])),
            "hit_probability": 0.8,
        },
        recheck={
            "rest_places": draw(st.integers(1, 2)),
            "rest_minutes": draw(times(5, ties=ties)),
            "stations": draw(st.integers(1, 2)),
            "service_seconds": draw(times(60, ties=ties)),
            "false_alarm_probability": 0.4,
        },
        isolation={
            "places": draw(st.integers(1, 2)),
            "minutes_until_fetched": draw(times(20, ties=ties)),
        },
        doors={
            "takes_temperature": draw(st.booleans()),
            "teachers_per_class": draw(st.integers(1, 2)),
            "service_seconds": draw(times(5, ties=ties)),
            "second_reading_seconds": draw(times(20, ties=ties)),
        },
        walking={"metres_per_second": speed},
        arrivals={
            "offset_minutes": offset,
            "absent_probability": 0.1,
            "ignore_slot_probability": 0.1,
            "held_come_probability": 0.5,
        },
        limits={"people_returning_per_day": 100},
    )


@st.composite
def mornings(draw: st.DrawFn, *, ties: bool) -> Morning:
    """Return a morning of an arbitrary small school, two replications of it."""
    school = draw(schools(ties=ties))
    slots = {
        c.name: clock_time(7 * 3600.0 + 600 + 300 * draw(st.integers(0, 6))) for c in school.classes
    }
    lanes = []
    for gate in school.gates:
        names = [s.name for s in gate.stages] + (["fast"] if gate.fast_lane else [])
        for name in names:
            lanes += draw(shifts(gate.name, name))
    plan = a_plan(school, slots=slots)
    arrivals = [
        a.model_copy(update={"gate": draw(st.sampled_from([g.name for g in school.gates]))})
        for a in plan.arrivals
    ]
    plan = plan.changed(lanes=lanes, arrivals=arrivals)
    day = draw(st.sampled_from([RETURN, school.calendar.school_days[1]]))
    prepared = prepare(school, plan, day)
    luck = chance(prepared, seed=draw(st.integers(0, 10_000)), replications=2)
    return Morning(school, plan, itineraries(prepared, luck))


@st.composite
def any_morning(draw: st.DrawFn) -> Morning:
    """Return a morning of either kind, with ties or without."""
    return draw(mornings(ties=draw(st.booleans())))
