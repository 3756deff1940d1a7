r"""When everybody comes back.

A small integer programme, solved by HiGHS (`scipy.optimize.milp`) until no better plan can
exist, or none that is better by more than a trifle where classes come by themselves. Those who
come back together, as `limits.return_by` says, are a unit (`returnsim.scenario.units`):

- whole :math:`x_{kd}`: units of kind k that return on school day d, where all units that lose
  the same and count the same for every limit are a kind; binary :math:`z_d`: some batch
  returns on d;
- minimise :math:`\sum_{k,d} c_{kd} x_{kd}`, the pupil-days lost, each weighted as the grade
  of the class that loses it, where c_kd is what a unit of kind k loses before d, days of held
  pupils left out, plus a trifle for each batch;
- every unit returns once, only on days in use; days in use are at least
  `days_between_batches` apart; no date takes back more than `people_returning_per_day`;
- where the rulebooks ask for it, exam grades come no later than any other, kindergartens
  no earlier; where the planner asks for it, grades otherwise keep the order of the file: the
  last class of the one no later than the first of the other;
- where the planner asks for it, no class loses many more school days than another of its
  level, boarders under observation have beds, and a building takes no other batch meanwhile
  (`calendar_rows`);
- opening is not before the dates that follow from the papers (notice, 14 days at home);
- the stock a rulebook wants per person and per class is there on each day.

Units of a kind come back in the order of the file.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from math import floor

import numpy as np
from numpy.typing import NDArray

from returnsim.errors import InfeasibleError, Problem
from returnsim.measure.planned import coming
from returnsim.optimise.bounds import Bound
from returnsim.optimise.calendar_rows import Kind, add_rows, fullest, keep_in_order
from returnsim.optimise.programme import INF, Index, Programme, Solution
from returnsim.optimise.short_calendar import ANY, better, solved_soon
from returnsim.optimise.watch import Watch
from returnsim.plan.plan import Plan, ReturnDate, dates_by_grade
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Clause, Rulebook
from returnsim.scenario.people import SchoolClass
from returnsim.scenario.scenario import Scenario
from returnsim.scenario.units import ReturnUnit, return_units

Floats = NDArray[np.float64]
BATCH_COST = 1e-3
"""Weight of one more batch against one lost pupil-day: breaks ties towards fewer batches."""
FEW = 24
"""Units for which the best dates of all are looked for to the end."""
GAP, NODES = 1e-3, 1_000
"""What is left unproven for more units than that, and the nodes after which the search ends."""
SHARE, LEAST_SECONDS = 0.3, 1.0
"""Of the time that is left until a deadline, for the dates; they are given a second at least."""
GRADES = ("grade", "group")
"""Choices of `limits.return_by` by which whole grades return together."""
MOST_NAMED = 6
"""Classes of a unit that a message names."""


def return_dates(
    scenario: Scenario, books: Sequence[Rulebook], before: Plan | None = None
) -> tuple[ReturnDate, ...]:
    """Choose the date of every class.

    Raises
    ------
    InfeasibleError
        The window is too short, or those who return together are more than a day may take back.
    """
    return proven_dates(scenario, books, before)[0]


def proven_dates(
    scenario: Scenario, books: Sequence[Rulebook], before: Plan | None = None
) -> tuple[tuple[ReturnDate, ...], Bound]:
    """Choose the date of every class, and say how few weighted pupil-days can be lost at all.

    Of an earlier plan, as many dates are kept as can be, and all that are pinned.

    Raises
    ------
    InfeasibleError
        The window is too short, or those who return together are more than a day may take back.
    """
    return dates_in_time(scenario, books, Watch(), before)[:2]


def dates_in_time(
    scenario: Scenario, books: Sequence[Rulebook], watch: Watch, before: Plan | None = None
) -> tuple[tuple[ReturnDate, ...], Bound, bool]:
    """Choose dates by a deadline: the best that are found in a share of the time that is left.

    Without a deadline they are those of `proven_dates`, and so they are where they take less.

    Returns
    -------
    The dates, their bound, and whether the search for better ones was cut short.

    Raises
    ------
    InfeasibleError
        As for `proven_dates`; never for want of time.
    """
    units, days = return_units(scenario), _open_days(scenario, books)
    _refuse_the_impossible(scenario, books, units, days)
    pairs = _precedence(scenario, books)
    kinds = _kinds(scenario, units, days, pairs, before)

    programme = Programme()
    back = programme.add(len(kinds), len(days), whole=True)
    used = programme.add(len(days), high=1, cost=BATCH_COST, whole=True)
    for kind, own in zip(kinds, back, strict=True):
        programme.row([(v, 1) for v in own], kind.number, kind.number)
        for v, day, cost in zip(own, used, kind.costs, strict=True):
            programme.limit(int(v), 0, kind.number if cost < INF else 0)
            programme.charge(int(v), cost if cost < INF else 0)
            programme.row([(v, 1), (day, -kind.number)], -INF, 0)
    _limit_days(programme, back, used, scenario, books, kinds, days)
    keep_in_order(programme, back, kinds, pairs)
    add_rows(programme, back, scenario, kinds, days)

    left, many = watch.left(), len(units) > FEW
    if left is None:
        solution = _solved(programme, many, before is not None)
    else:
        seconds = max(LEAST_SECONDS, SHARE * left)
        solution = _solved_by(programme, many, before is not None, used, seconds)
    if solution is None:
        apart = scenario.limits.days_between_batches
        values = {"first": days[0], "last": days[-1], "apart": apart}
        raise InfeasibleError([Problem("calendar", "window_too_short", values)])
    day_of: dict[str, date] = {}
    for kind, numbers in zip(kinds, np.rint(solution.value[back]).astype(int), strict=True):
        for unit, d in zip(kind.units, np.repeat(np.arange(len(days)), numbers), strict=True):
            day_of |= {c.name: days[d] for c in unit.classes}
    found = dates_by_grade(scenario, day_of, _pinned(scenario, before))
    total = sum(_days_lost(scenario, c, day_of[c.name]) for c in scenario.classes)
    bound = _bound(total, len(days), solution.bound if before is None else 0.0)
    return found, bound, programme.out_of_time


def _solved(
    programme: Programme, many: bool, moving: bool, seconds: float | None = None
) -> Solution | None:
    """Solve to the end, or nearly so for many units; none only where there is no solution.

    Where a moved date costs more than all lost days, a share of all costs would be many of them.
    """
    gap, nodes = (GAP if many and not moving else 0.0), (NODES if many else None)
    solution = programme.solve(gap=gap, nodes=nodes, limit=seconds)
    if solution is None and not programme.impossible and not programme.out_of_time:
        solution = programme.solve(gap=GAP, limit=seconds)
    return solution


def _solved_by(
    programme: Programme, many: bool, moving: bool, used: Index, seconds: float
) -> Solution | None:
    """Solve by a deadline; with a short calendar once the time is up.

    If that does not help either, the first solution of all is waited for.
    """
    solution = _solved(programme, many, moving, seconds)
    if not programme.out_of_time:
        return solution
    bound = programme.bound
    relaxed = programme.solve(relaxed=True)
    bound = max(bound, relaxed.bound) if relaxed else bound
    soon = None if moving else solved_soon(programme, used)
    found = better(solution, soon, bound)
    if found is None:
        found = better(programme.solve(gap=ANY), None, bound)
    programme.out_of_time = True
    return found


def _bound(lost_days: float, days: int, solved: float) -> Bound:
    """Weighted pupil-days lost, and what no dates lose less than, by the solver's bound."""
    trifle = BATCH_COST * days  # what the tie-break may add at most
    low = max(0.0, solved - trifle)
    if lost_days - low <= trifle + 1e-6 * lost_days:
        low = lost_days  # whole pupil-days apart from the tie-break
    return Bound(lost_days, low)


