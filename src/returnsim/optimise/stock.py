"""What must be in the store on the first day, and which rule asks for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from returnsim.optimise.dates import clauses_on, floors
from returnsim.plan.plan import Opening
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.supply import Supply

Binding = Literal["per_person", "per_class", "rulebook_days", "planner_days", "nothing"]


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
    return tuple(Opening(supply=line.supply.name, order=line.order) for line in lines)


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
        needs["per_person"] = floors(scenario, books, Q.MASKS_PER_PERSON) * people
    if supply.kind == "thermometer":
        needs["per_class"] = floors(scenario, books, Q.THERMOMETERS_PER_CLASS) * len(
            scenario.classes
        )
    needs["rulebook_days"] = days * use
    needs["planner_days"] = supply.cover_days * use
    binding: Binding = max(needs, key=lambda key: needs[key])
    if needs[binding] == 0:
        binding = "nothing"
    short = max(0.0, needs[binding] - supply.on_hand)
    order = float(ceil(short - 1e-9)) if supply.whole_units else ceil(short * 10 - 1e-9) / 10
    asked = {"rulebook_days": days, "planner_days": float(supply.cover_days)}
    return StockLine(supply, needs[binding], binding, asked.get(binding, 0.0), use, order)
