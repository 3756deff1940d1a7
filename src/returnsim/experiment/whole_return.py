"""The whole return, day after day: who is on campus, what it uses up, and what runs out.

Each school day is played like any other (`returnsim.experiment.study`). What it leaves behind
goes into the next: people sent home with a fever stay there, stores are emptier, orders are
on their way. Days without lessons are a line of arithmetic.
"""

from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.store_luck import StoreLuck
from returnsim.experiment.streams import BLOCK
from returnsim.experiment.study import Engine, Progress, Study, Summary, shared_out
from returnsim.experiment.term import Term
from returnsim.experiment.workers import Jobs
from returnsim.measure.returns import cover_left, of_return
from returnsim.rules.audit import Key

Floats = NDArray[np.float64]
Samples = dict[Key, Floats]


def run_return(
    study: Study,
    *,
    jobs: Jobs = 1,
    engine: Engine = "kernel",
    progress: Progress | None = None,
) -> Summary:
    """Play the whole return; the same study gives the same numbers on any number of workers.

    Every quantity of every school day, as a study of that day would have it, and those that
    only the whole has: stores, orders, people kept at home.

    Parameters
    ----------
    study
        Scenario (with its `after_return`), plan, seed and replications.
    jobs
        Workers here: threads for the kernel, processes for SimPy; or others, such as a
        cluster.
    engine
        The compiled kernel, or SimPy itself.
    progress
        Called after every block.
    """
    count = -(-study.replications // BLOCK)
    sizes = [min(BLOCK, study.replications - block * BLOCK) for block in range(count)]
    tasks = [(block, size, engine) for block, size in enumerate(sizes)]
    parts = shared_out(study, play_block, tasks, jobs, engine, progress)
    samples = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    played = replace(study, on=school_days(study))
    return Summary(played, samples | cover_left(samples))


def school_days(study: Study) -> tuple[date, ...]:
    """Days with lessons from the first return to the end of the calendar."""
    first = study.plan.return_days[0]
    return tuple(d for d in study.scenario.calendar.school_days if d >= first)


def play_block(study: Study, block: int, size: int, engine: Engine) -> Samples:
    """Play one block of replications from the first order to the last day."""
    rules = study.scenario.after_return
    if rules is None:
        raise ValueError("the scenario does not say what holds after the return")
    luck = StoreLuck(study.seed, block, size)
    term = Term(study.scenario, study.plan, luck, rules, engine)
    standing = term.beginning()
    found: Samples = {}
    for number, day in enumerate(term.keeping.dates):
        standing, samples = term.live(number, day, standing)
        found |= samples
    return found | of_return(study.scenario, standing.stores)


def engines_differ(study: Study, replications: int = 1) -> float:
    """Play the whole return on both engines; the largest difference of any measure.

    Infinite when the engines do not even measure the same things.
    """
    one, two = (play_block(study, 0, replications, engine) for engine in ENGINES)
    if one.keys() != two.keys():
        return float("inf")
    return max(float(np.max(np.abs(one[key] - two[key]))) for key in one)


ENGINES: tuple[Engine, Engine] = ("kernel", "simpy")
