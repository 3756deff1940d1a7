"""An earlier plan, mended: the fewest classes move that can, and lanes are only added.

First nobody moves, then one class, then two, until a plan is found that the search's own days
and then days it has not seen confirm. Which classes go where is left to the programme of
`slots`; lanes stay as they were, as far as there still are so many, and are added where the
simulated days ask for it.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from returnsim.errors import InfeasibleError, Problem
from returnsim.experiment.assessment import Assessment
from returnsim.experiment.study import assessed_days
from returnsim.measure.planned import shared_slots
from returnsim.optimise.dates import return_dates
from returnsim.optimise.demand import Morning, stations
from returnsim.optimise.infeasible import reasons
from returnsim.optimise.kept import Kept
from returnsim.optimise.lanes import Counts, is_outside, lanes_by_block, with_counts
from returnsim.optimise.lever import rebuilt
from returnsim.optimise.slots import Guess, Slots
from returnsim.optimise.steps import Report
from returnsim.optimise.trial import Trial, hardest_days
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan, ReturnDate, Shift
from returnsim.rules.rulebook import Rulebook
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario

TRIED = 256
"""Replications of a day in the search."""
ROUNDS = 6
"""Times the guess is tightened for as many moves."""
TIGHTER = 0.2
"""Share of a gate's places by which its buffer grows when it fails."""
MARGINS = (0.45, 0.1)
"""Share of each risk that the search may use, at first and if fresh days do not confirm it."""
AMONG_LANES = frozenset({"more_staff_than_there_are", "more_lanes_than_there_are"})
Pins = dict[tuple[str, str], NDArray[np.int_]]
"""Lanes that must stay by gate and stage, block by block; -1 where nothing is pinned."""
Confirm = Callable[[Plan], Assessment | None]
"""Plays a plan on fresh days; none if it does not keep its limits there."""


def mended(
    scenario: Scenario,
    books: Sequence[Rulebook],
    before: Plan,
    most: int | None,
    *,
    seed: int,
    confirm: Confirm,
    report: Report,
) -> Assessment:
    """Change an earlier plan as little as it takes to keep every limit again.

    Parameters
    ----------
    scenario, books
        What is given now.
    before
        The plan; what is pinned in it stays.
    most
        Classes that may get another gate or slot; any number if none is given.
    seed
        Which luck.
    confirm
        Plays a plan on fresh days.
    report
        Told how many moves have been ruled out.

    Raises
    ------
    InfeasibleError
        More classes must move than may, and how many; or there is no plan at all.
    """
    dates = return_dates(scenario, books, before)
    free = sum(not a.pinned for a in before.arrivals)
    same = before.changed(return_dates=dates)
    fits = _stands(scenario, same) and not misfits(same, scenario)
    unchanged = confirm(same) if fits else None
    if unchanged is not None:
        return unchanged
    for moves in range(free + 1):
        report("slots", moves, free + 1)
        found = _with_moves(scenario, same, moves, seed, confirm)
        if found is None:
            continue
        if most is not None and moves > most:
            values = {"most": most, "n": moves}
            raise InfeasibleError([Problem("arrivals", "more_moves_needed", values)])
        return found
    why = [Problem("arrivals", "no_moves_help", {"n": free})]
    raise InfeasibleError([*why, *reasons(scenario, dates, None, seed)])


def _with_moves(
    scenario: Scenario, before: Plan, moves: int, seed: int, confirm: Confirm
) -> Assessment | None:
    """Look for a plan in which so many classes move."""
    buffer: dict[str, float] = {}
    waiting = 60.0
    for _ in range(ROUNDS):
        plan = _arranged(scenario, before, Guess(buffer, waiting, kept=Kept(before, moves)))
        if plan is None:
            return None
        for margin in MARGINS:
            settled, failed, late = _settled(scenario, before, plan, seed, margin)
            found = None if settled is None else confirm(settled)
            if found is not None:
                return found
            failed = failed or set(scenario.gate_named)
        if moves == 0:
            return None  # there is nothing else to try
        for gate in failed:
            buffer[gate] = min(0.9, buffer.get(gate, 0.0) + TIGHTER)
        waiting += 60.0 if late else 0.0
    return None


