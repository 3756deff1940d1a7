r"""All gates together: what it takes to keep them open for those who come.

A relaxation, solved by HiGHS: whatever a plan that keeps its limits looks like, it is a
solution of this programme, so no plan needs less duty than the programme's bound. It tells most
where lanes stand idle much of the time; where they are busy, `returnsim.optimise.capacity`
tells more.

- continuous :math:`f_{cgs}`: share of grade c that comes by gate g in slot s;
- whole :math:`n_{gkb}`: lanes open at stage k of gate g in block b;
- binary :math:`u_{gb}, d_{gb}`: somebody may come to gate g at or before block b, at or
  after it; :math:`n_{gkb} \ge u_{gb} + d_{gb} - 1`, one lane while people come.

Cuts against crowding and waiting are those of `capacity`, but that lanes are opened as often
as blocks allow, every other one: how often is not counted here.
"""

import math
from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from returnsim.optimise.demand import Morning, passage_seconds
from returnsim.optimise.lanes import while_they_come
from returnsim.optimise.luck import Line, line_of
from returnsim.optimise.posts import Post, posts
from returnsim.optimise.programme import INF, Programme, Solution
from returnsim.optimise.rehearsal import staffed
from returnsim.scenario.quantities import clock_time, seconds

Floats = NDArray[np.float64]
CUTS = 12
"""Cuts added for one station in one round."""
APART = 3
"""Minutes by which windows of one round differ."""
BROKEN = 0.05
"""People by which a cut must be broken to be worth adding."""
LENIENT = 60.0
"""Passage by which slots are counted as in time that a reckoning with means would not [s]."""
NOBODY = 1e-6
"""People who are not worth counting."""
COMMON = 0.5
"""Probability of the middle of the common shift."""


