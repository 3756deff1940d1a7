"""`returnsim sweep`: every combination of some settings, as a table, a file and a plot."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from returnsim.cli.options import LANG, PATH, STUDY, Common, about, common, open_plan, open_scenario
from returnsim.errors import InputError, Problem
from returnsim.wording import say

if TYPE_CHECKING:
    from returnsim.experiment.assessment import Assessment
    from returnsim.experiment.sweep import Planner, Record, Sweep
    from returnsim.experiment.workers import Jobs
    from returnsim.scenario.scenario import Scenario

BETWEEN = 1.0
"""Seconds that at least lie between one writing of the result file and the next."""
RESULTS, PLOTS = (".csv", ".json"), (".png", ".pdf", ".svg")


@click.command(help=say("cli.command.sweep", LANG))
@click.argument("scenario", type=PATH)
@click.option("--vary", multiple=True, metavar="SETTING=VALUES", help=about("vary"))
@click.option("--plan", "plan_file", type=PATH, help=about("sweep_plan"))
@click.option("--out", type=PATH, help=about("sweep_out"))
@click.option("--plot", type=PATH, help=about("plot"))
@common(*STUDY)
def sweep(
    asked: Common,
    scenario: Path,
    vary: tuple[str, ...],
    plan_file: Path | None,
    out: Path | None,
    plot: Path | None,
) -> None:
    """Play every combination of some settings."""
    from returnsim.cli.files import write_one  # noqa: PLC0415
    from returnsim.cli.sweep_files import result_bytes, rows_of  # noqa: PLC0415
    from returnsim.cli.sweep_tables import show_sweep  # noqa: PLC0415
    from returnsim.experiment.sweep import Sweep  # noqa: PLC0415
    from returnsim.experiment.vary import axes  # noqa: PLC0415
    from returnsim.report.sweep_plot import plottable, sweep_image  # noqa: PLC0415

    given, books = open_scenario(scenario)
    plan = open_plan(plan_file, given) if plan_file else None
    design = Sweep(given, books, plan, axes(given, vary), asked.seed, asked.replications)
    check_form(out, RESULTS, Problem("", "sweep_form"))
    check_form(plot, PLOTS, Problem("", "plot_form"))
    if plot is not None:
        plottable(design)
    rows = rows_of(out, design, asked.lang) if out is not None else []
    with _written(out, design, rows, asked.lang) as keep:
        for record in _played(asked, design, len(rows)):
            rows.append(record)
            keep()
    if plot is not None:
        write_one(plot, sweep_image(design, rows, asked.lang, plot.suffix))
    asked.json(result_bytes(design, rows, ".json").decode("utf-8"))
    if asked.talks:
        show_sweep(design, rows, [p for p in (out, plot) if p is not None], asked.lang)


def _played(asked: Common, design: "Sweep", begin: int) -> "Iterator[Record]":
    """Play what has not been played before, with a progress bar."""
    from returnsim.experiment.sweep import play_points  # noqa: PLC0415

    if begin == len(design.points):
        return
    with asked.playing() as (jobs, report):
        yield from play_points(
            design,
            begin=begin,
            jobs=jobs,
            planner=planner(design),
            progress=lambda done, of: report("verify", done, of),
        )


def planner(design: "Sweep") -> "Planner":
    """Return whoever makes a plan where a sweep has none: what `returnsim plan` does."""

    def make(scenario: "Scenario", jobs: "Jobs") -> "Assessment":
        from returnsim.optimise.planner import recommend  # noqa: PLC0415

        return recommend(
            scenario,
            design.books,
            seed=design.seed,
            replications=design.replications,
            jobs=jobs,
        ).recommended

    return make


@contextmanager
def _written(
    out: Path | None, design: "Sweep", rows: "list[Record]", lang: str
) -> "Iterator[Callable[[], None]]":
    """Keep the result file up with the rows, whatever happens; Ctrl-C says how to go on."""
    from returnsim.cli.files import write_one  # noqa: PLC0415
    from returnsim.cli.sweep_files import result_bytes  # noqa: PLC0415

    last = time.monotonic()

    def write() -> None:
        if out is not None:
            write_one(out, result_bytes(design, rows, out.suffix))

    def keep() -> None:
        nonlocal last
        if time.monotonic() - last >= BETWEEN:
            write()
            last = time.monotonic()

    try:
        yield keep
    except KeyboardInterrupt:
        write()
        key = "cli.sweep_interrupted" if out is not None else "cli.interrupted"
        told = say(key, lang, done=len(rows), n=len(design.points), path=out)
        click.secho("\n" + told, fg="red", err=True)
        sys.exit(130)
    except BaseException:
        write()
        raise
    write()


def check_form(path: Path | None, forms: tuple[str, ...], otherwise: Problem) -> None:
    """Refuse a file whose name does not say its form."""
    if path is not None and path.suffix not in forms:
        raise InputError(path, [otherwise])
