"""`returnsim sensitivity`: which number to measure with a stop-watch first."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from returnsim.cli.options import LANG, PATH, STUDY, Common, about, common, open_plan, open_scenario
from returnsim.errors import InputError, Problem
from returnsim.wording import say

if TYPE_CHECKING:
    from returnsim.experiment.sensitivity import Effect, Tornado
    from returnsim.theory.estimation import Estimate

PLOTS = (".png", ".pdf", ".svg")


@click.command(help=say("cli.command.sensitivity", LANG))
@click.argument("scenario", type=PATH)
@click.option("--plan", "plan_file", required=True, type=PATH, help=about("plan"))
@click.option("--by", multiple=True, metavar="QUANTITY", help=about("weigh_by"))
@click.option("--vary", multiple=True, metavar="SETTING=LOW,HIGH", help=about("also_vary"))
@click.option("--plot", type=PATH, help=about("plot"))
@common(*STUDY)
def sensitivity(
    asked: Common,
    scenario: Path,
    plan_file: Path,
    by: tuple[str, ...],
    vary: tuple[str, ...],
    plot: Path | None,
) -> None:
    """Move every parameter over its stated range, one at a time."""
    from returnsim.cli.files import write_one  # noqa: PLC0415
    from returnsim.experiment.assessment import planned_looks  # noqa: PLC0415
    from returnsim.experiment.headlines import measured_by  # noqa: PLC0415
    from returnsim.experiment.sensitivity import parameters, tornadoes  # noqa: PLC0415
    from returnsim.experiment.vary import axes  # noqa: PLC0415
    from returnsim.report.tornado import sensitivity_json, tornado_image  # noqa: PLC0415

    given, _ = open_scenario(scenario)
    plan = open_plan(plan_file, given)
    if plot is not None and plot.suffix not in PLOTS:
        raise InputError(plot, [Problem("", "plot_form")])
    quantities = [measured_by(name) for name in by or ("longest_queue", "longest_wait")]
    moved = parameters(given, axes(given, vary) if vary else ())
    number = planned_looks(asked.replications)[0]
    with asked.playing() as (jobs, report):
        found = tornadoes(
            given,
            plan,
            moved,
            quantities,
            seed=asked.seed,
            replications=number,
            jobs=jobs,
            progress=lambda done, of: report("verify", done, of),
        )
    if plot is not None:
        write_one(plot, tornado_image(found, given, asked.lang, plot.suffix))
    asked.json(sensitivity_json(found, given, asked.seed, number))
    if asked.talks:
        show_tornadoes(found, number, given.limits.confidence, plot, asked.lang)


def show_tornadoes(
    found: "Sequence[Tornado]", replications: int, confidence: float, plot: Path | None, lang: str
) -> None:
    """Print parameters by what they do, and in words which to find out first."""
    from rich.text import Text  # noqa: PLC0415

    from returnsim.cli.tables import console_of, number, table_of  # noqa: PLC0415

    console = console_of()
    keys = ("setting", "now", "range", "low", "high")
    for tornado in found:
        name = say(f"quantity.{tornado.quantity.value}", lang)
        value = number(tornado.quantity, tornado.now)
        title = say("sensitivity.title", lang, name=name, value=value)
        table = table_of(title, *(say(f"sensitivity.{k}", lang) for k in keys), right=range(1, 5))
        for e in tornado.effects:
            p, q = e.parameter, tornado.quantity.unit
            cells = (
                f"{p.now:.4g}",
                f"{p.low:g} .. {p.high:g}",
                change(e.at_low, q),
                change(e.at_high, q),
            )
            style = "" if e.is_certain else "dim"
            table.add_row(*(Text(cell, style=style) for cell in (p.setting.path, *cells)))
        console.print(table)
        console.print(Text(advice(tornado, lang), style="bold"))
    told = say("sensitivity.simulated", lang, n=replications, confidence=f"{confidence:.4g}")
    console.print(told)
    if plot is not None:
        console.print(Text(say("cli.written", lang, path=plot)))


def advice(tornado: "Tornado", lang: str) -> str:
    """Say in words which number to find out first, and what hangs on it."""
    first = tornado.first
    name = say(f"quantity.{tornado.quantity.value}", lang)
    if first is None:
        return say("sensitivity.nothing", lang, name=name)
    told = _told("stop_watch" if first.parameter.is_time else "find_out", first, tornado, lang)
    if first.parameter.is_time:
        return told
    timed = next((e for e in tornado.effects if e.parameter.is_time and e.is_certain), None)
    return told if timed is None else f"{told} {_told('then_watch', timed, tornado, lang)}"


def _told(key: str, effect: "Effect", tornado: "Tornado", lang: str) -> str:
    from returnsim.cli.selection_tables import measured  # noqa: PLC0415

    p, now = effect.parameter, tornado.now.mean
    ends = sorted((now, now + effect.at_low.mean, now + effect.at_high.mean))
    values = {
        "setting": p.setting.path,
        "low": f"{p.low:g}",
        "high": f"{p.high:g}",
        "name": say(f"quantity.{tornado.quantity.value}", lang),
        "least": measured(tornado.quantity, ends[0], lang),
        "most": measured(tornado.quantity, ends[-1], lang),
    }
    return say(f"sensitivity.{key}", lang, **values)


def change(estimate: "Estimate", unit: str) -> str:
    """Write a paired change with its half-width."""
    if unit in ("share", "share of days"):
        return f"{estimate.mean:+.1%} ± {estimate.half_width:.1%}"
    return f"{estimate.mean:+.3g} ± {estimate.half_width:.2g}"
