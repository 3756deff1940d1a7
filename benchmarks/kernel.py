"""The compiled kernel against a plain SimPy program of the same morning.

Run with ``python benchmarks/kernel.py``; prints two Markdown tables. A block of 64
replications is timed and divided by 64; the plain program plays one morning.
"""

from datetime import date

import numpy as np
from morning import (
    SIZES,
    Contest,
    machine,
    medians,
    stamps,
    stamps_of_trace,
)

from returnsim.experiment.streams import BLOCK, streams
from returnsim.measure.evidence import measure
from returnsim.model.congestion import queues, station_peak
from returnsim.model.draws import draw
from returnsim.model.itinerary import Itineraries, itineraries
from returnsim.model.kernel import compile_now, replay
from returnsim.model.trace import Trace

CACHED, FRESH = 150, 80
"""Goals: how many times as fast on cached luck, and with drawing it."""
ROUNDS = {500: 15, 2000: 9, 8000: 5}


class Kernel(Contest):
    """The parts of a replication, each a function to be timed."""

    def __init__(self, pupils: int) -> None:
        super().__init__(pupils)
        self.block = self.path(BLOCK)
        self.trace = replay(self.block)
        gates = self.day.scenario.gate_named
        self.places = np.array([gates[g].places for g in self.day.gates], dtype=np.int64)

    def path(self, replications: int) -> Itineraries:
        return itineraries(self.day, draw(self.day, streams(1, self.day.day, 0), replications))

    def replay_and_queues(self) -> None:
        """What the search for a better plan asks of every candidate."""
        self.queues_of(replay(self.block))

    def queues_of(self, trace: Trace) -> None:
        queues(trace, self.places)
        station_peak(trace, len(self.day.places) - 1)

    def from_draws_to_queues(self) -> None:
        self.queues_of(replay(self.path(BLOCK)))

    def from_draws_to_all_measures(self) -> None:
        measure(replay(self.path(BLOCK)))

    def drawing(self) -> None:
        draw(self.day, streams(1, self.day.day, 0), BLOCK)

    def replaying(self) -> None:
        replay(self.block)

    def measuring(self) -> None:
        measure(self.trace)

    def difference(self) -> float:
        """Largest difference of any time stamp from the plain program [s]."""
        trace = replay(self.one)
        ours = stamps_of_trace(self.one, (trace.arrived, trace.began, trace.ended))
        theirs = stamps(self.day, self.plain())
        np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
        return float(np.nanmax(np.abs(ours - theirs)))


def main() -> None:
    compile_now()
    print(f"{date.today():%Y-%m-%d}: {machine()}\n")
    print("Times as fast as the plain SimPy program, on the same luck and with drawing it.\n")
    print(
        "| pupils | same luck: replay and queues | with draws: to queues "
        "| with draws: to all measures | largest gap |"
    )
    print("|---|---|---|---|---|")
    shares = []
    cached, fresh = [], []
    for pupils in SIZES:
        contest = Kernel(pupils)
        gap = contest.difference()
        spent = medians(
            {
                "plain": contest.plain,
                "plain drawing": contest.plain_drawing,
                "cached": contest.replay_and_queues,
                "queues": contest.from_draws_to_queues,
                "all": contest.from_draws_to_all_measures,
                "draw": contest.drawing,
                "replay": contest.replaying,
                "measure": contest.measuring,
            },
            ROUNDS[pupils],
        )
        each = {name: seconds / BLOCK for name, seconds in spent.items()}
        cached.append(spent["plain"] / each["cached"])
        fresh.append(spent["plain drawing"] / each["queues"])
        every = spent["plain drawing"] / each["all"]
        print(f"| {pupils:,} | {cached[-1]:.0f} | {fresh[-1]:.0f} | {every:.0f} | {gap:.0e} s |")
        luck = each["queues"] - each["cached"] - each["draw"]
        parts = [each["draw"], luck, each["replay"], each["measure"], each["all"]]
        shares.append((pupils, [1e6 * x / pupils * 1e3 for x in parts]))
    print("\nNanoseconds of CPU per pupil and replication.\n")
    print("| pupils | draws | itineraries | replay | all measures | draws to all measures |")
    print("|---|---|---|---|---|---|")
    for pupils, parts in shares:
        print(f"| {pupils:,} | " + " | ".join(f"{x:.0f}" for x in parts) + " |")
    for goal, found, what in ((CACHED, cached, "on the same luck"), (FRESH, fresh, "with draws")):
        met = "Met" if min(found) >= goal else "Not met at every size"
        print(f"\nGoal {what}: {goal} times. {met}.")


if __name__ == "__main__":
    main()
