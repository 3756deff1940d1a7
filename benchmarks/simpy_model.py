"""Our SimPy model against a plain SimPy program of the same morning.

Run with ``python benchmarks/simpy_model.py``; prints a Markdown table. The luck is drawn
beforehand and the same for both, and the time stamps are compared before anything is timed.
"""

import sys
from datetime import date

import numpy as np
from morning import SIZES, Contest, machine, medians, stamps, stamps_of_trace

from returnsim.model.simulate import simulate
from returnsim.model.trace import Trace

PROMISE = 1.8
"""Our model is at least so many times as fast on the same sample path."""
ROUNDS = {500: 15, 2000: 9, 8000: 5}


class Models(Contest):
    """Our model beside the plain program."""

    def ours(self) -> Trace:
        return simulate(self.one)

    def difference(self) -> float:
        """Largest difference of any time stamp [s]."""
        trace = self.ours()
        ours = stamps_of_trace(self.one, (trace.arrived, trace.began, trace.ended))
        theirs = stamps(self.day, self.plain())
        np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
        return float(np.nanmax(np.abs(ours - theirs)))


def main() -> int:
    print(f"{date.today():%Y-%m-%d}: {machine()}\n")
    print("CPU time of one morning, ms; medians of alternating rounds in one process.\n")
    print("| pupils | ours | plain, same luck | plain, drawing | times as fast | largest gap |")
    print("|---|---|---|---|---|---|")
    ratios = []
    for pupils in SIZES:
        models = Models(pupils)
        gap = models.difference()
        spent = medians(
            {"ours": models.ours, "plain": models.plain, "drawing": models.plain_drawing},
            ROUNDS[pupils],
        )
        ratios.append(spent["plain"] / spent["ours"])
        ms = {name: 1e3 * seconds for name, seconds in spent.items()}
        print(
            f"| {pupils:,} | {ms['ours']:.1f} | {ms['plain']:.1f} | {ms['drawing']:.1f} "
            f"| {ratios[-1]:.2f} | {gap:.0e} s |"
        )
    kept = min(ratios) >= PROMISE
    print(f"\nPromise: at least {PROMISE} times as fast. {'Kept.' if kept else 'BROKEN.'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
