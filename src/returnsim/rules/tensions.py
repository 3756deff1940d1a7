"""Tensions that plan documents create, found and explained before anything is simulated.

A document's floors and rules can be met one by one and still collide: ten masks a person do
not last the days another line asks for, batches that may not meet have only one gate. Each
check works the collision out from the scenario's numbers, and the cheapest remedy with it.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from returnsim.plan.plan import Plan
from returnsim.rules.approvals import ApprovalPlan, built_in_chains, filled, template
from returnsim.rules.opening import schedule
from returnsim.rules.peaks import slots
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Rulebook
from returnsim.rules.shortages import chairs, isolation, masks, thermometers
from returnsim.rules.tension import Severity, Tension, clauses_about, strictest
from returnsim.rules.throughput import Pool, overloaded, with_all_lanes
from returnsim.scenario.campus import Gate
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say


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
        *masks(scenario, books, plan),
        *thermometers(scenario, books, plan),
        *chairs(scenario, books, plan),
        *isolation(scenario, books, plan),
    )


# ── the chain of approvals ────────────────────────────────────────────────────────────


def _chain(
    scenario: Scenario, books: Sequence[Rulebook], plan: Plan | None, chain: ApprovalPlan | None
) -> Iterator[Tension]:
    """The earliest day that papers, notice and observation allow, against the first day."""
    causes = list(_dated(scenario, books))
    if chain is None:
        known = [b for b in scenario.rulebooks if b in built_in_chains()]
        chain = filled(template(known[0]), scenario) if known else None
    if chain is not None:
        found = schedule(chain)
        last = chain.step[found.paths[0][-1]]
        causes.append((found.opening, (last.clause or last.id,), (last.zh, last.en)))
    calendar = scenario.calendar
    first = calendar.first_day if plan is None else plan.return_days[0]
    if not causes:
        return
    earliest, clauses, cause = max(causes, key=lambda row: row[0])
    if earliest <= first:
        return
    days = [d for d in calendar.school_days if d >= earliest]
    values = {
        "earliest": earliest,
        "first": first,
        "n": (earliest - first).days,
        "opens": days[0] if days else calendar.last_day,
        "lost": sum(first <= d < earliest for d in calendar.school_days),
        "last": calendar.last_day,
    }
    severity = Severity.BLOCKS if plan is not None or not days else Severity.SHORT
    remedy = "open_later" if days else "longer_calendar"
    yield Tension("chain", severity, values, remedy, None, clauses, {"cause": cause})


Cause = tuple[date, tuple[str, ...], tuple[str, str]]


def _dated(scenario: Scenario, books: Sequence[Rulebook]) -> Iterator[Cause]:
    """First day that each dated paper allows by itself, where a clause asks so many days."""
    signed = scenario.approvals
    for quantity, since in (
        (Q.DAYS_AFTER_WRITTEN_NOTICE, signed.written_notice),
        (Q.DAYS_OF_NOTICE, signed.families_told),
        (Q.DAYS_OBSERVED_AT_HOME, signed.home_observation_from),
        (Q.DISINFECTION_DAYS_BEFORE, scenario.calendar.disinfection_from),
    ):
        found = strictest(clauses_about(books, quantity), scenario, "at least")
        if found is not None and since is not None:
            days, clause = found
            says = (clause.says_zh, clause.says_en)
            yield since + timedelta(days=math.ceil(days)), (clause.id,), says


# ── batches that may not meet ─────────────────────────────────────────────────────────


def _no_mixing(books: Sequence[Rulebook], scenario: Scenario) -> tuple[str, ...]:
    """Clauses by which batches may not meet."""
    return tuple(
        c.id
        for quantity in (Q.SLOTS_SHARED_BY_BATCHES, Q.MIXING)
        for c in clauses_about(books, quantity)
        if c.relation in ("at most", "exactly") and c.asked(scenario) == 0
    )


def _batches(
    scenario: Scenario, books: Sequence[Rulebook], plan: Plan | None, level: str = ""
) -> int:
    """Batches there are, or the fewest there can be, that hold a level."""
    grades = [g.name for g in scenario.grades if level in ("", g.level)]
    if plan is not None:
        return len({plan.day_of(c) for c in scenario.classes if c.grade in grades})
    pupils = sum(scenario.pupils_in(g) for g in grades)
    most = scenario.limits.people_returning_per_day
    by_size = math.ceil(pupils / most) if most else 1
    floor = strictest(clauses_about(books, Q.BATCHES), scenario, "at least")
    return max(by_size, math.ceil(floor[0]) if floor and not level else 1)


def _slots_at(scenario: Scenario, gate: Gate, level: str) -> int:
    """Slots at a gate in which people can come and be in time for some bell."""
    bells = [
        g.bell for g in scenario.grades if scenario.may_use(gate, g) and level in ("", g.level)
    ]
    if not bells:
        return 0
    latest, length = seconds(max(bells)) / 60, scenario.limits.slot_minutes
    opens, closes = seconds(gate.opens) / 60, seconds(gate.closes) / 60
    return sum(opens <= s < closes and s + length <= latest for s in slots(scenario))


def _gates_shared(
    scenario: Scenario, books: Sequence[Rulebook], plan: Plan | None
) -> Iterator[Tension]:
    """Batches that may not meet, against the slots and gates they can have for themselves."""
    clauses = _no_mixing(books, scenario)
    length, gap = scenario.limits.slot_minutes, scenario.limits.batch_gap_minutes
    apart = math.ceil((length + gap) / length)
    for level in ("", *sorted({g.level for g in scenario.grades})) if clauses else ():
        batches = _batches(scenario, books, plan, level)
        at_gates = [n for g in scenario.gates if (n := _slots_at(scenario, g, level))]
        room = _room(at_gates, apart)
        if batches <= max(room, 1):
            continue
        values = {
            "batches": batches,
            "room": room,
            "n": len(at_gates),
            "slots": sum(at_gates),
            "gap": gap,
            "minutes": length,
        }
        remedy, more = _separate(at_gates, apart, batches, length, gap)
        names = _level_names(level)
        yield Tension("gates_shared", Severity.BLOCKS, values | more, remedy, None, clauses, names)
        return


def _room(at_gates: Sequence[int], apart: int) -> int:
    """Batches that fit: at each gate every so many slots one."""
    return sum(math.ceil(n / apart) for n in at_gates)


def _separate(
    at_gates: Sequence[int], apart: int, batches: int, length: int, gap: float
) -> tuple[str, dict[str, Any]]:
    """The smallest change in minutes that makes room: more slots or a shorter gap."""
    choices: list[tuple[float, str, dict[str, Any]]] = []
    if at_gates:
        more = next(
            n
            for n in range(1, batches * apart + 1)
            if _room([s + n for s in at_gates], apart) >= batches
        )
        choices.append((more * length, "more_slots", {"more": more, "longer": more * length}))
    for closer in range(apart - 1, 0, -1):
        if _room(at_gates, closer) >= batches:
            shorter = float((closer - 1) * length)
            choices.append((gap - shorter, "shorter_gap", {"shorter": shorter}))
            break
    if not choices:
        return "fewer_batches", {}
    _, remedy, values = min(choices, key=lambda row: row[0])
    return remedy, values


def _rooms_shared(
    scenario: Scenario, books: Sequence[Rulebook], plan: Plan | None
) -> Iterator[Tension]:
    """Batches that may not meet, against the canteens and toilets there are."""
    clauses = _no_mixing(books, scenario)
    batches = _batches(scenario, books, plan)
    for kind in ("canteen", "toilet") if clauses else ():
        zones = sum(zone.kind == kind for zone in scenario.zones)
        if 0 < zones < batches:
            values = {"batches": batches, "n": zones, "turns": math.ceil(batches / zones)}
            yield Tension(kind, Severity.SHORT, values, f"{kind}_apart", 0.0, clauses)


# ── lanes and the bell ────────────────────────────────────────────────────────────────


def _too_slow(scenario: Scenario, plan: Plan | None) -> Iterator[Tension]:
    """People who must be in by a bell, against what the lanes can pass until then."""
    for pool in overloaded(scenario, plan):
        minutes = pool.minutes
        more, earlier = pool.lanes_more, pool.minutes_earlier
        values = {
            "people": round(pool.people),
            "bell": f"{pool.bell:%H:%M}",
            "minutes": minutes,
            "wanted": pool.people / minutes if minutes else math.inf,
            "possible": pool.capacity / minutes if minutes else 0.0,
            "capacity": math.floor(pool.capacity),
            "lanes": more or 0,
            "earlier": math.ceil(earlier or 0),
        }
        remedy = "faster" if more and earlier else "more_lanes" if more else "start_earlier"
        if pool.gate and with_all_lanes(scenario, pool).capacity >= pool.people:
            remedy = "open_lanes"
        code = "slow_gate" if pool.gate else "slow_level" if pool.level else "slow_school"
        severity = Severity.SHORT if remedy == "open_lanes" else Severity.BLOCKS
        yield Tension(code, severity, values, remedy, None, (), _pool_names(scenario, pool))


def _pool_names(scenario: Scenario, pool: Pool) -> dict[str, tuple[str, str]]:
    if pool.gate:
        gate = scenario.gate_named[pool.gate]
        return {"gate": (gate.label("zh"), gate.label("en"))}
    return _level_names(pool.level)


def _level_names(level: str) -> dict[str, tuple[str, str]]:
    key = f"tension.level.{level or 'all'}"
    return {"level": (say(key, "zh"), say(key, "en"))}