def _arranged(scenario: Scenario, before: Plan, guess: Guess) -> Plan | None:
    """Gates and slots for as many moves as the guess allows; the lanes are a first guess."""
    dates: Sequence[ReturnDate] = before.return_dates
    if guess.kept and guess.kept.moves == 0 and _stands(scenario, before):
        return before
    layout = Slots(scenario, dates, guess).solve()
    if layout is None:
        return None
    pinned = {a.school_class for a in before.arrivals if a.pinned}
    arrivals = [rebuilt(a, pinned=a.school_class in pinned) for a in layout.arrivals]
    return before.changed(arrivals=tuple(arrivals), lanes=layout.lanes)


def _stands(scenario: Scenario, before: Plan) -> bool:
    """Whether the arrivals may stay, whatever becomes of the lanes."""
    asked = {p.code for p in misfits(before, scenario) if p.where.startswith("arrivals")}
    return not asked and not shared_slots(scenario, before)


def _settled(
    scenario: Scenario, before: Plan, plan: Plan, seed: int, margin: float
) -> tuple[Plan | None, set[str], bool]:
    """Settle the lanes; else which gates fail, and whether somebody is late."""
    pins = _pinned(scenario, before)
    trials = _trials(scenario, plan, seed)
    failed = {
        gate for gate, trial in trials.items() if not _passes(scenario, plan, trial, pins, margin)
    }
    if failed:
        return None, failed, _late(scenario, plan, trials, failed)
    for start in (_old_lanes(scenario, before, plan), lanes_by_block(scenario, plan)):
        counts = {key: np.where(pins[key] >= 0, pins[key], n) for key, n in start.items()}
        best = with_counts(scenario, plan, counts)
        if any(p.code in AMONG_LANES for p in misfits(best, scenario)):
            continue
        failed = set()
        for gate, trial in trials.items():
            wider = _widened(scenario, best, trial, pins, margin)
            best = wider or best
            failed |= set() if wider else {gate}
        if not failed:
            return _with_pins(scenario, best, before), set(), False
    return None, failed, _late(scenario, plan, trials, failed)


def _trials(scenario: Scenario, plan: Plan, seed: int) -> dict[str, Trial]:
    """Every gate by which anybody comes, on its hardest days."""
    used = {a.gate for a in plan.arrivals} | {g.gate for g in scenario.staff}
    days = assessed_days(scenario, plan)
    return {
        g.name: Trial(
            scenario, plan, g.name, hardest_days(scenario, plan, g.name, days), seed, TRIED
        )
        for g in scenario.gates
        if g.name in used
    }


def _passes(scenario: Scenario, plan: Plan, trial: Trial, pins: Pins, margin: float) -> bool:
    """Whether a gate keeps its limits with all its lanes: if not, no lanes need be tried."""
    counts = lanes_by_block(scenario, plan)
    for name, lanes, _ in stations(scenario.gate_named[trial.gate]):
        fixed = pins[trial.gate, name]
        counts[trial.gate, name] = np.where(fixed >= 0, fixed, lanes.lanes)
    full = with_counts(scenario, plan, counts)
    return trial.keeps(full, margin)


def _late(scenario: Scenario, plan: Plan, trials: dict[str, Trial], failed: set[str]) -> bool:
    """Whether somebody is late at a gate that fails."""
    wanted = scenario.limits.seated_by_bell_probability
    shares = [s for gate in failed for s in trials[gate].strain(plan).in_time.values()]
    return min(shares, default=1.0) < wanted


def _old_lanes(scenario: Scenario, before: Plan, plan: Plan) -> Counts:
    """Lanes as they were, as far as there still are so many; gates not used before as guessed."""
    there = {(g.name, name): lanes.lanes for g in scenario.gates for name, lanes, _ in stations(g)}
    shifts = tuple(s for s in before.lanes if (s.gate, s.stage) in there)
    old = lanes_by_block(scenario, before.changed(lanes=shifts))
    guessed = lanes_by_block(scenario, plan)
    keys = [key for key in dict.fromkeys((*guessed, *old)) if key in there]
    return {key: np.minimum(old[key] if key in old else guessed[key], there[key]) for key in keys}


