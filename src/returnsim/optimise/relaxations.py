"""The cheapest ways out where there is no plan, each one tried and confirmed.

A way out is a lever pulled as far as it takes, or two where none alone does. What the integer
programmes rule out is not tried; what they let through is planned in earnest, and counts only
if luck that the search has not seen confirms the plan. Fewest steps are looked for by
doubling and halving, so a way out says whether one step less was found not to do.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from returnsim.errors import InfeasibleError, Problem
from returnsim.experiment.assessment import Assessment
from returnsim.optimise.dates import return_dates
from returnsim.optimise.lever import COSTS, Lever
from returnsim.optimise.levers import levers
from returnsim.optimise.slots import Guess, Slots
from returnsim.rules.quantity import OF_GRADES
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.scenario import Scenario

TRIES, FEWEST_TRIES, CLASSES = 30, 6, 320
"""Plans that may be searched for all ways out together: so many at most, so many at least, and
in between the fewer the more classes there are."""
ENOUGH = 8
"""Ways out after which no more are looked for."""
FAR = 8
"""Steps beyond what the programmes ask for after which a lever is given up."""
HALVINGS = 3
"""Plans that may be searched to find out whether fewer steps do."""
DECIDED = frozenset(
    {
        *(Q.CROWDED_DAYS, Q.LONG_WAIT_DAYS, Q.SEATED_BY_BELL, Q.STUCK_DAYS),
        *(Q.EXAM_GRADES_LATE, Q.KINDERGARTENS_EARLY, Q.DAYS_BETWEEN_BATCHES, Q.BATCHES),
        *(Q.MOST_RETURNING, Q.SLOTS_SHARED_BY_BATCHES),
        *OF_GRADES,
    }
)
"""Quantities that a plan decides: a way out may break no hard clause about one."""

Attempt = Callable[[Scenario], Assessment | InfeasibleError]
"""Looks for a plan and confirms it, or says why there is none."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """A lever and how many steps it was pulled."""

    lever: Lever
    steps: int
    fewest: bool
    """Whether one step less is known not to do."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A way out: what is loosened, and the plan that then keeps every limit."""

    pulled: tuple[Pulled, ...]
    scenario: Scenario
    """The scenario with the limits loosened."""
    found: Assessment
    """The plan that was found for it, confirmed on fresh luck."""

    @property
    def cost(self) -> tuple[int, ...]:
        """Sorts the ways out: first what costs least."""
        ranks = sorted((COSTS.index(p.lever.cost) for p in self.pulled), reverse=True)
        return (len(ranks), *ranks, sum(p.steps for p in self.pulled))


@dataclass(slots=True)
class Search:
    """Counts the plans that were searched."""

    books: Sequence[Rulebook]
    attempt: Attempt
    left: int = TRIES
    untried: list[Lever] = field(default_factory=list)
    """Levers for which no tries were left."""
    ways: list[Relaxation] = field(default_factory=list)
    """Ways out found so far."""

    refusal: InfeasibleError | None = None
    """Why the last search found no plan."""

    def plan(self, scenario: Scenario | None) -> Assessment | None:
        """Look for a plan that keeps every limit; none if there is none, or no tries are left."""
        self.refusal = None
        if scenario is None or self.left <= 0:
            return None
        self.left -= 1
        found = self.attempt(scenario)
        if isinstance(found, InfeasibleError):
            self.refusal = found
            return None
        broken = any(f.clause.quantity in DECIDED for f in found.hard_violated)
        return None if broken else found

    def pull(self, lever: Lever, steps: int) -> Relaxation | None:
        """Pull a lever and look for a plan."""
        scenario = pulled(lever, steps)
        found = self.plan(scenario)
        if scenario is None or found is None:
            return None
        return Relaxation((Pulled(lever, steps, fewest=False),), scenario, found)


