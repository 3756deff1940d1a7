"""The figures. Each drawing function takes data and axes, returns nothing and computes nothing.

Meaning is carried by darkness, dashes and hatching, so that a photocopy and any eye can
read them; the only fonts are the bundled ones, and text stays text in the SVG.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from returnsim.report.document import ArrivalFigure, QueueFigure, QueuePanel
from returnsim.report.fonts import FAMILIES, font_folder, printable
from returnsim.scenario.quantities import clock_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTE, RULE, LIMIT = "#1B1F24", "#5B6570", "#C9CED4", "#B3261E"
LINE, BAND = "#16324F", "#3A86A8"
FILLS = ("#16324F", "#F0B94B", "#3A86A8", "#E4EEF2", "#7A4E12", "#A9C7D3")
"""Neighbours differ in darkness; hatching tells them apart where darkness does not."""
HATCHES = ("", "....", "////", "\\\\\\\\", "xxxx", "----")
WIDTH = 6.93
"""Width of a page between its margins [inch]."""
COLUMN_TITLE = 21
"""Height of the titles of columns above the axes, clear of the titles of gates [points]."""
DOTS = 200
"""Dots per inch of a PNG."""
UNSAID = {
    "svg": ("Date", "Creator"),
    "png": ("Software",),
    "pdf": ("CreationDate", "Creator", "Producer"),
}
"""What a file would say of when and by what it was made."""
ROWS = 5
"""Gates on one figure; a page holds no more."""


def style(lang: str) -> dict[str, Any]:
    """Return the settings of every figure in one language."""
    return {
        "font.family": list(FAMILIES[lang]),
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 5,
        "axes.edgecolor": MUTE,
        "axes.linewidth": 0.7,
        "axes.labelcolor": INK,
        "axes.labelsize": 9,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.major.width": 0.7,
        "ytick.major.width": 0.7,
        "xtick.major.size": 3,
        "ytick.major.size": 3,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": False,
        "axes.axisbelow": True,
        "grid.color": RULE,
        "grid.linewidth": 0.5,
        "legend.frameon": False,
        "legend.fontsize": 8.5,
        "hatch.linewidth": 0.55,
        "svg.fonttype": "none",
        "svg.hashsalt": "returnsim",
    }


def queue_images(figure: QueueFigure, lang: str) -> tuple[bytes, ...]:
    """Draw the queues before and after, as many SVG images as the gates need."""
    parts = [figure.rows[i : i + ROWS] for i in range(0, len(figure.rows), ROWS)]
    return tuple(image(lang, 0.45 + 1.25 * len(p), _draw_queues, figure, p) for p in parts)


def arrival_image(figure: ArrivalFigure, lang: str) -> bytes:
    """Draw the arrivals before and after as an SVG image."""
    return image(lang, 3.3 + 0.2 * len(figure.gates) / 3, _draw_arrivals, figure)


def image(lang: str, height: float, draw: Any, *data: Any, form: str = "svg") -> bytes:
    """Draw on a figure of its own, without touching the settings of the caller.

    Parameters
    ----------
    lang
        Whose fonts are used.
    height
        Of the figure [inch]; it is as wide as a page.
    draw
        Called with the figure and the data.
    data
        What is drawn.
    form
        ``svg``, ``png`` or ``pdf``; the same data give the same bytes.
    """
    from matplotlib import font_manager, rc_context  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    known = {font.fname for font in font_manager.fontManager.ttflist}
    for path in sorted(font_folder().glob("*.otf")):
        if str(path) not in known:
            font_manager.fontManager.addfont(str(path))
    out = io.BytesIO()
    settings: Any = style(lang)
    with rc_context(settings):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        draw(figure, *data)
        figure.savefig(out, format=form, dpi=DOTS, metadata=dict.fromkeys(UNSAID[form]))
    return out.getvalue()


Row = tuple[QueuePanel | None, QueuePanel | None]


def _draw_queues(figure: "Figure", data: QueueFigure, rows: Sequence[Row]) -> None:
    grid = figure.subplots(len(rows), 2, sharex=True, sharey="row", squeeze=False)
    for axes, row in zip(grid, rows, strict=True):
        for ax, panel in zip(axes, row, strict=True):
            if panel is None:
                draw_nothing(ax, data.labels["unused"])
            else:
                draw_queue(ax, panel, data.edges)
    for ax, title in zip(grid[0], data.columns, strict=True):
        ax.annotate(
            printable(title),
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, COLUMN_TITLE),
            textcoords="offset points",
            fontsize=11.5,
            fontweight="bold",
            va="bottom",
        )
    for ax in grid[-1]:
        clock_axis(ax, data.edges)
    draw_queue_legend(grid[0][1], data.labels)
    figure.supylabel(printable(data.labels["queue_axis"]), fontsize=9)


def draw_queue(ax: "Axes", panel: QueuePanel, edges: Sequence[float]) -> None:
    """Longest queue in each minute: median, band and limit."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    ax.stairs(panel.high, edges, baseline=panel.low, fill=True, color=BAND, alpha=0.3, lw=0)
    ax.stairs(panel.high, edges, color=LINE, lw=0.6, baseline=None)
    ax.stairs(panel.median, edges, color=LINE, lw=1.6, baseline=None)
    ax.axhline(panel.places, color=LIMIT, lw=1.1, ls=(0, (6, 2.5)), zorder=5)
    ax.annotate(
        printable(panel.limit),
        (0, panel.places),
        xycoords=("axes fraction", "data"),
        xytext=(4, 2.5),
        textcoords="offset points",
        color=LIMIT,
        va="bottom",
        fontsize=8.5,
        fontweight="bold",
        path_effects=[withStroke(linewidth=2.6, foreground="white")],
        zorder=6,
    )
    ax.set_title(printable(panel.title), loc="left")
    ax.set_title(printable(panel.note), loc="right", fontsize=8, fontweight="normal", color=MUTE)
    ax.set_ylim(0, panel.top)
    ax.set_xlim(edges[0], edges[-1])
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    ax.grid(axis="y")


