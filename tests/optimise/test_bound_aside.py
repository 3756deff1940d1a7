"""The bound on duty, worked out in a process of its own."""

import time

from builders import TINY

from returnsim.optimise.bound import DutyBound
from returnsim.optimise.dates import return_dates
from returnsim.optimise.watch import Watch
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.scenario import read_scenario


def bound(watch: Watch) -> DutyBound:
    scenario = read_scenario(TINY)
    return DutyBound(scenario, return_dates(scenario, rulebooks(scenario, TINY.parent)), watch)


def test_a_bound_from_aside_is_the_same() -> None:
    here, aside = bound(Watch()), bound(Watch())
    aside.begin()
    assert aside.end() == here.end() > 0


def test_who_has_no_patience_gets_what_there_is_at_once() -> None:
    aside = bound(Watch())
    aside.begin()
    began = time.monotonic()
    assert aside.end(patient=False) >= 0
    assert time.monotonic() - began < 5
    aside.give_up()  # twice does no harm


def test_when_the_time_is_up_nobody_waits_for_it() -> None:
    aside = bound(Watch(limit=0.0))
    aside.begin()
    assert aside.end() >= 0
