"""Who eats in which canteen and in which shift: what a layout is, and the rule of thumb.

Within a shift people come one after the other at the pace of the slowest post; the next shift
comes when the one before has eaten and the tables are wiped.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Party:
    """A class or a group of staff that goes together."""

    name: str
    number: int
    """People of it who take part."""
    batch: Hashable = None
    """Those who came back with it; staff belong to no batch and may sit with any."""
    since: float = 0.0
    """First moment at which they can come [s after the beginning]."""


@dataclass(frozen=True, slots=True)
class Hall:
    """A canteen as far as its shifts go."""

    name: str
    seats: int
    pace: float
    """Time each person takes at its slowest post, with something to spare [s]."""
    turnover: float
    """From the end of serving a shift until the next is served [s]."""


Shift = tuple[Party, ...]
Layout = tuple[tuple[Shift, ...], ...]
"""Shifts of every canteen, in the order of the canteens."""


def moments(hall: Hall, shifts: Sequence[Shift]) -> Iterator[tuple[Party, float]]:
    """When everybody of a canteen sets out [s after the meal's beginning]."""
    at = 0.0
    for number, shift in enumerate(shifts):
        at += hall.turnover if number else 0.0
        for party in shift:
            at = max(at, party.since)
            yield party, at
            at += hall.pace * party.number


def waiting(halls: Sequence[Hall], layout: Layout) -> float:
    """Person-seconds from the meal's beginning until everybody is served."""
    return sum(
        party.number * (at + hall.pace * party.number / 2)
        for hall, shifts in zip(halls, layout, strict=True)
        for party, at in moments(hall, shifts)
    )


def overrun(halls: Sequence[Hall], layout: Layout, lasts: float) -> float:
    """Seconds for which canteens still serve when the meal is over, all together."""
    over = 0.0
    for hall, shifts in zip(halls, layout, strict=True):
        ends = [at + hall.pace * party.number for party, at in moments(hall, shifts)]
        over += max(0.0, max(ends, default=0.0) - lasts)
    return over


def fits(hall: Hall, shift: Sequence[Party], other: Party) -> bool:
    """Whether somebody may join a shift."""
    batches = {d.batch for d in (*shift, other)} - {None}
    return not shift or (len(batches) <= 1 and sum(d.number for d in (*shift, other)) <= hall.seats)


def together(people: Sequence[Party], halls: Sequence[Hall]) -> bool:
    """Whether there are batches enough for every canteen, so that each keeps to one."""
    return len({d.batch for d in people} - {None}) >= len(halls)


def by_thumb(people: Sequence[Party], halls: Sequence[Hall]) -> Layout:
    """Deal people to the canteens, then fill shift after shift up to the seats.

    Everybody goes where it makes least difference to the seats. Batches stay together where
    there is one for every canteen, the largest choosing first.
    """
    whole = together(people, halls)
    groups: dict[Hashable, list[Party]] = {}
    for party in people:
        alone = party.batch is None or not whole
        groups.setdefault(("", party.name) if alone else party.batch, []).append(party)
    parts = list(groups.values())
    if whole:
        parts.sort(key=lambda part: -sum(d.number for d in part))
    rows: list[list[Party]] = [[] for _ in halls]
    for part in parts:
        more = sum(d.number for d in part)

        def fullness(h: int, more: int = more) -> float:
            return (sum(d.number for d in rows[h]) + more) / halls[h].seats

        rows[min(range(len(halls)), key=fullness)] += part
    order = {party.name: i for i, party in enumerate(people)}
    return tuple(
        _filled(hall, sorted(row, key=lambda d: order[d.name]))
        for hall, row in zip(halls, rows, strict=True)
    )


def _filled(hall: Hall, people: Sequence[Party]) -> tuple[Shift, ...]:
    shifts: list[list[Party]] = []
    for party in people:
        if shifts and fits(hall, shifts[-1], party):
            shifts[-1].append(party)
        else:
            shifts.append([party])
    return tuple(map(tuple, shifts))
