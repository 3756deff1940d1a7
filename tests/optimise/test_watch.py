"""The clock of those who set a deadline."""

import time

import pytest

from returnsim.optimise.watch import Watch


def test_without_a_deadline_time_is_never_up() -> None:
    watch = Watch()
    assert watch.left() is None
    assert not watch.expired()
    assert not watch.overdue(0.0)


def test_it_is_overdue_from_when_it_was_found_to_be_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now, pressed = [100.0], []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    watch = Watch(hurried=lambda: bool(pressed))
    assert not watch.overdue(5.0)
    pressed.append(1)
    assert watch.overdue(0.0)
    now[0] += 4.0
    assert not watch.overdue(5.0)
    now[0] += 1.0
    assert watch.overdue(5.0)
