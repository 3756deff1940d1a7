"""The naive plans are plans: they fit their scenario, and are as naive as they say."""

from datetime import date, time
from typing import Any

import pytest
from builders import (
    SCENARIOS,
    a_class,
    a_gate,
    a_grade,
    a_plan,
    a_scenario,
    a_staff_group,
    a_stage,
    grade_days,
)

from returnsim.optimise.baselines import (
    AT_THE_BELL,
    EVENLY_SPREAD,
    GRADE_BY_GRADE,
    NAMES,
    baselines,
)
from returnsim.optimise.planner import whole_day
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Opening, Plan
from returnsim.scenario.scenario import Scenario, read_scenario


def naive(scenario: Scenario) -> dict[str, Plan]:
    return baselines(
        scenario,
        a_plan(scenario).return_dates,
        [Opening(supply=scenario.supplies[0].name, order=7)],
    )


def larger(**changes: Any) -> Scenario:
    """Two bells, two gates of which one is for juniors, three classes a grade."""
    grades = [
        a_grade("nine"),
        a_grade("eight"),
        a_grade("little", level="kindergarten", bell=time(7, 40)),
    ]
    classes = [a_class(f"{g.name}-{n}", grade=g.name) for g in grades for n in range(3)]
    gates = [a_gate(stages=[a_stage(lanes=4)]), a_gate(name="side", levels=["junior"])]
    return a_scenario(**{"grades": grades, "classes": classes, "gates": gates} | changes)


SCHOOLS = {
    "tiny": a_scenario(),
    "larger": larger(),
    "few people": larger(
        limits={"staff": [{"begins": time(7), "ends": time(8, 30), "people": 3}]},
    ),
    "staff by another gate": larger(
        gates=[a_gate(), a_gate(name="staff")],
        staff=[a_staff_group(gate="staff", arrives=time(7, 5))],
    ),
    "a gate that opens late": larger(gates=[a_gate(), a_gate(name="late", opens=time(7, 50))]),
    "a bell soon after the first slot": larger(
        grades=[
            a_grade("nine", bell=time(7, 15)),
            a_grade("eight"),
            a_grade("little", bell=time(8)),
        ]
    ),
} | {folder.name: read_scenario(folder) for folder in SCENARIOS.iterdir() if folder.is_dir()}


@pytest.mark.parametrize("name", SCHOOLS)
def test_naive_plans_fit_their_scenario(name: str) -> None:
    school = SCHOOLS[name]
    plans = naive(school)
    assert tuple(plans) == NAMES
    days = [whole_day(school, plan) for plan in plans.values()]
    assert [p for plan in days for p in misfits(plan, school)] == []
    ordered = {school.supplies[0].name: 7}
    assert all(plan.order_of == ordered for plan in plans.values())


@pytest.mark.parametrize(
    "changes",
    [
        {"grades": [a_grade(bell=time(9)), a_grade("eight", bell=time(9))]},
        {"limits": {"slot_minutes": 75}},
    ],
)
def test_naive_plans_fit_where_the_gate_is_closed_before_the_bell(changes: dict[str, Any]) -> None:
    school = a_scenario(**changes)
    assert [p for plan in naive(school).values() for p in misfits(plan, school)] == []


def test_at_the_bell_everybody_comes_at_once_on_the_first_day() -> None:
    plan = naive(larger())[AT_THE_BELL]
    assert grade_days(plan) == dict.fromkeys(("nine", "eight", "little"), date(2020, 4, 7))
    slots = {name: a.slot for name, a in plan.arrival_of.items()}
    assert {slots[f"nine-{n}"] for n in range(3)} == {time(7, 55)}
    assert {slots[f"little-{n}"] for n in range(3)} == {time(7, 35)}


def test_spread_evenly_means_as_many_classes_in_each_slot() -> None:
    school = larger()
    plan = naive(school)[EVENLY_SPREAD]
    assert plan.return_dates == a_plan(school).return_dates
    slots = [plan.arrival_of[f"{g}-{n}"].slot for g in ("nine", "eight") for n in range(3)]
    assert slots == sorted(slots)
    assert len(set(slots)) == 6


def test_grade_by_grade_every_grade_has_a_slot_of_its_own() -> None:
    plan = naive(larger())[GRADE_BY_GRADE]
    slots = {g: {plan.arrival_of[f"{g}-{n}"].slot for n in range(3)} for g in ("nine", "eight")}
    assert [len(s) for s in slots.values()] == [1, 1]
    assert min(slots["nine"]) < min(slots["eight"])


def test_even_by_hand_nobody_is_given_the_last_minute() -> None:
    """Twenty classes for ten slots: all are used but those that end with the bell."""
    classes = [a_class(str(n), grade="nine" if n < 10 else "eight") for n in range(20)]
    plans = naive(a_scenario(classes=classes))
    evenly = {a.slot for a in plans[EVENLY_SPREAD].arrivals}
    assert (min(evenly), max(evenly)) == (time(7, 10), time(7, 50))
    assert max(a.slot for a in plans[GRADE_BY_GRADE].arrivals) <= time(7, 50)


def test_classes_take_turns_at_the_gates_they_may_use() -> None:
    plan = naive(larger())[EVENLY_SPREAD]
    gates = [plan.arrival_of[f"nine-{n}"].gate for n in range(3)]
    assert set(gates) == {"gate", "side"}
    assert {plan.arrival_of[f"little-{n}"].gate for n in range(3)} == {"gate"}


def test_every_lane_is_open_all_morning_if_there_are_people() -> None:
    school = larger()
    for plan in naive(school).values():
        assert plan.lanes_over_time("gate", "check") == [(25_200, 4), (30_600, 0)]


def test_where_people_are_short_the_widest_stage_gives_up_lanes_first() -> None:
    plan = naive(SCHOOLS["few people"])[EVENLY_SPREAD]
    lanes = {g: plan.lanes_over_time(g, "check")[0][1] for g in ("gate", "side")}
    assert sum(lanes.values()) == 3
    assert min(lanes.values()) >= 1
