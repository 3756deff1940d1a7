"""What else could be had: less waiting, or a later beginning, for more duty.

The recommended plan is the one of least duty. From it the search goes on, a little, with
fewer places at every gate, and anew with the first slots forbidden. Every plan found is
played on the same days, and those that are no better than another in anything are left out.
What remains is judged like the recommended plan: on as many days as it takes, until the whole
interval of every risk lies within its limit. Where it does not, or the days do not tell, the
plan is not shown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.abreast import Piece, abreast, at_once
from returnsim.experiment.assessment import Assessment, Replications, assess
from returnsim.experiment.study import Study, run
from returnsim.experiment.workers import Jobs
from returnsim.optimise.anneal import Annealing
from returnsim.optimise.rank import OURS, at_gates, unsettled
from returnsim.optimise.rehearsal import Sketch
from returnsim.optimise.robustness import fullest_day
from returnsim.optimise.search import Search
from returnsim.optimise.starts import sketches
from returnsim.optimise.steps import Report
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Rulebook
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
    """Whether all limits are kept on average over the days on which plans are compared."""

    def beats(self, other: "FrontPoint") -> bool:
        """Whether it is as good in everything, and better in something."""
        mine = (self.duty, self.longest_queue, self.mean_wait, _late(self.earliest))
        its = (other.duty, other.longest_queue, other.mean_wait, _late(other.earliest))
        return mine != its and all(a <= b + 1e-9 for a, b in zip(mine, its, strict=True))


def _late(moment: time) -> float:
    return -(moment.hour * 60 + moment.minute)


def front(
    search: Search,
    books: Sequence[Rulebook],
    found: Assessment,
    naive: dict[str, Assessment],
    replications: Replications,
    jobs: Jobs,
    report: Report,
) -> tuple[FrontPoint, ...]:
    """Return the recommended plan and what else could be had, from least duty to most."""
    judged = {name: a for name, a in naive.items() if _as_dated(a, found)}
    played = {"recommended": found, **judged}
    same = min(REPLICATIONS, *(a.summary.replications for a in played.values()))
    points = [_known(name, a, found, same) for name, a in played.items()]
    if not search.watch.expired():
        report("front", 0, len(FEWER) + len(LATER))
        points += _options(search, found, same, jobs, report)

    def judge(point: FrontPoint, own: Jobs) -> Piece[bool]:
        def piece(expired: Callable[[], bool]) -> bool:
            sure = judged.get(point.name) or assess(
                search.scenario,
                _ours(books),
                point.plan,
                seed=search.seed,
                replications=replications,
                jobs=own,
                enough=expired,
            )
            return not unsettled(sure)

        return piece

    def confirmed(asked: Sequence[FrontPoint]) -> list[bool]:
        own = jobs if at_once(len(asked), jobs) == 1 else 1
        return abreast([judge(point, own) for point in asked], jobs, search.watch.expired)

    best = unbeaten([points[0], *(p for p in points[1:] if p.kept)], confirmed)
    return tuple(sorted(best, key=lambda p: (p.duty, p.longest_queue, p.name)))


def _as_dated(naive: Assessment, found: Assessment) -> bool:
    return naive.plan.return_dates == found.plan.return_dates


def _ours(books: Sequence[Rulebook]) -> list[Rulebook]:
    """Only what slots and lanes decide: nothing else is worth further days."""
    return [
        book.model_copy(update={"clauses": tuple(c for c in book.clauses if c.quantity in OURS)})
        for book in books
    ]


def unbeaten(
    points: Sequence[FrontPoint], confirmed: Callable[[Sequence[FrontPoint]], Sequence[bool]]
) -> list[FrontPoint]:
    """Return the first and all that are confirmed and that none of these beats in everything.

    One that is not confirmed beats nobody, so whoever it beat is looked at in its place. Only
    those that no other beats are asked about, together, and each once.
    """
    left, sure = list(points), {0}
    while True:
        best = [
            i
            for i, p in enumerate(left)
            if i == 0 or not any(q.beats(p) or (_same(q, p) and j < i) for j, q in enumerate(left))
        ]
        asked = [i for i in best if i not in sure]
        told = confirmed([left[i] for i in asked])
        failed = {i for i, sure_of_it in zip(asked, told, strict=True) if not sure_of_it}
        if not failed:
            return [left[i] for i in best]
        sure |= set(asked) - failed
        kept = [i for i in range(len(left)) if i not in failed]
        sure = {new for new, old in enumerate(kept) if old in sure}
        left = [left[i] for i in kept]


def told_from(
    points: tuple[FrontPoint, ...], plan: Plan, scenario: Scenario
) -> tuple[FrontPoint, ...]:
    """Return the points once it is settled which is recommended; none has less duty then.

    A plan of less duty that new days did not confirm is left out, and so is whatever another
    one beats, such as the plan that was to be recommended before.
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
    return tuple(p for p in found if p.name == "recommended" or not any(q.beats(p) for q in found))