def usual_tries(scenario: Scenario) -> int:
    """How many plans may be searched if nobody says so: a plan of a large school takes longer."""
    return max(FEWEST_TRIES, min(TRIES, CLASSES // len(scenario.classes)))


def relaxations(
    scenario: Scenario, books: Sequence[Rulebook], reasons: Sequence[Problem], search: Search
) -> tuple[Relaxation, ...]:
    """Find ways out, those that cost least first.

    Parameters
    ----------
    scenario, books, reasons
        What is given, and why there is no plan for it.
    search
        Looks for plans, as many as are left to it; keeps the ways out it has found so far, and
        says which levers it had no tries for.
    """
    chances = sorted(levers(scenario, books, reasons), key=lambda v: COSTS.index(v.cost))
    for lever in chances:
        if len(search.ways) >= ENOUGH or search.left <= 0:
            search.untried.append(lever)
            continue
        way = _least(lever, search, _hint(lever, reasons))
        search.ways += [way] if way else []
    if not search.ways:
        search.ways += _pairs(chances, search)
    return tuple(sorted(search.ways, key=lambda way: way.cost))


def stands(scenario: Scenario | None, books: Sequence[Rulebook]) -> bool:
    """Whether dates exist, and slots in which pupils could flow like water."""
    if scenario is None:
        return False
    try:
        dates = return_dates(scenario, books)
    except InfeasibleError:
        return False
    return Slots(scenario, dates, Guess({}, 0.0, gap=1.0)).solve() is not None


def pulled(lever: Lever, steps: int) -> Scenario | None:
    """Return the scenario after so many steps; none if that makes no sense."""
    try:
        return lever.pull(steps)
    except ValueError:
        return None


def _hint(lever: Lever, reasons: Sequence[Problem]) -> int:
    """Steps that the reasons themselves suggest; 1 if they suggest none."""
    if lever.code != "places":
        return 1
    gate = ".".join(lever.where.split(".")[:2])
    told = [p.values for p in reasons if p.where == gate]
    asked = [int(v["enough"]) - int(v["places"]) for v in told if "enough" in v]
    return max([1, *asked])


def _least(lever: Lever, search: Search, hint: int) -> Relaxation | None:
    """Pull one lever as little as it takes: what is suggested, then far enough, then halving."""
    steps = lever.steps[: _sensible(lever)]
    low = _ruled_out(lever, steps, search.books)
    if low >= len(steps):
        return None
    fails, at = low - 1, max(low, min(hint, len(steps)) - 1)
    best = search.pull(lever, steps[at])
    if best is None and at + 1 < len(steps):
        fails, at = at, min(at + FAR, len(steps) - 1)
        best = search.pull(lever, steps[at])
    for _ in range(HALVINGS):
        if best is None or at - fails <= 1 or search.left <= 0:
            break
        middle = (at + fails) // 2
        less = search.pull(lever, steps[middle])
        if less is None:
            fails = middle
        else:
            at, best = middle, less
    if best is None:
        return None
    return replace(best, pulled=(Pulled(lever, steps[at], fewest=at - fails == 1),))


def _sensible(lever: Lever) -> int:
    """How many of a lever's steps make a scenario at all, by halving."""
    low, high = 0, len(lever.steps)
    while low < high:
        middle = (low + high + 1) // 2
        if pulled(lever, lever.steps[middle - 1]) is None:
            high = middle - 1
        else:
            low = middle
    return low


def _ruled_out(lever: Lever, steps: Sequence[int], books: Sequence[Rulebook]) -> int:
    """How many of a lever's steps the integer programmes rule out, by halving."""
    low, high = 0, len(steps)
    if high and stands(pulled(lever, steps[0]), books):
        return 0
    if not high or not stands(pulled(lever, steps[-1]), books):
        return high
    while low < high:
        middle = (low + high) // 2
        if stands(pulled(lever, steps[middle]), books):
            high = middle
        else:
            low = middle + 1
    return low


def _pairs(chances: Sequence[Lever], search: Search) -> Iterator[Relaxation]:
    """Pull a lever far, and another that answers why there is still no plan.

    Then the first is let back as far as it goes.
    """
    for first in chances:
        steps = first.steps[: _sensible(first)]
        asked = _ruled_out(first, steps, search.books)
        there = min((asked if asked < len(steps) else 0) + FAR, len(steps)) - 1
        wide = pulled(first, steps[there]) if steps else None
        if wide is None or search.plan(wide) is not None or search.refusal is None:
            continue
        reasons = search.refusal.reasons
        seconds = [v for v in levers(wide, search.books, reasons) if v.limit != first.limit]
        for second in sorted(seconds, key=lambda v: COSTS.index(v.cost)):
            way = _least(second, search, _hint(second, reasons))
            if way is not None:
                yield _let_back(first, steps[there], way, search)
                break


def _let_back(first: Lever, steps: int, way: Relaxation, search: Search) -> Relaxation:
    """Pull the first of two levers as little as it takes once the second is where it is."""
    [last] = way.pulled
    best, fails = replace(way, pulled=(Pulled(first, steps, fewest=False), last)), 0
    while steps - fails > 1 and search.left > 0:
        middle = (steps + fails) // 2
        narrow = pulled(first, middle)
        second = narrow and next(
            (v for v in levers(narrow, search.books) if _same(v, last.lever)), None
        )
        less = second and search.pull(second, last.steps)
        if less:
            steps = middle
            best = replace(less, pulled=(Pulled(first, middle, fewest=False), last))
        else:
            fails = middle
    return best


def _same(one: Lever, other: Lever) -> bool:
    return (one.limit, one.where) == (other.limit, other.where) and one.cost == other.cost
