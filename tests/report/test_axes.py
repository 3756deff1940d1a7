"""Marks along axes, and the lines between them."""

import math

from hypothesis import given
from hypothesis import strategies as st

from returnsim.report.axes import PARTS, Axes, clock, clock_marks, marks

BOX = Axes(left=10, upper=20, width=100, height=50, first=0, last=300, top=5)


@given(st.floats(0.01, 1e6), st.booleans())
def test_marks_begin_at_nothing_and_reach_all_but_the_top(top: float, whole: bool) -> None:
    found = marks(top, whole=whole)
    assert found[0] == 0
    assert len(found) <= PARTS + 1
    if whole and top < 1:
        return
    assert len(found) >= 2
    step = found[1]
    assert found[-1] <= top * (1 + 1e-6) < found[-1] + step * (1 + 1e-6)
    assert all(math.isclose(mark, n * step, rel_tol=1e-6) for n, mark in enumerate(found))
    assert not whole or all(mark.is_integer() for mark in found)


def test_marks_are_the_numbers_that_people_count_in() -> None:
    assert marks(30, whole=True) == (0, 8, 16, 24)
    assert marks(22.5, whole=True) == (0, 6, 12, 18)
    assert marks(25.4, whole=False) == (0, 10, 20)
    assert marks(1.25, whole=True) == (0, 1)


def test_times_are_full_hours_and_even_parts_of_them() -> None:
    assert [clock(m) for m in clock_marks(7 * 3600, 8 * 3600)][:3] == ["07:00", "07:10", "07:20"]
    assert [clock(m) for m in clock_marks(25_300, 30_600)] == ["07:20", "07:40", "08:00", "08:20"]
    assert [clock(m) for m in clock_marks(25_300, 34_300)][:2] == ["07:30", "08:00"]
    assert [clock(m) for m in clock_marks(25_300, 43_000)][:2] == ["08:00", "09:00"]
    assert max(len(clock_marks(0, hours * 360)) for hours in range(1, 240)) <= 9


def test_stairs_hold_a_value_between_edges_and_turn_only_where_it_changes() -> None:
    corners = BOX.stairs((1, 1, 3), (0, 100, 200, 300))
    assert [(round(x, 6), y) for x, y in corners] == [
        (10, 60), (76.666667, 60), (76.666667, 40), (110, 40),
    ]  # fmt: skip


def test_an_area_is_closed_along_its_lower_line() -> None:
    edges = (0, 150, 300)
    assert BOX.between((0, 0), (5, 5), edges) == [(10, 20), (110, 20), (110, 70), (10, 70)]
