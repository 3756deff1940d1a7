"""From a scenario to a recommendation: the table of contents of the optimiser.

1. dates by integer programme (`dates`);
2. slots, gates and lanes by integer programme on a fluid queue (`slots`);
3. lanes settled by simulation, gate by gate (`lanes`); where a gate fails with all its
   lanes, or a class is late, the guess is tightened and step 2 repeated;
4. the rest of the day laid out behind the morning (`timetable`, `rounds`);
5. opening stock from the rulebooks' floors and the simulated use (`stock`);
6. verification on luck that the search has not seen; where it fails, steps 3 to 6 again
   with a smaller share of each risk;
7. the naive plans, on the same luck (`baselines`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from returnsim.errors import InfeasibleError
from returnsim.experiment.assessment import Assessment, Replications, assess
from returnsim.experiment.study import Study, assessed_days, engines_differ, run
from returnsim.experiment.workers import Jobs
from returnsim.optimise.baselines import baselines
from returnsim.optimise.dates import return_dates
from returnsim.optimise.infeasible import reasons
from returnsim.optimise.lanes import trim, widen
from returnsim.optimise.rounds import with_rounds
from returnsim.optimise.slots import Guess, Slots
from returnsim.optimise.steps import Report
from returnsim.optimise.stock import StockLine, opening_stock, openings
from returnsim.optimise.timetable import with_rest_of_day
from returnsim.optimise.trial import SEARCH, Trial, hardest_days
from returnsim.plan.plan import Opening, Plan, ReturnDate
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario

ROUNDS = 8
"""Times the guess is tightened before the search gives up."""
TRIED = 256
"""Replications of a day in the search."""
MARGINS = (0.2, 0.1, 0.0)
"""Share of each risk that the search may use, from the first attempt to the last."""
START = 0.3
"""Share of a gate's places that the first guess keeps free."""
TIGHTER = 0.25
"""Share of a gate's places by which its buffer grows when it fails."""
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
    """Times the slots were solved."""


def recommend(
    scenario: Scenario,
    books: Sequence[Rulebook],
    *,
    seed: int,
    replications: Replications = "auto",
    jobs: Jobs = 1,
    report: Report = lambda *_: None,
) -> Proposal:
    """Recommend a plan that simulation confirms.

    Raises
    ------
    InfeasibleError
        No plan was found, with the limit that stands in the way and by how much.
    """
    found, stock, rounds = confirmed(
        scenario, books, seed=seed, replications=replications, jobs=jobs, report=report
    )
    return Proposal(
        scenario,
        tuple(books),
        found,
        _naive(scenario, books, found.plan.return_dates, found, seed, jobs, report),
        stock,
        engines_differ(found.summary.study),
        seed,
        rounds,
    )


def confirmed(
    scenario: Scenario,
    books: Sequence[Rulebook],
    *,
    seed: int,
    replications: Replications = "auto",
    jobs: Jobs = 1,
    report: Report = lambda *_: None,
) -> tuple[Assessment, tuple[StockLine, ...], int]:
    """Search until a plan keeps its limits on luck it has not seen.

    Returns
    -------
    The assessment, the order behind its stock, and how many times the slots were solved.

    Raises
    ------
    InfeasibleError
        No plan was found.
    """
    report("dates", 0, 1)
    dates = return_dates(scenario, books)
    care = Care({g.name: START for g in scenario.gates})
    for margin in MARGINS:
        plan = whole_day(scenario, _search(scenario, dates, seed, margin, care, report))
        stock = _stock(scenario, books, plan, seed, jobs)
        plan = plan.changed(stock=openings(stock))
        found = assess(
            scenario,
            books,
            plan,
            seed=seed,
            replications=replications,
            jobs=jobs,
            progress=lambda done, of: report("verify", done, of),
        )
        if not unsettled(found):
            return found, stock, care.rounds
    raise InfeasibleError(reasons(scenario, dates, plan, seed))


