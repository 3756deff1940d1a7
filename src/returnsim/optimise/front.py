"""What else could be had: less waiting, or a later beginning, for more duty.

The recommended plan is the one of least duty. From it the search goes on, a little, with
fewer places at every gate, and anew with the first slots forbidden. Every plan found is
played on the same days; those that break a limit, or are no better than another in
anything, are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time

from returnsim.experiment.assessment import Assessment
from returnsim.experiment.study import Study, run
from returnsim.experiment.workers import Jobs
from returnsim.optimise.anneal import Annealing
from returnsim.optimise.rank import at_gates
from returnsim.optimise.rehearsal import Sketch
from returnsim.optimise.robustness import fullest_day
from returnsim.optimise.search import Search
from returnsim.optimise.starts import sketches
from returnsim.optimise.steps import Report
from returnsim.plan.plan import Plan
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario

FEWER = (0.5, 0.25)
"""Shares of the places that a queue may fill."""
LATER = (1, 2, 4)
"""Slots by which the beginning is put off."""
MOVES = 0.08
"""Share of the moves of the whole search for each of them."""
REPLICATIONS = 128


@dataclass(frozen=True, slots=True)
class FrontPoint:
    """A plan that no other one beats in everything."""

    name: str
    """How it came about: ``recommended``, ``shorter_queues``, ``later`` or a naive plan's."""
    plan: Plan
    duty: float
    """Minutes of duty."""
    longest_queue: float
    """Longest queue of the fullest gate, mean over days [people]."""
    mean_wait: float
    """Mean wait at the gate where it is longest [min]."""
    earliest: time
    """First slot of any class."""
    kept: bool
    """Whether all limits are kept on average."""

    def beats(self, other: "FrontPoint") -> bool:
        """Whether it is as good in everything, and better in something."""
        mine = (self.duty, self.longest_queue, self.mean_wait, _late(self.earliest))
        its = (other.duty, other.longest_queue, other.mean_wait, _late(other.earliest))
        return mine != its and all(a <= b + 1e-9 for a, b in zip(mine, its, strict=True))


def _late(moment: time) -> float:
    return -(moment.hour * 60 + moment.minute)


def front(
    search: Search,
    found: Assessment,
    naive: dict[str, Assessment],
    jobs: Jobs,
    report: Report,
) -> tuple[FrontPoint, ...]:
    """Return the recommended plan and what else could be had, from least duty to most."""
    points = [_point("recommended", found.plan, found, jobs)]
    plans = [(name, a.plan) for name, a in naive.items()]
    plans = [(n, p) for n, p in plans if p.return_dates == found.plan.return_dates]
    if not search.cut_short:
        for number, option in enumerate(_options(search, found.plan)):
            report("front", number, len(FEWER) + len(LATER))
            plans.append(option)
    points += [_point(name, plan, found, jobs) for name, plan in plans]
    keeping = [points[0], *(p for p in points[1:] if p.kept)]
    best = [
        p
        for i, p in enumerate(keeping)
        if i == 0 or not any(q.beats(p) or (_same(q, p) and j < i) for j, q in enumerate(keeping))
    ]
    return tuple(sorted(best, key=lambda p: (p.duty, p.longest_queue, p.name)))


def told_from(
    points: tuple[FrontPoint, ...], plan: Plan, scenario: Scenario
) -> tuple[FrontPoint, ...]:
    """Return the points once it is settled which is recommended; none has less duty then.

    A plan of less duty that new days did not confirm is left out.
    """
    duty = plan.staff_minutes(scenario)
    found = [
        replace(p, name="recommended")
        if _alike(p.plan, plan)
        else replace(p, name="shorter_queues")
        if p.name == "recommended"
        else p
        for p in points
        if p.duty >= duty - 1e-9
    ]
    return tuple(found)


def _alike(one: Plan, other: Plan) -> bool:
    return (one.arrivals, one.lanes) == (other.arrivals, other.lanes)


def _same(one: FrontPoint, other: FrontPoint) -> bool:
    return replace(one, name="", plan=other.plan) == replace(other, name="")


def _point(name: str, plan: Plan, found: Assessment, jobs: Jobs) -> FrontPoint:
    """Play a plan on the fullest day of the recommended one."""
    study, limits = found.summary.study, found.summary.study.scenario.limits
    day = (fullest_day(found),)
    samples = run(Study(study.scenario, plan, study.seed, REPLICATIONS, day), jobs=jobs).samples

    def means(quantity: Q) -> list[float]:
        return [float(x.mean()) for key, x in samples.items() if key.quantity is quantity]

    def most(quantity: Q) -> float:
        return max(float(x.mean()) for x in at_gates(study.scenario, samples, quantity).values())

    kept = (
        max(means(Q.CROWDED_DAYS)) <= limits.crowding_risk
        and max(means(Q.LONG_WAIT_DAYS)) <= limits.wait_risk
        and min(means(Q.SEATED_BY_BELL), default=1.0) >= limits.seated_by_bell_probability
        and max(means(Q.STUCK_DAYS)) <= limits.crowding_risk
    )
    return FrontPoint(
        name,
        plan,
        plan.staff_minutes(study.scenario),
        round(most(Q.LONGEST_QUEUE), 3),
        round(most(Q.MEAN_WAIT), 4),
        min(a.slot for a in plan.arrivals),
        kept,
    )


def _options(search: Search, plan: Plan) -> Iterator[tuple[str, Plan]]:
    stage, moves = search.stage, int(MOVES * search.moves)
    start, allowed = stage.sketch(plan), stage.allowance.copy()
    for share in FEWER:
        stage.allowance = [
            a + (1 - share) * g.places for a, g in zip(allowed, stage.gates, strict=True)
        ]
        sketch = Annealing(stage, f"{search.seed} {share}").improve(start, moves)
        yield "shorter_queues", stage.plan(sketch, plan)
    stage.allowance = allowed
    first = min(start.slot)
    for later in LATER:
        annealing = Annealing(stage, f"{search.seed} later {later}")
        if not annealing.rules.not_before(first + later):
            return
        heats: list[tuple[float, int, Sketch]] = []
        for begin in list(sketches(stage, annealing.rules))[:3]:
            found = annealing.improve(begin, moves // 2)
            heats.append((annealing.least, len(heats), found))
        if heats:
            yield "later", stage.plan(min(heats, key=lambda h: h[:2])[2], plan)
