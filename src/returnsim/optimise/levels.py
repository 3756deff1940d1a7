r"""How little to order, and when and up to where to order again, for a risk of running out.

For one supply, with the demand :math:`D_{rt}` that a simulated return r asks on day t, the lead
times :math:`L_{rt}` of orders placed on that day, and the levels looked into every R days:

1. the order before opening: the least Q for which the share of returns that run out stays
   within the risk if the store is filled without limit at every look. No policy with a smaller
   order can do it, since its orders come no sooner.
2. the order-up-to level: the least S, given Q, when at every look whatever is missing is
   ordered.
3. the reorder point: the least s, given Q and S, so that orders are as few as can be.

"Within the risk" means that the upper confidence bound (Clopper-Pearson) of the share does not
exceed it, so that with one unit less it would. Every step looks at the same returns (common
random numbers). A larger order before opening never hurts, return by return. That higher levels
do not hurt is the rule but no law: an order that is placed later can overtake an earlier one.
So steps 2 and 3 ask for the least level from which on no higher one exceeds the risk, tried
one by one where units are few, and by bisection otherwise.

(Q, S, s) is the least in *lexicographic* order: no policy has a smaller Q; of those with this Q
none has a smaller S; of those with both none has a smaller s. For Q that is certain; for S and
s as long as lower levels never do better, which held in all tiny stores whose every policy the
tests try. It need not be the cheapest triple: a larger Q may allow lower levels.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from returnsim.experiment.store_needs import StoreNeed
from returnsim.experiment.streams import BLOCK
from returnsim.model.stockroom import Levels
from returnsim.theory.estimation import Estimate

FEW = 40
"""Numbers that are tried one by one."""
MOST = 32
"""Blocks of returns beyond which nothing smaller is shown."""
TENTHS = 10
"""Steps to a unit that need not be bought whole."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What to order of one supply before opening, and when afterwards."""

    order: float
    levels: Levels | None
    """None when what is there lasts to the end."""
    least_order: float
    """The order that the risk alone would need."""
    risk: Estimate
    """Share of the returns searched that run out."""
    less: tuple[tuple[str, Estimate], ...]
    """The same with one unit less: of the least order, the order-up-to level, the reorder point."""


def most_failures(replications: int, limit: float, confidence: float) -> int:
    """Most returns that may run out for the bound to stay within the limit.

    None where even that would not be enough to tell.

    Examples
    --------
    >>> most_failures(512, 0.01, 0.95), most_failures(1024, 0.01, 0.95)
    (0, 4)
    """
    few = 0
    while few + 1 < replications:
        if Estimate.proportion(few + 1, replications, confidence=confidence).high > limit:
            break
        few += 1
    return few


def blocks_for(limit: float, confidence: float) -> int:
    """Blocks of returns none of which runs out that show a risk to be within the limit.

    The bound of none in n is :math:`1 - ((1 - c) / 2)^{1/n}` (Clopper-Pearson).

    Examples
    --------
    >>> blocks_for(0.01, 0.95), blocks_for(0.0, 0.95)
    (6, 32)
    """
    if limit >= 1:
        return 1
    tail = math.log((1 - confidence) / 2)
    needed = tail / math.log1p(-limit) if limit else math.inf
    return MOST if needed > MOST * BLOCK else math.ceil(needed / BLOCK)


def least_policy(need: StoreNeed, floor: float, limit: float, confidence: float) -> Policy | None:
    """Find the least order and levels whose risk of running out stays within the limit.

    Parameters
    ----------
    need
        What the returns ask of the store.
    floor
        Order below which other rules do not let it go, in units.
    limit
        Share of returns that may run out.
    confidence
        Of the bound that must stay within it.

    Returns
    -------
    None when no order can be there in time.
    """
    few = most_failures(need.replications, limit, confidence)
    per = units_per_step(need)
    days, whole = need.supply.review_days, need.supply.whole_units
    top = int(np.ceil(per * (need.demand.sum(axis=1).max() + need.busy.max()))) + 2

    def fails(order: float, levels: Levels | None) -> int:
        return int(need.ran_out(order, levels).sum())

    def levels(low: int, high: int) -> Levels:
        return Levels(low / per, high / per, days, whole)

    bottomless = levels(top - 1, top)
    if fails(top / per, bottomless) > few:
        return None
    lowest = least(0, top, lambda q: fails(q / per, bottomless) <= few)
    order = max(floor, lowest / per)
    less = [("order", fails((lowest - 1) / per, bottomless))] if lowest else []
    found = None
    if fails(order, None) > few:
        high = least(1, top, lambda up: fails(order, levels(up - 1, up)) <= few)
        low = least(0, high - 1, lambda at: fails(order, levels(at, high)) <= few)
        found = levels(low, high)
        if high > 1:
            less.append(("order_up_to", fails(order, levels(high - 2, high - 1))))
        if low:
            less.append(("reorder_point", fails(order, levels(low - 1, high))))
    n = need.replications
    estimates = tuple((k, Estimate.proportion(f, n, confidence=confidence)) for k, f in less)
    risk = Estimate.proportion(fails(order, found), n, confidence=confidence)
    return Policy(order, found, lowest / per, risk, estimates)


def units_per_step(need: StoreNeed) -> int:
    """Steps to a unit: what need not be bought whole is ordered in tenths."""
    return 1 if need.supply.whole_units else TENTHS


def least(low: int, high: int, enough: Callable[[int], bool]) -> int:
    """Find the least number from which on all up to `high`, which is enough, are enough."""
    while high - low > FEW:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    while high > low and enough(high - 1):
        high -= 1
    return high