@dataclass(slots=True)
class Care:
    """How careful the search has learned to be; it only grows."""

    buffer: dict[str, float]
    """Share of each gate's places kept free in the guess."""
    waiting: float = 60.0
    """Wait that is reckoned with before the bell [s]."""
    rounds: int = 0
    """Guesses made."""


def _search(
    scenario: Scenario,
    dates: Sequence[ReturnDate],
    seed: int,
    margin: float,
    care: Care,
    report: Report,
) -> Plan:
    """Guess, settle the lanes, tighten, until the search's own days keep every limit."""
    last: Plan | None = None
    for attempt in range(ROUNDS):
        report("slots", attempt, ROUNDS)
        care.rounds += 1
        layout = Slots(scenario, dates, Guess(care.buffer, care.waiting)).solve()
        if layout is None and care.rounds == 1:
            care.buffer = dict.fromkeys(care.buffer, 0.0)  # no places to spare after all
            continue
        if layout is None:
            raise InfeasibleError(reasons(scenario, dates, last, seed))
        plan = last = Plan(
            format=1,
            school=scenario.name,
            return_dates=tuple(dates),
            arrivals=layout.arrivals,
            lanes=layout.lanes,
        )
        days = assessed_days(scenario, plan)
        gates = [g.name for g in scenario.gates if any(s.gate == g.name for s in plan.lanes)]
        trials = {
            gate: Trial(scenario, plan, gate, hardest_days(scenario, plan, gate, days), seed, TRIED)
            for gate in gates
        }
        failed, late = [], False
        for gate, trial in trials.items():
            enough = widen(scenario, plan, trial, margin)
            if enough is not None:
                plan = enough
                continue
            failed.append(gate)
            in_time = trial.strain(plan).in_time.values()
            late |= min(in_time, default=1.0) < scenario.limits.seated_by_bell_probability
        if not failed:
            for number, trial in enumerate(trials.values()):
                report("lanes", number, len(trials))
                plan = trim(scenario, plan, trial, margin)
            return plan
        for gate in failed:
            care.buffer[gate] = min(0.95, care.buffer[gate] + TIGHTER)
        care.waiting += 60.0 if late else 0.0
    raise InfeasibleError(reasons(scenario, dates, last, seed))


def _stock(
    scenario: Scenario, books: Sequence[Rulebook], plan: Plan, seed: int, jobs: Jobs
) -> tuple[StockLine, ...]:
    summary = run(Study(scenario, plan, (seed, SEARCH), PILOT), jobs=jobs)
    last = summary.study.days[-1].isoformat()
    use = {
        key.place: estimate.high
        for key, estimate in summary.evidence().items()
        if key.quantity is Q.DAILY_USE and key.day == last
    }
    return opening_stock(scenario, books, use)


def unsettled(found: Assessment) -> bool:
    """Whether some limit that slots and lanes could keep is not confirmed."""
    ours = {Q.CROWDED_DAYS, Q.LONG_WAIT_DAYS, Q.SEATED_BY_BELL, Q.STUCK_DAYS}
    open_questions = (*found.hard_violated, *found.hard_uncertain)
    return any(f.clause.quantity in ours for f in open_questions)


def _naive(
    scenario: Scenario,
    books: Sequence[Rulebook],
    dates: Sequence[ReturnDate],
    found: Assessment,
    seed: int,
    jobs: Jobs,
    report: Report,
) -> dict[str, Assessment]:
    plans = baselines(scenario, dates, _orders(found))
    assessments = {}
    for number, (name, plan) in enumerate(plans.items()):
        report("naive", number, len(plans))
        assessments[name] = assess(
            scenario,
            books,
            whole_day(scenario, plan),
            seed=seed,
            replications=found.summary.replications,
            jobs=jobs,
        )
    report("naive", len(plans), len(plans))
    return assessments


def whole_day(scenario: Scenario, plan: Plan) -> Plan:
    """Lay out the rest of the day behind a morning that is settled."""
    return with_rounds(scenario, with_rest_of_day(scenario, plan))


def _orders(found: Assessment) -> tuple[Opening, ...]:
    return found.plan.stock
