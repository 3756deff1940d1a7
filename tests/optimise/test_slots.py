"""The first guess: slots and gates that keep batches apart, people enough, and bells kept."""

from datetime import date, time, timedelta
from typing import Any

import numpy as np
import pytest
from builders import a_class, a_gate, a_grade, a_plan, a_scenario, a_staff_group
from hypothesis import given
from hypothesis import strategies as st

from returnsim.optimise.demand import Morning
from returnsim.optimise.lanes import lanes_by_block, with_counts
from returnsim.optimise.slots import Guess, Layout, Slots
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan, ReturnDate
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario

TUESDAY = date(2020, 4, 7)


def laid_out(
    scenario: Scenario, *, waiting: float = 0.0, same_day: bool = False, **guess: Any
) -> Layout | None:
    """Solve for grades that return a week apart, or all at once."""
    weeks = [0] * len(scenario.grades) if same_day else range(len(scenario.grades))
    dates = [
        ReturnDate(grade=g.name, day=TUESDAY + timedelta(weeks=n))
        for g, n in zip(scenario.grades, weeks, strict=True)
    ]
    return Slots(scenario, dates, Guess(guess.pop("buffer", {}), waiting, **guess)).solve()


def plan_of(scenario: Scenario, layout: Layout | None) -> Plan:
    assert layout is not None
    return a_plan(scenario, arrivals=layout.arrivals, lanes=layout.lanes)


def junior(grades: int, classes: int, **changes: Any) -> Scenario:
    """A school of so many grades with so many classes of ten each."""
    names = "abcdef"[:grades]
    return a_scenario(
        grades=[a_grade(g) for g in names],
        classes=[a_class(f"{g}{n}", grade=g) for g in names for n in range(classes)],
        **changes,
    )


def test_a_guess_is_a_plan_that_fits() -> None:
    school = junior(3, 2)
    plan = plan_of(school, laid_out(school))
    assert misfits(plan, school) == []
    assert [a.school_class for a in plan.arrivals] == [c.name for c in school.classes]


@pytest.mark.parametrize("gap", [0, 5, 7, 20])
def test_batches_keep_the_gap_between_their_slots(gap: int) -> None:
    school = junior(2, 3, limits={"batch_gap_minutes": gap})
    layout = laid_out(school)
    slots = {a.school_class: seconds(a.slot) / 60 for a in plan_of(school, layout).arrivals}
    between = [abs(slots[f"a{n}"] - slots[f"b{m}"]) for n in range(3) for m in range(3)]
    assert min(between) >= 5 + gap


def test_one_batch_needs_no_gap_and_other_gates_none_either() -> None:
    limits = {"batch_gap_minutes": 500}
    school = junior(2, 2, limits=limits)
    assert laid_out(school) is None
    assert laid_out(school, same_day=True) is not None
    two_gates = junior(2, 2, limits=limits, gates=[a_gate(), a_gate(name="other")])
    plan = plan_of(two_gates, laid_out(two_gates))
    gates = {grade: {plan.arrival_of[f"{grade}{n}"].gate for n in range(2)} for grade in "ab"}
    assert gates["a"].isdisjoint(gates["b"])


def test_a_class_comes_by_a_gate_of_its_level() -> None:
    school = a_scenario(
        grades=[a_grade("ten", level="senior"), a_grade("nine")],
        classes=[a_class("10-1", grade="ten"), a_class("9-1")],
        gates=[a_gate(levels=["junior"]), a_gate(name="senior gate", levels=["senior"])],
    )
    arrivals = plan_of(school, laid_out(school)).arrival_of
    assert (arrivals["10-1"].gate, arrivals["9-1"].gate) == ("senior gate", "gate")


@pytest.mark.parametrize(
    ("bell", "waiting", "latest"),
    [
        (time(8), 0, time(7, 55)),
        (time(7, 41, 35), 0, time(7, 40)),
        (time(7, 41, 34), 0, time(7, 35)),
        (time(7, 41, 35), 1, time(7, 35)),
        (time(7, 41, 35), 301, time(7, 30)),
    ],
)
def test_slots_are_as_late_as_the_bell_allows(bell: time, waiting: float, latest: time) -> None:
    """The way to the seat takes 95 s; to come early costs, so the latest slot in time is taken."""
    school = a_scenario(grades=[a_grade("nine", bell=bell)], classes=[a_class()])
    [arrival] = plan_of(school, laid_out(school, waiting=waiting)).arrivals
    assert arrival.slot == latest


def test_a_bell_that_no_slot_can_keep_has_no_guess() -> None:
    school = a_scenario(grades=[a_grade("nine", bell=time(7, 11, 34))], classes=[a_class()])
    assert laid_out(school) is None


