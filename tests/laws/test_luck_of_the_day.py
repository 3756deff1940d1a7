"""Luck is indexed by who and what for: whole days, changed in one place, differ in that place."""

from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from laws.mornings import LAW, Morning
from laws.schooldays import plans, school_days, whole_days
from model.days import chance

from returnsim.model.day import SchoolDay, prepare
from returnsim.model.draws import Draws
from returnsim.model.itinerary import itineraries
from returnsim.scenario.scenario import Scenario


def changed(school: Scenario, **tables: Any) -> Scenario:
    return Scenario.model_validate(school.model_dump(by_alias=True, exclude_none=True) | tables)


def luck_of(draws: Draws, day: SchoolDay, party: str) -> dict[str, Any]:
    of = next(p for p in day.parties if p.name == party)
    return {what: u[:, of.first : of.first + of.size] for what, u in draws.people.items()}


@LAW
@given(st.data())
def test_an_added_class_changes_nobody_else_s_luck(data: st.DataObject) -> None:
    school = data.draw(whole_days(ties=False))
    rows = [c.model_dump(exclude_none=True) for c in school.classes]
    extra = rows[-1] | {"name": "newcomers", "boarders": 0, "home_at_noon": 0}
    first = data.draw(st.booleans())
    larger = changed(school, classes=[extra, *rows] if first else [*rows, extra])
    days = []
    for given_ in (school, larger):
        plan = data.draw(plans(given_))
        days.append(prepare(given_, plan, given_.calendar.school_days[0]))
    luck = [chance(day, seed=5, replications=2) for day in days]
    for party in days[0].parties:
        before, after = (
            luck_of(draws, day, party.name) for draws, day in zip(luck, days, strict=True)
        )
        assert {"offset", "fever", "service home"} <= before.keys() & after.keys()
        for what in before.keys() & after.keys():
            np.testing.assert_array_equal(before[what], after[what], err_msg=what)
    for thing, numbers in luck[0].things.items():
        if thing.startswith(("bus", "crew")):
            np.testing.assert_array_equal(numbers, luck[1].things[thing])


SLOWER = ("door_seconds", "wash_seconds", "serving_seconds", "eating_minutes")


@LAW
@given(school_days(ties=False), st.sampled_from(SLOWER))
def test_a_longer_mean_makes_everybody_slower_there_and_nobody_elsewhere(
    day: Morning, what: str
) -> None:
    halls = [c.model_dump(exclude_none=True) for c in day.scenario.canteens]
    for hall in halls:
        for key in ("mean", "low", "high", "value"):
            if hall[what].get(key) is not None:
                hall[what] = hall[what] | {key: 2 * hall[what][key] + 1}
    slower = prepare(changed(day.scenario, canteens=halls), day.plan, day.path.day.day)
    before = itineraries(day.path.day, chance(day.path.day, seed=5, replications=2))
    after = itineraries(slower, chance(slower, seed=5, replications=2))
    np.testing.assert_array_equal(before.station, after.station)
    change = np.where(before.station >= 0, after.service - before.service, 0.0)
    kind = {"door_seconds": "check", "wash_seconds": "wash", "serving_seconds": "serving"}
    columns = [c for c, leg in slower.side_steps if leg.name == f"lunch/{kind.get(what, 'seat')}"]
    assume(columns)
    touched = np.zeros(change.shape, dtype=bool)
    touched[:, :, columns] = before.station[:, :, columns] >= 0
    assert (change[touched] > 0).all()
    assert (change[~touched] == 0).all()
