"""Integer programmes: rows, bounds, whole numbers, and what the solver prints."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from returnsim.optimise.programme import INF, Programme, Solution


def test_variables_are_numbered_in_the_shape_asked_for() -> None:
    programme = Programme()
    first, second = programme.add(2, 3), programme.add(4)
    assert first.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert second.tolist() == [6, 7, 8, 9]


def test_whole_numbers_are_whole_and_others_are_not() -> None:
    """Maximise x with 2 x <= 3."""
    for whole, best in ((True, 1.0), (False, 1.5)):
        programme = Programme()
        [x] = programme.add(1, cost=-1, whole=whole)
        programme.row([(x, 2)], -INF, 3)
        solution = programme.solve()
        assert solution is not None
        assert solution.value[x] == pytest.approx(best)
        assert solution.objective == pytest.approx(-best)


def test_bounds_and_costs_may_be_set_afterwards() -> None:
    programme = Programme()
    x, y = programme.add(2, cost=1, high=5)
    programme.limit(x, 2, 3)
    programme.charge(y, -4)
    programme.row([(x, 1), (y, 1)], 0, 100)
    solution = programme.solve()
    assert solution is not None
    assert solution.value.tolist() == [2, 5]
    assert solution.objective == 2 - 3 * 5


def test_a_row_is_an_equation_when_its_ends_meet() -> None:
    programme = Programme()
    x, y = programme.add(2, whole=True)
    programme.charge(x, 1)
    programme.row([(x, 1), (y, 1)], 7, 7)
    programme.row([(y, 1)], -INF, 4)
    solution = programme.solve()
    assert solution is not None
    assert solution.value.tolist() == [3, 4]


def test_what_cannot_be_is_none() -> None:
    programme = Programme()
    [x] = programme.add(1, high=1, whole=True)
    programme.row([(x, 2)], 1, 1)
    assert programme.solve() is None


NUMBERS = st.integers(-5, 5)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=3),
    st.tuples(NUMBERS, NUMBERS, NUMBERS),
    st.lists(st.integers(-10, 10), min_size=3, max_size=3),
)
def test_no_whole_numbers_are_better_than_the_solvers(
    rows: list[tuple[int, ...]], costs: tuple[int, ...], limits: list[int]
) -> None:
    programme = Programme()
    x = programme.add(3, high=3, whole=True)
    for v, c in zip(x, costs, strict=True):
        programme.charge(int(v), c)
    for row, most in zip(rows, limits, strict=False):
        programme.row(zip(x, row, strict=True), -INF, most)
    programme.row([(int(v), 1) for v in x], 0, 9)
    ways = [
        sum(c * n for c, n in zip(costs, way, strict=True))
        for way in product(range(4), repeat=3)
        if all(
            sum(a * n for a, n in zip(row, way, strict=True)) <= most
            for row, most in zip(rows, limits, strict=False)
        )
    ]
    solution = programme.solve()
    if solution is None:
        assert ways == []
    else:
        assert solution.objective == pytest.approx(min(ways))
        assert solution.bound <= solution.objective + 1e-6
        assert solution.gap == pytest.approx(0, abs=1e-6)


def test_the_gap_is_what_might_still_be_saved() -> None:
    value = np.zeros(0)
    assert Solution(value, objective=110.0, bound=99.0).gap == pytest.approx(0.1)
    assert Solution(value, objective=-99.0, bound=-110.0).gap == pytest.approx(1 / 9)
    assert Solution(value, objective=0.0, bound=0.0).gap == 0


def test_the_solver_prints_nothing_and_leaves_standard_output_as_it_was(
    capfd: pytest.CaptureFixture[Any],
) -> None:
    programme = Programme()
    x = programme.add(6, cost=-1, high=1, whole=True)
    programme.row([(int(v), n + 1.5) for n, v in enumerate(x)], 0, 7)
    for _ in range(3):
        assert programme.solve() is not None
    print("after", flush=True)  # noqa: T201
    assert capfd.readouterr().out == "after\n"


def test_reduced_costs_say_what_no_better_solution_holds() -> None:
    """Two of three things, at 1, 2 and 9: 3 at best, 10 with the third."""
    programme = Programme()
    take = programme.add(3, high=1, whole=True)
    for variable, cost in zip(take, (1, 2, 9), strict=True):
        programme.charge(int(variable), cost)
    programme.row([(v, 1) for v in take], 2, 2)
    programme.row([(take[0], 1), (take[1], 1)], -INF, 2)
    programme.row([(take[0], 1), (take[1], 1)], 1, INF)
    least, with_each = programme.least_with_each()
    assert least == pytest.approx(3)
    assert with_each[:2] == pytest.approx([3, 3])
    assert 3 < with_each[2] <= 10 + 1e-9


def test_without_a_solution_nothing_is_in_a_better_one() -> None:
    programme = Programme()
    take = programme.add(1, high=1)
    programme.row([(take[0], 1)], 2, 3)
    least, with_each = programme.least_with_each()
    assert least == INF
    assert with_each.tolist() == [INF]


def test_a_programme_can_be_handed_on_as_arrays() -> None:
    programme = Programme()
    x, y = programme.add(2, cost=1, high=5, whole=True)
    [z] = programme.add(1)
    programme.charge(y, 2)
    programme.row([(x, 2), (z, -1)], 1, 4)
    programme.row([(y, 3)], -INF, 6)
    rows = programme.rows()
    assert rows.cost.tolist() == [1, 3, 0]
    assert (rows.low.tolist(), rows.high.tolist()) == ([0, 0, 0], [5, 5, INF])
    assert rows.whole.tolist() == [True, True, False]
    assert rows.matrix.toarray().tolist() == [[2, 0, -1], [0, 3, 0]]
    assert (rows.row_low.tolist(), rows.row_high.tolist()) == ([1, -INF], [4, 6])
