"""People who come by themselves, at a rate that changes over time.

returnsim draws lateness person by person and has no such stream of its own; the cases of the
literature are full of them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rate_at(moments: Sequence[float], rates: Sequence[float], t: float) -> float:
    """Rate at a moment; straight lines between those given, nobody before or after."""
    return float(np.interp(t, moments, rates, left=0.0, right=0.0))


def poisson(
    moments: Sequence[float], rates: Sequence[float], shape: int, rng: np.random.Generator
) -> Floats:
    """Return when people come in a Poisson process whose rate is a chain of straight lines.

    By inversion: the expected number until then, at which the n-th comes, is the n-th moment of
    a Poisson process of rate one (Cinlar 1975).

    Parameters
    ----------
    moments, rates
        Corners of the rate.
    shape
        Replications.
    rng
        Where the luck comes from.

    Returns
    -------
    Ascending, NaN where nobody comes any more, shape (replications, most people).
    """
    t, rate = np.array(moments, dtype=float), np.array(rates, dtype=float)
    expected = np.append(0.0, np.cumsum(np.diff(t) * (rate[1:] + rate[:-1]) / 2))
    total = float(expected[-1])
    come = np.empty((shape, int(total + 8 * np.sqrt(total) + 20)))
    for row in come:  # one by one: together they would fill the memory
        counts = rng.exponential(1.0, row.size).cumsum()
        assert counts[-1] > total
        piece = np.clip(np.searchsorted(expected, counts, side="right") - 1, 0, t.size - 2)
        rest, first = counts - expected[piece], rate[piece]
        slope = (np.diff(rate) / np.diff(t))[piece]
        root = np.sqrt(np.maximum(first**2 + 2 * slope * rest, 0.0))
        # of the two ways to write the root, the one that does not divide by a slope of zero
        row[:] = t[piece] + 2 * rest / np.maximum(first + root, 1e-300)
        row[counts > total] = np.nan
    return come
