"""The whole return in one figure: who is on campus, and what is left of every supply."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from returnsim.experiment.study import Summary
from returnsim.report.figures import BAND, LIMIT, LINE, MUTE, image
from returnsim.report.fonts import printable
from returnsim.rules.quantity import Quantity as Q
from returnsim.wording import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 3
BANDS = (0.05, 0.5, 0.95)
"""Shares of returns below the lower edge of the band, the heavy line, and the upper edge."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One number over the days of the return."""

    title: str
    note: str
    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]
    level: float | None
    """Dashed rule; none if there is nothing to mark ..."""
    level_text: str
    """... and what it is."""
    marks: tuple[int, ...] = ()
    """Days on which something begins, numbered from the first."""


@dataclass(frozen=True, slots=True)
class ReturnFigure:
    """All that is drawn of a whole return, in one language."""

    panels: tuple[Panel, ...]
    axis: str


def return_figure(summary: Summary, lang: str) -> ReturnFigure:
    """Gather what is drawn of a whole return."""
    scenario, plan = summary.study.scenario, summary.study.plan
    days = sorted({k.day for k in summary.samples if k.quantity is Q.ON_CAMPUS})
    batches = tuple(days.index(day.isoformat()) for day in plan.return_days)
    title = say("return.campus", lang)
    panels = [_panel(summary, Q.ON_CAMPUS, "", days, title, "", None, "", batches)]
    for supply in scenario.supplies:
        unit = supply.unit_zh if lang == "zh" else supply.unit_en
        title = say("return.panel", lang, name=supply.label(lang), unit=unit)
        out = next(k for k in summary.samples if k[:2] == (Q.STOCK_OUT, supply.name))
        note = say("return.risk", lang, risk=f"{float(summary.samples[out].mean()):.1%}")
        policy = plan.policy_of.get(supply.name)
        level = policy.reorder_point if policy else None
        text = "" if level is None else say("return.reorder", lang, level=f"{level:,.0f}")
        panels.append(_panel(summary, Q.STOCK_ON_HAND, supply.name, days, title, note, level, text))
    first = date.fromisoformat(days[0])
    axis = say("return.axis", lang, day=f"{first:%Y-%m-%d}")
    return ReturnFigure(tuple(panels), axis)


def _panel(
    summary: Summary,
    quantity: Q,
    place: str,
    days: list[str],
    title: str,
    note: str,
    level: float | None,
    text: str,
    marks: tuple[int, ...] = (),
) -> Panel:
    of_day = {k.day: x for k, x in summary.samples.items() if k[:2] == (quantity, place)}
    low, median, high = np.quantile([of_day[day] for day in days], BANDS, axis=1).tolist()
    return Panel(title, note, tuple(low), tuple(median), tuple(high), level, text, marks)


def return_image(data: ReturnFigure, lang: str) -> bytes:
    """Draw the whole return as an SVG image."""
    rows = -(-len(data.panels) // COLUMNS)
    return image(lang, 0.3 + 1.75 * rows, _draw, data)


def _draw(figure: "Figure", data: ReturnFigure) -> None:
    rows = -(-len(data.panels) // COLUMNS)
    grid = figure.subplots(rows, COLUMNS, sharex=True, squeeze=False).ravel()
    for ax, panel in zip(grid, data.panels, strict=False):
        draw_panel(ax, panel)
    for ax in grid[len(data.panels) :]:
        ax.remove()
    for number, ax in enumerate(grid[: len(data.panels)]):
        ax.tick_params(axis="x", labelbottom=number + COLUMNS >= len(data.panels))
    figure.supxlabel(printable(data.axis), fontsize=9)


def draw_panel(ax: "Axes", panel: Panel) -> None:
    """Draw one number over the days: median, band, and what is marked."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415
    from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator  # noqa: PLC0415

    days = range(len(panel.median))
    ax.fill_between(days, panel.low, panel.high, color=BAND, alpha=0.3, lw=0)
    ax.plot(days, panel.low, color=BAND, lw=0.6)
    ax.plot(days, panel.median, color=LINE, lw=1.5)
    for day in panel.marks:
        ax.axvline(day, color=MUTE, lw=0.6, ls=(0, (1, 2)), zorder=0)
    if panel.level is not None:
        ax.axhline(panel.level, color=LIMIT, lw=1.1, ls=(0, (6, 2.5)), zorder=5)
        ax.annotate(
            printable(panel.level_text),
            (1, panel.level),
            xycoords=("axes fraction", "data"),
            xytext=(-2, 2.5),
            textcoords="offset points",
            color=LIMIT,
            ha="right",
            va="bottom",
            fontsize=8.5,
            fontweight="bold",
            path_effects=[withStroke(linewidth=2.6, foreground="white")],
            zorder=6,
        )
    ax.set_title(printable(panel.title), loc="left", fontsize=9)
    ax.annotate(
        printable(panel.note),
        (1, 1),
        xycoords="axes fraction",
        xytext=(0, -1),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=8,
        color=MUTE,
        path_effects=[withStroke(linewidth=2.6, foreground="white")],
    )
    ax.set_ylim(0, 1.12 * max(*panel.high, panel.level or 0, 1e-9))
    ax.set_xlim(0, max(1, len(panel.median) - 1))
    ax.xaxis.set_major_locator(MultipleLocator(14 if len(panel.median) > 22 else 7))  # noqa: PLR2004
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.6g}"))
    ax.grid(axis="y")
