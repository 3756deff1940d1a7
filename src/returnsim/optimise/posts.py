"""The stations of a gate, as a bound needs them."""

from collections.abc import Iterator
from dataclasses import dataclass

from returnsim.model.day import temperature_stage
from returnsim.optimise.line import line_of
from returnsim.scenario.campus import FAST
from returnsim.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Post:
    """One station, and what a cut over its queue needs."""

    gate: int
    station: int
    share: float
    """Share of people who pass it."""
    mean: float
    cv2: float
    lanes: int
    staff: float
    """People on duty at one lane."""
    slack: float
    """People who may have begun elsewhere, and those allowed for the normal curve."""


def posts(scenario: Scenario, number: int) -> Iterator[Post]:
    """Stations of a gate that everybody passes, or all but a share."""
    gate = scenario.gates[number]
    line = line_of(gate)
    alarms = scenario.screening.alarms
    alarmed = max(alarms.hit, alarms.false_alarm)
    alarmed = min(alarmed, scenario.screening.fever_prevalence + alarms.false_alarm)
    fast = gate.fast_lane.share if gate.fast_lane else 0.0
    upstream = 0
    for k, name in enumerate(line.names):
        if k >= line.chain and name != FAST:
            continue  # desks see one batch only
        cv2, lanes = 2 * float(line.spread[k]) - 1, line.lanes[k]
        share = fast if name == FAST else 1 - fast
        if k >= temperature_stage(gate):
            share *= 1 - alarmed  # away for a second reading
        slack = 1.0 + (upstream if k < line.chain else 0)
        mean = float(line.mean[k])
        yield Post(number, k, share, mean, cv2, lanes.lanes, lanes.staff_per_lane, slack)
        upstream += lanes.lanes
