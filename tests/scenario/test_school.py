"""What a scenario knows: school days, places, chances of an alarm, people held, people on duty."""

import math
from datetime import date, time, timedelta

import numpy as np
import pytest
from builders import a_class, a_gate, a_grade, a_hold, a_scenario, a_staff_group, a_stage, a_supply
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from returnsim.scenario.campus import Gate
from returnsim.scenario.procedure import Screening
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario

MORNINGS = st.times(max_value=time(23, 59, 59)).map(lambda t: t.replace(microsecond=0))


def test_school_days_are_weekdays_less_holidays_plus_days_made_up() -> None:
    calendar = a_scenario(
        calendar={
            "first_day": date(2020, 4, 30),
            "last_day": date(2020, 5, 10),
            "holidays": [date(2020, 5, n) for n in range(1, 6)],
            "extra_school_days": [date(2020, 5, 9)],
        }
    ).calendar
    assert calendar.school_days == tuple(
        date(2020, *day) for day in ((4, 30), (5, 6), (5, 7), (5, 8), (5, 9))
    )


def test_a_day_made_up_has_lessons_even_on_a_holiday() -> None:
    day = date(2020, 4, 11)
    calendar = a_scenario(calendar={"holidays": [day], "extra_school_days": [day]}).calendar
    assert calendar.has_lessons(day)
    assert not calendar.has_lessons(day + timedelta(days=1))


@given(st.floats(0.01, 500), st.floats(0.3, 5))
def test_places_fill_the_area_at_their_spacing(area: float, spacing: float) -> None:
    try:
        gate = a_gate(marked_places=None, waiting_area_m2=area, spacing_m=spacing)
    except ValidationError:
        assert area < spacing**2
    else:
        assert gate.places * spacing**2 <= area * (1 + 1e-12)
        assert (gate.places + 1) * spacing**2 > area


def test_a_gate_finds_its_stages_and_its_fast_lane_by_name() -> None:
    fast = a_stage(lanes=1).model_dump(
        exclude={"name", "zh", "en", "only_on_return_day", "only_for", "accompanied"}
    )
    gate = a_gate(fast_lane=fast | {"share": 0.5})
    assert gate.lanes_of("check") is gate.stages[0]
    assert gate.lanes_of("fast") is gate.fast_lane
    assert gate.lanes_of("chekc") is None
    assert a_gate().lanes_of("fast") is None


def screening(**changes: object) -> Screening:
    thermometer = {
        "well_celsius": 36.5,
        "well_sd_celsius": 0.3,
        "febrile_celsius": 38.5,
        "febrile_sd_celsius": 0.4,
        "reads_low_celsius": 0.0,
        "error_sd_celsius": 0.4,
        "step_celsius": 0.2,
    }
    table = {
        "false_alarm_probability": None,
        "hit_probability": None,
        "threshold_celsius": 37.5,
        "threshold_relation": ">=",
        "thermometer": thermometer,
    }
    return a_scenario(screening=table | changes).screening


def test_chances_of_an_alarm_follow_from_the_thermometer() -> None:
    """0.9 below the edge of 37.4 at a spread of hypot(0.3, 0.4) = 0.5: 1.8 standard deviations."""
    alarms = screening().alarms
    assert alarms.false_alarm == pytest.approx(0.0359, abs=5e-5)
    assert alarms.hit == pytest.approx(0.9741, abs=5e-5)


def test_a_threshold_that_does_not_count_itself_is_one_step_higher() -> None:
    above, higher = (
        screening(threshold_relation=">").alarms,
        screening(threshold_celsius=37.7).alarms,
    )
    assert above == pytest.approx(higher)
    assert above.hit < screening().alarms.hit


def test_a_thermometer_that_reads_low_misses_more() -> None:
    low = screening(thermometer=screening().thermometer.model_dump() | {"reads_low_celsius": 0.5})
    assert low.alarms == pytest.approx(screening(threshold_celsius=38.0).alarms)


def test_chances_given_are_taken_as_they_are() -> None:
    given_ = a_scenario(
        screening={"false_alarm_probability": 0.02, "hit_probability": 0.7}
    ).screening
    assert given_.alarms == (0.02, 0.7)


def test_pupils_are_held_until_the_day_named() -> None:
    school = a_scenario(
        holds=[
            a_hold(pupils=2, until=date(2020, 4, 9)),
            a_hold(pupils=3, reason="isolation"),
            a_hold(**{"class": "8-1"}),
        ]
    )
    assert [school.held("9-1", date(2020, 4, day)) for day in (8, 9)] == [5, 3]
    assert school.held("8-1", date(2020, 4, 8)) == 1


def test_people_on_duty_are_added_up_over_overlapping_windows() -> None:
    windows = [(time(7), time(8), 3), (time(7, 30), time(8, 30), 2)]
    limits = a_scenario(
        limits={"staff": [{"begins": b, "ends": e, "people": n} for b, e, n in windows]}
    ).limits
    moments = [time(6, 59), time(7), time(7, 30), time(7, 59, 59), time(8), time(8, 30)]
    assert [limits.staff_at(m) for m in moments] == [0, 3, 5, 5, 2, 0]
    assert a_scenario().limits.staff_at(time(7)) is None


