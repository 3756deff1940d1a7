"""A whole list held against the rules of return: by class, by reason, and as holds."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from returnsim.rules.eligibility import (
    Condition,
    Eligibility,
    EligibilityRules,
    Reason,
    earliest,
    scenario_holds,
)
from returnsim.scenario.people import Hold
from returnsim.scenario.roster import Roster
from returnsim.scenario.roster_classes import matched
from returnsim.scenario.roster_person import Person
from returnsim.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Judgement:
    """Who of a list may return on a day, and what keeps the others."""

    day: date
    people: tuple[tuple[Person, Eligibility], ...]
    may: Mapping[str, int]
    """People of each class who may return on the day; staff under an empty name."""
    held: Mapping[tuple[str, Reason], int]
    """People of each class who may not, by reason."""
    missing: Mapping[Condition, int]
    """How many people lack each thing that no day will settle."""
    too_early: int
    """People whom the list expects before they may return."""
    holds: tuple[Hold, ...]
    """What a scenario needs to know of it."""
    left_out: Mapping[str, int]
    """Pupils held in classes that the scenario does not have."""
    nowhere: int
    """Rows that could not be read and name no class: nobody is held for them."""


def judge_list(
    roster: Roster,
    rules: EligibilityRules,
    day: date,
    *,
    source: str,
    scenario: Scenario | None = None,
) -> Judgement:
    """Hold everybody on a list against the rules of return.

    Parameters
    ----------
    roster
        The list.
    rules
        What is asked.
    day
        First day of return.
    source
        Which list this is, for the holds.
    scenario
        Whose classes are meant; holds of classes it does not have are left out and counted.
    """
    people = tuple((person, earliest(person, rules)) for person in roster.people)
    counts = roster.by_class()
    names = {n: n for n in counts} if scenario is None else matched(counts, scenario)
    unread = {name: count.rejected for name, count in counts.items()}
    holds = scenario_holds(
        roster.people, rules, first_day=day, source=source, unread=unread, names=names
    )
    there = set(names.values())
    left_out = Counter[str]()
    for hold in holds:
        if hold.school_class not in there:
            left_out[hold.school_class] += hold.pupils
    return Judgement(
        day=day,
        people=people,
        may=Counter(p.school_class for p, found in people if found.on(day)),
        held=_held(people, day),
        missing=Counter(condition for _, found in people for condition in found.missing),
        too_early=sum(
            p.planned_return is not None and not found.on(p.planned_return) for p, found in people
        ),
        holds=tuple(h for h in holds if h.school_class in there),
        left_out=left_out,
        nowhere=sum(not row.school_class and not row.is_copy for row in roster.rejected),
    )


def _held(
    people: Iterable[tuple[Person, Eligibility]], day: date
) -> Mapping[tuple[str, Reason], int]:
    return Counter(
        (person.school_class, found.reason) for person, found in people if not found.on(day)
    )
