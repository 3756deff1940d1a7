"""A plan of the search, held against the kernel on luck that the search has not seen.

A search is too kind to plans that suit its own mornings. Where the kernel finds a limit
missed, the classes are moved once more on more mornings, the lanes as they are and the gate
taken to be smaller; where that does not help, a lane is opened. Then lanes are closed, one at
a time, for as long as the classes can be moved so that the kernel agrees.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from returnsim.experiment.abreast import Piece, abreast
from returnsim.experiment.streams import BLOCK
from returnsim.experiment.workers import Jobs
from returnsim.optimise.anneal import Annealing
from returnsim.optimise.lanes import trim, widen
from returnsim.optimise.luck import SEARCH
from returnsim.optimise.rehearsal import Rehearsal, Sketch
from returnsim.optimise.squeeze import LUKEWARM, OPENED, with_one_less, with_one_more
from returnsim.optimise.steps import Report
from returnsim.optimise.trial import Trial, hardest_days, seated_in_time
from returnsim.optimise.watch import Watch
from returnsim.plan.plan import Plan
from returnsim.scenario.scenario import Scenario

SETTLING = SEARCH + 1
"""Marks the luck on which lanes are settled."""
TRIED, TRIED_IF_LARGE, LARGE = 1_024, 512, 3_000
"""Replications on which lanes are settled; fewer for schools of so many pupils."""
MOST_ALLOWED = 0.6
"""Share of a gate's places that may be taken off it for what a rehearsal does not see."""
FINER = 2
"""Times as many mornings on which a plan is mended."""
TURNS, TURNS_WITH_LESS, MOVES = 2, 5, 0.1
"""Times the classes of one plan are moved at most, also where a lane was closed that may be
needed, and the share of the search's moves for each."""
GLANCE, AGAIN = 0.05, 0.4
"""The same for a plan with a lane less: at first, to see whether it is likely at all; then more,
since its classes have a long way to go."""
HOPELESS, LIKELY = 0.3, 2
"""What may be missed at first for it to be likely, and plans that are tried of those."""
AIM, NEARLY = 0.3, 0.04
"""Share of the risk that is aimed at in rehearsal, and what may be missed of it for the kernel
to be asked."""
STEPS = 20
"""Times a gate is taken to be smaller at most before its classes move again."""
LATER = 0.001
"""Share of a class that has to be seated by the bell besides, when classes of a gate were late."""
ANEW = 5
"""Times the search goes on, lanes and all."""
LEAST, TIGHTER = 0.02, 0.06
"""Shares of a gate's places by which it is taken to be smaller: at least, when classes move, and
when the search goes on."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A plan whose classes were moved to suit its lanes."""

    plan: Plan
    kept: bool
    """Whether the kernel finds every limit kept."""
    allowance: tuple[tuple[float, ...], tuple[float, ...]]
    """Places that were taken off each gate on the way, and shares of its classes."""


def _any(short: list[tuple[float, float]]) -> bool:
    return any(places or share for places, share in short)


def _is_kept(fitted: Fitted) -> bool:
    return fitted.kept