def test_people_are_counted_by_grade_and_in_all() -> None:
    school = a_scenario(
        classes=[
            a_class(pupils=12),
            a_class("9-2", pupils=7),
            a_class("8-1", grade="eight", pupils=5),
        ],
        staff=[a_staff_group(people=4), a_staff_group(name="guards", role="guard", people=3)],
    )
    assert (school.pupils_in("nine"), school.pupils_in("eight")) == (19, 5)
    assert (school.pupils, school.staff_people) == (24, 7)
    assert school.grade_of(school.class_named["8-1"]).name == "eight"


def test_a_gate_may_be_used_by_the_levels_it_names_or_by_all() -> None:
    junior, senior = a_grade(), a_grade("ten", level="senior")
    for gate, may in ((a_gate(), (True, True)), (a_gate(levels=["senior"]), (False, True))):
        assert tuple(Scenario.may_use(gate, g) for g in (junior, senior)) == may


def test_a_label_is_the_name_unless_the_language_has_its_own() -> None:
    gate = a_gate(zh=None, en="Main gate")
    assert (gate.label("zh"), gate.label("en")) == ("gate", "Main gate")


def test_a_supply_is_used_up_by_whatever_uses_it() -> None:
    assert a_supply().used_up
    assert not a_supply(per_pupil_day=0).used_up
    assert a_supply(per_pupil_day=0, per_round_m2=0.1).used_up


@given(MORNINGS)
def test_clock_times_and_seconds_are_the_same_thing(clock: time) -> None:
    assert clock_time(seconds(clock)) == clock


@given(st.floats(0, 86_399.4))
def test_seconds_become_the_nearest_clock_time(moment: float) -> None:
    assert abs(seconds(clock_time(moment)) - moment) <= 0.5


def test_what_is_read_cannot_be_changed() -> None:
    gate: Gate = a_gate()
    with pytest.raises(ValidationError, match="frozen"):
        gate.marked_places = 1000  # type: ignore[misc]


def test_a_fast_lane_of_nobody_is_allowed_and_one_of_more_than_all_is_not() -> None:
    fast = a_stage().model_dump(
        exclude={"name", "zh", "en", "only_on_return_day", "only_for", "accompanied"}
    )
    assert a_gate(fast_lane=fast | {"share": 0.0}).fast_lane is not None
    with pytest.raises(ValidationError):
        a_gate(fast_lane=fast | {"share": 1.1})


@pytest.mark.parametrize(
    ("closes", "arrives", "valid"),
    [
        (time(7, 55, 1), time(7, 55, 1), True),
        (time(7, 55, 1), time(7, 55, 2), False),
        (time(7, 0, 1), None, True),
        (time(7), None, False),
    ],
)
def test_a_gate_closes_after_it_opens_and_not_before_its_staff_arrive(
    closes: time, arrives: time | None, valid: bool
) -> None:
    try:
        gates = [a_gate(name="staff gate", closes=closes), a_gate()]
        staff = [a_staff_group(gate="staff gate", arrives=arrives)] if arrives else []
        a_scenario(gates=gates, staff=staff)
    except ValidationError:
        assert not valid
    else:
        assert valid


@pytest.mark.parametrize(("area", "spacing"), [(10.0, 1e-200), (1e308, 1e-3)])
def test_an_area_for_more_people_than_there_are_is_refused(area: float, spacing: float) -> None:
    with pytest.raises(ValidationError):
        a_gate(marked_places=None, waiting_area_m2=area, spacing_m=spacing)


def test_nobody_walks_at_no_speed() -> None:
    with pytest.raises(ValidationError):
        a_scenario(walking={"metres_per_second": {"kind": "fixed", "value": 0}})


def test_a_normal_cut_off_far_from_its_mean_is_refused_or_finite() -> None:
    """A slip of the pen: a mean of 6 s, never less than 10 s."""
    try:
        stage = a_stage(service_seconds={"kind": "normal", "mean": 6, "sd": 0.1, "low": 10})
    except ValidationError:
        return
    assert np.isfinite(stage.service_seconds.quantile(np.array([0.1, 0.5, 0.9]))).all()


def test_a_whole_number_of_days_is_a_lead_time_without_chance() -> None:
    assert a_supply(lead_time_days=5).delivered_within(0.99) == 5
    scattered = {"kind": "uniform", "low": 2.0, "high": 12.0, "source": "made up"}
    supply = a_supply(lead_time_days=scattered)
    assert [supply.delivered_within(c) for c in (0.5, 0.51, 0.95)] == [7, 8, 12]


def test_litres_follow_from_dose_and_strength() -> None:
    """100 mL/m2 of 500 mg/L from 5 per cent: a hundredth of it is concentrate."""
    mixed = {"dose_ml_per_m2": 100, "solution_mg_per_litre": 500, "concentrate_percent": 5}
    supply = a_supply(per_pupil_day=0, kind="disinfectant", **mixed)
    assert supply.round_m2 == pytest.approx(0.001)
    assert supply.used_up
    assert a_supply(per_round_m2=0.002).round_m2 == 0.002


def test_a_mean_life_is_a_chance_to_break() -> None:
    assert a_supply(kind="thermometer", failure_per_day=0.01).breaks == 0.01
    assert a_supply(kind="thermometer", mean_life_days=100).breaks == pytest.approx(
        1 - math.exp(-0.01)
    )
    assert a_supply().breaks == 0
