"""The people of the search's own days, class by class, whatever slot they are given.

Who comes, how long after the end of the slot, and what service takes do not depend on the
plan. They are drawn once, from the streams from which `returnsim.optimise.trial` draws, and
kept as flat arrays: a class can be put into another slot or at another gate by adding its
people there and taking them away here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.streams import BLOCK, streams
from returnsim.model.binned import Bytes, Shorts, Singles
from returnsim.model.day import SchoolDay, prepare
from returnsim.model.draws import Draws, draw
from returnsim.model.party import Party
from returnsim.optimise.line import line_of
from returnsim.plan.plan import Plan
from returnsim.scenario.campus import FAST, Gate, Stage
from returnsim.scenario.scenario import Scenario

SEARCH = 1
"""Marks the search's luck apart from that of every study with the same seed."""


@dataclass(frozen=True, slots=True)
class AtGate:
    """What a class's people do at one gate; arrays as long as those of `People`."""

    queue: Bytes
    """The queue each joins first: 0 the chain, then the others; -1 lives in and joins none."""
    work: Singles
    """Service in that queue [s]."""
    passage: Singles
    """All services on the way to the seat [s]."""
    desks: tuple[tuple[Bytes, Singles], ...]
    """Queues that are joined besides, such as a return-day desk, with the service there."""


@dataclass(frozen=True, slots=True)
class People:
    """Everybody of a class who comes, over all mornings of one date, one after the other."""

    replication: Shorts
    start: Singles
    """Moment of arrival after the end of the slot, or after midnight for the heedless [s]."""
    heedless: NDArray[np.bool_]
    slowness: Singles
    """Time to walk one metre [s/m]."""
    at: Mapping[str, AtGate]
    """By gate, those it may use."""

    span: tuple[float, ...]
    """First and last moments of arrival: of those who heed the slot, and of the heedless [s]."""

    def comes_between(self, due: float) -> tuple[float, ...]:
        """When the first and the last of them come, over all mornings [s after midnight]."""
        first, last, heedless_first, heedless_last = self.span
        return (min(first + due, heedless_first), max(last + due, heedless_last))


def span(start: Singles, heedless: NDArray[np.bool_]) -> tuple[float, ...]:
    """Return the first and the last moment of those who heed the slot, and of the others."""
    found: list[float] = []
    for part in (start[~heedless], start[heedless]):
        found += [float(part.min(initial=np.inf)), float(part.max(initial=-np.inf))]
    return tuple(found)


def people_of(
    scenario: Scenario, plan: Plan, day: date, seed: int, blocks: int
) -> dict[str, People]:
    """Draw everybody who comes on a day, by class or group of staff.

    Of the plan only the return dates count.
    """
    school_day = prepare(scenario, plan, day)
    returning = {c.name for c in scenario.classes if plan.day_of(c) == day}
    parts: dict[str, list[People]] = {}
    for block in range(blocks):
        draws = draw(school_day, streams((seed, SEARCH), day, block), BLOCK)
        for party in school_day.parties:
            found = _people(school_day, party, draws, block, party.name in returning)
            parts.setdefault(party.name, []).append(found)
    return {name: _joined(blocks_of) for name, blocks_of in parts.items()}


def _joined(parts: Sequence[People]) -> People:
    start = np.concatenate([p.start for p in parts])
    heedless = np.concatenate([p.heedless for p in parts])
    order = np.lexsort((start, heedless))  # those who come together stand together
    start, heedless = start[order], heedless[order]
    at = {}
    for gate, first in parts[0].at.items():
        here = [p.at[gate] for p in parts]
        at[gate] = AtGate(
            np.concatenate([h.queue for h in here])[order],
            np.concatenate([h.work for h in here])[order],
            np.concatenate([h.passage for h in here])[order],
            tuple(
                (np.concatenate([h.desks[i][0] for h in here])[order],
                 np.concatenate([h.desks[i][1] for h in here])[order])
                for i in range(len(first.desks))
            ),
        )  # fmt: skip
    return People(
        np.concatenate([p.replication for p in parts])[order],
        start,
        heedless,
        np.concatenate([p.slowness for p in parts])[order],
        at,
        span(start, heedless),
    )


