"""Shortages that follow from what the documents ask: masks, thermometers, chairs, places."""

import math
from collections.abc import Iterable, Iterator, Sequence

from returnsim.plan.plan import Plan
from returnsim.rules.peaks import (
    busiest,
    chance_of_none_free,
    high_readings,
    isolated,
    load,
    minutes_that_do,
    places_that_do,
)
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Rulebook
from returnsim.rules.tension import Severity, Tension, clauses_about, strictest
from returnsim.scenario.campus import FAST, Gate, Lanes
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.supply import Supply

USUAL_RISK = 0.05
"""Share of mornings on which places may run short, where no clause says otherwise."""


def _there(supplies: Iterable[Supply], plan: Plan | None) -> float:
    """Units in the store and on order."""
    orders = {} if plan is None else plan.order_of
    return sum(s.on_hand + orders.get(s.name, 0.0) for s in supplies)


def _buying(supplies: Iterable[Supply], units: float) -> tuple[float, float | None]:
    """Units to buy of the cheapest supply of a kind, and what they cost."""
    cheapest = min(supplies, key=lambda s: s.price, default=None)
    if cheapest is None:
        return math.ceil(units), None
    units = math.ceil(units - 1e-9) if cheapest.whole_units else units
    return units, units * cheapest.price


def masks(scenario: Scenario, books: Sequence[Rulebook], plan: Plan | None) -> Iterator[Tension]:
    """A number of masks for each person, against the days they are to last."""
    stored = [s for s in scenario.supplies if s.kind == "mask"]
    floor = strictest(clauses_about(books, Q.MASKS_PER_PERSON), scenario, "at least")
    pupil, staff = sum(s.per_pupil_day for s in stored), sum(s.per_staff_day for s in stored)
    use = scenario.pupils * pupil + scenario.staff_people * staff
    wished = max((float(s.cover_days) for s in stored), default=0.0)
    clause = strictest(clauses_about(books, Q.DAYS_OF_COVER, "mask"), scenario, "at least")
    asked = max(wished, clause[0] if clause else 0.0)
    if floor is None or use == 0:
        return
    people = scenario.pupils + scenario.staff_people
    lasts = floor[0] * people / use
    if lasts >= asked:
        return
    each = [floor[0] / daily for daily in (pupil, staff) if daily > 0]
    need, there = asked * use, _there(stored, plan)
    buy, cost = _buying(stored, max(0.0, need - there))
    values = {
        "floor": floor[0],
        "people": people,
        "use": use,
        "lasts": lasts,
        "shortest": min(each),
        "longest": max(each),
        "asked": asked,
        "need": need,
        "per_person": need / people,
        "there": there,
        "buy": buy,
        "cost": cost or 0.0,
    }
    short = need > there
    yield Tension(
        "masks",
        Severity.SHORT if short else Severity.COVERED,
        values,
        "buy_masks" if short else "keep_stock",
        cost if short else 0.0,
        (floor[1].id, *([clause[1].id] if clause and clause[0] > wished else [])),
    )


def thermometers(
    scenario: Scenario, books: Sequence[Rulebook], plan: Plan | None
) -> Iterator[Tension]:
    """One thermometer for each class, against the checks that are made at one time."""
    floor = strictest(clauses_about(books, Q.THERMOMETERS_PER_CLASS), scenario, "at least")
    if floor is None:
        return
    checks = checkpoints(scenario, books, plan)
    morning = ("lanes", "second", "doors", "office")
    peaks = {
        "morning": sum(checks[k] for k in morning),
        "noon": checks["canteen"] + checks["doors"],
        "evening": checks["dormitory"],
    }
    time, need = max(peaks.items(), key=lambda row: row[1])
    floored = math.ceil(floor[0] * len(scenario.classes))
    if need <= floored:
        return
    there_are = [s for s in scenario.supplies if s.kind == "thermometer"]
    there = _there(there_are, plan)
    buy, cost = _buying(there_are, max(0.0, need - there))
    short = need > there
    yield Tension(
        f"thermometers_{time}",
        Severity.SHORT if short else Severity.COVERED,
        {
            **checks,
            "each": floor[0],
            "floor": floored,
            "need": need,
            "there": there,
            "buy": buy,
            "cost": cost or 0.0,
        },
        "buy_thermometers" if short else "keep_stock",
        cost if short else 0.0,
        (floor[1].id,),
    )


