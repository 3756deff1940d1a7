"""The two figures of every schedule: queues and arrivals over a morning, before and after.

Meaning is carried by darkness, dashes and hatching, so that a photocopy and any eye can read
them. Every text is measured before it is set, so that none is cut off or runs into another.
"""

from collections.abc import Iterator, Sequence

from returnsim.report.axes import (
    CAPITAL,
    SMALL,
    Axes,
    frame,
    marks,
    numbers_beside,
    overhang,
    room_left,
    rules,
    times_below,
)
from returnsim.report.document import ArrivalFigure, QueueFigure, QueuePanel
from returnsim.report.figures import BAND, FILLS, HATCHES, INK, LIMIT, LINE, MUTE, WIDTH
from returnsim.report.fonts import printable, text_width
from returnsim.report.svg import Point, area, drawing, hatched, line, words

PAGE = 72 * WIDTH
"""Width of a figure [pt]."""
ROWS = 5
"""Gates on one figure; a page holds no more."""
QUEUE_HEIGHT, ARRIVAL_HEIGHT = 66.0, 83.0
"""Of the axes of one gate, and of all [pt]."""
EDGE = 3.0
"""Left free along the edges of a figure [pt]."""
HEAD = 21.0
"""From axes to the titles of columns, clear of the titles of gates [pt]."""
TITLE, NOTE, COLUMN, LABEL = 10.0, 8.0, 11.5, 9.0
"""Sizes of letters: of a gate, beside it, of a column, and of what an axis holds [pt]."""
ABOVE = 5.0
"""From axes to their title [pt]."""
BETWEEN = 25.0
"""From axes to those below: room for a title and for marks [pt]."""
BELOW = 16.5
"""For the times below axes [pt]."""
APART = 8.0
"""Between texts that stand on one line, at least [pt]."""
KEY, GAP, NEXT = 13.6, 6.8, 17.0
"""Length of the sample in a legend, from there to its text, and on to the next [pt]."""
ENTRIES, LEADING = 3, 14.4
"""Most entries on a line of a legend, and from line to line [pt]."""


def queue_images(figure: QueueFigure, lang: str) -> tuple[bytes, ...]:
    """Draw the queues before and after, as many SVG images as the gates need."""
    parts = [figure.rows[i : i + ROWS] for i in range(0, len(figure.rows), ROWS)]
    return tuple(_queues(figure, part, lang) for part in parts)


Row = tuple[QueuePanel | None, QueuePanel | None]


def _queues(figure: QueueFigure, rows: Sequence[Row], lang: str) -> bytes:
    tops = [next(p.top for p in row if p is not None) for row in rows]
    numbers = [marks(top, whole=True) for top in tops]
    head = EDGE + COLUMN + HEAD
    height = head + len(rows) * (QUEUE_HEIGHT + BETWEEN) - BETWEEN + BELOW + EDGE
    columns = _columns(figure, [n for row in numbers for n in row], lang)
    parts: list[str] = []
    for n, row in enumerate(rows):
        upper = head + n * (QUEUE_HEIGHT + BETWEEN)
        both = [
            Axes(left, upper, width, QUEUE_HEIGHT, figure.edges[0], figure.edges[-1], tops[n])
            for left, width in columns
        ]
        parts += numbers_beside(both[0], numbers[n])
        for axes, panel in zip(both, row, strict=True):
            parts += _queue(axes, panel, figure, numbers[n], lang)
            parts += times_below(axes) if n == len(rows) - 1 else ()
    for (left, _), title in zip(columns, figure.columns, strict=True):
        parts.append(words((left, head - HEAD), title, COLUMN, INK, bold=True))
    end = columns[1][0] + columns[1][1]
    parts += _queue_legend(end, head - HEAD, figure.labels, lang)
    parts.append(_label(figure.labels["queue_axis"], height, lang))
    return drawing(PAGE, height, lang, parts)


