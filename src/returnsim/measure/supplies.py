"""What a simulated day uses up."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from returnsim.measure.screening import checks
from returnsim.model.day import SchoolDay
from returnsim.model.tally import INSIDE, pupils_among
from returnsim.model.trace import Trace
from returnsim.scenario.people import StaffGroup
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.supply import Supply

Floats = NDArray[np.float64]


def unseen(day: SchoolDay) -> list[StaffGroup]:
    """Groups of staff who live in and take no part in the day that is played."""
    seen = {party.name for party in day.parties}
    return [g for g in day.scenario.staff if g.gate is None and g.name not in seen]


def treated(scenario: Scenario, supply: Supply, kind: str = "") -> float:
    """Units that a day's disinfection rounds use, of all zones or of one kind."""
    zones = [z for z in scenario.zones if z.work == "disinfection" and kind in ("", z.kind)]
    return supply.round_m2 * sum(zone.area_m2 * zone.rounds_per_day for zone in zones)


def daily_use(trace: Trace) -> Iterator[tuple[Supply, Floats]]:
    """Use of every supply that is used up, by replication.

    Of what people bring themselves the expected share is taken off.
    """
    scenario = trace.journeys.day.scenario
    tally = trace.tally
    young = pupils_among(tally.kinds)
    pupils = tally.people(INSIDE, who=young, stuck=False)
    staff = tally.people(INSIDE, who=~young, stuck=False)
    staff = staff + sum(group.people for group in unseen(trace.journeys.day))
    number = checks(trace)
    for supply in scenario.supplies:
        if supply.used_up:
            yield (
                supply,
                (1 - supply.self_provided_share)
                * (supply.per_pupil_day * pupils + supply.per_staff_day * staff)
                + supply.per_check * number
                + treated(scenario, supply),
            )
