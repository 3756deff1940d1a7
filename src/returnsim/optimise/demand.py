"""When people come, as expected numbers per minute: what the first guess is built on."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from returnsim.scenario.campus import FAST, Gate, Lanes
from returnsim.scenario.people import Grade
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario

Floats = NDArray[np.float64]
GRID = (np.arange(2000) + 0.5) / 2000
"""Quantiles by which a distribution is spread over minutes."""
SELDOM = 0.001
"""Share of people for whom no lane is kept open before the others come, or after them."""
SHIFTS = (np.arange(15) + 0.5) / 15
COMMON = 0.5
"""Probability of the middle of the common shift."""


@dataclass(frozen=True)
class Morning:
    """The minutes, slots and blocks of a scenario's morning, in seconds after midnight."""

    scenario: Scenario

    @cached_property
    def slots(self) -> Floats:
        """Beginnings of all slots that may be given."""
        limits = self.scenario.limits
        first, last = seconds(limits.first_slot), seconds(limits.last_slot)
        return np.arange(first, last + 1, limits.slot_minutes * 60.0)

    @cached_property
    def blocks(self) -> Floats:
        """Moments at which lanes may open or close."""
        opens = min(seconds(g.opens) for g in self.scenario.gates)
        closes = max(seconds(g.closes) for g in self.scenario.gates)
        step = self.scenario.limits.lane_block_minutes * 60.0
        return np.append(np.arange(opens, closes, step), closes)

    @cached_property
    def minutes(self) -> Floats:
        """Edges of the minutes from well before the first opening to the last closing."""
        opens = float(self.blocks[0])
        early = min(float(self.slots[0]), opens) - 3600.0
        return np.arange(max(0.0, early), float(self.blocks[-1]) + 60.0, 60.0)

    @property
    def slot_seconds(self) -> float:
        """Length of a slot."""
        return self.scenario.limits.slot_minutes * 60.0

    def arriving(self, due: float, bell: float) -> Floats:
        """Share of a class that reaches the gate in each minute.

        Parameters
        ----------
        due
            End of the slot it was given [s].
        bell
            Its bell, by which those go who ignore their slot [s].
        """
        counts, _ = np.histogram(self._moments(due, bell).ravel(), self.minutes)
        return counts / (GRID.size * SHIFTS.size)

    def arriving_by_shift(self, due: float, bell: float, shifts: Floats) -> Floats:
        """Share of a class that reaches the gate in each minute, under each common shift.

        Parameters
        ----------
        due, bell
            As in `arriving` [s].
        shifts
            Common shifts [s]; the result has shape (shifts, minutes).
        """
        how = self.scenario.arrivals
        punctual = np.sort(due + 60 * how.offset_minutes.quantile(GRID))
        heedless = np.sort(bell + 60 * how.ignoring_offset_minutes.quantile(GRID))
        found = []
        for shift in shifts:
            shares = [
                np.diff(np.searchsorted(moments + shift, self.minutes)) / GRID.size
                for moments in (punctual, heedless)
            ]
            ignoring = how.ignore_slot_probability
            found.append((1 - ignoring) * shares[0] + ignoring * shares[1])
        return (1 - how.absent_probability) * np.array(found)

    @cached_property
    def middle_shifts(self) -> Floats:
        """Common shifts in the middle of their distribution [s]; just 0 without any."""
        shift = self.scenario.arrivals.common_shift_minutes
        if shift is None:
            return np.zeros(1)
        return 60 * shift.quantile(0.5 + COMMON * (np.linspace(0, 1, 9) - 0.5))

    def staff_by_shift(self, gate: Gate, shifts: Floats) -> Floats:
        """Staff who reach a gate in each minute, under each common shift, shape as above."""
        total = np.zeros((shifts.size, self.minutes.size - 1))
        for group in self.scenario.staff:
            if group.gate == gate.name and group.arrives is not None:
                due = seconds(group.arrives)
                total += group.people * self.arriving_by_shift(due, due, shifts)
        return total

    def in_time(self, due: float, bell: float, passage: float) -> float:
        """Share of a class seated by its bell if getting to the room takes `passage` [s]."""
        here = ~np.isnan(moments := self._moments(due, bell))
        return float(np.mean(moments[here] + passage <= bell))

    def comes_between(self, due: float, bell: float) -> tuple[float, float]:
        """Return the moments between which all but a thousandth at either end come [s]."""
        moments = self._moments(due, bell)
        first, last = np.nanquantile(moments, [SELDOM, 1 - SELDOM])
        return float(first), float(last)

    def _moments(self, due: float, bell: float) -> Floats:
        how = self.scenario.arrivals
        punctual = due + 60 * how.offset_minutes.quantile(GRID)
        heedless = bell + 60 * how.ignoring_offset_minutes.quantile(GRID)
        ignoring = np.random.default_rng(0).permutation(GRID) < how.ignore_slot_probability
        start = np.where(ignoring, heedless, punctual)[None, :]
        if how.common_shift_minutes is not None:
            start = start + 60 * how.common_shift_minutes.quantile(SHIFTS)[:, None]
        else:
            start = np.broadcast_to(start, (SHIFTS.size, GRID.size))
        stays = np.random.default_rng(1).permutation(GRID) < how.absent_probability
        return np.where(stays, np.nan, start)

    def slots_in_time(
        self, grade: Grade, gate: Gate, waiting: float, passage: float | None = None
    ) -> list[int]:
        """Slots from which enough of a grade are seated by the bell.

        Parameters
        ----------
        grade, gate
            Who, and by which gate.
        waiting
            Wait that is reckoned with [s].
        passage
            Time from the gate to the seat without a wait [s]; the mean when left out.
        """
        bell = seconds(grade.bell)
        if passage is None:
            passage = passage_seconds(self.scenario, gate, grade)
        passage += waiting
        wanted = self.scenario.limits.seated_by_bell_probability
        return [
            number
            for number, slot in enumerate(self.slots)
            if seconds(gate.opens) <= slot < seconds(gate.closes)
            and self.in_time(slot + self.slot_seconds, bell, passage) >= wanted
        ]


def passage_seconds(
    scenario: Scenario, gate: Gate, grade: Grade, *, nearest: bool = False
) -> float:
    """Mean time from the gate to the seat when nobody is in the way.

    Of several buildings the farthest counts, or the nearest if asked.
    """
    buildings = {c.building for c in scenario.classes if c.grade == grade.name}
    ways = [gate.metres_to[b] for b in buildings]
    metres = min(ways) if nearest else max(ways)
    checks = sum(stage.service_seconds.mean for stage in gate.stages)
    walk = metres / scenario.walking.metres_per_second.mean
    return checks + walk + scenario.doors.service_seconds.mean


def stations(gate: Gate) -> list[tuple[str, Lanes, float]]:
    """Every stage of a gate and its fast lane: name, lanes, share of people who pass it."""
    share = gate.fast_lane.share if gate.fast_lane else 0.0
    found: list[tuple[str, Lanes, float]] = [(s.name, s, 1.0 - share) for s in gate.stages]
    if gate.fast_lane:
        found.append((FAST, gate.fast_lane, share))
    return found
