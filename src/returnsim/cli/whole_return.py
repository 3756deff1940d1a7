"""The whole return on the terminal: day by day, and what may run out."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from returnsim.cli.files import write_one
from returnsim.cli.options import Common
from returnsim.errors import InputError, Problem
from returnsim.wording import say

if TYPE_CHECKING:
    from rich.table import Table

    from returnsim.experiment.study import Summary
    from returnsim.plan.plan import Plan
    from returnsim.scenario.scenario import Scenario

USUAL = 256
"""Returns that are played when their number is left to the tool."""


def whole_return(
    asked: Common,
    file: Path,
    scenario: "Scenario",
    plan: "Plan",
    engine: Literal["kernel", "simpy"],
    plot_to: Path | None,
) -> None:
    """Play the whole return; print, write and draw what came of it."""
    from returnsim.experiment.assessment import Assessment, Stop  # noqa: PLC0415
    from returnsim.experiment.study import Study  # noqa: PLC0415
    from returnsim.experiment.whole_return import engines_differ, run_return  # noqa: PLC0415
    from returnsim.report.files import summary_json  # noqa: PLC0415
    from returnsim.report.return_figure import return_figure, return_image  # noqa: PLC0415

    if scenario.after_return is None:
        raise InputError(file, [Problem("after_return", "needed_for_the_return")])
    number = USUAL if isinstance(asked.replications, str) else asked.replications
    study = Study(scenario, plan, asked.seed, number)
    with asked.playing() as (jobs, report):
        summary = run_return(
            study,
            jobs=jobs,
            engine=engine,
            progress=lambda done, of: report("verify", done, of),
        )
    level = scenario.limits.confidence
    evidence = summary.evidence(level)
    stop = Stop(str(asked.replications), number, (number,))
    found = Assessment(plan, summary, evidence, (), level, stop, {})
    asked.json(summary_json(found, scenario))
    if plot_to is not None:
        write_one(plot_to, return_image(return_figure(summary, asked.lang), asked.lang))
    if asked.talks:
        _show(summary, engines_differ(study), asked.lang)


def _show(summary: "Summary", differ: float, lang: str) -> None:
    from rich.console import Console  # noqa: PLC0415

    console = Console(highlight=False)
    console.print(days_table(summary, lang))
    console.print(stores_table(summary, lang))
    n, confidence = summary.replications, f"{summary.study.scenario.limits.confidence:g}"
    console.print(say("return.played", lang, n=n, confidence=confidence))
    console.print(say("return.conserved", lang))
    console.print(say("return.engines", lang, largest=f"{differ:.1e}"))


def _table(title: str, columns: Sequence[str]) -> "Table":
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(
        title=Text(title),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for index, column in enumerate(columns):
        table.add_column(
            Text(column), justify="right" if index else "left", no_wrap=not index, overflow="fold"
        )
    return table


def days_table(summary: "Summary", lang: str) -> "Table":
    """Every calendar day: people, and the mean of what is left of every supply."""
    from rich.text import Text  # noqa: PLC0415

    from returnsim.rules.quantity import Quantity as Q  # noqa: PLC0415

    supplies = summary.study.scenario.supplies
    people = (Q.ON_CAMPUS, Q.KEPT_HOME, Q.REFUSED_WITHOUT, Q.LANES_LOST)
    heads = [say(f"return.{q.value}", lang) for q in people]
    columns = [say("table.day", lang), *heads, *(s.label(lang) for s in supplies)]
    table = _table(say("return.days_title", lang), columns)
    found = {key[:3]: values for key, values in summary.samples.items()}
    batches = {day.isoformat() for day in summary.study.plan.return_days}
    for day in sorted({day for q, _, day in found if q is Q.ON_CAMPUS}):
        lessons = (Q.PLANNED, "", day) in found
        cells = [_short(float(found[q, "", day].mean())) for q in people]
        for supply in supplies:
            left = found[Q.STOCK_ON_HAND, supply.name, day]
            short = found[Q.UNMET, supply.name, day].mean() > ROUNDING
            cells.append(_short(float(left.mean())) + ("*" if short else ""))
        style = "bold" if day in batches else "" if lessons else "dim"
        table.add_row(Text(day), *(Text(cell) for cell in cells), style=style)
    return table


def _short(value: float) -> str:
    """Write a mean so that a row of them fits the screen: two digits, or no decimals."""
    return f"{value:.2g}" if value < TENS else f"{value:.0f}"


TENS = 10.0
ROUNDING = 1e-6
"""Units short below this are rounding."""


def stores_table(summary: "Summary", lang: str) -> "Table":
    """Every supply: whether it may run out, and how long it lasts at the tightest moment."""
    import numpy as np  # noqa: PLC0415  (loads slowly)
    from rich.text import Text  # noqa: PLC0415

    from returnsim.experiment.study import estimate  # noqa: PLC0415
    from returnsim.rules.quantity import Quantity as Q  # noqa: PLC0415

    limits = summary.study.scenario.limits
    keys = ("item", "used", "cover", "cover_day", "stock_out", "short_from")
    table = _table(say("return.stores_title", lang), [say(f"return.{k}", lang) for k in keys])
    for supply in summary.study.scenario.supplies:
        of = [(k, x) for k, x in summary.samples.items() if k.place == supply.name]
        used = sum((x for k, x in of if k.quantity is Q.HANDED_OUT), np.zeros(1))
        cover = [(k.day, x) for k, x in of if k.quantity is Q.COVER_LEFT]
        day, tightest = min(cover, key=lambda entry: entry[1].mean(), default=("", None))
        lasts = ""
        if tightest is not None:
            mean = estimate(Q.COVER_LEFT, tightest, limits.confidence)
            lasts = f"{mean.mean:.3g} ± {mean.half_width:.2g}"
        risk = estimate(
            Q.STOCK_OUT, next(x for k, x in of if k.quantity is Q.STOCK_OUT), limits.confidence
        )
        short = [k.day for k, x in of if k.quantity is Q.UNMET and x.max() > ROUNDING]
        cells = (
            supply.label(lang),
            _short(float(used.mean())),
            lasts,
            day,
            f"{risk.mean:.1%} ≤{risk.high:.1%}",
            min(short, default=""),
        )
        style = "bold red" if risk.mean > limits.stock_out_risk else ""
        table.add_row(*(Text(cell) for cell in cells), style=style)
    return table
