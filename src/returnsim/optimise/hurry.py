"""What is done once the time is up: enough for a plan that is complete, audited and honest.

Whatever is done less thoroughly then has a name (`CUT`), which the report tells.
"""

from concurrent.futures import ThreadPoolExecutor

from returnsim.experiment.workers import Jobs
from returnsim.optimise.lanes import widen
from returnsim.optimise.search import START, WAITING, Search
from returnsim.optimise.settling import SETTLING
from returnsim.optimise.trial import Trial, hardest_days
from returnsim.plan.plan import Plan

CUT = ("dates", "search", "bound", "stock", "naive", "verify", "front", "robustness")
"""What may be cut short: the search for dates, for slots and lanes, for a bound on duty; floors
alone were ordered; verdicts were left uncertain; naive plans were played on few days; little or
nothing else that could be had was looked for; no worse days were tried."""
GRACE = 3.0
"""Seconds for the integer programme where the search has no plan at all."""
TRIED = 128
"""Replications on which lanes are opened: a quarter of what they are settled on otherwise."""
OPENING, LOOKING = 12.0, 15.0
"""Seconds after the time was up in which lanes of further gates are opened, and days added to
settle what is uncertain."""
NAIVE = 64
"""Replications of the naive plans."""


def first_plan(search: Search) -> Plan:
    """Find any plan where the search came to none: the integer programme's, or one made by hand."""
    for free in (START, 0.0):
        plan = search.by_programme(free, WAITING, GRACE)
        if plan is not None:
            return plan
    return search.like


def lanes_opened(search: Search, plan: Plan, margin: float, jobs: Jobs) -> Plan:
    """Open lanes gate by gate until the limits hold on a few days, for as long as that may last.

    A gate that all its lanes do not help stays as it is.
    """
    used = {s.gate for s in plan.lanes}

    def trial(gate: str) -> Trial:
        days = hardest_days(search.scenario, plan, gate, search.stage.days)
        return Trial(search.scenario, plan, gate, days, search.seed, TRIED, SETTLING)

    gates = [g.name for g in search.scenario.gates if g.name in used]
    with ThreadPoolExecutor(jobs if isinstance(jobs, int) else 1) as workers:
        trials = list(workers.map(trial, gates))
    for each in sorted(trials, key=lambda t: -t.strain(plan).excess(search.scenario, margin)):
        if search.watch.overdue(OPENING):
            break
        plan = widen(search.scenario, plan, each, margin) or plan
    return plan
