"""Why there is no plan, read off the last attempt."""

from datetime import date, time

import numpy as np
import pytest
from builders import a_plan, a_scenario

from returnsim.errors import InfeasibleError
from returnsim.experiment.study import Study, Summary
from returnsim.optimise import infeasible
from returnsim.optimise.infeasible import reasons
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


def test_the_places_that_would_do_are_the_fewest_that_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 128 days six may be crowded: 6 / 128 is 4.7 %, 7 / 128 is more than 5 %."""
    school = a_scenario()
    last = a_plan(school)
    study = Study(school, last, 1, 128)
    longest = np.random.default_rng(1).permutation(np.arange(1.0, 129.0))
    day = {"place": "gate", "day": "2020-04-07"}
    samples = {
        Key(Q.CROWDED_DAYS, **day): (longest > 8).astype(float),
        Key(Q.LONGEST_QUEUE, **day): longest,
    }
    monkeypatch.setattr(infeasible, "run", lambda *_: Summary(study, samples))
    problem, *_ = reasons(school, last.return_dates, last, 1)
    assert problem.values["enough"] == 122
    assert problem.values["risk"] == "94%"


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
