"""Values of a sweep: spans, lists, words; what is not understood is explained."""

from datetime import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model.days import a_lively_school

from returnsim.errors import InputError
from returnsim.experiment.vary import Value, axes, combinations, parse

SCHOOL = a_lively_school()
LANES, ABSENT = "gates.gate.stages.check.lanes", "arrivals.absent_probability"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3", (3,)),
        ("1..4", (1, 2, 3, 4)),
        ("4..1", (4, 3, 2, 1)),
        ("1..2:0.5", (1.0, 1.5, 2.0)),
        ("0.01,0.02,0.05", (0.01, 0.02, 0.05)),
        ("0..0.3:0.1", (0.0, 0.1, 0.2, 0.3)),
        ("1..6:2", (1, 3, 5)),
        ("-2..0", (-2, -1, 0)),
        ("1, 1..3, 3", (1, 2, 3)),
        ("true,false", (True, False)),
        ("07:30:00", (time(7, 30),)),
        ("hall, 东楼", ("hall", "东楼")),
        ('"1..2"', ("1..2",)),
    ],
)
def test_values_are_read_as_written(text: str, values: tuple[Value, ...]) -> None:
    found = parse(text)
    assert found == values
    assert [type(v) for v in found] == [type(v) for v in values]


@given(st.integers(-50, 50), st.integers(0, 40), st.integers(1, 9))
def test_a_span_holds_both_ends_and_equal_steps(low: int, steps: int, step: int) -> None:
    found = parse(f"{low}..{low + steps * step}:{step}")
    assert (found[0], found[-1], len(found)) == (low, low + steps * step, steps + 1)
    assert {b - a for a, b in pairwise(found)} <= {step}  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (LANES, "vary_not_understood"),
        ("=1", "vary_not_understood"),
        (f"{LANES}=", "vary_not_understood"),
        (f"{LANES}=1,,2", "vary_not_understood"),
        (f"{LANES}=1..6:0", "vary_without_end"),
        (f"{LANES}=1..6:-1", "vary_without_end"),
        (f"{LANES}=1..1000000000", "vary_too_many"),
        ("gates.gates.opens=1", "unknown_setting_near"),
    ],
)
def test_what_is_not_understood_is_explained(text: str, code: str) -> None:
    with pytest.raises(InputError) as error:
        axes(SCHOOL, [text])
    assert error.value.problems[0].code == code
    assert error.value.text("zh")


def test_a_sweep_varies_something_and_nothing_twice() -> None:
    for asked, code in (((), "nothing_varied"), ((f"{LANES}=1", f"{LANES}=2"), "vary_twice")):
        with pytest.raises(InputError) as error:
            axes(SCHOOL, asked)
        assert error.value.problems[0].code == code


def test_too_many_combinations_are_refused() -> None:
    with pytest.raises(InputError) as error:
        axes(SCHOOL, [f"{LANES}=1..200", f"{ABSENT}=0..0.5:0.005"])
    assert error.value.problems[0].values["n"] == 200 * 101


def test_the_first_setting_changes_most_slowly() -> None:
    varied = axes(SCHOOL, [f"{LANES}=1,2", f"{ABSENT}=0.1,0.2"])
    found = [tuple(c.values()) for c in combinations(varied)]
    assert found == [(1, 0.1), (1, 0.2), (2, 0.1), (2, 0.2)]
    assert [a.is_numeric for a in axes(SCHOOL, [f"{LANES}=1", "name=a,b"])] == [True, False]
