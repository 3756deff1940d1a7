"""Stock: the worked examples of a textbook."""

from validation.ledger import Case, Ledger

from returnsim.theory.demand import LognormalDemand, NormalDemand, PoissonDemand
from returnsim.theory.inventory import (
    base_stock,
    known_calendar,
    lot_size,
    newsvendor,
    over_lead_time,
    reorder_in_lots,
    reorder_up_to,
)

BOOK = "Snyder and Shen, as in stockpyl"


def exact(number: str, what: str, published: float, digits: int = 4) -> Case:
    return Case(number, what, BOOK, published, digits=digits, simulated=False)


S1 = [
    exact("S1", "lots at steady demand: quantity", 304.0467800264368, 8),
    exact("S1", "lots at steady demand: cost", 68.41052550594829, 8),
]
S2 = [
    exact("S2", "lots, part delivered late: quantity", 310.81255515896464, 8),
    exact("S2", "lots, part delivered late: share late", 0.0430622009569378, 8),
    exact("S2", "lots, part delivered late: cost", 66.92136355097325, 8),
]
S3 = [
    exact("S3", "one order, normal demand (50, 8): stock", 56.60395592743389, 8),
    exact("S3", "one order, normal demand (50, 8): cost", 1.9976051931766445, 8),
    exact("S3", "one order, normal demand (50, 8): cost of 60", 2.156131552870387, 8),
    # printed from numerical integration: by symmetry it is 5.2 above that of 60, to the last digit
    exact("S3", "one order, normal demand (50, 8): cost of 40", 7.35613154776623, 7),
]
S4 = [
    exact("S4", "one order, normal demand (120, 10): stock", 132.815515655446, 8),
    exact("S4", "one order, normal demand (120, 10): cost", 35.09966638649737, 8),
]
S5 = [
    exact("S5", "one order, Poisson demand of 50: stock", 56, 0),
    exact("S5", "one order, Poisson demand of 50: cost", 1.797235211809178, 8),
    exact("S5", "one order, Poisson demand of 6: stock", 8, 0),
    exact("S5", "one order, Poisson demand of 6: cost", 3.5701069457709416, 8),
    exact("S5", "one order, Poisson demand of 6: cost of 5", 6.590296024616343, 8),
]
S6 = [
    exact("S6", "one order, lognormal demand: stock", 295.6266448071368, 8),
    # printed from numerical integration; a sum over two million points gives 29.44254358
    exact("S6", "one order, lognormal demand: cost", 29.44254351324322, 6),
]
S7 = [
    exact("S7", "daily review, four days' delivery: level", 264.7668943741548, 8),
    exact("S7", "daily review, four days' delivery: cost", 4.466781004149578, 8),
    exact("S7", "daily review, four days' delivery: cost of 180", 49.000164748034095, 8),
]
S8 = [
    exact("S8", "lots at Poisson demand: reorder point", 3, 0),
    exact("S8", "lots at Poisson demand: lot", 5, 0),
    exact("S8", "lots at Poisson demand: cost", 107.92358063314975, 8),
]
S10 = [
    exact("S10", "review each period: reorder point", 4, 0),
    exact("S10", "review each period: order-up-to level", 10, 0),
    exact("S10", "review each period: cost", 8.034111561471642, 8),
]
S12 = [
    *(exact("S12", f"known demand: order of period {t}", q, 0)
      for t, q in enumerate((210, 0, 150, 0), start=1)),
    exact("S12", "known demand: cost", 1380, 0),
]  # fmt: skip


def settle(ledger: Ledger, cases: list[Case], *found: float) -> None:
    for case, value in zip(cases, found, strict=True):
        ledger.settle(case, value)


def test_lots(ledger: Ledger) -> None:
    lot = lot_size(8, holding=0.225, demand=1300)
    settle(ledger, S1, lot.quantity, lot.cost)
    lot = lot_size(8, holding=0.225, demand=1300, shortage=5)
    settle(ledger, S2, lot.quantity, lot.late, lot.cost)
    found = reorder_in_lots(1.5, 2, order_cost=100, holding=20, shortage=150)
    settle(ledger, S8, found.reorder_point, found.order_up_to - found.reorder_point, found.cost)


def test_one_order(ledger: Ledger) -> None:
    demand = NormalDemand(50, 8)
    levels = [newsvendor(demand, 0.18, 0.70, stock) for stock in (None, 60, 40)]
    settle(ledger, S3, levels[0].stock, *(level.cost for level in levels))
    settle(ledger, S4, *newsvendor(NormalDemand(120, 10), 2, 18))
    few = PoissonDemand(6)
    settle(
        ledger,
        S5,
        *newsvendor(PoissonDemand(50), 0.18, 0.70),
        *newsvendor(few, 1, 4),
        newsvendor(few, 1, 4, 5).cost,
    )
    settle(ledger, S6, *newsvendor(LognormalDemand(6, 0.3), 1, 0.1765))


def test_review_each_period(ledger: Ledger) -> None:
    over = over_lead_time(50, 8, lead_time=4)
    best = base_stock(50, 8, 4, 0.18, 0.70)
    settle(ledger, S7, *best, newsvendor(over, 0.18, 0.70, 180).cost)
    settle(ledger, S10, *reorder_up_to(6, order_cost=5, holding=1, shortage=4))


def test_a_known_calendar(ledger: Ledger) -> None:
    found = known_calendar([90, 120, 80, 70], order_cost=500, holding=2)
    settle(ledger, S12, *found.quantities, found.cost)


CASES = [*S1, *S2, *S3, *S4, *S5, *S6, *S7, *S8, *S10, *S12]