def draw_nothing(ax: "Axes", word: str) -> None:
    """A gate that a plan does not use."""
    ax.text(0.5, 0.5, printable(word), transform=ax.transAxes, ha="center", color=MUTE)
    ax.tick_params(length=0)


def draw_queue_legend(ax: "Axes", labels: dict[str, str]) -> None:
    """Say what the line and the band are."""
    from matplotlib.lines import Line2D  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415
    from matplotlib.transforms import offset_copy  # noqa: PLC0415

    handles = [
        Line2D([], [], color=LINE, lw=1.6, label=printable(labels["median"])),
        Patch(fc=BAND, alpha=0.4, label=printable(labels["band"])),
    ]
    above = offset_copy(ax.transAxes, ax.get_figure(root=True), y=COLUMN_TITLE, units="points")
    ax.legend(
        handles=handles,
        ncol=2,
        handlelength=1.6,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        bbox_transform=above,
        borderaxespad=0.0,
        borderpad=0.2,
    )


def clock_axis(ax: "Axes", edges: Sequence[float]) -> None:
    """Mark full and half hours, or every ten minutes of a short morning."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator  # noqa: PLC0415

    hour, long = 3600.0, 1.2 * 3600.0
    step = hour / 6 if edges[-1] - edges[0] <= hour else hour / 3
    step = hour / 2 if edges[-1] - edges[0] > 2 * long else step
    ax.xaxis.set_major_locator(MultipleLocator(step))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda m, _: f"{clock_time(m):%H:%M}"))


def _draw_arrivals(figure: "Figure", data: ArrivalFigure) -> None:
    upper, lower = figure.subplots(2, 1, sharex=True, sharey=True)
    for ax, title, arriving in zip((upper, lower), data.titles, data.arriving, strict=True):
        draw_arrivals(ax, title, data, arriving)
    clock_axis(lower, data.edges)
    handles, names = upper.get_legend_handles_labels()
    figure.legend(handles, names, ncols=3, handlelength=1.4, loc="outside upper right")
    figure.supylabel(printable(data.label), fontsize=9)


def draw_arrivals(
    ax: "Axes", title: str, data: ArrivalFigure, arriving: Sequence[Sequence[float]]
) -> None:
    """People who reach the gates in each minute, one gate upon the other."""
    below = [0.0] * (len(data.edges) - 1)
    for number, (gate, counts) in enumerate(zip(data.gates, arriving, strict=True)):
        top = [b + c for b, c in zip(below, counts, strict=True)]
        ax.stairs(
            top,
            data.edges,
            baseline=below,
            fill=True,
            facecolor=FILLS[number % len(FILLS)],
            edgecolor=INK if number else "white",
            hatch=HATCHES[number % len(HATCHES)],
            lw=0.4,
            label=printable(gate),
        )
        below = top
    ax.set_title(printable(title))
    ax.set_xlim(data.edges[0], data.edges[-1])
    ax.set_ylim(0)
    ax.grid(axis="y")
