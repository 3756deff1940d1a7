"""An integer programme, written row by row and solved by HiGHS through SciPy."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int64]
INF = float("inf")


@dataclass(frozen=True, slots=True)
class Solution:
    """What the solver found."""

    value: NDArray[np.float64]
    """Value of every variable; use the index arrays that `Programme.add` returned."""
    objective: float
    bound: float
    """No solution has a lower objective."""

    @property
    def gap(self) -> float:
        """Share of the objective that might still be saved."""
        if self.objective <= self.bound:
            return 0.0
        return (self.objective - self.bound) / abs(self.objective)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the solver's own stray lines, printed from C++, out of standard output."""
    sys.stdout.flush()
    kept = os.dup(1)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)


@dataclass(slots=True)
class Programme:
    """Variables, rows and an objective to be minimised."""

    _cost: list[float] = field(default_factory=list)
    _low: list[float] = field(default_factory=list)
    _high: list[float] = field(default_factory=list)
    _whole: list[bool] = field(default_factory=list)
    _entries: list[tuple[int, int, float]] = field(default_factory=list)
    _row_low: list[float] = field(default_factory=list)
    _row_high: list[float] = field(default_factory=list)

    def add(
        self,
        *shape: int,
        high: float = INF,
        cost: float = 0.0,
        whole: bool = False,
    ) -> Index:
        """Add variables of zero or more; return their numbers in an array of this shape."""
        count = int(np.prod(shape))
        first = len(self._cost)
        self._cost += [cost] * count
        self._low += [0.0] * count
        self._high += [high] * count
        self._whole += [whole] * count
        return np.arange(first, first + count).reshape(shape)

    def charge(self, variable: int, cost: float) -> None:
        """Add to the cost of one variable."""
        self._cost[variable] += cost

    def limit(self, variable: int, low: float, high: float) -> None:
        """Set the bounds of one variable."""
        self._low[variable], self._high[variable] = low, high

    def row(self, terms: Iterable[tuple[int, float]], low: float, high: float) -> None:
        """Require a weighted sum to lie between two numbers."""
        number = len(self._row_low)
        self._entries += [(number, int(v), float(a)) for v, a in terms if a]
        self._row_low.append(low)
        self._row_high.append(high)

    def solve(self, *, gap: float = 0.0, nodes: int | None = None) -> Solution | None:
        """Solve to within a relative gap; none if there is no solution.

        The search may be cut off after a number of nodes, never after a time, so that the
        same programme has the same solution on every machine.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415
        from scipy.sparse import csr_array  # noqa: PLC0415

        rows, columns, weights = zip(*self._entries, strict=True)
        matrix = csr_array(
            (np.array(weights), (np.array(rows), np.array(columns))),
            shape=(len(self._row_low), len(self._cost)),
        )
        options: Any = {"mip_rel_gap": gap}
        if nodes is not None:
            options["node_limit"] = nodes
        with _quiet():
            found = milp(
                np.array(self._cost),
                integrality=np.array(self._whole, dtype=int),
                bounds=Bounds(np.array(self._low), np.array(self._high)),
                constraints=LinearConstraint(
                    matrix, np.array(self._row_low), np.array(self._row_high)
                ),
                options=options,
            )
        if found.x is None:
            return None
        bound = found.mip_dual_bound if found.mip_dual_bound is not None else found.fun
        return Solution(np.asarray(found.x), float(found.fun), float(bound))
