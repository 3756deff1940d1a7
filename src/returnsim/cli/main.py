"""The commands: read, call, print. Imports wait until a command needs them."""

import json
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import click

from returnsim.cli.compare import compare
from returnsim.cli.files import to_csv, write_all, write_one
from returnsim.cli.language import language_asked
from returnsim.cli.options import (
    LANG,
    LANGUAGE,
    PATH,
    RESULT,
    SEED,
    STUDY,
    Common,
    about,
    common,
    open_plan,
    open_scenario,
)
from returnsim.cli.roster import roster
from returnsim.cli.sensitivity import sensitivity
from returnsim.cli.sweep import sweep
from returnsim.cli.whole_return import whole_return
from returnsim.errors import ReturnSimError
from returnsim.wording import say

PLAN = click.option("--plan", "plan_file", required=True, type=PATH, help=about("plan"))


class Planner(click.Group):
    """A group that explains a user's mistake, and exits with the status that says its kind."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # an old console must not stop the work
        lang = language_asked(extra.get("args") or (args[0] if args and args[0] else sys.argv))
        try:
            return super().main(*args, **({"obj": lang} | extra))
        except ReturnSimError as error:
            click.secho(error.text(lang), fg="red", err=True)
            sys.exit(error.status)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; Ctrl-C ends it in one line."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.secho("\n" + say("cli.interrupted", ctx.obj or LANG), fg="red", err=True)
            sys.exit(130)


@click.group(cls=Planner, help=say("cli.help", LANG))
@click.version_option(package_name="returnsim")
def main() -> None:
    """Plan a staggered return to school."""


@main.command(help=say("cli.command.new", LANG))
@click.argument("folder", type=PATH)
@click.option("--from", "starter", default="township", show_default=True, help=about("starter"))
@common(*LANGUAGE)
def new(asked: Common, folder: Path, starter: str) -> None:
    """Make a commented scenario to edit."""
    from returnsim.cli.starters import starter_files  # noqa: PLC0415

    written = write_all(folder, list(starter_files(folder, starter)))
    if asked.talks:
        values = {"path": written[0], "starter": starter, "folder": folder}
        click.echo(say("cli.created", asked.lang, **values))


@main.command(help=say("cli.command.check", LANG))
@click.argument("scenario", type=PATH)
@common(*RESULT)
def check(asked: Common, scenario: Path) -> None:
    """Say what is in a scenario."""
    from returnsim.cli.contents import contents, show_remarks  # noqa: PLC0415

    given, books = open_scenario(scenario)
    found = contents(given, books, asked.lang)
    asked.json(json.dumps(found.data, ensure_ascii=False, indent=1) + "\n")
    if asked.talks:
        found.show()
        show_remarks(given, books, None, asked.lang)


@main.command(help=say("cli.command.simulate", LANG))
@click.argument("scenario", type=PATH)
@PLAN
@click.option(
    "--engine", type=click.Choice(["kernel", "simpy"]), default="kernel", help=about("engine")
)
@click.option("--trace", "trace_to", type=PATH, help=about("trace"))
@click.option("--whole-return", "whole", is_flag=True, help=about("whole_return"))
@click.option("--plot", "plot_to", type=PATH, help=about("return_plot"))
@common(*STUDY)
def simulate(
    asked: Common,
    scenario: Path,
    plan_file: Path,
    engine: Literal["kernel", "simpy"],
    trace_to: Path | None,
    whole: bool,
    plot_to: Path | None,
) -> None:
    """Play a plan out."""
    from returnsim.cli.tables import show_simulation  # noqa: PLC0415
    from returnsim.experiment.log import HEADER, first_day  # noqa: PLC0415
    from returnsim.experiment.study import engines_differ  # noqa: PLC0415
    from returnsim.report.files import summary_json  # noqa: PLC0415
    from returnsim.scenario.scenario import scenario_file  # noqa: PLC0415

    given, books = open_scenario(scenario)
    plan = open_plan(plan_file, given)
    if whole or plot_to is not None:
        whole_return(asked, scenario_file(scenario), given, plan, engine, plot_to)
        return
    found = asked.assess(given, books, plan, engine)
    if trace_to is not None:
        write_one(trace_to, to_csv(HEADER, first_day(found.summary.study)))
    asked.json(summary_json(found, given))
    if asked.talks:
        show_simulation(found, engines_differ(found.summary.study), asked.lang)


@main.command(help=say("cli.command.plan", LANG))
@click.argument("scenario", type=PATH)
@click.option("--out", default="out", show_default=True, type=PATH, help=about("out"))
@click.option("--time-limit", type=click.FloatRange(0, min_open=True), help=about("time_limit"))
@click.option("--from", "before_file", type=PATH, metavar="PLAN", help=about("before"))
@click.option("--max-moves", type=click.IntRange(min=0), help=about("max_moves"))
@click.option("--tries", type=click.IntRange(min=0), help=about("tries"))
@common(*STUDY)
def plan(
    asked: Common,
    scenario: Path,
    out: Path,
    time_limit: float | None,
    before_file: Path | None,
    max_moves: int | None,
    tries: int | None,
) -> None:
    """Recommend, verify, audit, print."""
    from returnsim.cli.planning import Wanted, changes, planned  # noqa: PLC0415
    from returnsim.cli.tables import show_changes, show_proposal  # noqa: PLC0415
    from returnsim.report.bundle import plan_files  # noqa: PLC0415
    from returnsim.report.files import findings_json  # noqa: PLC0415

    began = time.monotonic()
    given, books = open_scenario(scenario)
    wanted = Wanted.of(before_file, max_moves, tries, time_limit, given)
    with asked.playing(planning=True) as (jobs, report):
        proposal = planned(asked, given, books, wanted, jobs, report)
        report("print", 0, 1)
        files = [*plan_files(proposal, date.today(), began, asked.jobs)]
        written = write_all(out, [*files, *changes(wanted.before, proposal, asked.lang)])
    asked.json(findings_json(proposal.recommended, given))
    if asked.talks:
        show_proposal(proposal, written, asked.lang)
        if wanted.before is not None:
            show_changes(wanted.before, proposal, asked.lang)
    sys.exit(1 if proposal.recommended.hard_violated else 0)


@main.command(help=say("cli.command.audit", LANG))
@click.argument("scenario", type=PATH)
@PLAN
@common(*STUDY)
def audit(asked: Common, scenario: Path, plan_file: Path) -> None:
    """Hold a plan against its plan documents."""
    from returnsim.cli.contents import show_remarks  # noqa: PLC0415
    from returnsim.cli.tables import show_findings  # noqa: PLC0415
    from returnsim.report.files import findings_json  # noqa: PLC0415

    given, books = open_scenario(scenario)
    found = asked.assess(given, books, open_plan(plan_file, given))
    asked.json(findings_json(found, given))
    if asked.talks:
        show_findings(found, asked.lang)
        show_remarks(given, books, found.plan, asked.lang)
    sys.exit(1 if found.hard_violated else 0)


@main.command(help=say("cli.command.approvals", LANG))
@click.argument("scenario", type=PATH)
@click.option("--by", type=click.DateTime(["%Y-%m-%d"]), help=about("by"))
@common(*RESULT, SEED)
def approvals(asked: Common, scenario: Path, by: datetime | None) -> None:
    """Say when the school may open, and what holds it up."""
    from returnsim.cli.approvals import approvals as show  # noqa: PLC0415

    show(asked, scenario, by.date() if by else None)


for command in (compare, roster, sensitivity, sweep):
    main.add_command(command)
