"""Better slots, gates and lanes by simulated annealing on rehearsed mornings.

A move puts a class into another slot or gate, swaps two classes, shifts all classes of a
slot, opens or closes a lane for a block, or moves it to another block. Only the gates it
touches are played again. What a move costs is counted in minutes of duty:

- duty itself;
- missed limits at a price that rises as the search cools, so that at first it may pass
  through plans that break them;
- coming early, waiting and a long window at prices so small that a block of one lane
  outweighs them: they decide between plans of equal duty.

The search is as long as its number of moves, never as a number of seconds, unless a
deadline cuts it off; the same seed gives the same plan.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import mul

import numpy as np

from returnsim.optimise.rehearsal import Counts, Mark, Rehearsal, Sketch
from returnsim.optimise.sketch_rules import Rules

EARLY, WAIT, WINDOW = 0.008, 0.04, 0.002
"""Price of a minute that pupils come early, that they wait (both on average), and of a minute
between the first slot and the last, in lane-blocks."""
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
LINKS = 8
"""Slots in a row that a class is moved from at most, each to the next."""
HALFWAY, HOPELESS = 0.5, 0.5
"""What may be missed, halfway through a search with lanes as they are, for it to go on."""
UNMANNED = 0.05
"""What a class that may come to a station without a lane counts as missed."""
LOOK = 25
"""Moves between two looks at the clock."""


@dataclass(slots=True)
class Move:
    """A change to a sketch: classes to (gate, slot), and lanes of gates."""

    classes: dict[int, tuple[int, int]] = field(default_factory=dict)
    lanes: dict[int, Counts] = field(default_factory=dict)


class Annealing:
    """A search from one sketch to a better one."""

    def __init__(self, rehearsal: Rehearsal, seed: str) -> None:
        self.stage, self.seed = rehearsal, seed
        self.reseed("")
        self.rules = Rules(rehearsal)
        self.unit = self.rules.unit
        self.least = math.inf
        """What the best sketch of the last search costs, in minutes of duty."""
        self.missing = math.inf
        """How far it misses limits in rehearsal; 0 if it keeps them all."""
        self.lanes_stay = False
        self.weights = [c.pupils for c in rehearsal.classes]
        self.pupils = sum(self.weights)
        latest = [
            max((s for cells in self.rules.allowed[c].values() for s in cells), default=0)
            for c in range(len(rehearsal.classes))
        ]
        self.at_latest = sum(map(mul, self.weights, latest))
        """Slots that all pupils would come later than the first, in their latest, added up."""

    @property
    def kept(self) -> bool:
        """Whether the best sketch of the last search keeps every limit in rehearsal."""
        return self.missing <= 0.0

    def reseed(self, name: str) -> None:
        """Begin with other luck, so that nothing depends on what was tried before."""
        self.random = random.Random(f"{self.seed} {name}")

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
        cheap = min(DEAREST, max(CHEAPEST, DEAR_AT_FIRST / len(self.stage.classes)))
        if lanes_stay and hot:  # a sketch that is nearly there
            cheap = DEAR_AT_LAST
        hot = hot or min(HOTTEST, max(HOT, WANDER / len(self.stage.classes)))
        self.lanes_stay = lanes_stay
        self.now = start.copy()
        self.rules.count(self.now)
        for gate in range(len(self.stage.gates)):
            if not lanes_stay:
                self.now.lanes[gate] = self.rules.tidy(self.now, gate)
        self.stage.begin(self.now)
        self.marks = [self.stage.mark(self.now, g) for g in range(len(self.stage.gates))]
        best, self.least = self.now.copy(), self.price(self.marks, DEAR_AT_LAST)
        self.missing = self.missed(self.marks)
        price = self.price(self.marks, cheap)
        for turn in range(moves):
            if turn % LOOK == 0:
                if expired() or (lanes_stay and self._settled(turn / moves)):
                    break
                share = turn / moves
                heat = self.unit * hot * (COLD / hot) ** share
                dear = cheap * (DEAR_AT_LAST / cheap) ** min(1.0, 1.25 * share)
                price = self.price(self.marks, dear)
            move = self._propose()
            if move is None:
                continue
            undo = self._take(move)
            if undo is None:
                continue
            before, marks = self.marks, self.marks.copy()
            for gate in undo.lanes:
                marks[gate] = self.stage.mark(self.now, gate)
            self.marks = marks
            found = self.price(marks, dear)
            if found <= price or self.random.random() < math.exp((price - found) / heat):
                price = found
                final = self.price(marks, DEAR_AT_LAST)
                missing = self.missed(marks)
                if (missing > 0.0, final) < (not self.kept, self.least - 1e-9):
                    best, self.least, self.missing = self.now.copy(), final, missing
            else:
                self.marks = before
                self._revert(undo)
        return best

    def _settled(self, share: float) -> bool:
        """Whether a search with lanes as they are has ended: it is kept, or never will be."""
        return self.kept or (share >= HALFWAY and self.missed(self.marks) > HOPELESS)

    def price(self, marks: list[Mark], dear: float) -> float:
        """What the sketch costs, in minutes of duty."""
        now, rules = self.now, self.rules
        used = now.slot
        minutes = rules.minutes_per_slot
        early = self.at_latest - sum(map(mul, self.weights, now.slot))
        soft = (
            EARLY * early * minutes / self.pupils
            + WAIT * sum(m.waited for m in marks) / 60 / self.pupils
            + WINDOW * (max(used) - min(used)) * minutes
        )
        return rules.duty(now) + float(self.unit * (soft + dear * self.missed(marks)))

    def missed(self, marks: list[Mark]) -> float:
        """How far limits are missed, at all gates together; 0 if kept."""
        missed: float = sum(m.missed for m in marks)
        if self.lanes_stay:
            gates = range(len(self.stage.gates))
            missed += UNMANNED * sum(self.rules.unmanned(self.now, g) for g in gates)
        return missed

    # ------------------------------------------------------------ moves

    def _propose(self) -> Move | None:
        kinds = (
            self._one_class,
            self._two_classes,
            self._whole_slot,
            self._one_in_each,
            self._one_lane,
            self._lane_elsewhere,
        )
        [kind] = self.random.choices(kinds, OFTEN_IF_LANES_STAY if self.lanes_stay else OFTEN)
        return kind()

    def _perhaps(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def _one_class(self) -> Move | None:
        c = self.random.randrange(len(self.stage.classes))
        gate, slot = self.now.gate[c], self.now.slot[c]
        if self._perhaps():
            to = (gate, slot + self.random.choice((-2, -1, 1, 2)))
        else:
            to = self.random.choice(self.rules.cells[c])
        if to == (gate, slot) or to[1] not in self.rules.allowed[c].get(to[0], ()):
            return None
        return self._with_lanes(Move({c: to}), (gate, slot), to)

    def _with_lanes(self, move: Move, here: tuple[int, int], there: tuple[int, int]) -> Move:
        """Let a lane at every stage go along to where the people go, now and then."""
        if self.lanes_stay or not self._perhaps(0.4):
            return move
        for (gate, slot), step in ((here, -1), (there, 1)):
            lanes = move.lanes.get(gate, self.now.lanes[gate]).copy()
            block = self.rules.block_of[slot]
            lanes[self.rules.staffed[gate], block] += step
            move.lanes[gate] = np.minimum(lanes, self.rules.most[gate])
        return move

    def _two_classes(self) -> Move | None:
        one = self.random.randrange(len(self.stage.classes))
        two = self.random.randrange(len(self.stage.classes))
        here = (self.now.gate[one], self.now.slot[one])
        there = (self.now.gate[two], self.now.slot[two])
        allowed = self.rules.allowed
        if (
            here == there
            or there[1] not in allowed[one].get(there[0], ())
            or here[1] not in allowed[two].get(here[0], ())
        ):
            return None
        return Move({one: there, two: here})

    def _whole_slot(self) -> Move | None:
        """Shift everybody who shares a slot and a gate, or everybody of a batch at a gate."""
        c = self.random.randrange(len(self.stage.classes))
        gate, slot = self.now.gate[c], self.now.slot[c]
        batch = self.rules.batch[c]
        by = self.random.choice((-2, -1, 1, 2))
        whole = self._perhaps(0.4)
        group = {
            i: (gate, self.now.slot[i] + by)
            for i, g in enumerate(self.now.gate)
            if g == gate and (self.rules.batch[i] == batch if whole else self.now.slot[i] == slot)
        }
        if any(to[1] not in self.rules.allowed[i].get(gate, ()) for i, to in group.items()):
            return None
        return self._with_lanes(Move(group), (gate, slot), (gate, slot + by))

    def _one_in_each(self) -> Move | None:
        """Move a class to the next slot, one from there to the one after, and so on.

        So the first and the last of these slots change, and those between hardly do.
        """
        c = self.random.randrange(len(self.stage.classes))
        gate, slot = self.now.gate[c], self.now.slot[c]
        by = self.random.choice((-1, 1))
        group: dict[int, tuple[int, int]] = {}
        for _ in range(self.random.randint(2, LINKS)):
            here = [
                i for i, s in enumerate(self.now.slot) if s == slot and self.now.gate[i] == gate
            ]
            slot += by
            free = [i for i in here if slot in self.rules.allowed[i].get(gate, ())]
            if not free:
                break
            group[self.random.choice(free)] = (gate, slot)
        return Move(group) if len(group) > 1 else None

    def _one_lane(self) -> Move | None:
        gate, block = self._anywhere()
        step = self.random.choice((-1, 1))
        stations = self.rules.staffed[gate]
        if not stations:
            return None
        if len(stations) > 1 and self._perhaps(0.6):
            stations = [self.random.choice(stations)]
        lanes = self.now.lanes[gate].copy()
        lanes[stations, block] += step
        return Move({}, {gate: lanes})

    def _lane_elsewhere(self) -> Move | None:
        gate, block = self._anywhere()
        other = gate if self._perhaps(0.7) else self.random.randrange(len(self.stage.gates))
        blocks = self.now.lanes[gate].shape[1]
        near = self._perhaps()
        to = block + self.random.choice((-1, 1)) if near else self.random.randrange(blocks)
        if not (self.rules.staffed[gate] and self.rules.staffed[other] and 0 <= to < blocks):
            return None
        lanes = {gate: self.now.lanes[gate].copy()}
        lanes.setdefault(other, self.now.lanes[other].copy())
        if gate == other and (len(self.rules.staffed[gate]) == 1 or self._perhaps()):
            away = into = self.rules.staffed[gate]
        else:
            away = [self.random.choice(self.rules.staffed[gate])]
            into = [self.random.choice(self.rules.staffed[other])]
        lanes[gate][away, block] -= 1
        lanes[other][into, to] += 1
        return Move({}, lanes)

    def _anywhere(self) -> tuple[int, int]:
        gate = self.random.randrange(len(self.stage.gates))
        return gate, self.random.randrange(self.now.lanes[gate].shape[1])

    # ------------------------------------------------------------ taking and taking back

    def _take(self, move: Move) -> Move | None:
        """Make a move if the rules allow it; return how to take it back."""
        now, rules = self.now, self.rules
        touched = set(move.lanes)
        for c, (gate, _) in move.classes.items():
            touched |= {gate, now.gate[c]}
        undo = Move(
            {c: (now.gate[c], now.slot[c]) for c in move.classes},
            {g: now.lanes[g] for g in touched},
        )
        if not rules.apart(now, move.classes):
            return None
        self._place(move.classes)
        for gate in () if self.lanes_stay else touched:
            wanted = move.lanes.get(gate, now.lanes[gate])
            now.lanes[gate] = rules.tidy(now, gate, wanted)
        same = not move.classes and all(
            np.array_equal(now.lanes[g], undo.lanes[g]) for g in touched
        )
        if same or not all(rules.fits(now, g) for g in touched) or not rules.manned(now):
            for gate, lanes in undo.lanes.items():
                now.lanes[gate] = lanes
            self._place(undo.classes)
            return None
        for c, (gate, slot) in undo.classes.items():
            self.stage.put(c, gate, slot, -1.0)
            self.stage.put(c, now.gate[c], now.slot[c], 1.0)
        return undo

    def _revert(self, undo: Move) -> None:
        for c, (gate, slot) in undo.classes.items():
            self.stage.put(c, self.now.gate[c], self.now.slot[c], -1.0)
            self.stage.put(c, gate, slot, 1.0)
        self._place(undo.classes)
        for gate, lanes in undo.lanes.items():
            self.now.lanes[gate] = lanes

    def _place(self, classes: dict[int, tuple[int, int]]) -> None:
        for c, (gate, slot) in classes.items():
            self.rules.shift(c, self.now, gate, slot)
            self.now.gate[c], self.now.slot[c] = gate, slot