def _people(day: SchoolDay, party: Party, draws: Draws, block: int, returning: bool) -> People:
    scenario, how = day.scenario, day.scenario.arrivals
    who = slice(party.first, party.first + party.size)
    luck = {purpose: numbers[:, who] for purpose, numbers in draws.people.items()}
    heedless = (luck["ignores slot"] < how.ignore_slot_probability) & party.is_class
    start = np.where(
        heedless,
        party.bell + 60 * how.ignoring_offset_minutes.quantile(luck["offset"]),
        60 * how.offset_minutes.quantile(luck["offset"]),
    )
    window = how.boarders_window_minutes
    if window is not None and returning:
        boarding = np.arange(party.size) < party.boarders
        hour = -60 * window * (1 - luck["boarder's hour"])
        start = np.where(boarding & ~heedless, hour, start)
    if how.common_shift_minutes is not None:
        start += 60 * how.common_shift_minutes.quantile(draws.school)[:, None]
    stays = luck["absent"] < how.absent_probability
    held = np.arange(party.size) >= party.size - party.held
    stays |= held & (luck["held comes"] >= how.held_come_probability)
    speed = np.maximum(scenario.walking.metres_per_second.quantile(luck["speed"]), 0.1)
    replication, person = np.nonzero(~stays)
    own = {purpose: numbers[replication, person] for purpose, numbers in luck.items()}
    own["lives in"] = (person < party.living_in).astype(float)
    return People(
        (replication + block * BLOCK).astype(np.int16),
        start[replication, person].astype(np.float32),
        heedless[replication, person],
        (1 / speed[replication, person]).astype(np.float32),
        {
            gate.name: _at_gate(scenario, gate, own, returning, party.is_class)
            for gate in scenario.gates
            if _may_use(scenario, gate, party)
        },
        (),
    )


def _may_use(scenario: Scenario, gate: Gate, party: Party) -> bool:
    if not party.is_class:
        return gate.name == party.gate
    return scenario.may_use(gate, scenario.grade_of(scenario.class_named[party.name]))


def _at_gate(
    scenario: Scenario,
    gate: Gate,
    luck: Mapping[str, NDArray[np.float64]],
    returning: bool,
    is_class: bool,
) -> AtGate:
    line = line_of(gate)
    service = [
        lanes.service_seconds.quantile(luck[f"service {name}"])
        for name, lanes in zip(line.names, line.lanes, strict=True)
    ]
    size = luck["absent"].size
    queue = np.zeros(size, np.int8) if line.chain else np.full(size, -1, np.int8)
    work = service[0] if line.chain else np.zeros(size)
    passage = sum(service[: line.chain], np.zeros(size))
    in_lane = np.zeros(size, bool)
    if gate.fast_lane:
        in_lane = luck["measured at home"] < gate.fast_lane.share
        queue[in_lane] = line.queue_of(FAST)
        work = np.where(in_lane, service[-1], work)
        passage = np.where(in_lane, service[-1], passage)
    lives_in = luck["lives in"] > 0
    queue[lives_in] = -1
    passage[lives_in] = 0.0
    desks = []
    for number, stage in enumerate(line.lanes):
        if returning and isinstance(stage, Stage) and stage.only_on_return_day:
            there = ~(lives_in | in_lane)
            beside = np.where(there, line.queue_of(line.names[number]), -1)
            desks.append((beside.astype(np.int8), service[number].astype(np.float32)))
            passage = passage + np.where(there, service[number], 0.0)
    if is_class:
        passage = passage + scenario.doors.service_seconds.quantile(luck["door time"])
    return AtGate(queue, work.astype(np.float32), passage.astype(np.float32), tuple(desks))
