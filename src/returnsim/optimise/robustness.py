"""What becomes of a plan when the day is worse than the scenario says.

The plan is played again on the same luck in scenarios that are changed in one respect; its
limits are not. How much slower service may become before a limit breaks is the slack left.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from returnsim.experiment.assessment import Assessment
from returnsim.experiment.study import Study, run
from returnsim.experiment.workers import Jobs
from returnsim.optimise.rank import at_gates
from returnsim.optimise.steps import Report
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.campus import FAST
from returnsim.scenario.scenario import Scenario

Name = Literal["as_given", "slower", "turnout", "ignoring", "lane"]
SLOWER, TURNOUT, IGNORING = 1.2, 0.05, 0.10
"""Service times by a fifth; points of turn-out; share who take no notice of their slot."""
REPLICATIONS = 128
STEP, MOST = 0.05, 1.5
"""Service times are raised in steps of this, up to this many times as long."""
SCALED = ("value", "low", "high", "mode", "mean", "sd")


@dataclass(frozen=True, slots=True)
class Stress:
    """The plan on days that are worse in one respect."""

    name: Name
    amount: float
    """How much worse: a factor, points or a share, as the name says."""
    place: str
    """Gate and stage of the lane that fails; empty otherwise."""
    crowded: float
    """Share of days on which the fullest gate has more people than places."""
    long_waits: float
    """Share of days on which somebody waits too long, at the worst gate."""
    in_time: float
    """Share seated by the bell, of the class that does worst."""
    longest_queue: float
    """Longest queue of the fullest gate, mean [people]."""
    kept: bool
    """Whether every limit is still kept on average."""


@dataclass(frozen=True, slots=True)
class Robustness:
    """Every stress, and the slack that is left."""

    stresses: tuple[Stress, ...]
    slack: float
    """How many times as long services may take with all limits kept; 1 for no slack."""
    replications: int


def robustness(
    found: Assessment,
    jobs: Jobs,
    report: Report,
    expired: Callable[[], bool] = lambda: False,
) -> Robustness | None:
    """Try a plan in worse scenarios; none if the time is up before all have been tried."""
    if expired():
        return None
    study = found.summary.study
    day = fullest_day(found)
    tried = _Tried(study.scenario, found.plan, study.seed, day, jobs)
    lane, without = weakest(found)
    absent = study.scenario.arrivals.absent_probability
    ignoring = max(IGNORING, study.scenario.arrivals.ignore_slot_probability)
    steps: list[Callable[[], Stress]] = [
        lambda: tried.stress("as_given", 1.0),
        lambda: tried.stress("slower", SLOWER, slower(study.scenario, SLOWER)),
        lambda: tried.stress(
            "turnout",
            min(TURNOUT, absent),
            _with(study.scenario, absent_probability=max(0.0, absent - TURNOUT)),
        ),
        lambda: tried.stress(
            "ignoring", ignoring, _with(study.scenario, ignore_slot_probability=ignoring)
        ),
        lambda: replace(tried.stress("lane", 1.0, plan=without), place=lane),
    ]
    stresses = []
    for number, step in enumerate(steps):
        report("robustness", number, len(steps) + 1)
        if expired():
            return None
        stresses.append(step())
    slack = tried.slack(expired) if stresses[0].kept else 1.0
    return None if expired() else Robustness(tuple(stresses), slack, REPLICATIONS)


def fullest_day(found: Assessment) -> date:
    """Day on which some gate is fullest."""
    scenario = found.summary.study.scenario
    queues = {key: e.mean for key, e in at_gates(scenario, found.evidence, Q.LONGEST_QUEUE).items()}
    worst = max(queues, key=lambda key: queues[key])
    return date.fromisoformat(worst.day)


@dataclass(frozen=True, slots=True)
class _Tried:
    scenario: Scenario
    plan: Plan
    seed: int | tuple[int, ...]
    day: date
    jobs: Jobs

    def stress(
        self, name: Name, amount: float, scenario: Scenario | None = None, plan: Plan | None = None
    ) -> Stress:
        study = Study(
            scenario or self.scenario, plan or self.plan, self.seed, REPLICATIONS, (self.day,)
        )
        samples = run(study, jobs=self.jobs).samples

        def means(quantity: Q) -> list[float]:
            return [float(x.mean()) for key, x in samples.items() if key.quantity is quantity]

        limits = self.scenario.limits
        crowded, slow = max(means(Q.CROWDED_DAYS)), max(means(Q.LONG_WAIT_DAYS))
        seated = min(means(Q.SEATED_BY_BELL), default=1.0)
        kept = (
            crowded <= limits.crowding_risk
            and slow <= limits.wait_risk
            and seated >= limits.seated_by_bell_probability
        )
        queues = at_gates(self.scenario, samples, Q.LONGEST_QUEUE).values()
        queue = max(float(x.mean()) for x in queues)
        return Stress(name, amount, "", crowded, slow, seated, queue, kept)

    def slack(self, expired: Callable[[], bool]) -> float:
        """Largest factor on service times, in steps, up to which all limits are kept."""
        low, high = 0, round((MOST - 1) / STEP)
        while low < high and not expired():
            middle = (low + high + 1) // 2
            factor = 1 + middle * STEP
            kept = self.stress("slower", factor, slower(self.scenario, factor)).kept
            low, high = (middle, high) if kept else (low, middle - 1)
        return 1 + low * STEP


def slower(scenario: Scenario, factor: float) -> Scenario:
    """Return the scenario with services at the gates so many times as long."""
    raw = scenario.model_dump(by_alias=True)
    for gate in raw["gates"]:
        for lanes in (*gate["stages"], *([gate["fast_lane"]] if gate["fast_lane"] else [])):
            times = lanes["service_seconds"]
            for key in SCALED:
                if times.get(key) is not None:
                    times[key] *= factor
            if "values" in times:
                times["values"] = tuple(v * factor for v in times["values"])
    return Scenario.model_validate(raw)


def _with(scenario: Scenario, **arrivals: Any) -> Scenario:
    raw = scenario.model_dump(by_alias=True)
    raw["arrivals"] |= arrivals
    return Scenario.model_validate(raw)


def weakest(found: Assessment) -> tuple[str, Plan]:
    """Name the station whose lanes are busiest, and return the plan if one of them fails.

    Where not all lanes that there are stand open, one of the others takes its place.
    """
    scenario = found.summary.study.scenario
    open_lanes = {f"{s.gate}/{s.stage}" for s in found.plan.lanes}
    busy = {
        k: e.mean
        for k, e in found.evidence.items()
        if k.quantity is Q.BUSY_SHARE and k.place in open_lanes
    }
    key: Key = max(busy, key=lambda k: (busy[k], k.place))
    gate, _, stage = key.place.partition("/")
    lanes = scenario.gate_named[gate].lanes_of(stage if stage != FAST else FAST)
    left = (lanes.lanes if lanes else 1) - 1
    shifts = []
    for shift in found.plan.lanes:
        if (shift.gate, shift.stage) != (gate, stage):
            shifts.append(shift)
        elif min(shift.lanes, left):
            shifts.append(shift.model_copy(update={"lanes": min(shift.lanes, left)}))
    return key.place, found.plan.changed(lanes=tuple(shifts))
