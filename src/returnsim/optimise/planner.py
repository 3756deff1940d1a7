"""From a scenario to a recommendation: the table of contents of the optimiser.

1. dates by integer programme (`dates`), with their bound;
2. slots, gates and lanes: a race of sketches, annealed on rehearsed mornings (`search`);
   meanwhile a bound on the duty that any plan needs (`bound`);
3. lanes settled by simulation (`lanes`);
4. the rest of the day laid out behind the morning, each part with its bound (`timetable`,
   `rounds`);
5. opening stock from the rulebooks' floors and the simulated use (`stock`);
6. verification on luck that the search has not seen; where it fails, steps 3 to 6 again
   with a smaller share of each risk;
7. the naive plans, on the same luck (`baselines`); one that is better is recommended
   instead;
8. what else could be had for more duty (`front`), what the plan withstands (`robustness`)
   and who bears it (`fairness`).

A deadline or Ctrl-C ends step 2 or 3 with the best plan so far; it is verified, audited and
printed like any other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from returnsim.errors import InfeasibleError
from returnsim.experiment.assessment import Assessment, Replications, assess
from returnsim.experiment.study import Study, engines_differ, run
from returnsim.experiment.workers import Jobs
from returnsim.optimise.baselines import baselines
from returnsim.optimise.bound import DutyBound
from returnsim.optimise.bounds import Bound
from returnsim.optimise.dates import proven_dates, return_dates
from returnsim.optimise.fairness import Share, fairness
from returnsim.optimise.front import FrontPoint, front, told_from
from returnsim.optimise.infeasible import reasons
from returnsim.optimise.luck import SEARCH
from returnsim.optimise.rank import best_of, unsettled
from returnsim.optimise.robustness import Robustness, robustness
from returnsim.optimise.rounds import rounds_bounds, with_rounds
from returnsim.optimise.search import Search
from returnsim.optimise.steps import Report
from returnsim.optimise.stock import StockLine, keep_filled, opening_stock, openings
from returnsim.optimise.timetable import timetable_bounds, with_rest_of_day
from returnsim.optimise.watch import Watch
from returnsim.plan.plan import Opening, Plan, ReturnDate
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario

MARGINS = (0.7, 0.5, 0.3, 0.1, 0.0)
"""Share of each risk that the search may use, from the first attempt to the last."""
QUICK, QUICK_AGAIN, QUICK_MARGINS = 0.5, 2, (0.3, 0.0)
"""Share of the search's moves, times it goes on from a plan that cannot be settled, and shares
of each risk, when only whether there is a plan matters."""
NAIVE = 256
"""Replications of the naive plans, at most: the first of those the recommended one is played on."""
PILOT = 64
"""Replications from which the daily use is estimated before stock is ordered."""


@dataclass(frozen=True)
class Proposal:
    """A recommended plan, what was found out about it, and what it is held against."""

    scenario: Scenario
    books: tuple[Rulebook, ...]
    recommended: Assessment
    naive: dict[str, Assessment]
    stock: tuple[StockLine, ...]
    engines_differ: float
    """Largest difference between the two engines on the days played on both [s]."""
    seed: int
    rounds: int
    """Heats of the search."""
    bounds: dict[str, Bound] = field(default_factory=dict)
    """By stage of the planning: what the plan has, and what no plan has less of."""
    front: tuple[FrontPoint, ...] = ()
    """What else could be had, from least duty to most; the recommended point among it."""
    robustness: Robustness | None = None
    """What becomes of the plan when things go worse than the scenario says."""
    shares: tuple[Share, ...] = ()
    """What each grade bears."""
    cut_short: bool = False
    """Whether a deadline or an interruption ended the search."""


def recommend(
    scenario: Scenario,
    books: Sequence[Rulebook],
    *,
    seed: int,
    replications: Replications = "auto",
    jobs: Jobs = 1,
    report: Report = lambda *_: None,
    limit: float | None = None,
    hurried: Callable[[], bool] = lambda: False,
) -> Proposal:
    """Recommend a plan that simulation confirms.

    Parameters
    ----------
    scenario, books
        What is given, and what the plan is held against.
    seed, replications, jobs
        As for a study.
    report
        Told how far it is.
    limit, hurried
        Seconds after which, or whether now, the search ends with the best plan so far.

    Raises
    ------
    InfeasibleError
        No plan was found, with the limit that stands in the way and by how much.
    """
    watch = Watch(limit, hurried=hurried)
    report("dates", 0, 1)
    dates, calendar = proven_dates(scenario, books)
    search = Search(scenario, dates, seed, MARGINS[0], jobs=jobs, watch=watch, report=report)
    found, stock, duty = _bounded(search, books, replications, jobs, report)
    naive = naive_plans(scenario, books, dates, found, seed, jobs, report)
    found = best_of(scenario, found, naive)
    points = front(search, books, found, naive, replications, jobs, report)
    found, points = _cheapest(scenario, books, found, points, seed, replications, jobs)
    return Proposal(
        scenario,
        tuple(books),
        found,
        naive,
        stock,
        engines_differ(found.summary.study),
        seed,
        search.rounds,
        {"calendar": calendar} | gate_and_day_bounds(scenario, found.plan, duty),
        points,
        robustness(found, jobs, report),
        fairness(scenario, found.plan),
        search.cut_short,
    )


def _bounded(
    search: Search,
    books: Sequence[Rulebook],
    replications: Replications,
    jobs: Jobs,
    report: Report,
) -> tuple[Assessment, tuple[StockLine, ...], float]:
    """Search, and work out meanwhile how few minutes of duty any plan needs."""
    least = DutyBound(search.scenario, search.dates, search.watch)
    if not isinstance(jobs, int) or jobs > 1:
        least.begin()
    try:
        found, stock = _search(search, books, replications, jobs, report)
        duty = least.end(patient=not search.cut_short)
    finally:
        least.give_up()
    search.cut_short |= search.watch.expired()
    return found, stock, duty


def _cheapest(
    scenario: Scenario,
    books: Sequence[Rulebook],
    found: Assessment,
    points: tuple[FrontPoint, ...],
    seed: int,
    replications: Replications,
    jobs: Jobs,
) -> tuple[Assessment, tuple[FrontPoint, ...]]:
    """Recommend a plan of less duty that was met with on the way, if new days confirm it."""
    cheaper = [p.plan for p in points if p.duty < found.plan.staff_minutes(scenario)]
    if not cheaper:
        return found, points
    plan = whole_day(scenario, cheaper[0]).changed(stock=found.plan.stock)
    rival = assess(scenario, books, plan, seed=seed, replications=replications, jobs=jobs)
    best = best_of(scenario, found, {"met on the way": rival})
    return best, told_from(points, best.plan, scenario)


def confirmed(
    scenario: Scenario,
    books: Sequence[Rulebook],
    *,
    seed: int,
    replications: Replications = "auto",
    jobs: Jobs = 1,
    report: Report = lambda *_: None,
    quick: bool = False,
) -> tuple[Assessment, tuple[StockLine, ...], int]:
    """Search until a plan keeps its limits on luck it has not seen, and look no further.

    When only whether there is one matters, `quick` halves the effort and orders floors alone.

    Returns
    -------
    The assessment, the order behind its stock, and the heats of the search.

    Raises
    ------
    InfeasibleError
        No plan was found.
    """
    report("dates", 0, 1)
    dates = return_dates(scenario, books)
    how: dict[str, Any] = {"jobs": jobs, "watch": Watch(), "report": report}
    how |= {"effort": QUICK, "again": QUICK_AGAIN} if quick else {}
    search = Search(scenario, dates, seed, MARGINS[0], **how)
    found, stock = _search(search, books, replications, jobs, report, floors=quick)
    if search.cut_short:  # by Ctrl-C, since there is no deadline: what there is proves nothing
        raise KeyboardInterrupt
    return found, stock, search.rounds


def _search(
    search: Search,
    books: Sequence[Rulebook],
    replications: Replications,
    jobs: Jobs,
    report: Report,
    *,
    floors: bool = False,
) -> tuple[Assessment, tuple[StockLine, ...]]:
    """Search, settle and verify; after a deadline or Ctrl-C, verify what there is."""
    scenario, seed = search.scenario, search.seed

    def verified(morning: Plan) -> tuple[Assessment, tuple[StockLine, ...]]:
        plan = whole_day(scenario, morning)
        hurried = floors or search.cut_short
        stock = stock_for(scenario, books, plan, seed, jobs, hurried=hurried)
        found = assess(
            scenario,
            books,
            plan.changed(stock=openings(stock)),
            seed=seed,
            replications=replications,
            jobs=jobs,
            progress=lambda done, of: report("verify", done, of),
        )
        return found, stock

    try:
        plan = search.run()
        for margin in QUICK_MARGINS if floors else MARGINS:
            settled = None if plan is None else search.settled(plan, margin)
            if settled is None:
                break
            found, stock = verified(settled)
            if search.cut_short or not unsettled(found):
                return found, stock
            plan = settled
        if not search.cut_short:
            raise InfeasibleError(reasons(scenario, search.dates, search.best, seed))
    except KeyboardInterrupt:
        if search.best is None:
            raise
        search.cut_short = True
    if search.best is None:
        raise InfeasibleError(reasons(scenario, search.dates, None, seed))
    return verified(search.best)


def stock_for(
    scenario: Scenario,
    books: Sequence[Rulebook],
    plan: Plan,
    seed: int,
    jobs: Jobs,
    *,
    hurried: bool,
) -> tuple[StockLine, ...]:
    """Work out what to order for a plan, from the floors and its simulated use."""
    summary = run(Study(scenario, plan, (seed, SEARCH), PILOT), jobs=jobs)
    last = summary.study.days[-1].isoformat()
    use = {
        key.place: estimate.high
        for key, estimate in summary.evidence().items()
        if key.quantity is Q.DAILY_USE and key.day == last
    }
    lines = opening_stock(scenario, books, use)
    if hurried:  # the floors alone; the whole return takes longer than was allowed
        return lines
    return keep_filled(lines, Study(scenario, plan, seed, PILOT), SEARCH, jobs)


def naive_plans(
    scenario: Scenario,
    books: Sequence[Rulebook],
    dates: Sequence[ReturnDate],
    found: Assessment,
    seed: int,
    jobs: Jobs,
    report: Report,
) -> dict[str, Assessment]:
    """Play the plans made by hand on the luck of the recommended one."""
    plans = baselines(scenario, dates, _orders(found))
    assessments = {}
    for number, (name, plan) in enumerate(plans.items()):
        report("naive", number, len(plans))
        assessments[name] = assess(
            scenario,
            books,
            whole_day(scenario, plan),
            seed=seed,
            replications=min(found.summary.replications, NAIVE),
            jobs=jobs,
        )
    report("naive", len(plans), len(plans))
    return assessments


def whole_day(scenario: Scenario, plan: Plan) -> Plan:
    """Lay out the rest of the day behind a morning that is settled."""
    return with_rounds(scenario, with_rest_of_day(scenario, plan))


def gate_and_day_bounds(scenario: Scenario, plan: Plan, duty: float) -> dict[str, Bound]:
    """How far a plan's duty is from a bound, and its rest of the day from theirs."""
    gates = {"duty": Bound(plan.staff_minutes(scenario), duty)}
    return gates | timetable_bounds(scenario, plan) | rounds_bounds(scenario, plan)


def _orders(found: Assessment) -> tuple[Opening, ...]:
    return found.plan.stock
