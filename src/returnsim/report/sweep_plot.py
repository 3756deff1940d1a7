"""What a sweep found, as a plot: one setting along the axis, a line for each of the others."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from returnsim.errors import InputError, Problem
from returnsim.experiment.sweep import Record, Sweep, numbers
from returnsim.report.figures import BAND, FILLS, INK, LIMIT, MUTE, image
from returnsim.report.fonts import printable
from returnsim.rules.quantity import Quantity as Q
from returnsim.wording import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINES = 8
"""Lines that can be told apart on one plot."""
MARKS = "os^Dv<>P"
DASHES = ((), (5, 2), (1.5, 1.5), (6, 2, 1.5, 2))
PANELS = (Q.LONGEST_QUEUE, Q.CROWDED_DAYS, Q.LONGEST_WAIT, Q.SEATED_BY_BELL)
HEIGHT = 5.2
"""Of the whole figure [inch]."""
ASIDE = 0.006
"""How far lines stand beside one another, so that intervals do not hide each other."""


@dataclass(frozen=True, slots=True)
class Line:
    """One combination of the other settings, along the axis."""

    label: str
    at: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One quantity."""

    title: str
    lines: tuple[Line, ...]
    limit: float | None
    """What the planner allows; none where nothing is set."""
    is_share: bool


@dataclass(frozen=True, slots=True)
class SweepFigure:
    """Everything that is drawn."""

    panels: tuple[Panel, ...]
    axis: str
    """What stands along the axis."""
    note: str


def plottable(sweep: Sweep) -> int:
    """Return the number of the setting that stands along the axis.

    It is the first that takes at least two numbers.

    Raises
    ------
    InputError
        There is none, or the others have more combinations than lines can be told apart.
    """
    for number, axis in enumerate(sweep.axes):
        if axis.is_numeric and len(axis.values) > 1:
            others = math.prod(len(a.values) for a in sweep.axes) // len(axis.values)
            if others > LINES:
                values = {"n": others, "most": LINES}
                raise InputError("--plot", [Problem("", "plot_too_many", values)])
            return number
    raise InputError("--plot", [Problem("", "plot_no_numbers")])


def sweep_image(sweep: Sweep, rows: Sequence[Record], lang: str, suffix: str) -> bytes:
    """Draw a sweep; `suffix` is `.png`, `.pdf` or `.svg`."""
    return image(lang, HEIGHT, _draw, sweep_figure(sweep, rows, lang), form=suffix[1:])


def sweep_figure(sweep: Sweep, rows: Sequence[Record], lang: str) -> SweepFigure:
    """Put the rows of a sweep into lines and panels."""
    along = sweep.settings[plottable(sweep)]
    others = [path for path in sweep.settings if path != along]
    lines: dict[tuple[object, ...], list[Record]] = {}
    for row in rows:
        lines.setdefault(tuple(row[path] for path in others), []).append(row)
    limits = sweep.scenario.limits
    allowed = {
        Q.CROWDED_DAYS: limits.crowding_risk,
        Q.LONGEST_WAIT: limits.longest_wait_minutes,
        Q.SEATED_BY_BELL: limits.seated_by_bell_probability,
    }
    panels = tuple(
        Panel(
            say(f"sweep.panel.{quantity.value}", lang),
            tuple(
                _line(_label(others, key), along, quantity, found) for key, found in lines.items()
            ),
            allowed.get(quantity),
            quantity.unit not in {"people", "min"},
        )
        for quantity in PANELS
    )
    confidence = f"{limits.confidence:.4g}"
    return SweepFigure(panels, along, say("sweep.note", lang, confidence=confidence))


def _label(others: Sequence[str], values: tuple[object, ...]) -> str:
    return ", ".join(
        f"{'.'.join(path.split('.')[-2:])} = {value}"
        for path, value in zip(others, values, strict=True)
    )


def _line(label: str, along: str, quantity: Q, rows: Sequence[Record]) -> Line:
    name = quantity.value
    rows = sorted(rows, key=lambda row: numbers([row], along))
    columns = (along, name, f"{name}_low", f"{name}_high")
    return Line(label, *(tuple(numbers(rows, column)) for column in columns))


def _draw(figure: "Figure", data: SweepFigure) -> None:
    grid = figure.subplots(2, 2, sharex=True).ravel()
    for ax, panel in zip(grid, data.panels, strict=True):
        draw_panel(ax, panel)
    figure.supxlabel(printable(f"{data.axis}\n{data.note}"), fontsize=8, color=MUTE)
    handles, labels = grid[0].get_legend_handles_labels()
    if len(labels) > 1:
        figure.legend(handles, labels, ncols=2, loc="outside upper left")


def draw_panel(ax: "Axes", panel: Panel) -> None:
    """One quantity along the axis: means, intervals, and the limit where there is one."""
    from matplotlib.ticker import PercentFormatter  # noqa: PLC0415

    middle = (len(panel.lines) - 1) / 2
    reach = max(line.at[-1] for line in panel.lines) - min(line.at[0] for line in panel.lines)
    for number, line in enumerate(panel.lines):
        aside = (number - middle) * reach * ASIDE
        color = (INK, BAND, FILLS[1], FILLS[4])[number % 4]
        below = [m - low for m, low in zip(line.mean, line.low, strict=True)]
        above = [high - m for m, high in zip(line.mean, line.high, strict=True)]
        ax.errorbar(
            [x + aside for x in line.at],
            line.mean,
            yerr=(below, above),
            color=color,
            marker=MARKS[number % len(MARKS)],
            markersize=3.5,
            lw=1.3,
            dashes=DASHES[number % len(DASHES)],
            capsize=2,
            elinewidth=0.8,
            label=printable(line.label),
        )
    if panel.limit is not None:
        ax.axhline(panel.limit, color=LIMIT, lw=1.1, ls=(0, (6, 2.5)), zorder=1)
    if panel.is_share:
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set_title(printable(panel.title))
    ax.grid(axis="y")
