"""Our SimPy model against a plain SimPy program of the same morning.

Run with ``python benchmarks/simpy_model.py``; prints a Markdown table. The luck is drawn
beforehand and the same for both, and the time stamps are compared before anything is timed.
"""

import sys
from datetime import date

import numpy as np
from morning import (
    SIZES,
    a_morning,
    luck_of,
    machine,
    medians,
    one_path,
    plain,
    plain_with_draws,
    stamps,
    stamps_of_trace,
)

from returnsim.model.simulate import simulate

PROMISE = 1.8
"""Our model is at least so many times as fast on the same sample path."""
ROUNDS = {500: 15, 2000: 9, 8000: 5}


def main() -> int:
    print(f"{date.today():%Y-%m-%d}: {machine()}\n")
    print("CPU time of one morning, ms; medians of alternating rounds in one process.\n")
    print("| pupils | ours | plain, same path | plain, own draws | times as fast | largest gap |")
    print("|---|---|---|---|---|---|")
    ratios = []
    for pupils in SIZES:
        day = a_morning(pupils)
        path = one_path(day)
        luck = luck_of(path)
        trace = simulate(path)
        ours = stamps_of_trace(path, (trace.arrived, trace.began, trace.ended))
        theirs = stamps(day, plain(day, luck))
        np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
        gap = float(np.nanmax(np.abs(ours - theirs)))
        spent = medians(
            {
                "ours": lambda: simulate(path),
                "plain": lambda: plain(day, luck),
                "draws": lambda: plain_with_draws(day, 1),
            },
            ROUNDS[pupils],
        )
        ratios.append(spent["plain"] / spent["ours"])
        print(
            f"| {pupils:,} | {spent['ours'] * 1e3:.1f} | {spent['plain'] * 1e3:.1f} "
            f"| {spent['draws'] * 1e3:.1f} | {ratios[-1]:.2f} | {gap:.0e} s |"
        )
    kept = min(ratios) >= PROMISE
    print(f"\nPromise: at least {PROMISE} times as fast. {'Kept.' if kept else 'BROKEN.'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
