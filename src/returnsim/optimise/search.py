"""From return dates to slots, gates and lanes: a race of sketches, and the winner settled.

1. Sketches to begin with: one for each choice of gates (`starts`).
2. A heat: each is annealed for a share of the moves on rehearsed mornings (`anneal`). Where
   none keeps its limits after that, the integer programme's sketch (`slots`) is, too.
3. The queues of the best are compared with the kernel's on the same mornings, gate by gate,
   and what the rehearsal shows too short is allowed for.
4. The best two go on.
5. At a tiny school all sketches are tried in the order of their duty (`exhaustive`).
6. The kernel plays the winner on other luck, and it is settled there (`settling`): its lanes
   are closed one block at a time for as long as the classes can be put where they do without
   (`squeeze`).

There is a plan after the first heat, and from then on only a better one takes its place.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from returnsim.experiment.abreast import Piece, abreast
from returnsim.experiment.streams import BLOCK
from returnsim.experiment.workers import Jobs
from returnsim.optimise.anneal import Annealing
from returnsim.optimise.baselines import EVENLY_SPREAD, baselines
from returnsim.optimise.exhaustive import least_of_all
from returnsim.optimise.rehearsal import Rehearsal, Sketch
from returnsim.optimise.settling import ANEW, Settling
from returnsim.optimise.slots import Guess, Slots
from returnsim.optimise.squeeze import kept
from returnsim.optimise.starts import sketches
from returnsim.optimise.steps import Report
from returnsim.optimise.watch import Watch
from returnsim.plan.plan import Plan, ReturnDate
from returnsim.scenario.scenario import Scenario

MOVES, MOVES_PER_CLASS = 5_000, 700
"""Moves of the whole search, times the root of the number of classes, and at most so many for
each class, where every gate is one station; fewer where they are more."""
FIRST = 100
"""Moves after which there is a plan, come what may."""
LATE = 5.0
"""Seconds in which a plan that keeps its limits is still looked for when the time is up at once."""
HEAT, AGAIN = 0.35, 0.3
"""Shares of the moves that all first heats take together, and the second ones."""
MEND = 0.1
"""Share of the moves after which classes that cannot do with their lanes are given another."""
FEWEST, MOST, PEOPLE = 2, 4, 600_000
"""Blocks of replications that are rehearsed: as many as hold so many people, at least and at
most so many. The fewer they are, the more a plan suits their luck and no other."""
START = 0.3
"""Share of a gate's places that the integer programme keeps free."""
WAITING = 60.0
"""Wait that it reckons with before the bell [s]."""
NODES = 20
"""Nodes it may take: the search goes on from wherever it is."""
ALL = 0.25
"""States of gates that may be played when all plans are tried, over the moves of the search."""


@dataclass(frozen=True, slots=True)
class Heat:
    """What came of annealing a sketch."""

    price: float
    """What it costs, missed limits and all [min of duty]."""
    kept: bool
    """Whether it keeps every limit in rehearsal."""
    sketch: Sketch


def _price(heat: Heat) -> float:
    return heat.price


