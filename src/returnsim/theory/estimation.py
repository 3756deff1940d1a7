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
        return cls(mean, mean - half, mean + half, x.size, confidence)

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

    def __str__(self) -> str:
        return f"{self.mean:.3g} ± {self.half_width:.2g}"


def paired_difference(before: ArrayLike, after: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """How much larger `after` is than `before`, on the same luck, day by day.

    Examples
    --------
    >>> print(paired_difference([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]))
    1 ± 0
    """
    first = np.asarray(before, dtype=float)
    return Estimate.of(np.asarray(after, dtype=float) - first, confidence=confidence)
