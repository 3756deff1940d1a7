"""An integer programme, written row by row and solved by HiGHS through SciPy."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Index = NDArray[np.int64]
INF = float("inf")
OUT_OF_TIME, NO_SOLUTION = 1, 2
"""What SciPy calls the status of a search that met its limit, and of a programme without a
solution."""
_SOLVING = Lock()
"""One programme at a time: standard output can be hidden only once."""


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


@dataclass(frozen=True, slots=True)
class Rows:
    """A programme as arrays, for any solver: least cost with `low <= x <= high`, rows alike."""

    cost: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    whole: NDArray[np.bool_]
    """Which variables are whole numbers."""
    matrix: "csr_array"
    """Weights, shape (rows, variables)."""
    row_low: NDArray[np.float64]
    row_high: NDArray[np.float64]


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
    impossible: bool = False
    """Whether the last solution was none because there is none."""
    out_of_time: bool = False
    """Whether the last search ended for want of seconds."""
    bound: float = 0.0
    """No solution has a lower objective, by the last search; it holds where it found none, too."""

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

    def copied(self) -> "Programme":
        """Return a programme of its own with the same variables and rows."""
        return Programme(
            self._cost.copy(),
            self._low.copy(),
            self._high.copy(),
            self._whole.copy(),
            self._entries.copy(),
            self._row_low.copy(),
            self._row_high.copy(),
        )

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

    def rows(self) -> Rows:
        """Write the programme as arrays."""
        from scipy.sparse import csr_array  # noqa: PLC0415

        rows, columns, weights = zip(*self._entries, strict=True)
        shape = (len(self._row_low), len(self._cost))
        return Rows(
            np.array(self._cost),
            np.array(self._low),
            np.array(self._high),
            np.array(self._whole, dtype=bool),
            csr_array((np.array(weights), (np.array(rows), np.array(columns))), shape=shape),
            np.array(self._row_low),
            np.array(self._row_high),
        )

    def solve(
        self,
        *,
        gap: float = 0.0,
        nodes: int | None = None,
        limit: float | None = None,
        relaxed: bool = False,
    ) -> Solution | None:
        """Solve to within a relative gap; none if there is no solution, or none was found.

        Parameters
        ----------
        gap
            Share of the objective that may be left unproven.
        nodes
            Nodes after which the search is cut off.
        limit
            Seconds after which it is; only for those who asked for a deadline, since the
            same programme must have the same solution on every machine otherwise.
        relaxed
            Let whole variables be fractions.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415

        rows = self.rows()
        options: Any = {"mip_rel_gap": gap}
        if nodes is not None:
            options["node_limit"] = nodes
        if limit is not None:
            options["time_limit"] = max(0.1, limit)
        with _SOLVING, _quiet():
            began = time.monotonic()
            found = milp(
                rows.cost,
                integrality=rows.whole.astype(int) * (not relaxed),
                bounds=Bounds(rows.low, rows.high),
                constraints=LinearConstraint(rows.matrix, rows.row_low, rows.row_high),
                options=options,
            )
        self.impossible = found.status == NO_SOLUTION
        took = time.monotonic() - began
        self.out_of_time = limit is not None and found.status == OUT_OF_TIME and took >= limit
        proven = found.mip_dual_bound if found.mip_dual_bound is not None else found.fun
        self.bound = 0.0 if proven is None else float(proven)
        if found.x is None:
            return None
        return Solution(np.asarray(found.x), float(found.fun), self.bound)

    def least_with_each(self) -> tuple[float, NDArray[np.float64]]:
        """Bound the objective, and the objective with each variable larger by one than zero.

        By the reduced costs of the relaxation in which whole variables may be fractions: what
        is above a solution at hand is in no better one, and may be limited to zero. Both are
        infinite if the relaxation has no solution.
        """
        from scipy.optimize import linprog  # noqa: PLC0415
        from scipy.sparse import vstack  # noqa: PLC0415

        programme = self.rows()
        matrix, low, high = programme.matrix, programme.row_low, programme.row_high
        equal = low == high
        below, above = ~equal & (high < INF), ~equal & (low > -INF)
        rows: Any = {
            "A_ub": vstack([matrix[below], -matrix[above]]),
            "b_ub": np.concatenate([high[below], -low[above]]),
            "A_eq": matrix[equal],
            "b_eq": high[equal],
            "bounds": np.column_stack([self._low, self._high]),
        }
        found = linprog(np.array(self._cost), **rows)
        if found.x is None:
            return INF, np.full(len(self._cost), INF)
        return float(found.fun), found.fun + np.maximum(0.0, found.lower.marginals)
