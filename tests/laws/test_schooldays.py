"""What holds on every whole day: engines equal, nobody in two places, nothing used twice."""

import numpy as np
from hypothesis import given
from laws.mornings import LAW, Morning
from laws.schooldays import school_days
from laws.test_engines import agree

from returnsim.model.kernel import replay
from returnsim.plan.misfits import misfits


@LAW
@given(school_days(ties=False))
def test_engines_agree_on_a_whole_day(day: Morning) -> None:
    agree(day.path)


@LAW
@given(school_days(ties=True))
def test_engines_agree_on_a_whole_day_full_of_ties(day: Morning) -> None:
    agree(day.path)


@LAW
@given(school_days(ties=False))
def test_plans_of_whole_days_fit(day: Morning) -> None:
    assert [p for p in misfits(day.plan, day.scenario) if p.code != "before_its_turn"] == []


@LAW
@given(school_days(ties=True))
def test_nobody_is_in_two_places(day: Morning) -> None:
    trace = replay(day.path)
    for r, p in np.ndindex(trace.arrived.shape[:2]):
        taken = ~np.isnan(trace.arrived[r, p])
        arrived, ended = trace.arrived[r, p, taken], trace.ended[r, p, taken]
        assert (arrived[1:] >= ended[:-1]).all()


@LAW
@given(school_days(ties=True))
def test_nobody_sets_out_before_it_is_time(day: Morning) -> None:
    trace, path = replay(day.path), day.path
    since = path.day.leaves[path.day.party_of] + path.travel
    taken = ~np.isnan(trace.arrived)
    assert (trace.arrived >= since)[taken].all()


@LAW
@given(school_days(ties=True))
def test_no_more_are_served_than_lanes_are_open(day: Morning) -> None:
    """Nobody begins while as many are being served as there are lanes, or the place is closed."""
    trace, path = replay(day.path), day.path
    for r in range(trace.replications):
        for station in range(len(path.day.places)):
            here = (path.station[r] == station) & np.isfinite(trace.began[r])
            began, ended = trace.began[r][here], trace.ended[r][here]
            steps = path.openings.of(station, r)
            for moment in began:
                lanes = [n for since, n in steps if since <= moment]
                served = ((began <= moment) & (ended > moment)).sum()
                instant = ((began == moment) & (ended == moment)).sum()
                assert served <= lanes[-1] or instant, path.day.places[station].name
