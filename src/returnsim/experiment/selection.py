"""The best of several plans that keep every hard clause, and how sure that is.

Plans are played side by side on the same luck, look after look. At each look a plan may be
found to keep every hard clause or to break one, and any two plans are compared by what one
wants little of. The error that the scenario's confidence leaves is halved between the two
questions and shared out among plans, among pairs, among looks; so with that confidence
everything that is said of every plan is true.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.assessment import Replications, planned_looks, seen
from returnsim.experiment.headlines import JUDGED_BY, MORE_IS_BETTER, known_name, worst_of_each
from returnsim.experiment.study import Progress, Study, Summary, estimate, extend, run
from returnsim.experiment.workers import Jobs
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Evidence, Finding, Verdict, audit
from returnsim.rules.duties import duties
from returnsim.rules.quantity import Quantity
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate
from returnsim.theory.selection import Choice, Pairs, choose, compare_pairs, loses_more
from returnsim.theory.sequential import spend

Floats = NDArray[np.float64]
Standing = Literal["keeps", "breaks", "open"]
"""Whether a plan is known to keep every hard clause, or to break one; or neither yet."""
DUTY: Literal["duty_minutes"] = "duty_minutes"
"""Minutes of duty at the gates on one school day: known from the plan, without luck."""
By = Quantity | Literal["duty_minutes"]
INDIFFERENT = {"people": 1.0, "min": 0.5, "share": 0.01, "share of days": 0.01, "clock": 60.0}
"""Differences that nobody would act upon, by unit; of anything else a hundredth."""


@dataclass(frozen=True)
class Candidate:
    """One of the plans, and what became of it."""

    plan: Plan
    summary: Summary
    standing: Standing
    broken: tuple[Finding, ...]
    """Hard clauses that it breaks."""
    unsettled: tuple[Finding, ...]
    """Hard clauses that are not settled."""
    value: Estimate
    """What the plans are ranked by."""
    more: Estimate | None
    """How much more of it this plan has than the plan that was named; paired, on the same luck."""
    worse: bool
    """Whether another plan that keeps every hard clause is better for certain."""


@dataclass(frozen=True)
class Selection:
    """The plan that was named, and what was found out about each."""

    candidates: tuple[Candidate, ...]
    named: int | None
    """Number of the plan; none when none is known to keep every hard clause."""
    behind: float
    """With the confidence, the named plan is worse than the best by no more than this."""
    by: By
    indifference: float
    """Differences up to this do not matter."""
    confidence: float
    replications: int
    why: Literal["settled", "most", "fixed"]


@dataclass(slots=True)
class _Runner:
    """A plan in the race."""

    plan: Plan
    summary: Summary
    lenient: Evidence = field(default_factory=dict)
    """Intervals at the plan's share of the error: all inside means that it keeps the clauses."""
    strict: Evidence = field(default_factory=dict)
    """Intervals at a share for each estimate: one outside means that it breaks a clause."""
    standing: Standing = "open"
    broken: tuple[Finding, ...] = ()
    unsettled: tuple[Finding, ...] = ()
    worse: bool = False
    out: bool = False
    """Whether it need not be played any further."""


def known_by(name: str) -> By:
    """Return what plans can be ranked by, or say what there is.

    Raises
    ------
    InputError
        Plans cannot be ranked by it, with the likely repair.
    """
    found = known_name(name, [DUTY, *(q.value for q in JUDGED_BY)])
    return DUTY if found == DUTY else Quantity(found)


def indifference(by: By, loss: Floats) -> float:
    """Return a difference that nobody would act upon."""
    if by == DUTY:
        return INDIFFERENT["min"]
    unit = Quantity(by).unit
    return INDIFFERENT.get(unit, max(0.01 * float(np.abs(loss).mean()), 1e-9))


def select_best(
    scenario: Scenario,
    books: Sequence[Rulebook],
    plans: Sequence[Plan],
    *,
    by: By,
    seed: int,
    replications: Replications,
    enough: float | None = None,
    jobs: Jobs = 1,
    progress: Progress | None = None,
) -> Selection:
    """Name the best of the plans that keep every hard clause.

    Parameters
    ----------
    scenario, books
        The school and its plan documents.
    plans
        Two or more.
    by
        What there should be little of (much of, for `seated_by_bell`): in each replication
        its worst at any place on any day.
    seed
        Of the luck that all plans meet.
    replications
        A number, or ``auto``: until every plan is settled or ruled out.
    enough
        Difference that does not matter; by default one that nobody would act upon.
    jobs
        Workers, or a cluster.
    progress
        Called after every block, for each plan and look anew.

    Notes
    -----
    A plan *keeps* the clauses when every interval lies inside, so one interval for each wrong
    clause is enough to be right. It *breaks* one when some interval lies outside, which any of
    many may do by chance: there the error is divided by their number as well.
    """
    looks = planned_looks(replications)
    papers = [duties(books, scenario, plan) for plan in plans]
    runners = [
        _Runner(plan, run(Study(scenario, plan, seed, looks[0]), jobs=jobs, progress=progress))
        for plan in plans
    ]

    def judge(look: int, share: float) -> None:
        for runner, signed in zip(runners, papers, strict=True):
            if runner.out:
                continue
            if look > runner.summary.replications:
                runner.summary = extend(runner.summary, look, jobs=jobs, progress=progress)
            _judge(runner, scenario, books, signed, share)

    found = _race(scenario, runners, judge, by, looks, enough)
    return replace(found, why="fixed") if isinstance(replications, int) else found


