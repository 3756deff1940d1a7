"""A plan, played out on many days."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.streams import BLOCK, streams
from returnsim.experiment.workers import Jobs, Part, Task, local, pack, unpacked
from returnsim.measure.planned import days_of_cover, planned
from returnsim.model.day import SchoolDay, prepare
from returnsim.model.draws import Draws, draw
from returnsim.model.itinerary import Itineraries, itineraries
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Told how many blocks are done, of how many."""
Engine = Literal["kernel", "simpy"]


@dataclass(frozen=True)
class Study:
    """All that a result depends on; the number of workers is not among it."""

    scenario: Scenario
    plan: Plan
    seed: int | tuple[int, ...]
    replications: int
    on: tuple[date, ...] = ()
    """Days to play; empty means the days on which something changes."""

    @property
    def days(self) -> tuple[date, ...]:
        """Days that are played."""
        return self.on or assessed_days(self.scenario, self.plan)

    def exact_on_kernel(self, day: date) -> bool:
        """Whether the kernel can tell a day exactly; SimPy plays it otherwise."""
        from returnsim.model.kernel import can_replay  # noqa: PLC0415

        return can_replay(prepare(self.scenario, self.plan, day))


@dataclass(frozen=True)
class Summary:
    """Every quantity of a study, replication by replication and as an estimate."""

    study: Study
    samples: dict[Key, Floats]
    """One number per replication, in the order of the replications."""

    @property
    def replications(self) -> int:
        """Days simulated for each day of the calendar."""
        return self.study.replications

    def evidence(self, confidence: float | None = None) -> dict[Key, Estimate]:
        """Estimate every quantity, those that are certain from the plan included.

        Parameters
        ----------
        confidence
            Of every interval; the scenario's own when left out.
        """
        level = self.study.scenario.limits.confidence if confidence is None else confidence
        scenario, plan = self.study.scenario, self.study.plan
        found = planned(scenario, plan)
        found |= {key: estimate(key.quantity, x, level) for key, x in self.samples.items()}
        return found | days_of_cover(scenario, plan, found)


def estimate(quantity: Quantity, sample: Floats, confidence: float) -> Estimate:
    """Estimate a probability for shares of days, a mean for everything else.

    Shares of people lie between 0 and 1, which bounds what was never seen to differ.
    """
    if quantity.is_risk:
        return Estimate.proportion(int(sample.sum()), sample.size, confidence=confidence)
    if quantity.unit == "share":
        return Estimate.share(sample, confidence=confidence)
    return Estimate.of(sample, confidence=confidence)


def assessed_days(scenario: Scenario, plan: Plan) -> tuple[date, ...]:
    """Days on which something changes: each batch's first, and the day after the last."""
    firsts = plan.return_days
    after = [d for d in scenario.calendar.school_days if d > firsts[-1]]
    return (*firsts, *after[:1])


def journeys(
    day: SchoolDay, seed: int | tuple[int, ...], block: int, replications: int
) -> Itineraries:
    """Journeys of one block of replications of a day."""
    return itineraries(day, draw(day, streams(seed, day.day, block), replications))