class Search:
    """Looks for slots, gates and lanes; `best` is the best plan so far."""

    def __init__(
        self,
        scenario: Scenario,
        dates: Sequence[ReturnDate],
        seed: int,
        margin: float,
        *,
        jobs: Jobs,
        watch: Watch,
        report: Report,
        effort: float = 1.0,
        again: int = ANEW,
    ) -> None:
        self.scenario, self.dates, self.seed, self.margin = scenario, tuple(dates), seed, margin
        self.watch, self.report, self.jobs = watch, report, jobs
        stations = [len(g.stages) + (g.fast_lane is not None) for g in scenario.gates]
        classes = len(scenario.classes)
        moves = min(MOVES * math.sqrt(classes), MOVES_PER_CLASS * classes)
        self.moves = int(effort * moves * len(stations) / sum(stations))
        self.best: Plan | None = None
        """The best plan so far; none before the first heat."""
        self.cut_short = False
        """Whether the time was up, or somebody interrupted, before the moves were used up."""
        self.rounds = 0
        """Heats run."""
        self.like = baselines(scenario, self.dates, ())[EVENLY_SPREAD]
        blocks = min(MOST, max(FEWEST, PEOPLE // (BLOCK * scenario.pupils)))
        self.stage = Rehearsal(scenario, self.like, seed, blocks, margin)
        self.annealing = Annealing(self.stage, f"{seed}")
        self.settling = Settling(
            self.annealing,
            self.like,
            seed,
            self.moves,
            jobs=jobs,
            watch=watch,
            report=report,
            anew=again,
        )

    def run(self) -> Plan | None:
        """Search until the moves or the time are used up; none if no sketch is possible."""
        rest = sketches(self.stage, self.annealing.rules)
        starts = [*islice(rest, 1)]
        if starts:
            first = self._heat("", starts[0], FIRST, self.watch.expired)
            self._keep(first.sketch)
            if self._late():
                self._hurry_on(first)
                return self.best
        if self._hopeless() or self._late():
            return self.best if self.cut_short else None
        heats = self._first_heats([*starts, *rest])
        if self.cut_short or not heats:
            return self.best
        heats.sort(key=_price)
        self.settling.compare(heats[0].sketch)
        again = int(AGAIN * self.moves) // 2
        heats = self._heats("again", [heat.sketch for heat in heats[:2]], again)
        best = min(heats, key=_price)
        if not self.cut_short:
            self.annealing.reseed("mend")
            moves = int(MEND * self.moves)
            self._keep(kept(self.annealing, best.sketch, moves, self.watch.expired))
            self._try_all()
            self._late()
        return self.best

    def _hurry_on(self, first: Heat) -> None:
        """Look a little longer where the time is up before there is a plan that may be kept."""
        if not first.kept:
            moves = int(HEAT * self.moves)
            late = self._heat("late", first.sketch, moves, lambda: self.watch.overdue(LATE))
            self._keep(min(first, late, key=_price).sketch)

    def _first_heats(self, starts: list[Sketch]) -> list[Heat]:
        """Anneal every sketch; the programme's as well where the others miss their limits."""
        share = int(HEAT * self.moves) // (len(starts) or 1)
        heats = self._heats("first", starts, share)
        if not self.cut_short and not any(heat.kept for heat in heats):
            heats += self._heats("programme", self._by_programme(), share)
            if heats:
                self._keep(min(heats, key=_price).sketch)
        return heats

    def _heats(self, name: str, starts: Sequence[Sketch], moves: int) -> list[Heat]:
        """Anneal sketches side by side, each on luck of its own."""

        def heat(number: int, start: Sketch) -> Piece[Heat]:
            return lambda expired: self._heat(f"{name} {number}", start, moves, expired)

        self.rounds += len(starts)
        heats = abreast(
            [heat(number, start) for number, start in enumerate(starts)],
            self.jobs,
            self.watch.expired,
            lambda done: self.report("slots", done, len(starts)),
        )
        if heats:
            self._keep(min(heats, key=_price).sketch)
        self._late()
        return heats

    def _try_all(self) -> None:
        """Keep the best of all sketches instead, at a school where they are few enough."""
        rules, most = self.annealing.rules, int(ALL * self.moves)
        found = least_of_all(self.stage, rules, most, expired=self.watch.expired)
        if found is not None:
            self._keep(found)

    def _hopeless(self) -> bool:
        """Whether there is no way even for water, with lanes and classes in parts."""
        guess = Guess({}, 0.0, seconds=self.watch.left())
        return Slots(self.scenario, self.dates, guess).hopeless()

    def _by_programme(self) -> list[Sketch]:
        """Sketch of the integer programme: with places to spare, or without."""
        for free, waiting in ((START, WAITING), (0.0, WAITING), (0.0, 0.0)):
            plan = self.by_programme(free, waiting, self.watch.left())
            if plan is not None:
                return [self.stage.sketch(plan)]
        return []

    def by_programme(self, free: float, waiting: float, seconds: float | None) -> Plan | None:
        """Find a plan by the integer programme, with a share of the places kept free."""
        places = dict.fromkeys((g.name for g in self.scenario.gates), free)
        guess = Guess(places, waiting, nodes=NODES, seconds=seconds)
        layout = Slots(self.scenario, self.dates, guess).solve()
        if layout is None:
            return None
        return self.like.changed(arrivals=layout.arrivals, lanes=layout.lanes)

    def _late(self) -> bool:
        """Whether the time is up; remembers that it was."""
        self.cut_short |= self.watch.expired()
        return self.cut_short

    def _heat(self, name: str, start: Sketch, moves: int, expired: Callable[[], bool]) -> Heat:
        """Anneal a sketch."""
        self.annealing.reseed(name)
        found = self.annealing.improve(start, moves, expired=expired)
        return Heat(self.annealing.least, self.annealing.kept, found)

    def _keep(self, sketch: Sketch) -> None:
        self.best = self.stage.plan(sketch, self.like)

    def settled(self, plan: Plan, margin: float) -> Plan | None:
        """Settle the lanes of a plan on the kernel; none if it cannot be, or not in time."""
        found, kept_all = self.settling.settled(self.stage.sketch(plan), margin)
        self._late()
        self.best = found
        return found if kept_all else None
