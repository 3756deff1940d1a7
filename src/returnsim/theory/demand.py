r"""Demand for an item of stock: its quantiles, and how much of it a stock leaves unmet.

Symbols and equations are those of Snyder and Shen, *Fundamentals of Supply Chain Theory*,
2nd ed. (2019), as in `returnsim.theory.inventory`.
"""

import math
from dataclasses import dataclass
from typing import Protocol

from scipy.special import ndtr, ndtri, pdtr, pdtrik


class Demand(Protocol):
    """What may be asked for in a period, or during a lead time."""

    @property
    def mean(self) -> float:
        """Expected demand."""
        ...

    def quantile(self, share: float) -> float:
        """Least stock that is enough with this probability."""
        ...

    def loss(self, stock: float) -> float:
        r"""Expected shortage, :math:`n(x) = E[(D - x)^+]`."""
        ...


@dataclass(frozen=True, slots=True)
class NormalDemand:
    """Demand of many people together."""

    mean: float
    sd: float

    def quantile(self, share: float) -> float:
        """Least stock that is enough with this probability."""
        return self.mean + self.sd * float(ndtri(share))

    def loss(self, stock: float) -> float:
        r"""Expected shortage, :math:`\sigma [\phi(z) - z (1 - \Phi(z))]`, appendix C.

        Examples
        --------
        >>> round(NormalDemand(0.0, 1.0).loss(0.0), 4)
        0.3989
        """
        z = (stock - self.mean) / self.sd
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        return self.sd * (density - z * float(ndtr(-z)))


@dataclass(frozen=True, slots=True)
class LognormalDemand:
    """Skewed demand whose logarithm is normal."""

    log_mean: float
    log_sd: float

    @property
    def mean(self) -> float:
        """Expected demand."""
        return math.exp(self.log_mean + self.log_sd**2 / 2)

    def quantile(self, share: float) -> float:
        """Least stock that is enough with this probability."""
        return math.exp(self.log_mean + self.log_sd * float(ndtri(share)))

    def loss(self, stock: float) -> float:
        """Expected shortage; eq. 4.102."""
        z = (self.log_mean - math.log(stock)) / self.log_sd
        return self.mean * float(ndtr(z + self.log_sd)) - stock * float(ndtr(z))


@dataclass(frozen=True, slots=True)
class PoissonDemand:
    """Demand in whole units, each asked for independently."""

    mean: float

    def quantile(self, share: float) -> float:
        """Least whole stock that is enough with this probability."""
        guess = max(0, math.floor(pdtrik(share, self.mean)) - 1)
        while pdtr(guess, self.mean) < share:
            guess += 1
        return float(guess)

    def loss(self, stock: float) -> float:
        r"""Expected shortage, :math:`\lambda P(D \ge x) - x P(D > x)` for a whole `stock`.

        Examples
        --------
        >>> round(PoissonDemand(6.0).loss(0), 4)
        6.0
        """
        if stock <= 0:
            return self.mean - stock
        more = 1 - float(pdtr(stock, self.mean))
        at_least = 1 - float(pdtr(stock - 1, self.mean))
        return self.mean * at_least - stock * more
