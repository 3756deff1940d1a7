r"""Which rounds are done when, as evenly over the day as crews and uses allow: a programme.

A round :math:`v` has a moment at which an even spread would put it, and options :math:`o`: kinds
of crew and beginnings on a grid, while nobody uses what it closes. Crews that work and walk
alike are one kind. With binary :math:`x_{vo}`,

- each round is done at most once: :math:`\sum_o x_{vo} \le 1`;
- at every moment no more crews of a kind are at work or on their way than there are:
  :math:`\sum x_{vo} \le m` over the options of the kind that hold a crew then. Spans of which
  never more than m overlap can be handed to m crews, one after the other as they begin;
- at every moment one round of a zone at most;

minimise first the rounds left out, :math:`\sum_v (1 - \sum_o x_{vo})`, then, with no more of them
left out, :math:`\sum |t_o - t_v|\,x_{vo}`, the minutes off the even spread, which prevents
rounds of one zone from following each other closely.

The rule of thumb comes first (`by_thumb`). The programme is then asked for something better;
options that no better plan can hold, by the reduced costs of its relaxation, are struck out
before, which loses nothing and leaves little to search.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from returnsim.optimise.bounds import Bound
from returnsim.optimise.programme import INF, Programme, Solution

NODES = 300
"""Nodes of the solver for each programme."""
EXACT = 1e-6
"""Share of the objective below which a gap is a matter of rounding."""
REMEMBERED = 16
"""Days whose rounds are remembered."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to do a round."""

    kind: int
    """Which kind of crew does it."""
    at: float
    """When it begins [s after midnight]."""
    ends: float
    """When the zone is free again."""
    free: float
    """When the crew could begin in another zone."""


@dataclass(frozen=True, slots=True)
class Due:
    """A round that is due."""

    zone: str
    ideal: float
    """Where an even spread would put it [s after midnight]."""
    options: tuple[Option, ...]

    def off(self, option: Option) -> float:
        """Minutes off the even spread."""
        return abs(option.at - self.ideal) / 60


Chosen = tuple[Option | None, ...]
"""How each round is done; nothing for one that is left out."""


def off(rounds: Sequence[Due], chosen: Chosen) -> float:
    """Minutes off the even spread, all rounds together."""
    return sum(due.off(o) for due, o in zip(rounds, chosen, strict=True) if o is not None)


def by_thumb(rounds: Sequence[Due], crews: Sequence[int]) -> Chosen:
    """Give each round in turn the moment nearest to its own that is still free.

    Parameters
    ----------
    rounds
        Those with least choice first.
    crews
        How many there are of each kind.
    """
    taken: list[list[list[Option]]] = [[[] for _ in range(n)] for n in crews]
    zones: dict[str, list[Option]] = defaultdict(list)
    chosen: list[Option | None] = []
    for due in rounds:
        best, row = None, None
        for option in sorted(due.options, key=lambda o: (due.off(o), o.at)):
            if any(o.at < option.ends and option.at < o.ends for o in zones[due.zone]):
                continue
            row = next((r for r in taken[option.kind] if _fits(r, option)), None)
            if row is not None:
                best = option
                break
        if best is not None and row is not None:
            row.append(best)
            zones[due.zone].append(best)
        chosen.append(best)
    return tuple(chosen)


def _fits(row: Sequence[Option], option: Option) -> bool:
    return all(o.free <= option.at or option.free <= o.at for o in row)