def _pinned(scenario: Scenario, before: Plan) -> Pins:
    """Lanes that must stay, block by block; -1 where nothing is pinned."""
    fixed = lanes_by_block(
        scenario, before.changed(lanes=tuple(s for s in before.lanes if s.pinned))
    )
    blocks = Morning(scenario).blocks.size - 1
    none = np.full(blocks, -1)
    return {
        (g.name, name): np.where(fixed[g.name, name] > 0, fixed[g.name, name], -1)
        if (g.name, name) in fixed
        else none
        for g in scenario.gates
        for name, _, _ in stations(g)
    }


def _widened(
    scenario: Scenario, plan: Plan, trial: Trial, pins: Pins, margin: float
) -> Plan | None:
    """Add lanes that are not pinned at one gate until it keeps its limits, and no more of them."""
    best, strain = plan, trial.strain(plan).excess(scenario, margin)
    if strain == 0:
        return best
    while strain > 0:
        wider = [
            (trial.strain(candidate).excess(scenario, margin), number, candidate)
            for number, candidate in enumerate(_one_more(scenario, best, trial.gate, pins))
        ]
        if not wider:
            return None
        strain, _, best = min(wider, key=lambda row: row[:2])
    return _narrowed(scenario, plan, best, trial, margin)


def _one_more(scenario: Scenario, plan: Plan, gate: str, pins: Pins) -> list[Plan]:
    """Plans with a lane more at one stage, for the whole morning or for three blocks of it."""
    found = []
    for name, lanes, _ in stations(scenario.gate_named[gate]):
        numbers = lanes_by_block(scenario, plan).get((gate, name), np.zeros_like(pins[gate, name]))
        position = np.arange(numbers.size)
        windows = [(position >= b) & (position < b + 3) for b in range(0, numbers.size, 2)]
        for window in [np.ones(numbers.size, dtype=bool), *windows]:
            chosen = window & (numbers < lanes.lanes) & (pins[gate, name] < 0)
            if chosen.any():
                counts = lanes_by_block(scenario, plan)
                counts[gate, name] = numbers + chosen
                candidate = with_counts(scenario, plan, counts)
                if not any(p.code in AMONG_LANES for p in misfits(candidate, scenario)):
                    found.append(candidate)
    return found


def _narrowed(scenario: Scenario, before: Plan, plan: Plan, trial: Trial, margin: float) -> Plan:
    """Take the added lanes away again, block by block, where the limits do not need them."""
    least, counts, best = lanes_by_block(scenario, before), lanes_by_block(scenario, plan), plan
    for key in [key for key in counts if key[0] == trial.gate]:
        floor = least.get(key, np.zeros_like(counts[key]))
        for block in range(floor.size - 1, -1, -1):
            while counts[key][block] > floor[block]:
                counts[key][block] -= 1
                candidate = with_counts(scenario, plan, counts)
                if not trial.keeps(candidate, margin):
                    counts[key][block] += 1
                    break
                best = candidate
    return best


def _with_pins(scenario: Scenario, plan: Plan, before: Plan) -> Plan:
    """Write pinned lanes as they were written, and keep lanes outside the morning."""
    pinned = [s for s in before.lanes if s.pinned]
    blocks = Morning(scenario).blocks
    outside = [s for s in before.lanes if not s.pinned and is_outside(s, blocks)]
    found: list[Shift] = []
    for shift in (s for s in plan.lanes if not is_outside(s, blocks)):
        cuts = [s for s in pinned if (s.gate, s.stage) == (shift.gate, shift.stage)]
        spans = [(seconds(shift.begins), seconds(shift.ends))]
        for cut in cuts:
            begins, ends = seconds(cut.begins), seconds(cut.ends)
            spans = [
                part
                for one, other in spans
                for part in ((one, min(other, begins)), (max(one, ends), other))
                if part[0] < part[1]
            ]
        found += [
            rebuilt(shift, begins=clock_time(one), ends=clock_time(other)) for one, other in spans
        ]
    return plan.changed(lanes=(*found, *pinned, *outside))
