"""No plan, explained: why, which limits collide, and what would make one possible."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from returnsim.errors import InfeasibleError
from returnsim.experiment.assessment import Assessment
from returnsim.experiment.workers import Jobs
from returnsim.optimise.conflict import Limit, colliding
from returnsim.optimise.planner import confirmed
from returnsim.optimise.relaxations import Pulled, Relaxation, Search, relaxations, stands
from returnsim.optimise.steps import Report
from returnsim.plan.plan import Plan
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say

CONFIRMED = 256
"""Fresh days on which each way out is confirmed: the quick size."""


class Explained(InfeasibleError):
    """No plan meets the limits; says what collides and what would help, too."""

    def __init__(
        self,
        why: InfeasibleError,
        scenario: Scenario,
        conflict: Sequence[Limit],
        ways: Sequence[Relaxation],
        untried: int,
    ) -> None:
        super().__init__(why.reasons)
        self.scenario, self.conflict, self.ways = scenario, tuple(conflict), tuple(ways)
        self.untried = untried

    def text(self, lang: str) -> str:
        """List the reasons, the limits that collide, and the ways out."""
        lines = [super().text(lang)]
        if self.conflict:
            lines.append(say("conflict.head", lang, n=len(self.conflict)))
            lines += [f"  {line}" for limit in self.conflict for line in limit_lines(limit, lang)]
        if self.ways:
            lines.append(say("way_out.head", lang, n=CONFIRMED))
            told = (way_text(way, self.scenario, lang) for way in self.ways)
            lines += [f"  {number}. {text}" for number, text in enumerate(told, start=1)]
        else:
            lines.append(say("way_out.none", lang))
        if self.untried:
            lines.append(say("way_out.untried", lang, n=self.untried))
        return "\n".join(lines)


def explained(
    scenario: Scenario,
    books: Sequence[Rulebook],
    why: InfeasibleError,
    *,
    seed: int,
    tries: int,
    jobs: Jobs = 1,
    report: Report = lambda *_: None,
) -> Explained:
    """Find out which limits collide and what would make a plan possible.

    Ctrl-C ends it with what has been found so far.

    Parameters
    ----------
    scenario, books
        What is given.
    why
        The refusal of `returnsim.optimise.planner.recommend`.
    seed, jobs
        As for the plan.
    tries
        Plans that may be searched for the ways out, and as many for the conflict.
    report
        Told how many plans have been searched.
    """
    done = 0

    def attempt(relaxed: Scenario, by: Sequence[Rulebook] = books) -> Assessment | InfeasibleError:
        nonlocal done
        report("explain", done, 2 * tries)
        done += 1
        try:
            found, *_ = confirmed(
                relaxed, by, seed=seed, replications=CONFIRMED, jobs=jobs, quick=True
            )
        except InfeasibleError as refusal:
            return refusal
        return found

    search = Search(books, attempt, tries)
    conflict: tuple[Limit, ...] = ()
    try:
        relaxations(scenario, books, why.reasons, search)
        conflict = _conflict(scenario, books, why, attempt, tries)
    except KeyboardInterrupt:
        report("explain", 2 * tries, 2 * tries)  # what has been found so far is told
    ways = sorted(search.ways, key=lambda way: way.cost)
    return Explained(why, scenario, conflict, ways, len(search.untried))


def _conflict(
    scenario: Scenario,
    books: Sequence[Rulebook],
    why: InfeasibleError,
    attempt: Callable[[Scenario, Sequence[Rulebook]], Assessment | InfeasibleError],
    tries: int,
) -> tuple[Limit, ...]:
    """Return limits that collide; nothing where too many plans would have to be searched."""
    left = tries

    def possible(relaxed: Scenario, by: Sequence[Rulebook]) -> bool:
        nonlocal left
        if not stands(relaxed, by):
            return False
        left -= 1
        return left >= 0 and not isinstance(attempt(relaxed, by), InfeasibleError)

    found = colliding(scenario, books, why.reasons, possible)
    return found if left >= 0 else ()


def limit_lines(limit: Limit, lang: str) -> Iterator[str]:
    """Say what a limit is, and under it the clauses that ask for it."""
    there = limit.values.get("limit")
    values = limit.values | ({"n": there} if isinstance(there, int) else {})
    yield say(f"conflict.{limit.code}", lang, **values, **_named(limit.names, lang))
    for clause in limit.clauses:
        yield say("conflict.clause", lang, id=clause.id, says=clause.says(lang))


def way_text(way: Relaxation, scenario: Scenario, lang: str) -> str:
    """Say what is loosened, by how much, and whether less would do."""
    told = []
    for part in way.pulled:
        values = {**part.lever.says(part.steps), **in_use(part, way.found.plan, scenario)}
        text = say(f"way_out.{part.lever.code}", lang, **values, **_named(part.lever.names, lang))
        told.append(text)
    whole = say("way_out.and", lang).join(told)
    fewest = all(p.fewest for p in way.pulled) and any(len(p.lever.steps) > 1 for p in way.pulled)
    return say("way_out.fewest", lang, text=whole) if fewest else whole


def in_use(part: Pulled, plan: Plan, scenario: Scenario) -> dict[str, Any]:
    """When a plan uses lanes or people that there were not before, and for how long."""
    if part.lever.code not in ("lane", "duty"):
        return {}
    edges = sorted({seconds(t) for s in plan.lanes for t in (s.begins, s.ends)})
    spans = [
        (begins, ends, more)
        for begins, ends in pairwise(edges)
        if (more := _more(part, plan, scenario, begins)) > 0
    ]
    if not spans:
        spans = [(edges[0], edges[-1], 0.0)]
    return {
        "begins": f"{clock_time(spans[0][0]):%H:%M}",
        "ends": f"{clock_time(spans[-1][1]):%H:%M}",
        "minutes": f"{sum((ends - begins) / 60 * more for begins, ends, more in spans):.0f}",
    }


def _more(part: Pulled, plan: Plan, scenario: Scenario, moment: float) -> float:
    """People on duty at a moment beyond what the lanes, or the people, of before allow."""
    needed = 0.0
    for shift in plan.lanes:
        gate = scenario.gate_named[shift.gate]
        lanes = gate.lanes_of(shift.stage)
        here = part.lever.where == f"gates.{gate.name}.stages.{shift.stage}"
        if not lanes or not seconds(shift.begins) <= moment < seconds(shift.ends):
            continue
        if part.lever.code == "duty":
            needed += shift.lanes * lanes.staff_per_lane
        elif here:
            needed += max(0, shift.lanes - lanes.lanes) * max(lanes.staff_per_lane, 1e-9)
    there = scenario.limits.staff_at(clock_time(moment)) if part.lever.code == "duty" else 0
    return needed - (there or 0)


def _named(names: Any, lang: str) -> dict[str, str]:
    return {place: both[lang == "en"] for place, both in names.items()}
