"""Laws of the least duty, exact at schools whose plans can all be tried.

What is free stays free: a plan of a school is a plan of the same school with more of anything,
so that the least duty cannot rise. Names mean nothing but luck, which is drawn by name; here it
goes along with those who are renamed.
"""

from collections.abc import Callable, Mapping
from datetime import date, time
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from builders import Raw
from tiny_schools import searching, tiny_school

from returnsim.experiment.streams import streams
from returnsim.optimise import luck, trial
from returnsim.optimise.exhaustive import least_of_all
from returnsim.optimise.rehearsal import Sketch
from returnsim.optimise.search import Search
from returnsim.plan.plan import Plan
from returnsim.scenario.quantities import clock_time, seconds
from returnsim.scenario.scenario import Scenario

SCHOOLS = range(12)
ENOUGH = 100_000
WHOLE_MORNING = {"begins": time(7, 40), "ends": time(8, 10)}
Change = Callable[[Raw], None]


def changed(school: Scenario, change: Change) -> Scenario:
    """Read a school again with something in its file changed."""
    raw = school.model_dump(by_alias=True)
    change(raw)
    return Scenario.model_validate(raw)


def on_duty(people: int) -> list[Raw]:
    return [WHOLE_MORNING | {"people": people}]


def later(moment: time, minutes: int) -> time:
    return clock_time(seconds(moment) + 60 * minutes)


def a_lane(raw: Raw) -> None:
    for gate in raw["gates"]:
        gate["stages"][0]["lanes"] += 1


def a_gate_more(raw: Raw) -> None:
    raw["gates"] = [*raw["gates"], raw["gates"][-1] | {"name": "one more"}]


def places(raw: Raw) -> None:
    for gate in raw["gates"]:
        gate["marked_places"] += 2


def an_earlier_slot(raw: Raw) -> None:
    raw["limits"]["first_slot"] = later(raw["limits"]["first_slot"], -5)


def a_later_bell(raw: Raw) -> None:
    for grade in raw["grades"]:
        grade["bell"] = later(grade["bell"], 5)


def somebody_on_duty(raw: Raw) -> None:
    [there] = raw["limits"]["staff"]
    raw["limits"]["staff"] = on_duty(there["people"] + 1)


def nobody_counted(raw: Raw) -> None:
    raw["limits"]["staff"] = []


def patience(raw: Raw) -> None:
    raw["limits"]["longest_wait_minutes"] *= 1.5


def risk(raw: Raw) -> None:
    raw["limits"]["crowding_risk"] *= 1.5
    raw["limits"]["wait_risk"] *= 1.5


MORE = {
    f.__name__: f
    for f in (
        *(a_lane, a_gate_more, places, an_earlier_slot, a_later_bell),
        *(somebody_on_duty, nobody_counted, patience, risk),
    )
}


def exactly(school: Scenario) -> tuple[Search, Sketch | None]:
    search = searching(school)
    return search, least_of_all(search.stage, search.annealing.rules, ENOUGH)


def least(school: Scenario) -> float | None:
    search, found = exactly(school)
    return None if found is None else search.annealing.rules.duty(found)


def narrow(seed: int, scarce: bool) -> Scenario:
    """A wait of two minutes, few places and an early bell; and perhaps few lanes and people."""
    lanes = 1 + seed // 2 % 2 if scarce else 2
    people = 1 + (seed % 3 > 0) if scarce else 2

    def change(raw: Raw) -> None:
        raw["limits"] |= {"staff": on_duty(people), "longest_wait_minutes": 2}
        for grade in raw["grades"]:
            grade["bell"] = time(7, 57)
        for gate in raw["gates"]:
            gate["marked_places"] = max(1, gate["marked_places"] - 5)
            gate["stages"][0]["service_seconds"]["mean"] *= 1.3

    return changed(tiny_school(seed, lanes=lanes), change)


@cache
def least_with(seed: int, scarce: bool, more: str = "") -> float | None:
    school = narrow(seed, scarce)
    return least(changed(school, MORE[more]) if more else school)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "scarce", "more"), [*product(SCHOOLS, (False, True), MORE)])
def test_more_of_anything_never_costs_duty(seed: int, scarce: bool, more: str) -> None:
    before, after = least_with(seed, scarce), least_with(seed, scarce, more)
    if before is not None:
        assert after is not None
        assert after <= before


@pytest.mark.slow
def test_the_laws_are_tried_where_they_could_be_broken() -> None:
    """Some of the schools have a plan, not all, and every kind of more but patience helps one."""
    schools = [*product(SCHOOLS, (False, True))]
    before = {at: least_with(*at) for at in schools}
    assert 6 <= sum(d is not None for d in before.values()) < len(schools)
    helps = {more for more in MORE if any(least_with(*at, more) != before[at] for at in schools)}
    assert helps >= {*MORE} - {"patience"}


