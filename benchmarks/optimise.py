"""The planner on four schools: time, duty, bound, gap, risk, and the plans made by hand.

``python benchmarks/optimise.py [S] [M] [L] [XL] [--seeds N]`` prints Markdown tables; S and M
when no size is named. A recommendation holds the search, its verification, the naive plans,
the front, the robust check and the printed documents. CPU time is of this process and of all
that it began, so that a machine that others use as well says something too. With `--seeds`, a
school is planned so many times, and each plan played on fresh luck.
"""

import argparse
import os
import time
from datetime import date
from pathlib import Path

from morning import machine
from schools import SIZES, a_school

from returnsim.experiment.assessment import Assessment
from returnsim.experiment.study import Study, run
from returnsim.model import kernel
from returnsim.optimise import readiness
from returnsim.optimise.planner import Proposal, confirmed, recommend
from returnsim.plan.plan import Plan
from returnsim.report.bundle import plan_files
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Rulebook, rulebooks
from returnsim.scenario.scenario import Scenario

FRESH = 90_000
"""Added to a seed for luck that nobody has planned with."""
REPLICATIONS = 1_024


def risks(scenario: Scenario, plan: Plan, seed: int) -> dict[Q, tuple[float, float]]:
    """Worst share and its upper bound on fresh luck: crowding, waiting, being seated."""
    study = Study(scenario, plan, FRESH + seed, REPLICATIONS)
    evidence = run(study, jobs=2).evidence()
    found = {}
    for quantity in (Q.CROWDED_DAYS, Q.LONG_WAIT_DAYS, Q.STUCK_DAYS):
        of_it = [e for key, e in evidence.items() if key.quantity is quantity]
        found[quantity] = (max(e.mean for e in of_it), max(e.high for e in of_it))
    seated = [e for key, e in evidence.items() if key.quantity is Q.SEATED_BY_BELL]
    found[Q.SEATED_BY_BELL] = (min(e.mean for e in seated), min(e.low for e in seated))
    return found


def cpu_seconds() -> float:
    """CPU time of this process and of those it began that have ended."""
    return sum(os.times()[:4])


def whole(name: str) -> None:
    """Plan a school as `returnsim plan` does, print it, and say what came of it."""
    scenario, books = a_school(name), books_of(a_school(name))
    began, cpu = time.monotonic(), cpu_seconds()
    marks: dict[str, float] = {}

    def report(step: str, done: int, of: int) -> None:
        del done, of
        marks.setdefault(step, cpu_seconds() - cpu)

    proposal = recommend(scenario, books, seed=1, jobs=2, report=report)
    marks["print"] = cpu_seconds() - cpu
    files = list(plan_files(proposal, date(2020, 3, 21), began, 2))
    took, spent = time.monotonic() - began, cpu_seconds() - cpu
    size, duty = SIZES[name], proposal.bounds["duty"]
    worst = risks(scenario, proposal.recommended.plan, 1)
    assert len(files) > 1
    print(
        f"| {name} | {size.classes} / {scenario.pupils:,} / {len(size.lanes)} | {size.goal:g} "
        f"| {took:.1f} | {spent:.0f} | {duty.objective:g} | {duty.bound:g} | {duty.gap:.1%} "
        f"| {worst[Q.CROWDED_DAYS][0]:.1%} (≤ {worst[Q.CROWDED_DAYS][1]:.1%}) "
        f"| {worst[Q.SEATED_BY_BELL][0]:.1%} | {naive(proposal)} |",
        flush=True,
    )
    steps = ", ".join(f"{step} {at:.0f}" for step, at in marks.items())
    print(f"\n{name}: CPU seconds at the beginning of each step: {steps}\n", flush=True)


def naive(proposal: Proposal) -> str:
    """Duty of the plans made by hand, and how many hard limits each breaks."""
    return "; ".join(
        f"{name} {found.plan.staff_minutes(proposal.scenario):g}, {len(broken(found))} broken"
        for name, found in proposal.naive.items()
    )


def broken(found: Assessment) -> list[str]:
    """Limits of the planner's own that a plan breaks."""
    return [f.clause.id for f in found.hard_violated if f.clause.id.startswith("L-")]


def books_of(scenario: Scenario) -> tuple[Rulebook, ...]:
    return rulebooks(scenario, Path())


def many(name: str, seeds: int) -> None:
    """Plan a school with many seeds, and count on how many the limits hold on fresh luck."""
    scenario = a_school(name)
    books, limits, held = books_of(scenario), scenario.limits, 0
    for seed in range(1, seeds + 1):
        found, _, _ = confirmed(scenario, books, seed=seed, jobs=2)
        worst = risks(scenario, found.plan, seed)
        kept = (
            worst[Q.CROWDED_DAYS][0] <= limits.crowding_risk
            and worst[Q.LONG_WAIT_DAYS][0] <= limits.wait_risk
            and worst[Q.SEATED_BY_BELL][0] >= limits.seated_by_bell_probability
        )
        held += kept
        print(
            f"{name} seed {seed}: duty {found.plan.staff_minutes(scenario):g}, "
            f"crowded {worst[Q.CROWDED_DAYS][0]:.1%} (at most {worst[Q.CROWDED_DAYS][1]:.1%}), "
            f"{'held' if kept else 'BROKEN'}",
            flush=True,
        )
    print(f"\n{name}: limits held on fresh luck with {held} of {seeds} seeds.\n")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("sizes", nargs="*", choices=[*SIZES, []], default=["S", "M"])
    asked.add_argument("--seeds", type=int, default=0)
    options = asked.parse_args()
    kernel.compile_now()
    readiness.compile_now()
    print(f"{date.today():%Y-%m-%d}: {machine()}\n")
    if options.seeds:
        for name in options.sizes:
            many(name, options.seeds)
        return
    print(
        "| school | classes / pupils / gates | goal s | took s | CPU s | duty min | bound | gap "
        "| crowded days, fresh luck | seated, worst class | by hand |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name in options.sizes:
        whole(name)


if __name__ == "__main__":
    main()
