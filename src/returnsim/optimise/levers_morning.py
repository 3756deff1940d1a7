"""Levers of the morning: slots, bell, the gap between batches, the planner's own limits."""

from collections.abc import Iterator, Sequence
from datetime import time
from math import ceil
from typing import Any

from returnsim.optimise.lever import Lever, pair, rebuilt, with_limits
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.limits import Limits
from returnsim.scenario.people import Grade
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario


def mornings(scenario: Scenario, grades: Sequence[Grade]) -> Iterator[Lever]:
    """More slots, a later bell for these grades, a shorter gap."""
    limits, step = scenario.limits, scenario.limits.slot_minutes
    window = {"first": f"{limits.first_slot:%H:%M}", "last": f"{limits.last_slot:%H:%M}"}

    def later(limits: Limits, n: int) -> dict[str, Any]:
        return {"last_slot": clock_time(seconds(limits.last_slot) + 60 * step * n)}

    yield Lever(
        *("last_slot", "slots", "slots", "limits.last_slot", range(1, 13)),
        lambda n: with_limits(scenario, **later(limits, n)),
        lambda n: window | {"n": n * step, "at": f"{later(limits, n)['last_slot']:%H:%M}"},
    )
    yield Lever(
        *("first_slot", "slots", "slots", "limits.first_slot", range(1, 13)),
        lambda n: _from_earlier(scenario, n * step),
        lambda n: window | {"n": n * step, "at": f"{_earlier(limits.first_slot, n * step):%H:%M}"},
    )
    named = {g.name for g in grades}

    def rings_later(n: int) -> Scenario:
        moved = [
            rebuilt(g, bell=clock_time(seconds(g.bell) + 60 * n)) if g.name in named else g
            for g in scenario.grades
        ]
        return rebuilt(scenario, grades=moved)

    labels = [pair(g) for g in grades]
    everybody = len(grades) == len(scenario.grades)
    yield Lever(
        "bell_of_all" if everybody else "bell",
        *("bell", "bell", "grades.bell", range(1, 121)),
        rings_later,
        lambda n: {"n": n, "limit": f"{min(g.bell for g in grades):%H:%M}"},
        {}
        if everybody
        else {"grades": ("、".join(z for z, _ in labels), ", ".join(e for _, e in labels))},
        (Q.SEATED_BY_BELL,),
    )
    gap = ceil(limits.batch_gap_minutes)
    yield Lever(
        *("gap", "gap", "gap", "limits.batch_gap_minutes", range(1, gap + 1)),
        lambda n: with_limits(scenario, batch_gap_minutes=max(0, limits.batch_gap_minutes - n)),
        lambda n: {"n": n, "limit": limits.batch_gap_minutes},
        {},
        (Q.SLOTS_SHARED_BY_BATCHES,),
    )


def _earlier(clock: time, minutes: float) -> time:
    moment = seconds(clock) - 60 * minutes
    if moment < 0:
        raise ValueError("before midnight")
    return clock_time(moment)


def _from_earlier(scenario: Scenario, minutes: int) -> Scenario:
    """The first slot, the gates and whoever is on duty first, so many minutes earlier."""
    limits = scenario.limits
    first = _earlier(limits.first_slot, minutes)
    gates = [rebuilt(g, opens=min(g.opens, first)) for g in scenario.gates]
    begins = min((w.begins for w in limits.staff), default=None)
    staff = [
        rebuilt(w, begins=_earlier(w.begins, minutes)) if w.begins == begins else w
        for w in limits.staff
    ]
    return rebuilt(
        scenario, gates=gates, limits=rebuilt(limits, first_slot=first, staff=tuple(staff))
    )


def risks(scenario: Scenario) -> Iterator[Lever]:
    """The limits that the planner set, which give way last."""
    limits = scenario.limits
    yield Lever(
        *("wait", "wait", "wait", "limits.longest_wait_minutes", range(1, 61)),
        lambda n: with_limits(scenario, longest_wait_minutes=limits.longest_wait_minutes + n),
        lambda n: {"n": n, "limit": f"{limits.longest_wait_minutes:g}"},
        {},
        (Q.LONG_WAIT_DAYS,),
    )
    yield _more_risk(scenario, "wait_risk", "wait", Q.LONG_WAIT_DAYS)
    yield _more_risk(scenario, "crowding_risk", "crowding", Q.CROWDED_DAYS)
    share = limits.seated_by_bell_probability
    yield Lever(
        *(
            "share",
            "bell",
            "risk",
            "limits.seated_by_bell_probability",
            range(1, int(50 * share) + 1),
        ),
        lambda n: with_limits(
            scenario, seated_by_bell_probability=round(max(0.0, share - 0.01 * n), 4)
        ),
        lambda n: {"limit": f"{share:.0%}", "share": f"{max(0.0, share - 0.01 * n):.0%}"},
        {},
        (Q.SEATED_BY_BELL,),
    )


def _more_risk(scenario: Scenario, name: str, limit: str, quantity: Q) -> Lever:
    """Five more days in a hundred on which a limit may be missed, step by step."""
    given = float(getattr(scenario.limits, name))

    def share(n: int) -> float:
        return round(min(1.0, given + 0.05 * n), 4)

    return Lever(
        *(name, limit, "risk", f"limits.{name}", range(1, 21)),
        lambda n: with_limits(scenario, **{name: share(n)}),
        lambda n: {"limit": f"{given:.0%}", "share": f"{share(n):.0%}"},
        {},
        (quantity,),
    )
