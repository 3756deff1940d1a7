"""Why there is no plan: which limit is missed, where, and by how much."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from returnsim.errors import Problem
from returnsim.experiment.study import Study, run
from returnsim.optimise.demand import Morning, passage_seconds
from returnsim.optimise.pressure import pressure
from returnsim.optimise.slots import Guess, Slots
from returnsim.plan.plan import Plan, ReturnDate
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.quantities import seconds
from returnsim.scenario.scenario import Scenario

TRIED = 128
"""Replications from which the last attempt's risks are told."""


def reasons(
    scenario: Scenario, dates: Sequence[ReturnDate], last: Plan | None, seed: int
) -> list[Problem]:
    """Explain in the plan's own terms what stands in the way.

    First the bells nobody can keep, then the places and people that are missing even if
    pupils flowed like water, and if those are enough, the risks of the last attempt.
    """
    found = [*_bells(scenario)] or [*_shortages(scenario, dates, seed)]
    return found or [*_risks(scenario, last, seed)] or [Problem("limits", "no_plan_found")]


def _too_slow(scenario: Scenario, plan: Plan, gates: Iterable[str], seed: int) -> Iterator[Problem]:
    """By how many people a minute each of these gates falls short."""
    for gate in gates:
        found = pressure(scenario, plan, gate, seed)
        if found is not None:
            values = {
                "day": found.day,
                "begins": found.begins,
                "ends": found.ends,
                "arriving": f"{found.arriving:.1f}",
                "passed": f"{found.passed:.1f}",
                "short": f"{max(found.short, 0.1):.1f}",
            }
            yield Problem(f"gates.{gate}", "gate_too_slow", values)


def _bells(scenario: Scenario) -> Iterator[Problem]:
    morning, wanted = Morning(scenario), scenario.limits.seated_by_bell_probability
    for grade in scenario.grades:
        bell = seconds(grade.bell)
        gates = [g for g in scenario.gates if scenario.may_use(g, grade)]
        quickest = min(passage_seconds(scenario, g, grade) for g in gates)
        due = float(morning.slots[0]) + morning.slot_seconds
        best = morning.in_time(due, bell, quickest)
        if best >= wanted:
            continue
        earlier = next(
            (m for m in range(1, 121) if morning.in_time(due - 60 * m, bell, quickest) >= wanted),
            None,
        )
        values = {
            "best": f"{best:.1%}",
            "wanted": f"{wanted:.1%}",
            "slot": f"{scenario.limits.first_slot:%H:%M}",
            "bell": f"{grade.bell:%H:%M}",
            "minutes": earlier,
        }
        code = "bell_out_of_reach" if earlier else "bell_never_kept"
        yield Problem(f"grades.{grade.name}.bell", code, values)


def _shortages(scenario: Scenario, dates: Sequence[ReturnDate], seed: int) -> Iterator[Problem]:
    guess = Guess(buffer={}, waiting=0.0, elastic=True)
    layout = Slots(scenario, dates, guess).solve()
    if layout is None:
        yield Problem("limits", "slots_collide", {"gap": scenario.limits.batch_gap_minutes})
        return
    for gate, people in layout.overflow.items():
        if people > 1:
            values = {"places": scenario.gate_named[gate].places, "short": int(np.ceil(people))}
            yield Problem(f"gates.{gate}", "places_short", values)
    plan = Plan(
        format=1,
        school=scenario.name,
        return_dates=tuple(dates),
        arrivals=layout.arrivals,
        lanes=layout.lanes,
    )
    crowded = [gate for gate, people in layout.overflow.items() if people > 1]
    yield from _too_slow(scenario, plan, crowded, seed)
    if layout.staff_short > 0.5:  # noqa: PLR2004  (half a person is rounding)
        yield Problem("limits.staff", "staff_short", {"short": int(np.ceil(layout.staff_short))})


def _risks(scenario: Scenario, last: Plan | None, seed: int) -> Iterator[Problem]:
    if last is None:
        return
    limits = scenario.limits
    samples = run(Study(scenario, last, seed, TRIED)).samples
    slow: dict[str, None] = {}
    for key, sample in samples.items():
        if key.quantity is not Q.SEATED_BY_BELL and key.place not in scenario.gate_named:
            continue  # a canteen, or a way out: no slots would help
        if key.quantity is Q.CROWDED_DAYS and sample.mean() > limits.crowding_risk:
            longest = samples[key._replace(quantity=Q.LONGEST_QUEUE)]
            values = {
                "risk": f"{sample.mean():.0%}",
                "limit": f"{limits.crowding_risk:.0%}",
                "places": scenario.gate_named[key.place].places,
                "enough": int(np.quantile(longest, 1 - limits.crowding_risk, method="higher")),
                "day": key.day,
            }
            slow[key.place] = None
            yield Problem(f"gates.{key.place}", "crowded_too_often", values)
        if key.quantity is Q.LONG_WAIT_DAYS and sample.mean() > limits.wait_risk:
            values = {
                "risk": f"{sample.mean():.0%}",
                "limit": f"{limits.wait_risk:.0%}",
                "minutes": limits.longest_wait_minutes,
                "day": key.day,
            }
            slow[key.place] = None
            yield Problem(f"gates.{key.place}", "waits_too_long", values)
        if key.quantity is Q.SEATED_BY_BELL and sample.mean() < limits.seated_by_bell_probability:
            values = {
                "share": f"{sample.mean():.1%}",
                "wanted": f"{limits.seated_by_bell_probability:.1%}",
                "day": key.day,
            }
            yield Problem(f"classes.{key.place}", "seated_too_late", values)
    yield from _too_slow(scenario, last, slow, seed)
