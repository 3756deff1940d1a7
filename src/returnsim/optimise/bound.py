"""Looking for how few minutes of duty any plan needs, beside the search for one."""

from collections.abc import Sequence
from threading import Thread

from returnsim.optimise.relaxation import Relaxation
from returnsim.optimise.watch import Watch
from returnsim.plan.plan import ReturnDate
from returnsim.scenario.scenario import Scenario

ROUNDS = 8
"""Times cuts are looked for before lanes are made whole."""
WHOLE_ROUNDS = 4
"""Times they are looked for afterwards."""
NODES = 400
"""Nodes of the solver."""


class DutyBound:
    """Looks for minutes of duty below which no plan keeps its limits; `best` only grows."""

    def __init__(self, scenario: Scenario, dates: Sequence[ReturnDate], watch: Watch) -> None:
        self.scenario, self.dates, self.watch = scenario, dates, watch
        self.best = 0.0
        self._aside: Thread | None = None

    def begin(self, *, aside: bool) -> None:
        """Begin, aside from the search where there is a second worker for it."""
        if aside:
            self._aside = Thread(target=self.seek, daemon=True)
            self._aside.start()

    def end(self, *, patient: bool = True) -> float:
        """Return the bound, finished unless there is no patience left."""
        if self._aside is None:
            if patient:
                self.seek()
        else:
            self._aside.join(None if patient else 0.0)
        return self.best

    def seek(self) -> None:
        """Add cuts to the relaxation for as long as they are broken."""
        relaxation = Relaxation(self.scenario, self.dates)
        for turn in range(ROUNDS + WHOLE_ROUNDS):
            whole = turn >= ROUNDS
            if self.watch.expired():
                return
            solution = relaxation.solve(
                whole=whole, nodes=NODES if whole else None, limit=self.watch.left()
            )
            if solution is None:
                return
            self.best = max(self.best, relaxation.rounded(solution.bound))
            if not relaxation.cut(solution) and whole:
                return
