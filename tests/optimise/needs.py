"""Tiny stores whose every order and level can be tried."""

import numpy as np
from builders import a_supply

from returnsim.experiment.store_needs import StoreNeed
from returnsim.model.stockroom import Stockroom

RETURNS = 40


def a_need(
    seed: int,
    *,
    days: int = 9,
    most: int = 3,
    replications: int = RETURNS,
    whole: bool = True,
    late: int = 0,
) -> StoreNeed:
    """Return a tiny store: a few units a day from the second on, orders a few days late."""
    luck = np.random.default_rng(seed)
    opens = int(luck.integers(1, 3))
    demand = luck.integers(0, most + 1, (replications, days)).astype(float)
    demand[:, :opens] = 0
    lead = luck.integers(0, 4, (replications, days))
    lead[:, 0] = np.minimum(lead[:, 0], opens) + late
    coming = luck.integers(0, 4, replications).astype(float)
    store = Stockroom.filled(float(luck.integers(0, 6)), replications, days)
    return StoreNeed(
        a_supply(review_days=int(luck.integers(1, 4)), whole_units=whole),
        store.order(0, coming, luck.integers(0, days, replications)),
        ordered=0,
        opens=opens,
        demand=demand,
        busy=np.zeros(days),
        lead=lead,
    )
