"""Good dates soon: with the last days of the calendar left out, as many as can be.

A solver that may put anybody on any of forty days finds dates late, and poor ones. Most schools
could be back long before the last day, and with only as many days as it takes whatever dates
it finds first are good. Nothing is proven by them.
"""

import time

from returnsim.optimise.programme import Index, Programme, Solution

GAP, SECONDS, IN_ALL = 0.05, 1.5, 4.0
"""What is left unproven of a short calendar, how long one is tried, and all of them together."""
ANY = 1.0
"""What is left unproven where any dates will do, costs being above zero."""


def solved_soon(programme: Programme, used: Index) -> Solution | None:
    """Solve with more and more days until there is a solution; none if that takes too long.

    Parameters
    ----------
    programme
        The dates, on any day.
    used
        Its variables that say whether a day is used, in the order of the days.
    """
    began, days = time.monotonic(), _fewest(programme, used)
    while days < len(used) and time.monotonic() - began < IN_ALL:
        solution = _short(programme, used, days).solve(gap=GAP, limit=SECONDS)
        if solution is not None:
            return solution
        days += max(1, days // 8)
    return None


def _fewest(programme: Programme, used: Index) -> int:
    """Days that suffice where units may be taken apart, and no fewer."""
    low, high = 1, len(used)
    while low < high:
        middle = (low + high) // 2
        stands = _short(programme, used, middle).solve(relaxed=True) is not None
        low, high = (low, middle) if stands else (middle + 1, high)
    return low


def _short(programme: Programme, used: Index, days: int) -> Programme:
    short = programme.copied()
    for v in used[days:]:
        short.limit(int(v), 0, 0)
    return short


def better(one: Solution | None, other: Solution | None, bound: float) -> Solution | None:
    """Return the better of two solutions, with a bound that holds for both."""
    found = [s for s in (one, other) if s is not None]
    if not found:
        return None
    best = min(found, key=lambda s: s.objective)
    return Solution(best.value, best.objective, bound)
