"""Looking while the days are still being played, without being fooled by luck."""

from collections.abc import Sequence
from itertools import pairwise

from returnsim.theory.estimation import Estimate


def looks(first: int, most: int) -> tuple[int, ...]:
    """Replications after which a study looks whether it may stop: each look doubles them.

    Examples
    --------
    >>> looks(256, 2048)
    (256, 512, 1024, 2048)
    >>> looks(256, 1000)
    (256, 512, 1000)
    """
    found = [min(first, most)]
    while found[-1] < most:
        found.append(min(2 * found[-1], most))
    return tuple(found)


def spend(at: Sequence[int], error: float) -> tuple[float, ...]:
    """Divide an error over looks, in proportion to the replications that each adds.

    The intervals of look *j* err with probability `spend[j]`, whatever their kind, so by
    Boole's inequality some interval of any look errs with no more than `error` in all:
    whoever stops at a look of their choice is wrong no oftener. It is the uniform spending
    function of Lan and DeMets (1983, *Biometrika* 70, section 3) without their assumption
    of normal sums. Most is kept for the last look, where what is hard to tell is decided.

    Examples
    --------
    >>> spend((256, 512, 1024, 2048), 0.08)
    (0.01, 0.01, 0.02, 0.04)
    """
    return tuple(error * (n - before) / at[-1] for before, n in pairwise((0, *at)))


def narrowed(before: Estimate | None, now: Estimate, confidence: float) -> Estimate:
    """Hold an estimate to what earlier looks have already ruled out.

    All intervals of all looks hold at once with `confidence`, hence also what they share: what
    was settled once stays settled. Where they share nothing (it can happen in the share of
    studies that err), the last one stands.
    """
    low, high = now.low, now.high
    if before is not None and max(low, before.low) <= min(high, before.high):
        low, high = max(low, before.low), min(high, before.high)
    return Estimate(now.mean, low, high, now.replications, confidence, now.unseen)
