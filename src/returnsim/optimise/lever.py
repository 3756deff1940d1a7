"""A lever: one limit or resource of a scenario, and a way to give a little.

Nothing here says whether that helps: `relaxations` finds out by planning.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.quantities import Frozen, Labelled
from returnsim.scenario.scenario import Scenario

Names = Mapping[str, tuple[str, str]]
"""Printed names in Chinese and English, by their place in the sentence."""
Thing = TypeVar("Thing", bound=Frozen)

COSTS = (
    "places",
    "duty",
    "lanes",
    "slots",
    "gap",
    "order",
    "bell",
    "supplies",
    "days",
    "papers",
    "batches",
    "wait",
    "risk",
)
"""What costs least comes first: paint, people, equipment, the families' minutes, the school's
timetable, stock, days of the calendar, and last the limits that keep people apart and safe."""


@dataclass(frozen=True, slots=True)
class Lever:
    """One limit or resource, and how to loosen it step by step."""

    code: str
    """Key of its sentence, ``way_out.<code>``."""
    limit: str
    """The limit it loosens, ``conflict.<limit>``; several levers may loosen one limit."""
    cost: str
    """What it asks of the school; see `COSTS`."""
    where: str
    """Path of the limit in the scenario file."""
    steps: Sequence[int]
    """How far it can be pulled, from least to most."""
    pull: Callable[[int], Scenario]
    """The scenario after so many steps; raises `ValueError` where that makes no sense."""
    says: Callable[[int], dict[str, Any]]
    """What its sentence is filled with after so many steps."""
    names: Names = field(default_factory=dict)
    asked_by: tuple[Q, ...] = ()
    """Quantities of the clauses that set the limit."""


def rebuilt(thing: Thing, **changes: Any) -> Thing:
    """Return a copy that differs in the fields named, checked anew."""
    fields = {name: getattr(thing, name) for name in type(thing).model_fields}
    return type(thing).model_validate(fields | changes)


def pair(thing: Labelled) -> tuple[str, str]:
    """Return the printed name in Chinese and in English."""
    return thing.label("zh"), thing.label("en")


def with_limits(scenario: Scenario, **limits: Any) -> Scenario:
    """Return the scenario with some of its limits changed."""
    return rebuilt(scenario, limits=rebuilt(scenario.limits, **limits))