def _limit_days(
    programme: Programme,
    back: Index,
    used: Index,
    scenario: Scenario,
    books: Sequence[Rulebook],
    kinds: Sequence[Kind],
    days: Sequence[date],
) -> None:
    """Keep batches apart, and below what a day and the masks in the store take back."""
    cap, apart = scenario.limits.people_returning_per_day, scenario.limits.days_between_batches
    pupils = [kind.units[0].pupils for kind in kinds]
    # what whole units can make up, and nothing between batches: else the relaxation is far off
    most = cap and fullest((unit.pupils for kind in kinds for unit in kind.units), cap)
    for d, first in enumerate(days):
        near = [i for i, day in enumerate(days) if first <= day < first + timedelta(days=apart)]
        programme.row([(used[i], 1) for i in near], 0, 1)
        if most is not None:
            terms = list(zip(back[:, d], pupils, strict=True))
            programme.row([*terms, (used[d], -most)], -INF, 0)
        room = _people_the_stock_allows(scenario, books, first)
        if room < scenario.pupils:
            so_far = [(back[k, i], n) for k, n in enumerate(pupils) for i in range(d + 1)]
            programme.row(so_far, 0, room)


def _pinned(scenario: Scenario, before: Plan | None) -> set[str]:
    """Classes whose date in an earlier plan must be kept."""
    if before is None:
        return set()
    rows = ((c.name, before.date_for(c)) for c in scenario.classes)
    return {name for name, row in rows if row is not None and row.pinned}


