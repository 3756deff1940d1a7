"""The bound on duty, worked out in a process of its own."""

import time

from builders import TINY

from returnsim.optimise.bound import DutyBound, aside
from returnsim.optimise.dates import return_dates
from returnsim.optimise.watch import Watch
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.scenario import read_scenario


def bound(watch: Watch) -> DutyBound:
    scenario = read_scenario(TINY)
    return DutyBound(scenario, return_dates(scenario, rulebooks(scenario, TINY.parent)), watch)


def test_a_bound_from_aside_is_the_same() -> None:
    here, there = bound(Watch()), bound(Watch())
    with aside() as process:
        there.begin(process)
        assert there.end() == here.end() > 0
    assert there.finished


def test_who_has_no_patience_gets_what_there_is_at_once() -> None:
    there = bound(Watch())
    with aside() as process:
        there.begin(process)
        began = time.monotonic()
        assert there.end(patient=False) >= 0
    assert time.monotonic() - began < 5
    assert not there.finished


def test_when_the_time_is_up_nobody_waits_for_it() -> None:
    there = bound(Watch(limit=0.0))
    with aside() as process:
        there.begin(process)
        assert there.end() >= 0


def test_a_process_that_nobody_needs_after_all_ends() -> None:
    with aside() as process:
        assert process.poll() is None
    assert process.returncode is not None


def test_a_process_that_nobody_gives_anything_ends_without_a_word() -> None:
    with aside() as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=60) == 0
