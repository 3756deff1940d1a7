"""Independent work in copies of the process."""

import os
import time
from collections.abc import Callable

import pytest

from returnsim.experiment.abreast import Piece, abreast, at_once, never


def taking(seconds: float, number: int) -> Piece[tuple[int, bool]]:
    """Wait, unless the time is up; say so."""

    def piece(expired: Callable[[], bool]) -> tuple[int, bool]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if expired():
                return number, False
            time.sleep(0.01)
        return number, True

    return piece


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_what_pieces_give_comes_back_in_their_order(jobs: int) -> None:
    pieces = [taking(0.2, 0), taking(0.0, 1), taking(0.1, 2)]
    told: list[int] = []
    assert abreast(pieces, jobs, done=told.append) == [(0, True), (1, True), (2, True)]
    assert told == [1, 2, 3]


@pytest.mark.parametrize("jobs", [1, 2])
def test_nothing_is_wanted_after_what_is_enough_whoever_was_first(jobs: int) -> None:
    """The third is done long before the second, and both would be enough."""
    pieces = [taking(0.1, 0), taking(0.6, 1), taking(0.0, 2), taking(9.0, 3)]
    found = abreast(pieces, jobs, enough=lambda part: part[0] in (1, 2))
    assert found == [(0, True), (1, True)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_when_the_time_is_up_everybody_ends_with_what_there_is(jobs: int) -> None:
    began = time.monotonic()
    pieces = [taking(60.0, 0), taking(60.0, 1), taking(60.0, 2)]
    found = abreast(pieces, jobs, lambda: time.monotonic() > began + 0.3)
    assert found == [(0, False), (1, False), (2, False)]
    assert time.monotonic() - began < 30


def test_copies_are_told_of_a_hurry_that_they_cannot_see() -> None:
    """Only this process is pressed, as by `kill -INT`; the copies are told."""
    own, began = os.getpid(), time.monotonic()

    def pressed() -> bool:
        return os.getpid() == own and time.monotonic() > began + 0.3

    assert abreast([taking(60.0, 0), taking(60.0, 1)], 2, pressed) == [(0, False), (1, False)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_fault_is_not_lost(jobs: int) -> None:
    def faulty(_: Callable[[], bool]) -> tuple[int, bool]:
        raise ValueError("seven")

    with pytest.raises((RuntimeError, ValueError), match="seven"):
        abreast([faulty, taking(0.1, 1)], jobs)


def test_nobody_hurries_unless_asked() -> None:
    assert not never()
    assert abreast([], 2) == []


def test_so_many_are_done_at_once_as_there_is_work_and_somebody_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert [at_once(pieces, 2) for pieces in (0, 1, 2, 5)] == [1, 1, 2, 2]
    assert at_once(5, 1) == 1
    monkeypatch.setattr("sys.platform", "win32")
    assert at_once(5, 2) == 1