def with_luck_of(monkeypatch: pytest.MonkeyPatch, old: Mapping[str, str]) -> None:
    """Let those who are renamed, and what they pass, keep the luck of their old names."""

    def purpose_of(purpose: str) -> str:
        what, _, name = purpose.partition(" ")
        return f"{what} {old.get(name, name)}" if what == "service" else purpose

    def same(seed: Any, day: date, block: int) -> Callable[[str, str], np.random.Generator]:
        of = streams(seed, day, block)
        return lambda purpose, party: of(purpose_of(purpose), old.get(party, party))

    for module in (luck, trial):
        monkeypatch.setattr(module, "streams", same)


def renamed(school: Scenario, new: Mapping[str, str]) -> Scenario:
    """Give classes, grades, gates and stages other names."""

    def change(raw: Raw) -> None:
        for c in raw["classes"]:
            c["name"], c["grade"] = new[c["name"]], new[c["grade"]]
        for thing in (*raw["grades"], *raw["gates"]):
            thing["name"] = new[thing["name"]]
        for gate in raw["gates"]:
            for stage in gate["stages"]:
                stage["name"] = new[stage["name"]]

    return changed(school, change)


def names_of(school: Scenario) -> list[str]:
    stages = dict.fromkeys(s.name for g in school.gates for s in g.stages)
    things = [*school.classes, *school.grades, *school.gates]
    return [*(t.name for t in things), *stages]


def as_named(plan: Plan, new: Mapping[str, str]) -> tuple[Any, ...]:
    """The morning of a plan in other words."""
    return (
        {new[a.school_class]: (new[a.gate], a.slot) for a in plan.arrivals},
        {(new[s.gate], new[s.stage], s.begins, s.ends, s.lanes) for s in plan.lanes},
        {new[r.grade]: r.day for r in plan.return_dates},
    )


@pytest.mark.parametrize("seed", [1, 3, 9, 13])
def test_other_names_change_nothing_but_names(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first sketch to the last lane, where luck goes along with the names.

    The new names are sorted the other way round, so that no order of names decides anything.
    """
    school = tiny_school(seed)
    names = names_of(school)
    new = {name: f"{len(names) - i:02d} 号" for i, name in enumerate(sorted(names))}
    plans = []
    for at, of in ((school, {}), (renamed(school, new), {v: k for k, v in new.items()})):
        with_luck_of(monkeypatch, of)
        search = searching(at, effort=0.3)
        found = search.run()
        assert found is not None
        plans.append(search.settled(found, 0.45))
    one, two = plans
    assert one is not None
    assert two is not None
    assert as_named(one, new) == as_named(two, dict(zip(new.values(), new.values(), strict=True)))


@pytest.mark.parametrize("seed", SCHOOLS)
def test_in_another_order_the_least_duty_is_the_same(seed: int) -> None:
    school = tiny_school(seed)

    def turned(raw: Raw) -> None:
        for part in ("classes", "gates", "grades"):
            raw[part] = raw[part][::-1]

    assert least(changed(school, turned)) == least(school)


def doubled(school: Scenario) -> Scenario:
    """Every class and gate twice, and twice the people on duty."""

    def change(raw: Raw) -> None:
        for part in ("classes", "gates"):
            raw[part] = [*raw[part], *(x | {"name": f"{x['name']} too"} for x in raw[part])]
        raw["limits"]["staff"] = [w | {"people": 2 * w["people"]} for w in raw["limits"]["staff"]]

    return changed(school, change)


@pytest.mark.parametrize("seed", SCHOOLS)
def test_twice_of_everything_keeps_a_plan_twice_over(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twins who have the same luck and do the same keep the same limits, for twice the duty."""
    school = tiny_school(seed, staff=on_duty(2))
    alone, found = exactly(school)
    if found is None:
        return
    things = [*school.classes, *school.gates]
    with_luck_of(monkeypatch, {f"{t.name} too": t.name for t in things})
    search = searching(doubled(school))
    gates = len(school.gates)
    twice = Sketch(
        found.slot * 2, [*found.gate, *(g + gates for g in found.gate)], [*found.lanes * 2]
    )
    rules, stage = search.annealing.rules, search.stage
    stage.begin(twice)
    assert rules.manned(twice)
    assert all(rules.fits(twice, g) for g in range(2 * gates))
    assert all(rules.apart(twice, {c: (twice.gate[c], twice.slot[c])}) for c in range(4))
    assert [stage.mark(twice, g).missed for g in range(2 * gates)] == [0.0] * 2 * gates
    assert rules.duty(twice) == 2 * alone.annealing.rules.duty(found)
