r"""What one gate does at best, when everybody it lets in is worth some minutes of duty.

A relaxation, solved by HiGHS: whatever a plan that keeps its limits does at one gate with at
most D minutes of duty, it is a solution of this programme. `returnsim.optimise.bound` adds
the gates up.

- continuous :math:`f_{cs} \le 1`: share of grade c that comes in slot s;
- whole :math:`n_{kb}`: lanes open at stage k in block b, their duty at most D; continuous
  :math:`o_{kb} = (n_{kb} - n_{k,b-1})^+`: lanes that are opened (a binary says whether any is);
- binary :math:`u_b, d_b`: somebody may come at or before block b, at or after it;
  :math:`n_{kb} \ge u_b + d_b - 1`, one lane while people come;
- minimise duty less :math:`\sum \mu_c P_c f_{cs}`, with :math:`P_c` people of grade c.

*Crowding.* For any window (u, t], those who join the queue and have not begun a service at
stage k by t are at most the places K, except with the risk α. So

.. math:: P(A - N > K) \le \alpha,

with A the arrivals in the window, a sum of independent yes and no, and N the services that
lanes can begin in it. Lanes that are never idle begin no fewer; a lane that closes ends the
service it is at, so with C the open lane-time, :math:`\bar s` the mean service and v its
coefficient of variation the mean of N is at most :math:`C/\bar s + (1 + v^2) O`, with O the
lanes open at u and those opened in the window (Wald's equation, and Lorden's bound for what
the last service of each overruns). A quantile of A − N lies z standard deviations above its
mean, so, with V the variance,

.. math:: E A - C/\bar s + z \sqrt V \le K + (1 + v^2) O + 1.

One person is allowed for the normal curve and for whole people. The root is concave, hence
above its chord from 0 to the largest V that a plan within its limits can have; the chord is
linear in f and n. Such a cut is added wherever a solution breaks it.

*Waiting.* Those who come in (u, t − w] begin in (u, t] if nobody waits longer than w: the
same cut with no places.

*The end.* All who come after u are served after u: the same cut to the end of the day, where the
risk is that of finding all lanes closed. The arrivals' part of V is left out, so that its largest
value is that of D minutes, and the chord is exact where the gate has all the duty there is.

*A common shift* c moves everybody together. If the risk is α, then among the shifts of any
set of probability β > α there is one under which the risk is at most α/β. The set taken is
the middle of the distribution, the arrivals are the fewest under any shift of it, and z
belongs to α/β.
"""

import math
from collections.abc import Iterator, Mapping
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from returnsim.optimise.demand import COMMON, Morning, passage_seconds
from returnsim.optimise.line import line_of, staffed, while_they_come
from returnsim.optimise.posts import Post, posts
from returnsim.optimise.programme import INF, Programme, Solution
from returnsim.scenario.campus import Lanes
from returnsim.scenario.quantities import clock_time, seconds

Floats = NDArray[np.float64]
Terms = list[tuple[int, float]]
CUTS = 12
"""Cuts added for one station in one round."""
APART = 3
"""Minutes by which windows of one round differ."""
BROKEN = 0.05
"""People by which a cut must be broken to be worth adding."""
LEFT = 0.05
"""Share of days on which the planner's rulebook lets somebody find all lanes closed."""
LENIENT = 60.0
"""Passage by which slots are counted as in time that a reckoning with means would not [s]."""
NOBODY = 1e-6
"""People who are not worth counting."""
ROUNDS, WHOLE_ROUNDS = 2, 10
"""Times cuts are looked for before lanes are made whole, and afterwards."""
NODES, GAP = 400, 1e-3
"""Nodes of the solver, and what it may leave unproven."""
WORTHLESS = 1e-6
"""Minutes below which nothing is to be gained."""


