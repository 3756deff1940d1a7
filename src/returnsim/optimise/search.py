"""From return dates to slots, gates and lanes: a race of sketches, and the winner settled.

1. Sketches to begin with: one for each choice of gates (`starts`), and the integer
   programme's (`slots`).
2. A heat: each is annealed for a share of the moves on rehearsed mornings (`anneal`).
3. The queues of the best are compared with the kernel's on the same luck, gate by gate, and
   what the rehearsal shows too short is allowed for.
4. The best few go on; in the end one, with the rest of the moves.
5. Its lanes are settled on the kernel, on other luck (`lanes`).

There is a plan after the first heat, and from then on only a better one takes its place.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np

from returnsim.experiment.workers import Jobs
from returnsim.optimise.anneal import Annealing
from returnsim.optimise.baselines import EVENLY_SPREAD, baselines
from returnsim.optimise.lanes import trim, widen
from returnsim.optimise.luck import SEARCH
from returnsim.optimise.rehearsal import Rehearsal, Sketch
from returnsim.optimise.slots import Guess, Slots
from returnsim.optimise.starts import sketches
from returnsim.optimise.steps import Report
from returnsim.optimise.trial import Trial, hardest_days
from returnsim.optimise.watch import Watch
from returnsim.plan.plan import Plan, ReturnDate
from returnsim.scenario.scenario import Scenario

MOVES, MOVES_PER_CLASS = 2_000, 250
"""Moves of the whole search where every gate is one station; fewer where they are more."""
FIRST = 100
"""Moves after which there is a plan, come what may."""
HEAT, FINAL = 0.35, 0.4
"""Share of the moves that all first heats take together, and the last one."""
BLOCKS = 2
"""Blocks of replications that are rehearsed."""
SETTLING = SEARCH + 1
"""Marks the luck on which lanes are settled."""
TRIED, TRIED_IF_LARGE, LARGE = 512, 256, 3_000
"""Replications on which lanes are settled; fewer for schools of so many pupils."""
START = 0.3
"""Share of a gate's places that the integer programme keeps free."""
WAITING = 60.0
"""Wait that it reckons with before the bell [s]."""
NODES = 20
"""Nodes it may take: the search goes on from wherever it is."""
MOST_ALLOWED = 0.6
"""Share of a gate's places that may be taken off it for what a rehearsal does not see."""
AGAIN, AGAIN_MOVES = 5, 0.15
"""Times the search goes on from a plan that cannot be settled, and its share of the moves."""
LUKEWARM = 0.05
"""Temperature of such a search, which is not to leave what was found."""
TIGHTER = 0.06
"""Share of a gate's places by which it is taken to be smaller then."""


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
        again: int = AGAIN,
    ) -> None:
        self.scenario, self.dates, self.seed, self.margin = scenario, tuple(dates), seed, margin
        self.jobs, self.watch, self.report, self.again = jobs, watch, report, again
        stations = [len(g.stages) + (g.fast_lane is not None) for g in scenario.gates]
        moves = MOVES + MOVES_PER_CLASS * len(scenario.classes)
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
        self.stage = Rehearsal(scenario, self.like, seed, BLOCKS, margin)
        self.annealing = Annealing(self.stage, f"{seed}")

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
        self._compare(heats[0][1])
        again = int((1 - HEAT - FINAL) * self.moves) // 2
        heats = sorted((self._heat(s, again) for _, s in heats[:2]), key=lambda h: h[0])
        self._keep(heats[0][1])
        self._compare(heats[0][1])
        _, last = self._heat(heats[0][1], int(FINAL * self.moves))
        self._keep(last)
        self._late()
        return self.best

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

    def _heat(self, start: Sketch, moves: int, hot: float | None = None) -> tuple[float, Sketch]:
        """Anneal a sketch; return what it costs with it."""
        self.rounds += 1
        found = self.annealing.improve(start, moves, hot=hot, expired=self.watch.expired)
        return self.annealing.least, found

    def _keep(self, sketch: Sketch) -> None:
        self.best = self.stage.plan(sketch, self.like)

    def _compare(self, sketch: Sketch) -> None:
        """Allow for what the rehearsal shows too short, at every gate in use.

        The kernel plays other luck: a search is too kind to plans that suit its own.
        """
        plan = self.stage.plan(sketch, self.like)
        self.stage.begin(sketch)
        usual = 1 - self.margin * self.scenario.limits.crowding_risk
        for number, gate in enumerate(self.scenario.gates):
            if any(s.gate == gate.name for s in plan.lanes):
                longest = self._trial(plan, gate.name, self.stage.days[-1:]).longest(plan)
                rehearsed = self.stage.mark(sketch, number).longest
                short = np.quantile(longest, usual) - np.quantile(rehearsed, usual)
                self._allow(number, float(short))

    def _allow(self, number: int, short: float) -> None:
        places = self.scenario.gates[number].places
        self.stage.allowance[number] = float(np.clip(short, -2.0, MOST_ALLOWED * places))

    def _trial(self, plan: Plan, gate: str, days: Sequence[date]) -> Trial:
        size = TRIED_IF_LARGE if self.scenario.pupils >= LARGE else TRIED
        return Trial(self.scenario, plan, gate, days, self.seed, size, SETTLING)

    def settled(self, plan: Plan, margin: float) -> Plan | None:
        """Settle the lanes of a plan; where a gate fails, search on with fewer places there."""
        found, failed = self.settle(plan, margin)
        for _ in range(self.again):
            if not failed or self._late():
                break
            for number, gate in enumerate(self.scenario.gates):
                if gate.name in failed:
                    self._allow(number, self.stage.allowance[number] + TIGHTER * gate.places)
            moves = int(AGAIN_MOVES * self.moves)
            _, sketch = self._heat(self.stage.sketch(found), moves, LUKEWARM)
            found, failed = self.settle(self.stage.plan(sketch, self.like), margin)
        self.best = found
        return None if failed and not self.cut_short else found

    def settle(self, plan: Plan, margin: float) -> tuple[Plan, list[str]]:
        """Open lanes on the kernel until the limits hold, close those that they do not need.

        Returns the plan, and the gates that cannot keep their limits with all their lanes.
        """
        gates = [g.name for g in self.scenario.gates if any(s.gate == g.name for s in plan.lanes)]
        trials = {
            gate: self._trial(plan, gate, hardest_days(self.scenario, plan, gate, self.stage.days))
            for gate in gates
        }
        failed = []
        for number, trial in enumerate(trials.values()):
            self.report("lanes", number, 2 * len(trials))
            enough = widen(self.scenario, plan, trial, margin)
            if enough is None:
                failed.append(trial.gate)
            else:
                plan = enough
        if failed or self._late():
            return plan, failed

        def trimmed(trial: Trial, plan: Plan = plan) -> Plan:
            return trim(self.scenario, plan, trial, margin)

        with ThreadPoolExecutor(self.jobs if isinstance(self.jobs, int) else 1) as workers:
            found = list(workers.map(trimmed, trials.values()))
        lanes = tuple(
            s for gate, own in zip(gates, found, strict=True) for s in own.lanes if s.gate == gate
        )
        return plan.changed(lanes=lanes), []
