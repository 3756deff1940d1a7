"""Two plans on the same luck: what the second changes, day by day and gate by gate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from returnsim.experiment.study import Progress, Study, Summary, assessed_days, estimate, run
from returnsim.experiment.workers import Jobs
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Key
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate, paired_difference


@dataclass(frozen=True, slots=True)
class Difference:
    """One quantity under both plans."""

    key: Key
    before: Estimate
    after: Estimate
    change: Estimate
    """After minus before, replication by replication."""


def compare(
    scenario: Scenario,
    plans: Sequence[Plan],
    *,
    seed: int,
    replications: int,
    jobs: Jobs = 1,
    progress: Progress | None = None,
) -> tuple[Difference, ...]:
    """Play both plans on the days of either, on common random numbers.

    Days on which one of the plans has nobody back yet are left out.
    """
    first = max(p.return_days[0] for p in plans)
    days = sorted({d for p in plans for d in assessed_days(scenario, p) if d >= first})
    summaries = []
    for number, plan in enumerate(plans):

        def tell(done: int, of: int, number: int = number) -> None:
            if progress:
                progress(number * of + done, len(plans) * of)

        study = Study(scenario, plan, seed, replications, tuple(days))
        summaries.append(run(study, jobs=jobs, progress=tell))
    return differences(*summaries)


def differences(before: Summary, after: Summary) -> tuple[Difference, ...]:
    """Pair every quantity that both summaries hold."""
    level = before.study.scenario.limits.confidence
    found = []
    for key, one in before.samples.items():
        two = after.samples.get(key)
        if two is None or two.size != one.size or not np.isfinite([one, two]).all():
            continue
        found.append(
            Difference(
                key,
                estimate(key.quantity, one, level),
                estimate(key.quantity, two, level),
                paired_difference(one, two, confidence=level),
            )
        )
    return tuple(found)
