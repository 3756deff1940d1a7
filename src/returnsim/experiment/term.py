"""One day after the other in a block of replications: the verb behind the whole return."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.store_luck import StoreLuck
from returnsim.experiment.stores import Storekeeping, Stores
from returnsim.experiment.streams import streams
from returnsim.experiment.study import Engine
from returnsim.measure.evidence import conserve, measure
from returnsim.measure.returns import DayUse, Evening, conserve_stock, day_use, of_day
from returnsim.measure.supplies import unseen
from returnsim.model.day import SchoolDay, prepare
from returnsim.model.draws import draw
from returnsim.model.itinerary import Carryover, Itineraries, Outcome, itineraries
from returnsim.model.trace import Trace
from returnsim.model.unhurried import at_once, draw_decisions
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Key
from returnsim.scenario.after_return import AfterReturn
from returnsim.scenario.scenario import Scenario

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Samples = dict[Key, Floats]
UNDER_OBSERVATION = ("isolation", "risk area", "symptoms")
"""Reasons for which somebody who is held reports from home."""


@dataclass(frozen=True)
class Standing:
    """How things stand between two days."""

    stores: Stores
    back_on: Mapping[str, Ints] = field(default_factory=dict)
    """By party, day from which each person may come again (ordinal), (replications, people)."""
    sleeping_in: Mapping[str, Flags] = field(default_factory=dict)
    """By class, which boarders are on campus over night, (replications, boarders)."""


@dataclass(frozen=True)
class Daytime:
    """What one day does to the standing, and what is seen of it; arrays (replications,)."""

    standing: Standing
    on_campus: Floats
    samples: Samples = field(default_factory=dict)
    refused: Floats | float = 0.0
    lanes_lost: Floats | float = 0.0
    absentees: Floats | float = 0.0
    """People who are missing without being held or kept at home."""


@dataclass(frozen=True)
class Term:
    """A block of replications of a whole return: all that is the same from day to day."""

    scenario: Scenario
    plan: Plan
    luck: StoreLuck
    rules: AfterReturn
    engine: Engine | Literal["nobody waits"] = "kernel"
    """What lets a day happen; where nobody waits, only stores and people are kept."""

    @cached_property
    def keeping(self) -> Storekeeping:
        """How the stores are kept."""
        return Storekeeping(self.scenario, self.plan, self.luck)

    def beginning(self) -> Standing:
        """Return how things stand before the first day."""
        return Standing(self.keeping.fill())

    def live(self, number: int, day: date, before: Standing) -> tuple[Standing, Samples]:
        """Play one calendar day; return how things stand afterwards, and what was measured."""
        stores: Stores = {n: store.receive(number) for n, store in before.stores.items()}
        calendar = self.scenario.calendar
        if day < self.keeping.first:
            if calendar.disinfection_from is not None and day >= calendar.disinfection_from:
                stores = self.keeping.clean(stores)
            return Standing(stores), {}
        morning = Standing(stores, before.back_on, before.sleeping_in)
        happens = self._school_day if calendar.has_lessons(day) else self._free_day
        done = happens(day, morning)
        after = Standing(
            self.keeping.review(day, done.standing.stores),
            done.standing.back_on,
            done.standing.sleeping_in,
        )
        evening = self._evening(day, before, done, after)
        conserve_stock(evening)
        return after, done.samples | of_day(self.scenario, evening)

    def _school_day(self, day: date, morning: Standing) -> Daytime:
        """Play a day with lessons, and hand out what it uses."""
        school_day = prepare(self.scenario, self.plan, day)
        luck = self.luck
        waits = self.engine != "nobody waits"
        drawn = draw if waits else draw_decisions
        draws = drawn(school_day, streams(luck.seed, day, luck.block), luck.size)
        at_home = self._at_home(school_day, day, morning)
        lost = self.keeping.lanes_lost(school_day, morning.stores)
        before = Carryover(at_home, np.zeros_like(at_home), lost)
        path = itineraries(school_day, draws, before)
        stores, refused = self.keeping.at_entry(path, morning.stores)
        if refused.any():
            path = itineraries(school_day, draws, Carryover(at_home, refused, lost))
        trace = happen(path, self.engine) if self.engine != "nobody waits" else at_once(path)
        samples = measure(trace) if waits else {}
        conserve(samples)
        seen = day_use(trace)
        missing = (path.outcome == Outcome.ABSENT) & ~at_home & ~school_day.is_held
        return Daytime(
            Standing(
                self.keeping.use(seen, day, stores),
                self._sent_home(day, seen, morning),
                self._boarders(seen),
            ),
            seen.inside.sum(axis=1) + float(sum(group.people for group in unseen(school_day))),
            samples,
            refused.sum(axis=1).astype(np.float64),
            lost.sum(axis=1).astype(np.float64),
            missing.sum(axis=1).astype(np.float64),
        )

    def _free_day(self, day: date, morning: Standing) -> Daytime:
        """Pass a day without lessons: only boarders are there, and staff who live in."""
        sleeping = {
            name: there
            for name, there in morning.sleeping_in.items()
            if self.scenario.boarders_stay(self._back(name), day)
        }
        boarders = np.zeros(self.luck.size)
        for there in sleeping.values():
            boarders += there.sum(axis=1)
        stores = self.keeping.use_between(sleeping, morning.stores)
        return Daytime(
            Standing(stores, morning.back_on, sleeping), boarders + self.keeping.living_in
        )

    def _back(self, school_class: str) -> date:
        return self.plan.day_of(self.scenario.class_named[school_class])

    def _at_home(self, school_day: SchoolDay, day: date, morning: Standing) -> Flags:
        """Who was sent home and stays there today, shape (replications, persons)."""
        nobody = np.zeros((self.luck.size, 1), np.int64)
        parts = [
            np.broadcast_to(morning.back_on.get(p.name, nobody), (self.luck.size, p.size))
            for p in school_day.parties
        ]
        at_home: Flags = np.concatenate(parts, axis=1) > day.toordinal()
        return at_home

    def _sent_home(self, day: date, seen: DayUse, morning: Standing) -> Mapping[str, Ints]:
        """Note when those whom the isolation room has sent home may come again."""
        back = day.toordinal() + self.rules.symptom_free_days + 1
        noted = dict(morning.back_on)
        for party in seen.day.parties:
            sent = seen.isolated[:, party.first : party.first + party.size]
            if sent.any():
                last = noted.get(party.name, np.zeros(sent.shape, np.int64))
                noted[party.name] = np.where(sent, back, last)
        return noted

    def _boarders(self, seen: DayUse) -> Mapping[str, Flags]:
        """Which boarders are on campus after a day, by class."""
        found = {}
        for party in seen.day.parties:
            if party.is_class and (number := self.scenario.class_named[party.name].boarders):
                found[party.name] = seen.inside[:, party.first : party.first + number]
        return found

    def _evening(self, day: date, before: Standing, done: Daytime, after: Standing) -> Evening:
        """Put down what the day came to."""
        nothing = np.zeros(self.luck.size)
        kept = nothing.copy()
        for back in before.back_on.values():
            kept += (back > day.toordinal()).sum(axis=1)
        held = sum(
            hold.pupils
            for hold in self.scenario.holds
            if hold.reason in UNDER_OBSERVATION and hold.holds_on(day)
        )
        owed = (kept + held) * self._times("health report/people observed at home")
        number = int(owed.max(initial=0.0))
        luck = self.luck.reports(day, number) < self.rules.report_probability
        made = (luck & (np.arange(number) < owed[:, None])).sum(axis=1).astype(np.float64)
        calls = done.absentees * self._times("absence follow-up/absentees") + nothing
        most = self.rules.follow_ups_per_day
        return Evening(
            day=day.isoformat(),
            on_campus=done.on_campus,
            kept_home=kept,
            refused=done.refused + nothing,
            lanes_lost=done.lanes_lost + nothing,
            reports_owed=owed,
            reports_made=made,
            calls_owed=calls,
            calls_made=calls if most is None else np.minimum(calls, float(most)),
            before=before.stores,
            after=after.stores,
        )

    def _times(self, routine: str) -> int:
        """How often a day the school does a routine; 0 if it is not among its routines."""
        kinds = {r.kind: r.times_per_day for r in self.scenario.routines}
        return kinds.get(routine, 0)


def happen(path: Itineraries, engine: Engine) -> Trace:
    """Let a day happen on the engine asked for, or on SimPy if the kernel is not exact."""
    from returnsim.model.kernel import can_replay, replay  # noqa: PLC0415
    from returnsim.model.simulate import simulate  # noqa: PLC0415

    return replay(path) if engine == "kernel" and can_replay(path.day) else simulate(path)
