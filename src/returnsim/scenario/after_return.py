"""What holds from the first return on: who must stay at home, and who may not leave."""

from returnsim.scenario.quantities import (
    AtLeastOne,
    Count,
    Flag,
    Probability,
    Sourced,
)


class AfterReturn(Sourced):
    """Rules for the days after a batch is back, which the plan document leaves open."""

    symptom_free_days: Count
    """Full days that somebody sent home with a fever stays there before coming back."""
    campus_observation_days: Count
    """Calendar days from a batch's return during which its boarders do not leave the campus."""
    boarders_go_home: Flag = False
    """Whether boarders go home on days without lessons once that time is over; they then come
    back through the gate on the next school day."""
    report_probability: Probability
    """Chance that a report that somebody at home owes comes in."""
    follow_ups_per_day: AtLeastOne | None = None
    """Absentees whom the school can call in one day; as many as there are when left out."""
