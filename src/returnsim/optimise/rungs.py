"""How far down an order may go before fresh returns no longer confirm it.

The search leaves a policy with which none of its returns ran out. Returns that it has not seen
then go down a ladder that was fixed before they were looked at: one unit less of the order
before opening, down to the floor that other rules set, then one unit less of the reorder point.
The last rung on which the upper bound of the risk is within the limit is recommended.

This is a fixed-sequence test: to recommend a policy whose risk exceeds the limit, the bound
must err on the *first* such rung of the ladder. So the bound of the rung that is recommended
needs no allowance for how many were tried, and the next one, with one unit less, exceeds the
limit on the same returns.
"""

from collections.abc import Callable
from dataclasses import dataclass

from returnsim.experiment.store_needs import StoreNeed
from returnsim.experiment.streams import BLOCK
from returnsim.model.stockroom import Levels
from returnsim.optimise.levels import MOST, Policy, least, most_failures, units_per_step
from returnsim.theory.estimation import Estimate

ALLOWED = 4
"""Fresh returns that may run out, at least: with fewer, good policies are often not confirmed."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A policy that fresh returns confirm, and what one unit less would mean."""

    order: float
    levels: Levels | None
    risk: Estimate
    less: tuple[str, Estimate] | None = None
    """What there is less of, and the risk then; none where nothing can be less, or nothing
    was confirmed."""


def fresh_blocks(limit: float, confidence: float) -> int:
    """Blocks of fresh returns on which a few may run out for the bound to stay within the limit.

    Examples
    --------
    >>> fresh_blocks(0.01, 0.95), fresh_blocks(0.1, 0.95), fresh_blocks(0.0, 0.95)
    (16, 2, 32)
    """
    enough = (
        n
        for n in range(1, MOST)
        if Estimate.proportion(ALLOWED, n * BLOCK, confidence=confidence).high <= limit
    )
    return next(enough, MOST)


def lowest_rung(
    need: StoreNeed, policy: Policy, floor: float, limit: float, confidence: float
) -> Rung:
    """Go down from a policy for as long as fresh returns keep the risk within the limit.

    Parameters
    ----------
    need
        What fresh returns ask of the store.
    policy
        What the search found, on other returns.
    floor
        Order below which other rules do not let it go, in units.
    limit, confidence
        Risk of running out, and of the bound that must stay within it.
    """
    n, per = need.replications, units_per_step(need)

    def risk(order: float, levels: Levels | None) -> Estimate:
        failed = int(need.ran_out(order, levels).sum())
        return Estimate.proportion(failed, n, confidence=confidence)

    order, levels = policy.order, policy.levels
    first = risk(order, levels)
    if first.high > limit:
        return Rung(order, levels, first)
    few = most_failures(n, limit, confidence)

    def down(top: float, bottom: float, at: Callable[[float], tuple[float, Levels | None]]) -> int:
        """Return the least number of steps, of those between, at which the rung is confirmed."""
        low, high = (round(units * per) for units in (bottom, top))
        return least(low, high, lambda steps: need.ran_out(*at(steps / per)).sum() <= few)

    less = None
    if order > floor:
        steps = down(order, floor, lambda units: (units, levels))
        order = steps / per if steps > round(floor * per) else floor
        if order > floor:
            less = ("order", risk(max(floor, (steps - 1) / per), levels))
    if less is None and levels is not None:
        below = _reordering(levels)
        steps = down(levels.reorder_point, 0.0, lambda units: (order, below(units)))
        levels = below(steps / per)
        if steps:
            less = ("reorder_point", risk(order, below((steps - 1) / per)))
    return Rung(order, levels, risk(order, levels), less)


def _reordering(levels: Levels) -> Callable[[float], Levels]:
    """Return the same levels with another reorder point."""
    return lambda units: Levels(units, levels.order_up_to, levels.review_days, levels.whole_units)
