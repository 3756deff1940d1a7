"""A plan, played out and held against its rulebooks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from returnsim.experiment.study import Engine, Progress, Study, Summary, extend, first_of, run
from returnsim.experiment.workers import Jobs
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Evidence, Finding, Verdict, audit
from returnsim.rules.duties import duties
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario
from returnsim.theory.sequential import looks, narrowed, spend

FIRST, MOST = 256, 2048
"""Replications of an automatic study at its first look, and at its last."""
LOOKS = looks(FIRST, MOST)
"""Replications after which an automatic study looks whether it may stop."""

Replications = int | str
"""A number, ``auto``, or ``auto:N``, which goes on to N where it must."""


@dataclass(frozen=True, slots=True)
class Stop:
    """When a study stopped, and why."""

    asked: str
    """A number, ``auto`` or ``auto:N``, as it was asked for."""
    most: int
    """Replications at which it would have stopped in any case."""
    looks: tuple[int, ...] = ()
    """Replications at which it looked."""
    why: Literal["fixed", "settled", "most", "hurried"] = "fixed"
    """A fixed number was asked for; every clause was settled; it had come to the most; or the
    time was up."""


@dataclass(frozen=True)
class Assessment:
    """A plan with everything that was found out about it."""

    plan: Plan
    summary: Summary
    evidence: Evidence
    findings: tuple[Finding, ...]
    confidence: float
    """Of every interval, over all looks together."""
    stop: Stop
    needed: Mapping[tuple[str, str], int]
    """By book and clause, the replications after which its verdict stood; none while it is
    uncertain, and none for what needs no simulation."""

    @property
    def hard_violated(self) -> tuple[Finding, ...]:
        """Hard clauses that the plan breaks."""
        return self._hard(Verdict.VIOLATED)

    @property
    def hard_uncertain(self) -> tuple[Finding, ...]:
        """Hard clauses that the replications do not settle."""
        return self._hard(Verdict.UNCERTAIN)

    @property
    def uncertain(self) -> tuple[Finding, ...]:
        """Clauses, hard or not, that the replications do not settle."""
        return tuple(f for f in self.findings if f.verdict is Verdict.UNCERTAIN)

    def _hard(self, verdict: Verdict) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.clause.hard and f.verdict is verdict)


def planned_looks(replications: Replications) -> tuple[int, ...]:
    """Return after how many replications a study may look; a fixed number looks once."""
    if isinstance(replications, int):
        return (replications,)
    _, _, most = replications.partition(":")
    return looks(FIRST, int(most)) if most else LOOKS


def assess(
    scenario: Scenario,
    books: Sequence[Rulebook],
    plan: Plan,
    *,
    seed: int,
    replications: Replications,
    jobs: Jobs = 1,
    engine: Engine = "kernel",
    progress: Progress | None = None,
    enough: Callable[[], bool] = lambda: False,
    played: Summary | None = None,
) -> Assessment:
    """Play a plan and judge every clause.

    With ``auto``, replications are added until no clause is uncertain, or the last look is
    reached. Each look may err, so each uses its share of the error that the scenario allows
    (`spend`), and what one look has settled stays settled: looking early costs width, not
    honesty.

    Parameters
    ----------
    scenario, books, plan
        What is given, what the plan is held against, and the plan.
    seed, replications, jobs, engine, progress
        As for a study.
    enough
        Asked after each look: whether to leave it at that, whatever is still uncertain.
    played
        The same days of a plan that differs in its stock alone, on which no day depends: they
        are not played again. What comes out is the same.
    """
    wanted = scenario.limits.confidence
    planned = planned_looks(replications)
    signed = duties(books, scenario, plan)
    evidence: Evidence = {}
    needed: dict[tuple[str, str], int] = {}
    study = Study(scenario, plan, seed, planned[0])
    how: dict[str, Any] = {"jobs": jobs, "engine": engine, "progress": progress}
    done = run(study, **how) if played is None else _of_this_plan(played, study)
    for look, error in zip(planned, spend(planned, 1 - wanted), strict=True):
        if look > done.replications:
            done = extend(done, look, **how)
        summary = first_of(done, look)
        evidence = {**seen(summary, 1 - error, wanted, evidence), **signed}
        findings = audit(books, scenario, evidence)
        for finding in findings:
            if finding.estimate is not None and finding.estimate.replications:
                settle(needed, finding, look)
        if not any(f.verdict is Verdict.UNCERTAIN for f in findings) or enough():
            break
    taken = tuple(n for n in planned if n <= look)
    why = _why(replications, findings, last=look == planned[-1])
    stop = Stop(str(replications), planned[-1], taken, why)
    return Assessment(plan, summary, evidence, findings, wanted, stop, needed)


def _of_this_plan(played: Summary, study: Study) -> Summary:
    """Take days for those of another plan that differs in its stock alone."""
    if replace(played.study, plan=_bare(played.study), replications=0) != replace(
        study, plan=_bare(study), replications=0
    ):
        raise ValueError("these days are not those of the plan")
    return Summary(replace(study, replications=played.replications), played.samples)


def _bare(study: Study) -> Plan:
    return study.plan.changed(stock=())


def seen(summary: Summary, level: float, confidence: float, before: Evidence) -> Evidence:
    """Return the evidence of one look, held to what earlier looks have ruled out.

    Parameters
    ----------
    summary
        All replications so far.
    level
        Confidence of this look alone.
    confidence
        Of all looks together, which is what the intervals are labelled with.
    before
        Evidence of the last look; empty at the first.
    """
    return {
        key: narrowed(before.get(key), now, confidence) if now.replications else now
        for key, now in summary.evidence(level).items()
    }


def settle(needed: dict[tuple[str, str], int], finding: Finding, look: int) -> None:
    """Note at which look the verdict of a clause came to stand."""
    name = finding.book, finding.clause.id
    if finding.verdict is Verdict.UNCERTAIN:
        needed.pop(name, None)
    else:
        needed.setdefault(name, look)


def _why(
    replications: Replications, findings: Sequence[Finding], *, last: bool
) -> Literal["fixed", "settled", "most", "hurried"]:
    if isinstance(replications, int):
        return "fixed"
    if not any(f.verdict is Verdict.UNCERTAIN for f in findings):
        return "settled"
    return "most" if last else "hurried"
