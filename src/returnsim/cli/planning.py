"""What `returnsim plan` does before it prints: recommend, or explain why it cannot."""

from collections.abc import Sequence
from typing import Any

from returnsim.cli.options import Common
from returnsim.errors import InfeasibleError
from returnsim.optimise.explain import explained
from returnsim.optimise.planner import Proposal, recommend
from returnsim.optimise.steps import Report
from returnsim.report.explanation import explanation_json
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario


def planned(
    asked: Common, scenario: Scenario, books: Sequence[Rulebook], report: Report, tries: int
) -> Proposal:
    """Recommend a plan.

    Raises
    ------
    InfeasibleError
        There is none, with the limits that collide and the ways out; the reasons alone if
        Ctrl-C cut the explanation short.
    """
    how: dict[str, Any] = {"seed": asked.seed, "jobs": asked.jobs, "report": report}
    try:
        return recommend(scenario, books, replications=asked.replications, **how)
    except InfeasibleError as why:
        whole = why
        if tries:
            try:
                whole = explained(scenario, books, why, tries=tries, **how)
            except KeyboardInterrupt:
                whole = why
        asked.json(explanation_json(whole, scenario))
        raise whole from None
