"""Instruments that posts share: SimPy only, and the kernel says so."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.mornings import LAW, Morning
from laws.schooldays import school_days
from laws.test_engines import agree
from model.days import chance

from returnsim.model.day import prepare
from returnsim.model.itinerary import Itineraries, itineraries
from returnsim.model.kernel import NotExactError, can_replay, replay
from returnsim.model.simulate import simulate
from returnsim.model.trace import Trace


def sharing(day: Morning, number: int | None) -> Itineraries:
    """The same day, with canteens, dormitory and noon check sharing some thermometers."""
    raw = day.scenario.model_dump(by_alias=True, exclude_none=True)
    posts = [*(c["name"] for c in raw["canteens"]), "house", "noon check"]
    device: dict[str, Any] = {"name": "gun", "used_at": posts, "source": "made up"}
    if number is not None:
        device["shared_number"] = number
    raw["devices"] = [device]
    school = type(day.scenario).model_validate(raw)
    prepared = prepare(school, day.plan, day.path.day.day)
    return itineraries(prepared, chance(prepared, seed=3, replications=2))


def served(trace: Trace, stations: list[int], replication: int) -> tuple[Any, Any, Any]:
    """Arrived, began, ended at some stations in one replication."""
    here = np.isin(trace.journeys.station[replication], stations)
    times = (trace.arrived, trace.began, trace.ended)
    arrived, began, ended = (x[replication][here] for x in times)
    return arrived, began, ended


@LAW
@given(school_days(ties=True), st.integers(1, 2))
def test_no_more_serve_than_there_are_instruments(day: Morning, number: int) -> None:
    path = sharing(day, number)
    trace = simulate(path)
    stations = list(path.day.pools[0].stations)
    for r in range(trace.replications):
        _, began, ended = served(trace, stations, r)
        for moment in began[np.isfinite(began)]:
            busy = (began <= moment) & (ended > moment)
            instant = (began == moment) & (ended == moment)
            assert busy.sum() <= number or instant.any()


@LAW
@given(school_days(ties=False))
def test_an_instrument_for_everybody_is_as_good_as_one_of_one_s_own(day: Morning) -> None:
    alone, shared = simulate(sharing(day, None)), simulate(sharing(day, 10_000))
    np.testing.assert_array_equal(alone.began, shared.began)


@LAW
@given(school_days(ties=False))
def test_nobody_waits_while_an_instrument_and_a_lane_are_free(day: Morning) -> None:
    """Whoever begins later than they came does so when a lane or an instrument comes free."""
    path = sharing(day, 1)
    trace = simulate(path)
    stations = list(path.day.pools[0].stations)
    for r in range(trace.replications):
        arrived, began, ended = served(trace, stations, r)
        opened = {m for s in stations for m, _ in path.openings.of(s, r)}
        for came, start in zip(arrived, began, strict=True):
            if came < start < np.inf:
                assert start in opened or (ended == start).any()


def test_the_kernel_refuses_what_it_cannot_tell_exactly() -> None:
    seen = []

    @LAW
    @given(school_days(ties=False))
    def look(day: Morning) -> None:
        path = sharing(day, 1)
        assert not can_replay(path.day)
        with pytest.raises(NotExactError, match="gun"):
            replay(path)
        seen.append(path)

    look()
    assert seen


@LAW
@given(school_days(ties=True))
def test_instruments_of_one_s_own_are_no_reason_to_refuse(day: Morning) -> None:
    path = sharing(day, None)
    assert can_replay(path.day)
    agree(path)
