"""Nobody is created, lost, or in two places at once."""

import numpy as np
from hypothesis import given
from laws.mornings import LAW, Morning, any_morning

from returnsim.measure.evidence import conserve, measure
from returnsim.measure.waiting import still_inside
from returnsim.model.itinerary import Outcome
from returnsim.model.kernel import replay
from returnsim.rules.quantity import Quantity as Q


@LAW
@given(any_morning())
def test_everybody_is_accounted_for(morning: Morning) -> None:
    trace = replay(morning.path)
    measures = measure(trace)
    conserve(measures)
    school = {key.quantity: x for key, x in measures.items() if key.place == ""}
    path = morning.path
    assert (school[Q.PLANNED] == path.day.persons).all()
    np.testing.assert_array_equal(school[Q.ABSENT], np.isnan(path.start).sum(axis=1))
    stuck = np.zeros(trace.replications)
    for r, p in np.ndindex(path.start.shape):
        stuck[r] += any(np.isinf(trace.began[r, p]))
    np.testing.assert_array_equal(school[Q.STILL_INSIDE], stuck)


@LAW
@given(any_morning())
def test_everybody_takes_their_steps_in_turn_as_far_as_they_get(morning: Morning) -> None:
    path, trace = morning.path, replay(morning.path)
    for r, p in np.ndindex(path.start.shape):
        ready = path.start[r, p]
        stuck = np.isnan(ready)
        for c in range(path.day.columns):
            times = trace.arrived[r, p, c], trace.began[r, p, c], trace.ended[r, p, c]
            if path.station[r, p, c] < 0 or stuck:
                assert np.isnan(times).all()
                continue
            arrived, began, ended = times
            assert arrived == ready + path.travel[r, p, c]
            assert arrived <= began
            assert ended == began + path.service[r, p, c]
            ready = ended
            stuck = np.isinf(began)


@LAW
@given(any_morning())
def test_the_outcome_says_where_everybody_ends(morning: Morning) -> None:
    path, trace = morning.path, replay(morning.path)
    day, through = path.day, ~still_inside(trace)
    names = [p.name for p in day.places]
    for r, p in np.argwhere(through):
        been = [names[s] for s in path.station[r, p] if s >= 0]
        party = day.parties[day.party_of[p]]
        match Outcome(path.outcome[r, p]):
            case Outcome.ABSENT:
                assert been == []
            case Outcome.ISOLATED:
                assert been[-1] == "isolation"
            case Outcome.TURNED_AWAY:
                assert day.is_held[p]
                assert been[-1].startswith(f"{party.gate}/")
            case _:
                assert not party.is_class or been[-1] == f"door/{party.name}"


@LAW
@given(any_morning())
def test_stations_are_met_in_ascending_order(morning: Morning) -> None:
    """What the kernel relies on."""
    for steps in morning.path.station.reshape(-1, morning.path.day.columns):
        met = [s for s in steps if s >= 0]
        assert met == sorted(set(met))