def _kinds(
    scenario: Scenario,
    units: Sequence[ReturnUnit],
    days: Sequence[date],
    pairs: Sequence[tuple[str, str]],
    before: Plan | None,
) -> list[Kind]:
    """Put together the units that the programme need not tell apart, in the order of the file."""
    lost = {c.name: [_days_lost(scenario, c, day) for day in days] for c in scenario.classes}
    dear = 1.0 + sum(row[-1] for row in lost.values())
    alike: dict[Hashable, list[ReturnUnit]] = {}
    costs = []
    for unit in units:
        own = np.sum([lost[c.name] for c in unit.classes], axis=0)
        if before is not None:
            own = own + _moving(scenario, unit, days, before, dear)
        members = alike.setdefault((*own, *_seen(scenario, unit, pairs)), [])
        if not members:
            costs.append(own)
        members.append(unit)
    return [Kind(tuple(m), cost) for m, cost in zip(alike.values(), costs, strict=True)]


def _moving(
    scenario: Scenario, unit: ReturnUnit, days: Sequence[date], before: Plan, dear: float
) -> Floats:
    """Let a moved date cost more than all lost days together; a pinned one does not move."""
    pinned = _pinned(scenario, before)
    rows = [(c.name, row.day) for c in unit.classes if (row := before.date_for(c))]
    fixed = {day for name, day in rows if name in pinned}
    given_up = [len({old for _, old in rows} - {day}) for day in days]
    return np.array(
        [INF if fixed - {day} else dear * n for day, n in zip(days, given_up, strict=True)]
    )


def _seen(
    scenario: Scenario, unit: ReturnUnit, pairs: Sequence[tuple[str, str]]
) -> Iterator[Hashable]:
    """What the rows of the programme see of a unit, besides its costs."""
    limits, grades = scenario.limits, [scenario.grade_named[g] for g in unit.grades]
    yield unit.pupils
    for g in grades:
        yield frozenset(pair[1] for pair in pairs if pair[0] == g.name)
        yield frozenset(pair[0] for pair in pairs if pair[1] == g.name)
    if limits.fair_days_apart is not None:
        yield frozenset(g.level for g in grades)
    if limits.observation_beds is not None:
        yield unit.boarders
    if limits.one_batch_per_building:
        yield frozenset(c.building for c in unit.classes)


def _days_lost(scenario: Scenario, c: SchoolClass, day: date) -> float:
    """Weighted pupil-days that a class loses before a date, those of held pupils left out."""
    before = [d for d in scenario.calendar.school_days if d < day]
    pupil_days = sum(c.pupils - scenario.held(c.name, d) for d in before)
    return scenario.grade_of(c).lost_day_weight * pupil_days


def clauses_on(scenario: Scenario, books: Iterable[Rulebook], quantity: Q) -> list[Clause]:
    """Hard clauses about one quantity that are asked of the school."""
    hard = [c for book in books for c in book.clauses if c.hard and c.applies(scenario)]
    return [c for c in hard if c.quantity is quantity]


def floors(scenario: Scenario, books: Iterable[Rulebook], quantity: Q) -> float:
    """Return the largest amount that a hard clause asks for; 0 if none does."""
    asked = [c.asked(scenario) or 0.0 for c in clauses_on(scenario, books, quantity)]
    return max(asked, default=0.0)


