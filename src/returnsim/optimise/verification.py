"""A morning made a whole plan, played on luck that the search has not seen, and its stock.

The stock is worked out last: only for a morning that keeps its limits, since the whole return
takes as long to play as the search. No day at the gates depends on what is in the store, so the
days that were played stand for the plan with its stock as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from returnsim.experiment.assessment import Assessment, Replications, assess
from returnsim.experiment.study import Study, Summary, run
from returnsim.experiment.workers import Jobs
from returnsim.optimise.hurry import LOOKING
from returnsim.optimise.luck import SEARCH
from returnsim.optimise.rank import unsettled
from returnsim.optimise.steps import Report
from returnsim.optimise.stock import StockLine, keep_filled, opening_stock, openings
from returnsim.optimise.watch import Watch
from returnsim.plan.plan import Plan
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario

PILOT = 64
"""Replications from which the daily use is estimated before stock is ordered."""
Lines = tuple[StockLine, ...]


@dataclass(frozen=True)
class Verification:
    """How plans are verified."""

    scenario: Scenario
    books: Sequence[Rulebook]
    seed: int
    replications: Replications
    jobs: Jobs
    report: Report
    watch: Watch
    floors: bool = False
    """Whether nobody asks for more stock than the floors."""

    def assessed(self, plan: Plan, played: Summary | None = None) -> Assessment:
        """Play a plan and judge it; once the time is up, no longer than need be."""
        return assess(
            self.scenario,
            self.books,
            plan,
            seed=self.seed,
            replications=self.replications,
            jobs=self.jobs,
            progress=lambda done, of: self.report("verify", done, of),
            enough=lambda: self.watch.overdue(LOOKING),
            played=played,
        )

    def verified(
        self, plan: Plan, kept: Callable[[Lines], Lines] = lambda lines: lines
    ) -> tuple[Assessment, Lines]:
        """Judge a plan with the floors in store, and what is settled with all that it needs.

        Parameters
        ----------
        plan
            The plan; its stock is worked out.
        kept
            Raises the order to what is there in any case.
        """
        floors = floors_for(self.scenario, self.books, plan, self.seed, self.jobs)
        lines = kept(floors)
        found = self.assessed(plan.changed(stock=openings(lines)))
        if self.floors or self.watch.expired() or unsettled(found):
            return found, lines
        study = Study(self.scenario, plan, self.seed, PILOT)
        try:
            full = kept(keep_filled(floors, study, SEARCH, self.jobs, self._goes_on))
        except _TimeUp:
            return found, lines
        if openings(full) == openings(lines):
            return found, full
        return self.assessed(plan.changed(stock=openings(full)), found.summary), full

    def _goes_on(self, done: int, of: int) -> None:
        """Tell how far the stock is, and that there is no time for more."""
        self.report("stock", done, of)
        if done < of and self.watch.expired():
            raise _TimeUp


class _TimeUp(Exception):
    """There is no time left for more than the floors."""


def floors_for(
    scenario: Scenario, books: Sequence[Rulebook], plan: Plan, seed: int, jobs: Jobs
) -> Lines:
    """Work out what the rulebooks and the planner ask for, from the simulated use."""
    summary = run(Study(scenario, plan, (seed, SEARCH), PILOT), jobs=jobs)
    last = summary.study.days[-1].isoformat()
    use = {
        key.place: estimate.high
        for key, estimate in summary.evidence().items()
        if key.quantity is Q.DAILY_USE and key.day == last
    }
    return opening_stock(scenario, books, use)
