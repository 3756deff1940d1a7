"""Levers at the gates: marked places, lanes, who may use them, people on duty."""

from collections.abc import Iterator
from typing import Any

from returnsim.optimise.lever import Lever, pair, rebuilt, with_limits
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario


def gates(scenario: Scenario, named: set[str]) -> Iterator[Lever]:
    """Levers of the gates named, of all gates if none is; and of the people on duty."""
    for number, gate in enumerate(scenario.gates):
        if not named or gate.name in named:
            yield _places(scenario, number)
            yield from (_lane(scenario, number, stage) for stage in range(len(gate.stages)))
            if gate.levels:
                yield _any_level(scenario, number)
    staff = scenario.limits.staff
    if staff:
        yield Lever(
            *("duty", "duty", "duty", "limits.staff", range(1, 51)),
            lambda n: with_limits(
                scenario, staff=tuple(rebuilt(w, people=w.people + n) for w in staff)
            ),
            lambda n: {"n": n, "limit": max(w.people for w in staff)},
        )


def _changed(scenario: Scenario, number: int, **changes: Any) -> Scenario:
    whole = list(scenario.gates)
    whole[number] = rebuilt(whole[number], **changes)
    return rebuilt(scenario, gates=tuple(whole))


def _places(scenario: Scenario, number: int) -> Lever:
    gate = scenario.gates[number]
    unmarked = {"waiting_area_m2": None, "spacing_m": None}
    return Lever(
        *("places", "places", "places", f"gates.{gate.name}.marked_places", range(1, 2001)),
        lambda n: _changed(scenario, number, marked_places=gate.places + n, **unmarked),
        lambda n: {"n": n, "limit": gate.places},
        {"gate": pair(gate)},
        (Q.CROWDED_DAYS,),
    )


def _lane(scenario: Scenario, number: int, position: int) -> Lever:
    gate = scenario.gates[number]
    stage = gate.stages[position]

    def more(n: int) -> Scenario:
        stages = list(gate.stages)
        stages[position] = rebuilt(stage, lanes=stage.lanes + n)
        return _changed(scenario, number, stages=tuple(stages))

    return Lever(
        *("lane", "lanes", "lanes", f"gates.{gate.name}.stages.{stage.name}", range(1, 9)),
        more,
        lambda n: {"n": n, "limit": stage.lanes},
        {"gate": pair(gate), "stage": pair(stage)},
    )


def _any_level(scenario: Scenario, number: int) -> Lever:
    gate = scenario.gates[number]
    return Lever(
        *("any_level", "levels", "order", f"gates.{gate.name}.levels", (1,)),
        lambda _: _changed(scenario, number, levels=()),
        lambda _: {},
        {"gate": pair(gate)},
    )