def _open_days(scenario: Scenario, books: Sequence[Rulebook]) -> list[date]:
    """School days on which every dated paper is old enough."""
    earliest, signed = scenario.calendar.first_day, scenario.approvals
    for quantity, since in (
        (Q.DAYS_AFTER_WRITTEN_NOTICE, signed.written_notice),
        (Q.DAYS_OF_NOTICE, signed.families_told),
        (Q.DAYS_OBSERVED_AT_HOME, signed.home_observation_from),
        (Q.DISINFECTION_DAYS_BEFORE, scenario.calendar.disinfection_from),
    ):
        if since is not None and clauses_on(scenario, books, quantity):
            wait = timedelta(days=floors(scenario, books, quantity))
            earliest = max(earliest, since + wait)
    days = [d for d in scenario.calendar.school_days if d >= earliest]
    if not days:
        values = {"earliest": earliest, "last": scenario.calendar.last_day}
        raise InfeasibleError([Problem("calendar", "papers_too_late", values)])
    return days


def _precedence(scenario: Scenario, books: Sequence[Rulebook]) -> list[tuple[str, str]]:
    """Pairs of grades of which the second may not be before the first."""
    exams_first = bool(clauses_on(scenario, books, Q.EXAM_GRADES_LATE))
    little_last = bool(clauses_on(scenario, books, Q.KINDERGARTENS_EARLY))
    pairs = []
    for i, one in enumerate(scenario.grades):
        for j, other in enumerate(scenario.grades):
            exam = exams_first and one.exam_year and not other.exam_year
            little = little_last and other.level == "kindergarten" and one.level != "kindergarten"
            alike = exams_first * one.exam_year == exams_first * other.exam_year and (
                (one.level == "kindergarten") == (other.level == "kindergarten") or not little_last
            )
            in_order = scenario.limits.in_file_order and alike and i < j
            if exam or little or in_order:
                pairs.append((one.name, other.name))
    return pairs


def _people_the_stock_allows(scenario: Scenario, books: Sequence[Rulebook], day: date) -> float:
    """Pupils for whom there are masks on a day, if what must be ordered comes in time."""
    per_person = floors(scenario, books, Q.MASKS_PER_PERSON)
    masks = [s for s in scenario.supplies if s.kind == "mask"]
    if not per_person or not masks:
        return float("inf")
    ordered, sure = scenario.calendar.orders_from, scenario.limits.confidence
    if any(ordered + timedelta(days=s.delivered_within(sure)) <= day for s in masks):
        return float("inf")
    there = sum(s.on_hand + coming(scenario, s, day) for s in masks)
    share = scenario.supplied_share("mask")
    return floor(there / per_person / share) - scenario.staff_people if share else float("inf")


def _refuse_the_impossible(
    scenario: Scenario,
    books: Sequence[Rulebook],
    units: Sequence[ReturnUnit],
    days: Sequence[date],
) -> None:
    reasons = [problem for unit in units for problem in _too_many(scenario, unit)]
    smallest = min(unit.pupils for unit in units)
    room = _people_the_stock_allows(scenario, books, days[-1])
    if room < smallest:
        values = {"pupils": smallest, "room": max(0, floor(room))}
        reasons.append(Problem("supplies", "masks_never_enough", values))
    if reasons:
        raise InfeasibleError(reasons)


def _too_many(scenario: Scenario, unit: ReturnUnit) -> Iterator[Problem]:
    """Say where those who return together are more than can ever be taken back."""
    cap, beds = scenario.limits.people_returning_per_day, scenario.limits.observation_beds
    grade = _is_grade(scenario, unit)
    names = [c.name for c in unit.classes]
    told = ", ".join(names if len(names) <= MOST_NAMED else [*names[: MOST_NAMED - 1], "..."])
    place = f"classes.{names[0]}" if len(names) == 1 else "limits.return_by"
    if cap is not None and unit.pupils > cap:
        values = {"pupils": unit.pupils, "limit": cap}
        if grade:
            yield Problem(f"grades.{grade}", "grade_larger_than_a_day", values)
        else:
            yield Problem(place, "unit_larger_than_a_day", {"classes": told, **values})
    if beds is not None and unit.boarders > beds:
        values = {"boarders": unit.boarders, "beds": beds}
        if grade:
            yield Problem(f"grades.{grade}", "grade_larger_than_beds", values)
        else:
            yield Problem(place, "unit_larger_than_beds", {"classes": told, **values})


def _is_grade(scenario: Scenario, unit: ReturnUnit) -> str:
    """Name of the grade that a unit is the whole of, as a grade; empty if it is none."""
    grade, *others = unit.grades
    whole = len(unit.classes) == sum(c.grade == grade for c in scenario.classes)
    return grade if whole and not others and scenario.limits.return_by in GRADES else ""
