r"""How many people come when, and whether the places for them suffice, by formula.

A guess before anything is simulated, and never a verdict. People reach the gates minute by
minute as the scenario's arrival offsets spread them about their slots. Those of them who need
a place, at rate :math:`\lambda(t)`, would take up

.. math:: m(t) = \int_0^\infty \lambda(t - s) \, P(S > s) \, ds

places if there were enough (M_t/G/∞, S the time a place is held). With c places, somebody who
comes at t finds none free with about probability :math:`B(c, m(t))`, Erlang's loss formula at
the load of that minute: the modified-offered-load approximation (Massey and Whitt 1994,
*Annals of Applied Probability* 4, 1145-1160). The number who find none is then taken as
Poisson, which errs on the side of caution, since they come in bunches.
"""

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from returnsim.plan.plan import Plan
from returnsim.scenario.campus import Gate
from returnsim.scenario.people import SchoolClass
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.units import return_units
from returnsim.theory.distributions import Distribution
from returnsim.theory.queueing import erlang_b

Floats = NDArray[np.float64]
MINUTES = 1440
QUANTILES = 200
"""Points that stand for a distribution."""
MID = (np.arange(QUANTILES) + 0.5) / QUANTILES


@dataclass(frozen=True, eq=False)
class Morning:
    """People by the minute of the day, on the busiest day there is."""

    day: date | None
    """The day; none while there is no plan."""
    at_gates: Floats
    """People who reach a gate that takes temperatures, shape (1440,)."""
    pupils_at_gates: Floats
    """The pupils among them."""
    inside: Floats
    """Boarders who are on campus already and only go to their classroom."""


def busiest(scenario: Scenario, plan: Plan | None) -> Morning:
    """Return the morning on which most people come by the gates.

    Without a plan the slots are evenly filled, which is the best there can be, and as few
    boarders come on one day as can be.
    """
    if plan is None:
        return _morning(scenario, None, None)
    mornings = [_morning(scenario, plan, day) for day in plan.return_days]
    return max(mornings, key=lambda m: float(m.at_gates.sum()))


def coming(scenario: Scenario, plan: Plan | None, day: date | None, c: SchoolClass) -> float:
    """Pupils of a class who come by a gate on a day.

    Boarders come once, on the date of their return; without a plan they are taken to come on
    as many dates as there can be.
    """
    if plan is None or day is None:
        held = sum(h.pupils for h in scenario.holds if h.school_class == c.name and not h.until)
        inside = c.boarders * (1 - 1 / len(return_units(scenario)))
        return max(0.0, c.pupils - inside - held)
    back = plan.day_of(c)
    if day < back:
        return 0.0
    inside = c.boarders if back < day else 0
    return max(0.0, c.pupils - inside - scenario.held(c.name, day))


