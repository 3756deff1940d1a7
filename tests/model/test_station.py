"""One station alone: lanes that open and close under a queue."""

import math

import simpy

from returnsim.model.journeys import keep_open
from returnsim.model.station import Station

NEVER = math.inf


def serve(
    lanes: list[tuple[float, int]], people: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Let people come (arrival, service) to one station; return when each began and ended."""
    env = simpy.Environment()
    arrived, began, ended = ([math.nan] * len(people) for _ in range(3))
    station = Station(env, arrived, began, ended)
    for moment, number in lanes:
        keep_open(env, station, moment, number)

    def person(ticket: int, moment: float, service: float) -> simpy.events.ProcessGenerator:
        yield env.timeout(moment)
        yield station.serve(ticket, service)
        assert env.now == ended[ticket]

    for ticket, (moment, service) in enumerate(people):
        env.process(person(ticket, moment, service))
    env.run()
    assert arrived == [moment for moment, _ in people]
    return list(zip(began, ended, strict=True))


def test_whoever_finds_a_free_lane_is_served_at_once() -> None:
    assert serve([(0, 2)], [(1, 10), (2, 10)]) == [(1, 11), (2, 12)]


def test_the_first_in_line_takes_the_lane_that_frees_first() -> None:
    people = [(0.0, 10.0), (1.0, 5.0), (2.0, 1.0), (3.0, 1.0)]
    assert serve([(0, 2)], people) == [(0, 10), (1, 6), (6, 7), (7, 8)]


def test_a_short_check_does_not_overtake() -> None:
    assert serve([(0, 1)], [(0, 10), (1, 8), (2, 1)])[1:] == [(10, 18), (18, 19)]


def test_a_closing_lane_finishes_the_person_in_front_of_it() -> None:
    assert serve([(0, 1), (5, 0)], [(0, 20)]) == [(0, 20)]


def test_those_in_line_when_a_lane_closes_wait_for_the_next_shift() -> None:
    people = [(0.0, 20.0), (1.0, 4.0), (2.0, 4.0)]
    assert serve([(0, 1), (5, 0), (100, 1)], people) == [(0, 20), (100, 104), (104, 108)]


def test_those_in_line_go_to_the_lanes_that_are_left() -> None:
    people = [(0.0, 10.0), (0.0, 20.0), (1.0, 5.0), (2.0, 5.0)]
    assert serve([(0, 2), (5, 1)], people) == [(0, 10), (0, 20), (20, 25), (25, 30)]


def test_a_lane_still_busy_after_closing_counts_against_the_lanes_of_the_next_shift() -> None:
    people = [(0.0, 100.0), (1.0, 5.0)]
    assert serve([(0, 1), (5, 0), (10, 1)], people) == [(0, 100), (100, 105)]
    assert serve([(0, 1), (5, 0), (10, 2)], people) == [(0, 100), (10, 15)]


def test_new_lanes_take_people_from_the_line_at_once() -> None:
    people = [(0.0, 50.0), (1.0, 5.0), (2.0, 5.0), (3.0, 5.0)]
    assert serve([(0, 1), (10, 3)], people)[1:] == [(10, 15), (10, 15), (15, 20)]


def test_whoever_comes_before_the_gate_opens_waits_outside() -> None:
    assert serve([(30, 1)], [(0, 10), (1, 10)]) == [(30, 40), (40, 50)]


def test_nobody_is_ever_served_when_no_lane_opens_again() -> None:
    people = [(0.0, 20.0), (1.0, 4.0), (6.0, 4.0)]
    waiting = (NEVER, NEVER)
    assert serve([(0, 1), (5, 0)], people) == [(0, 20), waiting, waiting]


def test_a_station_without_lanes_serves_nobody() -> None:
    assert serve([], [(0, 1)]) == [(NEVER, NEVER)]


def test_a_lane_that_closes_at_the_very_moment_somebody_comes_is_closed() -> None:
    assert serve([(0, 1), (5, 0)], [(5, 1)]) == [(NEVER, NEVER)]


def test_a_lane_that_opens_at_the_very_moment_somebody_comes_is_open() -> None:
    assert serve([(5, 1)], [(5, 1)]) == [(5, 6)]
