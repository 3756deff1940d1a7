"""Pupils who come together: in a bus, or as brothers and sisters."""

import numpy as np
from numpy.typing import NDArray

from returnsim.model.day import SchoolDay
from returnsim.model.draws import Draws
from returnsim.scenario.quantities import seconds

Floats = NDArray[np.float64]


def come_together(day: SchoolDay, draws: Draws, start: Floats) -> None:
    """Let those who come in groups reach the gate when their group does.

    In the list of a class boarders stand first, then the riders of each bus, then those with
    a brother or a sister in another class, each in the order of the file.

    Parameters
    ----------
    start
        When each person would come alone [s after midnight], (replications, persons); changed.
    """
    party = {p.name: p for p in day.parties}
    taken = {p.name: p.first + p.boarders for p in day.parties}
    for bus in day.scenario.buses:
        late = 60 * bus.delay_minutes.quantile(draws.things[f"bus {bus.name}"][:, 0])
        comes = np.maximum(seconds(bus.arrives) + late, 0.0)
        rank = 0
        for name, number in bus.riders.items():
            if name in party:
                riders = np.arange(taken[name], taken[name] + number)
                steps = bus.seconds_to_alight * np.arange(rank, rank + number)
                start[:, riders] = comes[:, None] + steps
                taken[name] += number
                rank += number
    for family in day.scenario.siblings:
        one, other = family.classes
        if one in party and other in party:
            swap = (party[one].due <= party[other].due) != (family.come_at == "earlier")
            first, second = (other, one) if swap else (one, other)
            leads = np.arange(taken[first], taken[first] + family.pairs)
            follows = np.arange(taken[second], taken[second] + family.pairs)
            start[:, follows] = start[:, leads]
        for name in family.classes:
            if name in taken:
                taken[name] += family.pairs
