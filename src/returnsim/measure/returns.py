"""What one day of the return comes to: people, reports, and every store in the evening."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from returnsim.measure.screening import checks
from returnsim.measure.supplies import treated
from returnsim.measure.waiting import still_inside
from returnsim.model.day import SchoolDay
from returnsim.model.itinerary import Outcome
from returnsim.model.stockroom import Stockroom
from returnsim.model.trace import Trace
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.supply import Supply

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Row = tuple[Q, str, Floats]


@dataclass(frozen=True)
class Evening:
    """A day of the return when it is over; arrays of shape (replications,)."""

    day: str
    """ISO date."""
    on_campus: Floats
    kept_home: Floats
    refused: Floats
    lanes_lost: Floats
    reports_owed: Floats
    reports_made: Floats
    calls_owed: Floats
    calls_made: Floats
    before: Mapping[str, Stockroom]
    """Every store in the morning, by supply."""
    after: Mapping[str, Stockroom]
    """Every store in the evening."""


@dataclass(frozen=True, slots=True)
class DayUse:
    """What a school day uses its stores for."""

    day: SchoolDay
    inside: Flags
    """Who is in class or at work, shape (replications, persons)."""
    isolated: Flags
    """Who is sent home from the isolation room."""
    checks: Floats
    """Checks made by hand, shape (replications,)."""

    def asks(self, supply: Supply, own: Flags, others: Floats) -> Floats:
        """Units of a supply that nobody is refused for the want of, shape (replications,).

        Parameters
        ----------
        supply
            The supply.
        own
            Who brings their own and asks for none, shape (replications, persons).
        others
            Units for people who are on no list, shape (replications,).
        """
        people: Floats = (self.inside & ~own) @ portion(supply, self.day.is_pupil)
        by_checks = supply.per_check * self.checks
        return people + others + by_checks + treated(self.day.scenario, supply)


def day_use(trace: Trace) -> DayUse:
    """Count what uses up stores on a school day."""
    outcome, stuck = trace.journeys.outcome, still_inside(trace)
    there = (outcome == Outcome.SEATED) | (outcome == Outcome.INSIDE_UNAPPROVED)
    isolated = (outcome == Outcome.ISOLATED) & ~stuck
    return DayUse(trace.journeys.day, there & ~stuck, isolated, checks(trace))


def portion(supply: Supply, is_pupil: Flags) -> Floats:
    """Units that each person uses on a day."""
    return np.where(is_pupil, supply.per_pupil_day, supply.per_staff_day)


def of_day(scenario: Scenario, evening: Evening) -> dict[Key, Floats]:
    """Every quantity of a day of the return that no single morning has."""
    rows = [*_people(evening), *_stores(evening)]
    kinds = {s.name: s.kind for s in scenario.supplies}
    return {Key(q, place, evening.day, kinds.get(place, "")): x for q, place, x in rows}


def _people(evening: Evening) -> Iterator[Row]:
    yield Q.ON_CAMPUS, "", evening.on_campus
    yield Q.KEPT_HOME, "", evening.kept_home
    yield Q.REFUSED_WITHOUT, "", evening.refused
    yield Q.LANES_LOST, "", evening.lanes_lost
    yield Q.REPORTS_OWED, "", evening.reports_owed
    yield Q.REPORTS_MADE, "", evening.reports_made
    yield Q.FOLLOW_UPS_OWED, "", evening.calls_owed
    yield Q.FOLLOW_UPS_MADE, "", evening.calls_made


def _stores(evening: Evening) -> Iterator[Row]:
    for name, store in evening.after.items():
        before = evening.before[name]
        yield Q.STOCK_ON_HAND, name, store.on_hand
        yield Q.STOCK_ON_ORDER, name, store.on_order
        yield Q.HANDED_OUT, name, store.used - before.used
        yield Q.UNMET, name, store.unmet - before.unmet
        yield Q.DELIVERED, name, store.received - before.received


def of_return(scenario: Scenario, stores: Mapping[str, Stockroom]) -> dict[Key, Floats]:
    """What is known of each supply when the return is over: whether it ever ran out."""
    kinds = {s.name: s.kind for s in scenario.supplies}
    return {
        Key(Q.STOCK_OUT, name, "", kinds[name]): (store.unmet > ROUNDING).astype(float)
        for name, store in stores.items()
    }


def cover_left(samples: Mapping[Key, Floats]) -> dict[Key, Floats]:
    """How many such days the store lasts in the evening of each day on which it is used.

    What is on hand over the mean, of all replications, of what the day asked for; thermometers
    are not used up.
    """
    found = {}
    for key, on_hand in samples.items():
        if key.quantity is Q.STOCK_ON_HAND and key.kind != "thermometer":
            asked = [samples[key._replace(quantity=q)] for q in (Q.HANDED_OUT, Q.UNMET)]
            mean = float(np.mean(asked[0] + asked[1]))
            if mean > 0:
                found[key._replace(quantity=Q.COVER_LEFT)] = on_hand / mean
    return found


ROUNDING = 1e-6
"""Units short below this are rounding."""


class LostUnitsError(Exception):
    """Units were created or lost: a bug in the model, which must not pass unseen."""


def conserve_stock(evening: Evening) -> None:
    """Check that every unit is accounted for.

    Raises
    ------
    LostUnitsError
        If opening plus received differs from used plus on hand, ordered from received plus
        on order, or something is below nothing.
    """
    for name, store in evening.after.items():
        size = 1 + store.opening + store.ordered
        here = np.abs(store.opening + store.received - store.used - store.on_hand)
        coming = np.abs(store.ordered - store.received - store.on_order)
        low = np.minimum(store.on_hand, store.unmet)
        if np.any(here > ROUNDING * size) or np.any(coming > ROUNDING * size) or np.any(low < 0):
            raise LostUnitsError(f"{evening.day}, {name}: units do not add up")
