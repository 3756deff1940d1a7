"""Tensions that plan documents create, found and explained before anything is simulated.

A document's floors and rules can be met one by one and still collide: ten masks a person do
not last the days another line asks for, batches that may not meet have only one gate. Each
check works the collision out from the scenario's numbers and the cheapest remedy with it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from returnsim.plan.plan import Plan
from returnsim.rules.approvals import ApprovalPlan, built_in_chains, filled, template
from returnsim.rules.opening import schedule
from returnsim.rules.peaks import (
    busiest,
    chance_of_none_free,
    high_readings,
    isolated,
    load,
    minutes_that_do,
    places_that_do,
    slots,
)
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Clause, Rulebook
from returnsim.rules.throughput import Pool, overloaded, with_all_lanes
from returnsim.scenario.campus import FAST, Gate
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.supply import Supply
from returnsim.wording import say

USUAL_RISK = 0.05
"""Share of mornings on which places may run short, where no clause says otherwise."""


class Severity(StrEnum):
    """How much a tension hurts."""

    BLOCKS = "blocks"
    """No plan can keep all the rules at once."""
    SHORT = "short"
    """Something will run short unless it is mended."""
    COVERED = "covered"
    """The document's own number would not do; what the school has does."""


Names = Mapping[str, tuple[str, str]]
"""Printed names in Chinese and English, by their place in the sentence."""


@dataclass(frozen=True, slots=True)
class Tension:
    """Two things asked for that do not go together, with the arithmetic and a remedy."""

    code: str
    """Key of its sentence in ``words/*/tensions.toml``."""
    severity: Severity
    values: Mapping[str, Any]
    """The arithmetic, by the names that the sentences use."""
    remedy: str
    """Key of the sentence that says what would mend it at least cost."""
    cost: float | None = None
    """What that costs [yuan]; none where it is not money."""
    clauses: tuple[str, ...] = ()
    """Clauses that collide, by id."""
    names: Names = field(default_factory=dict)

    def text(self, lang: str) -> str:
        """Say what collides, with the numbers."""
        return self._say(self.code, lang)

    def remedy_text(self, lang: str) -> str:
        """Say what would mend it."""
        return self._say(self.remedy, lang)

    def _say(self, key: str, lang: str) -> str:
        names = {place: pair[lang == "en"] for place, pair in self.names.items()}
        return say(f"tension.{key}", lang, **self.values, **names)


def tensions(
    scenario: Scenario,
    books: Sequence[Rulebook],
    plan: Plan | None = None,
    chain: ApprovalPlan | None = None,
) -> tuple[Tension, ...]:
    """Find every tension between what is asked for and what there is.

    Parameters
    ----------
    scenario
        What is given.
    books
        The rulebooks that apply.
    plan
        What is decided, if anything is: slots, lanes, orders and dates are then taken from
        it, and from the scenario's widest possibilities otherwise.
    chain
        The chain of approvals; the template of the first rulebook that brings one when
        left out.
    """
    return (
        *_chain(scenario, books, plan, chain),
        *_gates_shared(scenario, books, plan),
        *_rooms_shared(scenario, books, plan),
        *_too_slow(scenario, plan),
        *_masks(scenario, books, plan),
        *_thermometers(scenario, books, plan),
        *_chairs(scenario, books, plan),
        *_isolation(scenario, books, plan),
    )


def _about(books: Iterable[Rulebook], quantity: Q, kind: str = "") -> list[Clause]:
    """Clauses that set a number for a quantity, of one kind of place where it matters."""
    return [
        c
        for book in books
        for c in book.clauses
        if c.quantity is quantity and (not kind or not c.places or kind in c.places)
    ]


def _strictest(
    clauses: Iterable[Clause], scenario: Scenario, relation: str
) -> tuple[float, Clause] | None:
    asked = [
        (number, clause)
        for clause in clauses
        if clause.relation == relation and (number := clause.asked(scenario)) is not None
    ]
    if not asked:
        return None
    choose = max if relation == "at least" else min
    return choose(asked, key=lambda row: row[0])


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


# ── supplies ──────────────────────────────────────────────────────────────────────────


def _masks(scenario: Scenario, books: Sequence[Rulebook], plan: Plan | None) -> Iterator[Tension]:
    """A number of masks for each person, against the days they are to last."""
    masks = [s for s in scenario.supplies if s.kind == "mask"]
    floor = _strictest(_about(books, Q.MASKS_PER_PERSON), scenario, "at least")
    pupil, staff = sum(s.per_pupil_day for s in masks), sum(s.per_staff_day for s in masks)
    use = scenario.pupils * pupil + scenario.staff_people * staff
    wished = max((float(s.cover_days) for s in masks), default=0.0)
    clause = _strictest(_about(books, Q.DAYS_OF_COVER, "mask"), scenario, "at least")
    asked = max(wished, clause[0] if clause else 0.0)
    if floor is None or use == 0:
        return
    people = scenario.pupils + scenario.staff_people
    lasts = floor[0] * people / use
    if lasts >= asked:
        return
    each = [floor[0] / daily for daily in (pupil, staff) if daily > 0]
    need, there = asked * use, _there(masks, plan)
    buy, cost = _buying(masks, max(0.0, need - there))
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


def _thermometers(
    scenario: Scenario, books: Sequence[Rulebook], plan: Plan | None
) -> Iterator[Tension]:
    """One thermometer for each class, against the checks that are made at one time."""
    floor = _strictest(_about(books, Q.THERMOMETERS_PER_CLASS), scenario, "at least")
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
        {**checks, "floor": floored, "need": need, "there": there, "buy": buy, "cost": cost or 0.0},
        "buy_thermometers" if short else "keep_stock",
        cost if short else 0.0,
        (floor[1].id,),
    )


def checkpoints(
    scenario: Scenario, books: Iterable[Rulebook], plan: Plan | None
) -> dict[str, int]:
    """Places where somebody measures a temperature by hand, each with a thermometer."""
    lanes = sum(_lanes_measuring(gate, plan) for gate in scenario.gates)
    asked = {r.where for r in scenario.routines if r.what == "temperature check"}
    for clause in _about(books, Q.TIMES_PER_DAY):
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
    lanes = [(stage.name, stage) for stage in gate.stages]
    if gate.fast_lane is not None:
        lanes.append((FAST, gate.fast_lane))
    total = 0
    for name, stage in lanes:
        if "temperature" in stage.checks and stage.staff_per_lane > 0:
            open_lanes = [n for _, n in plan.lanes_over_time(gate.name, name)] if plan else []
            total += max(open_lanes, default=0) if plan else stage.lanes
    return total
