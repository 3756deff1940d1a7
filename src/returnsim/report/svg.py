"""A figure as SVG: lines, areas and words, each a piece of text. Text stays text.

Lengths are points, from the upper left corner. For the two figures of every schedule this does
what matplotlib would, without what it takes to load and to lay out.
"""

from collections.abc import Iterable, Sequence
from html import escape

from returnsim.report.fonts import FAMILIES, printable

Point = tuple[float, float]
HALO = 2.6
"""Width of the white around words that stand upon lines."""
TILE = 6.0
"""Side of the square that a hatching repeats."""
HATCHINGS = {
    "....": "M1.5 1.5h0M4.5 1.5h0M3 4.5h0M0 4.5h0M6 4.5h0",
    "////": "M-1 1L1 -1M-1 7L7 -1M5 7L7 5",
    "\\\\\\\\": "M-1 5L1 7M-1 -1L7 7M5 -1L7 1",
    "xxxx": "M-1 1L1 -1M-1 7L7 -1M5 7L7 5M-1 5L1 7M-1 -1L7 7M5 -1L7 1",
    "----": "M0 1.5H6M0 4.5H6",
}
"""What a hatching draws upon its square; what stands out is cut off, and goes on in the next."""
DOT = 2.1
"""How much thicker a dot is than a line of a hatching."""


def drawing(width: float, height: float, lang: str, parts: Iterable[str]) -> bytes:
    """Return a whole image, in the fonts of a language."""
    fonts = ", ".join(f"'{family}'" for family in FAMILIES[lang])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}pt" height="{height:g}pt" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="{fonts}">'
    )
    return "\n".join((head, *parts, "</svg>\n")).encode("utf-8")


def line(points: Sequence[Point], colour: str, width: float, dashes: str = "") -> str:
    """Join points; `dashes` are lengths of ink and gap."""
    look = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{_path(points)}" fill="none" {_stroke(colour, width)}{look}/>'


def area(
    points: Sequence[Point], fill: str, opacity: float = 1.0, edge: tuple[str, float] | None = None
) -> str:
    """Fill what points enclose, with an edge of a colour and a width or without."""
    seen = "" if opacity == 1.0 else f' fill-opacity="{opacity:g}"'
    drawn = "" if edge is None else f" {_stroke(*edge)}"
    return f'<path d="{_path(points)}Z" fill="{fill}"{seen}{drawn}/>'


def hatched(name: str, hatching: str, ink: str, width: float) -> str:
    """Define a hatching, to be filled with as ``url(#name)``; between its lines is nothing."""
    thick = width * (DOT if hatching == "...." else 1)
    return (
        f'<pattern id="{name}" patternUnits="userSpaceOnUse" width="{TILE:g}" height="{TILE:g}">'
        f'<path d="{HATCHINGS[hatching]}" fill="none" {_stroke(ink, thick)} '
        'stroke-linecap="round"/></pattern>'
    )


def words(
    at: Point,
    text: str,
    size: float,
    colour: str,
    *,
    anchor: str = "start",
    bold: bool = False,
    upright: bool = False,
    halo: bool = False,
) -> str:
    """Set a line of text on a baseline.

    Parameters
    ----------
    at
        Where its baseline begins, is halved or ends, by `anchor`.
    text
        What it says; characters that no font has are made visible.
    size
        Of the letters [pt].
    colour
        Of the letters.
    anchor
        ``start``, ``middle`` or ``end``.
    bold
        Whether it is set in bold.
    upright
        Whether it runs from below to above.
    halo
        Whether lines that it stands upon are kept off it.
    """
    x, y = _number(at[0]), _number(at[1])
    look = [f'x="{x}" y="{y}" font-size="{_number(size)}" fill="{colour}"']
    look += [f'text-anchor="{anchor}"'] if anchor != "start" else []
    look += ['font-weight="700"'] if bold else []
    look += [f'transform="rotate(-90 {x} {y})"'] if upright else []
    look += [f'paint-order="stroke" {_stroke("white", HALO)}'] if halo else []
    return f"<text {' '.join(look)}>{escape(printable(text))}</text>"


def _stroke(colour: str, width: float) -> str:
    return f'stroke="{colour}" stroke-width="{_number(width)}"'


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points)


def _number(value: float) -> str:
    """Write a length to a hundredth of a point: finer than any printer."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
