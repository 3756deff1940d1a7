"""Which days there are, and which papers have been signed by when."""

from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from returnsim.errors import Problem, Problems
from returnsim.scenario.quantities import Day, Sourced

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Calendar(Sourced):
    """The window in which everybody is to come back."""

    first_day: Day
    """Earliest possible day of return."""
    last_day: Day
    """By when everybody should be back."""
    school_weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    """Weekdays with lessons."""
    holidays: tuple[Day, ...] = ()
    """Days without lessons."""
    extra_school_days: tuple[Day, ...] = ()
    """Days with lessons that would otherwise be free, such as make-up Saturdays."""
    orders_from: Day
    """First day on which supplies can be ordered."""
    disinfection_from: Day | None = None
    """First day of the daily whole-campus disinfection before opening."""

    @model_validator(mode="after")
    def _window(self) -> Self:
        if self.last_day < self.first_day:
            values = {"first": self.first_day, "last": self.last_day}
            raise Problems([Problem("last_day", "calendar_backwards", values)])
        if (self.last_day - self.first_day).days > 400:  # noqa: PLR2004  (more than a year)
            raise Problems([Problem("last_day", "calendar_too_long")])
        if not self.school_days:
            raise Problems([Problem("", "no_school_day")])
        return self

    @cached_property
    def school_days(self) -> tuple[date, ...]:
        """Days with lessons inside the window."""
        span = (self.last_day - self.first_day).days + 1
        days = (self.first_day + timedelta(days=n) for n in range(span))
        return tuple(day for day in days if self.has_lessons(day))

    def has_lessons(self, day: date) -> bool:
        """Whether there are lessons on a day."""
        if day in self.extra_school_days:
            return True
        return day not in self.holidays and WEEKDAYS[day.weekday()] in self.school_weekdays


class Approvals(Sourced):
    """Papers and notices; a missing date means that it has not happened."""

    self_check: Day | None = None
    """The school has checked itself."""
    township_review: Day | None = None
    """The township's leading group has reviewed the plan."""
    county_assessment: Day | None = None
    """The county's assessment team agrees."""
    written_notice: Day | None = None
    """The written notice to reopen has come."""
    families_told: Day | None = None
    """Every family and member of staff has been told."""
    home_observation_from: Day | None = None
    """Since when everybody has reported from home without anomaly."""
