"""Queues over the minutes of a morning."""

import numpy as np
import pytest
from builders import a_class, a_plan, a_scenario
from model.days import DAY_AFTER, RETURN, SEVEN, a_lively_school, one_class

from returnsim.experiment.curves import queue_curves
from returnsim.experiment.streams import BLOCK
from returnsim.experiment.study import Study, run
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q


def test_the_queue_of_the_tiny_school_minute_by_minute() -> None:
    """All ten come at 07:10; 8, 6 wait in the first minute, 4, 2 in the second, then nobody."""
    school = a_scenario()
    curves = queue_curves(school, a_plan(school), RETURN, seed=1, blocks=1)
    assert curves.gates == ("gate",)
    assert curves.places == (8,)
    assert curves.edges[0] == SEVEN + 600
    assert curves.quantile(0.5)[0, :4].tolist() == [8, 4, 0, 0]
    assert curves.arriving[0, :3].tolist() == [10, 0, 0]


def test_the_highest_minute_is_the_longest_queue_of_a_study() -> None:
    school = a_lively_school()
    plan = a_plan(school)
    curves = queue_curves(school, plan, RETURN, seed=1, blocks=2)
    samples = run(Study(school, plan, 1, 2 * BLOCK, (RETURN,))).samples
    longest = samples[Key(Q.LONGEST_QUEUE, "gate", RETURN.isoformat())]
    np.testing.assert_array_equal(curves.queue[:, 0].max(axis=1), longest)


def test_everybody_who_reaches_the_gate_is_counted_once() -> None:
    school = a_lively_school()
    plan = a_plan(school)
    curves = queue_curves(school, plan, RETURN, seed=1, blocks=2)
    arrived = run(Study(school, plan, 1, 2 * BLOCK, (RETURN,))).samples
    mean = arrived[Key(Q.ARRIVED, "", RETURN.isoformat())].mean()
    assert curves.arriving.sum() == pytest.approx(mean)


def test_quantiles_of_the_queue_do_not_cross() -> None:
    school = a_lively_school()
    curves = queue_curves(school, a_plan(school), RETURN, seed=1, blocks=1)
    low, high = curves.quantile(0.5), curves.quantile(0.95)
    assert (low <= high).all()
    assert (low < high).any()


def test_boarders_who_live_in_do_not_reach_the_gate() -> None:
    school = one_class(classes=[a_class(boarders=4)])
    curves = queue_curves(school, a_plan(school), DAY_AFTER, seed=1, blocks=1)
    assert curves.arriving.sum() == 6


def test_a_day_on_which_nobody_comes_has_no_queue() -> None:
    school = one_class(arrivals={"absent_probability": 1.0})
    curves = queue_curves(school, a_plan(school), RETURN, seed=1, blocks=1)
    assert curves.queue.shape == (BLOCK, 1, curves.edges.size - 1)
    assert curves.queue.sum() == curves.arriving.sum() == 0


def test_a_day_on_which_nobody_comes_to_the_gate_has_no_queue() -> None:
    """All live in; they still reach their classroom door."""
    school = one_class(classes=[a_class(boarders=10)])
    curves = queue_curves(school, a_plan(school), DAY_AFTER, seed=1, blocks=1)
    assert curves.queue.sum() == curves.arriving.sum() == 0
