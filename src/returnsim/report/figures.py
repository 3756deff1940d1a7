"""How every figure looks, and the sheet on which matplotlib draws those that are asked for.

Meaning is carried by darkness, dashes and hatching, so that a photocopy and any eye can
read them; the only fonts are the bundled ones, and text stays text in an SVG. Each function
that draws with matplotlib takes data and axes, returns nothing and computes nothing.
"""

import io
from typing import Any

from returnsim.report.fonts import FAMILIES, font_folder

INK, MUTE, RULE, LIMIT = "#1B1F24", "#5B6570", "#C9CED4", "#B3261E"
LINE, BAND = "#16324F", "#3A86A8"
FILLS = ("#16324F", "#F0B94B", "#3A86A8", "#E4EEF2", "#7A4E12", "#A9C7D3")
"""Neighbours differ in darkness; hatching tells them apart where darkness does not."""
HATCHES = ("", "....", "////", "\\\\\\\\", "xxxx", "----")
WIDTH = 6.93
"""Width of a page between its margins [inch]."""
DOTS = 200
"""Dots per inch of a PNG."""
UNSAID = {
    "svg": ("Date", "Creator"),
    "png": ("Software",),
    "pdf": ("CreationDate", "Creator", "Producer"),
}
"""What a file would say of when and by what it was made."""


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
