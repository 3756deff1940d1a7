"""Ctrl-C, at any moment, ends the work soon and leaves nothing half-written.

Once is enough, but for the search for a plan: there it asks for the best plan so far.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from builders import SCENARIOS

from returnsim.cli.files import Desk
from returnsim.cli.interruption import run

AS_AT_A_TERMINAL = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
sys.stderr.write(".")
sys.stderr.flush()
from returnsim.__main__ import start
{before}
start()
"""
"""The command line with Ctrl-C as at a terminal: a job in the background would ignore it."""
STOPPED = (130, -signal.SIGINT)
"""What a shell calls 130: an exit with that status, or an end by the signal itself."""
FEW = ("--replications", "128", "--seed", "1")
SOON = 4.0
"""Seconds within which it must be gone, on a busy machine."""


def pressed(
    folder: Path,
    args: Sequence[str | Path],
    seconds: float,
    before: str = "",
    until: str = ".",
    *,
    times: int = 1,
    soon: float = SOON,
) -> tuple[int, bytes, bytes]:
    """Run a command, press Ctrl-C, so long after it has said something; what is left of it."""
    process = subprocess.Popen(
        [sys.executable, "-c", AS_AT_A_TERMINAL.format(before=before), *args],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"RETURNSIM_LANG": "en"},
    )
    assert process.stderr is not None
    heard = b""
    while not heard.endswith(until.encode()):
        letter = process.stderr.read(1)
        assert letter, f"it ended before it said {until!r}: {heard!r}"
        heard += letter
    time.sleep(seconds)
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
    try:
        out, err = process.communicate(timeout=soon)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        pytest.fail("it does not stop")
    return process.returncode, out, err


LOADED = 6.0
"""Seconds after which the command line is loaded, on a machine with other work, too."""


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.1, 0.3, 0.7, 1.5, 2.5, 4.0, 6.0])
def test_two_presses_end_it_soon_and_leave_nothing(tmp_path: Path, seconds: float) -> None:
    """While it is loading, compiling, searching, verifying."""
    args = ("plan", SCENARIOS / "township", "--out", "out")
    status, out, err = pressed(tmp_path, args, seconds, times=2)
    assert status in STOPPED
    assert out == b""
    assert b"Traceback" not in err
    assert list(tmp_path.rglob("*")) == []
    if seconds >= LOADED:
        assert err.rstrip().endswith(b"interrupted; nothing was written")


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [3.0, 9.0])
def test_one_press_while_it_searches_gives_the_best_plan_so_far(
    tmp_path: Path, seconds: float
) -> None:
    """All its files, audited, and what was left out is said."""
    args = ("plan", SCENARIOS / "tiny", "--out", "out", "--seed", "1", "--jobs", "1")
    before = SLOW_SEARCH
    status, _, err = pressed(tmp_path, args, seconds, before, until="!", soon=120.0)
    assert status in (0, 1)
    assert b"finishing with the best plan so far" in err
    assert b"Traceback" not in err
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {"plan.toml", "findings.json", "quality.json", "schedule.zh.pdf"}
    assert json.loads((tmp_path / "out" / "quality.json").read_text("utf-8"))["cut_short"]


SLOW_SEARCH = """
import returnsim.optimise.search as search
heat = search.Search._heat
def long_one(self, name, start, moves, expired):
    sys.stderr.write("!")
    sys.stderr.flush()
    return heat(self, name, start, 1_000 * moves, expired)
search.Search._heat = long_one
"""
"""A search that would take hours."""


HALF_WAY = """
import time
from returnsim.report import bundle
def half_way(*_):
    yield "plan.toml", b"half"
    sys.stderr.write("!")
    sys.stderr.flush()
    while True:
        time.sleep(0.001) if {sleeps} else sum(range(10_000_000))
bundle.plan_files = half_way
"""


@pytest.mark.parametrize("sleeps", [True, False])
def test_one_press_while_files_are_made_clears_them_away(tmp_path: Path, sleeps: bool) -> None:
    """Work that never looks up, neither sleeping nor within one long step."""
    args = ("plan", SCENARIOS / "tiny", "--out", "a/b", *FEW, "--quiet")
    before = HALF_WAY.format(sleeps=sleeps)
    status, out, err = pressed(tmp_path, args, 0.1, before, until="!")
    assert (status, out) == (130, b"")
    assert err.strip() == b"interrupted; nothing was written"
    assert list(tmp_path.iterdir()) == []


DONE = """
import time
from returnsim.cli import tables
def never(*_):
    sys.stderr.write("!")
    sys.stderr.flush()
    time.sleep(60)
tables.show_proposal = never
"""


def test_one_press_after_the_files_are_written_says_so(tmp_path: Path) -> None:
    args = ("plan", SCENARIOS / "tiny", "--out", "out", *FEW)
    status, out, err = pressed(tmp_path, args, 0.1, DONE, until="!")
    assert (status, out) == (130, b"")
    assert err.strip().endswith(b"interrupted; what had been written before is still there")
    assert (tmp_path / "out" / "plan.toml").stat().st_size > 0
    assert [p.name for p in (tmp_path / "out").iterdir() if p.name.startswith(".")] == []


@pytest.fixture
def own_handler() -> Iterator[None]:
    """Leave the handler of Ctrl-C as it was."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("own_handler")
def test_what_the_work_raises_is_raised() -> None:
    def work() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit) as end:
        run(work)
    assert end.value.code == 3
    run(lambda: None)


def test_nothing_takes_its_place_once_the_desk_is_closed(tmp_path: Path) -> None:
    desk = Desk()
    with desk.aside(tmp_path / "a" / "b") as aside:
        (aside / "one.txt").write_bytes(b"half")
        assert desk.close() is False
        assert list(tmp_path.iterdir()) == []
        with pytest.raises(KeyboardInterrupt):
            desk.place([(aside / "one.txt", tmp_path / "one.txt")])
    with pytest.raises(KeyboardInterrupt), desk.aside(tmp_path):
        pytest.fail("it is closed")
    assert list(tmp_path.iterdir()) == []


def test_folders_made_for_nothing_are_taken_away_again(tmp_path: Path) -> None:
    desk = Desk()
    (tmp_path / "a").mkdir()
    with pytest.raises(ValueError, match="stop"), desk.aside(tmp_path / "a" / "b" / "c"):
        raise ValueError("stop")
    assert [p.name for p in tmp_path.rglob("*")] == ["a"]
    with desk.aside(tmp_path / "b") as aside:
        (aside / "one.txt").write_bytes(b"1")
        desk.place([(aside / "one.txt", tmp_path / "b" / "one.txt")])
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a", "b", "one.txt"]
    assert desk.close() is True
