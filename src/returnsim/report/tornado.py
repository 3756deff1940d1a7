"""What parameters do to a result: a tornado plot, and JSON for other programs."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from returnsim.experiment.sensitivity import Effect, Tornado
from returnsim.report.figures import FILLS, INK, MUTE, image
from returnsim.report.fonts import printable
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate
from returnsim.wording import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BARS = 12
"""Parameters that are drawn; the rest does less than these."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One parameter: where the quantity lies at the ends of its range."""

    label: str
    ends: tuple[float, float]
    """Values at the low and at the high end."""
    intervals: tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One quantity."""

    title: str
    now: float
    bars: tuple[Bar, ...]
    is_share: bool


def tornado_image(found: Sequence[Tornado], scenario: Scenario, lang: str, suffix: str) -> bytes:
    """Draw parameters by what they do; `suffix` is `.png`, `.pdf` or `.svg`."""
    panels = [_panel(tornado, lang) for tornado in found]
    rows = sum(len(p.bars) for p in panels)
    keys = {key: say(f"sensitivity.{key}", lang) for key in ("low", "high")}
    confidence = f"{scenario.limits.confidence:.4g}"
    note = say("sensitivity.note", lang, confidence=confidence)
    height = 0.9 + 0.75 * len(panels) + 0.27 * rows
    return image(lang, height, _draw, panels, keys, note, form=suffix[1:])


def _panel(tornado: Tornado, lang: str) -> Panel:
    quantity, now = tornado.quantity, tornado.now.mean
    title = say("sensitivity.panel", lang, name=say(f"quantity.{quantity.value}", lang))
    scale = 1 / 60 if quantity.unit == "clock" else 1.0
    bars = tuple(_bar(effect, now, scale) for effect in tornado.effects[:BARS])
    return Panel(title, now * scale, bars, quantity.unit in ("share", "share of days"))


def _bar(effect: Effect, now: float, scale: float) -> Bar:
    p = effect.parameter
    ends = [(now + e.mean) * scale for e in (effect.at_low, effect.at_high)]
    spans = [
        ((now + e.low) * scale, (now + e.high) * scale) for e in (effect.at_low, effect.at_high)
    ]
    label = f"{p.setting.path}  {p.low:g} .. {p.high:g}"
    return Bar(label, (ends[0], ends[1]), (spans[0], spans[1]))


def _draw(figure: "Figure", panels: Sequence[Panel], keys: dict[str, str], note: str) -> None:
    from matplotlib.patches import Patch  # noqa: PLC0415

    heights = [len(p.bars) + 1.0 for p in panels]
    grid = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
    for ax, panel in zip(grid, panels, strict=True):
        draw_tornado(ax, panel)
    handles = [
        Patch(fc=fill, ec=INK, hatch=hatch, label=printable(keys[key]))
        for key, fill, hatch in (("low", FILLS[3], ""), ("high", FILLS[2], "////"))
    ]
    figure.legend(handles=handles, ncols=2, loc="outside upper right")
    figure.supxlabel(printable(note), fontsize=8, color=MUTE)


def draw_tornado(ax: "Axes", panel: Panel) -> None:
    """One quantity: the strongest parameter on top, its low and high end from the middle out."""
    from matplotlib.ticker import PercentFormatter  # noqa: PLC0415

    for row, bar in enumerate(panel.bars):
        styles = ((FILLS[3], ""), (FILLS[2], "////"))
        for end, span, (fill, hatch) in zip(bar.ends, bar.intervals, styles, strict=True):
            ax.barh(
                row, end - panel.now, left=panel.now, height=0.62,
                facecolor=fill, edgecolor=INK, lw=0.5, hatch=hatch,
            )  # fmt: skip
            ax.plot(span, (row, row), color=INK, lw=1.1, solid_capstyle="butt")
    ax.axvline(panel.now, color=INK, lw=0.9)
    ax.set_yticks(range(len(panel.bars)), [printable(bar.label) for bar in panel.bars], fontsize=7)
    ax.set_ylim(len(panel.bars) - 0.4, -0.6)
    if panel.is_share:
        ax.xaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set_title(printable(panel.title))
    ax.grid(axis="x")


def sensitivity_json(
    found: Sequence[Tornado], scenario: Scenario, seed: int, replications: int
) -> str:
    """Return `returnsim sensitivity` as JSON.

    Keys: `schema`, `scenario`, `seed`, `replications`, `confidence`, and `quantities`, a list of
    objects with `quantity`, `unit`, `now` (an object with `mean`, `low`, `high`), `first` (the
    setting to find out first, or null) and `parameters`, the strongest first: `setting`,
    `value`, `range`, and the paired changes `at_low`, `at_high`, `swing` (objects as `now`).
    """
    whole = {
        "schema": "returnsim-sensitivity-1",
        "scenario": scenario.name,
        "seed": seed,
        "replications": replications,
        "confidence": scenario.limits.confidence,
        "quantities": [
            {
                "quantity": tornado.quantity.value,
                "unit": tornado.quantity.unit,
                "now": _ends(tornado.now),
                "first": tornado.first.parameter.setting.path if tornado.first else None,
                "parameters": [_parameter(effect) for effect in tornado.effects],
            }
            for tornado in found
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _parameter(effect: Effect) -> dict[str, Any]:
    p = effect.parameter
    return {
        "setting": p.setting.path,
        "value": p.now,
        "range": [p.low, p.high],
        "at_low": _ends(effect.at_low),
        "at_high": _ends(effect.at_high),
        "swing": _ends(effect.swing),
    }


def _ends(estimate: Estimate) -> dict[str, float | None]:
    ends = {"mean": estimate.mean, "low": estimate.low, "high": estimate.high}
    return {name: x if math.isfinite(x) else None for name, x in ends.items()}
