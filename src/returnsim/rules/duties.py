"""Evidence for clauses that ask for a paper or a task, from the scenario's records.

A duty is owed so many times (per school, class, person, ...) and within a time that is
counted from the first return. What lies outside that time, or is missing, does not count.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from returnsim.errors import Problem
from returnsim.plan.plan import Plan
from returnsim.reading import unknown
from returnsim.rules.audit import Evidence, Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Clause, Duty, Rulebook
from returnsim.scenario.records import Record
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate


def duties(books: Iterable[Rulebook], scenario: Scenario, plan: Plan) -> Evidence:
    """Share of each duty that is signed, done or fixed for a date in time."""
    clauses = [clause for book in books for clause in book.clauses]
    found = {
        Key(Q.DONE_OF_OWED, clause.id, ""): Estimate.certain(share(clause, scenario, plan))
        for clause in clauses
        if clause.duty is not None
    }
    for clause in clauses:
        if clause.quantity is Q.TIMES_PER_DAY:
            for kind in _left_out(clause, scenario):
                found[Key(Q.TIMES_PER_DAY, kind, "", kind)] = Estimate.certain(0.0)
    return found


def _left_out(clause: Clause, scenario: Scenario) -> Iterator[str]:
    """Routines a clause asks for that the scenario does not have, for people it does have."""
    there = {r.kind for r in scenario.routines}
    who_is_here = {
        "staff": scenario.staff_people > 0,
        "boarders": any(c.boarders for c in scenario.classes),
        "kindergarten": any(g.level == "kindergarten" for g in scenario.grades),
        "guards": any(s.role == "guard" for s in scenario.staff),
        "canteen staff": any(s.role == "canteen" for s in scenario.staff),
    }
    for kind in clause.places:
        who = kind.split("/")[1] if "/" in kind else ""
        if kind not in there and who_is_here.get(who, True):
            yield kind


def share(clause: Clause, scenario: Scenario, plan: Plan) -> float:
    """Part of what a clause asks that is covered by records in time; at most 1."""
    duty = clause.duty
    if duty is None:
        raise ValueError(f"clause {clause.id} asks for no duty")
    number = owed(duty, scenario, plan)
    earliest, latest = due(duty, plan)
    covered = 0
    for record in records_of(clause, scenario):
        if record.on < earliest or record.on > latest:
            continue
        if duty.kind == "signed" and not record.done:
            continue
        covered += number if record.count is None else record.count
    return min(1.0, covered / number)


def records_of(clause: Clause, scenario: Scenario) -> list[Record]:
    """Records that speak of a clause."""
    return [r for r in scenario.records if r.clause == clause.id]


def owed(duty: Duty, scenario: Scenario, plan: Plan) -> int:
    """How many times a duty is owed."""
    per = {
        "school": 1,
        "class": len(scenario.classes),
        "grade": len(scenario.grades),
        "batch": len(plan.return_days),
        "gate": len(scenario.gates),
        "person": scenario.pupils + scenario.staff_people,
        "pupil": scenario.pupils,
    }
    return duty.number * per[duty.per]


def due(duty: Duty, plan: Plan) -> tuple[date, date]:
    """First and last day on which a duty counts."""
    first = plan.return_days[0]
    earliest = date.min if duty.from_days is None else first + timedelta(days=duty.from_days)
    latest = date.max if duty.to_days is None else first + timedelta(days=duty.to_days)
    if duty.by is not None:
        latest = min(latest, duty.by)
    return earliest, latest


def unknown_clauses(books: Iterable[Rulebook], scenario: Scenario) -> Iterator[Problem]:
    """Find records of clauses that no rulebook of the scenario asks as a duty."""
    ids = [c.id for book in books for c in book.clauses if c.duty is not None]
    for record in scenario.records:
        if record.clause not in ids:
            yield unknown(f"records.{record.clause}", "clauses", record.clause, ids)
