"""Fewer lanes, one block at a time: close one, and put the classes where they can do without.

A search over classes and lanes together seldom dares to close a lane, because the classes
would have to go elsewhere first. Here the lane is closed, and stays so, and the classes alone
are moved until every limit is kept again, or the moves are used up. Where the classes cannot
do with the lanes there are, one is opened first.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from returnsim.optimise.anneal import Annealing
from returnsim.optimise.lanes import unbroken
from returnsim.optimise.rehearsal import Sketch

TRIED = 6
"""Lane-blocks that are tried at most before the lanes stay as they are."""
LUKEWARM = 0.05
"""Temperature at first, which is not to leave what was found."""
OPENED = 3
"""Lane-blocks that are opened at most where there are too few."""


def kept(annealing: Annealing, sketch: Sketch, moves: int, expired: Callable[[], bool]) -> Sketch:
    """Make a sketch keep its limits in rehearsal, with a few more lanes if need be.

    Parameters
    ----------
    annealing
        Moves the classes.
    sketch
        Where to begin.
    moves
        Moves after which the classes are given up, for each lane that is tried.
    expired
        Whether the time is up.
    """
    found = annealing.improve(sketch, moves, lanes_stay=True, expired=expired)
    for _ in range(OPENED):
        if annealing.kept or expired():
            break
        found = annealing.improve(
            with_one_more(annealing, found), moves, lanes_stay=True, expired=expired
        )
    return annealing.improve(found, 0)


def with_one_more(annealing: Annealing, sketch: Sketch) -> Sketch:
    """Open the lane-block that helps most with the classes where they are."""
    return next(_options_by_price(annealing, sketch, 1), sketch)


def with_one_less(annealing: Annealing, sketch: Sketch) -> list[Sketch]:
    """Close the lane-blocks, one at a time, that cost least with the classes where they are."""
    return list(islice(_options_by_price(annealing, sketch, -1), TRIED))


def _options_by_price(annealing: Annealing, sketch: Sketch, by: int) -> Iterator[Sketch]:
    """Sketches with a lane-block more or less, the cheapest with the classes as they are first."""
    options = _options(annealing, annealing.improve(sketch, 0), by)
    order = sorted((_price(annealing, option), n) for n, option in enumerate(options))
    return (options[n] for _, n in order)


def _options(annealing: Annealing, now: Sketch, by: int) -> list[Sketch]:
    """Sketches with one lane more or less at one station in one block."""
    rules, found = annealing.rules, []
    for gate, stations in enumerate(rules.staffed):
        if not now.lanes[gate].any():
            continue
        for station in stations:
            for block in range(now.lanes[gate].shape[1]):
                if now.lanes[gate][station, block] + by >= 0:
                    option = now.copy()
                    option.lanes[gate][station, block] += by
                    broken = (unbroken(option.lanes[gate]) > option.lanes[gate]).any()
                    if not broken and rules.fits(option, gate) and rules.manned(option):
                        found.append(option)
    return found


def _price(annealing: Annealing, option: Sketch) -> float:
    """What a sketch costs with the classes where they are; those who come must be let in."""
    annealing.improve(option, 0, lanes_stay=True)
    return annealing.least
