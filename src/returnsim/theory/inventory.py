r"""Stock under certain and uncertain demand: how much, when, and how long it lasts.

Symbols of Snyder and Shen, *Fundamentals of Supply Chain Theory*, 2nd ed. (2019): holding
cost :math:`h` and shortage cost :math:`p` of a unit and period, :math:`K` of an order.
"""

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from scipy.special import ndtr

from returnsim.theory.demand import Demand, NormalDemand, PoissonDemand


class Level(NamedTuple):
    """A stock and what it costs."""

    stock: float
    cost: float


def newsvendor(
    demand: Demand, holding: float, shortage: float, stock: float | None = None
) -> Level:
    r"""How much to have in store for one period, and what that costs on average.

    :math:`g(S) = h E[(S - D)^+] + p E[(D - S)^+]`, least at the :math:`p / (p + h)` quantile
    of demand (eq. 4.24 and 4.30).

    Parameters
    ----------
    demand
        Of the period.
    holding, shortage
        Cost of a unit left over, and of a unit short.
    stock
        A stock whose cost is wanted, instead of the best.

    Examples
    --------
    >>> best = newsvendor(NormalDemand(50, 8), holding=0.18, shortage=0.70)
    >>> round(best.stock, 4), round(best.cost, 4)
    (56.604, 1.9976)
    """
    level = demand.quantile(shortage / (shortage + holding)) if stock is None else stock
    cost = holding * (level - demand.mean) + (holding + shortage) * demand.loss(level)
    return Level(level, cost)


def over_lead_time(mean: float, sd: float, lead_time: float, review: float = 1.0) -> NormalDemand:
    """Demand that the stock must meet before an order placed one review later is here.

    Independent periods add up in mean and in variance (section 4.3.4).

    Examples
    --------
    >>> over_lead_time(50, 8, lead_time=4)
    NormalDemand(mean=250.0, sd=17.88854381999832)
    """
    periods = lead_time + review
    return NormalDemand(mean * periods, sd * math.sqrt(periods))


def base_stock(mean: float, sd: float, lead_time: float, holding: float, shortage: float) -> Level:
    """Up to which level to order in each period, when an order is not charged for.

    A newsvendor of the demand over lead time and review (section 4.3.4).

    Examples
    --------
    >>> round(base_stock(50, 8, lead_time=4, holding=0.18, shortage=0.70).stock, 3)
    264.767
    """
    return newsvendor(over_lead_time(mean, sd, lead_time), holding, shortage)


class Lot(NamedTuple):
    """How much to order at a time, the share delivered late, and what that costs."""

    quantity: float
    late: float
    cost: float


def lot_size(order_cost: float, holding: float, demand: float, shortage: float = math.inf) -> Lot:
    r"""How much to order at a time when demand is steady and known (EOQ).

    :math:`Q = \sqrt{2 K \lambda (h + p) / (h p)}`, of which a share
    :math:`h / (h + p)` is delivered late (sections 3.2 and 3.5).

    Parameters
    ----------
    order_cost, holding, demand
        Of one order, of one unit and period, and units a period.
    shortage
        Cost of a unit that waits for one period; infinite when nothing may wait.

    Examples
    --------
    >>> lot = lot_size(8, holding=0.225, demand=1300)
    >>> round(lot.quantity, 3), round(lot.cost, 3)
    (304.047, 68.411)
    """
    late = 0.0 if math.isinf(shortage) else holding / (holding + shortage)
    quantity = math.sqrt(2 * order_cost * demand / (holding * (1 - late)))
    return Lot(quantity, late, quantity * holding * (1 - late))


class ReorderPolicy(NamedTuple):
    """When to order, up to where, and the mean cost of a period."""

    reorder_point: int
    order_up_to: int
    cost: float


def reorder_in_lots(
    rate: float, lead_time: float, order_cost: float, holding: float, shortage: float
) -> ReorderPolicy:
    r"""When to order a fixed lot, with Poisson demand and continuous review: (r, Q).

    :math:`g(r, Q) = [K \lambda + \sum_{y=r+1}^{r+Q} G(y)] / Q` with the newsvendor cost
    :math:`G` of the demand over the lead time. The lot is grown by the cheaper neighbour for
    as long as that lowers the mean (Federgruen and Zheng 1992, *Oper. Res.* 40; section 5.4).

    Examples
    --------
    >>> r, up_to, cost = reorder_in_lots(1.5, 2, order_cost=100, holding=20, shortage=150)
    >>> r, up_to - r, round(cost, 4)
    (3, 5, 107.9236)
    """
    demand = PoissonDemand(rate * lead_time)

    def cost_at(position: int) -> float:
        return newsvendor(demand, holding, shortage, position).cost

    top = int(newsvendor(demand, holding, shortage).stock)
    below, total = top - 1, order_cost * rate + cost_at(top)
    while True:
        under, over = cost_at(below), cost_at(top + 1)
        if min(under, over) >= total / (top - below):
            return ReorderPolicy(below, top, total / (top - below))
        total += min(under, over)
        below, top = (below - 1, top) if under <= over else (below, top + 1)


