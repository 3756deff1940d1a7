r"""Who eats in which canteen and in which shift, by an integer programme.

People follow each other at the pace of the slowest post (door, taps or lines, with a little
time to spare); a shift takes no more people than there are seats and no two batches; between
the last of a shift and the first of the next lie a meal and the clearing of the tables. So the
:math:`i`-th person of canteen :math:`h` is served :math:`i\,e_h` plus :math:`g_h` for each
shift before, wherever the classes stand in the line, and the person-minutes from the meal's
beginning until everybody is served are

.. math:: \sum_h \Big( \tfrac12 e_h N_h^2 + g_h \sum_k (k - 1) N_{hk} \Big)

with :math:`N_{hk}` people in shift k and :math:`N_h` in all. They are minimised:

- integer :math:`y_{thk}`: how many of the classes of type t (batch and size) sit in that shift;
  classes of one type are alike, which leaves the solver no symmetry to get lost in;
- binary :math:`b_{dhk}`: batch d sits in that shift, at most one does; where there are batches
  enough for all canteens, binary :math:`c_{dh}`: batch d eats in canteen h, and in no other;
- :math:`\sum s_t y_{thk} \le S_h u_{hk}`: seats, a class larger than all of them sits alone;
- shifts are used one after the other, the fullest first. There are no more of them than
  :math:`2 W_d / S_h` for a batch of :math:`W_d` people, since of two that fit together one would
  be saved;
- :math:`q_h \ge \tfrac12 e_h N_h^2` by its secants between whole numbers, added where a solution
  lies below the square until none does.

Where a canteen would be at it when the meal is over, the fewest seconds over the time, all
canteens together, come first. Turns before which some class cannot come (because of what it
does earlier) are left out of the programme, which only lowers its bound, and kept when times
are given.

Classes of many sizes make many types, and the solver slow. With more than `MANY` numbers
:math:`y` the programme is solved in two steps: with classes that may be parted, which gives
the bound and says how many shifts each batch has where; then with whole classes in just these
shifts.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from returnsim.optimise.bounds import Bound
from returnsim.optimise.programme import INF, Programme, Solution
from returnsim.optimise.seating import Hall, Layout, Party, by_thumb, overrun, together, waiting

NODES = 300
"""Nodes of the solver for each programme."""
MANY = 300
"""Whole numbers above which the programme is solved in two steps."""
NEAR = 0.002
"""Gap that the second of two steps may leave."""
ROUNDS = 3
"""Times the programme is solved again with secants where they were missing."""
EXACT = 1e-6
"""Share of the objective below which a gap is a matter of rounding."""
SECANTS = 100
"""Secants of each canteen to begin with."""
SLACK = 0.1
"""Seconds over the least time over that make no difference."""
REMEMBERED = 64
"""Meals whose layout is remembered: plans with the same dates have the same."""


@lru_cache(maxsize=REMEMBERED)
def seated(
    people: tuple[Party, ...], halls: tuple[Hall, ...], lasts: float
) -> tuple[Layout, Bound]:
    """Choose canteens and shifts, and say how few person-minutes there can be [min].

    The better of the programme's layout and the rule of thumb: first by the time over the
    meal's end, then by person-minutes, then by shifts.
    """
    bound, found = _searched(people, halls, lasts)
    layouts = [v for layout in (by_thumb(people, halls), *found) for v in _variants(layout)]
    best = min(layouts, key=lambda v: _rank(halls, v, lasts))
    objective = waiting(halls, best) / 60
    return best, Bound(objective, objective if objective - bound <= EXACT * objective else bound)


def _rank(halls: Sequence[Hall], layout: Layout, lasts: float) -> tuple[int, float, int]:
    over = round(overrun(halls, layout, lasts))
    return over, round(waiting(halls, layout), 3), sum(map(len, layout))


def _variants(layout: Layout) -> Iterator[Layout]:
    """A layout, with its shifts as they are and in the order in which people can come."""
    ready = tuple(
        tuple(tuple(sorted(shift, key=lambda d: d.since)) for shift in shifts) for shifts in layout
    )
    yield ready
    yield tuple(tuple(sorted(shifts, key=lambda s: max(d.since for d in s))) for shifts in ready)


Goal = Callable[["Table"], tuple[float, Solution | None]]
"""Minimises something: what no layout is below, and the best solution met."""


def _searched(
    people: Sequence[Party], halls: Sequence[Hall], lasts: float
) -> tuple[float, list[Layout]]:
    """What no layout waits less than [person-min], and layouts that the programmes found."""
    least, layout = _found(people, halls, Table.least_waiting)
    if layout is None or overrun(halls, layout, lasts) <= EXACT:
        return least, [layout] if layout else []
    _, soonest = _found(people, halls, lambda table: table.least_over(lasts))
    if soonest is None:
        return least, [layout]

    def within(table: Table) -> tuple[float, Solution | None]:
        table.count_over(lasts, most=overrun(halls, soonest, lasts))
        return table.least_waiting()

    _, best = _found(people, halls, within)
    return least, [layout, soonest, *([best] if best else [])]


def _found(
    people: Sequence[Party], halls: Sequence[Hall], goal: Goal
) -> tuple[float, Layout | None]:
    """Bound a goal and find a layout for it, in two steps where there are many types."""
    table = Table(people, halls)
    if table.sit.size <= MANY:
        least, solution = goal(table)
    else:
        parted = Table(people, halls, parted=True)
        least, pattern = goal(parted)
        if pattern is None:
            return least, None
        table.follow(pattern.value[parted.of], pattern.value[parted.used])
        _, solution = goal(table)
    return least, table.layout(solution) if solution else None


class Table:
    """The programme of one meal; its classes may be parted, so that it is only a bound."""

    def __init__(
        self, people: Sequence[Party], halls: Sequence[Hall], *, parted: bool = False
    ) -> None:
        self.people, self.halls = people, halls
        count = Counter((d.batch, d.number) for d in people)
        self.kinds = list(count)
        self.batches = list(dict.fromkeys(d.batch for d in people if d.batch is not None))
        self.programme = Programme()
        self.shifts = [_most_shifts(people, hall) for hall in halls]
        deep = max(self.shifts)
        self.sit = self.programme.add(len(self.kinds), len(halls), deep, whole=not parted)
        self.gap = 0.0
        self.used = self.programme.add(len(halls), deep, high=1, whole=True)
        self.of = self.programme.add(len(self.batches), len(halls), deep, high=1, whole=True)
        self.crowd = self.programme.add(len(halls), deep)
        self.all = self.programme.add(len(halls))
        self.wait = self.programme.add(len(halls))
        for t, kind in enumerate(self.kinds):
            self.programme.row(((v, 1) for v in self.sit[t].flat), count[kind], count[kind])
        for h, k in np.ndindex(len(halls), deep):
            self._shift(h, k)
        for h in range(len(halls)):
            terms = [(int(v), 1.0) for v in self.crowd[h]]
            self.programme.row([*terms, (self.all[h], -1)], 0, 0)
        if together(people, halls):
            self._keep_batches_whole()

    def _shift(self, h: int, k: int) -> None:
        """Seats, batches and order of one shift."""
        hall, rows = self.halls[h], self.programme
        if k >= self.shifts[h]:
            rows.limit(int(self.used[h, k]), 0, 0)
        taken = [(self.sit[t, h, k], min(n, hall.seats)) for t, (_, n) in enumerate(self.kinds)]
        rows.row([*taken, (self.used[h, k], -hall.seats)], -INF, 0)
        rows.row([*((v, 1) for v in self.of[:, h, k]), (self.used[h, k], -1)], -INF, 0)
        for d, batch in enumerate(self.batches):
            mine = [row for row, (b, _) in zip(taken, self.kinds, strict=True) if b == batch]
            rows.row([*mine, (self.of[d, h, k], -hall.seats)], -INF, 0)
        people = [(self.sit[t, h, k], n) for t, (_, n) in enumerate(self.kinds)]
        rows.row([*people, (self.crowd[h, k], -1)], 0, 0)
        if k:
            rows.row([(self.used[h, k], 1), (self.used[h, k - 1], -1)], -INF, 0)
            rows.row([(self.crowd[h, k], 1), (self.crowd[h, k - 1], -1)], -INF, 0)

    def _keep_batches_whole(self) -> None:
        home = self.programme.add(len(self.batches), len(self.halls), high=1, whole=True)
        for d in range(len(self.batches)):
            self.programme.row([(v, 1) for v in home[d]], 1, 1)
            for h, k in np.ndindex(len(self.halls), self.of.shape[2]):
                self.programme.row([(self.of[d, h, k], 1), (home[d, h], -1)], -INF, 0)
            for h, hall in enumerate(self.halls):
                fewest = _fewest_shifts(self.batches[d], self.people, hall)
                terms = [(int(v), 1.0) for v in self.of[d, h]]
                self.programme.row([*terms, (int(home[d, h]), -fewest)], 0, INF)

    def count_over(self, lasts: float, most: float | None = None) -> None:
        """Let seconds over the meal's end cost something, or allow so many and no more."""
        over = self.programme.add(len(self.halls), cost=1.0 if most is None else 0.0)
        for h, hall in enumerate(self.halls):
            ends = [(int(self.all[h]), hall.pace)]
            ends += [(int(u), hall.turnover) for u in self.used[h, 1:]]
            self.programme.row([*ends, (over[h], -1)], -INF, lasts)
        if most is not None:
            self.programme.row([(v, 1) for v in over], 0, most + SLACK)

    def follow(self, of: NDArray[np.float64], used: NDArray[np.float64]) -> None:
        """Leave out the shifts that another solution does not use, and let a little gap remain."""
        for mine, theirs in ((self.of, of), (self.used, used)):
            for variable in mine[np.round(theirs) == 0]:
                self.programme.limit(int(variable), 0, 0)
        self.gap = NEAR

    def least_over(self, lasts: float) -> tuple[float, Solution | None]:
        """Minimise the seconds over the meal's end, all canteens together."""
        self.count_over(lasts)
        solution = self.programme.solve(nodes=NODES, gap=self.gap)
        return (solution.bound if solution else 0.0), solution

    def least_waiting(self) -> tuple[float, Solution | None]:
        """Minimise the person-minutes until everybody is served."""
        for h, hall in enumerate(self.halls):
            self.programme.charge(int(self.wait[h]), 1.0)
            for k in range(1, self.sit.shape[2]):
                self.programme.charge(int(self.crowd[h, k]), k * hall.turnover / 60)
            whole = sum(d.number for d in self.people)
            for number in sorted({round(i * whole / SECANTS) for i in range(SECANTS + 1)}):
                self._secant(h, number)
        least, best = 0.0, None
        for _ in range(ROUNDS):
            solution = self.programme.solve(nodes=NODES, gap=self.gap)
            if solution is None:
                break
            least = max(least, solution.bound)
            if best is None or self._waiting(solution) < self._waiting(best):
                best = solution
            if self.gap or not self._cut(solution):
                break
        return least, best

    def _waiting(self, solution: Solution) -> float:
        """Person-minutes of a solution, with the squares themselves."""
        low = float(solution.value[self.wait].sum())
        squares = sum(self._square(h, solution) for h in range(len(self.halls)))
        return solution.objective - low + squares

    def _square(self, h: int, solution: Solution) -> float:
        return float(self.halls[h].pace / 60 * solution.value[self.all[h]] ** 2 / 2)

    def _secant(self, h: int, number: int) -> None:
        """Keep a canteen's waiting above the chord from a number of people to the next."""
        each = self.halls[h].pace / 60
        slope, at = each * (number + 0.5), each * number**2 / 2
        self.programme.row(
            [(int(self.wait[h]), 1), (int(self.all[h]), -slope)], at - slope * number, INF
        )

    def _cut(self, solution: Solution) -> bool:
        """Add secants where a solution lies below the square; whether there was such a place."""
        low = False
        for h in range(len(self.halls)):
            here = math.floor(solution.value[self.all[h]] + EXACT)
            square = self._square(h, solution)
            if solution.value[self.wait[h]] < square - EXACT * max(1.0, square):
                low = True
                self._secant(h, here)
                self._secant(h, here - 1)
        return low

    def layout(self, solution: Solution) -> Layout:
        """Hand the places out to the classes, in the order in which they were given."""
        ready = {
            kind: [d for d in self.people if (d.batch, d.number) == kind] for kind in self.kinds
        }
        rows = []
        for h in range(len(self.halls)):
            shifts = []
            for k in range(self.sit.shape[2]):
                shift: list[Party] = []
                for t, kind in enumerate(self.kinds):
                    for _ in range(round(solution.value[self.sit[t, h, k]])):
                        shift.append(ready[kind].pop(0))
                shifts.append(tuple(sorted(shift, key=self.people.index)))
            rows.append(tuple(shift for shift in shifts if shift))
        return tuple(rows)


def _most_shifts(people: Sequence[Party], hall: Hall) -> int:
    """Shifts beyond which two of them would fit together.

    Of any two shifts of a batch the people exceed the seats, or one shift would be saved: so m
    of them, m > 1, hold more than m / 2 times the seats. Staff may sit in any of them.
    """
    seats: Counter[Hashable] = Counter()
    for party in people:
        seats[party.batch] += min(party.number, hall.seats)
    most = sum(max(1.0, 2 * n / hall.seats) for batch, n in seats.items() if batch is not None)
    if None in seats:
        most += 1 + 2 * seats[None] / hall.seats
    return min(len(people), math.floor(most))


def _fewest_shifts(batch: Hashable, people: Sequence[Party], hall: Hall) -> int:
    """Shifts without which a batch has too few seats in a canteen."""
    seats = sum(min(d.number, hall.seats) for d in people if d.batch == batch)
    return math.ceil(seats / hall.seats)
