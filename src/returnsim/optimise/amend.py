"""A recommendation that starts from an earlier plan and changes as little of it as it takes."""

from collections.abc import Sequence
from dataclasses import replace

from returnsim.experiment.assessment import Assessment, Replications
from returnsim.experiment.study import engines_differ
from returnsim.experiment.workers import Jobs
from returnsim.optimise.fairness import fairness
from returnsim.optimise.moves import mended
from returnsim.optimise.planner import Proposal, naive_plans, whole_day
from returnsim.optimise.rank import unsettled
from returnsim.optimise.robustness import robustness
from returnsim.optimise.steps import Report
from returnsim.optimise.stock import StockLine
from returnsim.optimise.verification import Verification
from returnsim.optimise.watch import Watch
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario


def amend(
    scenario: Scenario,
    books: Sequence[Rulebook],
    before: Plan,
    max_moves: int | None = None,
    *,
    seed: int,
    replications: Replications = "auto",
    jobs: Jobs = 1,
    report: Report = lambda *_: None,
) -> Proposal:
    """Recommend the plan that changes an earlier one least.

    What is pinned in it stays, no more than `max_moves` classes get another gate or slot, and
    no order is cut. Nothing is proven about the duty, and no front is drawn: the earlier plan
    is the measure.

    Raises
    ------
    InfeasibleError
        More classes must move than may, and how many; or there is no such plan at all.
    """
    stock: tuple[StockLine, ...] = ()
    watch = Watch()
    verification = Verification(scenario, books, seed, replications, jobs, report, watch)

    def kept(lines: tuple[StockLine, ...]) -> tuple[StockLine, ...]:
        return tuple(
            replace(line, order=max(line.order, before.order_of.get(line.supply.name, 0.0)))
            for line in lines
        )

    def confirm(plan: Plan) -> Assessment | None:
        nonlocal stock
        if misfits(plan, scenario):  # the timetable of before does not go with it any more
            plan = whole_day(scenario, plan)
        found, stock = verification.verified(plan, kept)
        return None if unsettled(found) else found

    report("dates", 0, 1)
    found = mended(scenario, books, before, max_moves, seed=seed, confirm=confirm, report=report)
    dates = found.plan.return_dates
    return Proposal(
        scenario,
        tuple(books),
        found,
        naive_plans(scenario, books, dates, found, seed, jobs, report, watch),
        stock,
        engines_differ(found.summary.study),
        seed,
        0,
        robustness=robustness(found, jobs, report),
        shares=fairness(scenario, found.plan),
    )
