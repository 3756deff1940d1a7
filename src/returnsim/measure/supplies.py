"""What a simulated day uses up."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from returnsim.measure.screening import checks
from returnsim.measure.waiting import still_inside
from returnsim.model.itinerary import Outcome
from returnsim.model.trace import Trace
from returnsim.scenario.supply import Supply

Floats = NDArray[np.float64]


def daily_use(trace: Trace) -> Iterator[tuple[Supply, Floats]]:
    """Use of every supply that is used up, by replication.

    Of what people bring themselves the expected share is taken off.
    """
    scenario = trace.journeys.day.scenario
    inside = (trace.journeys.outcome == Outcome.SEATED) | (
        trace.journeys.outcome == Outcome.INSIDE_UNAPPROVED
    )
    inside &= ~still_inside(trace)
    pupils = (inside & trace.journeys.day.is_pupil).sum(axis=1)
    staff = (inside & ~trace.journeys.day.is_pupil).sum(axis=1)
    there = {party.name for party in trace.journeys.day.parties}
    staff = staff + sum(g.people for g in scenario.staff if g.name not in there)
    number = checks(trace)
    treated = sum(zone.area_m2 * zone.rounds_per_day for zone in scenario.zones)
    for supply in scenario.supplies:
        if supply.used_up:
            yield (
                supply,
                (1 - supply.self_provided_share)
                * (supply.per_pupil_day * pupils + supply.per_staff_day * staff)
                + supply.per_check * number
                + supply.round_m2 * treated,
            )
