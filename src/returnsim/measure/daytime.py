"""What a day means behind the classroom door: canteens, checks, ways out, rounds, failures."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from returnsim.measure.presence import (
    Interval,
    at_stations,
    in_hall,
    labels,
    let_in,
    present,
    readings,
    waiting_in,
)
from returnsim.measure.waiting import busy_shares
from returnsim.model.occupancy import MIDNIGHT, crowd, together, used_during
from returnsim.model.trace import Trace
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.campus import FAREWELL

Floats = NDArray[np.float64]
Row = tuple[Key, Floats]


def measure_daytime(trace: Trace) -> dict[Key, Floats]:
    """Measure all that a morning alone does not have; nothing where a day has none of it."""
    day = trace.journeys.day
    if not day.side_steps and not day.rounds:
        return {}
    rows = [
        *_areas(trace),
        *_canteens(trace),
        *_parents(trace),
        *_owed_checks(trace),
        *_back_in_time(trace),
        *_rounds(trace),
        *_lanes(trace),
        *_busy(trace),
    ]
    return dict(rows)


def _key(trace: Trace, quantity: Q, place: str = "", kind: str = "") -> Key:
    return Key(quantity, place, trace.journeys.day.day.isoformat(), kind)


def _areas(trace: Trace) -> Iterator[Row]:
    """Queues away from the morning's gates: canteens, ways out, noon at the gate, cars."""
    day = trace.journeys.day
    limit = 60 * day.scenario.limits.longest_wait_minutes
    for number, name in enumerate(day.areas):
        if name in day.gates:
            continue
        here = [p for p, area in zip(day.places, day.area_of_place, strict=True) if area == number]
        places, metres = here[0].marked, here[0].metres_each
        queue = waiting_in(trace, number)
        longest, above, people_above = crowd(*queue, places)
        wait = np.minimum(queue.left, MIDNIGHT) - queue.came
        visits = np.isfinite(queue.came)
        mean = np.where(visits, wait, 0).sum(axis=1) / np.maximum(visits.sum(axis=1), 1)
        worst = np.where(visits, wait, 0).max(axis=1)
        yield _key(trace, Q.LONGEST_QUEUE, name), longest
        yield _key(trace, Q.QUEUE_METRES, name), longest * metres
        yield _key(trace, Q.METRES_SHORT, name), np.maximum(longest - places, 0) * metres
        yield _key(trace, Q.MEAN_WAIT, name), mean / 60
        yield _key(trace, Q.LONGEST_WAIT, name), worst / 60
        if name.endswith("/drop-off"):
            continue  # cars, not people
        yield _key(trace, Q.CROWDED_DAYS, name), (longest > places).astype(float)
        yield _key(trace, Q.MINUTES_CROWDED, name), above / 60
        yield _key(trace, Q.PERSON_MINUTES_CROWDED, name), people_above / 60
        if any(place.stage for place in here):
            yield _key(trace, Q.LONG_WAIT_DAYS, name), (worst > limit).astype(float)


def _canteens(trace: Trace) -> Iterator[Row]:
    """How full the canteens are, who sits there together, and who goes without."""
    day = trace.journeys.day
    for canteen in day.scenario.canteens:
        inside = in_hall(trace, canteen.name)
        if inside is None:
            continue
        numbers = [n for n, p in enumerate(day.places) if p.hall == canteen.name]
        seats = at_stations(trace, [n for n in numbers if day.places[n].name.endswith("/seat")])
        peak = crowd(seats.began, seats.left, 0)[0]
        yield _key(trace, Q.MOST_SEATED, canteen.name), peak
        if canteen.area_m2 is not None:
            yield _key(trace, Q.DENSITY, canteen.name), peak / canteen.area_m2
        for kind in ("batch", "class", "building", "dormitory"):
            mixed = together(inside.came, inside.left, labels(day, kind)[inside.person])
            yield _key(trace, Q.COPRESENCE, canteen.name, kind), mixed / 60
    here = let_in(trace)
    for meal in day.scenario.meals:
        columns = [c for c, leg in day.side_steps if leg.name == f"{meal.name}/seat"]
        for column in columns:
            eats = day.legs[column - day.door - 1].who & here
            missed = eats & ~np.isfinite(trace.ended[:, :, column])
            yield _key(trace, Q.MEALS_MISSED, meal.name), missed.sum(axis=1).astype(float)


def _parents(trace: Trace) -> Iterator[Row]:
    """Parents behind their line, and beside the children who are still to be taken over."""
    day = trace.journeys.day
    for gate in day.scenario.gates:
        if gate.farewell is None:
            continue
        alone = {f"{gate.name}/{stage.name}" for stage in gate.stages if stage.accompanied}
        names = alone | {f"{gate.name}/{FAREWELL}"}
        numbers = [n for n, place in enumerate(day.places) if place.name in names]
        if numbers:
            stay = at_stations(trace, numbers)
            most = crowd(stay.came, stay.left, 0)[0]
            yield _key(trace, Q.PARENTS_WAITING, gate.name), most
            full = (most > gate.farewell.places).astype(float)
            yield _key(trace, Q.PARENTS_CROWDED_DAYS, gate.name), full


