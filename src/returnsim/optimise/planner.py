"""From a scenario to a recommendation: the table of contents of the optimiser.

1. dates by integer programme (`dates`), with their bound;
2. slots, gates and lanes: a race of sketches, annealed on rehearsed mornings (`search`);
   meanwhile a bound on the duty that any plan needs (`bound`);
3. lanes settled by simulation (`lanes`);
4. the rest of the day laid out behind the morning, each part with its bound (`timetable`,
   `rounds`);
5. verification on luck that the search has not seen; where it fails, steps 3 to 5 again
   with a smaller share of each risk (`verification`);
6. opening stock from the rulebooks' floors and the simulated use (`stock`), audited on the
   same days;
7. the naive plans, on the same luck (`baselines`); one that is better is recommended
   instead;
8. what else could be had for more duty (`front`), what the plan withstands (`robustness`)
   and who bears it (`fairness`).

A deadline or Ctrl-C ends whatever step it is with the best plan so far; it is verified, audited
and printed like any other, and what was done less thoroughly is told (`hurry`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from returnsim.errors import InfeasibleError
from returnsim.experiment.assessment import Assessment, Replications, assess
from returnsim.experiment.study import engines_differ
from returnsim.experiment.workers import Jobs
from returnsim.optimise.baselines import baselines
from returnsim.optimise.bound import DutyBound, aside
from returnsim.optimise.bounds import Bound
from returnsim.optimise.dates import dates_in_time, return_dates
from returnsim.optimise.fairness import Share, fairness
from returnsim.optimise.front import FrontPoint, front, told_from
from returnsim.optimise.hurry import NAIVE as NAIVE_IF_HURRIED
from returnsim.optimise.hurry import first_plan, lanes_opened
from returnsim.optimise.infeasible import reasons
from returnsim.optimise.rank import best_of, unsettled
from returnsim.optimise.robustness import Robustness, robustness
from returnsim.optimise.rounds import rounds_bounds, with_rounds
from returnsim.optimise.search import Search
from returnsim.optimise.steps import Report
from returnsim.optimise.stock import StockLine
from returnsim.optimise.timetable import timetable_bounds, with_rest_of_day
from returnsim.optimise.verification import Verification
from returnsim.optimise.watch import Watch
from returnsim.plan.plan import Opening, Plan, ReturnDate
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario

MARGINS = (0.7, 0.5, 0.3, 0.1, 0.0)
"""Share of each risk that the search may use, from the first attempt to the last."""
QUICK, QUICK_AGAIN, QUICK_MARGINS = 0.5, 2, (0.3, 0.0)
"""Share of the search's moves, times it goes on from a plan that cannot be settled, and shares
of each risk, when only whether there is a plan matters."""
NAIVE = 256
"""Replications of the naive plans, at most: the first of those the recommended one is played on."""


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
    cut: tuple[str, ...] = ()
    """What a deadline or an interruption has cut short, of `CUT`."""

    @property
    def cut_short(self) -> bool:
        """Whether a deadline or an interruption has cut anything short."""
        return bool(self.cut)


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
    verification = Verification(scenario, books, seed, replications, jobs, report, watch)
    shared = not isinstance(jobs, int) or jobs > 1
    with aside() if shared else nullcontext() as process:
        report("dates", 0, 1)
        dates, calendar, dates_cut = dates_in_time(scenario, books, watch)
        least = DutyBound(scenario, dates, watch)
        if process is not None:
            least.begin(process)
        search = Search(scenario, dates, seed, MARGINS[0], jobs=jobs, watch=watch, report=report)
        found = _proposed(search, verification, least, calendar)
    return replace(found, cut=("dates", *found.cut)) if dates_cut else found


def _proposed(
    search: Search, verification: Verification, least: DutyBound, calendar: Bound
) -> Proposal:
    """Find a plan, and say what can be said of it.

    How few minutes of duty any plan needs is worked out meanwhile, and asked for at the end.
    """
    v, scenario, books, watch = verification, search.scenario, verification.books, search.watch
    found, stock = _search(search, v)
    naive = naive_plans(scenario, books, search.dates, found, v.seed, v.jobs, v.report, watch)
    cut = [*_cut(search, found, stock, naive)]
    found = _best_of(v, found, naive)
    points = front(search, books, found, naive, v.replications, v.jobs, v.report)
    found, points = _cheapest(v, found, points)
    late = watch.expired()
    tried = robustness(found, v.jobs, v.report, watch.expired)
    differ = engines_differ(found.summary.study, 1 if watch.expired() else 2)
    duty = least.end(patient=not watch.expired())
    rest = {
        "bound": not least.finished,
        "verify": found.stop.why == "hurried",
        "front": late,
        "robustness": tried is None,
    }
    return Proposal(
        scenario,
        tuple(books),
        found,
        naive,
        stock,
        differ,
        v.seed,
        search.rounds,
        {"calendar": calendar} | gate_and_day_bounds(scenario, found.plan, duty),
        points,
        tried,
        fairness(scenario, found.plan),
        (*cut, *(part for part in rest if rest[part])),
    )


def _cut(
    search: Search,
    found: Assessment,
    stock: Sequence[StockLine],
    naive: Mapping[str, Assessment],
) -> Iterator[str]:
    """Say what was cut short until the naive plans were played."""
    if search.cut_short:
        yield "search"
    returns = search.watch.expired() and search.scenario.after_return is not None
    if returns and any(n.risk is None for n in stock):
        yield "stock"
    usual = min(found.summary.replications, NAIVE)
    if any(a.summary.replications < usual for a in naive.values()):
        yield "naive"


def _best_of(
    verification: Verification, found: Assessment, naive: dict[str, Assessment]
) -> Assessment:
    """Recommend a naive plan that is better, if as many days as were asked for confirm it."""
    best = best_of(verification.scenario, found, naive)
    if best is found or best.summary.replications == found.summary.replications:
        return best
    rival = verification.assessed(best.plan, best.summary)
    return best_of(verification.scenario, found, {"by hand": rival})


def _cheapest(
    verification: Verification, found: Assessment, points: tuple[FrontPoint, ...]
) -> tuple[Assessment, tuple[FrontPoint, ...]]:
    """Recommend a plan of less duty that was met with on the way, if new days confirm it."""
    scenario = verification.scenario
    cheaper = [p.plan for p in points if p.duty < found.plan.staff_minutes(scenario)]
    if not cheaper or verification.watch.expired():
        return found, points
    plan = whole_day(scenario, cheaper[0]).changed(stock=found.plan.stock)
    best = best_of(scenario, found, {"met on the way": verification.assessed(plan)})
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
    watch = Watch()
    how: dict[str, Any] = {"jobs": jobs, "watch": watch, "report": report}
    how |= {"effort": QUICK, "again": QUICK_AGAIN} if quick else {}
    search = Search(scenario, dates, seed, MARGINS[0], **how)
    verification = Verification(scenario, books, seed, replications, jobs, report, watch, quick)
    found, stock = _search(search, verification)
    if search.cut_short:  # by Ctrl-C, since there is no deadline: what there is proves nothing
        raise KeyboardInterrupt
    return found, stock, search.rounds


def _search(search: Search, verification: Verification) -> tuple[Assessment, tuple[StockLine, ...]]:
    """Search, settle and verify; after a deadline or Ctrl-C, verify what there is."""
    scenario, seed = search.scenario, search.seed
    try:
        plan = search.run()
        for margin in QUICK_MARGINS if verification.floors else MARGINS:
            settled = _settled(search, plan, margin, verification.jobs)
            if settled is None:
                break
            found, stock = verification.verified(whole_day(scenario, settled))
            if search.watch.expired() or not unsettled(found):
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
    return verification.verified(whole_day(scenario, search.best))


def _settled(search: Search, plan: Plan | None, margin: float, jobs: Jobs) -> Plan | None:
    """Settle a plan on the kernel; in a hurry only open lanes, of any plan there is."""
    if not search.cut_short:
        settled = None if plan is None else search.settled(plan, margin)
        if settled is not None or not search.cut_short:
            return settled
        plan = search.best
    return lanes_opened(search, first_plan(search) if plan is None else plan, margin, jobs)


def naive_plans(
    scenario: Scenario,
    books: Sequence[Rulebook],
    dates: Sequence[ReturnDate],
    found: Assessment,
    seed: int,
    jobs: Jobs,
    report: Report,
    watch: Watch,
) -> dict[str, Assessment]:
    """Play the plans made by hand on the luck of the recommended one; on fewer in a hurry."""
    plans = baselines(scenario, dates, _orders(found))
    assessments = {}
    for number, (name, plan) in enumerate(plans.items()):
        report("naive", number, len(plans))
        assessments[name] = assess(
            scenario,
            books,
            whole_day(scenario, plan),
            seed=seed,
            replications=min(
                found.summary.replications, NAIVE_IF_HURRIED if watch.expired() else NAIVE
            ),
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
