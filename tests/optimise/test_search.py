"""The search against all plans there are, its bound, its deadline, and what it must keep."""

from typing import Any

import pytest
from builders import TINY, a_scenario
from tiny_schools import every_sketch, least_duty, searching, tiny_school

from returnsim.experiment.streams import BLOCK
from returnsim.model.binned import STEP
from returnsim.optimise.anneal import Annealing
from returnsim.optimise.bound import DutyBound
from returnsim.optimise.planner import Proposal, recommend
from returnsim.optimise.rank import best_of, rank
from returnsim.optimise.rehearsal import Sketch
from returnsim.optimise.search import Search
from returnsim.optimise.starts import sketches
from returnsim.optimise.trial import STUCK_RISK, Trial
from returnsim.optimise.watch import Watch
from returnsim.plan.misfits import misfits
from returnsim.plan.plan import Plan
from returnsim.rules.rulebook import PLANNER, rulebooks
from returnsim.scenario.scenario import Scenario

SCHOOLS = range(24)


def best_found(search: Search) -> float | None:
    """Duty of what annealing finds from every start, None where it keeps no limits."""
    found = []
    for start in sketches(search.stage, search.annealing.rules):
        sketch = search.annealing.improve(start, 1_200)
        sketch = search.annealing.improve(sketch, 1_200)
        search.stage.begin(sketch)
        marks = [search.stage.mark(sketch, g) for g in range(len(search.stage.gates))]
        if sum(m.missed for m in marks) == 0:
            found.append(search.annealing.rules.duty(sketch))
    return min(found, default=None)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SCHOOLS)
def test_annealing_finds_the_least_duty_of_all_plans(seed: int) -> None:
    """On the same mornings in steps, and so does nothing lie below the bound."""
    school = tiny_school(seed)
    search = searching(school)
    least = least_duty(search)
    assert best_found(search) == least
    if least is not None:
        bound = DutyBound(school, search.dates, Watch())
        bound.seek()
        assert bound.best <= least


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(0, 8, 2))
def test_a_lane_more_never_costs_duty(seed: int) -> None:
    few, more = (best_found(searching(tiny_school(seed, lanes=lanes))) for lanes in (2, 3))
    if few is not None:
        assert more is not None
        assert more <= few


@pytest.mark.parametrize("seed", [0, 1])
def test_steps_show_the_queues_of_the_kernel(seed: int) -> None:
    """Mean longest queue within two people and a tenth, on the same mornings."""
    school = tiny_school(seed)
    search = searching(school)
    sketch = next(iter(every_sketch(search)))
    for g, most in enumerate(search.annealing.rules.most):
        sketch.lanes[g] = most
    plan = search.stage.plan(sketch, search.like)
    search.stage.begin(sketch)
    gate = school.gates[sketch.gate[0]]
    days = search.stage.days[-1:]
    exact = Trial(school, plan, gate.name, days, 1, search.stage.replications).longest(plan)
    steps = search.stage.mark(sketch, sketch.gate[0]).longest
    assert exact.size == steps.size == search.stage.replications
    assert abs(exact.mean() - steps.mean()) <= 2 + 0.1 * exact.mean()
    assert STEP <= 60
    assert search.stage.replications % BLOCK == 0


def proposed(scenario: Scenario, **how: Any) -> Proposal:
    books = rulebooks(scenario, TINY.parent)
    return recommend(scenario, books, **{"seed": 1, "replications": 128} | how)


def test_a_deadline_still_gives_a_whole_plan() -> None:
    found = proposed(a_scenario(), limit=1e-6)
    assert found.cut_short
    assert misfits(found.recommended.plan, found.scenario) == []
    assert len(found.recommended.findings) > len(found.books)


def test_an_interruption_still_gives_a_whole_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    improve, heats = Annealing.improve, []

    def interrupted(self: Annealing, *args: Any, **more: Any) -> Sketch:
        heats.append(1)
        if len(heats) == 3:
            raise KeyboardInterrupt
        return improve(self, *args, **more)

    monkeypatch.setattr(Annealing, "improve", interrupted)
    found = proposed(a_scenario())
    assert found.cut_short
    assert misfits(found.recommended.plan, found.scenario) == []


def test_an_interruption_before_there_is_a_plan_ends_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: Any, **__: Any) -> Sketch:
        raise KeyboardInterrupt

    monkeypatch.setattr(Annealing, "improve", interrupted)
    with pytest.raises(KeyboardInterrupt):
        proposed(a_scenario())


def test_no_naive_plan_is_better_in_the_order_of_objectives() -> None:
    found = proposed(a_scenario())
    mine = rank(found.scenario, found.recommended)
    for naive in found.naive.values():
        if naive.plan.return_dates == found.recommended.plan.return_dates:
            assert mine <= rank(found.scenario, naive)


def test_a_better_naive_plan_is_recommended() -> None:
    found = proposed(a_scenario())
    worse = found.naive["evenly_spread"]
    assert best_of(found.scenario, worse, {"mine": found.recommended}) is found.recommended


def test_bounds_front_and_stresses_come_with_every_plan() -> None:
    found = proposed(a_scenario())
    duty = found.recommended.plan.staff_minutes(found.scenario)
    assert found.bounds["calendar"].proven
    assert 0 < found.bounds["duty"].bound <= found.bounds["duty"].objective == duty
    assert [p.duty for p in found.front] == sorted(p.duty for p in found.front)
    assert "recommended" in {p.name for p in found.front}
    assert not any(p.beats(q) for p in found.front for q in found.front if q.name != "recommended")
    assert found.robustness is not None
    assert next(s.name for s in found.robustness.stresses) == "as_given"
    assert found.robustness.stresses[0].kept
    assert {s.grade for s in found.shares} == {g.name for g in found.scenario.grades}


def renamed(school: Scenario) -> tuple[Scenario, dict[str, str]]:
    names = {c.name: f"renamed {c.name}" for c in school.classes}
    classes = [c.model_copy(update={"name": names[c.name]}) for c in school.classes]
    return a_scenario(classes=classes), names


def test_other_names_change_only_names() -> None:
    """In a school without chance, whose luck no name can change."""
    school = a_scenario()
    other, names = renamed(school)
    one, two = (searching(s).run() for s in (school, other))
    assert one is not None
    assert two is not None
    assert {names[a.school_class]: (a.gate, a.slot) for a in one.arrivals} == {
        a.school_class: (a.gate, a.slot) for a in two.arrivals
    }
    assert one.lanes == two.lanes


def test_twice_of_everything_can_be_planned_too() -> None:
    school = a_scenario()
    twins = [c.model_copy(update={"name": f"{c.name} too"}) for c in school.classes]
    double = a_scenario(
        limits={"people_returning_per_day": None},
        classes=[*school.classes, *twins],
        gates=[*school.gates, school.gates[0].model_copy(update={"name": "other"})],
    )
    plan: Plan | None = searching(double).run()
    assert plan is not None
    assert misfits(plan, double) == []


def test_closing_early_uses_a_fifth_of_what_the_rulebook_allows() -> None:
    planner = next(b for b in rulebooks(a_scenario(), TINY.parent) if b.name == PLANNER)
    clause = next(c for c in planner.clauses if c.id == "L-still-inside")
    assert clause.limit == pytest.approx(5 * STUCK_RISK)
