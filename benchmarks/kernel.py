"""The compiled kernel against plain SimPy, Ciw, salabim and C on the same morning.

Run with ``python benchmarks/kernel.py``; prints Markdown tables. A block of 64 replications
is timed and divided by 64; the others play one morning. Before anything is timed, everybody's
time stamps at every station are compared on the same luck.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import in_c
import numpy as np
from morning import SIZES, Contest, Visit, machine, medians, stamps, stamps_of_trace
from rivals import in_ciw, in_salabim

from returnsim.experiment.streams import BLOCK, streams
from returnsim.experiment.study import parts, played
from returnsim.measure.evidence import measure
from returnsim.model.draws import Draws, draw
from returnsim.model.itinerary import itineraries
from returnsim.model.kernel import compile_now, replay
from returnsim.model.trace import Trace

GOALS = {"cached": 150.0, "fresh": 80.0, "ciw": 700.0, "salabim": 2000.0, "c": 0.6}
"""Times as fast as plain SimPy on the same luck, and as one that draws its own; as Ciw; as
salabim; and the share of C's speed."""
ROUNDS = {500: 15, 2000: 9, 8000: 5}
Row = dict[str, float]


class Kernel(Contest):
    """The parts of a replication, each a function to be timed; measures are always all of them."""

    def __init__(self, pupils: int) -> None:
        super().__init__(pupils)
        self.luck_of_block = self.drawing()
        self.rows = parts(self.day, BLOCK)
        self.paths = [itineraries(self.day, self.luck_of_block.part(rows)) for rows in self.rows]
        self.traces = [replay(path) for path in self.paths]

    def drawing(self) -> Draws:
        return draw(self.day, streams(1, self.day.day, 0), BLOCK)

    def walking(self) -> None:
        for rows in self.rows:
            itineraries(self.day, self.luck_of_block.part(rows))

    def replaying(self) -> None:
        for path in self.paths:
            replay(path)

    def measuring(self) -> None:
        for trace in self.traces:
            measure(Trace(trace.journeys, trace.arrived, trace.began, trace.ended))

    def on_cached_luck(self) -> None:
        """What the search for a better plan asks of every candidate, and more: all measures."""
        for path in self.paths:
            measure(replay(path))

    def on_fresh_luck(self) -> None:
        """What a study asks of every block."""
        played(self.day, self.drawing())

    def gap(self, visits: list[Visit]) -> float:
        """Largest difference of any time stamp from another program's [s]."""
        trace = replay(self.one)
        ours = stamps_of_trace(self.one, (trace.arrived, trace.began, trace.ended))
        theirs = stamps(self.day, visits)
        np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
        return float(np.nanmax(np.abs(ours - theirs)))


def once(program: Callable[[], list[Visit]]) -> tuple[float, list[Visit]]:
    """CPU seconds of a program too slow to be played often, and what it found."""
    before = process_time()
    visits = program()
    return process_time() - before, visits


def contest(pupils: int, folder: Path) -> tuple[Row, Row, Row]:
    """Return ratios, largest gaps [s], and nanoseconds a pupil and replication, of one size."""
    kernel = Kernel(pupils)
    slow = {
        "ciw": once(lambda: in_ciw(kernel.day, kernel.luck)),
        "salabim": once(lambda: in_salabim(kernel.day, kernel.luck)),
    }
    gaps = {"SimPy": kernel.gap(kernel.plain())}
    gaps |= {name: kernel.gap(visits) for name, (_, visits) in slow.items()}
    programs: dict[str, Callable[[], object]] = {
        "plain": kernel.plain,
        "plain drawing": kernel.plain_drawing,
        "cached": kernel.on_cached_luck,
        "fresh": kernel.on_fresh_luck,
        "draw": kernel.drawing,
        "walk": kernel.walking,
        "replay": kernel.replaying,
        "measure": kernel.measuring,
    }
    library = in_c.compiled(folder)
    if library is not None:
        gaps["C"] = 0.0
        for trace in kernel.traces:
            for ours, theirs in zip(
                (trace.arrived, trace.began, trace.ended),
                in_c.replay(library, trace.journeys),
                strict=True,
            ):
                np.testing.assert_array_equal(ours, theirs)
        programs["c"] = lambda: [in_c.replay(library, path) for path in kernel.paths]
    spent = medians(programs, ROUNDS[pupils])
    each = {name: seconds / BLOCK for name, seconds in spent.items()}
    ratios = {
        "cached": spent["plain"] / each["cached"],
        "fresh": spent["plain drawing"] / each["fresh"],
        "ciw": slow["ciw"][0] / each["cached"],
        "salabim": slow["salabim"][0] / each["cached"],
        "c": each["c"] / each["replay"] if library is not None else float("nan"),
    }
    parts_of_it = ("draw", "walk", "replay", "measure", "fresh")
    return ratios, gaps, {name: 1e9 * each[name] / pupils for name in parts_of_it}


def main() -> None:
    compile_now()
    print(f"{date.today():%Y-%m-%d}: {machine()}\n")
    with TemporaryDirectory() as folder:
        found = {pupils: contest(pupils, Path(folder)) for pupils in SIZES}
    print("Times as fast, with all measures; the last, the recursion alone, as a share of C's.\n")
    print("| pupils | SimPy, same luck | SimPy, drawing | Ciw | salabim | C | largest gap |")
    print("|---|---|---|---|---|---|---|")
    for pupils, (ratios, gaps, _) in found.items():
        cells = [f"{ratios[name]:,.0f}" for name in ("cached", "fresh", "ciw", "salabim")]
        cells += [f"{ratios['c']:.2f}", f"{max(gaps.values()):.0e} s"]
        print(f"| {pupils:,} | " + " | ".join(cells) + " |")
    print("| goal | " + " | ".join(f"{goal:,g}" for goal in GOALS.values()) + " | 1e-09 s |")
    print("\nNanoseconds of CPU per pupil and replication.\n")
    print("| pupils | draws | itineraries | replay | all measures | draws to measures |")
    print("|---|---|---|---|---|---|")
    for pupils, (_, _, each) in found.items():
        print(f"| {pupils:,} | " + " | ".join(f"{x:.0f}" for x in each.values()) + " |")
    print()
    for name, goal in GOALS.items():
        least = min(ratios[name] for ratios, _, _ in found.values())
        print(
            f"{name}: at least {least:,.4g}, goal {goal:,g}: {'met' if least >= goal else 'MISSED'}"
        )


if __name__ == "__main__":
    main()