def _owed_checks(trace: Trace) -> Iterator[Row]:
    """Temperatures taken of each group against those owed to it: owed = done + missed."""
    day, taken, here = trace.journeys.day, readings(trace), present(trace)
    groups = {
        "boarders": day.is_pupil & day.is_boarder,
        "day pupils": day.is_pupil & ~day.is_boarder,
        "kindergarten": day.of_level("kindergarten"),
        "guards": day.of_role("guard"),
        "canteen staff": day.of_role("canteen"),
        "staff": ~day.is_pupil,
        "everybody": np.ones(day.persons, dtype=bool),
    }
    for routine in day.scenario.routines:
        who = groups.get(routine.who)
        if routine.what != "temperature check" or routine.where or who is None or not who.any():
            continue
        people = (here & who).sum(axis=1).astype(float)
        done = np.where(here & who, np.minimum(taken, routine.times_per_day), 0).sum(axis=1)
        owed = people * routine.times_per_day
        yield _key(trace, Q.CHECKS_OWED, routine.who, routine.kind), owed
        yield _key(trace, Q.CHECKS_DONE, routine.who, routine.kind), done.astype(float)
        yield _key(trace, Q.CHECKS_MISSED, routine.who, routine.kind), owed - done


def _back_in_time(trace: Trace) -> Iterator[Row]:
    """Pupils who came in again and were seated by the bell, class by class."""
    day, here = trace.journeys.day, present(trace)
    for crossing in day.scenario.crossings:
        if crossing.by is None:
            continue
        bell = crossing.by.hour * 3600.0 + crossing.by.minute * 60 + crossing.by.second
        for column, leg in day.side_steps:
            if leg.name != f"{crossing.name}/door":
                continue
            for number, party in enumerate(day.parties):
                if leg.place[number] < 0:
                    continue
                them = slice(party.first, party.first + party.size)
                meant = leg.who[them] & here[:, them]
                seated = meant & (trace.ended[:, them, column] <= bell)
                share = seated.sum(axis=1) / np.maximum(meant.sum(axis=1), 1)
                share = np.where(meant.any(axis=1), share, 1.0)
                yield _key(trace, Q.SEATED_BY_BELL, party.name, crossing.name), share


def _rounds(trace: Trace) -> Iterator[Row]:
    """Rounds done against rounds owed, and those that meet people where they work."""
    day, rounds = trace.journeys.day, trace.journeys.rounds
    zones = {zone.name: zone for zone in day.scenario.zones}
    done = {name: np.zeros(trace.replications) for name in zones}
    clashes = {name: np.zeros(trace.replications) for name in zones}
    inside: dict[str, Interval | None] = {}
    for number, stop in enumerate(day.rounds):
        begins, ends = rounds.began[:, number], rounds.ended[:, number]
        done[stop.zone] += ends <= MIDNIGHT
        met = np.zeros(trace.replications, dtype=bool)
        for hall in stop.closes:
            if hall not in inside:
                inside[hall] = in_hall(trace, hall)
            stay = inside[hall]
            if stay is not None:
                met |= used_during(stay.came, stay.left, begins, ends)
        clashes[stop.zone] += met
    for name, zone in zones.items() if day.rounds else ():
        yield _key(trace, Q.ROUNDS_DONE, name, zone.kind), done[name]
        missed = np.maximum(zone.rounds_per_day - done[name], 0.0)
        yield _key(trace, Q.ROUNDS_MISSED, name, zone.kind), missed
        yield _key(trace, Q.ROUNDS_IN_USE, name, zone.kind), clashes[name]


def _lanes(trace: Trace) -> Iterator[Row]:
    """Lane-minutes lost to failures, to rounds and for want of equipment."""
    day, openings = trace.journeys.day, trace.journeys.openings
    lost = np.zeros(trace.replications)
    if openings is not day.planned_lanes:
        for station in range(len(day.places)):
            here = slice(openings.first[station], openings.first[station + 1])
            moments = np.minimum(openings.moments[:, here], MIDNIGHT)
            span = np.diff(moments, axis=1, append=MIDNIGHT)
            real = (span * openings.lanes[:, here]).sum(axis=1)
            lost += _planned(day.places[station].lanes) - real
    yield _key(trace, Q.LANE_MINUTES_LOST), lost / 60


def _busy(trace: Trace) -> Iterator[Row]:
    """Utilisation of the posts of the rest of the day, against what is staffed."""
    day, shares = trace.journeys.day, busy_shares(trace)
    for number in sorted({int(n) for _, leg in day.side_steps for n in leg.place if n >= 0}):
        if "/door/" not in day.places[number].name:
            yield _key(trace, Q.BUSY_SHARE, day.places[number].name), shares[:, number]


def _planned(lanes: tuple[tuple[float, int], ...]) -> float:
    """Lane-seconds until midnight; none where a plan opens no lane at all."""
    ends = [moment for moment, _ in lanes[1:]] + [MIDNIGHT]
    return sum(n * (end - begin) for (begin, n), end in zip(lanes, ends, strict=False))
