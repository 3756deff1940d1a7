"""A plan, played out and held against its rulebooks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from returnsim.experiment.study import Engine, Progress, Study, Summary, extend, run
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
    why: Literal["fixed", "settled", "most"] = "fixed"
    """A fixed number was asked for; every clause was settled; or it had come to the most."""


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
) -> Assessment:
    """Play a plan and judge every clause.

    With ``auto``, replications are added until no clause is uncertain, or the last look is
    reached. Each look may err, so each uses its share of the error that the scenario allows
    (`spend`), and what one look has settled stays settled: looking early costs width, not
    honesty.
    """
    wanted = scenario.limits.confidence
    planned = planned_looks(replications)
    signed = duties(books, scenario, plan)
    evidence: Evidence = {}
    needed: dict[tuple[str, str], int] = {}
    first = Study(scenario, plan, seed, planned[0])
    summary = run(first, jobs=jobs, engine=engine, progress=progress)
    for look, error in zip(planned, spend(planned, 1 - wanted), strict=True):
        if look > summary.replications:
            summary = extend(summary, look, jobs=jobs, engine=engine, progress=progress)
        evidence = {**seen(summary, 1 - error, wanted, evidence), **signed}
        findings = audit(books, scenario, evidence)
        for finding in findings:
            if finding.estimate is not None and finding.estimate.replications:
                settle(needed, finding, look)
        if not any(f.verdict is Verdict.UNCERTAIN for f in findings):
            break
    taken = tuple(n for n in planned if n <= look)
    stop = Stop(str(replications), planned[-1], taken, _why(replications, findings))
    return Assessment(plan, summary, evidence, findings, wanted, stop, needed)


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
    replications: Replications, findings: Sequence[Finding]
) -> Literal["fixed", "settled", "most"]:
    if isinstance(replications, int):
        return "fixed"
    return "most" if any(f.verdict is Verdict.UNCERTAIN for f in findings) else "settled"
