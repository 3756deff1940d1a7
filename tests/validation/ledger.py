"""Published and exact results, and what is found for them; written to docs/validation.md."""

from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"
HEAD = """\
# Validation

Results from outside this project, and what returnsim finds for the same inputs. The table is
written by the tests in `tests/validation` (`make docs`), which hold every row to its rule and
fail when one is missed:

- *exact*: equal to the last digit printed;
- *interval*: the difference is at most twice the root of the sum of the squared half-widths
  (95 %) of both; a published number without a half-width counts as known exactly. A right model
  misses such a row once in ten thousand studies;
- *within ...*: for V1 half the published range of runs, for V19 one in the second decimal to which
  it is printed, for V20, an approximation, 3 % of it where lanes are few; rounding of the inputs
  for V15.

Simulated rows are played by returnsim's own stations: on the compiled kernel, and a shorter run
of the same case on SimPy, which must give the same times to the last bit. Machines that come back
to the same station (V18) are played on SimPy only; the kernel wants stations in ascending order.
The other rooms of V18 hold only so many, which no station of returnsim does: whoever finds one
full is taken out of the day, and the day is played again with the same luck, until nobody is.
People who come at a changing rate (V14, V21, T1) are made by the tests.

T1 and T2 are queues that never settle down. Their numbers are those of Kolmogorov's forward
equations, which the tests solve, and to which the page is held digit by digit.

| case | what | source | published | found | half-width | rule | verdict |
|---|---|---|---|---|---|---|---|
"""
TAIL = """
Not listed: for V20 the approximation at M/D/2, 10 % load (0.0075), M/D/4, 30 and 10 % (0.0087,
0.000245), M/D/25, 60 % (0.0853), and M/D/50, 70 and 60 % (0.0502, 0.0021), which is itself 3 to
35 % off Crommelin's equations.
"""


@dataclass(frozen=True)
class Case:
    """One published number and the rule by which it is met."""

    id: str
    what: str
    source: str
    published: float
    half_width: float = 0.0
    """Of the published number, 95 %."""
    digits: int = 4
    """Decimals that are compared when exact, and printed."""
    tolerance: float | None = None
    """Allowed difference, when neither exact nor by intervals."""
    simulated: bool = True
    """Whether it is met by simulation; exact otherwise."""

    @property
    def rule(self) -> str:
        """How it is judged, in words."""
        if self.tolerance is not None:
            return f"within {self.tolerance:g}"
        return "interval" if self.simulated else "exact"

    def allowed(self, half_width: float) -> float:
        """Largest difference with which the case is met."""
        if self.tolerance is not None:
            return self.tolerance
        if self.simulated:
            return 2 * float((self.half_width**2 + half_width**2) ** 0.5)
        return 0.5 * 10.0**-self.digits * (1 + 1e-9)

    def row(self, found: float, half_width: float) -> str:
        """Return its line of the table."""
        own = f"{half_width:.2g}" if half_width else ""
        published = f"{self.published:.{self.digits}f}"
        if self.half_width:
            published += f" ± {self.half_width:g}"
        cells = (
            *(self.id, self.what, self.source, published, f"{found:.{self.digits}f}"),
            *(own, self.rule, "met"),
        )
        return "| " + " | ".join(cells) + " |"

    def begins(self) -> str:
        """Return the part of its line that does not depend on what is found."""
        return f"| {self.id} | {self.what} | {self.source} |"


class Ledger:
    """Rows gathered while the tests run."""

    def __init__(self) -> None:
        self.rows: dict[Case, str] = {}

    def settle(self, case: Case, found: float, half_width: float = 0.0) -> None:
        """Hold what was found against the case, and note it down."""
        allowed = case.allowed(half_width)
        assert abs(found - case.published) <= allowed, (
            f"{case.id}, {case.what}: found {found:.6g} ± {half_width:.2g}, published "
            f"{case.published:.6g} ± {case.half_width:g}, allowed difference {allowed:.2g}"
        )
        self.rows[case] = case.row(found, half_width)

    def page(self, cases: list[Case]) -> str:
        """Return the whole document; every case must have been settled."""
        missing = [c for c in cases if c not in self.rows]
        assert not missing, f"not settled in this run: {missing}"
        return HEAD + "".join(self.rows[c] + "\n" for c in cases) + TAIL
