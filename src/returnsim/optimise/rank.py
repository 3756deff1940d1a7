"""Which of two plans is better: the order of objectives, and nothing else."""

from collections.abc import Mapping
from typing import TypeVar

from returnsim.experiment.assessment import Assessment
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario

OURS = frozenset({Q.CROWDED_DAYS, Q.LONG_WAIT_DAYS, Q.SEATED_BY_BELL, Q.STUCK_DAYS})
"""What slots and lanes decide."""
Rank = tuple[float, ...]
"""Smaller is better, the first difference decides."""


def minutes_early(scenario: Scenario, plan: Plan) -> float:
    """Minutes from the beginning of their slot to the bell, mean over all pupils."""
    total = sum(
        c.pupils * (seconds(scenario.grade_of(c).bell) - seconds(plan.arrival_of[c.name].slot))
        for c in scenario.classes
    )
    return total / 60 / scenario.pupils


def window(plan: Plan) -> float:
    """Minutes between the first slot and the last."""
    slots = [seconds(a.slot) for a in plan.arrivals]
    return (max(slots) - min(slots)) / 60


Value = TypeVar("Value")


def at_gates(scenario: Scenario, found: Mapping[Key, Value], quantity: Q) -> dict[Key, Value]:
    """Pick out a quantity at the gates in the morning, which slots and lanes decide."""
    return {
        key: value
        for key, value in found.items()
        if key.quantity is quantity and key.place in scenario.gate_named
    }


def unsettled(found: Assessment) -> bool:
    """Whether some limit that slots and lanes could keep is not confirmed."""
    open_questions = (*found.hard_violated, *found.hard_uncertain)
    return any(f.clause.quantity in OURS for f in open_questions)


def rank(scenario: Scenario, found: Assessment) -> Rank:
    """Hard clauses first; then duty, coming early, waiting, and the length of the window."""
    waits = [e.mean for e in at_gates(scenario, found.evidence, Q.MEAN_WAIT).values()]
    return (
        len(found.hard_violated),
        len(found.hard_uncertain),
        round(found.plan.staff_minutes(scenario), 6),
        round(minutes_early(scenario, found.plan), 6),
        round(max(waits, default=0.0), 6),
        window(found.plan),
    )


def best_of(scenario: Scenario, found: Assessment, naive: Mapping[str, Assessment]) -> Assessment:
    """Return what was found, or a naive plan with the same return dates that is better."""
    rivals = [a for a in naive.values() if a.plan.return_dates == found.plan.return_dates]
    return min([found, *rivals], key=lambda a: rank(scenario, a))