def _alike(one: Plan, other: Plan) -> bool:
    return (one.arrivals, one.lanes) == (other.arrivals, other.lanes)


def _same(one: FrontPoint, other: FrontPoint) -> bool:
    return replace(one, name="", plan=other.plan) == replace(other, name="")


def _known(name: str, own: Assessment, found: Assessment, replications: int) -> FrontPoint:
    """Look up what a plan that has been played does on the fullest day of the recommended one."""
    day = fullest_day(found).isoformat()
    samples = {k: x[:replications] for k, x in own.summary.samples.items() if k.day == day}
    return _point(name, own.plan, found.summary.study.scenario, samples)


def _played(name: str, plan: Plan, found: Assessment, replications: int) -> FrontPoint:
    """Play a plan on the fullest day of the recommended one."""
    study = found.summary.study
    day = (fullest_day(found),)
    samples = run(Study(study.scenario, plan, study.seed, replications, day)).samples
    return _point(name, plan, study.scenario, samples)


def _point(
    name: str, plan: Plan, scenario: Scenario, samples: Mapping[Key, NDArray[np.float64]]
) -> FrontPoint:
    """Put down what a plan does on the days on which plans are compared."""
    limits = scenario.limits

    def means(quantity: Q) -> list[float]:
        return [float(x.mean()) for key, x in samples.items() if key.quantity is quantity]

    def most(quantity: Q) -> float:
        return max(float(x.mean()) for x in at_gates(scenario, samples, quantity).values())

    kept = (
        max(means(Q.CROWDED_DAYS)) <= limits.crowding_risk
        and max(means(Q.LONG_WAIT_DAYS)) <= limits.wait_risk
        and min(means(Q.SEATED_BY_BELL), default=1.0) >= limits.seated_by_bell_probability
        and max(means(Q.STUCK_DAYS)) <= limits.crowding_risk
    )
    return FrontPoint(
        name,
        plan,
        plan.staff_minutes(scenario),
        round(most(Q.LONGEST_QUEUE), 3),
        round(most(Q.MEAN_WAIT), 4),
        min(a.slot for a in plan.arrivals),
        kept,
    )


def _options(
    search: Search, found: Assessment, replications: int, jobs: Jobs, report: Report
) -> list[FrontPoint]:
    """Search on from the recommended plan, side by side, and play what is found."""
    start = search.stage.sketch(found.plan)
    first = min(start.slot)
    searches = [("shorter_queues", _with_fewer_places(search, start, n)) for n in FEWER]
    searches += [("later", _later(search, first, n)) for n in LATER]

    def option(name: str, look: Piece[Sketch | None]) -> Piece[FrontPoint | None]:
        def piece(expired: Callable[[], bool]) -> FrontPoint | None:
            sketch = look(expired)
            if sketch is None:
                return None
            return _played(name, search.stage.plan(sketch, found.plan), found, replications)

        return piece

    points = abreast(
        [option(*named) for named in searches],
        jobs,
        search.watch.expired,
        lambda done: report("front", done, len(searches)),
    )
    return [point for point in points if point is not None]


def _with_fewer_places(search: Search, start: Sketch, share: float) -> Piece[Sketch | None]:
    def piece(expired: Callable[[], bool]) -> Sketch:
        stage = search.stage
        allowed = stage.allowance.copy()
        stage.allowance = [
            a + (1 - share) * g.places for a, g in zip(allowed, stage.gates, strict=True)
        ]
        annealing = Annealing(stage, f"{search.seed} {share}", search.annealing.rules)
        sketch = annealing.improve(start, int(MOVES * search.moves), expired=expired)
        stage.allowance = allowed
        return sketch

    return piece


def _later(search: Search, first: int, later: int) -> Piece[Sketch | None]:
    def piece(expired: Callable[[], bool]) -> Sketch | None:
        rules = search.annealing.rules.not_before(first + later)
        if rules is None:
            return None
        annealing = Annealing(search.stage, f"{search.seed} later {later}", rules)
        heats: list[tuple[float, int, Sketch]] = []
        for begin in list(sketches(search.stage, annealing.rules))[:3]:
            found = annealing.improve(begin, int(MOVES * search.moves) // 2, expired=expired)
            heats.append((annealing.least, len(heats), found))
        return min(heats, key=lambda h: h[:2])[2] if heats else None

    return piece