def _blocks(replications: int) -> list[tuple[int, int]]:
    """Numbers and sizes of the blocks that hold so many replications."""
    return [
        (block, min(BLOCK, replications - block * BLOCK))
        for block in range(-(-replications // BLOCK))
    ]


STEPS = 2**20
"""Steps of journeys that are played at once: few enough to be measured while still at hand."""


def parts(day: SchoolDay, replications: int) -> list[slice]:
    """Cut a block into parts that are played one after the other; nothing depends on it."""
    number = -(-replications * day.persons * day.columns // STEPS)
    size = -(-replications // number)
    return [slice(first, first + size) for first in range(0, replications, size)]


def play(study: Study, day: date, block: int, size: int, engine: Engine) -> dict[Key, Floats]:
    """Play one block of one day and measure it."""
    school_day = prepare(study.scenario, study.plan, day)
    return played(school_day, draw(school_day, streams(study.seed, day, block), size), engine)


def played(day: SchoolDay, draws: Draws, engine: Engine = "kernel") -> dict[Key, Floats]:
    """Let a block of a day happen, part after part, and measure it."""
    from returnsim.measure.evidence import conserve, measure  # noqa: PLC0415  (slow to load)
    from returnsim.model.kernel import can_replay  # noqa: PLC0415

    if engine == "simpy" or not can_replay(day):
        from returnsim.model.simulate import simulate as happen  # noqa: PLC0415
    else:
        from returnsim.model.kernel import replay as happen  # noqa: PLC0415
    found = [
        measure(happen(itineraries(day, draws.part(rows))))
        for rows in parts(day, draws.replications)
    ]
    measures = _join(found)
    conserve(measures)
    return measures


def far(packed: bytes, work: Callable[..., Part], *task: Any) -> Part:
    """Do work on a study that came as bytes, as somewhere else it does."""
    return work(unpacked(_study, packed), *task)


def shared_out(
    study: Study,
    work: Callable[..., Part],
    tasks: Sequence[Task],
    jobs: Jobs,
    engine: Engine,
    progress: Progress | None,
) -> list[Part]:
    """Have the workers do `work(study, *task)` for every task; the parts in their order."""
    slow = engine == "simpy" or not any(map(study.exact_on_kernel, study.days))
    team = local(jobs, keeps_lock=slow) if isinstance(jobs, int) else jobs
    if team.far:
        doing = team.do(far, packed(study), [(work, *task) for task in tasks])
    else:
        doing = team.do(work, study, tasks)
    parts: list[Part] = []
    for part in doing:
        parts.append(part)
        if progress:
            progress(len(parts), len(tasks))
    return parts


def packed(study: Study) -> bytes:
    """What a worker elsewhere must know: scenario, plan and seed as plain data."""
    given = (study.scenario.model_dump(by_alias=True), study.plan.model_dump(by_alias=True))
    return pack(*given, study.seed, study.replications, study.on)


def _study(scenario: Any, plan: Any, *rest: Any) -> Study:
    return Study(Scenario.model_validate(scenario), Plan.model_validate(plan), *rest)


def run(
    study: Study,
    *,
    jobs: Jobs = 1,
    engine: Engine = "kernel",
    progress: Progress | None = None,
) -> Summary:
    """Estimate every quantity; the same study gives the same numbers on any number of workers.

    Parameters
    ----------
    study
        Scenario, plan, seed and replications.
    jobs
        Workers here: threads for the kernel, processes for SimPy; or others, such as a
        cluster.
    engine
        The compiled kernel, or SimPy itself.
    progress
        Called after every block.
    """
    return _run(study, 0, jobs, engine, progress)


def extend(
    summary: Summary,
    replications: int,
    *,
    jobs: Jobs = 1,
    engine: Engine = "kernel",
    progress: Progress | None = None,
) -> Summary:
    """Add replications to a summary; the same as having asked for them at once.

    What is there already must fill whole blocks.
    """
    done = summary.replications
    if done % BLOCK:
        raise ValueError(f"{done} replications do not fill whole blocks of {BLOCK}")
    study = replace(summary.study, replications=replications)
    more = _run(study, done // BLOCK, jobs, engine, progress)
    return Summary(study, _join([summary.samples, more.samples]))


def first_of(summary: Summary, replications: int) -> Summary:
    """Return the first replications alone; the same as having asked for no more."""
    study = replace(summary.study, replications=replications)
    return Summary(study, {key: x[:replications] for key, x in summary.samples.items()})


def _run(
    study: Study, first: int, jobs: Jobs, engine: Engine, progress: Progress | None
) -> Summary:
    blocks = _blocks(study.replications)[first:]
    tasks = [(day, *block, engine) for day in study.days for block in blocks]
    return Summary(study, _join(shared_out(study, play, tasks, jobs, engine, progress)))


def _join(parts: Iterable[dict[Key, Floats]]) -> dict[Key, Floats]:
    gathered: dict[Key, list[Floats]] = {}
    for part in parts:
        for key, values in part.items():
            gathered.setdefault(key, []).append(values)
    return {key: np.concatenate(values) for key, values in gathered.items()}


def engines_differ(study: Study, replications: int = 2) -> float:
    """Play a few replications of every day on both engines; the largest difference [s].

    Infinite when the engines do not even agree on who was served; not a number when there is
    no day that the kernel can tell exactly.
    """
    from returnsim.model.kernel import replay  # noqa: PLC0415
    from returnsim.model.simulate import simulate  # noqa: PLC0415

    both_tell = list(filter(study.exact_on_kernel, study.days))
    largest = 0.0 if both_tell else float("nan")
    for day in both_tell:
        path = journeys(prepare(study.scenario, study.plan, day), study.seed, 0, replications)
        one, two = simulate(path), replay(path)
        for a, b in ((one.arrived, two.arrived), (one.began, two.began), (one.ended, two.ended)):
            if not np.array_equal(np.isfinite(a), np.isfinite(b)):
                return float("inf")
            both = np.isfinite(a)
            largest = max(largest, float(np.max(np.abs(a[both] - b[both]), initial=0.0)))
    return largest
