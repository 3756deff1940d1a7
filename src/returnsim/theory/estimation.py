"""What a handful of replications tells us about an expected value."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, stdtrit


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications, with its confidence interval."""

    mean: float
    low: float
    """Lower end of the interval."""
    high: float
    """Upper end of the interval."""
    replications: int
    """How many independent days it rests on; 0 for what is certain from the plan alone."""
    confidence: float = 0.95
    unseen: float | None = None
    """Of a mean over days that were all alike: with this confidence, the largest probability of
    a day that is not; none where days differ, and for probabilities, whose interval says it."""

    @property
    def half_width(self) -> float:
        """Half the length of the interval."""
        return (self.high - self.low) / 2

    @classmethod
    def certain(cls, value: float) -> Self:
        """Hold a number that needs no simulation."""
        return cls(value, value, value, 0, 1.0)

    @classmethod
    def of(cls, sample: ArrayLike, *, confidence: float = 0.95) -> Self:
        """Estimate an expected value from one number per replication.

        Student's t interval (Law, *Simulation Modeling and Analysis*, 5th ed., eq. 4.12).
        """
        x = np.asarray(sample, dtype=float)
        mean = float(x.mean())
        if x.size < 2:  # noqa: PLR2004  (one number says nothing about scatter)
            return cls(mean, -np.inf, np.inf, x.size, confidence)
        t = float(stdtrit(x.size - 1, (1 + confidence) / 2))
        half = t * float(x.std(ddof=1)) / float(np.sqrt(x.size))
        unseen = unlike(x.size, confidence) if np.all(x == x[0]) else None
        return cls(mean, mean - half, mean + half, x.size, confidence, unseen)

    @classmethod
    def proportion(cls, hits: int, trials: int, *, confidence: float = 0.95) -> Self:
        """Estimate a probability from how often something happened.

        Clopper-Pearson: never covers less than it says, also when nothing happened at all
        (Brown, Cai and DasGupta 2001, *Statistical Science* 16, section 4.2.1).

        Examples
        --------
        >>> risk = Estimate.proportion(0, 59, confidence=0.90)
        >>> round(risk.high, 3)
        0.05
        """
        miss = (1 - confidence) / 2
        low = 0.0 if hits == 0 else float(betaincinv(hits, trials - hits + 1, miss))
        high = 1.0 if hits == trials else float(betaincinv(hits + 1, trials - hits, 1 - miss))
        return cls(hits / trials, low, high, trials, confidence)

    @classmethod
    def share(cls, sample: ArrayLike, *, confidence: float = 0.95) -> Self:
        """Estimate the mean of a share, which lies between 0 and 1 on every day.

        Student's t interval, cut off at 0 and 1. Where every day showed the same share, an
        interval without width would claim too much: then a day on which it differs has a
        probability of at most `unlike`, and on such a day it is at least 0 and at most 1.

        Examples
        --------
        >>> seated = Estimate.share([1.0] * 59, confidence=0.90)
        >>> round(seated.low, 3), seated.high
        (0.95, 1.0)
        """
        x = np.asarray(sample, dtype=float)
        plain = cls.of(x, confidence=confidence)
        if x.size < 2 or np.any(x < 0) or np.any(x > 1):  # noqa: PLR2004
            return plain
        low, high = max(0.0, plain.low), min(1.0, plain.high)
        if plain.unseen is not None:
            low, high = (1 - plain.unseen) * low, high + plain.unseen * (1 - high)
        return cls(plain.mean, low, high, x.size, confidence, plain.unseen)

    def __str__(self) -> str:
        return f"{self.mean:.3g} ± {self.half_width:.2g}"


def unlike(days: int, confidence: float) -> float:
    """Return the largest probability of a day unlike the others, after so many that were alike.

    Clopper and Pearson's upper bound for no hit, at the level of a two-sided interval.

    Examples
    --------
    >>> round(unlike(256, 0.95), 4)
    0.0143
    """
    return float(1 - ((1 - confidence) / 2) ** (1 / days))


def paired_difference(before: ArrayLike, after: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """How much larger `after` is than `before`, on the same luck, day by day.

    Examples
    --------
    >>> print(paired_difference([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]))
    1 ± 0
    """
    first = np.asarray(before, dtype=float)
    return Estimate.of(np.asarray(after, dtype=float) - first, confidence=confidence)


def paired_risks(before: ArrayLike, after: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """How much likelier something is in `after` than in `before`, on the same luck, day by day.

    Samples are 0 or 1. The difference is the probability of a day on which only `after` has it,
    less that of a day on which only `before` has it; each gets a Clopper-Pearson interval with
    half of the error (Bonferroni), so that the difference is never covered less than it says.

    Examples
    --------
    >>> change = paired_risks([0.0] * 100, [0.0] * 100)
    >>> change.mean, round(change.high, 3)
    (0.0, 0.043)
    """
    change = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    level = 1 - (1 - confidence) / 2
    more, fewer = (
        Estimate.proportion(int(days.sum()), change.size, confidence=level)
        for days in (change > 0, change < 0)
    )
    ends = more.low - fewer.high, more.high - fewer.low
    return Estimate(float(change.mean()), *ends, change.size, confidence)
