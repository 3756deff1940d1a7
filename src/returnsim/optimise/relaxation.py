"""All gates together: what it takes to keep them open for those who come.

A relaxation, solved by HiGHS: the programmes of the single gates (`returnsim.optimise.capacity`)
side by side, everybody let in by one of them, no more people on duty than there are, and
least duty. Whatever a plan that keeps its limits looks like, it is a solution, so no plan needs
less duty than the programme's bound. It tells most where lanes stand idle much of the time.
"""

from collections.abc import Mapping

from returnsim.optimise.capacity import Capacity
from returnsim.optimise.demand import Morning
from returnsim.optimise.programme import INF, Programme, Solution
from returnsim.scenario.quantities import clock_time


class Relaxation:
    """The programme of all gates, on the day on which most people come."""

    def __init__(self, morning: Morning, people: Mapping[str, float]) -> None:
        self.scenario = morning.scenario
        self.programme = Programme()
        self.gates = [
            Capacity(morning, i, people, self.programme) for i in range(len(self.scenario.gates))
        ]
        for grade in people:
            cells = [
                (v, 1.0) for g in self.gates for (name, _), v in g.cells.items() if name == grade
            ]
            self.programme.row(cells, 1.0, 1.0)
        for variable, minutes in (d for g in self.gates for d in g.duty):
            self.programme.charge(variable, minutes)
        self._limit_staff(morning)

    def _limit_staff(self, morning: Morning) -> None:
        if not self.scenario.limits.staff:
            return
        for b, begins in enumerate(morning.blocks[:-1]):
            there = self.scenario.limits.staff_at(clock_time(float(begins))) or 0
            terms = [
                (int(g.lanes[k, b]), lanes.staff_per_lane)
                for g in self.gates
                for k, lanes in enumerate(g.line.lanes)
            ]
            self.programme.row(terms, -INF, there)

    def cut(self, solution: Solution) -> bool:
        """Add the cuts that a solution breaks most; whether there were any."""
        added = [gate.cut(solution) for gate in self.gates]
        return any(added)

    def solve(self, *, whole: bool, nodes: int | None, limit: float | None) -> Solution | None:
        """Solve with lanes whole or not."""
        programme = self.programme.copied()
        for gate in self.gates:
            gate.add_cuts(programme, INF)
        return programme.solve(gap=1e-4, nodes=nodes, relaxed=not whole, limit=limit)
