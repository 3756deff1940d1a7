"""A plan, played out and held against its rulebooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from returnsim.experiment.study import Engine, Progress, Study, Summary, extend, run
from returnsim.experiment.workers import Jobs
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Evidence, Finding, Verdict, audit
from returnsim.rules.duties import duties
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario

LOOKS = (256, 512, 1024, 2048)
"""Replications after which an automatic study looks whether it may stop."""

Replications = int | Literal["auto"]


@dataclass(frozen=True)
class Assessment:
    """A plan with everything that was found out about it."""

    plan: Plan
    summary: Summary
    evidence: Evidence
    findings: tuple[Finding, ...]
    confidence: float
    """Of every interval; higher than the scenario's when an automatic study looked often."""

    @property
    def hard_violated(self) -> tuple[Finding, ...]:
        """Hard clauses that the plan breaks."""
        return self._hard(Verdict.VIOLATED)

    @property
    def hard_uncertain(self) -> tuple[Finding, ...]:
        """Hard clauses that the replications do not settle."""
        return self._hard(Verdict.UNCERTAIN)

    def _hard(self, verdict: Verdict) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.clause.hard and f.verdict is verdict)


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

    With ``auto``, replications are added until no hard clause is uncertain, or the last of
    `LOOKS` is reached. Each look may err, so each uses its share of the error that the
    scenario allows (Bonferroni): looking early costs width, not honesty.
    """
    wanted = scenario.limits.confidence
    looks = LOOKS if replications == "auto" else (replications,)
    level = 1 - (1 - wanted) / len(looks)
    signed = duties(books, scenario, plan)
    summary: Summary | None = None
    for look in looks:
        if summary is None:
            study = Study(scenario, plan, seed, look)
            summary = run(study, jobs=jobs, engine=engine, progress=progress)
        else:
            summary = extend(summary, look, jobs=jobs, engine=engine, progress=progress)
        evidence = {**summary.evidence(level), **signed}
        findings = audit(books, scenario, evidence)
        assessment = Assessment(plan, summary, evidence, findings, level)
        if not assessment.hard_uncertain:
            break
    return assessment
