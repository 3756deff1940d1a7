"""Who bears a plan: early slots and lost days, grade by grade."""

from dataclasses import dataclass
from datetime import date, time

from returnsim.plan.plan import Plan
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Share:
    """What one grade bears."""

    grade: str
    pupils: int
    earliest: time
    """First slot of any of its classes."""
    minutes_early: float
    """From the beginning of their slot to the bell, mean over its pupils."""
    most_minutes_early: float
    """The same for the class that comes earliest."""
    day: date
    """Day on which the first of its classes return."""
    last_day: date
    """Day on which the last of them do."""
    days_lost: float
    """School days of the calendar before the return, mean over its pupils."""


def fairness(scenario: Scenario, plan: Plan) -> tuple[Share, ...]:
    """Say what each grade bears, those who come earliest before their bell first."""
    shares = []
    for grade in scenario.grades:
        members = [c for c in scenario.classes if c.grade == grade.name]
        slots = [plan.arrival_of[c.name].slot for c in members]
        early = [(seconds(grade.bell) - seconds(slot)) / 60 for slot in slots]
        pupils = sum(c.pupils for c in members)
        lost = [sum(d < plan.day_of(c) for d in scenario.calendar.school_days) for c in members]
        days = [plan.day_of(c) for c in members]
        shares.append(
            Share(
                grade.name,
                pupils,
                min(slots),
                sum(c.pupils * m for c, m in zip(members, early, strict=True)) / pupils,
                max(early),
                min(days),
                max(days),
                sum(c.pupils * n for c, n in zip(members, lost, strict=True)) / pupils,
            )
        )
    return tuple(sorted(shares, key=lambda s: (-s.minutes_early, s.grade)))
