"""Distributions, each one a quantile function.

Sampling is by inversion: a uniform number in, a variate out. That keeps a person's luck
the same when a parameter changes (common random numbers): a longer mean makes everyone
slower and nobody luckier.
"""

import math
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from returnsim.errors import Problem, Problems

Floats = NDArray[np.float64]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
NonNegative = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)]


SIX = 6.0
"""Standard deviations from the centre beyond which a cut leaves nothing."""
SEVEN = 7.0
"""Standard deviations beyond which a normal variate is never met with (1 in 10**12)."""


class _Family(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    source: str | None = None
    """Where the numbers come from, when not the same as for the table around them."""
    range: tuple[Number, Number] | None = None
    """Lowest and highest mean worth trying in a sensitivity analysis."""


class Fixed(_Family):
    """Always the same value."""

    kind: Literal["fixed"] = "fixed"
    value: Number

    @property
    def mean(self) -> float:
        """Expected value."""
        return self.value

    @property
    def least(self) -> float:
        """Smallest value that can be met with."""
        return self.value

    def quantile(self, u: Floats) -> Floats:
        """Return the value below which a fraction `u` of the variates fall."""
        return np.full_like(u, self.value)


class Uniform(_Family):
    """Every value between two ends equally likely."""

    kind: Literal["uniform"] = "uniform"
    low: Number
    high: Number

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high < self.low:
            raise Problems([Problem("", "high_below_low", {"low": self.low, "high": self.high})])
        return self

    @property
    def mean(self) -> float:
        """Expected value."""
        return (self.low + self.high) / 2

    @property
    def least(self) -> float:
        """Smallest value that can be met with."""
        return self.low

    def quantile(self, u: Floats) -> Floats:
        """Return the value below which a fraction `u` of the variates fall."""
        return self.low + (self.high - self.low) * u


class Triangular(_Family):
    """Least, most likely and greatest value: what an experienced guard can tell."""

    kind: Literal["triangular"] = "triangular"
    low: Number
    mode: Number
    high: Number

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.mode <= self.high or self.low == self.high:
            values = {"low": self.low, "mode": self.mode, "high": self.high}
            raise Problems([Problem("", "triangle_out_of_order", values)])
        return self

    @property
    def mean(self) -> float:
        """Expected value."""
        return (self.low + self.mode + self.high) / 3

    @property
    def least(self) -> float:
        """Smallest value that can be met with."""
        return self.low

    def quantile(self, u: Floats) -> Floats:
        """Return the value below which a fraction `u` of the variates fall."""
        width = self.high - self.low
        rising = self.low + np.sqrt(u * width * (self.mode - self.low))
        falling = self.high - np.sqrt((1 - u) * width * (self.high - self.mode))
        return np.where(u * width < self.mode - self.low, rising, falling)


class Exponential(_Family):
    """Memoryless times: the pessimist's guess when only the mean is known."""

    kind: Literal["exponential"] = "exponential"
    mean: Positive

    @property
    def least(self) -> float:
        """Smallest value that can be met with."""
        return 0.0

    def quantile(self, u: Floats) -> Floats:
        """Return the value below which a fraction `u` of the variates fall."""
        values: Floats = -self.mean * np.log1p(-u)
        return values


class Lognormal(_Family):
    """Right-skewed positive times, such as a temperature check by hand."""

    kind: Literal["lognormal"] = "lognormal"
    mean: Positive
    cv: Positive
    """Coefficient of variation: standard deviation divided by mean."""

    @property
    def least(self) -> float:
        """Smallest value that can be met with."""
        return 0.0

    def quantile(self, u: Floats) -> Floats:
        """Return the value below which a fraction `u` of the variates fall."""
        from scipy.special import ndtri  # noqa: PLC0415  (loads slowly)

        log_variance = math.log1p(self.cv**2)
        values: Floats = self.mean * np.exp(math.sqrt(log_variance) * ndtri(u) - log_variance / 2)
        return values


def _density(z: float) -> float:
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _below(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2


class Normal(_Family):
    """Symmetric scatter about a mean, cut off at `low` and `high` where they are given."""

    model_config = ConfigDict(serialize_by_alias=True)

    kind: Literal["normal"] = "normal"
    centre: Annotated[Number, Field(alias="mean")]
    sd: Positive
    low: Number | None = None
    high: Number | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low is not None and self.high is not None and self.high <= self.low:
            raise Problems([Problem("", "high_below_low", {"low": self.low, "high": self.high})])
        low, high = self._ends
        if low > SIX or high < -SIX:
            raise Problems([Problem("", "cut_off_too_far", {"mean": self.centre, "sd": self.sd})])
        return self

    @property
    def _ends(self) -> tuple[float, float]:
        """Where it is cut off, in standard deviations from the centre."""
        low = -math.inf if self.low is None else (self.low - self.centre) / self.sd
        high = math.inf if self.high is None else (self.high - self.centre) / self.sd
        return low, high

    @property
    def least(self) -> float:
        """Smallest value that can be met with."""
        return self.centre - SEVEN * self.sd if self.low is None else self.low

    @property
    def mean(self) -> float:
        """Expected value of what is left between `low` and `high`.

        Johnson, Kotz and Balakrishnan, *Continuous Univariate Distributions*, vol. 1, 13.134.
        """
        low, high = self._ends
        side = 1
        if low > 0:  # as a lower tail, in which differences are exact
            low, high, side = -high, -low, -1
        inside = _below(high) - _below(low)
        moved = (_density(low) - _density(high)) / inside if inside > 0 else side * self._ends[0]
        mean = self.centre + side * self.sd * moved
        least = mean if self.low is None else self.low  # rounding may lead outside a narrow gap
        return min(max(mean, least), mean if self.high is None else self.high)

    def quantile(self, u: Floats) -> Floats:
        """Return the value below which a fraction `u` of the variates fall."""
        from scipy.special import ndtr, ndtri  # noqa: PLC0415  (loads slowly)

        first, last = (float(ndtr(z)) for z in self._ends)
        values: Floats = self.centre + self.sd * ndtri(first + (last - first) * u)
        return values


class Empirical(_Family):
    """Values measured with a stop-watch, each equally likely."""

    kind: Literal["empirical"] = "empirical"
    values: Annotated[tuple[Number, ...], Field(min_length=1)]

    @property
    def mean(self) -> float:
        """Expected value."""
        return math.fsum(self.values) / len(self.values)

    @property
    def least(self) -> float:
        """Smallest value that can be met with."""
        return min(self.values)

    def quantile(self, u: Floats) -> Floats:
        """Return the value below which a fraction `u` of the variates fall."""
        ordered = np.sort(np.asarray(self.values, dtype=float))
        return ordered[np.minimum((u * ordered.size).astype(np.int64), ordered.size - 1)]


Distribution = Annotated[
    Fixed | Uniform | Triangular | Exponential | Lognormal | Normal | Empirical,
    Field(discriminator="kind"),
]
"""Any distribution, chosen by ``kind`` in the file."""


def _never_negative(given: Distribution) -> Distribution:
    if given.least < 0:
        values = {"least": round(given.least, 3)}
        raise Problems([Problem("", "duration_can_be_negative", values)])
    return given


def _never_still(given: Distribution) -> Distribution:
    _never_negative(given)
    if given.least == 0:
        raise Problems([Problem("", "more_than", {"given": round(given.least, 3), "limit": 0})])
    return given


Speed = Annotated[Distribution, AfterValidator(_never_still)]
"""A distribution that never falls to zero."""
Duration = Annotated[Distribution, AfterValidator(_never_negative)]
"""A distribution that never falls below zero."""
