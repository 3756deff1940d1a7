"""Why there is no plan, read off the last attempt."""

from datetime import date, time

import pytest
from builders import a_gate, a_plan, a_scenario

from returnsim.errors import InfeasibleError
from returnsim.experiment.study import Study, run
from returnsim.optimise.infeasible import TRIED, reasons
from returnsim.plan.plan import Shift
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q

ONE_LANE = Shift(gate="gate", stage="check", begins=time(7), ends=time(8, 30), lanes=1)


def test_the_risks_of_the_last_attempt() -> None:
    """At one lane nine of ten wait, the last for 270 s; at 07:55 only seven are in time."""
    school = a_scenario(limits={"longest_wait_minutes": 4})
    last = a_plan(school, lanes=[ONE_LANE], slots={"9-1": time(7, 55)})
    found = {(p.where, p.code): p.values for p in reasons(school, last.return_dates, last, 1)}
    assert found["gates.gate", "crowded_too_often"]["enough"] == 9
    assert found["gates.gate", "waits_too_long"]["minutes"] == 4
    assert found["classes.9-1", "seated_too_late"]["share"] == "70.0%"
    assert ("classes.8-1", "seated_too_late") not in found
    assert {v["day"] for v in found.values()} <= {"2020-04-07", "2020-04-14", "2020-04-15"}
    english, chinese = (
        InfeasibleError(reasons(school, last.return_dates, last, 1)).text(lang)
        for lang in ("en", "zh")
    )
    assert "9 places would be enough" in english
    assert "有 9 个站位就够" in chinese


@pytest.mark.parametrize("seed", range(6))
def test_the_places_that_would_do_would_have_done_on_the_days_tried(seed: int) -> None:
    """And one place fewer would not."""
    lumps = {"offset_minutes": {"kind": "normal", "mean": -5, "sd": 0.5}}
    school = a_scenario(arrivals=lumps, gates=[a_gate(marked_places=2)])
    last = a_plan(school)
    longest = run(Study(school, last, seed, TRIED)).samples
    for problem in reasons(school, last.return_dates, last, seed):
        assert problem.code == "crowded_too_often"
        days = longest[Key(Q.LONGEST_QUEUE, "gate", problem.values["day"])]
        enough = problem.values["enough"]
        assert (days > enough).mean() <= 0.05 < (days > enough - 1).mean()


def test_a_limit_that_is_kept_is_no_reason() -> None:
    school = a_scenario(limits={"longest_wait_minutes": 5, "crowding_risk": 1.0})
    last = a_plan(school, lanes=[ONE_LANE], slots={"9-1": time(7, 10), "8-1": time(7, 20)})
    [problem] = reasons(school, last.return_dates, last, 1)
    assert problem.code == "no_plan_found"


def test_a_search_that_ends_without_a_reason() -> None:
    school = a_scenario()
    [problem] = reasons(school, a_plan(school).return_dates, None, 1)
    assert (problem.where, problem.code) == ("limits", "no_plan_found")


def test_a_bell_is_told_before_places() -> None:
    """Who cannot be there in time need not be told that there are too few places, too."""
    grades = [g.model_copy(update={"bell": time(7, 11)}) for g in a_scenario().grades]
    school = a_scenario(grades=grades, calendar={"last_day": date(2020, 4, 30)})
    last = a_plan(school, lanes=[ONE_LANE])
    assert {p.code for p in reasons(school, last.return_dates, last, 1)} == {"bell_out_of_reach"}
