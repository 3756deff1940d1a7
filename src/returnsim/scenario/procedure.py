"""What is done to people: screening, second readings, isolation, doors, walking, arriving."""

import math
from typing import Literal, NamedTuple, Self

from pydantic import model_validator

from returnsim.errors import Problem, Problems
from returnsim.scenario.quantities import (
    AtLeastOne,
    Celsius,
    Flag,
    Frozen,
    Number,
    Positive,
    Probability,
    Sourced,
)
from returnsim.theory.distributions import Distribution, Duration, Speed


class Alarms(NamedTuple):
    """Probability that a reading is over the threshold."""

    false_alarm: float
    """For somebody who is well."""
    hit: float
    """For somebody with a fever."""


class Thermometer(Frozen):
    """How readings scatter: body temperature, less a bias, plus an error, shown in steps."""

    well_celsius: Celsius
    """Mean body temperature of the well."""
    well_sd_celsius: Positive
    """How much it differs between well people."""
    febrile_celsius: Celsius
    """Mean body temperature of the feverish."""
    febrile_sd_celsius: Positive
    """How much it differs between feverish people."""
    reads_low_celsius: Number
    """How much lower than the body the instrument reads, on average."""
    error_sd_celsius: Positive
    """Scatter of the instrument itself."""
    step_celsius: Positive
    """Smallest difference the display shows, usually 0.1."""


class Screening(Sourced):
    """The first temperature reading at a gate, and how common fever is."""

    threshold_celsius: Celsius
    """Reading from which somebody is sent aside."""
    threshold_relation: Literal[">", ">="]
    """Whether the threshold itself already counts."""
    fever_prevalence: Probability
    """Share of those who come who truly have a fever."""
    false_alarm_probability: Probability | None = None
    """Chance that somebody well reads high; or give a thermometer."""
    hit_probability: Probability | None = None
    """Chance that somebody with a fever reads high; or give a thermometer."""
    thermometer: Thermometer | None = None
    """Error distributions from which the two chances follow."""

    @model_validator(mode="after")
    def _one_description(self) -> Self:
        given = [p is not None for p in (self.false_alarm_probability, self.hit_probability)]
        if all(given) if self.thermometer is None else not any(given):
            return self
        raise Problems([Problem("", "alarm_or_thermometer")])

    @property
    def alarms(self) -> Alarms:
        """Chances of a high reading, given or worked out from the thermometer.

        A display that shows steps of `step` reads high when the unrounded reading is at
        least half a step below the threshold (``>=``) or half a step above it (``>``).
        """
        t = self.thermometer
        if t is None:
            return Alarms(self.false_alarm_probability or 0.0, self.hit_probability or 0.0)
        shift = -0.5 if self.threshold_relation == ">=" else 0.5
        edge = self.threshold_celsius + shift * t.step_celsius + t.reads_low_celsius

        from scipy.special import ndtr  # noqa: PLC0415  (loads slowly)

        def above(mean: float, sd: float) -> float:
            return float(ndtr((mean - edge) / math.hypot(sd, t.error_sd_celsius)))

        return Alarms(
            above(t.well_celsius, t.well_sd_celsius),
            above(t.febrile_celsius, t.febrile_sd_celsius),
        )


class Recheck(Sourced):
    """Where those who read high sit, rest, and are measured again."""

    rest_places: AtLeastOne
    """Chairs, set apart."""
    rest_minutes: Duration
    """How long they rest before the second reading."""
    stations: AtLeastOne
    """People who take second readings at the same time."""
    service_seconds: Duration
    """How long a second reading takes."""
    false_alarm_probability: Probability
    """Chance that somebody well, who read high once, reads high again."""
    hit_probability: Probability
    """Chance that somebody with a fever, who read high once, reads high again."""


class Isolation(Sourced):
    """The room where those with a confirmed fever wait until they are fetched."""

    places: AtLeastOne
    """People it holds."""
    minutes_until_fetched: Duration
    """From entering the room until a guardian or an ambulance has taken them."""


class Doors(Sourced):
    """The second check, at the classroom door, by the teachers of the class."""

    takes_temperature: Flag
    """Whether a temperature is taken at the door."""
    teachers_per_class: AtLeastOne
    """How many check at the same time at one door."""
    service_seconds: Duration
    """How long one pupil takes."""
    second_reading_seconds: Duration
    """How much longer it takes when the reading is high and is taken again."""


class Walking(Sourced):
    """How fast people walk from the gate to their room."""

    metres_per_second: Speed
    """Speed."""


class Arrivals(Sourced):
    """When people come, measured from the latest time they were told."""

    offset_minutes: Distribution
    """Minutes after the end of their slot; negative is early."""
    absent_probability: Probability
    """Chance that somebody who may come does not."""
    ignore_slot_probability: Probability
    """Share who take no notice of their slot ..."""
    ignoring_offset_minutes: Distribution
    """... and come this long after the bell; negative is before it."""
    held_come_probability: Probability
    """Chance that somebody who is held comes all the same and must be turned away."""
    common_shift_minutes: Distribution | None = None
    """Everybody later or earlier together, as rain or a late bus does; none if left out."""
    boarders_window_minutes: Positive | None = None
    """On the day they return, boarders come at any time within so many minutes before the end
    of their slot; like everybody else if left out."""
