"""Two plans on the same luck."""

from datetime import time

import numpy as np
from builders import a_plan
from model.days import RETURN, a_lively_school

from returnsim.experiment.comparison import Difference, compare, differences
from returnsim.experiment.study import Study, run
from returnsim.plan.plan import Plan
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.theory.estimation import Estimate

SCHOOL = a_lively_school(25.0)
WAIT = Key(Q.MEAN_WAIT, "gate", RETURN.isoformat())


def with_lanes(lanes: int) -> Plan:
    plan = a_plan(SCHOOL)
    return plan.changed(lanes=[s.model_copy(update={"lanes": lanes}) for s in plan.lanes])


def by_key(found: tuple[Difference, ...]) -> dict[Key, Difference]:
    return {d.key: d for d in found}


def test_a_plan_differs_from_itself_by_nothing() -> None:
    plan = with_lanes(1)
    for difference in compare(SCHOOL, [plan, plan], seed=1, replications=64):
        assert difference.before == difference.after
        assert (difference.change.mean, difference.change.half_width) == (0.0, 0.0)


def test_the_change_is_estimated_day_by_day() -> None:
    """Common luck: the paired difference is far sharper than that of two separate studies."""
    one, two = with_lanes(1), with_lanes(2)
    found = by_key(compare(SCHOOL, [one, two], seed=1, replications=128))[WAIT]
    before = run(Study(SCHOOL, one, 1, 128, (RETURN,))).samples[WAIT]
    after = run(Study(SCHOOL, two, 1, 128, (RETURN,))).samples[WAIT]
    stranger = run(Study(SCHOOL, two, 2, 128, (RETURN,))).samples[WAIT]
    assert found.change == Estimate.of(after - before)
    assert found.change.high < 0
    assert np.var(after - before) < np.var(stranger - before)


def test_people_who_come_do_not_depend_on_the_plan() -> None:
    earlier = a_plan(SCHOOL, slots={"9-1": time(7, 30)})
    found = by_key(compare(SCHOOL, [a_plan(SCHOOL), earlier], seed=1, replications=64))
    absent = found[Key(Q.ABSENT, "", RETURN.isoformat())].change
    assert (absent.mean, absent.half_width) == (0.0, 0.0)


def test_days_on_which_one_plan_has_nobody_back_are_left_out() -> None:
    late = RETURN.replace(day=16)
    other = a_plan(SCHOOL, days={"nine": late, "eight": late})
    found = compare(SCHOOL, [a_plan(SCHOOL), other], seed=1, replications=2)
    assert {d.key.day for d in found} == {"2020-04-16", "2020-04-17"}


def test_progress_runs_over_both_plans() -> None:
    told: list[tuple[int, int]] = []
    compare(
        SCHOOL,
        [with_lanes(1), with_lanes(2)],
        seed=1,
        replications=2,
        progress=lambda *steps: told.append(steps),
    )
    days = 3
    assert told == [(n, 2 * days) for n in range(1, 2 * days + 1)]


def test_what_is_infinite_on_some_day_is_not_compared() -> None:
    study = Study(SCHOOL, with_lanes(1), 1, 64, (RETURN,))
    one = run(study)
    two = run(study)
    two.samples[WAIT] = two.samples[WAIT].copy()
    two.samples[WAIT][5] = np.inf
    keys = by_key(differences(one, two))
    assert WAIT not in keys
    assert Key(Q.LONGEST_WAIT, "gate", RETURN.isoformat()) in keys
