"""Naming the best of several systems, and how sure that is.

Systems are played on common luck and compared in pairs, all pairs at once and at every look.
With the stated confidence all these intervals hold, and then the system that is named is
worse than the best by no more than what is stated with it (probably approximately correct
selection: Even-Dar, Mannor and Mansour 2006, *J. Mach. Learn. Res.* 7, section 2). Nothing is
assumed about how far apart the systems are; a difference too small to matter (an indifference
zone, as in Kim and Nelson 2001, *ACM TOMACS* 11) only says when one may stop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from returnsim.theory.estimation import Estimate, paired_difference, paired_risks
from returnsim.theory.sequential import narrowed

Floats = NDArray[np.float64]
Pairs = dict[tuple[int, int], Estimate]
"""How much more the second loses than the first, for every pair with the smaller number first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The system that is named."""

    best: int
    behind: float
    """With the confidence of the intervals it loses no more than this over the best."""
    worse: frozenset[int]
    """Systems that lose more for certain than another that could have been named."""


def compare_pairs(
    losses: Sequence[Floats],
    *,
    error: float,
    confidence: float,
    before: Pairs | None = None,
    risks: bool = False,
) -> Pairs:
    """Compare every pair of systems on the same luck.

    Parameters
    ----------
    losses
        What each system loses in each replication; of two that were not played equally
        often, the first replications of both count.
    error
        Probability with which some interval of this look may err; each pair has its share.
    confidence
        Of everything at once, over all looks; it is what the intervals are labelled with.
    before
        Intervals of the last look, which stay in force.
    risks
        Whether losses are 0 or 1, so that they are compared as probabilities.
    """
    pairs = list(combinations(range(len(losses)), 2))
    compare = paired_risks if risks else paired_difference
    found: Pairs = {}
    for i, j in pairs:
        n = min(losses[i].size, losses[j].size)
        level = 1 - error / len(pairs)
        now = compare(losses[i][:n], losses[j][:n], confidence=level)
        found[i, j] = narrowed((before or {}).get((i, j)), now, confidence)
    return found


def loses_more(pairs: Pairs, i: int, j: int) -> tuple[float, float]:
    """Return the least and the most that system `i` loses more than system `j`."""
    if i == j:
        return 0.0, 0.0
    e = pairs[min(i, j), max(i, j)]
    return (e.low, e.high) if j < i else (-e.high, -e.low)


def choose(pairs: Pairs, candidates: Sequence[int]) -> Choice:
    """Name the candidate that is behind the best by the least, in the worst case.

    Examples
    --------
    >>> a, b = np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0])
    >>> pairs = compare_pairs([a, b], error=0.05, confidence=0.95)
    >>> choose(pairs, [0, 1])
    Choice(best=0, behind=0.0, worse=frozenset({1}))
    """
    behind = {i: max(0.0, *(loses_more(pairs, i, j)[1] for j in candidates)) for i in candidates}
    best = min(candidates, key=lambda i: (behind[i], i))
    worse = {i for i in candidates if any(loses_more(pairs, i, j)[0] > 0 for j in candidates)}
    return Choice(best, behind[best], frozenset(worse))
