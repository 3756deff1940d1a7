"""What is certain from the plan alone, without playing a day."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from returnsim.measure.calendar import measure_calendar
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.supply import Supply
from returnsim.scenario.units import return_units
from returnsim.theory.estimation import Estimate


def planned(scenario: Scenario, plan: Plan) -> dict[Key, Estimate]:
    """Return every quantity that chance does not touch."""
    rows = [
        *_order(scenario, plan),
        *measure_calendar(scenario, plan),
        *_papers(scenario, plan),
        *_stock(scenario, plan),
        *_rounds(scenario),
        *_routines(scenario),
        (Key(Q.SLOTS_SHARED_BY_BATCHES, "", ""), float(len(shared_slots(scenario, plan)))),
    ]
    return {key: Estimate.certain(float(value)) for key, value in rows}


Row = tuple[Key, float]
NEVER = float("-inf")
"""Days since something that has not happened: fewer than any number asked for."""
EVERYWHERE = ("campus", "gate", "toilet", "refuse")
"""Kinds of zone that every school has; one that is not listed has no rounds."""


def _order(scenario: Scenario, plan: Plan) -> Iterator[Row]:
    exams = [g.name for g in scenario.grades if g.exam_year]
    little = [g.name for g in scenario.grades if g.level == "kindergarten"]
    first: dict[str, date] = {}
    last: dict[str, date] = {}
    for c in scenario.classes:
        day = plan.day_of(c)
        first[c.grade] = min(day, first.get(c.grade, day))
        last[c.grade] = max(day, last.get(c.grade, day))
    first_other = min((day for g, day in first.items() if g not in exams), default=date.max)
    last_older = max((day for g, day in last.items() if g not in little), default=date.min)
    yield Key(Q.EXAM_GRADES_LATE, "", ""), sum(last[g] > first_other for g in exams)
    yield Key(Q.KINDERGARTENS_EARLY, "", ""), sum(first[g] < last_older for g in little)
    days = plan.return_days
    # those who all come back together, as a single grade does, cannot come in batches
    if max(len(scenario.grades), len(return_units(scenario)), len(days)) > 1:
        yield Key(Q.BATCHES, "", ""), len(days)
    for before, after in pairwise(days):
        yield Key(Q.DAYS_BETWEEN_BATCHES, "", after.isoformat()), (after - before).days
    for day in days:
        number = sum(c.pupils for c in plan.batch(scenario, day))
        yield Key(Q.MOST_RETURNING, "", day.isoformat()), number


def _papers(scenario: Scenario, plan: Plan) -> Iterator[Row]:
    signed, first = scenario.approvals, plan.return_days[0]
    chain = (
        signed.self_check,
        signed.township_review,
        signed.county_assessment,
        signed.written_notice,
    )
    missing = sum(day is None or day > first for day in chain)
    dated = [day for day in chain if day is not None]
    missing += sum(after < before for before, after in pairwise(dated))
    yield Key(Q.APPROVALS_MISSING, "", ""), missing
    for quantity, since in (
        (Q.DAYS_AFTER_WRITTEN_NOTICE, signed.written_notice),
        (Q.DAYS_OF_NOTICE, signed.families_told),
        (Q.DAYS_OBSERVED_AT_HOME, signed.home_observation_from),
        (Q.DISINFECTION_DAYS_BEFORE, scenario.calendar.disinfection_from),
    ):
        days = NEVER if since is None else float((first - since).days)
        yield Key(quantity, "", first.isoformat()), days


def _stock(scenario: Scenario, plan: Plan) -> Iterator[Row]:
    masks = [s for s in scenario.supplies if s.kind == "mask"]
    thermometers = [s for s in scenario.supplies if s.kind == "thermometer"]
    for day in plan.return_days:
        back = [c for c in scenario.classes if plan.day_of(c) <= day]
        people: float = sum(c.pupils for c in back) + scenario.staff_people
        when = day.isoformat()
        there = sum(available(scenario, plan, s, day) for s in masks)
        people *= scenario.supplied_share("mask")
        if people:
            yield Key(Q.MASKS_PER_PERSON, "", when), there / people
        there = sum(available(scenario, plan, s, day) for s in thermometers)
        yield Key(Q.THERMOMETERS_PER_CLASS, "", when), there / len(back)
    for kind in ("disinfectant", "soap"):
        if not any(s.kind == kind for s in scenario.supplies):
            yield Key(Q.DAYS_OF_COVER, "", "", kind), 0.0


def _rounds(scenario: Scenario) -> Iterator[Row]:
    for zone in scenario.zones:
        yield Key(Q.ROUNDS_PER_DAY, zone.name, "", zone.kind), zone.rounds_per_day
    for kind in EVERYWHERE:
        if not any(zone.kind == kind for zone in scenario.zones):
            yield Key(Q.ROUNDS_PER_DAY, "", "", kind), 0


def _routines(scenario: Scenario) -> Iterator[Row]:
    for routine in scenario.routines:
        yield Key(Q.TIMES_PER_DAY, routine.kind, "", routine.kind), routine.times_per_day


def available(scenario: Scenario, plan: Plan, supply: Supply, day: date) -> float:
    """Units in the store on a day if nothing were used.

    What is on hand, and what has been ordered once it is here with the confidence that the
    scenario asks of a verdict.
    """
    sure, total = scenario.limits.confidence, supply.on_hand
    delivered = scenario.calendar.orders_from + timedelta(days=supply.delivered_within(sure))
    if delivered <= day:
        total += plan.order_of.get(supply.name, 0.0)
    return total + coming(scenario, supply, day)


def coming(scenario: Scenario, supply: Supply, day: date) -> float:
    """Units on their way already that are here by a day, as sure as a verdict must be."""
    sure = scenario.limits.confidence
    return sum(
        d.units
        for d in scenario.deliveries
        if d.supply == supply.name and d.expected + timedelta(days=d.late_within(sure)) <= day
    )


def days_of_cover(
    scenario: Scenario, plan: Plan, evidence: Mapping[Key, Estimate]
) -> dict[Key, Estimate]:
    """How long the opening stock lasts: what is there over the mean use of each day played."""
    found = {}
    for supply in scenario.supplies:
        there = supply.on_hand + plan.order_of.get(supply.name, 0.0)
        for key, use in evidence.items():
            if key.quantity is Q.DAILY_USE and key.place == supply.name and use.mean > 0:
                found[key._replace(quantity=Q.DAYS_OF_COVER)] = Estimate(
                    there / use.mean,
                    there / use.high,
                    there / use.low if use.low > 0 else float("inf"),
                    use.replications,
                    use.confidence,
                )
    return found


def shared_slots(scenario: Scenario, plan: Plan) -> list[tuple[str, str, str]]:
    """Pairs of classes of different batches whose slots at one gate are too close.

    Between the end of one batch's slot and the beginning of another's at the same gate
    there must be the planner's `batch_gap_minutes`.
    """
    need = (scenario.limits.slot_minutes + scenario.limits.batch_gap_minutes) * 60.0
    by_gate: dict[str, list[tuple[float, date, str]]] = {}
    for c in scenario.classes:
        arrival = plan.arrival_of[c.name]
        row = (seconds(arrival.slot), plan.day_of(c), c.name)
        by_gate.setdefault(arrival.gate, []).append(row)
    close = []
    for gate, rows in by_gate.items():
        rows.sort()
        for i, (slot, day, name) in enumerate(rows):
            for other_slot, other_day, other in rows[i + 1 :]:
                if other_slot - slot >= need:
                    break
                if other_day != day:
                    close.append((gate, name, other))
    return close
