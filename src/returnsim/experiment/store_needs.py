"""What the whole return asks of every store, if none ever ran out: the demand to plan for.

Up to the moment at which a store runs out, a return is the same whatever was in it. So whether
it runs out can be told from what would have been asked of a store without bottom, for any
order and any levels, without playing a single day again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.store_luck import StoreLuck
from returnsim.experiment.stores import Storekeeping
from returnsim.experiment.streams import BLOCK
from returnsim.experiment.study import Progress, Study, shared_out
from returnsim.experiment.term import Standing, Term
from returnsim.experiment.workers import Jobs
from returnsim.model.aftermath import in_use
from returnsim.model.day import prepare
from returnsim.model.stockroom import LEAST, Levels, Stockroom
from returnsim.scenario.supply import Supply

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
BOTTOMLESS = 1e7
"""Units that no school uses up in a year."""


@dataclass(frozen=True)
class StoreNeed:
    """All that chance and the days ask of one store; days are numbered from the first order."""

    supply: Supply
    store: Stockroom
    """What is there and what is on its way without any order."""
    ordered: int
    """Day on which the order before opening is placed."""
    opens: int
    """Day of the first return."""
    demand: Floats
    """Units used up, shape (replications, days)."""
    busy: Floats
    """Units that must be there without being used up, shape (days,)."""
    lead: Ints
    """Lead time of an order placed on each day, shape (replications, days)."""

    @property
    def replications(self) -> int:
        """Returns that are looked at."""
        return int(self.demand.shape[0])

    def ran_out(self, order: float, levels: Levels | None) -> Flags:
        """In which returns something was asked for in vain, (replications,)."""
        units = np.full(self.replications, order)
        store = self.store.order(self.ordered, units, self.lead[:, self.ordered])
        short = np.zeros(self.replications, dtype=bool)
        for day in range(self.demand.shape[1]):
            store = store.receive(day)
            wanted = np.maximum(self.demand[:, day], self.busy[day])
            short |= wanted > store.on_hand + LEAST
            store, _ = store.take(self.demand[:, day])
            since = day - self.opens
            if levels is not None and since >= 0 and since % levels.review_days == 0:
                store = store.review(day, levels, self.lead[:, day])
        return short


def store_needs(
    study: Study,
    first: int = 0,
    blocks: int = 8,
    jobs: Jobs = 1,
    progress: Progress | None = None,
) -> dict[str, StoreNeed]:
    """Play the whole return with stores that never run out, and put down what is asked.

    Parameters
    ----------
    study
        Scenario (with its `after_return`), plan and seed; orders of the plan are left out.
    first, blocks
        Which blocks of 64 replications.
    jobs
        Workers; the result does not depend on them.
    progress
        Called after every block.
    """
    bare = replace(study, plan=study.plan.changed(stock=()))
    tasks = [(first + block,) for block in range(blocks)]
    parts = shared_out(bare, need_of_block, tasks, jobs, "kernel", progress)
    needs = {name: joined([part[name] for part in parts]) for name in parts[0]}
    thermometers = [s.name for s in study.scenario.supplies if s.kind == "thermometer"]
    for name in thermometers[:1]:
        needs[name] = replace(needs[name], busy=posts(study))
    return needs


def posts(study: Study) -> Floats:
    """Thermometers that each day can use at once, shape (days,)."""
    keeping = Storekeeping(study.scenario, study.plan, StoreLuck(0, 0, 1))
    lessons = study.scenario.calendar.has_lessons
    days = (d if d >= keeping.first and lessons(d) else None for d in keeping.dates)
    return np.array(
        [0.0 if d is None else in_use(prepare(study.scenario, study.plan, d)) for d in days]
    )


def need_of_block(study: Study, block: int) -> dict[str, StoreNeed]:
    """Put down what one block of replications asks of every store."""
    scenario, rules = study.scenario, study.scenario.after_return
    if rules is None:
        raise ValueError("the scenario does not say what holds after the return")
    term = Term(scenario, study.plan, StoreLuck(study.seed, block, BLOCK), rules, "nobody waits")
    dates, keeping = term.keeping.dates, term.keeping
    filled = {s.name: Stockroom.filled(BOTTOMLESS, BLOCK, len(dates)) for s in scenario.supplies}
    standing = Standing(filled)
    used = {name: np.zeros((BLOCK, len(dates))) for name in filled}
    for number, day in enumerate(dates):
        before = standing.stores
        standing, _ = term.live(number, day, standing)
        for name, store in standing.stores.items():
            used[name][:, number] = store.used - before[name].used
    fixed = keeping.fill()
    return {
        s.name: StoreNeed(
            supply=s,
            store=fixed[s.name],
            ordered=(scenario.calendar.orders_from - dates[0]).days,
            opens=(keeping.first - dates[0]).days,
            demand=used[s.name],
            busy=np.zeros(len(dates)),
            lead=np.stack([keeping.luck.lead_days(s, day) for day in dates], axis=1),
        )
        for s in scenario.supplies
    }


def joined(parts: Sequence[StoreNeed]) -> StoreNeed:
    """Put the replications of several blocks one after the other."""
    one = parts[0]
    stores = [part.store for part in parts]
    columns = {
        f.name: np.concatenate([getattr(store, f.name) for store in stores])
        for f in fields(Stockroom)
        if f.name != "opening"
    }
    return StoreNeed(
        one.supply,
        Stockroom(one.store.opening, **columns),
        one.ordered,
        one.opens,
        np.concatenate([part.demand for part in parts]),
        one.busy,
        np.concatenate([part.lead for part in parts]),
    )
