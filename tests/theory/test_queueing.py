"""Queues with a closed form or an exact recursion, against tables and slow sums."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from returnsim.theory.queueing import (
    erlang_b,
    erlang_c,
    fcfs_starts,
    fluid_queue,
    mean_wait,
    wait_exceeds,
)

TRIED = settings(max_examples=200, deadline=None, derandomize=True)


# --------------------------------------------------------------------------- formulas


@TRIED
@given(st.integers(1, 40), st.floats(0.01, 60))
def test_erlang_b_is_the_truncated_poisson_probability(servers: int, load: float) -> None:
    terms = [load**n / math.factorial(n) for n in range(servers + 1)]
    assert erlang_b(servers, load) == pytest.approx(terms[-1] / math.fsum(terms), rel=1e-9)


@TRIED
@given(st.integers(1, 40), st.floats(0.01, 0.99))
def test_erlang_c_is_the_probability_that_all_lanes_are_busy(servers: int, busy: float) -> None:
    load = servers * busy
    below = [load**n / math.factorial(n) for n in range(servers)]
    all_busy = load**servers / math.factorial(servers) / (1 - busy)
    assert erlang_c(servers, load) == pytest.approx(all_busy / (math.fsum(below) + all_busy))


@TRIED
@given(st.floats(0.01, 0.98))
def test_one_lane_is_busy_as_long_as_it_has_work(busy: float) -> None:
    assert erlang_c(1, busy) == pytest.approx(busy)
    assert mean_wait(1, busy, 1.0) == pytest.approx(busy / (1 - busy))


@pytest.mark.parametrize(
    ("rate", "service_rate", "servers", "queue"),
    # Gross and Harris; RossettiArenaBook, chapter 11
    [
        (5, 6, 1, 4.1667),
        (6, 3, 3, 8 / 9),
        (10, 12, 1, 4.1667),
        (20, 6, 4, 3.2886),
        (20, 6, 5, 0.6533),
        (3.84, 2.4, 3, 0.3129),
    ],
)
def test_mean_queue_of_published_cases(
    rate: float, service_rate: float, servers: int, queue: float
) -> None:
    """Little's law turns the mean wait into the mean queue."""
    assert rate * mean_wait(servers, rate, 1 / service_rate) == pytest.approx(queue, abs=6e-5)


@pytest.mark.parametrize(
    ("servers", "published"), [(1, 0.586182), (2, 0.050972), (3, 0.019034), (4, 0.013022)]
)
def test_four_or_more_in_the_system(servers: int, published: float) -> None:
    """Arrivals 0.5, mean service 1.75 (RossettiArenaBook, chapter 11)."""
    load = 0.5 * 1.75
    found = erlang_c(servers, load) * (load / servers) ** (4 - servers)
    assert found == pytest.approx(published, abs=6e-7)


def test_waits_longer_than_a_limit() -> None:
    assert wait_exceeds(1, 5.0, 1 / 6, 1.0) == pytest.approx(0.3065662, abs=5e-8)
    assert wait_exceeds(3, 6.0, 1 / 3, 0.0) == pytest.approx(1 - 5 / 9)
    assert wait_exceeds(3, 6.0, 1 / 3, 0.0) == erlang_c(3, 2.0)


@TRIED
@given(st.integers(1, 9), st.floats(0.05, 0.95), st.floats(0.1, 100))
def test_the_mean_wait_is_the_integral_of_its_tail(
    servers: int, busy: float, service: float
) -> None:
    rate = busy * servers / service
    limits = np.linspace(0, 60 * service / (servers * (1 - busy)), 20_001)
    tail = [wait_exceeds(servers, rate, service, limit) for limit in limits[::100]]
    area = np.trapezoid(tail, limits[::100])
    assert mean_wait(servers, rate, service) == pytest.approx(area, rel=0.02)


# -------------------------------------------------------------------------- recursions


ARRIVALS = np.array([0.397, 1.02, 1.10, 1.17, 1.40, 2.92, 3.57, 3.85, 4.36, 4.43])
SERVICES = np.array([0.422, 2.18, 3.22, 0.558, 0.595, 0.977, 0.210, 0.308, 1.11, 0.774])


def test_two_lanes_follow_a_published_trace() -> None:
    """V15, the README of queuecomputer, printed to three digits."""
    starts = fcfs_starts(ARRIVALS, SERVICES, 2)
    departures = [0.820, 3.20, 4.31, 3.76, 4.35, 5.29, 4.56, 4.87, 5.98, 6.07]
    waits = [0, 0, 0, 2.03, 2.36, 1.39, 0.781, 0.706, 0.512, 0.856]
    np.testing.assert_allclose(starts + SERVICES, departures, atol=0.011)
    np.testing.assert_allclose(starts - ARRIVALS, waits, atol=0.011)


@TRIED
@given(
    st.lists(st.tuples(st.floats(0, 20), st.floats(0, 20)), min_size=1, max_size=30),
)
def test_one_lane_follows_lindley(people: list[tuple[float, float]]) -> None:
    arrivals = np.cumsum([gap for gap, _ in people])
    services = np.array([service for _, service in people])
    free, expected = -math.inf, []
    for arrival, service in zip(arrivals, services, strict=True):
        expected.append(max(arrival, free))
        free = expected[-1] + service
    np.testing.assert_array_equal(fcfs_starts(arrivals, services, 1), expected)


@TRIED
@given(
    st.lists(st.tuples(st.floats(0, 20), st.floats(0, 60)), min_size=1, max_size=30),
    st.integers(1, 6),
)
def test_a_lane_more_delays_nobody(people: list[tuple[float, float]], lanes: int) -> None:
    arrivals = np.cumsum([gap for gap, _ in people])
    services = np.array([service for _, service in people])
    few, more = (fcfs_starts(arrivals, services, n) for n in (lanes, lanes + 1))
    assert (more <= few).all()
    assert (more >= arrivals).all()
    enough = fcfs_starts(arrivals, services, len(people))
    np.testing.assert_array_equal(enough, arrivals)


@TRIED
@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=1, max_size=40),
)
def test_fluid_follows_lindley_interval_by_interval(flow: list[tuple[float, float]]) -> None:
    level, expected = 0.0, []
    for arriving, capacity in flow:
        level = max(0.0, level + arriving - capacity)
        expected.append(level)
    arriving, capacity = (np.array(x) for x in zip(*flow, strict=True))
    np.testing.assert_allclose(fluid_queue(arriving, capacity), expected, atol=1e-9)


def test_fluid_queue_of_a_park_gate() -> None:
    """V16: 480 an hour for 20 min, then 120; 240 an hour pass (Mannering and Washburn)."""
    arriving = np.array([8.0] * 20 + [2.0] * 60)
    queue = fluid_queue(arriving, np.full(80, 4.0))
    assert queue.max() == 80
    assert queue[19] == 80
    assert np.flatnonzero(queue > 0)[-1] + 1 == 59  # the last minute that ends with a queue
    assert queue.sum() == 2400  # vehicle-minutes: straight lines, so the sum is exact


def test_fluid_takes_many_days_at_once() -> None:
    arriving = np.array([[3.0, 0.0, 5.0], [0.0, 9.0, 0.0]])
    found = fluid_queue(arriving, [2.0, 2.0, 2.0])
    np.testing.assert_array_equal(found, [[1.0, 0.0, 3.0], [0.0, 7.0, 5.0]])
