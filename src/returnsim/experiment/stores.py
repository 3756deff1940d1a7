"""The stores of a school over the days of a return: filled, handed out from, ordered again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from returnsim.experiment.store_luck import StoreLuck
from returnsim.measure.returns import DayUse, portion
from returnsim.measure.supplies import treated, unseen
from returnsim.model.aftermath import broken, in_use, lanes_lost, portions
from returnsim.model.day import SchoolDay
from returnsim.model.itinerary import Itineraries
from returnsim.model.stockroom import Levels, Stockroom
from returnsim.plan.plan import Plan
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.supply import Supply

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Stores = Mapping[str, Stockroom]
"""Every store by the name of its supply."""


@dataclass(frozen=True)
class Storekeeping:
    """How the stores of one school are kept, in one block of replications."""

    scenario: Scenario
    plan: Plan
    luck: StoreLuck

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """Calendar days from the first on which something can be ordered or used."""
        calendar, first = self.scenario.calendar, self.first
        begins = min(calendar.orders_from, calendar.disinfection_from or first, first)
        span = (calendar.last_day - begins).days + 1
        return tuple(begins + timedelta(days=n) for n in range(span))

    @property
    def first(self) -> date:
        """Day on which the first batch is back."""
        return self.plan.return_days[0]

    @cached_property
    def living_in(self) -> int:
        """Members of staff who live in."""
        return sum(g.people for g in self.scenario.staff if g.gate is None)

    def fill(self) -> Stores:
        """Take stock, place the orders before opening, and expect what is on its way."""
        days, size = len(self.dates), self.luck.size
        ordered = self.scenario.calendar.orders_from
        stores = {}
        for supply in self.scenario.supplies:
            store = Stockroom.filled(supply.on_hand, size, days)
            units = np.full(size, self.plan.order_of.get(supply.name, 0.0))
            wait = self.luck.lead_days(supply, ordered)
            stores[supply.name] = store.order(self._number(ordered), units, wait)
        for number, delivery in enumerate(self.scenario.deliveries):
            late = np.zeros(size, np.int64)
            if delivery.late_days is not None:
                due = delivery.expected
                late = self.luck.late_days(delivery.late_days, delivery.supply, number, due)
            units = np.full(size, delivery.units)
            when = np.maximum(late + (delivery.expected - self.dates[0]).days, 0)
            stores[delivery.supply] = stores[delivery.supply].order(0, units, when)
        return stores

    def _number(self, day: date) -> int:
        return (day - self.dates[0]).days

    def clean(self, stores: Stores) -> Stores:
        """Disinfect the campus on a day before opening."""
        return {
            s.name: stores[s.name].take(
                np.full(self.luck.size, treated(self.scenario, s, "campus"))
            )[0]
            for s in self.scenario.supplies
        }

    def lanes_lost(self, day: SchoolDay, stores: Stores) -> Ints:
        """Lanes for which there is no thermometer this morning, (replications, stations)."""
        names = [s.name for s in self.scenario.supplies if s.kind == "thermometer"]
        there = sum((stores[n].on_hand for n in names), start=np.zeros(self.luck.size))
        if not names:
            return np.zeros((self.luck.size, len(day.places)), np.int64)
        return lanes_lost(day, there)

    def at_entry(self, path: Itineraries, stores: Stores) -> tuple[Stores, Flags]:
        """Hand out what is needed at the entry; return who is refused for want of it."""
        after = dict(stores)
        refused = np.zeros(path.start.shape, dtype=bool)
        for supply in self.scenario.supplies:
            if supply.needed_at_entry:
                own = self._own_of_day(supply, path.day) | refused
                each = np.where(own, 0.0, portion(supply, path.day.is_pupil))
                store = stores[supply.name]
                hand = portions(path, each, self._others(supply, path.day), store.on_hand)
                after[supply.name] = store.take(hand.wanted, hand.given)[0]
                refused |= hand.refused
        return after, refused

    def use(self, seen: DayUse, day: date, stores: Stores) -> Stores:
        """Take out what a school day has used; thermometers that broke are used, too."""
        after = dict(stores)
        busy = np.full(self.luck.size, float(in_use(seen.day)))
        for supply in self.scenario.supplies:
            store = stores[supply.name]
            asked = np.zeros(self.luck.size)
            if not supply.needed_at_entry:
                own = self._own_of_day(supply, seen.day)
                asked = seen.asks(supply, own, self._others(supply, seen.day))
            if supply.kind == "thermometer":
                pieces = np.minimum(busy, np.floor(store.on_hand))
                busy = busy - pieces
                if supply.breaks:
                    luck = self.luck.breakages(supply.name, day, int(pieces.max()))
                    asked = asked + broken(pieces, luck, supply.breaks)
            after[supply.name] = store.take(asked)[0]
        if names := [s.name for s in self.scenario.supplies if s.kind == "thermometer"]:
            after[names[-1]] = after[names[-1]].miss(busy)
        return after

    def use_between(self, sleeping_in: Mapping[str, Flags], stores: Stores) -> Stores:
        """Take out what a day without lessons uses: by boarders, and by staff who live in."""
        after = {}
        for supply in self.scenario.supplies:
            asked = self._others(supply)
            for name, there in sleeping_in.items():
                own = self._own(supply, name, self.scenario.class_named[name].pupils)
                number = (there & ~own[:, : there.shape[1]]).sum(axis=1)
                asked = asked + supply.per_pupil_day * number
            after[supply.name] = stores[supply.name].take(asked)[0]
        return after

    def review(self, day: date, stores: Stores) -> Stores:
        """Look into the stores in the evening, and order what the plan says."""
        since, after = (day - self.first).days, dict(stores)
        for supply in self.scenario.supplies:
            levels = self.levels(supply)
            if levels is not None and since >= 0 and since % levels.review_days == 0:
                wait = self.luck.lead_days(supply, day)
                store = stores[supply.name]
                after[supply.name] = store.review(self._number(day), levels, wait)
        return after

    def levels(self, supply: Supply) -> Levels | None:
        """When the plan orders a supply again; none if it never does."""
        policy = self.plan.policy_of.get(supply.name)
        if policy is None or policy.reorder_point is None or policy.order_up_to is None:
            return None
        days = policy.review_days or supply.review_days
        return Levels(policy.reorder_point, policy.order_up_to, days, supply.whole_units)

    def _others(self, supply: Supply, day: SchoolDay | None = None) -> Floats:
        """Units for staff who live in and are on no list of the day, shape (replications,)."""
        groups = unseen(day) if day else [g for g in self.scenario.staff if g.gate is None]
        total = np.zeros(self.luck.size)
        for group in groups:
            if supply.per_staff_day:
                own = self._own(supply, group.name, group.people)
                total += supply.per_staff_day * (~own).sum(axis=1)
        return total

    def _own_of_day(self, supply: Supply, day: SchoolDay) -> Flags:
        """Who on the list of a day brings their own, shape (replications, persons or 1)."""
        if not supply.self_provided_share:
            return np.zeros((self.luck.size, 1), dtype=bool)
        parts = [self._own(supply, p.name, p.size) for p in day.parties]
        return np.concatenate(parts, axis=1)

    def _own(self, supply: Supply, party: str, people: int) -> Flags:
        return self.luck.brings_own(supply, party, people, self.scenario.calendar.first_day)