def slots(scenario: Scenario) -> list[float]:
    """Return the beginnings of all slots that may be given [min after midnight]."""
    limits = scenario.limits
    first, last = seconds(limits.first_slot) / 60, seconds(limits.last_slot) / 60
    return [
        first + n * limits.slot_minutes
        for n in range(int((last - first) // limits.slot_minutes) + 1)
    ]


def _morning(scenario: Scenario, plan: Plan | None, day: date | None) -> Morning:
    how = scenario.arrivals
    pupils, staff, inside = (np.zeros(MINUTES) for _ in range(3))
    offset = how.offset_minutes.quantile(MID)
    heedless = how.ignoring_offset_minutes.quantile(MID)
    there, minds = 1 - how.absent_probability, 1 - how.ignore_slot_probability
    for c in scenario.classes:
        grade = scenario.grade_of(c)
        gates = [g for g in scenario.gates if scenario.may_use(g, grade)]
        begins = slots(scenario)
        if plan is not None and day is not None:
            if day < plan.day_of(c):
                continue
            gates = [scenario.gate_named[plan.arrival_of[c.name].gate]]
            begins = [seconds(plan.arrival_of[c.name].slot) / 60]
        spread = (1 - minds) * _by_minute(seconds(grade.bell) / 60 + heedless)
        for begin in begins:
            due = begin + scenario.limits.slot_minutes
            spread = spread + minds / len(begins) * _by_minute(due + offset)
        people = coming(scenario, plan, day, c)
        held = 0 if day is None else scenario.held(c.name, day)
        measured = sum(takes_temperature(g) for g in gates) / len(gates)
        pupils += people * measured * there * spread
        inside += max(0.0, c.pupils - held - people) * there * spread
    for group in scenario.staff:
        if group.gate and group.arrives and takes_temperature(scenario.gate_named[group.gate]):
            due = seconds(group.arrives) / 60
            staff += group.people * there * _by_minute(due + offset)
    return Morning(day, pupils + staff, pupils, inside)


def takes_temperature(gate: Gate) -> bool:
    """Whether somebody's temperature is taken on the way through a gate's chain."""
    return any("temperature" in stage.checks for stage in gate.stages)


def _by_minute(moments: Floats) -> Floats:
    """Share of people in each minute of the day."""
    whole = np.clip(np.floor(moments), 0, MINUTES - 1).astype(np.int64)
    return np.bincount(whole, minlength=MINUTES) / moments.size


def high_readings(scenario: Scenario, morning: Morning) -> Floats:
    """People by the minute who read high at a gate and sit down to rest."""
    alarms, ill = scenario.screening.alarms, scenario.screening.fever_prevalence
    rate: Floats = morning.at_gates * (ill * alarms.hit + (1 - ill) * alarms.false_alarm)
    return rate


def isolated(scenario: Scenario, morning: Morning) -> Floats:
    """People by the minute who read high twice, at a gate or at a classroom door."""
    alarms, again = scenario.screening.alarms, scenario.recheck
    rate = np.zeros(MINUTES)
    for share, twice in (
        (scenario.screening.fever_prevalence, alarms.hit * again.hit_probability),
        (
            1 - scenario.screening.fever_prevalence,
            alarms.false_alarm * again.false_alarm_probability,
        ),
    ):
        rate += morning.at_gates * share * twice
        if scenario.doors.takes_temperature:
            rate += morning.pupils_at_gates * share * (1 - twice) * twice
            rate += morning.inside * share * twice
    return rate


def load(rate: Floats, minutes: Distribution, factor: float = 1.0) -> Floats:
    """Mean number of places taken in each minute if there were enough of them.

    Parameters
    ----------
    rate
        People who need a place, by the minute of the day.
    minutes
        How long each holds it.
    factor
        Every such time multiplied by this.
    """
    held = factor * minutes.quantile(MID)
    longest = min(MINUTES, math.ceil(float(held.max())) + 1)
    still = np.clip(held[:, None] - np.arange(longest), 0.0, 1.0).mean(axis=0)
    taken: Floats = np.convolve(rate, still)[:MINUTES]
    return taken


def chance_of_none_free(rate: Floats, taken: Floats, places: int) -> float:
    """Probability that at least one person of a morning finds no place free, about."""
    when = np.flatnonzero(rate > 0)
    peak = float(taken[when].max(initial=0.0))
    if places > peak + 10 * math.sqrt(peak) + 20:
        return 0.0
    expected = sum(rate[t] * erlang_b(places, float(taken[t])) for t in when)
    return -math.expm1(-float(expected))


def places_that_do(rate: Floats, taken: Floats, limit: float) -> int:
    """Fewest places with which the chance that somebody finds none is within a limit."""
    low, high = 0, 1
    while chance_of_none_free(rate, taken, high) > limit:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if chance_of_none_free(rate, taken, middle) > limit:
            low = middle
        else:
            high = middle
    return high


def minutes_that_do(rate: Floats, minutes: Distribution, places: int, limit: float) -> float:
    """Longest mean holding time with which so many places do, times being scaled alike.

    It can be 0: when too many come at once, no holding time is short enough.
    """
    low, high = 0.0, 1.0
    while high - low > 0.001:  # noqa: PLR2004  (a thousandth of the time)
        middle = (low + high) / 2
        if chance_of_none_free(rate, load(rate, minutes, middle), places) > limit:
            high = middle
        else:
            low = middle
    return low * minutes.mean