class Relaxation:
    """The programme for the day on which most people come by the gates."""

    def __init__(self, morning: Morning, people: Mapping[str, float]) -> None:
        self.scenario, self.morning = morning.scenario, morning
        scenario = morning.scenario
        self.lines: list[Line] = [line_of(g) for g in scenario.gates]
        self.programme = Programme()
        self.edges = self.morning.minutes
        self.people = people
        self.posts = [p for i in range(len(scenario.gates)) for p in posts(scenario, i)]
        self.cells: dict[tuple[str, int, int], int] = {}
        self._add_grades()
        self.lanes = [self._add_lanes(i) for i in range(len(scenario.gates))]
        self._limit_staff()
        for i in range(len(scenario.gates)):
            self._keep_open(i)
        self.arriving = {key: self._profiles(*key) for key in self.cells}
        self.of_staff = [self._staff_profiles(i) for i in range(len(scenario.gates))]
        self.reach = self._reach()
        self.seen: set[tuple[int, int, int, bool]] = set()

    # ------------------------------------------------------------ the programme

    def _add_grades(self) -> None:
        for grade in self.scenario.grades:
            found = []
            for i, gate in enumerate(self.scenario.gates):
                if not self.scenario.may_use(gate, grade):
                    continue
                quick = passage_seconds(self.scenario, gate, grade, nearest=True) - LENIENT
                for s in self.morning.slots_in_time(grade, gate, 0.0, passage=max(0.0, quick)):
                    variable = int(self.programme.add(1, high=1.0)[0])
                    self.cells[grade.name, i, s] = variable
                    found.append(variable)
            self.programme.row([(v, 1.0) for v in found], 1.0, 1.0)

    def _add_lanes(self, i: int) -> NDArray[np.int64]:
        gate, line, blocks = self.scenario.gates[i], self.lines[i], self.morning.blocks
        minutes = staffed(gate, line, blocks)
        found = self.programme.add(len(line.names), blocks.size - 1, whole=True)
        span = np.minimum(blocks[1:], seconds(gate.closes)) > np.maximum(
            blocks[:-1], seconds(gate.opens)
        )
        for k, lanes in enumerate(line.lanes):
            for b in range(blocks.size - 1):
                variable = int(found[k, b])
                self.programme.limit(variable, 0.0, lanes.lanes if span[b] else 0.0)
                self.programme.charge(variable, float(minutes[k, b]))
        return found

    def _limit_staff(self) -> None:
        if not self.scenario.limits.staff:
            return
        for b, begins in enumerate(self.morning.blocks[:-1]):
            there = self.scenario.limits.staff_at(clock_time(float(begins))) or 0
            terms = [
                (int(self.lanes[i][k, b]), lanes.staff_per_lane)
                for i, line in enumerate(self.lines)
                for k, lanes in enumerate(line.lanes)
            ]
            self.programme.row(terms, -INF, there)

    def _keep_open(self, i: int) -> None:
        """One lane at every stage from the block of the first to that of the last."""
        gate, morning = self.scenario.gates[i], self.morning
        blocks = morning.blocks.size - 1
        since = self.programme.add(blocks, high=1.0, whole=True)
        until = self.programme.add(blocks, high=1.0, whole=True)
        for b in range(blocks - 1):
            self.programme.row([(int(since[b]), 1), (int(since[b + 1]), -1)], -INF, 0)
            self.programme.row([(int(until[b + 1]), 1), (int(until[b]), -1)], -INF, 0)
        spans: list[tuple[int | None, tuple[float, float]]] = []
        for (grade, g, s), variable in self.cells.items():
            if g == i:
                due = float(morning.slots[s]) + morning.slot_seconds
                bell = seconds(self.scenario.grade_named[grade].bell)
                spans.append((variable, morning.comes_between(due, bell)))
        for group in self.scenario.staff:
            if group.gate == gate.name and group.arrives:
                due = seconds(group.arrives)
                spans.append((None, morning.comes_between(due, due)))
        for cell, (first, last) in spans:
            inside = np.flatnonzero(while_they_come(morning, gate, first, last))
            for edge, b in ((since, int(inside[0])), (until, int(inside[-1]))):
                if cell is None:
                    self.programme.limit(int(edge[b]), 1.0, 1.0)
                else:
                    self.programme.row([(cell, 1), (int(edge[b]), -1)], -INF, 0)
        for k, lanes in enumerate(self.lines[i].lanes):
            for b in range(blocks):
                if lanes.staff_per_lane:
                    terms = [(since[b], 1.0), (until[b], 1.0), (self.lanes[i][k, b], -1.0)]
                    self.programme.row(terms, -INF, 1)

    # ------------------------------------------------------------ arrivals

    def _profiles(self, grade: str, _: int, slot: int) -> Floats:
        """Share of a grade that comes in each minute, shape (shifts, minutes)."""
        due = float(self.morning.slots[slot]) + self.morning.slot_seconds
        bell = seconds(self.scenario.grade_named[grade].bell)
        return self.morning.arriving_by_shift(due, bell, self._middle())

    def _staff_profiles(self, i: int) -> Floats:
        gate, total = self.scenario.gates[i], np.zeros((self._middle().size, self.edges.size - 1))
        for group in self.scenario.staff:
            if group.gate == gate.name and group.arrives is not None:
                due = seconds(group.arrives)
                total += group.people * self.morning.arriving_by_shift(due, due, self._middle())
        return total

    def _middle(self) -> Floats:
        """Common shifts in the middle of their distribution [s]; just 0 without any."""
        shift = self.scenario.arrivals.common_shift_minutes
        if shift is None:
            return np.zeros(1)
        return 60 * shift.quantile(0.5 + COMMON * (np.linspace(0, 1, 9) - 0.5))

    def quantile(self, risk: float) -> float:
        """Standard deviations by which the mean must keep away, for a risk."""
        if self.scenario.arrivals.common_shift_minutes is not None:
            risk = risk / COMMON
        return max(0.0, NormalDist().inv_cdf(1 - risk)) if 0 < risk < 1 else 0.0

    # ------------------------------------------------------------ cuts

    def _reach(self) -> list[Floats]:
        """Minutes of a lane in each block before each edge of a minute, by gate."""
        found = []
        for gate in self.scenario.gates:
            begins = np.maximum(self.morning.blocks[:-1], seconds(gate.opens))
            ends = np.minimum(self.morning.blocks[1:], seconds(gate.closes))
            inside = np.clip(self.edges[:, None], begins, np.maximum(begins, ends)) - begins
            found.append(inside)
        return found

    def cut(self, solution: Solution) -> bool:
        """Add the cuts that a solution breaks most; whether there were any."""
        added = False
        for post in self.posts:
            for waiting in (False, True):
                added |= self._cut(post, solution, waiting)
        return added

    def _cut(self, post: Post, solution: Solution, waiting: bool) -> bool:
        """Look at all windows of one station at once."""
        limits = self.scenario.limits
        room = post.slack + (0 if waiting else self.scenario.gates[post.gate].places)
        room += (1 + post.cv2) * post.lanes * math.ceil((self.morning.blocks.size - 1) / 2)
        late = round(limits.longest_wait_minutes) if waiting else 0
        z = self.quantile(limits.wait_risk if waiting else limits.crowding_risk)
        opened = solution.value[self.lanes[post.gate][post.station]]
        done = self.reach[post.gate] @ opened / post.mean
        size = self.edges.size
        begin, end = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")
        most = self._most_variance(post, room, end, begin)
        pull = z / np.sqrt(most)
        served = (done[end] - done[begin]) * (1 - pull * post.cv2)
        weighed = self._weighed(post, solution, begin, np.maximum(end - late, 0), pull)
        broken = np.where(end - late > begin, weighed - served - room, -np.inf)
        added = False
        taken: list[tuple[int, int]] = []
        for flat in np.argsort(-broken, axis=None)[: 60 * CUTS]:
            u, t = (int(x) for x in np.unravel_index(flat, broken.shape))
            if broken[u, t] < BROKEN or len(taken) >= CUTS:
                break
            if any(abs(u - a) < APART and abs(t - b) < APART for a, b in taken):
                continue
            key = (self.posts.index(post), u, t, waiting)
            if key not in self.seen and self._add_cut(
                post, solution, u, t, late, room, z, most[u, t]
            ):
                self.seen.add(key)
                taken.append((u, t))
                added = True
        return added

    def _most_variance(
        self, post: Post, room: float, end: NDArray[np.int64], begin: NDArray[np.int64]
    ) -> Floats:
        """Largest variance that arrivals and services of a window can have within the limits."""
        window = (self.edges[end] - self.edges[begin]) / post.mean * post.lanes
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

        staff = over_time(self.of_staff[post.gate])
        found: Floats = (staff[:, end] - staff[:, begin]).min(axis=0)
        for (grade, g, s), variable in self.cells.items():
            people = solution.value[variable] * self.people[grade]
            if g == post.gate and people > NOBODY:
                chance = over_time(self.arriving[grade, g, s])
                chance = chance[:, end] - chance[:, begin]
                found += people * (chance * (1 + pull * (1 - chance))).min(axis=0)
        return found

    def _add_cut(
        self,
        post: Post,
        solution: Solution,
        u: int,
        t: int,
        late: int,
        room: float,
        z: float,
        most: float,
    ) -> bool:
        """Add the cut of one window if the solution breaks it."""
        pull = z / math.sqrt(most)
        terms: list[tuple[int, float]] = []

        def weight(profile: Floats) -> float:
            chance = post.share * profile[:, u : t - late].sum(axis=1)
            return float((chance * (1 + pull * (1 - chance))).min())

        for (grade, g, s), variable in self.cells.items():
            if g == post.gate:
                terms.append((variable, self.people[grade] * weight(self.arriving[grade, g, s])))
        staff = float((post.share * self.of_staff[post.gate][:, u : t - late].sum(axis=1)).min())
        served = (self.reach[post.gate][t] - self.reach[post.gate][u]) / post.mean
        for b, amount in enumerate(served):
            variable = int(self.lanes[post.gate][post.station, b])
            terms.append((variable, -float(amount) * (1 - pull * post.cv2)))
        value = sum(a * solution.value[v] for v, a in terms) + staff
        if value <= room + BROKEN:
            return False
        self.programme.row(terms, -INF, room - staff)
        return True

    # ------------------------------------------------------------ solving

    def solve(self, *, whole: bool, nodes: int | None, limit: float | None) -> Solution | None:
        """Solve with lanes whole or not."""
        return self.programme.solve(gap=1e-4, nodes=nodes, relaxed=not whole, limit=limit)
