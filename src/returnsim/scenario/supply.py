"""What must last: masks, thermometers, disinfectant; and the places that are disinfected."""

import math
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from returnsim.errors import Problem, Problems
from returnsim.scenario.equipment import Work
from returnsim.scenario.quantities import (
    AtLeastOne,
    Count,
    Day,
    Flag,
    Labelled,
    Name,
    NonNegative,
    Positive,
    Probability,
    Sourced,
)
from returnsim.theory.distributions import Duration

MILLION = 1_000_000


def _number_of_days(given: Any) -> Any:
    """Let ``lead_time_days = 10`` stand for a fixed duration; it is a whole number then."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        return given
    values = {"given": given}
    if not isinstance(given, int):
        raise Problems([Problem("", "not_a_count", values)])
    if given < 0:
        raise Problems([Problem("", "at_least", values | {"limit": 0})])
    if given > MILLION:
        raise Problems([Problem("", "at_most", values | {"limit": MILLION})])
    return {"kind": "fixed", "value": float(given)}


LeadTime = Annotated[Duration, BeforeValidator(_number_of_days)]
"""Calendar days from order to delivery: a whole number of them, or a distribution."""


class Supply(Labelled, Sourced):
    """One item of stock and what uses it up."""

    kind: Literal["mask", "thermometer", "disinfectant", "soap", "glove", "other"]
    """What a rulebook's floors recognise it by."""
    unit_zh: Name
    """Counted in (Chinese)."""
    unit_en: Name
    """Counted in (English)."""
    on_hand: NonNegative
    """In the store now."""
    lead_time_days: LeadTime
    """Calendar days from order to delivery: a whole number, or a distribution, whose days are
    rounded up."""
    review_days: AtLeastOne = 1
    """Calendar days from one look into the store to the next, after opening."""
    price: NonNegative
    """Price of one unit [yuan]."""
    whole_units: Flag = True
    """Whether only whole units can be bought."""
    per_pupil_day: NonNegative = 0.0
    """Used by each pupil on campus, each day."""
    per_staff_day: NonNegative = 0.0
    """Used by each member of staff on campus, each day."""
    per_check: NonNegative = 0.0
    """Used by each check at a gate or a door."""
    per_round_m2: NonNegative = 0.0
    """Used by each disinfection round, for each square metre; or give dose and strength."""
    dose_ml_per_m2: Positive | None = None
    """Solution put on each square metre in a round; the supply is then counted in litres."""
    solution_mg_per_litre: Positive | None = None
    """Strength of that solution, such as available chlorine."""
    concentrate_percent: Annotated[Positive, Field(le=100)] | None = None
    """Strength of what is in the store, from which the solution is mixed."""
    self_provided_share: Probability = 0.0
    """Share of people who bring their own and take none from the store."""
    needed_at_entry: Flag = False
    """Whether nobody is let in without one: those for whom there is none are sent home, in the
    order in which they come."""
    failure_per_day: Probability = 0.0
    """Chance that a thermometer in use breaks on a school day; or give a mean life."""
    mean_life_days: Positive | None = None
    """School days that a thermometer in use lasts on average."""
    cover_days: Count = 0
    """School days that the opening stock should last, by the planner's own wish."""

    @model_validator(mode="after")
    def _told_once(self) -> Self:
        problems = []
        mixing = (self.dose_ml_per_m2, self.solution_mg_per_litre, self.concentrate_percent)
        given = sum(part is not None for part in mixing)
        if given not in (0, len(mixing)):
            problems.append(Problem("dose_ml_per_m2", "dose_in_three"))
        if given and self.per_round_m2:
            problems.append(Problem("per_round_m2", "round_or_dose"))
        if given == len(mixing) and self.concentrate_percent and self.solution_mg_per_litre:
            strongest = self.concentrate_percent * MILLIGRAMS_PER_PERCENT
            if self.solution_mg_per_litre > strongest:
                values = {"given": self.solution_mg_per_litre, "limit": strongest}
                problems.append(Problem("solution_mg_per_litre", "at_most", values))
        if self.failure_per_day and self.mean_life_days:
            problems.append(Problem("mean_life_days", "failure_or_life"))
        if self.kind != "thermometer" and (self.failure_per_day or self.mean_life_days):
            problems.append(Problem("kind", "only_thermometers_break"))
        if self.needed_at_entry and not (self.per_pupil_day or self.per_staff_day):
            problems.append(Problem("needed_at_entry", "needed_but_not_used"))
        if problems:
            raise Problems(problems)
        return self

    @property
    def used_up(self) -> bool:
        """Whether anything uses it up."""
        uses = (self.per_pupil_day, self.per_staff_day, self.per_check, self.round_m2)
        return any(uses)

    @property
    def round_m2(self) -> float:
        """Used by each disinfection round, for each square metre.

        Litres of concentrate are m² times mL/m² times mg/L, over 10,000 mg/L for each per
        cent of the concentrate, over 1,000 mL.
        """
        if self.dose_ml_per_m2 and self.solution_mg_per_litre and self.concentrate_percent:
            share = self.solution_mg_per_litre / (self.concentrate_percent * MILLIGRAMS_PER_PERCENT)
            return self.dose_ml_per_m2 * share / 1000
        return self.per_round_m2

    @property
    def breaks(self) -> float:
        """Chance that a thermometer in use breaks on a school day."""
        if self.mean_life_days is None:
            return self.failure_per_day
        return -math.expm1(-1 / self.mean_life_days)

    def delivered_within(self, confidence: float) -> int:
        """Whole calendar days within which an order is here, this sure."""
        return math.ceil(float(self.lead_time_days.quantile(np.array([confidence]))[0]) - 1e-9)


MILLIGRAMS_PER_PERCENT = 10_000.0
"""One per cent, by weight in water, in milligrams per litre."""


class Delivery(Sourced):
    """An order that is on its way already."""

    supply: Name
    """Name of the supply."""
    units: Positive
    """How much is coming."""
    expected: Day
    """When it should be here; on that day it can be used."""
    late_days: LeadTime | None = None
    """Calendar days by which it may be late: a whole number, or a distribution; on time when
    left out."""

    def late_within(self, confidence: float) -> int:
        """Whole calendar days by which it is late at most, this sure."""
        if self.late_days is None:
            return 0
        return math.ceil(float(self.late_days.quantile(np.array([confidence]))[0]) - 1e-9)


class Zone(Labelled, Sourced):
    """A kind of place that is disinfected in rounds."""

    kind: Literal["campus", "gate", "canteen", "toilet", "refuse", "dormitory", "classroom"]
    """What a rulebook's frequencies recognise it by."""
    area_m2: NonNegative
    """Surface treated in one round."""
    rounds_per_day: AtLeastOne
    """Rounds on a school day."""
    work: Work = "disinfection"
    """What a round does."""
    closes: tuple[Name, ...] = ()
    """Gates, canteens, dormitories and buildings that nobody enters while a crew works here."""