def checkpoints(scenario: Scenario, books: Iterable[Rulebook], plan: Plan | None) -> dict[str, int]:
    """Places where somebody measures a temperature by hand, each with a thermometer."""
    lanes = sum(_lanes_measuring(gate, plan) for gate in scenario.gates)
    asked = {str(r.where) for r in scenario.routines if r.what == "temperature check"}
    for clause in clauses_about(books, Q.TIMES_PER_DAY):
        asked |= {p.split("/")[-1] for p in clause.places if p.startswith("temperature check/")}
    zones = {k: sum(z.kind == k for z in scenario.zones) for k in ("canteen", "dormitory")}
    boarders = any(c.boarders for c in scenario.classes)
    return {
        "lanes": lanes,
        "second": scenario.recheck.stations if lanes else 0,
        "doors": len(scenario.classes) * scenario.doors.teachers_per_class
        if scenario.doors.takes_temperature
        else 0,
        "office": int("office" in asked),
        "canteen": max(1, zones["canteen"]) if "canteen" in asked else 0,
        "dormitory": max(1, zones["dormitory"]) if "dormitory" in asked and boarders else 0,
    }


def _lanes_measuring(gate: Gate, plan: Plan | None) -> int:
    """Lanes of a gate that take temperatures by hand, at most at one time."""
    lanes: list[tuple[str, Lanes]] = [(stage.name, stage) for stage in gate.stages]
    if gate.fast_lane is not None:
        lanes.append((FAST, gate.fast_lane))
    total = 0
    for name, stage in lanes:
        if "temperature" in stage.checks and stage.staff_per_lane > 0:
            open_lanes = [n for _, n in plan.lanes_over_time(gate.name, name)] if plan else []
            total += max(open_lanes, default=0) if plan else stage.lanes
    return total


def chairs(scenario: Scenario, books: Sequence[Rulebook], plan: Plan | None) -> Iterator[Tension]:
    """Chairs to rest on before a second reading, against the false alarms there will be."""
    rest, morning = scenario.recheck.rest_minutes, busiest(scenario, plan)
    rate = high_readings(scenario, morning)
    taken, places = load(rate, rest), scenario.recheck.rest_places
    limit, clause = _risk(books, Q.RECHECK_FULL_DAYS, scenario)
    chance = chance_of_none_free(rate, taken, places)
    if chance <= limit:
        return
    ill = scenario.screening.fever_prevalence
    values = {
        "alarms": float(rate.sum()),
        "false": float(morning.at_gates.sum()) * (1 - ill) * scenario.screening.alarms.false_alarm,
        "minutes": rest.mean,
        "load": float(taken.max()),
        "places": places,
        "chance": chance,
        "limit": limit,
        "enough": places_that_do(rate, taken, limit),
    }
    yield Tension("chairs", Severity.SHORT, values, "more_chairs", None, clause)


def isolation(
    scenario: Scenario, books: Sequence[Rulebook], plan: Plan | None
) -> Iterator[Tension]:
    """Places of the isolation room, against those who wait there until they are fetched."""
    fetched, rate = (
        scenario.isolation.minutes_until_fetched,
        isolated(scenario, busiest(scenario, plan)),
    )
    taken, places = load(rate, fetched), scenario.isolation.places
    limit, clause = _risk(books, Q.ISOLATION_FULL_DAYS, scenario)
    chance = chance_of_none_free(rate, taken, places)
    if chance <= limit:
        return
    sooner = minutes_that_do(rate, fetched, places, limit)
    values = {
        "people": float(rate.sum()),
        "minutes": fetched.mean,
        "load": float(taken.max()),
        "places": places,
        "chance": chance,
        "limit": limit,
        "enough": places_that_do(rate, taken, limit),
        "sooner": math.floor(sooner),
    }
    remedy = "more_places_or_sooner" if sooner >= 1 else "more_places"
    yield Tension("isolation", Severity.SHORT, values, remedy, None, clause)


def _risk(
    books: Iterable[Rulebook], quantity: Q, scenario: Scenario
) -> tuple[float, tuple[str, ...]]:
    """Share of mornings on which places may run short, and the clause that says so."""
    found = strictest(clauses_about(books, quantity), scenario, "at most")
    return (USUAL_RISK, ()) if found is None else (found[0], (found[1].id,))
