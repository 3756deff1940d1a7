"""The event log of a day."""

import math

from builders import a_plan
from model.days import RETURN, SEVEN, a_day, at, chance, luck, one_class

from returnsim.experiment.log import HEADER, first_day
from returnsim.experiment.study import Study
from returnsim.model.itinerary import itineraries
from returnsim.model.simulate import simulate

TEN = SEVEN + 600
"""When the tiny school's first slot begins, and all of its class come."""


def test_the_tiny_class_moves_as_worked_out_with_pencil_and_paper() -> None:
    """The table of scenarios/tiny/README.md."""
    day = a_day()
    trace = simulate(itineraries(day, luck(day)))
    gate, door = at(trace, "gate/check"), at(trace, "door/9-1")
    waits = [gate[p][1] - gate[p][0] for p in range(10)]
    assert waits == [0, 0, 30, 30, 60, 60, 90, 90, 120, 120]
    through = [gate[p][2] - TEN for p in range(10)]
    assert through == [30, 30, 60, 60, 90, 90, 120, 120, 150, 150]
    assert [door[p][0] - TEN for p in range(10)] == [t + 60 for t in through]
    seated = [95, 100, 125, 130, 155, 160, 185, 190, 215, 220]
    assert [door[p][2] - TEN for p in range(10)] == seated


def test_visits_are_listed_in_the_order_of_arrival() -> None:
    day = a_day()
    visits = list(simulate(itineraries(day, luck(day, replications=2))).visits())
    assert len(visits) == 2 * 20
    for r in range(2):
        mine = [v for v in visits if v.replication == r]
        assert [v.arrived for v in mine] == sorted(v.arrived for v in mine)
        assert [v.person for v in mine if v.station == "gate/check"] == list(range(1, 11))
    assert {v.party for v in visits} == {"9-1"}
    assert {v.station for v in visits} == {"gate/check", "door/9-1"}
    assert visits[2][3:] == ("gate/check", TEN, TEN + 30, TEN + 60)


def test_whoever_is_never_served_is_listed_with_infinite_times() -> None:
    school = one_class()
    shift = a_plan(school).lanes[0]
    late = shift.model_copy(update={"ends": shift.begins.replace(minute=11)})
    day = a_day(school, a_plan(school, lanes=[late]))
    visits = list(simulate(itineraries(day, luck(day))).visits())
    served = [v for v in visits if math.isfinite(v.began)]
    assert len([v for v in visits if v.station == "gate/check"]) == 10
    assert len([v for v in served if v.station == "gate/check"]) == 4
    assert all(v.ended == math.inf for v in visits if v not in served)


def test_the_log_of_a_study_holds_the_first_day_of_each_date() -> None:
    school = one_class()
    study = Study(school, a_plan(school), seed=1, replications=64)
    rows = list(first_day(study))
    assert all(len(row) == len(HEADER) for row in rows)
    assert [str(d) for d in study.days] == sorted({str(row[0]) for row in rows})
    mine = [row for row in rows if row[0] == RETURN.isoformat()]
    day = a_day(school)
    told = simulate(itineraries(day, chance(day)))
    assert [row[5:] for row in mine] == [(v.arrived, v.began, v.ended) for v in told.visits()]
