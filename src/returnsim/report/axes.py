"""Axes of a figure over a morning: where a time and a number lie, and the marks along them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from returnsim.report.figures import INK, MUTE, RULE
from returnsim.report.fonts import text_width
from returnsim.report.svg import Point, line, words
from returnsim.scenario.quantities import clock_time

SMALL = 8.5
"""Size of what stands at marks [pt]."""
MARK, PAD = 3.0, 3.5
"""Length of a mark, and from there to what stands at it [pt]."""
CAPITAL = 0.36
"""Half the height of a figure: a text is lowered by it to stand in the middle of a line [em]."""
EVEN, ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0), (1.0, 2.0, 2.5, 5.0)
"""Steps between marks, times a power of ten: of what is counted, and of what is measured."""
PARTS = 4
"""Most steps between marks on an axis of numbers."""
HOUR = 3600.0
CLOCK_STEPS = (
    (HOUR, HOUR / 6),
    (2.4 * HOUR, HOUR / 3),
    (4 * HOUR, HOUR / 2),
    (8 * HOUR, HOUR),
    (16 * HOUR, 2 * HOUR),
)
"""Steps between times on mornings that last no longer [s] ..."""
LONGEST_STEP = 3 * HOUR
"""... and on all others."""


@dataclass(frozen=True, slots=True)
class Axes:
    """A box on the paper [pt], the time along it [s] and the number up it."""

    left: float
    upper: float
    width: float
    height: float
    first: float
    last: float
    top: float

    @property
    def right(self) -> float:
        """Where it ends on the right."""
        return self.left + self.width

    @property
    def lower(self) -> float:
        """Where its numbers begin."""
        return self.upper + self.height

    def across(self, moment: float) -> float:
        """Where a time lies."""
        return self.left + self.width * (moment - self.first) / (self.last - self.first)

    def up(self, number: float) -> float:
        """Where a number lies."""
        return self.lower - self.height * number / self.top

    def stairs(self, values: Sequence[float], edges: Sequence[float]) -> list[Point]:
        """Corners of a line that holds each value between two edges."""
        corners = []
        for n, value in enumerate(values):
            if n == 0 or value != values[n - 1]:
                corners.append((self.across(edges[n]), self.up(value)))
            if n + 1 == len(values) or value != values[n + 1]:
                corners.append((self.across(edges[n + 1]), self.up(value)))
        return corners

    def between(
        self, low: Sequence[float], high: Sequence[float], edges: Sequence[float]
    ) -> list[Point]:
        """Corners of the area between two such lines."""
        return self.stairs(high, edges) + self.stairs(low, edges)[::-1]


def marks(top: float, *, whole: bool) -> tuple[float, ...]:
    """Return the numbers that are marked on an axis from nothing to `top`.

    Examples
    --------
    >>> marks(30, whole=True), marks(1.2, whole=False)
    ((0.0, 8.0, 16.0, 24.0), (0.0, 0.5, 1.0))
    """
    least = math.floor(math.log10(top / PARTS))
    powers = range(max(0, least) if whole else least, max(0, least) + 3)
    steps = (even * 10.0**power for power in powers for even in (EVEN if whole else ROUND))
    wide = (step for step in steps if top <= PARTS * step * (1 + 1e-9))
    step = next(step for step in wide if not whole or step.is_integer())
    return tuple(round(n * step, 12) for n in range(math.floor(top / step * (1 + 1e-9)) + 1))


def clock_marks(first: float, last: float) -> tuple[float, ...]:
    """Return full hours and even parts of them, no more than can stand side by side [s]."""
    step = next((s for longest, s in CLOCK_STEPS if last - first <= longest), LONGEST_STEP)
    begins = math.ceil(first / step)
    return tuple(n * step for n in range(begins, math.floor(last / step) + 1))


def clock(moment: float) -> str:
    """Write a time as it stands at a mark."""
    return f"{clock_time(moment):%H:%M}"


def room_left(numbers: Sequence[float], lang: str) -> float:
    """Room that marks and their numbers take on the left of axes [pt]."""
    return max(text_width(f"{n:,g}", SMALL, lang) for n in numbers) + PAD + MARK


def overhang(axes: Axes, lang: str) -> tuple[float, float]:
    """How far the first and the last time stand out beyond the axes, left and right [pt]."""
    at = clock_marks(axes.first, axes.last)
    if not at:
        return 0.0, 0.0
    halves = [text_width(clock(m), SMALL, lang) / 2 for m in (at[0], at[-1])]
    left, right = axes.across(at[0]) - axes.left, axes.right - axes.across(at[-1])
    return max(0.0, halves[0] - left), max(0.0, halves[1] - right)


def rules(axes: Axes, numbers: Sequence[float]) -> Iterator[str]:
    """Draw a thin line at every marked number; it goes below everything else."""
    for y in map(axes.up, numbers):
        yield line([(axes.left, y), (axes.right, y)], RULE, 0.5)


def frame(axes: Axes, numbers: Sequence[float], *, is_used: bool = True) -> Iterator[str]:
    """Draw the axes and their marks; without marks where there is nothing to read off."""
    corners = [(axes.left, axes.upper), (axes.left, axes.lower), (axes.right, axes.lower)]
    yield line(corners, MUTE, 0.7)
    if is_used:
        for y in map(axes.up, numbers):
            yield line([(axes.left - MARK, y), (axes.left, y)], INK, 0.7)
        for x in map(axes.across, clock_marks(axes.first, axes.last)):
            yield line([(x, axes.lower), (x, axes.lower + MARK)], INK, 0.7)


def numbers_beside(axes: Axes, numbers: Sequence[float]) -> Iterator[str]:
    """Write the numbers on the left of axes."""
    for number in numbers:
        at = (axes.left - MARK - PAD, axes.up(number) + CAPITAL * SMALL)
        yield words(at, f"{number:,g}", SMALL, INK, anchor="end")


def times_below(axes: Axes) -> Iterator[str]:
    """Write the times below axes."""
    for moment in clock_marks(axes.first, axes.last):
        at = (axes.across(moment), axes.lower + MARK + PAD + 2 * CAPITAL * SMALL)
        yield words(at, clock(moment), SMALL, INK, anchor="middle")