class Settling:
    """Makes a plan of the search keep its limits on the kernel."""

    def __init__(
        self,
        annealing: Annealing,
        like: Plan,
        seed: int,
        moves: int,
        *,
        jobs: Jobs,
        watch: Watch,
        report: Report,
        anew: int = ANEW,
    ) -> None:
        self.annealing, self.stage, self.like = annealing, annealing.stage, like
        self.scenario: Scenario = annealing.stage.scenario
        self.seed, self.moves, self.anew = seed, moves, anew
        self._finer: Annealing | None = None
        self._roomier: list[Plan] = []
        """Plans that were kept before another lane was closed, the last one last."""
        self.jobs, self.watch, self.report = jobs, watch, report

    @property
    def finer(self) -> Annealing:
        """A search on more mornings, which a plan does not suit by chance so easily."""
        if self._finer is None:
            blocks = FINER * self.stage.replications // BLOCK
            stage = Rehearsal(self.scenario, self.like, self.seed, blocks, self.stage.margin)
            self._finer = Annealing(stage, f"{self.seed} finer", self.annealing.rules)
        return self._finer

    # ------------------------------------------------------------ allowances

    def compare(self, sketch: Sketch) -> None:
        """Allow for what steps show too short, gate by gate, on the rehearsed mornings.

        At gates that are not in use as much is allowed for as at the others, or they would
        look better.
        """
        plan, stage = self.stage.plan(sketch, self.like), self.stage
        stage.begin(sketch)
        usual = 1 - stage.margin * self.scenario.limits.crowding_risk
        idle: list[int] = []
        more = [0.0]
        for number, gate in enumerate(self.scenario.gates):
            if any(s.gate == gate.name for s in plan.lanes):
                size = stage.replications
                trial = Trial(self.scenario, plan, gate.name, stage.days[-1:], self.seed, size)
                short = np.quantile(trial.longest(plan), usual)
                short -= np.quantile(stage.mark(sketch, number).longest, usual)
                self._allow(number, max(-2.0, float(short)) - stage.within_a_step(sketch, number))
                more.append(stage.allowance[number])
            else:
                idle.append(number)
        for number in idle:
            self._allow(number, max(more))

    def _allow(self, number: int, short: float) -> None:
        places = self.scenario.gates[number].places
        self.stage.allowance[number] = min(short, MOST_ALLOWED * places)

    # ------------------------------------------------------------ settling

    def settled(self, sketch: Sketch, margin: float) -> tuple[Plan, bool]:
        """Open what a sketch needs, and close what it does not need.

        Parameters
        ----------
        sketch
            What the search has found.
        margin
            Share of each risk that may be used.

        Returns
        -------
        The plan, and whether it is known to keep its limits.
        """
        before, tardy = self.stage.allowance.copy(), self.stage.tardiness.copy()
        for number in range(OPENED + 1):
            self.report("lanes", number, 2 * OPENED)
            self.stage.allowance, self.stage.tardiness = before.copy(), tardy.copy()
            plan = self.stage.plan(sketch, self.like)
            plan, trials, fits = self._fitted(plan, margin, self.watch.expired)
            if self.watch.expired():
                return plan, fits
            if fits:
                return self._squeezed(plan, margin, trials), True
            sketch = self._with_one_more(plan)
        plan, failed = self._settle(plan, margin, trials)
        for _ in range(self.anew):
            if not failed or self.watch.expired():
                break
            for number, gate in enumerate(self.scenario.gates):
                if gate.name in failed:
                    self._allow(number, self.stage.allowance[number] + TIGHTER * gate.places)
            again = self.annealing.improve(
                self.stage.sketch(plan),
                int(MOVES * self.moves),
                hot=LUKEWARM,
                expired=self.watch.expired,
            )
            plan = self.stage.plan(again, self.like)
            plan, failed = self._settle(plan, margin, self._trials(plan))
        return plan, not failed

    def _squeezed(self, plan: Plan, margin: float, trials: dict[str, Trial]) -> Plan:
        """Close lanes for as long as the kernel agrees, then those that it does not need."""
        plan = self._trimmed(plan, margin, trials)
        fewer: Plan | None = plan
        while fewer is not None and not self.watch.expired():
            plan, fewer = fewer, self._with_one_less(fewer, margin)
            if fewer is not None:
                self._roomier.append(plan)
        return plan

    def _with_one_more(self, plan: Plan) -> Sketch:
        """Open a lane-block; the one closed last, where the classes were put to suit it."""
        if self._roomier:
            return self.stage.sketch(self._roomier.pop())
        return with_one_more(self.annealing, self.stage.sketch(plan))

    def _with_one_less(self, plan: Plan, margin: float) -> Plan | None:
        """Close a lane-block so that the kernel agrees; none if none is found."""
        options = with_one_less(self.annealing, self.stage.sketch(plan))
        lanes = sum(int(n.sum()) for n in options[0].lanes) if options else 0

        def glance(number: int, option: Sketch) -> Piece[tuple[float, int]]:
            return lambda expired: (self._glance(f"{lanes} {number}", option, expired), number)

        def attempt(number: int) -> Piece[Fitted]:
            name = f"{lanes} {number}"
            return lambda expired: self._attempt(name, options[number], margin, duty, expired)

        duty = plan.staff_minutes(self.scenario)
        glances = [glance(number, option) for number, option in enumerate(options)]
        order = sorted(abreast(glances, self.jobs, self.watch.expired))
        likely = [attempt(number) for missing, number in order[:LIKELY] if missing <= HOPELESS]
        if likely:
            self._aimed(margin)  # here, or every copy of this process would draw everybody anew
        found = abreast(likely, self.jobs, self.watch.expired, enough=_is_kept)
        for fitted in found[-1:]:
            if fitted.kept:
                self.stage.allowance, self.stage.tardiness = map(list, fitted.allowance)
                return self._trimmed(fitted.plan, margin, self._trials(fitted.plan))
        return None

    def _glance(self, name: str, option: Sketch, expired: Callable[[], bool]) -> float:
        """Try for a moment how nearly the classes can do with the lanes of a sketch."""
        self.annealing.reseed(name)
        self.annealing.improve(option, int(GLANCE * self.moves), lanes_stay=True, expired=expired)
        return self.annealing.missing

    def _attempt(
        self,
        name: str,
        option: Sketch,
        margin: float,
        duty: float,
        expired: Callable[[], bool],
    ) -> Fitted:
        """Put the classes where they can do with the lanes of a sketch, if they can.

        A lane that somebody still needs is opened again: then there is no less duty than before.
        """
        finer = self._aimed(margin)
        finer.reseed(name)
        found = finer.improve(option, int(AGAIN * self.moves), lanes_stay=True, expired=expired)
        plan, kept = self.stage.plan(finer.improve(found, 0), self.like), False
        if finer.missing <= NEARLY and plan.staff_minutes(self.scenario) < duty:
            plan, _, kept = self._fitted(plan, margin, expired, turns=TURNS_WITH_LESS)
        return Fitted(plan, kept, (tuple(self.stage.allowance), tuple(self.stage.tardiness)))

    def _aimed(self, margin: float) -> Annealing:
        """The search on more mornings, for less than a share of each risk."""
        self.finer.stage.margin = AIM * margin
        self.finer.stage.allowance = self.stage.allowance.copy()
        self.finer.stage.tardiness = self.stage.tardiness.copy()
        return self.finer

    def _fitted(
        self, plan: Plan, margin: float, expired: Callable[[], bool], turns: int = TURNS
    ) -> tuple[Plan, dict[str, Trial], bool]:
        """Move classes, the lanes as they are, until the kernel finds every limit kept.

        Returns the plan, its trials, and whether it is kept.
        """
        trials = self._trials(plan)
        short = self._short(plan, margin, trials)
        for _ in range(turns):
            if not _any(short) or expired():
                break
            finer = self._tightened(plan, margin, short)
            before = finer.least
            sketch = finer.improve(
                finer.stage.sketch(plan),
                int(MOVES * self.moves),
                hot=LUKEWARM,
                lanes_stay=True,
                expired=expired,
            )
            if finer.missing > NEARLY or finer.least >= before:
                break
            plan = self.stage.plan(sketch, self.like)
            trials = self._trials(plan)
            short = self._short(plan, margin, trials)
        return plan, trials, not _any(short)

    def _tightened(self, plan: Plan, margin: float, short: list[tuple[float, float]]) -> Annealing:
        """Take gates to be smaller until the search on more mornings sees what the kernel sees."""
        for _ in range(STEPS):
            finer = self._aimed(margin)
            finer.improve(finer.stage.sketch(plan), 0, lanes_stay=True)
            if not finer.kept or self.watch.expired():
                break
            for number, (places, share) in enumerate(short):
                self._allow(number, self.stage.allowance[number] + places)
                self.stage.tardiness[number] += share
        return finer

    def _short(
        self, plan: Plan, margin: float, trials: Mapping[str, Trial]
    ) -> list[tuple[float, float]]:
        """What each gate has to be taken to be smaller by still, for its limits.

        Places, and the share of each class that has to be seated by the bell besides.
        """
        short = [(0.0, 0.0)] * len(self.scenario.gates)
        usual = 1 - margin * self.scenario.limits.crowding_risk
        for number, gate in enumerate(self.scenario.gates):
            trial = trials.get(gate.name)
            strain = trial.seen(plan, margin) if trial else None
            if strain and strain.excess(self.scenario, margin) > 0:
                late = seated_in_time(self.scenario) - min(strain.in_time.values(), default=1.0)
                on_time = replace(strain, in_time={}).excess(self.scenario, margin)
                over = float(np.quantile(strain.longest, usual)) - gate.places
                short[number] = (
                    max(over, LEAST * gate.places) if on_time > 0 else 0.0,
                    late + LATER if late > 0 else 0.0,
                )
        return short

    def _trials(self, plan: Plan) -> dict[str, Trial]:
        """Every gate in use, on its hardest days."""
        used = {s.gate for s in plan.lanes}
        size = TRIED_IF_LARGE if self.scenario.pupils >= LARGE else TRIED

        def trial(gate: str) -> Trial:
            days: Sequence[date] = hardest_days(self.scenario, plan, gate, self.stage.days)
            return Trial(self.scenario, plan, gate, days, self.seed, size, SETTLING)

        return {g.name: trial(g.name) for g in self.scenario.gates if g.name in used}

    def _settle(
        self, plan: Plan, margin: float, trials: Mapping[str, Trial]
    ) -> tuple[Plan, list[str]]:
        """Open lanes on the kernel until the limits hold, close those that they do not need.

        Returns the plan, and the gates that cannot keep their limits with all their lanes.
        """
        failed = []
        for number, trial in enumerate(trials.values()):
            self.report("lanes", number, 2 * len(trials))
            late = self.watch.expired()
            enough = None if late else widen(self.scenario, plan, trial, margin)
            if enough is None:
                failed.append(trial.gate)
            else:
                plan = enough
        if failed or self.watch.expired():
            return plan, failed
        return self._trimmed(plan, margin, trials), []

    def _trimmed(self, plan: Plan, margin: float, trials: Mapping[str, Trial]) -> Plan:
        """Close every lane that the limits do not need, gate by gate."""
        with ThreadPoolExecutor(self.jobs if isinstance(self.jobs, int) else 1) as workers:
            found = list(
                workers.map(lambda t: trim(self.scenario, plan, t, margin), trials.values())
            )
        lanes = tuple(
            s for gate, own in zip(trials, found, strict=True) for s in own.lanes if s.gate == gate
        )
        return plan.changed(lanes=lanes)