class Capacity:
    """The programme of one gate, on the day on which most people come."""

    def __init__(
        self,
        morning: Morning,
        gate: int,
        people: Mapping[str, float],
        programme: Programme | None = None,
    ) -> None:
        self.morning, self.scenario = morning, morning.scenario
        self.gate, self.people = self.scenario.gates[gate], people
        self.line = line_of(self.gate)
        self.edges = morning.minutes
        self.minutes = staffed(self.gate, self.line, morning.blocks)
        self.programme = Programme() if programme is None else programme
        self.posts = list(posts(self.scenario, gate))
        self.cells: dict[tuple[str, int], int] = {}
        self._add_grades()
        self._add_lanes()
        self._keep_open()
        self._arriving = {key: self._profiles(*key) for key in self.cells}
        self._of_staff = morning.staff_by_shift(self.gate, morning.middle_shifts)
        self._reach_of = self._reach()
        self.cuts: list[tuple[Terms, float]] = []
        self.seen: set[tuple[int, int, int, bool]] = set()

    @property
    def work(self) -> float:
        """Minutes of duty that one person on the list takes, if no lane is ever idle."""
        coming = 1 - self.scenario.arrivals.absent_probability
        return coming * sum(p.staff * p.share * p.mean for p in self.posts) / 60

    def may_use(self, grade: str) -> bool:
        """Whether there is a slot from which a grade is seated in time."""
        return any(name == grade for name, _ in self.cells)

    # ------------------------------------------------------------ the programme

    def _add_grades(self) -> None:
        for grade in self.scenario.grades:
            if not self.scenario.may_use(self.gate, grade):
                continue
            quick = passage_seconds(self.scenario, self.gate, grade, nearest=True) - LENIENT
            for s in self.morning.slots_in_time(grade, self.gate, 0.0, passage=max(0.0, quick)):
                self.cells[grade.name, s] = int(self.programme.add(1, high=1.0)[0])
            own = [(v, 1.0) for (name, _), v in self.cells.items() if name == grade.name]
            self.programme.row(own, 0.0, 1.0)

    def _add_lanes(self) -> None:
        """Lanes by block, those opened at its beginning, and the duty of all."""
        gate, blocks, programme = self.gate, self.morning.blocks, self.programme
        shape = (len(self.line.names), blocks.size - 1)
        self.lanes = programme.add(*shape, whole=True)
        self.opened = programme.add(*shape)
        closed, rising = programme.add(*shape), programme.add(*shape, high=1.0, whole=True)
        span = np.minimum(blocks[1:], seconds(gate.closes)) > np.maximum(
            blocks[:-1], seconds(gate.opens)
        )
        duty: Terms = []
        for k, lanes in enumerate(self.line.lanes):
            for b in range(blocks.size - 1):
                now, up, down = (int(x[k, b]) for x in (self.lanes, self.opened, closed))
                programme.limit(now, 0.0, self._most(lanes, b) if span[b] else 0.0)
                change: Terms = [(now, 1.0), (up, -1.0), (down, 1.0)]
                programme.row(change + ([(int(self.lanes[k, b - 1]), -1.0)] if b else []), 0, 0)
                programme.row([(up, 1.0), (int(rising[k, b]), -lanes.lanes)], -INF, 0)
                programme.row([(down, 1.0), (int(rising[k, b]), lanes.lanes)], -INF, lanes.lanes)
                duty.append((now, float(self.minutes[k, b])))
        self.duty = [(v, m) for v, m in duty if m]

    def _most(self, lanes: Lanes, block: int) -> float:
        """Lanes that can be open in a block, for the people on duty."""
        if not (self.scenario.limits.staff and lanes.staff_per_lane):
            return float(lanes.lanes)
        begins = float(self.morning.blocks[block])
        there = self.scenario.limits.staff_at(clock_time(begins)) or 0
        return float(min(lanes.lanes, there // lanes.staff_per_lane))

    def _keep_open(self) -> None:
        """One lane at every stage from the block of the first to that of the last."""
        morning, blocks = self.morning, self.morning.blocks.size - 1
        since = self.programme.add(blocks, high=1.0, whole=True)
        until = self.programme.add(blocks, high=1.0, whole=True)
        for b in range(blocks - 1):
            self.programme.row([(int(since[b]), 1), (int(since[b + 1]), -1)], -INF, 0)
            self.programme.row([(int(until[b + 1]), 1), (int(until[b]), -1)], -INF, 0)
        spans: list[tuple[int | None, tuple[float, float]]] = []
        for (grade, s), variable in self.cells.items():
            due = float(morning.slots[s]) + morning.slot_seconds
            bell = seconds(self.scenario.grade_named[grade].bell)
            spans.append((variable, morning.comes_between(due, bell)))
        for group in self.scenario.staff:
            if group.gate == self.gate.name and group.arrives:
                due = seconds(group.arrives)
                spans.append((None, morning.comes_between(due, due)))
        for cell, (first, last) in spans:
            inside = np.flatnonzero(while_they_come(morning, self.gate, first, last))
            for edge, b in ((since, int(inside[0])), (until, int(inside[-1]))):
                if cell is None:
                    self.programme.limit(int(edge[b]), 1.0, 1.0)
                else:
                    self.programme.row([(cell, 1), (int(edge[b]), -1)], -INF, 0)
        for k, lanes in enumerate(self.line.lanes):
            for b in range(blocks):
                if lanes.staff_per_lane:
                    terms = [(since[b], 1.0), (until[b], 1.0), (self.lanes[k, b], -1.0)]
                    self.programme.row(terms, -INF, 1)

    # ------------------------------------------------------------ arrivals

    def _profiles(self, grade: str, slot: int) -> Floats:
        """Share of a grade that comes in each minute, shape (shifts, minutes)."""
        due = float(self.morning.slots[slot]) + self.morning.slot_seconds
        bell = seconds(self.scenario.grade_named[grade].bell)
        return self.morning.arriving_by_shift(due, bell, self.morning.middle_shifts)

    def _quantile(self, risk: float) -> float:
        """Standard deviations by which the mean must keep away, for a risk."""
        if self.scenario.arrivals.common_shift_minutes is not None:
            risk = risk / COMMON
        return max(0.0, NormalDist().inv_cdf(1 - risk)) if 0 < risk < 1 else 0.0

    # ------------------------------------------------------------ cuts

    def _reach(self) -> Floats:
        """Time of a lane in each block before each edge of a minute [s]."""
        begins = np.maximum(self.morning.blocks[:-1], seconds(self.gate.opens))
        ends = np.minimum(self.morning.blocks[1:], seconds(self.gate.closes))
        inside: Floats = np.clip(self.edges[:, None], begins, np.maximum(begins, ends)) - begins
        return inside

    def _openings(self, u: int, t: int) -> list[tuple[int, bool]]:
        """Blocks whose lanes can begin services in a window, and whether they stand open at u."""
        inside = np.flatnonzero(self._reach_of[t] > self._reach_of[u])
        return [(int(b), number == 0) for number, b in enumerate(inside)]

    def cut(self, solution: Solution) -> bool:
        """Add the cuts that a solution breaks most; whether there were any."""
        added = [self._cut(p, solution, w) for p in self.posts for w in (False, True)]
        return any(added)

    def _cut(self, post: Post, solution: Solution, waiting: bool) -> bool:
        """Look at all windows of one station at once."""
        limits = self.scenario.limits
        room = post.slack + (0 if waiting else self.gate.places)
        late = round(limits.longest_wait_minutes) if waiting else 0
        z = self._quantile(limits.wait_risk if waiting else limits.crowding_risk)
        opened = solution.value[self.lanes[post.station]]
        done = self._reach_of @ opened / post.mean
        begun = np.concatenate([[0.0], np.cumsum(solution.value[self.opened[post.station]])])
        size = self.edges.size
        begin, end = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")
        most = self._most_variance(post, room, end, begin)
        pull = z / np.sqrt(most)
        served = (done[end] - done[begin]) * (1 - pull * post.cv2)
        weighed = self._weighed(post, solution, begin, np.maximum(end - late, 0), pull)
        block = np.clip(
            np.searchsorted(self.morning.blocks, self.edges, side="right") - 1, 0, opened.size - 1
        )
        fresh = opened[block][begin] + begun[block + 1][end] - begun[block + 1][begin]
        room_there = room + (1 + post.cv2) * fresh
        broken = np.where(end - late > begin, weighed - served - room_there, -np.inf)
        added = False
        taken: list[tuple[int, int]] = []
        for flat in np.argsort(-broken, axis=None)[: 60 * CUTS]:
            u, t = (int(x) for x in np.unravel_index(flat, broken.shape))
            if broken[u, t] < BROKEN or len(taken) >= CUTS:
                break
            if any(abs(u - a) < APART and abs(t - b) < APART for a, b in taken):
                continue
            key = (post.station, u, t, waiting)
            if key not in self.seen:
                self._add_cut(post, u, t, t - late, room, z / math.sqrt(most[u, t]))
                self.seen.add(key)
                taken.append((u, t))
                added = True
        return added

    def _most_variance(
        self, post: Post, room: float, end: NDArray[np.int64], begin: NDArray[np.int64]
    ) -> Floats:
        """Largest variance that arrivals and services of a window can have within the limits."""
        window = (self.edges[end] - self.edges[begin]) / post.mean * post.lanes
        room += (1 + post.cv2) * post.lanes * (1 + self.morning.blocks.size / 2)
        return np.maximum(1.0, room + window * (1 + post.cv2))

    def _weighed(
        self,
        post: Post,
        solution: Solution,
        begin: NDArray[np.int64],
        end: NDArray[np.int64],
        pull: Floats,
    ) -> Floats:
        """Arrivals of every window, with their share of the deviation."""

        def over_time(profile: Floats) -> Floats:
            total = np.cumsum(post.share * profile, axis=1)
            return np.concatenate([np.zeros((profile.shape[0], 1)), total], axis=1)

        staff = over_time(self._of_staff)
        found: Floats = (staff[:, end] - staff[:, begin]).min(axis=0)
        for (grade, s), variable in self.cells.items():
            people = solution.value[variable] * self.people[grade]
            if people > NOBODY:
                chance = over_time(self._arriving[grade, s])
                chance = chance[:, end] - chance[:, begin]
                found += people * (chance * (1 + pull * (1 - chance))).min(axis=0)
        return found

    def _arrivals(self, post: Post, u: int, t: int, pull: float) -> tuple[Terms, float]:
        """Those who come in a window, as terms, and the staff among them."""

        def weight(profile: Floats) -> float:
            chance = post.share * profile[:, u:t].sum(axis=1)
            return float((chance * (1 + pull * (1 - chance))).min())

        terms = [
            (variable, self.people[grade] * weight(self._arriving[grade, s]))
            for (grade, s), variable in self.cells.items()
        ]
        return terms, float((post.share * self._of_staff[:, u:t].sum(axis=1)).min())

    def _begun_besides(self, post: Post, u: int, t: int) -> Terms:
        """Services begun besides those that the open time holds, to be taken off, as terms."""
        terms: Terms = []
        for b, first in self._openings(u, t):
            variable = self.lanes if first else self.opened
            terms.append((int(variable[post.station, b]), -(1 + post.cv2)))
        return terms

    def _add_cut(self, post: Post, u: int, t: int, until: int, room: float, pull: float) -> None:
        """Add the cut of the window from edge u to edge t, of those who come until an edge."""
        terms, staff = self._arrivals(post, u, until, pull)
        served = (self._reach_of[t] - self._reach_of[u]) / post.mean * (1 - pull * post.cv2)
        terms += [
            (int(v), -float(a)) for v, a in zip(self.lanes[post.station], served, strict=True)
        ]
        terms += self._begun_besides(post, u, t)
        self.cuts.append((terms, room - staff))

    def _ends(self, duty: float) -> Iterator[tuple[Terms, float]]:
        """Cuts of the end, if there are no more than so many minutes of duty at the gate."""
        risk, last = max(LEFT, self.scenario.limits.wait_risk), self.edges.size - 1
        z = self._quantile(risk)
        for post in self.posts:
            for block in self.morning.blocks[:-1]:
                u = int(np.searchsorted(self.edges, block))
                time = self._reach_of[last] - self._reach_of[u]
                most = post.lanes * float(time.sum())
                if post.staff:
                    most = min(most, 60 * duty / post.staff)
                pull = z / math.sqrt(max(1.0, post.cv2 * most / post.mean))
                terms, staff = self._arrivals(post, u, last, 0.0)
                terms += [
                    (int(v), -float(a) / post.mean * (1 - pull * post.cv2))
                    for v, a in zip(self.lanes[post.station], time, strict=True)
                    if a
                ]
                terms += self._begun_besides(post, u, last)
                yield terms, post.slack - staff

    def add_cuts(self, programme: Programme, duty: float) -> None:
        """Write the cuts there are into a programme with no more than so much duty [min]."""
        for terms, high in (*self.cuts, *self._ends(duty)):
            programme.row(terms, -INF, high)

    # ------------------------------------------------------------ solving

    def bounds(self, worth: Mapping[str, float], duty: float) -> Iterator[float]:
        """Minutes of duty less what those who are let in are worth: no plan has less.

        Every bound is at least as high as that before it; there is one for each time that cuts
        are looked for, until none is broken.

        Parameters
        ----------
        worth
            Of each person, by grade [min of duty].
        duty
            Minutes of duty that are not exceeded.
        """
        best = -sum(worth[name] * people for name, people in self.people.items())
        yield best
        for turn in range(ROUNDS + WHOLE_ROUNDS):
            whole = turn >= ROUNDS
            solution = self.solve(worth, duty, whole=whole)
            if solution is None:
                if self.programme.impossible:
                    yield 0.0
                return
            best = max(best, solution.bound)
            yield best
            if best > -WORTHLESS or (not self.cut(solution) and whole):
                return

    def solve(self, worth: Mapping[str, float], duty: float, *, whole: bool) -> Solution | None:
        """Solve with the cuts there are; parameters as for `bounds`."""
        programme = self.programme.copied()
        for (grade, _), variable in self.cells.items():
            programme.charge(variable, -worth[grade] * self.people[grade])
        for variable, minutes in self.duty:
            programme.charge(variable, minutes)
        programme.row(self.duty, -INF, duty + WORTHLESS)
        self.add_cuts(programme, duty)
        found = programme.solve(gap=GAP, nodes=NODES if whole else None, relaxed=not whole)
        self.programme.impossible = programme.impossible
        return found
