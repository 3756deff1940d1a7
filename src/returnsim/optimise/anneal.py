"""Better slots, gates and lanes by simulated annealing on rehearsed mornings.

A move puts a class into another slot or gate, swaps two classes, shifts all classes of a
slot, opens or closes a lane for a block, or moves it to another block. Only the gates it
touches are played again. What a move costs is counted in minutes of duty:

- duty itself;
- missed limits at a price that rises as the search cools, so that at first it may pass
  through plans that break them;
- coming early, waiting and a long window at prices so small that a block of one lane
  outweighs them: they decide between plans of equal duty.

What is tried is played no further than it takes to see that it will not be kept (`walk`).

The search is as long as its number of moves, never as a number of seconds, unless a
deadline cuts it off; the same seed gives the same plan.
"""

from collections.abc import Callable
from operator import mul

import numpy as np

from returnsim.optimise.proposals import Proposal
from returnsim.optimise.rehearsal import Rehearsal, Sketch
from returnsim.optimise.sketch_rules import Rules
from returnsim.optimise.walk import UNMANNED, Given, Walk, wander

DEAR_AT_LAST = 300.0
"""Price of missing every limit wholly, in lane-blocks, in the end."""
DEAR_AT_FIRST, CHEAPEST, DEAREST = 200.0, 2.0, 100.0
"""The price at first is this over the number of classes, at least and at most so much: low, so
that lanes may be closed before the classes have been put where they can do without them."""
HOT, COLD = 0.2, 0.005
"""Temperature at first and at last, in lane-blocks."""
WANDER, HOTTEST = 12, 1.0
"""The temperature at first is this over the number of classes, if that is more, and at most
so many lane-blocks: with few classes, far away is a few moves away."""
OFTEN = (0.27, 0.18, 0.06, 0.09, 0.22, 0.18)
"""How often each kind of move is tried: one class, two, a whole slot, one class in each of
several slots, a lane, a lane elsewhere."""
OFTEN_IF_LANES_STAY = (0.4, 0.35, 0.1, 0.15, 0.0, 0.0)
HALFWAY, HOPELESS = 0.5, 0.5
"""What may be missed, halfway through a search with lanes as they are, for it to go on."""
LOOK = 50
"""Moves between two looks at the clock."""


class Annealing:
    """A search from one sketch to a better one."""

    def __init__(self, rehearsal: Rehearsal, seed: str, rules: Rules | None = None) -> None:
        self.stage, self.seed = rehearsal, seed
        self.reseed("")
        self.rules = rules or Rules(rehearsal)
        self.unit = self.rules.unit
        self.least = np.inf
        """What the best sketch of the last search costs, in minutes of duty."""
        self.missing = np.inf
        """How far it misses limits in rehearsal; 0 if it keeps them all."""

    @property
    def kept(self) -> bool:
        """Whether the best sketch of the last search keeps every limit in rehearsal."""
        return self.missing <= 0.0

    def reseed(self, name: str) -> None:
        """Begin with other luck, so that nothing depends on what was tried before."""
        self.random = np.random.default_rng([*f"{self.seed} {name}".encode()])

    def improve(
        self,
        start: Sketch,
        moves: int,
        *,
        hot: float | None = None,
        lanes_stay: bool = False,
        expired: Callable[[], bool] = lambda: False,
    ) -> Sketch:
        """Return the best sketch met with; the start itself if nothing is better.

        Where lanes are to stay as they are, the search ends with the first sketch that keeps
        every limit with them; a temperature given besides is for one that nearly does.
        """
        classes = len(self.stage.classes)
        cheap = min(DEAREST, max(CHEAPEST, DEAR_AT_FIRST / classes))
        if lanes_stay and hot:  # a sketch that is nearly there
            cheap = DEAR_AT_LAST
        hot = hot or min(HOTTEST, max(HOT, WANDER / classes))
        given, walk, move = self._given(lanes_stay), self._walk(start), self._move()
        prices = (cheap, DEAR_AT_LAST)
        wander(self.random, given, walk, move, 0, self.unit, prices, True)
        for turn in range(0, moves, LOOK):
            share = turn / moves
            if expired() or (lanes_stay and _settled(walk, share)):
                break
            heat = self.unit * hot * (COLD / hot) ** share
            dear = cheap * (DEAR_AT_LAST / cheap) ** min(1.0, 1.25 * share)
            some = min(LOOK, moves - turn)
            prices = (dear, DEAR_AT_LAST)
            wander(self.random, given, walk, move, some, heat, prices, False)
        self.least, self.missing = walk.least.tolist()
        return self.rules.sketch(walk.best)

    def _given(self, stay: bool) -> Given:
        """What does not change in a search."""
        rules = self.rules
        latest = [max((s for at in c.values() for s in at), default=0) for c in rules.allowed]
        return Given(
            rules.ground,
            self.stage.mornings,
            self.unit,
            float(rules.minutes_per_slot),
            float(sum(map(mul, (c.pupils for c in self.stage.classes), latest))),
            stay,
            np.array(OFTEN_IF_LANES_STAY if stay else OFTEN),
        )

    def _walk(self, start: Sketch) -> Walk:
        """Where a search begins."""
        gates = len(self.stage.gates)
        return Walk(
            self.rules.standing(start),
            self.stage.limited(),
            np.zeros(gates),
            np.zeros(gates),
            np.zeros(gates, np.int64),
            self.rules.standing(start),
            np.zeros(2),
        )

    def _move(self) -> Proposal:
        """Room for a move."""
        who, gate, slot = np.zeros((3, len(self.stage.classes)), np.int64)
        lanes = np.zeros_like(self.rules.ground.most)
        touched = np.zeros(len(self.stage.gates), np.bool_)
        return Proposal(np.zeros(1, np.int64), who, gate, slot, touched, lanes)


def _settled(walk: Walk, share: float) -> bool:
    """Whether a search with lanes as they are has ended: it is kept, or never will be."""
    missed = walk.missed.sum() + UNMANNED * walk.unmanned.sum()
    return bool(walk.least[1] <= 0 or (share >= HALFWAY and missed > HOPELESS))
