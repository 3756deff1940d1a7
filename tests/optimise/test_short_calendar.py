"""Good dates soon, by leaving out days at the end."""

import numpy as np

from returnsim.optimise.programme import INF, Programme, Solution
from returnsim.optimise.short_calendar import better, solved_soon


def three_a_day(units: int, days: int) -> tuple[Programme, np.ndarray]:
    """So many come back, three a day at most; each day later costs each one more."""
    programme = Programme()
    back = programme.add(days, high=3, whole=True)
    used = programme.add(days, high=1, whole=True)
    programme.row([(v, 1) for v in back], units, units)
    for number, (v, day) in enumerate(zip(back, used, strict=True)):
        programme.charge(int(v), number + 1.0)
        programme.row([(v, 1), (day, -3)], -INF, 0)
    return programme, used


def test_the_fewest_days_that_suffice_are_used() -> None:
    programme, used = three_a_day(8, 12)
    soon = solved_soon(programme, used)
    assert soon is not None
    assert soon.objective == 3 + 6 + 6
    assert soon.value[used[3:]].sum() == 0


def test_where_every_day_is_needed_there_is_no_shorter_calendar() -> None:
    programme, used = three_a_day(12, 4)
    assert solved_soon(programme, used) is None


def test_the_better_of_two_has_the_bound_of_both() -> None:
    one, other = (Solution(np.zeros(1), cost, 0.0) for cost in (5.0, 4.0))
    best = better(one, other, 3.0)
    assert best is not None
    assert (best.objective, best.bound) == (4.0, 3.0)
    assert better(None, None, 3.0) is None