@lru_cache(maxsize=REMEMBERED)
def spread(rounds: tuple[Due, ...], crews: tuple[int, ...]) -> tuple[Chosen, Bound, Bound]:
    """Choose how each round is done.

    Returns
    -------
    The choice; rounds left out, and how few there can be; minutes off the even spread, and how
    few there can be with no more rounds left out.
    """
    chosen = by_thumb(rounds, crews)
    fewest = 0
    if None in chosen:
        most = _Rounds(rounds, crews)
        done = len(rounds) - chosen.count(None)
        better, low = most.below(-done, [-1.0] * len(most.ways), whole=True)
        chosen, fewest = better or chosen, len(rounds) + round(low)
    out, found = chosen.count(None), off(rounds, chosen)
    even = _Rounds(rounds, crews)
    if even.ways:
        even.programme.row([(v, 1) for v in even.do], len(rounds) - out, INF)
    better, low = even.below(found, [rounds[v].off(o) for v, o in even.ways])
    chosen = better or chosen
    return chosen, Bound(float(out), float(fewest)), Bound(off(rounds, chosen), low)


class _Rounds:
    """The rows that any choice keeps."""

    def __init__(self, rounds: Sequence[Due], crews: Sequence[int]) -> None:
        self.rounds = rounds
        self.ways = [(v, o) for v, due in enumerate(rounds) for o in due.options]
        self.programme = Programme()
        self.do = self.programme.add(len(self.ways), high=1, whole=True)
        mine: dict[int, list[int]] = defaultdict(list)
        for x, (v, _) in enumerate(self.ways):
            mine[v].append(x)
        for row in mine.values():
            self._at_most(row, 1)
        for kind, number in enumerate(crews):
            held = [(x, o.at, o.free) for x, (_, o) in enumerate(self.ways) if o.kind == kind]
            for row in _at_once(held):
                self._at_most(row, number)
        for zone in dict.fromkeys(due.zone for due in rounds):
            here = [(x, o.at, o.ends) for x, (v, o) in enumerate(self.ways)
                    if rounds[v].zone == zone]  # fmt: skip
            for row in _at_once(here):
                self._at_most(row, 1)

    def _at_most(self, row: Sequence[int], number: int) -> None:
        """Let no more of some options be taken than a number, unless no more could be."""
        if len({self.ways[x][0] for x in row}) > number or number == 1:
            self.programme.row([(self.do[x], 1) for x in row], -INF, number)

    def below(
        self, found: float, costs: Sequence[float], *, whole: bool = False
    ) -> tuple[Chosen | None, float]:
        """Look for a choice that costs less than one at hand; say what none costs less than.

        What no better choice can hold, by its reduced cost, is not looked at.

        Parameters
        ----------
        found
            What the choice at hand costs.
        costs
            What each option costs.
        whole
            Whether costs are whole numbers, so that a better choice costs one less at least.
        """
        if not self.ways:
            return None, found
        wanted = found - (1.0 if whole else EXACT * max(1.0, abs(found)))
        for x, cost in zip(self.do, costs, strict=True):
            self.programme.charge(int(x), cost)
        least, with_each = self.programme.least_with_each()
        if least > wanted + EXACT:
            return None, found
        for x in self.do[with_each[self.do] > wanted + EXACT]:
            self.programme.limit(int(x), 0, 0)
        solution, better = self.programme.solve(nodes=NODES), None
        low = found if self.programme.impossible else least
        if solution is not None:
            if solution.objective <= wanted + EXACT:
                better, found = self.chosen(solution), solution.objective
            low = max(least, min(found, solution.bound))
        if whole:
            low = math.ceil(low - EXACT)
        return better, found if found - low <= EXACT * max(1.0, abs(found)) else low

    def chosen(self, solution: Solution) -> Chosen:
        """Read how each round is done."""
        found: list[Option | None] = [None] * len(self.rounds)
        for x, (v, option) in enumerate(self.ways):
            if solution.value[self.do[x]] > 0.5:  # noqa: PLR2004 - zero or one
                found[v] = option
        return tuple(found)


def _at_once(spans: Sequence[tuple[int, float, float]]) -> Iterator[list[int]]:
    """Which of some spans share a moment: each set once, none that lies within the next."""
    before: set[int] = set()
    for moment in sorted({begins for _, begins, _ in spans}):
        row = {x for x, begins, ends in spans if begins <= moment < ends}
        if before and not before <= row:
            yield sorted(before)
        before = row
    if before:
        yield sorted(before)
