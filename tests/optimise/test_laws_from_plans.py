"""Laws that a search cannot promise by itself, kept by starting from the earlier plan.

Two searches are two attempts, and the second may do worse. A plan that was confirmed stays one
when there is more of anything: it still fits, meets the same luck, and so is confirmed again.
"""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from functools import cache
from typing import Any

import pytest
from builders import TINY, Raw, a_class, a_gate, a_grade, a_scenario, a_stage, grade_days

from returnsim.experiment.assessment import Assessment
from returnsim.measure.planned import shared_slots
from returnsim.optimise.amend import amend
from returnsim.optimise.planner import confirmed
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario

LANES = {"kind": "lognormal", "mean": 12.0, "cv": 0.5}


@cache
def school() -> Scenario:
    """Two grades of three classes who are not machines, two gates and six on duty."""
    grades = [a_grade("nine", exam_year=True), a_grade("eight")]
    classes = [a_class(f"{g.name}-{i}", grade=g.name) for g in grades for i in (1, 2, 3)]
    stage = a_stage(lanes=3, service_seconds=LANES)
    return a_scenario(
        grades=grades,
        classes=classes,
        gates=[a_gate(name=n, stages=[stage], marked_places=12) for n in ("east", "west")],
        arrivals={
            "offset_minutes": {"kind": "normal", "mean": -4, "sd": 1.5},
            "absent_probability": 0.02,
        },
        limits={
            "people_returning_per_day": 30,
            "longest_wait_minutes": 4,
            "staff": [{"begins": time(7), "ends": time(8, 30), "people": 6}],
        },
    )


def changed(change: Callable[[Raw], None]) -> Scenario:
    raw = school().model_dump(by_alias=True)
    change(raw)
    return Scenario.model_validate(raw)


@cache
def before() -> Assessment:
    """A plan of the whole search that fresh days confirm."""
    books = rulebooks(school(), TINY.parent)
    return confirmed(school(), books, seed=1, replications=256)[0]


def after(scenario: Scenario, plan: Plan) -> Assessment:
    books = rulebooks(scenario, TINY.parent)
    return amend(scenario, books, plan, seed=1, replications=256).recommended


def lost(scenario: Scenario, plan: Plan) -> float:
    """Weighted pupil-days lost."""
    days = scenario.calendar.school_days
    return sum(
        g.lost_day_weight * scenario.pupils_in(g.name) * days.index(grade_days(plan)[g.name])
        for g in scenario.grades
    )


def a_lane(raw: Raw) -> None:
    for gate in raw["gates"]:
        gate["stages"][0]["lanes"] += 1


def a_gate_more(raw: Raw) -> None:
    raw["gates"] = [*raw["gates"], raw["gates"][-1] | {"name": "north"}]


def places(raw: Raw) -> None:
    for gate in raw["gates"]:
        gate["marked_places"] += 3


def time_before_and_after(raw: Raw) -> None:
    limits = raw["limits"]
    limits["first_slot"] = clock_time(seconds(limits["first_slot"]) - 300)
    for grade in raw["grades"]:
        grade["bell"] = clock_time(seconds(grade["bell"]) + 300)


def days(raw: Raw) -> None:
    calendar = raw["calendar"]
    calendar["last_day"] = calendar["last_day"] + timedelta(days=1)


def staff(raw: Raw) -> None:
    raw["limits"]["staff"] = [w | {"people": w["people"] + 2} for w in raw["limits"]["staff"]]


def stock(raw: Raw) -> None:
    raw["supplies"] = [s | {"on_hand": s["on_hand"] + 50} for s in raw["supplies"]]


def sooner(raw: Raw) -> None:
    raw["supplies"] = [s | {"lead_time_days": 2} for s in raw["supplies"]]


def people_a_day(raw: Raw) -> None:
    raw["limits"]["people_returning_per_day"] += 10


MORE = (
    *(a_lane, a_gate_more, places, time_before_and_after, days),
    *(staff, stock, sooner, people_a_day),
)


@pytest.mark.slow
@pytest.mark.parametrize("more", MORE)
def test_more_of_anything_never_makes_an_earlier_plan_worse(more: Callable[[Raw], None]) -> None:
    """No more duty, no more days lost, and the limits kept; an order that is placed stays."""
    wider = changed(more)
    found = after(wider, before().plan)
    assert misfits(found.plan, wider) == []
    assert found.hard_violated == found.hard_uncertain == ()
    assert found.plan.staff_minutes(wider) <= before().plan.staff_minutes(school())
    assert lost(wider, found.plan) <= lost(school(), before().plan)
    assert found.plan.order_of == before().plan.order_of


def renamed(plan: Plan, new: Mapping[str, str]) -> Plan:
    raw = plan.model_dump(by_alias=True)
    return Plan.model_validate(_in_words(raw, new))


def _in_words(part: Any, new: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: _in_words(value, new) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_in_words(value, new) for value in part]
    return new.get(part, part) if isinstance(part, str) else part


@pytest.mark.slow
def test_other_names_leave_the_plan_as_it_was() -> None:
    """Although luck is drawn by name: on other days the plan keeps its limits, too."""
    things = [*school().classes, *school().grades, *school().gates]
    new = {t.name: f"{len(things) - i} 号" for i, t in enumerate(things)}
    other = Scenario.model_validate(_in_words(school().model_dump(by_alias=True), new))
    found = after(other, renamed(before().plan, new))
    assert found.hard_violated == found.hard_uncertain == ()
    assert {(a.school_class, a.gate, a.slot) for a in found.plan.arrivals} == {
        (new[a.school_class], new[a.gate], a.slot) for a in before().plan.arrivals
    }
    assert found.plan.staff_minutes(other) == before().plan.staff_minutes(school())


def doubled(raw: Raw) -> None:
    for part in ("classes", "gates"):
        raw[part] = [*raw[part], *(x | {"name": f"{x['name']} too"} for x in raw[part])]
    limits = raw["limits"]
    limits["staff"] = [w | {"people": 2 * w["people"]} for w in limits["staff"]]
    limits["people_returning_per_day"] *= 2


def twice(plan: Plan) -> Plan:
    """Twins do what their twins do."""
    raw = plan.model_dump(by_alias=True)
    for part, keys in (("arrivals", ("class", "gate")), ("lanes", ("gate",))):
        twins = [x | {key: f"{x[key]} too" for key in keys} for x in raw[part]]
        raw[part] = [*raw[part], *twins]
    return Plan.model_validate(raw)


@pytest.mark.slow
def test_twice_of_everything_can_keep_the_plan_twice_over() -> None:
    double = changed(doubled)
    found = after(double, twice(before().plan))
    assert misfits(found.plan, double) == []
    assert shared_slots(double, found.plan) == []
    assert found.hard_violated == found.hard_uncertain == ()
    assert found.plan.staff_minutes(double) <= 2 * before().plan.staff_minutes(school())
    first: date = found.plan.return_days[0]
    assert first == before().plan.return_days[0]