def tight(places: int, **changes: Any) -> Scenario:
    """One class of ten that comes in a lump: two lanes serve four of them in the first minute."""
    return a_scenario(
        grades=[a_grade()], classes=[a_class()], gates=[a_gate(marked_places=places)], **changes
    )


def test_even_water_needs_standing_room() -> None:
    assert laid_out(tight(6)) is not None
    assert laid_out(tight(5)) is None
    assert laid_out(tight(8), buffer={"gate": 0.3}) is None
    assert laid_out(tight(8), buffer={"gate": 0.2}) is not None


def test_an_elastic_guess_tells_how_many_places_are_missing() -> None:
    layout = laid_out(tight(3), elastic=True)
    assert layout is not None
    assert layout.overflow == {"gate": pytest.approx(3)}
    enough = laid_out(tight(6), elastic=True)
    assert enough is not None
    assert enough.overflow == {"gate": pytest.approx(0, abs=1e-6)}


def test_a_wait_limit_counts_like_missing_places() -> None:
    """Six are left after the first minute, whom two lanes serve in a minute and a half."""
    assert laid_out(tight(100, limits={"longest_wait_minutes": 1.5})) is not None
    assert laid_out(tight(100, limits={"longest_wait_minutes": 1.4})) is None


def test_as_many_lanes_as_the_people_on_duty_can_staff() -> None:
    windows = [
        {"begins": time(7), "ends": time(7, 30), "people": 1},
        {"begins": time(7, 30), "ends": time(8, 30), "people": 2},
    ]
    school = junior(1, 2, limits={"staff": windows})
    plan = plan_of(school, laid_out(school))
    assert misfits(plan, school) == []
    assert min(a.slot for a in plan.arrivals) >= time(7, 30), "one lane is not enough before"
    before = [
        n for since, n in plan.lanes_over_time("gate", "check") if since < seconds(time(7, 30))
    ]
    assert max(before, default=0) <= 1


def test_an_elastic_guess_tells_how_many_people_are_missing() -> None:
    window = {"begins": time(7), "ends": time(8, 30), "people": 1}
    layout = laid_out(tight(6, limits={"staff": [window]}), elastic=True)
    assert layout is not None
    assert layout.staff_short == pytest.approx(1)
    assert laid_out(tight(6, limits={"staff": [window]})) is None


def test_people_are_counted_at_every_edge_inside_a_block() -> None:
    """From 07:05 on there is one guard only, in the middle of the first block."""
    windows = [
        {"begins": time(7), "ends": time(7, 5), "people": 9},
        {"begins": time(7, 5), "ends": time(8, 30), "people": 1},
    ]
    school = tight(6, limits={"staff": windows, "lane_block_minutes": 90})
    assert laid_out(school) is None


def test_staff_who_come_by_a_gate_take_up_its_lanes() -> None:
    """Ten teachers in the same minute as the class leave sixteen waiting instead of six."""
    teachers = a_staff_group(people=10, gate="gate", arrives=time(8, 0))
    school = tight(15, staff=[teachers], limits={"first_slot": time(7, 55)})
    assert laid_out(tight(15, limits={"first_slot": time(7, 55)})) is not None
    assert laid_out(school) is None


def test_lanes_stand_open_only_where_somebody_may_come() -> None:
    school = junior(1, 1, gates=[a_gate(), a_gate(name="other")])
    plan = plan_of(school, laid_out(school))
    assert {s.gate for s in plan.lanes} == {plan.arrivals[0].gate}


@given(st.lists(st.integers(0, 2), min_size=9, max_size=9))
def test_lanes_by_block_become_shifts_and_are_read_back(numbers: list[int]) -> None:
    school = a_scenario()
    counts = {("gate", "check"): np.array(numbers)}
    plan = with_counts(school, a_plan(school), counts)
    if any(numbers):
        assert lanes_by_block(school, plan)["gate", "check"].tolist() == numbers
    assert all(s.begins < s.ends for s in plan.lanes)
    assert sum(
        bool(n) and n != before for n, before in zip(numbers, [0, *numbers], strict=False)
    ) == len(plan.lanes)


def test_blocks_are_cut_off_where_a_gate_opens_and_closes() -> None:
    gates = [a_gate(), a_gate(name="late", opens=time(7, 5), closes=time(8, 17))]
    school = a_scenario(gates=gates)
    blocks = Morning(school).blocks.size - 1
    plan = with_counts(school, a_plan(school), {("late", "check"): np.ones(blocks, dtype=int)})
    [shift] = plan.lanes
    assert (shift.begins, shift.ends) == (time(7, 5), time(8, 17))


def test_slots_of_a_guess_are_slots_of_the_morning() -> None:
    school = junior(2, 2, limits={"first_slot": time(7, 12), "slot_minutes": 7})
    allowed = {clock_time(float(s)) for s in Morning(school).slots}
    assert {a.slot for a in plan_of(school, laid_out(school)).arrivals} <= allowed
