"""What `returnsim plan` does before it prints: recommend, or explain why it cannot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import click

from returnsim.cli.files import to_csv
from returnsim.cli.interruption import FINISHES, PRESSED
from returnsim.cli.options import LANG, Common
from returnsim.errors import InfeasibleError
from returnsim.experiment.workers import Jobs
from returnsim.optimise.amend import amend
from returnsim.optimise.explain import explained
from returnsim.optimise.planner import Proposal, recommend
from returnsim.optimise.relaxations import usual_tries
from returnsim.optimise.steps import Report
from returnsim.plan.files import read_plan_to_change
from returnsim.plan.plan import Plan
from returnsim.report.changes import change_rows, changes_json
from returnsim.report.explanation import explanation_json
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of plan is asked for, and how long to look."""

    before: Plan | None
    """The plan to be changed, if one is given."""
    max_moves: int | None
    tries: int
    limit: float | None

    @classmethod
    def of(
        cls,
        before: Path | None,
        max_moves: int | None,
        tries: int | None,
        limit: float | None,
        scenario: Scenario,
    ) -> Self:
        """Read what the options name."""
        if before is None and max_moves is not None:
            raise click.UsageError(say("cli.moves_of_what", LANG))
        plan = None if before is None else read_plan_to_change(before, scenario)
        return cls(plan, max_moves, usual_tries(scenario) if tries is None else tries, limit)


def planned(
    asked: Common,
    scenario: Scenario,
    books: Sequence[Rulebook],
    wanted: Wanted,
    jobs: Jobs,
    report: Report,
) -> Proposal:
    """Recommend a plan, or the one that changes an earlier plan least.

    Raises
    ------
    InfeasibleError
        There is none, with the limits that collide and the ways out, as far as they were
        found before Ctrl-C.
    """
    how: dict[str, Any] = {"seed": asked.seed, "jobs": jobs, "report": report}
    found: dict[str, Any] = {**how, "replications": asked.replications}
    try:
        if wanted.before is not None:
            return amend(scenario, books, wanted.before, wanted.max_moves, **found)
        FINISHES.set()
        proposal = recommend(scenario, books, limit=wanted.limit, hurried=PRESSED.is_set, **found)
        if not PRESSED.is_set():
            FINISHES.clear()  # all that is left is to print, which one press ends
        return proposal
    except InfeasibleError as why:
        FINISHES.clear()
        whole = why
        if wanted.tries and wanted.before is None:
            try:
                whole = explained(scenario, books, why, tries=wanted.tries, **how)
            except KeyboardInterrupt:
                whole = why
        asked.json(explanation_json(whole, scenario))
        raise whole from None


def changes(before: Plan | None, proposal: Proposal, lang: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files that tell what changes against an earlier plan."""
    if before is None:
        return
    scenario, after = proposal.scenario, proposal.recommended.plan
    header = [say(f"table.{key}", lang) for key in ("what", "whom", "then", "now")]
    yield "changes.csv", to_csv(header, change_rows(before, after, scenario, lang))
    yield "changes.json", changes_json(before, after, scenario).encode("utf-8")
