"""Instruments that several posts have between them, and that are in nobody's hand for long."""

from collections.abc import Sequence
from dataclasses import dataclass

from returnsim.model.party import Place
from returnsim.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Pool:
    """Stations whose lanes take one of a common stock of instruments while they serve.

    A station can then be held up by another one, which the compiled recursion, working
    through one station after the other, cannot see; SimPy can.
    """

    device: str
    number: int
    stations: tuple[int, ...]


def pools(scenario: Scenario, places: Sequence[Place]) -> tuple[Pool, ...]:
    """Find the stations that share instruments."""
    found = []
    for device in scenario.devices:
        stations = tuple(i for i, p in enumerate(places) if p.device in device.used_at)
        if device.shared_number is not None and stations:
            found.append(Pool(device.name, device.shared_number, stations))
    return tuple(found)
