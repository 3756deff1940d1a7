"""From return dates to slots, gates and lanes: a race of sketches, and the winner settled.

1. Sketches to begin with: one for each choice of gates (`starts`), and the integer
   programme's (`slots`).
2. A heat: each is annealed for a share of the moves on rehearsed mornings (`anneal`).
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
from collections.abc import Sequence

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
        self.watch, self.report = watch, report
        stations = [len(g.stages) + (g.fast_lane is not None) for g in scenario.gates]
        classes = len(scenario.classes)
        moves = min(MOVES * math.sqrt(classes), MOVES_PER_CLASS * classes)
        self.moves = int(effort * moves * len(stations) / sum(stations))
        self.best: Plan | None = None
        """The best plan so far; none before the first heat."""
        self.cut_short = False
        """Whether the time was up, or somebody interrupted, before the moves were used up."""
        self.hopeless = False
        """Whether there is no way even for water."""
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
        starts = [*sketches(self.stage, self.annealing.rules)]
        if starts:
            self._keep(self._heat(starts[0], FIRST)[1])
            if self._late():
                return self.best
        starts = [*self._by_programme(), *starts]
        if not starts or self.hopeless:
            return None
        share = int(HEAT * self.moves) // len(starts)
        heats: list[tuple[float, Sketch]] = []
        for number, start in enumerate(starts):
            self.report("slots", number, len(starts))
            heats.append(self._heat(start, share))
            self._keep(min(heats, key=lambda h: h[0])[1])
            if self._late():
                return self.best
        heats.sort(key=lambda h: h[0])
        self.settling.compare(heats[0][1])
        again = int(AGAIN * self.moves) // 2
        heats = sorted((self._heat(s, again) for _, s in heats[:2]), key=lambda h: h[0])
        self._keep(heats[0][1])
        if not self._late():
            moves = int(MEND * self.moves)
            self._keep(kept(self.annealing, heats[0][1], moves, self.watch.expired))
            self._try_all()
            self._late()
        return self.best

    def _try_all(self) -> None:
        """Keep the best of all sketches instead, at a school where they are few enough."""
        rules, most = self.annealing.rules, int(ALL * self.moves)
        found = least_of_all(self.stage, rules, most, expired=self.watch.expired)
        if found is not None:
            self._keep(found)

    def _by_programme(self) -> list[Sketch]:
        """Sketches of the integer programme: with places to spare, or without."""
        for free, waiting in ((START, WAITING), (0.0, WAITING), (0.0, 0.0)):
            guess = Guess(
                dict.fromkeys((g.name for g in self.scenario.gates), free),
                waiting,
                nodes=NODES,
                seconds=self.watch.left(),
            )
            slots = Slots(self.scenario, self.dates, guess)
            layout = slots.solve()
            if layout is not None:
                self.hopeless = False
                plan = self.like.changed(arrivals=layout.arrivals, lanes=layout.lanes)
                return [self.stage.sketch(plan)]
            self.hopeless = slots.impossible
        return []

    def _late(self) -> bool:
        """Whether the time is up; remembers that it was."""
        self.cut_short |= self.watch.expired()
        return self.cut_short

    def _heat(self, start: Sketch, moves: int) -> tuple[float, Sketch]:
        """Anneal a sketch; return what it costs with it."""
        self.rounds += 1
        found = self.annealing.improve(start, moves, expired=self.watch.expired)
        return self.annealing.least, found

    def _keep(self, sketch: Sketch) -> None:
        self.best = self.stage.plan(sketch, self.like)

    def settled(self, plan: Plan, margin: float) -> Plan | None:
        """Settle the lanes of a plan on the kernel; none if it cannot be."""
        found, kept_all = self.settling.settled(self.stage.sketch(plan), margin)
        self._late()
        self.best = found
        return found if kept_all or self.cut_short else None
