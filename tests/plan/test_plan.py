"""Plans: what follows from them, and that they are read back as they were written."""

import tomllib
from datetime import date, time
from itertools import pairwise
from pathlib import Path

import pytest
from builders import NASTY, a_class, a_gate, a_grade, a_plan, a_scenario, a_stage, grade_days, spots
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from returnsim.errors import InputError
from returnsim.plan import files
from returnsim.plan.files import plan_text, read_plan
from returnsim.plan.plan import Arrival, Opening, Plan, ReturnDate, Shift
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import read_scenario

NAMES = st.text(min_size=1, max_size=60).filter(lambda t: t.isprintable() and t == t.strip())
CHINESE = st.text("七八九年级东西南北门1班（）“”", min_size=1, max_size=20)
AWKWARD = st.text("\"'\\{}#=[]\u00e9 a", min_size=1, max_size=20).filter(lambda t: t == t.strip())
ANY_NAME = st.one_of(NAMES, CHINESE, AWKWARD)
CLOCKS = st.times()
PLANS = st.builds(
    lambda **fields: Plan(format=1, **fields),
    school=ANY_NAME,
    return_dates=st.lists(
        st.builds(ReturnDate, grade=ANY_NAME, day=st.dates()), min_size=1, max_size=3
    ).map(tuple),
    arrivals=st.lists(
        st.builds(Arrival, school_class=ANY_NAME, gate=ANY_NAME, slot=CLOCKS),
        min_size=1,
        max_size=3,
    ).map(tuple),
    lanes=st.lists(
        st.builds(
            Shift,
            gate=ANY_NAME,
            stage=ANY_NAME,
            begins=CLOCKS,
            ends=CLOCKS,
            lanes=st.integers(1, 1_000_000),
        ),
        max_size=3,
    ).map(tuple),
    stock=st.lists(
        st.builds(
            Opening, supply=ANY_NAME, order=st.floats(0, allow_nan=False, allow_infinity=False)
        ),
        max_size=3,
    ).map(tuple),
)


@given(PLANS)
@example(a_plan(a_scenario(name='C:\\"九"')))
def test_a_plan_is_read_back_equal(plan: Plan) -> None:
    assert Plan.model_validate(tomllib.loads(plan_text(plan))) == plan


def test_a_plan_with_awkward_names_is_read_back_from_its_file(tmp_path: Path) -> None:
    gate, stage, grade, name = '东"门"', "测\\温", "九年级 = 1", "九'1#"
    school = a_scenario(
        grades=[a_grade(grade)],
        classes=[a_class(name, grade=grade)],
        gates=[a_gate(name=gate, stages=[a_stage(name=stage)])],
    )
    plan = a_plan(school)
    path = tmp_path / "方案.toml"
    path.write_text(plan_text(plan), encoding="utf-8")
    assert read_plan(path, school) == plan


def test_a_plan_is_one_entry_a_line() -> None:
    """People edit plans by hand: an entry that is removed must be one line that is removed."""
    lines = plan_text(a_plan()).splitlines()
    assert sum(line.startswith("    { class = ") for line in lines) == 2
    assert sum(line.startswith("    { gate = ") for line in lines) == 1


SHIFTS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 10), st.integers(1, 4)), min_size=1, max_size=6
)


@given(SHIFTS)
@example([(0, 10, 2), (5, 10, 1)])
@example([(0, 5, 2), (5, 5, 2)])
def test_lanes_of_overlapping_shifts_add_up(rows: list[tuple[int, int, int]]) -> None:
    shifts = [
        Shift(
            gate="gate",
            stage="check",
            begins=clock_time(25_200 + 60 * begins),
            ends=clock_time(25_200 + 60 * (begins + length)),
            lanes=lanes,
        )
        for begins, length, lanes in rows
    ]
    other = Shift(gate="gate", stage="fast", begins=time(7), ends=time(8), lanes=9)
    steps = a_plan(lanes=[*shifts, other]).lanes_over_time("gate", "check")
    for minute in range(-1, 32):
        moment = 25_200 + 60 * minute
        open_lanes = sum(lanes for b, n, lanes in rows if b <= minute < b + n)
        told = [lanes for since, lanes in steps if since <= moment]
        assert (told[-1] if told else 0) == open_lanes
    assert steps[-1][1] == 0
    assert all(a != b for (_, a), (_, b) in pairwise(steps))


def test_minutes_of_duty_count_people_not_lanes() -> None:
    stages = [a_stage(), a_stage(name="scan", staff_per_lane=0), a_stage(name="desk")]
    stages[2] = a_stage(name="desk", staff_per_lane=0.5)
    school = a_scenario(gates=[a_gate(stages=stages)])
    span = {"gate": "gate", "begins": time(7), "ends": time(8, 10)}
    lanes = [Shift(stage=s.name, lanes=2, **span) for s in stages]
    assert a_plan(school, lanes=lanes).staff_minutes(school) == 70 * 2 * 1 + 70 * 2 * 0.5


def test_changed_leaves_the_rest_and_forgets_what_was_cached() -> None:
    plan = a_plan()
    assert grade_days(plan)["eight"] == date(2020, 4, 14)
    later = (ReturnDate(grade="nine", day=date(2020, 4, 8)), *plan.return_dates[1:])
    changed = plan.changed(return_dates=later)
    assert grade_days(changed)["nine"] == date(2020, 4, 8)
    assert grade_days(plan)["nine"] == date(2020, 4, 7)
    assert changed.arrivals == plan.arrivals
    assert changed.changed(return_dates=plan.return_dates) == plan


def test_changed_checks_what_it_is_given() -> None:
    with pytest.raises(ValidationError):
        a_plan().changed(lanes=[{"gate": "gate"}])


def test_batches_are_in_order_of_their_dates() -> None:
    school = a_scenario(
        grades=[a_grade(name) for name in ("a", "b", "c")],
        classes=[a_class(name, grade=name) for name in ("a", "b", "c")],
    )
    days = {"a": date(2020, 4, 20), "b": date(2020, 4, 8), "c": date(2020, 4, 20)}
    plan = a_plan(school, days=days)
    assert plan.return_days == (date(2020, 4, 8), date(2020, 4, 20))
    batches = [[c.name for c in plan.batch(school, day)] for day in plan.return_days]
    assert batches == [["b"], ["a", "c"]]


def test_arrivals_and_orders_are_found_by_name() -> None:
    plan = a_plan(slots={"8-1": time(7, 40)}, stock=[Opening(supply="masks", order=7)])
    assert seconds(plan.arrival_of["8-1"].slot) == 7 * 3600 + 40 * 60
    assert plan.order_of == {"masks": 7}


def test_whatever_stands_in_a_plan_it_is_accepted_or_explained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = Path(__file__).parent / "school"
    school = read_scenario(folder)
    raw = tomllib.loads((folder / "good-plan.toml").read_text(encoding="utf-8"))
    monkeypatch.setattr(files, "load", lambda _: raw)
    refused = 0
    for table, key in spots(raw):
        before = table[key]
        for value in NASTY:
            table[key] = value
            if value is None:
                del table[key]
            try:
                read_plan(folder, school)
            except InputError as error:
                refused += error.text("en") != error.text("zh")
            table[key] = before
    assert refused > 300
    assert read_plan(folder, school).school == "small"
