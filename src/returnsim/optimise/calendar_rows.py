"""Rows of the calendar that few schools ask for: order, fairness, beds, buildings.

Those who return together are counted by kind: units between which the programme sees no
difference, so that the solver need not try every order of them.

The audit holds any plan against the same limits (`returnsim.measure.calendar`); a test compares
the calendars that both admit, so what changes here has to change there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from returnsim.optimise.programme import INF, Index, Programme
from returnsim.scenario.people import SchoolClass
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.units import ReturnUnit


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Units that lose the same and count the same for every limit."""

    units: tuple[ReturnUnit, ...]
    costs: NDArray[np.float64]
    """Weighted pupil-days that each loses by day of return; infinite where it may not return."""

    @property
    def grades(self) -> tuple[str, ...]:
        """Names of the grades of one of them; what is asked of those is the same for all."""
        return self.units[0].grades

    @property
    def classes(self) -> tuple[SchoolClass, ...]:
        """Classes of one of them."""
        return self.units[0].classes

    @property
    def number(self) -> int:
        """How many units there are."""
        return len(self.units)


def add_rows(
    programme: Programme,
    back: Index,
    scenario: Scenario,
    kinds: Sequence[Kind],
    days: Sequence[date],
) -> None:
    """Add those that the scenario asks for.

    Parameters
    ----------
    back
        Variables: how many units of a kind return on a day, shape (kinds, days).
    kinds
        Who comes back.
    days
        School days on which somebody may return.
    """
    _keep_fair(programme, back, scenario, kinds, days)
    _keep_beds(programme, back, scenario, kinds, days)
    _keep_buildings(programme, back, scenario, kinds, days)


def keep_in_order(
    programme: Programme, back: Index, kinds: Sequence[Kind], pairs: Sequence[tuple[str, str]]
) -> None:
    """Let all of one grade come back no later than any of another, for each pair of grades.

    With binary "all of grade i are back by day d" nobody of i returns later, and nobody of the
    other grade before.
    """
    members = {
        grade: [k for k, kind in enumerate(kinds) if grade in kind.grades]
        for grade in dict.fromkeys(name for pair in pairs for name in pair)
    }
    days = back.shape[1]
    complete: dict[str, Index] = {}
    for first in dict.fromkeys(one for one, _ in pairs):
        done = complete[first] = programme.add(days, high=1, whole=True)
        for d in range(1, days):
            programme.row([(done[d - 1], 1), (done[d], -1)], -INF, 0)
            for k in members[first]:
                number = kinds[k].number
                programme.row([(back[k, d], 1), (done[d - 1], number)], -INF, number)
    for other in dict.fromkeys(late for _, late in pairs):
        begun = programme.add(days, high=1)
        for d in range(days):
            for k in members[other]:
                programme.row([(back[k, d], 1), (begun[d], -kinds[k].number)], -INF, 0)
            for first in (one for one, late in pairs if late == other):
                programme.row([(begun[d], 1), (complete[first][d], -1)], -INF, 0)


def _keep_fair(
    programme: Programme,
    back: Index,
    scenario: Scenario,
    kinds: Sequence[Kind],
    days: Sequence[date],
) -> None:
    """No class loses many more school days than another of its level.

    Of each level one day is the earliest, and all come back soon enough after it.
    """
    most = scenario.limits.fair_days_apart
    if most is None:
        return
    lost = [scenario.calendar.school_days.index(day) for day in days]
    levels = [{scenario.grade_named[g].level for g in kind.grades} for kind in kinds]
    for level in dict.fromkeys(g.level for g in scenario.grades):
        earliest = programme.add(len(days), high=1, whole=True)
        programme.row([(v, 1) for v in earliest], 1, 1)
        for d, own in enumerate(lost):
            near = [earliest[i] for i, other in enumerate(lost) if other <= own <= other + most]
            for k in (k for k, held in enumerate(levels) if level in held):
                terms = [(v, -float(kinds[k].number)) for v in near]
                programme.row([(back[k, d], 1.0), *terms], -INF, 0)


def _keep_beds(
    programme: Programme,
    back: Index,
    scenario: Scenario,
    kinds: Sequence[Kind],
    days: Sequence[date],
) -> None:
    """On no day are more boarders observed than there are beds; most are on days of return."""
    beds = scenario.limits.observation_beds
    if beds is None:
        return
    boarders = [kind.units[0].boarders for kind in kinds]
    for day in days:
        since = [d for d, other in enumerate(days) if _observed(scenario, other, day)]
        terms = [(back[k, d], n) for k, n in enumerate(boarders) for d in since]
        programme.row(terms, -INF, beds)


def _keep_buildings(
    programme: Programme,
    back: Index,
    scenario: Scenario,
    kinds: Sequence[Kind],
    days: Sequence[date],
) -> None:
    """Units that share a building return together, or once the others were observed."""
    if not scenario.limits.one_batch_per_building:
        return
    places = [{c.building for c in kind.classes} for kind in kinds]
    for building in dict.fromkeys(c.building for c in scenario.classes):
        taken = programme.add(len(days), high=1, whole=True)
        for k in (k for k, own in enumerate(places) if building in own):
            for v, some in zip(back[k], taken, strict=True):
                programme.row([(v, 1), (some, -kinds[k].number)], -INF, 0)
        for day in days:
            near = [i for i, then in enumerate(days) if _observed(scenario, day, then)]
            programme.row([(taken[i], 1) for i in near], 0, 1)


def _observed(scenario: Scenario, back: date, day: date) -> bool:
    """Whether those who came back on one day are observed on another."""
    rules = scenario.after_return
    if rules is None:
        return False
    return back <= day < back + timedelta(days=rules.campus_observation_days)


def fullest(sizes: Iterable[int], limit: int) -> int:
    """Most people that whole units can make up within a limit; a day takes back no more.

    Examples
    --------
    >>> fullest([40, 40, 40], 100), fullest([40, 35, 25], 100)
    (80, 100)
    """
    sums = 1  # bit n: units can make up n people
    for size in sizes:
        sums |= sums << size
    return (sums & ((1 << (limit + 1)) - 1)).bit_length() - 1
