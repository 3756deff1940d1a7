"""Which number to measure first: ranges, paired changes, and an order that is right."""

from typing import Any

import numpy as np
import pytest
from builders import a_plan
from model.days import a_lively_school, chain_of, lognormal

from returnsim.errors import InputError
from returnsim.experiment.headlines import worst_of_each
from returnsim.experiment.sensitivity import Parameter, Tornado, parameters, tornadoes
from returnsim.experiment.study import Study, run
from returnsim.experiment.vary import axes
from returnsim.rules.quantity import Quantity as Q
from returnsim.theory.estimation import paired_difference

SERVICE, ABSENT = "gates.gate.stages.check.service_seconds", "arrivals.absent_probability"


def a_school(**ranges: Any) -> Any:
    """A lively school whose service, offset and walk have ranges, the walk's without effect."""
    service = lognormal(25.0) | {"range": ranges.get("service", [15, 40])}
    offset = {"kind": "normal", "mean": -5, "sd": 3, "range": [-6, -4]}
    walk = {"kind": "fixed", "value": 1, "range": [0.9, 1.1]}
    return a_lively_school(
        gates=[chain_of({"service_seconds": service})],
        arrivals={"offset_minutes": offset, "absent_probability": 0.1},
        walking={"metres_per_second": walk},
    )


SCHOOL = a_school()


def weighed(quantity: Q = Q.LONGEST_QUEUE, **changes: Any) -> Tornado:
    given: dict[str, Any] = {"seed": 1, "replications": 64} | changes
    (found,) = tornadoes(SCHOOL, a_plan(SCHOOL), parameters(SCHOOL), [quantity], **given)
    return found


def test_what_has_a_range_is_moved_over_it() -> None:
    found = {p.setting.path: (p.now, p.low, p.high) for p in parameters(SCHOOL)}
    assert found == {
        SERVICE: (25, 15, 40),
        "arrivals.offset_minutes": (-5, -6, -4),
        "walking.metres_per_second": (1, 0.9, 1.1),
    }


def test_more_may_be_asked_for() -> None:
    found = parameters(SCHOOL, axes(SCHOOL, [f"{ABSENT}=0,0.2", f"{SERVICE}=20..30"]))
    moved = {p.setting.path: p for p in found}
    assert len(found) == 4
    assert (moved[ABSENT].now, moved[ABSENT].low, moved[ABSENT].high) == (0.1, 0, 0.2)
    assert (moved[SERVICE].low, moved[SERVICE].high) == (20, 30)
    assert [moved[p].is_time for p in (ABSENT, SERVICE)] == [False, True]


@pytest.mark.parametrize("text", [f"{ABSENT}=0.1", f"{ABSENT}=a,b", "grades.nine.bell=1,2"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(InputError) as error:
        parameters(SCHOOL, axes(SCHOOL, [text]))
    assert error.value.problems[0].code == "no_range"


def test_a_school_without_ranges_has_nothing_to_move() -> None:
    with pytest.raises(InputError) as error:
        parameters(a_lively_school())
    assert error.value.problems[0].code == "no_ranges"


def test_an_end_that_the_scenario_refuses_is_told() -> None:
    school = a_school(service=[-1, 40])
    with pytest.raises(InputError, match="service_seconds"):
        tornadoes(school, a_plan(school), parameters(school), [Q.MEAN_WAIT], seed=1, replications=2)


def test_changes_are_paired_and_the_strongest_comes_first() -> None:
    found = weighed()
    first = found.effects[0]
    assert first.parameter.setting.path == SERVICE
    assert found.first == first
    assert [e.reach for e in found.effects] == sorted(
        (e.reach for e in found.effects), reverse=True
    )

    def queue(mean: float) -> Any:
        school = a_lively_school(mean, arrivals={
            "offset_minutes": {"kind": "normal", "mean": -5, "sd": 3}, "absent_probability": 0.1,
        })  # fmt: skip
        samples = run(Study(school, a_plan(school), 1, 64)).samples
        return worst_of_each(samples, Q.LONGEST_QUEUE)

    now, low, high = queue(25.0), queue(15.0), queue(40.0)
    assert first.at_low == paired_difference(now, low)
    assert first.at_high == paired_difference(now, high)
    assert first.swing == paired_difference(low, high)
    assert first.at_low.high < 0 < first.at_high.low
    assert found.now.mean == pytest.approx(float(np.mean(now)))


def test_what_has_no_effect_is_last_and_not_certain() -> None:
    last = weighed().effects[-1]
    assert last.parameter.setting.path == "walking.metres_per_second"
    assert (last.reach, last.is_certain) == (0.0, False)


def test_where_nothing_matters_nothing_comes_first() -> None:
    moved = [p for p in parameters(SCHOOL) if "walking" in p.setting.path]
    (found,) = tornadoes(SCHOOL, a_plan(SCHOOL), moved, [Q.LONGEST_QUEUE], seed=1, replications=64)
    assert found.first is None


def test_risks_are_compared_as_probabilities() -> None:
    effect = weighed(Q.CROWDED_DAYS).effects[-1]
    assert effect.at_low.mean == 0
    assert effect.at_low.low < 0 < effect.at_low.high


def test_whole_numbers_stay_whole() -> None:
    asked = parameters(SCHOOL, axes(SCHOOL, ["gates.gate.stages.check.lanes=1,3"]))
    lanes: list[Parameter] = [p for p in asked if p.setting.path.endswith("lanes")]
    (found,) = tornadoes(SCHOOL, a_plan(SCHOOL), lanes, [Q.LONGEST_QUEUE], seed=1, replications=64)
    assert found.effects[0].at_low.low > 0 > found.effects[0].at_high.high


def test_progress_runs_over_all_ends() -> None:
    told: list[tuple[int, int]] = []
    weighed(replications=2, progress=lambda *steps: told.append(steps))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] == 7 * 3
