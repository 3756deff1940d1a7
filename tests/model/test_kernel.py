"""The compiled recursion: its order of service, and how it leaves its input."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from model.days import a_day, a_flow, at, chance, flow, luck, one_class

from returnsim.model.itinerary import Itineraries, itineraries
from returnsim.model.kernel import replay
from returnsim.model.simulate import simulate
from returnsim.model.sorting import PATIENCE
from returnsim.model.trace import Trace


def same(one: Trace, two: Trace) -> None:
    """Require equal time stamps, to the last bit."""
    np.testing.assert_array_equal(one.arrived, two.arrived)
    np.testing.assert_array_equal(one.began, two.began)
    np.testing.assert_array_equal(one.ended, two.ended)


def in_reverse(path: Itineraries) -> Itineraries:
    """Let those who come first walk longest, so that all meet the door in reverse order."""
    travel = path.travel.copy()
    rank = np.argsort(np.argsort(path.start, axis=1), axis=1)
    travel[..., path.day.door] = 7200.0 - 30.0 * rank
    return replace(path, travel=travel)


def test_a_class_that_arrives_in_reverse_is_served_in_reverse() -> None:
    school = one_class(
        6 * PATIENCE, arrivals={"offset_minutes": {"kind": "normal", "mean": -5, "sd": 1}}
    )
    day = a_day(school)
    path = in_reverse(itineraries(day, chance(day, replications=2)))
    trace = replay(path)
    same(trace, simulate(path))
    gate, door = (at(trace, name, 1) for name in ("gate/check", "door/9-1"))
    order = sorted(door, key=lambda p: door[p][1])
    late = sorted(gate, key=lambda p: -gate[p][1])
    overtaken = sum(order.index(a) < order.index(b) for a, b in combinations(late, 2))
    assert overtaken > PATIENCE * len(order)


def test_at_one_instant_the_lower_number_is_first() -> None:
    starts = np.array([[50.0, 0.0, 50.0, 50.0]])
    trace = flow([1], starts, np.full((1, 4, 1), 10.0))
    assert trace.began[0, :, 0].tolist() == [50.0, 0.0, 60.0, 70.0]


def test_whoever_leaves_a_lane_does_so_before_anybody_joins() -> None:
    starts = np.array([[0.0, 10.0]])
    trace = flow([1], starts, np.full((1, 2, 1), 10.0))
    assert trace.began[0, :, 0].tolist() == [0.0, 10.0]


def test_lanes_open_and_close_before_anybody_moves() -> None:
    starts = np.array([[100.0, 200.0]])
    trace = flow([((100.0, 1), (200.0, 0))], starts, np.full((1, 2, 1), 5.0))
    assert trace.began[0, :, 0].tolist() == [100.0, np.inf]


def test_moments_are_kept_to_the_last_bit_however_far_apart() -> None:
    """SimPy adds delays to the present; after somebody at night that would round."""
    rng = np.random.default_rng(5)
    night, morning = rng.uniform(0, 3, 500_000), rng.uniform(20_000, 30_000, 500_000)
    rounded = night + (morning - night) != morning
    assert rounded.sum() >= 5
    for one, two in zip(night[rounded], morning[rounded], strict=True):
        starts = np.array([[two, one, two, one]])
        path = a_flow([1], starts, np.full((1, 4, 1), 0.5))
        same(replay(path), simulate(path))


def test_whoever_is_never_served_never_gets_further() -> None:
    starts = np.array([[0.0, 1.0]])
    path = a_flow([((0.0, 1), (1.0, 0)), 1], starts, np.full((1, 2, 2), 5.0))
    trace = replay(path)
    assert trace.began[0, 1].tolist()[0] == np.inf
    assert np.isnan(trace.arrived[0, 1, 1])
    same(trace, simulate(path))


def test_replications_do_not_touch_each_other() -> None:
    day = a_day(one_class(arrivals={"offset_minutes": {"kind": "normal", "mean": -5, "sd": 3}}))
    path = itineraries(day, chance(day, replications=7))
    together = replay(path)
    for r in range(7):
        alone = replay(
            replace(
                path,
                station=path.station[[r]],
                travel=path.travel[[r]],
                service=path.service[[r]],
                start=path.start[[r]],
            )
        )
        np.testing.assert_array_equal(alone.ended[0], together.ended[r])


@pytest.mark.parametrize("happen", [replay, simulate])
def test_a_trace_cannot_be_changed_and_the_journeys_are_not(happen: object) -> None:
    day = a_day()
    path = itineraries(day, luck(day))
    given = (path.station, path.travel, path.service, path.start)
    before = [x.copy() for x in given]
    trace = happen(path)  # type: ignore[operator]
    with pytest.raises(ValueError, match="read-only"):
        trace.ended[0, 0, 0] = 0.0
    for then, now in zip(
        before, (path.station, path.travel, path.service, path.start), strict=True
    ):
        np.testing.assert_array_equal(then, now)


def test_a_day_on_which_nobody_comes() -> None:
    starts = np.full((2, 3), np.nan)
    path = a_flow([1], starts, np.ones((2, 3, 1)))
    for trace in (replay(path), simulate(path)):
        assert np.isnan(trace.arrived).all()