def _columns(
    figure: QueueFigure, numbers: Sequence[float], lang: str
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Left ends and widths of the two columns of axes; no time of one runs into the other."""
    left = _room_for_label() + room_left(numbers, lang)
    narrow = Axes(0, 0, (PAGE - left) / 2 - 2 * NEXT, 1, figure.edges[0], figure.edges[-1], 1)
    before, after = overhang(narrow, lang)
    gap = max(NOTE, before + after + NOTE / 2)
    width = (PAGE - EDGE - after - left - gap) / 2
    return (left, width), (left + width + gap, width)


def _queue(
    axes: Axes,
    panel: QueuePanel | None,
    figure: QueueFigure,
    numbers: Sequence[float],
    lang: str,
) -> Iterator[str]:
    """Longest queue in each minute: median, band and limit."""
    if panel is None:
        yield from frame(axes, numbers, is_used=False)
        at = (axes.left + axes.width / 2, axes.upper + axes.height / 2 + CAPITAL * LABEL)
        yield words(at, figure.labels["unused"], LABEL, MUTE, anchor="middle")
        return
    yield from rules(axes, numbers)
    yield area(axes.between(panel.low, panel.high, figure.edges), BAND, 0.3)
    yield line(axes.stairs(panel.high, figure.edges), LINE, 0.6)
    yield from frame(axes, numbers)
    yield line(axes.stairs(panel.median, figure.edges), LINE, 1.6)
    limit = axes.up(panel.places)
    yield line([(axes.left, limit), (axes.right, limit)], LIMIT, 1.1, "6.6 2.75")
    at = (axes.left + 4, limit - 4.5)
    yield words(at, panel.limit, SMALL, LIMIT, bold=True, halo=True)
    note = text_width(printable(panel.note), NOTE, lang)
    title = text_width(printable(panel.title), TITLE, lang, bold=True)
    size = TITLE * min(1.0, (axes.width - note - APART) / title)
    yield words((axes.left, axes.upper - ABOVE), panel.title, size, INK, bold=True)
    yield words((axes.right, axes.upper - ABOVE), panel.note, NOTE, MUTE, anchor="end")


def _queue_legend(end: float, y: float, labels: dict[str, str], lang: str) -> Iterator[str]:
    """Say what the line and the band are; ends at the end of the axes."""
    band, median = (printable(labels[key]) for key in ("band", "median"))
    middle = y - CAPITAL * SMALL
    x = end - text_width(band, SMALL, lang)
    yield words((x, y), band, SMALL, INK)
    x -= GAP + KEY
    yield area(_box(x, middle), BAND, 0.4)
    x -= NEXT + text_width(median, SMALL, lang)
    yield words((x, y), median, SMALL, INK)
    yield line([(x - GAP - KEY, middle), (x - GAP, middle)], LINE, 1.6)


def arrival_image(figure: ArrivalFigure, lang: str) -> bytes:
    """Draw the arrivals before and after as an SVG image."""
    together = [[sum(gates) for gates in zip(*plan, strict=True)] for plan in figure.arriving]
    top = 1.05 * max(max(people) for people in together) or 1.0
    numbers = marks(top, whole=False)
    legend = list(_arrival_legend(figure.gates, lang))
    head = EDGE + LEADING * -(-len(figure.gates) // _entries(figure.gates, lang)) + TITLE + ABOVE
    height = head + 2 * ARRIVAL_HEIGHT + BETWEEN + BELOW + EDGE
    left = _room_for_label() + room_left(numbers, lang)
    span = (figure.edges[0], figure.edges[-1], top)
    _, after = overhang(Axes(left, 0, PAGE - left - NEXT, 1, *span), lang)
    parts = [*_hatchings(len(figure.gates)), *legend]
    for n, (title, arriving) in enumerate(zip(figure.titles, figure.arriving, strict=True)):
        upper = head + n * (ARRIVAL_HEIGHT + BETWEEN)
        axes = Axes(left, upper, PAGE - left - after - EDGE, ARRIVAL_HEIGHT, *span)
        parts += rules(axes, numbers)
        parts += _arrivals(axes, figure.edges, arriving)
        parts += frame(axes, numbers)
        parts += numbers_beside(axes, numbers)
        parts.append(words((left, upper - ABOVE), title, TITLE, INK, bold=True))
        parts += times_below(axes) if n else ()
    parts.append(_label(figure.label, height, lang))
    return drawing(PAGE, height, lang, parts)


def _arrivals(
    axes: Axes, edges: Sequence[float], arriving: Sequence[Sequence[float]]
) -> Iterator[str]:
    """People who reach the gates in each minute, one gate upon the other."""
    below = [0.0] * (len(edges) - 1)
    for number, counts in enumerate(arriving):
        top = [b + c for b, c in zip(below, counts, strict=True)]
        if any(counts):
            yield from _filled(axes.between(below, top, edges), number)
        below = top


def _filled(points: Sequence[Point], number: int) -> Iterator[str]:
    """Fill an area as that of a gate."""
    edge = (INK if number else "white", 0.4)
    hatching = HATCHES[number % len(HATCHES)]
    yield area(points, FILLS[number % len(FILLS)], edge=None if hatching else edge)
    if hatching:
        yield area(points, f"url(#gate{number % len(HATCHES)})", edge=edge)


def _hatchings(gates: int) -> Iterator[str]:
    for number, hatching in enumerate(HATCHES[:gates]):
        if hatching:
            yield hatched(f"gate{number}", hatching, INK, 0.55)


def _entries(gates: Sequence[str], lang: str) -> int:
    """How many gates stand on one line of the legend."""
    fitting = (PAGE - 2 * EDGE + NEXT) // (_entry(gates, lang) + NEXT)
    return max(1, min(ENTRIES, len(gates), int(fitting)))


def _entry(gates: Sequence[str], lang: str) -> float:
    """Width of an entry of the legend, all alike [pt]."""
    return KEY + GAP + max(text_width(printable(g), SMALL, lang) for g in gates)


def _arrival_legend(gates: Sequence[str], lang: str) -> Iterator[str]:
    """Say which gate is which; ends at the end of the figure."""
    columns, width = _entries(gates, lang), _entry(gates, lang)
    begins = PAGE - EDGE - columns * (width + NEXT) + NEXT
    for number, gate in enumerate(gates):
        row, column = divmod(number, columns)
        x, y = begins + column * (width + NEXT), EDGE + SMALL + row * LEADING
        yield from _filled(_box(x, y - CAPITAL * SMALL), number)
        yield words((x + KEY + GAP, y), gate, SMALL, INK)


def _box(x: float, middle: float) -> list[Point]:
    """Sample of an area in a legend."""
    return [(x, middle - 3), (x + KEY, middle - 3), (x + KEY, middle + 3), (x, middle + 3)]


def _room_for_label() -> float:
    return EDGE + LABEL + APART / 2


def _label(text: str, height: float, lang: str) -> str:
    """Say what the numbers are, along the left edge, no longer than the figure is high."""
    room = height - 2 * EDGE
    size = LABEL * min(1.0, room / text_width(printable(text), LABEL, lang))
    at = (EDGE + LABEL * 0.8, height / 2)
    return words(at, text, size, INK, anchor="middle", upright=True)