def _race(
    scenario: Scenario,
    runners: Sequence[_Runner],
    judge: Callable[[int, float], None],
    by: By,
    looks: Sequence[int],
    enough: float | None,
) -> Selection:
    """Look after look, until every plan is settled and the choice is near enough."""
    wanted, pairs = scenario.limits.confidence, Pairs()
    for look, spent in zip(looks, spend(looks, 1 - wanted), strict=True):
        share = spent / 2 / len(runners)
        judge(look, share)
        losses = [_loss(runner, scenario, by) for runner in runners]
        zone = indifference(by, losses[0]) if enough is None else enough
        pairs = compare_pairs(
            losses, error=spent / 2, confidence=wanted, before=pairs, risks=_is_risk(by)
        )
        keeping = [i for i, r in enumerate(runners) if r.standing == "keeps"]
        choice = choose(pairs, keeping) if keeping else None
        _rule_out(runners, pairs, keeping)
        settled = all(r.out or r.standing == "keeps" for r in runners)
        settled &= choice is None or choice.behind <= zone
        if settled:
            break
    return Selection(
        tuple(
            _candidate(i, runners, losses, pairs, choice, by, 1 - share)
            for i in range(len(runners))
        ),
        choice.best if choice else None,
        choice.behind if choice else float("inf"),
        by,
        zone,
        wanted,
        look,
        "settled" if settled else "most",
    )


def _judge(
    runner: _Runner,
    scenario: Scenario,
    books: Sequence[Rulebook],
    papers: Evidence,
    share: float,
) -> None:
    """Hold a plan against its clauses at one look."""
    if runner.standing != "open":
        return
    wanted = scenario.limits.confidence
    runner.lenient = seen(runner.summary, 1 - share, wanted, runner.lenient)
    played = sum(e.replications > 0 for e in runner.lenient.values())
    runner.strict = seen(runner.summary, 1 - share / max(played, 1), wanted, runner.strict)
    broken = _hard(audit(books, scenario, {**runner.strict, **papers}), Verdict.VIOLATED)
    lenient = audit(books, scenario, {**runner.lenient, **papers})
    unsettled = (*_hard(lenient, Verdict.UNCERTAIN), *_hard(lenient, Verdict.VIOLATED))
    runner.broken, runner.unsettled = broken, () if broken else unsettled
    if broken:
        runner.standing, runner.out = "breaks", True
    elif not unsettled:
        runner.standing = "keeps"


def _hard(findings: Sequence[Finding], verdict: Verdict) -> tuple[Finding, ...]:
    return tuple(f for f in findings if f.clause.hard and f.verdict is verdict)


def _rule_out(runners: Sequence[_Runner], pairs: Pairs, keeping: Sequence[int]) -> None:
    """Play no further what is worse for certain than a plan that keeps every hard clause."""
    for i, runner in enumerate(runners):
        runner.worse |= any(loses_more(pairs, i, j)[0] > 0 for j in keeping)
        runner.out |= runner.worse


def _is_risk(by: By) -> bool:
    return by != DUTY and Quantity(by).is_risk


def _sign(by: By) -> int:
    return -1 if by in MORE_IS_BETTER else 1


def _loss(runner: _Runner, scenario: Scenario, by: By) -> Floats:
    """What there should be little of, in each replication."""
    if by == DUTY:
        return np.full(runner.summary.replications, runner.plan.staff_minutes(scenario))
    return _sign(by) * worst_of_each(runner.summary.samples, Quantity(by))


def _candidate(
    number: int,
    runners: Sequence[_Runner],
    losses: Sequence[Floats],
    pairs: Pairs,
    choice: Choice | None,
    by: By,
    level: float,
) -> Candidate:
    runner, sample = runners[number], _sign(by) * losses[number]
    if by == DUTY:
        value = Estimate.certain(float(sample[0]))
    else:
        value = estimate(Quantity(by), sample, level)
    more = None
    if choice is not None and number != choice.best:
        low, high = loses_more(pairs, number, choice.best)
        n = min(sample.size, losses[choice.best].size)
        mean = float((losses[number][:n] - losses[choice.best][:n]).mean())
        ends = (low, high) if _sign(by) > 0 else (-high, -low)
        more = Estimate(_sign(by) * mean, *ends, n, pairs[0, 1].confidence)
    return Candidate(
        runner.plan,
        runner.summary,
        runner.standing,
        runner.broken,
        runner.unsettled,
        value,
        more,
        runner.worse,
    )
