"""The one place where every simulated quantity gets its number."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from returnsim.measure import screening, waiting
from returnsim.measure.daytime import measure_daytime
from returnsim.measure.supplies import daily_use
from returnsim.model.congestion import mixing, station_peak
from returnsim.model.itinerary import Outcome
from returnsim.model.tally import INSIDE, held_for
from returnsim.model.trace import Trace
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.people import REASONS

Floats = NDArray[np.float64]
Measures = dict[Key, Floats]
"""One number per replication for each quantity, place and day."""


def measure(trace: Trace) -> Measures:
    """Measure a block of replications of one day."""
    day = trace.journeys.day.day.isoformat()
    rows = [*_people(trace), *_gates(trace), *_classes(trace), *_checks(trace)]
    found = {
        Key(quantity, place, day, place if quantity is Q.HELD_INSIDE else ""): values
        for quantity, place, values in rows
    }
    for supply, use in daily_use(trace):
        found[Key(Q.DAILY_USE, supply.name, day, supply.kind)] = use
    return found | measure_daytime(trace)


class LostPeopleError(Exception):
    """People were created or lost: a bug in the model, which must not pass unseen."""


def conserve(measures: Measures) -> None:
    """Check that everybody is accounted for on every simulated day.

    Raises
    ------
    LostPeopleError
        If planned differs from absent plus arrived, or arrived from seated plus isolated
        plus turned away plus still inside.
    """
    for key, planned in measures.items():
        if key.quantity is not Q.PLANNED:
            continue
        of = {q: measures[key._replace(quantity=q)] for q in PEOPLE}
        arrived = of[Q.SEATED] + of[Q.ISOLATED] + of[Q.TURNED_AWAY] + of[Q.STILL_INSIDE]
        if np.any(planned != of[Q.ABSENT] + of[Q.ARRIVED]) or np.any(of[Q.ARRIVED] != arrived):
            raise LostPeopleError(f"{key.day}: people do not add up")


PEOPLE = (Q.ABSENT, Q.ARRIVED, Q.SEATED, Q.ISOLATED, Q.TURNED_AWAY, Q.STILL_INSIDE)
Row = tuple[Q, str, Floats]


def _people(trace: Trace) -> Iterator[Row]:
    tally, persons = trace.tally, trace.journeys.day.persons
    arrived = tuple(outcome for outcome in Outcome if outcome is not Outcome.ABSENT)
    yield Q.PLANNED, "", np.full(trace.replications, float(persons))
    yield Q.ABSENT, "", tally.people((Outcome.ABSENT,))
    yield Q.ARRIVED, "", tally.people(arrived)
    yield Q.SEATED, "", tally.people(INSIDE, stuck=False)
    yield Q.ISOLATED, "", tally.people((Outcome.ISOLATED,), stuck=False)
    yield Q.TURNED_AWAY, "", tally.people((Outcome.TURNED_AWAY,), stuck=False)
    stuck = tally.people(stuck=True)
    yield Q.STILL_INSIDE, "", stuck
    yield Q.STUCK_DAYS, "", (stuck > 0).astype(float)
    unapproved = (Outcome.INSIDE_UNAPPROVED,)
    yield Q.UNAPPROVED_INSIDE, "", tally.people(unapproved, stuck=False)
    for number, reason in enumerate(REASONS):
        held = held_for(tally.kinds, number)
        yield Q.HELD_INSIDE, reason, tally.people(unapproved, who=held, stuck=False)


def _gates(trace: Trace) -> Iterator[Row]:
    day = trace.journeys.day
    limits, gates = day.scenario.limits, day.scenario.gate_named
    places = [gates[g].places for g in day.gates]
    longest, crowded, people_crowded = trace.tally.queues
    mixed = _mixed(trace)
    for g, name in enumerate(day.gates):
        number, wait, worst, cleared, through, inside = trace.tally.gates[:, g].T
        yield Q.LONGEST_QUEUE, name, longest[:, g]
        yield Q.CROWDED_DAYS, name, (longest[:, g] > places[g]).astype(float)
        yield Q.MINUTES_CROWDED, name, crowded[:, g] / 60
        yield Q.PERSON_MINUTES_CROWDED, name, people_crowded[:, g] / 60
        gate = gates[name]
        spacing = gate.spacing_m or 1.0
        yield Q.QUEUE_METRES, name, longest[:, g] * spacing
        yield Q.METRES_SHORT, name, np.maximum(longest[:, g] - places[g], 0) * spacing
        if gate.waiting_area_m2 is not None:
            yield Q.DENSITY, name, longest[:, g] / gate.waiting_area_m2
        yield Q.MEAN_WAIT, name, wait / np.maximum(number, 1) / 60
        yield Q.LONGEST_WAIT, name, worst / 60
        yield Q.LONG_WAIT_DAYS, name, (worst > limits.longest_wait_minutes * 60).astype(float)
        yield Q.CLEARED, name, cleared
        yield Q.SOJOURN, name, inside / np.maximum(through, 1) / 60
        yield Q.MIXING, name, mixed[:, g] / 60
    busy = waiting.busy_shares(trace)
    for number, place in enumerate(day.places):
        if place.gate:
            yield Q.BUSY_SHARE, place.name, busy[:, number]


def _mixed(trace: Trace) -> Floats:
    """Person-seconds of mixing at each gate; none where all are of one batch."""
    day = trace.journeys.day
    batches = {party.batch for party in day.parties if party.batch >= 0}
    if len(batches) <= 1:
        return np.zeros((trace.replications, len(day.gates)))
    passage = waiting.at_gate(trace)
    return mixing(passage.came, passage.left, day.gate_of_person, day.batch_of_person)


def _classes(trace: Trace) -> Iterator[Row]:
    for number, party in enumerate(trace.journeys.day.parties):
        if party.is_class:
            yield Q.SEATED_BY_BELL, party.name, waiting.seated_by_bell(trace, number)


def _checks(trace: Trace) -> Iterator[Row]:
    day = trace.journeys.day
    yield Q.CHECKED_AT_GATE, "", screening.checked_at_gate(trace)
    yield Q.CHECKED_AT_DOOR, "", screening.checked_at_door(trace)
    yield Q.ALARMS_RECHECKED, "", screening.alarms_rechecked(trace)
    yield Q.FALSE_ALARMS, "", screening.false_alarms(trace)
    yield Q.FEVERS_FOUND, "", screening.fevers_found(trace)
    yield Q.FEVERS_MISSED, "", screening.fevers_missed(trace)
    yield Q.CHECKS, "", screening.checks(trace)
    rest = next(i for i, p in enumerate(day.places) if p.name == "recheck/rest")
    waiting_for_chair = station_peak(trace, rest) - day.scenario.recheck.rest_places
    yield Q.RECHECK_QUEUE, "", np.maximum(waiting_for_chair, 0.0)
    yield Q.RECHECK_FULL_DAYS, "", (waiting_for_chair > 0).astype(float)
    load = station_peak(trace, len(day.places) - 1)
    yield Q.ISOLATION_LOAD, "", load
    yield Q.ISOLATION_FULL_DAYS, "", (load > day.scenario.isolation.places).astype(float)