def reorder_up_to(
    demand_mean: float, order_cost: float, holding: float, shortage: float
) -> ReorderPolicy:
    r"""When to order and up to where, with Poisson demand and review each period: (s, S).

    :math:`g(s, S) = [K + \sum_{d=0}^{S-s-1} m(d) G(S - d)] / M(S - s)`, with the renewal
    sums :math:`m, M` of demand, searched by the exact method of Zheng and Federgruen (1991,
    *Oper. Res.* 39; algorithm 4.2). No lead time: shift the demand for one.

    Examples
    --------
    >>> s, up_to, cost = reorder_up_to(6, order_cost=5, holding=1, shortage=4)
    >>> s, up_to, round(cost, 6)
    (4, 10, 8.034112)
    """
    demand = PoissonDemand(demand_mean)
    renewals = _Renewals(demand_mean)

    def once(level: int) -> float:
        return newsvendor(demand, holding, shortage, level).cost

    def cost(s: int, up_to: int) -> float:
        m = renewals.upto(up_to - s)
        return (order_cost + sum(m[d] * once(up_to - d) for d in range(up_to - s))) / sum(m)

    best_up_to = int(newsvendor(demand, holding, shortage).stock)
    s = best_up_to - 1
    while cost(s, best_up_to) > once(s):
        s -= 1
    best = cost(s, best_up_to)
    up_to = best_up_to + 1
    while once(up_to) <= best:
        if cost(s, up_to) < best:
            best_up_to = up_to
            while cost(s, up_to) <= once(s + 1):
                s += 1
            best = cost(s, up_to)
        up_to += 1
    return ReorderPolicy(s, best_up_to, best)


class _Renewals:
    """Expected number of periods that a running total of Poisson demand spends at d."""

    def __init__(self, mean: float) -> None:
        self._mean = mean
        self._spent = [1 / (1 - math.exp(-mean))]
        self._odds = [math.exp(-mean)]

    def upto(self, size: int) -> list[float]:
        """Return the first `size` of them."""
        for d in range(len(self._spent), size):
            self._odds.append(self._odds[-1] * self._mean / d)
            after = sum(self._odds[i] * self._spent[d - i] for i in range(1, d + 1))
            self._spent.append(self._spent[0] * after)
        return self._spent[:size]


class Orders(NamedTuple):
    """What to order in each period, and what orders and stock cost."""

    quantities: tuple[float, ...]
    cost: float


def known_calendar(demand: Sequence[float], order_cost: float, holding: float) -> Orders:
    """When to order what, if the demand of every period is known beforehand.

    Each order lasts a whole number of periods; backward recursion over the first of them
    (Wagner and Whitin 1958, *Mgmt. Sci.* 5; section 3.7).

    Examples
    --------
    >>> known_calendar([90, 120, 80, 70], order_cost=500, holding=2)
    Orders(quantities=(210.0, 0.0, 150.0, 0.0), cost=1380.0)
    """
    periods = len(demand)
    least, until = [0.0] * (periods + 1), [periods] * periods
    for t in reversed(range(periods)):
        kept = accumulate(holding * i * demand[t + i] for i in range(periods - t))
        totals = [order_cost + k + least[t + i + 1] for i, k in enumerate(kept)]
        least[t] = min(totals)
        until[t] = t + 1 + totals.index(least[t])
    quantities, t = [0.0] * periods, 0
    while t < periods:
        quantities[t] = float(sum(demand[t : until[t]]))
        t = until[t]
    return Orders(tuple(quantities), least[0])


def fill_rate(demand: Demand, reorder_point: float, quantity: float) -> float:
    r"""Share of demand met from the store when `quantity` is ordered at `reorder_point`.

    Type-2 service: :math:`\beta = 1 - [n(r) - n(r + Q)] / Q`, with the shortage :math:`n` of
    the demand over the lead time (Zipkin, *Foundations of Inventory Management*, chapter 6).

    Examples
    --------
    >>> round(fill_rate(NormalDemand(100, 20), reorder_point=100, quantity=200), 4)
    0.9601
    """
    short = demand.loss(reorder_point) - demand.loss(reorder_point + quantity)
    return 1 - short / quantity


def cycle_service(demand: NormalDemand, reorder_point: float) -> float:
    """Probability that an order arrives before the store is empty (type-1 service).

    Examples
    --------
    >>> round(cycle_service(NormalDemand(100, 20), 120), 4)
    0.8413
    """
    return float(ndtr((reorder_point - demand.mean) / demand.sd))


def days_of_cover(on_hand: float, daily_use: float) -> float:
    """How many days a store lasts at a steady use; for ever when nothing is used.

    Examples
    --------
    >>> days_of_cover(9000, 1500)
    6.0
    """
    return on_hand / daily_use if daily_use > 0 else math.inf
