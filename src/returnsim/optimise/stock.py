"""What must be in the store on the first day, which rule asks for it, and when to order again.

The floors of the rulebooks and the planner's own wish come first. Where the scenario says what
holds after the return, the whole return is played without bottom (`store_needs`), and every
store gets the least order and levels that keep it from running out (`levels`); whichever asks
for more binds. What is recommended is then tried on returns that the search has not seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

from returnsim.errors import InfeasibleError, Problem
from returnsim.experiment.store_needs import StoreNeed, joined, store_needs
from returnsim.experiment.study import Study
from returnsim.experiment.workers import Jobs
from returnsim.measure.planned import coming
from returnsim.model.stockroom import Levels
from returnsim.optimise.dates import clauses_on, floors
from returnsim.optimise.levels import blocks_for, least_policy
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
ROUNDS = 3
"""Times that orders and levels are searched at most; fresh returns join after each."""


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
    less: tuple[tuple[str, Estimate], ...] = ()
    """The same on the returns searched, with one unit less of order, level or reorder point."""
    in_time: bool = True
    """Whether some order before opening can be there before the store runs out."""

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
    lines: Sequence[StockLine], study: Study, search: int, jobs: Jobs
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

    Raises
    ------
    InfeasibleError
        The orders before opening cost more than the budget.
    """
    limits = study.scenario.limits
    found = {line.supply.name: line for line in lines}
    if study.scenario.after_return is not None:
        found = _searched(found, study, search, jobs)
    cost = sum(line.cost for line in found.values())
    if limits.stock_budget_yuan is not None and cost > limits.stock_budget_yuan + ROUNDING:
        rules_alone = ceil(sum(line.cost for line in lines))
        values = {"cost": ceil(cost), "limit": limits.stock_budget_yuan, "floors": rules_alone}
        raise InfeasibleError([Problem("limits.stock_budget_yuan", "stock_over_budget", values)])
    return tuple(found.values())


def _searched(
    floor: Mapping[str, StockLine], study: Study, search: int, jobs: Jobs
) -> dict[str, StockLine]:
    """Search, try on returns that the search has not seen, and search again on all of them.

    A line is accepted when no more of the fresh returns run out than the risk allows. Each
    round may err, so the bound that is told uses its share of the error that the scenario
    allows.
    """
    limits = study.scenario.limits
    level = 1 - (1 - limits.confidence) / ROUNDS
    blocks = blocks_for(limits.stock_out_risk, limits.confidence)
    seed = (study.seed, search) if isinstance(study.seed, int) else (*study.seed, search)
    seen = store_needs(replace(study, seed=seed), 0, blocks, jobs)
    found = {name: _least(line, seen[name], limits) for name, line in floor.items()}
    for number in range(ROUNDS):
        fresh = store_needs(study, number * blocks, blocks, jobs)
        for name, need in fresh.items():
            failed = int(need.ran_out(found[name].order, found[name].levels).sum())
            risk = Estimate.proportion(failed, need.replications, confidence=level)
            if found[name].risk is None:
                found[name] = replace(found[name], risk=risk)
        missed = [
            name
            for name, line in found.items()
            if line.in_time and line.risk and line.risk.mean > limits.stock_out_risk
        ]
        if not missed or number == ROUNDS - 1:
            break
        for name in missed:
            seen[name] = joined([seen[name], fresh[name]])
            found[name] = _least(floor[name], seen[name], limits)
    return found


def _least(line: StockLine, need: StoreNeed, limits: Limits) -> StockLine:
    """Hold the order of a line against the least that keeps the store from running out."""
    if not need.demand.any() and not need.busy.any():
        return line
    policy = least_policy(need, line.order, limits.stock_out_risk, limits.confidence)
    if policy is None:
        return replace(line, in_time=False)
    binds = policy.order > line.order
    return replace(
        line,
        order=policy.order,
        need=policy.order + line.supply.on_hand if binds else line.need,
        binding="stock_out" if binds else line.binding,
        days=0.0 if binds else line.days,
        levels=policy.levels,
        less=policy.less,
    )


ROUNDING = 1e-6
"""Yuan below which a sum is rounding."""


def _line(scenario: Scenario, books: Sequence[Rulebook], supply: Supply, use: float) -> StockLine:
    people = scenario.pupils + scenario.staff_people
    days = max(
        (
            c.asked(scenario) or 0.0
            for c in clauses_on(books, Q.DAYS_OF_COVER)
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
