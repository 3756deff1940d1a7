"""A plan of the search, settled on the kernel: what is done when new days do not confirm it."""

from typing import Any

import pytest
from tiny_schools import searching, tiny_school

from returnsim.optimise.settling import Settling
from returnsim.plan.plan import Plan


def with_lanes(plan: Plan, number: int) -> Plan:
    """So many lanes open wherever one is."""
    return plan.changed(lanes=tuple(s.model_copy(update={"lanes": number}) for s in plan.lanes))


def test_a_plan_that_is_not_confirmed_gives_way_to_the_one_before_its_last_lane_was_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    school = tiny_school(2)
    search = searching(school)
    narrow, wide = (with_lanes(search.like, number) for number in (1, 2))
    narrow, wide = (search.stage.plan(search.stage.sketch(p), search.like) for p in (narrow, wide))
    assert narrow.staff_minutes(school) < wide.staff_minutes(school)
    refused: list[Plan] = []

    def fitted(_: Settling, plan: Plan, *__: Any, **___: Any) -> tuple[Plan, dict[str, Any], bool]:
        return plan, {}, plan.lanes not in [p.lanes for p in refused]

    def with_one_less(_: Settling, plan: Plan, __: float) -> Plan | None:
        return narrow if plan.lanes == wide.lanes else None

    monkeypatch.setattr(Settling, "_fitted", fitted)
    monkeypatch.setattr(Settling, "_with_one_less", with_one_less)
    monkeypatch.setattr(Settling, "_trimmed", lambda _, plan, *__: plan)

    found, kept = search.settling.settled(search.stage.sketch(wide), 0.7)
    assert kept
    assert found.lanes == narrow.lanes

    refused.append(narrow)
    monkeypatch.setattr(Settling, "_with_one_less", lambda *_: None)
    found, kept = search.settling.settled(search.stage.sketch(narrow), 0.5)
    assert kept
    assert found.lanes == wide.lanes
