"""Levers of the calendar: its days, its papers, the batches, the masks that must be there."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import ceil
from typing import Any

from returnsim.optimise.dates import floors
from returnsim.optimise.lever import Lever, pair, rebuilt, with_limits
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.people import Grade
from returnsim.scenario.scenario import Scenario

COARSE = ("school", "level", "group")
"""Choices of `limits.return_by` for which the planner has asked, and could ask for less."""


def batches(scenario: Scenario, named: set[str]) -> Iterator[Lever]:
    """How far apart, how many a day, in which order; grades named may be split in two."""
    limits, cap = scenario.limits, scenario.limits.people_returning_per_day
    yield Lever(
        *("between", "between", "batches", "limits.days_between_batches"),
        range(1, limits.days_between_batches),
        lambda n: with_limits(scenario, days_between_batches=limits.days_between_batches - n),
        lambda n: {"n": limits.days_between_batches - n, "limit": limits.days_between_batches},
        {},
        (Q.DAYS_BETWEEN_BATCHES,),
    )
    if cap is not None:
        yield Lever(
            *("per_day", "per_day", "batches", "limits.people_returning_per_day"),
            range(1, max(1, scenario.pupils - cap) + 1),
            lambda n: with_limits(scenario, people_returning_per_day=cap + n),
            lambda n: {"n": n, "limit": cap},
            {},
            (Q.MOST_RETURNING,),
        )
    if limits.in_file_order:
        yield Lever(
            *("file_order", "file_order", "order", "limits.in_file_order", (1,)),
            lambda _: with_limits(scenario, in_file_order=False),
            lambda _: {},
        )
    if limits.return_by in COARSE:
        yield Lever(
            *("by_class", "together", "batches", "limits.return_by", (1,)),
            lambda _: with_limits(scenario, return_by="class"),
            lambda _: {"limit": limits.return_by},
        )
    yield from _fairness_and_observation(scenario)
    for grade in scenario.grades:
        if grade.name in named and sum(c.grade == grade.name for c in scenario.classes) > 1:
            yield _two_halves(scenario, grade)


def _fairness_and_observation(scenario: Scenario) -> Iterator[Lever]:
    fair, beds = scenario.limits.fair_days_apart, scenario.limits.observation_beds
    if fair is not None:
        yield Lever(
            *("fair", "fair", "order", "limits.fair_days_apart"),
            range(1, max(1, len(scenario.calendar.school_days) - fair)),
            lambda n: with_limits(scenario, fair_days_apart=fair + n),
            lambda n: {"n": n, "limit": fair},
            {},
            (Q.SCHOOL_DAYS_APART,),
        )
    if beds is not None:
        boarders = sum(c.boarders for c in scenario.classes)
        yield Lever(
            *("beds", "beds", "batches", "limits.observation_beds"),
            range(1, max(1, boarders - beds) + 1),
            lambda n: with_limits(scenario, observation_beds=beds + n),
            lambda n: {"n": n, "limit": beds},
            {},
            (Q.BOARDERS_OBSERVED,),
        )
    if scenario.limits.one_batch_per_building:
        yield Lever(
            *("buildings", "buildings", "batches", "limits.one_batch_per_building", (1,)),
            lambda _: with_limits(scenario, one_batch_per_building=False),
            lambda _: {},
            {},
            (Q.OBSERVATION_LEFT,),
        )


def _two_halves(scenario: Scenario, grade: Grade) -> Lever:
    return Lever(
        *("split", "grade", "batches", f"grades.{grade.name}", (1,)),
        lambda _: _split(scenario, grade),
        lambda _: {},
        {"grade": pair(grade)},
    )


def _split(scenario: Scenario, grade: Grade) -> Scenario:
    """Turn one grade into two that may come back on different dates."""
    members = [c.name for c in scenario.classes if c.grade == grade.name]
    half = set(members[len(members) // 2 :])
    second = rebuilt(grade, name=f"{grade.name} (2)", zh=None, en=None)
    position = [g.name for g in scenario.grades].index(grade.name) + 1
    return rebuilt(
        scenario,
        grades=(*scenario.grades[:position], second, *scenario.grades[position:]),
        classes=[rebuilt(c, grade=second.name) if c.name in half else c for c in scenario.classes],
    )


def days(scenario: Scenario, books: Sequence[Rulebook]) -> Iterator[Lever]:
    """A longer calendar, earlier papers, more masks or masks that come sooner."""
    calendar = scenario.calendar
    span = [calendar.last_day + timedelta(days=n) for n in range(1, 121)]
    further = [day for day in span if calendar.has_lessons(day)]
    yield Lever(
        *("calendar", "calendar", "days", "calendar.last_day", range(1, len(further) + 1)),
        lambda n: rebuilt(scenario, calendar=rebuilt(calendar, last_day=further[n - 1])),
        lambda n: {"n": n, "at": further[n - 1], "limit": calendar.last_day},
    )
    dated = {
        "written_notice": Q.DAYS_AFTER_WRITTEN_NOTICE,
        "families_told": Q.DAYS_OF_NOTICE,
        "home_observation_from": Q.DAYS_OBSERVED_AT_HOME,
    }
    late = {
        paper: on
        for paper, quantity in dated.items()
        if (on := getattr(scenario.approvals, paper)) is not None
        and on + timedelta(days=floors(scenario, books, quantity)) > calendar.first_day
    }
    if late:
        yield Lever(
            *("papers", "papers", "papers", "approvals", range(1, 121)),
            lambda n: rebuilt(
                scenario,
                approvals=rebuilt(
                    scenario.approvals,
                    **{paper: on - timedelta(days=n) for paper, on in late.items()},
                ),
            ),
            lambda n: {"n": n, "at": max(late.values()) - timedelta(days=n)},
            {},
            tuple(dated[paper] for paper in late),
        )
    yield from _masks(scenario, books)


def _masks(scenario: Scenario, books: Sequence[Rulebook]) -> Iterator[Lever]:
    per_person = floors(scenario, books, Q.MASKS_PER_PERSON)
    kinds = [i for i, s in enumerate(scenario.supplies) if s.kind == "mask"]
    if not per_person or not kinds:
        return
    supply = scenario.supplies[kinds[0]]
    need = ceil(per_person * (scenario.pupils + scenario.staff_people))

    def changed(**changes: Any) -> Scenario:
        supplies = list(scenario.supplies)
        supplies[kinds[0]] = rebuilt(supply, **changes)
        return rebuilt(scenario, supplies=supplies)

    names, there = {"supply": pair(supply)}, supply.on_hand
    days = supply.delivered_within(scenario.limits.confidence)
    yield Lever(
        *("masks", "masks", "supplies", f"supplies.{supply.name}.on_hand", range(1, need + 1)),
        lambda n: changed(on_hand=there + n),
        lambda n: {"n": n, "limit": there, "yuan": f"{n * supply.price:.0f}"},
        names,
        (Q.MASKS_PER_PERSON,),
    )
    yield Lever(
        *("delivery", "masks", "supplies", f"supplies.{supply.name}.lead_time_days"),
        range(1, days + 1),
        lambda n: changed(lead_time_days=days - n),
        lambda n: {"n": n, "limit": there},
        names,
        (Q.MASKS_PER_PERSON,),
    )
