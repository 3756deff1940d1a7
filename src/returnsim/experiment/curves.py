"""Queues over the minutes of a morning, for the eye."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.streams import BLOCK
from returnsim.experiment.study import journeys
from returnsim.model.day import prepare
from returnsim.plan.plan import Plan
from returnsim.scenario.scenario import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class QueueCurves:
    """Longest queue in every minute of one day, over many replications."""

    day: date
    gates: tuple[str, ...]
    places: tuple[int, ...]
    edges: Floats
    """Beginnings of the minutes and the end of the last [s after midnight]."""
    queue: Floats
    """Shape (replications, gates, minutes)."""
    arriving: Floats
    """People who reach the gate in each minute, mean, shape (gates, minutes)."""

    def quantile(self, share: float) -> Floats:
        """Queue not exceeded on this share of days, minute by minute, (gates, minutes)."""
        return np.quantile(self.queue, share, axis=0)


def queue_curves(
    scenario: Scenario, plan: Plan, day: date, seed: int, blocks: int = 3
) -> QueueCurves:
    """Play a day again and follow its queues; the same luck as a study of the same seed."""
    from returnsim.model.congestion import queue_by_minute  # noqa: PLC0415
    from returnsim.model.kernel import can_replay, replay  # noqa: PLC0415
    from returnsim.model.simulate import simulate  # noqa: PLC0415

    school_day = prepare(scenario, plan, day)
    happen = replay if can_replay(school_day) else simulate
    traces = [happen(journeys(school_day, seed, b, BLOCK)) for b in range(blocks)]
    starts = np.concatenate([t.journeys.start for t in traces])
    starts[:, school_day.lives_in] = np.nan
    came = starts[~np.isnan(starts)]
    if not came.size:  # a single moment, at which nobody comes
        came = np.array([min(p.due for p in school_day.parties)])
    first = np.floor(came.min() / 300) * 300
    last = max(t.began[np.isfinite(t.ended)].max(initial=first) for t in traces)
    edges = np.arange(first, min(last, came.max() + 3600) + 120, 60.0)
    queue = np.concatenate([queue_by_minute(t, edges) for t in traces])
    arriving = np.array(
        [
            np.histogram(starts[:, school_day.gate_of_person == g], edges)[0] / len(starts)
            for g in range(len(school_day.gates))
        ]
    )
    places = tuple(scenario.gate_named[g].places for g in school_day.gates)
    return QueueCurves(day, school_day.gates, places, edges, queue, arriving)
