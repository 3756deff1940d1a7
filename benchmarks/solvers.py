"""The planner's own programmes, solved by four solvers: which one should it use?

``python benchmarks/solvers.py [--seconds S] [--nodes]`` prints a Markdown table. The calendar,
the guess at slots and lanes and the relaxation under the duty are caught as arrays on their
way to the solver, on the schools S, M and L (`schools.py`); so are the calendars of counties of
10 and 60 schools that share what a day may take back. Every solver gets the same arrays, one
thread, the same gap and the same seconds, and a process of its own: `highspy` and `ortools`
cannot be loaded into one. Whatever a solver returns is checked here, row by row.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from morning import machine
from schools import a_school
from scipy.sparse import block_diag, csr_array, load_npz, save_npz, vstack

from returnsim.errors import InfeasibleError
from returnsim.optimise.bound import ROOM, WORTH, DutyBound
from returnsim.optimise.capacity import ROUNDS, Capacity
from returnsim.optimise.dates import proven_dates
from returnsim.optimise.demand import Morning
from returnsim.optimise.programme import Programme, Rows, Solution
from returnsim.optimise.slots import Guess, Slots
from returnsim.optimise.watch import Watch
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.scenario import Scenario

ARRAYS = ("cost", "low", "high", "whole", "row_low", "row_high")
SOLVERS = ("SciPy", "highspy", "CP-SAT", "SCIP")
COUNTIES = (10, 60)
TOLERANCE = 1e-5
SEVERAL_DAYS = 10
"""School days by which everybody in a county could be back if pupils were water."""
Caught = tuple[Rows, dict[str, Any]]

# ------------------------------------------------------------------------------ programmes


@contextmanager
def catching() -> Iterator[list[Caught]]:
    """Catch whole programmes on their way to the solver, which then says that it found none."""
    solve, caught = Programme.solve, list[Caught]()

    def instead(self: Programme, **asked: Any) -> Solution | None:
        if asked.get("relaxed"):
            return solve(self, **asked)
        caught.append((self.rows(), asked))
        return None

    Programme.solve = instead  # type: ignore[method-assign, assignment]
    try:
        yield caught
    finally:
        Programme.solve = solve  # type: ignore[method-assign]


def calendar(school: Scenario) -> Caught:
    with catching() as caught, suppress(InfeasibleError):  # since nothing was solved
        proven_dates(school, rulebooks(school, Path()))
    return caught[0]


def guess(school: Scenario) -> Caught:
    """Slots and lanes as the race begins them: 0.3 of the places kept free."""
    dates, _ = proven_dates(school, rulebooks(school, Path()))
    with catching() as caught:
        Slots(school, dates, Guess({g.name: 0.3 for g in school.gates}, 0.0, nodes=20)).solve()
    return caught[0]


def relaxation(school: Scenario) -> Caught:
    """The bound on duty at its first gate, at the moment at which its lanes are made whole."""
    dates, _ = proven_dates(school, rulebooks(school, Path()))
    people = DutyBound(school, dates, Watch()).people()
    gate = Capacity(Morning(school), 0, people)
    worth = dict.fromkeys(people, WORTH[-1] * gate.work)
    duty = ROOM * gate.work * sum(people.values())
    for _ in range(ROUNDS):
        solution = gate.solve(worth, duty, whole=False)
        if solution is None or not gate.cut(solution):
            break
    with catching() as caught:
        gate.solve(worth, duty, whole=True)
    return caught[0]


def staggered(size: str, seed: int) -> tuple[Caught, np.ndarray]:
    """Calendar of a school that takes back half its pupils a day, and pupils by variable.

    Grades count for 1 to 3; batches are three days apart.
    """
    rng, school = np.random.default_rng(seed), a_school(size, seed)
    raw = school.model_dump(by_alias=True)
    raw["limits"] |= {
        "people_returning_per_day": -(-school.pupils // 2),
        "days_between_batches": 3,
    }
    for grade in raw["grades"]:
        grade["lost_day_weight"] = float(rng.integers(1, 4))
    school = Scenario.model_validate(raw)
    days, caught = len(school.calendar.school_days), calendar(school)
    pupils = np.zeros((days, caught[0].cost.size))
    for g, grade in enumerate(school.grades):
        for d in range(days):
            pupils[d, g * days + d] = school.pupils_in(grade.name)
    return caught, pupils


def county(schools: int) -> Caught:
    """Calendars of many schools, who share how many a day may bring back in the county."""
    found = [staggered("SM"[seed % 2], seed) for seed in range(schools)]
    parts, every = [rows for (rows, _), _ in found], np.hstack([pupils for _, pupils in found])
    most = np.ceil(every[0].sum() / SEVERAL_DAYS)
    join = {name: np.concatenate([getattr(rows, name) for rows in parts]) for name in ARRAYS}
    join["row_low"] = np.append(join["row_low"], np.zeros(len(every)))
    join["row_high"] = np.append(join["row_high"], np.full(len(every), most))
    blocks = block_diag([rows.matrix for rows in parts])
    return Rows(matrix=csr_array(vstack([blocks, csr_array(every)])), **join), {}


def programmes() -> Iterator[tuple[str, Caught]]:
    for name in "SML":
        yield f"calendar {name}", staggered(name, 1)[0]
    for schools in COUNTIES:
        yield f"calendar, {schools} schools", county(schools)
    for name in "SML":
        yield f"slots and lanes {name}", guess(a_school(name))
    for name in "SML":
        yield f"duty bound {name}, a gate", relaxation(a_school(name))


# --------------------------------------------------------------------------------- solvers


Answer = tuple[np.ndarray | None, float]
"""Values of all variables, if any were found, and the bound."""


def in_scipy(rows: Rows, gap: float, seconds: float, nodes: int | None) -> Answer:
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415

    options: dict[str, Any] = {"mip_rel_gap": gap, "time_limit": seconds}
    found = milp(
        rows.cost,
        integrality=rows.whole.astype(int),
        bounds=Bounds(rows.low, rows.high),
        constraints=LinearConstraint(rows.matrix, rows.row_low, rows.row_high),
        options=options if nodes is None else options | {"node_limit": nodes},
    )
    return found.x, -np.inf if found.mip_dual_bound is None else found.mip_dual_bound


def in_highspy(rows: Rows, gap: float, seconds: float, nodes: int | None) -> Answer:
    import highspy  # noqa: PLC0415

    programme = highspy.HighsLp()
    programme.num_row_, programme.num_col_ = rows.matrix.shape
    programme.col_cost_, programme.col_lower_, programme.col_upper_ = (
        rows.cost,
        rows.low,
        rows.high,
    )
    programme.row_lower_, programme.row_upper_ = rows.row_low, rows.row_high
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_ = rows.matrix.indptr
    programme.a_matrix_.index_ = rows.matrix.indices
    programme.a_matrix_.value_ = rows.matrix.data
    kinds = highspy.HighsVarType
    programme.integrality_ = [kinds.kInteger if w else kinds.kContinuous for w in rows.whole]
    solver = highspy.Highs()
    options: dict[str, Any] = {"output_flag": False, "threads": 1, "parallel": "off"}
    options |= {"mip_rel_gap": gap, "time_limit": seconds}
    for key, value in (options if nodes is None else options | {"mip_max_nodes": nodes}).items():
        solver.setOptionValue(key, value)
    solver.passModel(programme)
    solver.run()
    info = solver.getInfo()
    known = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
    values = np.array(solver.getSolution().col_value) if known else None
    return values, info.mip_dual_bound


def in_cp_sat(rows: Rows, gap: float, seconds: float, nodes: int | None) -> Answer:
    """Whole programmes only; costs are scaled to whole numbers. It has no limit of nodes."""
    from ortools.sat.python import cp_model  # noqa: PLC0415

    del nodes
    scale, model = 1000, cp_model.CpModel()
    x = [
        model.new_int_var(int(a), int(min(b, 2**31)), "")
        for a, b in zip(rows.low, rows.high, strict=True)
    ]
    matrix = rows.matrix
    for r in range(matrix.shape[0]):
        part = slice(matrix.indptr[r], matrix.indptr[r + 1])
        weights = np.rint(matrix.data[part]).astype(int)
        assert np.allclose(weights, matrix.data[part]), "weights of rows must be whole"
        terms = cp_model.LinearExpr.weighted_sum([x[i] for i in matrix.indices[part]], weights)
        low, high = rows.row_low[r], rows.row_high[r]
        least = int(np.ceil(low)) if np.isfinite(low) else cp_model.INT_MIN
        most = int(np.floor(high)) if np.isfinite(high) else cp_model.INT_MAX
        model.add_linear_constraint(terms, least, most)
    cost = np.rint(rows.cost * scale).astype(int)
    assert np.allclose(cost, rows.cost * scale), "costs must be thousandths"
    model.minimize(cp_model.LinearExpr.weighted_sum(x, cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.relative_gap_limit = gap
    status = solver.solve(model)
    known = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    values = np.array([solver.value(v) for v in x], dtype=float) if known else None
    return values, solver.best_objective_bound / scale


def in_scip(rows: Rows, gap: float, seconds: float, nodes: int | None) -> Answer:
    """SCIP as OR-Tools brings it along."""
    from ortools.linear_solver.python import model_builder  # noqa: PLC0415

    model = model_builder.Model()
    model.helper.fill_model_from_sparse_data(
        rows.low, rows.high, rows.cost, rows.row_low, rows.row_high, rows.matrix
    )
    for i in np.flatnonzero(rows.whole):
        model.helper.set_var_integrality(int(i), True)
    solver = model_builder.Solver("scip")
    solver.set_time_limit_in_seconds(seconds)
    asked = [f"limits/gap = {gap}"] + ([] if nodes is None else [f"limits/totalnodes = {nodes}"])
    solver.set_solver_specific_parameters("\n".join(asked))
    status = solver.solve(model)
    known = status in (model_builder.SolveStatus.OPTIMAL, model_builder.SolveStatus.FEASIBLE)
    if not known:
        return None, -np.inf  # it does not tell a bound without a solution
    return np.array([solver.value(v) for v in model.get_variables()]), solver.best_objective_bound


IN: dict[str, Any] = dict(zip(SOLVERS, (in_scipy, in_highspy, in_cp_sat, in_scip), strict=True))


def wrong(rows: Rows, x: np.ndarray) -> float:
    """How far a solution misses a row, a bound or a whole number, at worst."""
    sums, fractions = rows.matrix @ x, np.abs(x - np.rint(x))[rows.whole]
    misses = (rows.row_low - sums, sums - rows.row_high, rows.low - x, x - rows.high, fractions)
    return max(float(part.max(initial=0.0)) for part in misses)


# ------------------------------------------------------------------------------- the table


def keep(rows: Rows, folder: Path) -> None:
    np.savez(folder / "rows.npz", **{name: getattr(rows, name) for name in ARRAYS})
    save_npz(folder / "matrix.npz", rows.matrix)


def kept(folder: Path) -> Rows:
    with np.load(folder / "rows.npz") as arrays:
        return Rows(matrix=csr_array(load_npz(folder / "matrix.npz")), **dict(arrays))


def alone(solver: str, folder: Path, asked: dict[str, Any]) -> None:
    """Solve once, in this process, and print what was found."""
    rows = kept(folder)
    IN[solver](a_trifle(), gap=0.0, seconds=1.0, nodes=None)  # loads what it needs
    cpu, began = time.process_time(), time.monotonic()
    x, bound = IN[solver](rows, **asked)
    took = {"cpu": time.process_time() - cpu, "passed": time.monotonic() - began}
    found = None if x is None else {"cost": float(rows.cost @ x), "wrong": wrong(rows, x)}
    print("\n" + json.dumps(took | {"bound": float(bound), "found": found}))


def a_trifle() -> Rows:
    programme = Programme()
    [x] = programme.add(1, high=1, cost=1, whole=True)
    programme.row([(x, 1)], 1, 1)
    return programme.rows()


def line(name: str, solver: str, rows: Rows, asked: dict[str, Any], folder: Path) -> str:
    size = f"{rows.matrix.shape[0]:,} × {rows.cost.size:,} ({rows.whole.sum():,})"
    start = f"| {name} | {size} | {solver} |"
    if solver == "CP-SAT" and not rows.whole.all():
        return f"{start} not whole | | | |"
    words = [sys.executable, __file__, "--alone", solver, str(folder), json.dumps(asked)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    found, bound, cpu = answer["found"], answer["bound"], answer["cpu"]
    if found is None:
        return f"{start} none | {'none' if bound == -np.inf else f'{bound:,.1f}'} | | {cpu:.2f} |"
    assert found["wrong"] < TOLERANCE * max(1, np.abs(rows.matrix.data).max()), found
    gap = max(0.0, found["cost"] - bound) / max(abs(found["cost"]), abs(bound), 1e-9)
    return f"{start} {found['cost']:,.1f} | {bound:,.1f} | {gap:.2%} | {cpu:.2f} |"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=float, default=4.0, help="for each solver")
    asked.add_argument("--nodes", action="store_true", help="also the planner's limit of nodes")
    asked.add_argument("--alone", nargs=3, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.alone:
        solver, folder, what = options.alone
        alone(solver, Path(folder), json.loads(what))
        return
    print(f"{date.today():%Y-%m-%d}: {machine()}; {options.seconds:g} s at most\n")
    print("| programme | rows × variables (whole) | solver | found | bound | gap | CPU s |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        for name, (rows, wanted) in programmes():
            keep(rows, Path(place))
            limits = {"gap": wanted.get("gap", 0.0), "seconds": options.seconds}
            limits["nodes"] = wanted.get("nodes") if options.nodes else None
            for solver in SOLVERS:
                print(line(name, solver, rows, limits, Path(place)), flush=True)


if __name__ == "__main__":
    main()
