r"""When each grade comes back.

A small integer programme, solved by HiGHS (`scipy.optimize.milp`) until no better plan can
exist:

- binary :math:`x_{gd}`: grade g returns on school day d; binary :math:`u_d`: some batch
  returns on d;
- minimise :math:`\sum_{g,d} w_g k_{gd} x_{gd}`, the weighted pupil-days lost, where k_gd is
  the number of pupil-days of grade g before d, those of held pupils left out, plus a trifle
  for each batch;
- every grade returns once, only on days in use; days in use are at least
  `days_between_batches` apart; no date takes back more than `people_returning_per_day`;
- where the rulebooks ask for it, exam grades come no later than any other, kindergartens
  no earlier;
- where the planner asks for it, grades otherwise keep the order of the file;
- where the planner asks for it, no grade loses many more school days than another of its
  level, boarders under observation have beds, and a building takes no other batch meanwhile
  (`calendar_rows`);
- opening is not before the dates that follow from the papers (notice, 14 days at home);
- the stock a rulebook wants per person and per class is there on each day.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from math import floor

from returnsim.errors import InfeasibleError, Problem
from returnsim.measure.planned import coming
from returnsim.optimise.bounds import Bound
from returnsim.optimise.calendar_rows import add_rows, grades_larger_than_the_beds
from returnsim.optimise.programme import INF, Index, Programme
from returnsim.plan.plan import Plan, ReturnDate
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Clause, Rulebook
from returnsim.scenario.scenario import Scenario

BATCH_COST = 1e-3
"""Weight of one more batch against one lost pupil-day: breaks ties towards fewer batches."""


def return_dates(
    scenario: Scenario, books: Sequence[Rulebook], before: Plan | None = None
) -> tuple[ReturnDate, ...]:
    """Choose the date of every grade.

    Raises
    ------
    InfeasibleError
        The window is too short, or a grade is larger than a day may take back.
    """
    return proven_dates(scenario, books, before)[0]


def proven_dates(
    scenario: Scenario, books: Sequence[Rulebook], before: Plan | None = None
) -> tuple[tuple[ReturnDate, ...], Bound]:
    """Choose the date of every grade, and say how few weighted pupil-days can be lost at all.

    Of an earlier plan, as many dates are kept as can be, and all that are pinned.

    Raises
    ------
    InfeasibleError
        The window is too short, or a grade is larger than a day may take back.
    """
    grades, days = scenario.grades, _open_days(scenario, books)
    _refuse_the_impossible(scenario, books, days)
    pupils = [scenario.pupils_in(g.name) for g in grades]
    school_days = scenario.calendar.school_days
    lost = [school_days.index(day) for day in days]
    limits, apart = scenario.limits, timedelta(days=scenario.limits.days_between_batches)

    programme = Programme()
    back = programme.add(len(grades), len(days), high=1, whole=True)
    used = programme.add(len(days), high=1, cost=BATCH_COST, whole=True)
    for g, grade in enumerate(grades):
        programme.row([(v, 1) for v in back[g]], 1, 1)
        for d in range(len(days)):
            missed = _days_missed(scenario, grade.name, days[d])
            programme.charge(back[g, d], grade.lost_day_weight * missed)
            programme.row([(back[g, d], 1), (used[d], -1)], -INF, 0)
    for d, first in enumerate(days):
        near = [i for i, other in enumerate(days) if first <= other < first + apart]
        programme.row([(used[i], 1) for i in near], 0, 1)
        if limits.people_returning_per_day is not None:
            terms = list(zip(back[:, d], pupils, strict=True))
            programme.row(terms, 0, limits.people_returning_per_day)
        room = _people_the_stock_allows(scenario, books, first)
        if room < sum(pupils):
            so_far = [(back[g, i], n) for g, n in enumerate(pupils) for i in range(d + 1)]
            programme.row(so_far, 0, room)
    if before is not None:
        _keep(programme, back, scenario, days, before)
    for earlier, later in _precedence(scenario, books):
        terms = [(back[earlier, d], k) for d, k in enumerate(lost)]
        terms += [(back[later, d], -k) for d, k in enumerate(lost)]
        programme.row(terms, -INF, 0)

    add_rows(programme, back, scenario, days)

    solution = programme.solve()
    if solution is None:
        values = {"first": days[0], "last": days[-1], "apart": apart.days}
        raise InfeasibleError([Problem("calendar", "window_too_short", values)])
    chosen = solution.value[back].argmax(axis=1)
    found = tuple(
        ReturnDate(grade=g.name, day=days[d], pinned=g.name in _pinned(before))
        for g, d in zip(grades, chosen, strict=True)
    )
    return found, _bound(scenario, found, days, solution.bound if before is None else 0.0)


def _bound(
    scenario: Scenario, found: Sequence[ReturnDate], days: Sequence[date], solved: float
) -> Bound:
    """Weighted pupil-days lost, and what no dates lose less than, by the solver's bound."""
    lost_days = sum(
        scenario.grade_named[r.grade].lost_day_weight * _days_missed(scenario, r.grade, r.day)
        for r in found
    )
    trifle = BATCH_COST * len(days)  # what the tie-break may add at most
    low = max(0.0, solved - trifle)
    if lost_days - low <= trifle + 1e-6 * lost_days:
        low = lost_days  # whole pupil-days apart from the tie-break
    return Bound(lost_days, low)


def _pinned(before: Plan | None) -> set[str]:
    return {r.grade for r in before.return_dates if r.pinned} if before else set()


def _keep(
    programme: Programme, back: Index, scenario: Scenario, days: Sequence[date], before: Plan
) -> None:
    """Let a moved date cost more than all lost days together; a pinned one does not move."""
    dear = 1.0 + sum(
        g.lost_day_weight * _days_missed(scenario, g.name, days[-1]) for g in scenario.grades
    )
    for g, grade in enumerate(scenario.grades):
        for d, day in enumerate(days):
            if before.date_of.get(grade.name, day) == day:
                continue
            if grade.name in _pinned(before):
                programme.limit(int(back[g, d]), 0, 0)
            else:
                programme.charge(int(back[g, d]), dear)


def _days_missed(scenario: Scenario, grade: str, day: date) -> int:
    """Pupil-days that a grade loses before a return date, those of held pupils left out."""
    members = [c for c in scenario.classes if c.grade == grade]
    before = [d for d in scenario.calendar.school_days if d < day]
    return sum(c.pupils - scenario.held(c.name, d) for c in members for d in before)


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


def _precedence(scenario: Scenario, books: Sequence[Rulebook]) -> list[tuple[int, int]]:
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
                pairs.append((i, j))
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
    scenario: Scenario, books: Sequence[Rulebook], days: Sequence[date]
) -> None:
    cap = scenario.limits.people_returning_per_day
    reasons = [
        Problem(
            f"grades.{g.name}",
            "grade_larger_than_a_day",
            {"pupils": scenario.pupils_in(g.name), "limit": cap},
        )
        for g in scenario.grades
        if cap is not None and scenario.pupils_in(g.name) > cap
    ]
    reasons += grades_larger_than_the_beds(scenario)
    smallest = min(scenario.pupils_in(g.name) for g in scenario.grades)
    room = _people_the_stock_allows(scenario, books, days[-1])
    if room < smallest:
        values = {"pupils": smallest, "room": max(0, floor(room))}
        reasons.append(Problem("supplies", "masks_never_enough", values))
    if reasons:
        raise InfeasibleError(reasons)
