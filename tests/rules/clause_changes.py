"""For every clause that is judged by a number: a change of the school that breaks it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import cache
from typing import Any

from builders import Raw, a_grade, a_hold
from clause_school import (
    Change,
    first_return,
    gate,
    real_scenario,
    small_school,
    store,
)

from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Clause


@dataclass(frozen=True, eq=False)
class Case:
    """A change that breaks a clause, and all that rests on what it changes."""

    broken: Change
    rests: tuple[tuple[Q, str], ...]
    """Numbers that change, each with the kind of place; empty where there is none."""
    before: Change = field(default_factory=Change)
    """What there must be for the clause to say anything, such as a pupil who is held."""

    def concerns(self, clause: Clause) -> bool:
        """Whether the verdict on a clause rests on what changes."""
        return any(
            clause.quantity is quantity and (not clause.places or kind in clause.places)
            for quantity, kind in self.rests
        )


HELD = {"arrivals": {"held_come_probability": 1.0}}
BLIND_GATE = [gate(first="hand wash")]
"""A gate at which nobody looks at codes or papers."""
FALSE_ALARMS = {
    "screening": {"false_alarm_probability": 0.5},
    "recheck": {
        "false_alarm_probability": 0.0,
        "rest_places": 40,
        "rest_minutes": {"kind": "fixed", "value": 1},
    },
}
FEVERS = {
    "screening": {"fever_prevalence": 0.5},
    "recheck": {"rest_places": 40, "hit_probability": 1.0},
    "isolation": {"places": 40},
}
SHUT_EARLY = Change(temperature_until=time(7, 10, 15))
"""The temperature lanes close while the first class is queueing."""
STUCK = ((Q.STUCK_DAYS, ""), (Q.SEATED_BY_BELL, ""), (Q.LONG_WAIT_DAYS, ""))


def of(quantity: Q, kind: str = "", **scenario: Any) -> Case:
    """A change of some settings that changes one number only."""
    return Case(Change(scenario), ((quantity, kind),))


@cache
def held(reason: str) -> Case:
    """A pupil is held and comes all the same, to a gate where nobody looks."""
    someone = a_hold(reason=reason, **{"class": "8-1"})
    return Case(
        Change({"gates": BLIND_GATE}),
        ((Q.HELD_INSIDE, reason), (Q.UNAPPROVED_INSIDE, "")),
        Change(HELD | {"holds": [someone]}),
    )


@cache
def less(book: str, kind: str) -> Case:
    """Something that is done every day is done once less."""
    routines = [_once_less(r) if _kind(r) == kind else r for r in real_scenario(book)["routines"]]
    return of(Q.TIMES_PER_DAY, kind, routines=[r for r in routines if r["times_per_day"]])


def _kind(routine: Raw) -> str:
    parts = (routine["what"], routine["who"], routine.get("where"))
    return "/".join(part for part in parts if part)


def _once_less(routine: Raw) -> Raw:
    return routine | {"times_per_day": routine["times_per_day"] - 1}


def _rounds(kind: str, rounds: int) -> Case:
    """One kind of zone is disinfected so often; not listed at all if never."""
    changed = [
        zone | {"rounds_per_day": rounds} if zone["kind"] == kind else zone
        for zone in small_school("township-2020")["zones"]
    ]
    zones = [zone for zone in changed if zone["rounds_per_day"]]
    return of(Q.ROUNDS_PER_DAY, kind, zones=zones)


@cache
def _order(book: str) -> dict[Q, Case]:
    """Changes of the dates and slots in the plan."""
    second, third = 7, 21
    everybody = Change(days={"eight": 0, "bottom": 0})
    return {
        Q.BATCHES: Case(everybody, ((Q.BATCHES, ""), (Q.DAYS_BETWEEN_BATCHES, ""))),
        Q.DAYS_BETWEEN_BATCHES: Case(Change(days={"eight": 3}), ((Q.DAYS_BETWEEN_BATCHES, ""),)),
        Q.EXAM_GRADES_LATE: Case(
            Change(days={"nine": second, "eight": 0}), ((Q.EXAM_GRADES_LATE, ""),)
        ),
        Q.KINDERGARTENS_EARLY: Case(
            Change(days={"eight": third, "bottom": second}), ((Q.KINDERGARTENS_EARLY, ""),)
        ),
        Q.SLOTS_SHARED_BY_BATCHES: Case(
            Change(slots={"8-1": time(7, 10)}), ((Q.SLOTS_SHARED_BY_BATCHES, ""),)
        ),
        Q.MOST_RETURNING: of(Q.MOST_RETURNING, limits={"people_returning_per_day": 5}),
        Q.SCHOOL_DAYS_APART: of(Q.SCHOOL_DAYS_APART, limits={"fair_days_apart": 1}),
        Q.BOARDERS_OBSERVED: of(Q.BOARDERS_OBSERVED, limits={"observation_beds": 3}),
        Q.OBSERVATION_LEFT: of(Q.OBSERVATION_LEFT, after_return={"campus_observation_days": 8}),
        Q.CROWDED_DAYS: of(Q.CROWDED_DAYS, gates=[gate(marked_places=1)]),
        **_papers(book),
    }


def _papers(book: str) -> dict[Q, Case]:
    """Changes of the dates on papers."""
    first = first_return(book)
    too_late, after = first - timedelta(days=13), first + timedelta(days=1)
    return {
        Q.DAYS_OBSERVED_AT_HOME: of(
            Q.DAYS_OBSERVED_AT_HOME, approvals={"home_observation_from": too_late}
        ),
        Q.DAYS_OF_NOTICE: of(Q.DAYS_OF_NOTICE, approvals={"families_told": too_late}),
        Q.APPROVALS_MISSING: of(Q.APPROVALS_MISSING, approvals={"county_assessment": None}),
        Q.DAYS_AFTER_WRITTEN_NOTICE: Case(
            Change({"approvals": {"written_notice": after}}),
            ((Q.DAYS_AFTER_WRITTEN_NOTICE, ""), (Q.APPROVALS_MISSING, "")),
        ),
        Q.DISINFECTION_DAYS_BEFORE: of(
            Q.DISINFECTION_DAYS_BEFORE,
            calendar={"disinfection_from": first - timedelta(days=2)},
        ),
    }


OTHERS: dict[Q, Case] = {
    Q.UNAPPROVED_INSIDE: held("not approved"),
    Q.CHECKED_AT_GATE: of(Q.CHECKED_AT_GATE, gates=[gate(second="hand wash")]),
    Q.CHECKED_AT_DOOR: of(Q.CHECKED_AT_DOOR, doors={"takes_temperature": False}),
    Q.ALARMS_RECHECKED: Case(
        Change({"recheck": {"rest_minutes": {"kind": "fixed", "value": 1200}}}),
        ((Q.ALARMS_RECHECKED, ""), (Q.SEATED_BY_BELL, "")),
        Change(FALSE_ALARMS),
    ),
    Q.STUCK_DAYS: Case(SHUT_EARLY, STUCK),
    Q.MASKS_PER_PERSON: of(Q.MASKS_PER_PERSON, supplies=store(mask=300)),
    Q.THERMOMETERS_PER_CLASS: of(Q.THERMOMETERS_PER_CLASS, supplies=store(thermometer=2)),
    Q.LONG_WAIT_DAYS: of(Q.LONG_WAIT_DAYS, limits={"longest_wait_minutes": 0.1}),
    Q.SEATED_BY_BELL: of(
        Q.SEATED_BY_BELL,
        grades=[
            a_grade("nine", exam_year=True),
            a_grade("eight"),
            a_grade("bottom", level="kindergarten", bell=time(7, 31)),
        ],
    ),
    Q.ISOLATION_FULL_DAYS: Case(
        Change({"isolation": {"places": 1}}), ((Q.ISOLATION_FULL_DAYS, ""),), Change(FEVERS)
    ),
    Q.RECHECK_FULL_DAYS: Case(
        Change({"recheck": {"rest_places": 1}}),
        ((Q.RECHECK_FULL_DAYS, ""),),
        Change(FALSE_ALARMS),
    ),
}
COVER = {
    "disinfectant": of(Q.DAYS_OF_COVER, "disinfectant", supplies=store(disinfectant=10)),
    "soap": of(Q.DAYS_OF_COVER, "soap", supplies=store(soap=0.1)),
}
ROUNDS = {
    "campus": _rounds("campus", 0),
    "gate": _rounds("gate", 2),
    "canteen": _rounds("canteen", 2),
    "toilet": _rounds("toilet", 3),
    "refuse": _rounds("refuse", 3),
}


def cases(book: str, clause: Clause) -> Iterator[Case]:
    """Changes that break a clause, one for each kind of place it asks about."""
    match clause.quantity:
        case None:
            return
        case Q.TIMES_PER_DAY:
            yield from (less(book, kind) for kind in clause.places)
        case Q.HELD_INSIDE:
            yield from (held(reason) for reason in clause.places)
        case Q.ROUNDS_PER_DAY:
            yield from (ROUNDS[kind] for kind in clause.places)
        case Q.DAYS_OF_COVER:
            yield from (COVER[kind] for kind in clause.places)
        case quantity:
            yield (_order(book) | OTHERS)[quantity]
