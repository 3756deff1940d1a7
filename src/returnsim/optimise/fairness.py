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
    """Day of its return."""
    days_lost: int
    """School days of the calendar before it."""


def fairness(scenario: Scenario, plan: Plan) -> tuple[Share, ...]:
    """Say what each grade bears, those who come earliest before their bell first."""
    shares = []
    for grade in scenario.grades:
        members = [c for c in scenario.classes if c.grade == grade.name]
        slots = [plan.arrival_of[c.name].slot for c in members]
        early = [(seconds(grade.bell) - seconds(slot)) / 60 for slot in slots]
        pupils = sum(c.pupils for c in members)
        day = plan.date_of[grade.name]
        shares.append(
            Share(
                grade.name,
                pupils,
                min(slots),
                sum(c.pupils * m for c, m in zip(members, early, strict=True)) / pupils,
                max(early),
                day,
                sum(d < day for d in scenario.calendar.school_days),
            )
        )
    return tuple(sorted(shares, key=lambda s: (-s.minutes_early, s.grade)))
