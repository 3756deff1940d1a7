"""Studies: the same numbers however they are asked for."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from builders import a_plan, a_supply, grade_days
from model.days import DAY_AFTER, RETURN, a_lively_school

from returnsim.experiment.streams import BLOCK, streams
from returnsim.experiment.study import (
    Study,
    Summary,
    assessed_days,
    engines_differ,
    estimate,
    extend,
    parts,
    played,
    run,
)
from returnsim.model.day import prepare
from returnsim.model.draws import draw
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.theory.estimation import Estimate


def a_study(replications: int = BLOCK, **changes: Any) -> Study:
    school = a_lively_school()
    return replace(Study(school, a_plan(school), 1, replications), **changes)


def equal(one: Summary, two: Summary) -> None:
    """Require the same samples of the same quantities, in the same order."""
    assert list(one.samples) == list(two.samples)
    for key, values in one.samples.items():
        np.testing.assert_array_equal(values, two.samples[key], err_msg=str(key))


def test_the_same_study_gives_the_same_numbers() -> None:
    equal(run(a_study()), run(a_study()))


def test_another_seed_gives_other_numbers() -> None:
    one, two = run(a_study()), run(a_study(seed=2))
    wait = Key(Q.MEAN_WAIT, "gate", RETURN.isoformat())
    assert not np.array_equal(one.samples[wait], two.samples[wait])


def test_any_number_of_workers_gives_the_same_numbers() -> None:
    study = a_study(3 * BLOCK)
    equal(run(study, jobs=1), run(study, jobs=2))
    equal(run(study, jobs=1), run(study, jobs=5))


def test_both_engines_give_the_same_numbers() -> None:
    study = a_study(BLOCK + 1)
    equal(run(study, engine="kernel"), run(study, engine="simpy"))


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # from Python 3.12 on
def test_simpy_in_two_processes_gives_the_same_numbers() -> None:
    study = a_study(BLOCK + 1, on=(RETURN,))
    equal(run(study, engine="simpy", jobs=1), run(study, engine="simpy", jobs=2))


@pytest.mark.parametrize("fewer", [1, BLOCK - 1, BLOCK, BLOCK + 17])
def test_the_first_replications_do_not_depend_on_how_many_follow(fewer: int) -> None:
    some, all_ = run(a_study(fewer)), run(a_study(2 * BLOCK))
    for key, values in some.samples.items():
        np.testing.assert_array_equal(values, all_.samples[key][:fewer])


def test_a_day_does_not_depend_on_which_others_are_played() -> None:
    alone, among = run(a_study(on=(DAY_AFTER,))), run(a_study(on=(RETURN, DAY_AFTER)))
    for key, values in alone.samples.items():
        np.testing.assert_array_equal(values, among.samples[key])


def test_blocks_are_different_days() -> None:
    samples = run(a_study(2 * BLOCK)).samples
    cleared = samples[Key(Q.CLEARED, "gate", RETURN.isoformat())]
    assert np.unique(cleared).size == 2 * BLOCK


def test_an_extended_study_is_the_longer_one() -> None:
    short = run(a_study(256))
    long = extend(short, 512)
    equal(long, run(a_study(512)))
    assert long.replications == 512
    assert short.replications == 256
    assert {x.size for x in short.samples.values()} == {256}


def test_only_whole_blocks_can_be_extended() -> None:
    with pytest.raises(ValueError, match="whole blocks"):
        extend(run(a_study(BLOCK + 1)), 2 * BLOCK)


def test_progress_is_told_after_every_block() -> None:
    told: list[tuple[int, int]] = []
    study = a_study(2 * BLOCK + 1)
    run(study, jobs=2, progress=lambda done, of: told.append((done, of)))
    blocks = 3 * len(study.days)
    assert told == [(n, blocks) for n in range(1, blocks + 1)]


def test_days_on_which_something_changes_are_assessed() -> None:
    school = a_lively_school()
    plan = a_plan(school)
    first, second = grade_days(plan)["nine"], grade_days(plan)["eight"]
    days = assessed_days(school, plan)
    assert days[:2] == (first, second)
    assert days[2:] == tuple(d for d in school.calendar.school_days if d > second)[:1]
    last = school.calendar.school_days[-1]
    late = a_plan(school, days={"eight": last})
    assert assessed_days(school, late) == (first, last)
    assert Study(school, plan, 1, 1).days == days
    assert Study(school, plan, 1, 1, (last,)).days == (last,)


def test_risks_are_judged_as_proportions_and_the_rest_as_means() -> None:
    sample = np.array([0.0, 0.0, 1.0, 0.0])
    assert estimate(Q.CROWDED_DAYS, sample, 0.9) == Estimate.proportion(1, 4, confidence=0.9)
    assert estimate(Q.MEAN_WAIT, sample, 0.9) == Estimate.of(sample, confidence=0.9)


def test_evidence_holds_what_was_simulated_and_what_is_certain() -> None:
    summary = run(a_study())
    evidence = summary.evidence()
    assert set(summary.samples) < set(evidence)
    certain = evidence[Key(Q.BATCHES, "", "")]
    assert (certain.mean, certain.replications) == (2, 0)
    wait = Key(Q.MEAN_WAIT, "gate", RETURN.isoformat())
    assert evidence[wait].confidence == summary.study.scenario.limits.confidence
    assert evidence[wait].mean == summary.samples[wait].mean()
    wider = summary.evidence(0.99)[wait]
    assert wider.half_width > evidence[wait].half_width


def test_every_sample_has_a_number_for_every_replication() -> None:
    """Also of supplies that nobody uses on one day in a hundred."""
    school = a_lively_school(
        supplies=[a_supply(name="forms", kind="other", per_pupil_day=0.0, per_check=1.0)],
        arrivals={"absent_probability": 0.63},
    )
    summary = run(Study(school, a_plan(school), 1, 4 * BLOCK, (RETURN,)))
    use = summary.samples[Key(Q.DAILY_USE, "forms", RETURN.isoformat(), "other")]
    assert (use == 0).any()
    assert {x.size for x in summary.samples.values()} == {4 * BLOCK}


def test_engines_differ_is_nothing_for_an_ordinary_study() -> None:
    assert engines_differ(a_study(), 3) <= 1e-9


def test_a_block_played_in_parts_is_the_same_block(monkeypatch: pytest.MonkeyPatch) -> None:
    school = a_lively_school()
    day = prepare(school, a_plan(school), RETURN)
    draws = draw(day, streams(1, day.day, 0), 10)
    whole = played(day, draws)
    assert parts(day, 10) == [slice(0, 10)]
    monkeypatch.setattr("returnsim.experiment.study.STEPS", 4 * day.persons * day.columns)
    assert parts(day, 10) == [slice(0, 4), slice(4, 8), slice(8, 12)]
    apart = played(day, draws)
    assert whole.keys() == apart.keys()
    for key, values in whole.items():
        np.testing.assert_array_equal(values, apart[key])
