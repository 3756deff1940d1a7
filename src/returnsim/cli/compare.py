"""`returnsim compare`: what a second plan changes, and which of several plans is best."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from returnsim.cli.options import LANG, PATH, STUDY, Common, about, common, open_plan, open_scenario
from returnsim.errors import InputError, Problem
from returnsim.wording import say

if TYPE_CHECKING:
    from returnsim.plan.plan import Plan
    from returnsim.scenario.scenario import Scenario

TWO = 2


@click.command(help=say("cli.command.compare", LANG))
@click.argument("scenario", type=PATH)
@click.argument("plans", nargs=-1, required=True, type=PATH, metavar="PLAN_A PLAN_B [PLAN_C ...]")
@click.option("--by", metavar="QUANTITY", help=about("rank_by"))
@click.option("--indifference", type=click.FloatRange(0, min_open=True), help=about("indifference"))
@common(*STUDY)
def compare(
    asked: Common,
    scenario: Path,
    plans: tuple[Path, ...],
    by: str | None,
    indifference: float | None,
) -> None:
    """Compare plans on common random numbers."""
    given, books = open_scenario(scenario)
    if len(plans) < TWO:
        raise InputError("compare", [Problem("", "one_plan")])
    opened = [open_plan(path, given) for path in plans]
    if by is None and len(plans) == TWO and indifference is None:
        _differences(asked, given, opened)
        return
    from returnsim.cli.selection_tables import show_selection  # noqa: PLC0415
    from returnsim.experiment.selection import DUTY, known_by, select_best  # noqa: PLC0415
    from returnsim.report.selection import selection_json  # noqa: PLC0415

    ranked_by = known_by(DUTY if by is None else by)
    with asked.playing() as (jobs, report):
        found = select_best(
            given,
            books,
            opened,
            by=ranked_by,
            seed=asked.seed,
            replications=asked.replications,
            enough=indifference,
            jobs=jobs,
            progress=lambda done, of: report("verify", done, of),
        )
    names = [str(path) for path in plans]
    asked.json(selection_json(found, names, given, asked.seed))
    if asked.talks:
        show_selection(found, names, given, asked.lang)
    sys.exit(0 if found.named is not None else 1)


def _differences(asked: Common, scenario: "Scenario", plans: "Sequence[Plan]") -> None:
    """Say what the second of two plans changes, quantity by quantity."""
    from returnsim.cli.tables import show_differences  # noqa: PLC0415
    from returnsim.experiment.assessment import planned_looks  # noqa: PLC0415
    from returnsim.experiment.comparison import compare as paired  # noqa: PLC0415
    from returnsim.report.differences import differences_json  # noqa: PLC0415

    number = planned_looks(asked.replications)[0]
    with asked.playing() as (jobs, report):
        found = paired(
            scenario,
            plans,
            seed=asked.seed,
            replications=number,
            jobs=jobs,
            progress=lambda done, of: report("verify", done, of),
        )
    asked.json(differences_json(found, scenario, asked.seed, number))
    if asked.talks:
        show_differences(found, number, scenario, asked.lang)
