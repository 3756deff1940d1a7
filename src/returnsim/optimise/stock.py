"""What must be in the store on the first day, which rule asks for it, and when to order again.

The floors of the rulebooks and the planner's own wish come first. Where the scenario says what
holds after the return, the whole return is played without bottom (`store_needs`), and every
store gets the least order and levels that keep it from running out (`levels`); whichever asks
for more binds. Returns that the search has not seen then decide how far down they may go (`rungs`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

from returnsim.errors import InfeasibleError, Problem
from returnsim.experiment.store_needs import StoreNeed, joined, store_needs
from returnsim.experiment.streams import BLOCK
from returnsim.experiment.study import Progress, Study
from returnsim.experiment.workers import Jobs
from returnsim.measure.planned import coming
from returnsim.model.stockroom import Levels
from returnsim.optimise.dates import clauses_on, floors
from returnsim.optimise.levels import blocks_for, least_policy
from returnsim.optimise.rungs import fresh_blocks, lowest_rung
from returnsim.plan.plan import Opening
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.limits import Limits
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.supply import Supply
from returnsim.theory.estimation import Estimate

Binding = Literal[
    "per_person", "per_class", "rulebook_days", "planner_days", "stock_out", "nothing"
]
SHARES = (0.8, 0.1, 0.1)
"""Of the error that may be made, for each round; fresh returns join the search after it."""
MORE = 2
"""Blocks searched beyond those that can show the risk: with them most rounds are the last."""


@dataclass(frozen=True, slots=True)
class StockLine:
    """One line of the order: what is needed, why, and what it costs."""

    supply: Supply
    need: float
    binding: Binding
    """Which rule asks for most."""
    days: float
    """Days of cover that the binding rule asks for, if it asks for days."""
    daily_use: float
    """Simulated use of a school day with everybody back; upper end of its interval."""
    order: float
    levels: Levels | None = None
    """When to order again; none if what is there lasts, or nothing uses it up."""
    risk: Estimate | None = None
    """Chance of running out during the return, on returns that the search has not seen."""
    less: tuple[str, Estimate] | None = None
    """The same on the same returns with one unit less, and of what: the order, or, where other
    rules keep it up, the reorder point; none where nothing can be less."""
    in_time: bool = True
    """Whether some order before opening can be there before the store runs out."""

    def settled(self, limits: Limits) -> bool:
        """Whether fresh returns confirm the risk, or no order could be in time anyway."""
        return self.risk is None or not self.in_time or self.risk.high <= limits.stock_out_risk

    @property
    def cost(self) -> float:
        """Price of the order [yuan]."""
        return self.order * self.supply.price


def opening_stock(
    scenario: Scenario, books: Sequence[Rulebook], daily_use: Mapping[str, float]
) -> tuple[StockLine, ...]:
    """Work out the order for every supply.

    Parameters
    ----------
    scenario, books
        What is given, and the clauses whose floors count.
    daily_use
        Use of a full school day by supply, from simulation.
    """
    return tuple(_line(scenario, books, s, daily_use.get(s.name, 0.0)) for s in scenario.supplies)


def openings(lines: Sequence[StockLine]) -> tuple[Opening, ...]:
    """Write the order as part of a plan."""
    return tuple(
        Opening(
            supply=line.supply.name,
            order=line.order,
            reorder_point=line.levels.reorder_point if line.levels else None,
            order_up_to=line.levels.order_up_to if line.levels else None,
        )
        for line in lines
    )


def keep_filled(
    lines: Sequence[StockLine],
    study: Study,
    search: int,
    jobs: Jobs,
    progress: Progress | None = None,
) -> tuple[StockLine, ...]:
    """Raise every order to what the whole return asks, and say when to order again.

    Parameters
    ----------
    lines
        What the floors ask for.
    study
        Scenario, plan and the seed whose returns confirm the risk.
    search
        What is added to the seed for the returns of the search.
    jobs
        Workers.
    progress
        Called now and then; what it raises ends the search.

    Raises
    ------
    InfeasibleError
        The orders before opening cost more than the budget.
    """
    limits = study.scenario.limits
    found = {line.supply.name: line for line in lines}
    if study.scenario.after_return is not None:
        found = _searched(found, study, search, jobs, progress)
    cost = sum(line.cost for line in found.values())
    if limits.stock_budget_yuan is not None and cost > limits.stock_budget_yuan + ROUNDING:
        rules_alone = ceil(sum(line.cost for line in lines))
        values = {"cost": ceil(cost), "limit": limits.stock_budget_yuan, "floors": rules_alone}
        raise InfeasibleError([Problem("limits.stock_budget_yuan", "stock_over_budget", values)])
    return tuple(found.values())


def _searched(
    floor: Mapping[str, StockLine],
    study: Study,
    search: int,
    jobs: Jobs,
    progress: Progress | None,
) -> dict[str, StockLine]:
    """Search, go down on returns that the search has not seen, or search again on all of them.

    A line is accepted when its upper bound on fresh returns is within the risk. Each round may
    err, so each has its share of the error that the scenario allows; most of it goes to the
    first.
    """
    limits = study.scenario.limits
    blocks = blocks_for(limits.stock_out_risk, limits.confidence) + MORE
    seed = (study.seed, search) if isinstance(study.seed, int) else (*study.seed, search)
    seen = store_needs(replace(study, seed=seed), 0, blocks, jobs, progress)
    found, played = dict(floor), 0
    open_lines = list(found)
    for share in SHARES:
        level = 1 - (1 - limits.confidence) * share
        blocks = fresh_blocks(limits.stock_out_risk, level)
        fresh = store_needs(study, played, blocks, jobs, progress)
        played += blocks
        for name in open_lines:
            found[name] = _lowest(floor[name], seen[name], fresh[name], limits, level)
        open_lines = [name for name in open_lines if not found[name].settled(limits)]
        shown = Estimate.proportion(0, blocks * BLOCK, confidence=level).high
        if not open_lines or shown > limits.stock_out_risk:
            break  # nothing is open, or so many returns could not close it
        seen |= {name: joined([seen[name], fresh[name]]) for name in open_lines}
    return found


def _lowest(
    line: StockLine, seen: StoreNeed, fresh: StoreNeed, limits: Limits, level: float
) -> StockLine:
    """Find orders and levels on the returns seen, and go down from there on fresh ones."""
    policy = None
    if seen.demand.any() or seen.busy.any():
        policy = least_policy(seen, line.order, 0.0, limits.confidence)
        if policy is None:
            line = replace(line, in_time=False)
    if policy is None:
        failed = int(fresh.ran_out(line.order, line.levels).sum())
        risk = Estimate.proportion(failed, fresh.replications, confidence=level)
        return replace(line, risk=risk)
    rung = lowest_rung(fresh, policy, line.order, limits.stock_out_risk, level)
    binds = rung.order > line.order
    return replace(
        line,
        order=rung.order,
        need=rung.order + line.supply.on_hand if binds else line.need,
        binding="stock_out" if binds else line.binding,
        days=0.0 if binds else line.days,
        levels=rung.levels,
        risk=rung.risk,
        less=rung.less,
    )


ROUNDING = 1e-6
"""Yuan below which a sum is rounding."""


def _line(scenario: Scenario, books: Sequence[Rulebook], supply: Supply, use: float) -> StockLine:
    people = scenario.pupils + scenario.staff_people
    days = max(
        (
            c.asked(scenario) or 0.0
            for c in clauses_on(scenario, books, Q.DAYS_OF_COVER)
            if not c.places or supply.kind in c.places
        ),
        default=0.0,
    )
    needs: dict[Binding, float] = {"nothing": 0.0}
    if supply.kind == "mask":
        share = scenario.supplied_share("mask")
        needs["per_person"] = floors(scenario, books, Q.MASKS_PER_PERSON) * people * share
    if supply.kind == "thermometer":
        needs["per_class"] = floors(scenario, books, Q.THERMOMETERS_PER_CLASS) * len(
            scenario.classes
        )
    needs["rulebook_days"] = days * use
    needs["planner_days"] = supply.cover_days * use
    binding: Binding = max(needs, key=lambda key: needs[key])
    if needs[binding] == 0:
        binding = "nothing"
    there = supply.on_hand + coming(scenario, supply, scenario.calendar.first_day)
    short = max(0.0, needs[binding] - there)
    order = float(ceil(short - 1e-9)) if supply.whole_units else ceil(short * 10 - 1e-9) / 10
    asked = {"rulebook_days": days, "planner_days": float(supply.cover_days)}
    return StockLine(supply, needs[binding], binding, asked.get(binding, 0.0), use, order)
