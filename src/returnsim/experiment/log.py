"""The event log of one simulated day, visit by visit."""

from collections.abc import Iterator

from returnsim.experiment.study import Study, journeys
from returnsim.model.day import prepare

HEADER = ("day", "replication", "party", "person", "station", "arrived", "began", "ended")


def first_day(study: Study) -> Iterator[tuple[object, ...]]:
    """Rows of every visit of the first replication of each day, as SimPy tells it.

    Times are in seconds after midnight; `began` and `ended` are infinite for somebody who is
    never served. People are numbered within their class or group of staff.
    """
    from returnsim.model.simulate import simulate  # noqa: PLC0415

    for day in study.days:
        path = journeys(prepare(study.scenario, study.plan, day), study.seed, 0, 1)
        for v in simulate(path).visits():
            times = (round(v.arrived, 3), round(v.began, 3), round(v.ended, 3))
            yield (day.isoformat(), v.replication, v.party, v.person, v.station, *times)
