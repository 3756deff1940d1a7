"""Independent pieces of work at the same time, in copies of this process.

A search holds arrays of everybody's luck, which would take longer to send to another process
than the search itself. A copy of the process has them at once. Where the system does not copy
processes safely, the pieces are done one after the other; what they give is the same.

No piece may use a library with threads of its own that were at work before, such as typst or
HiGHS: a copy has none of these threads, and would wait for them for ever.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from returnsim.experiment.workers import Jobs

Part = TypeVar("Part")
Piece = Callable[[Callable[[], bool]], Part]
"""Work that now and then asks whether the time is up."""
LOOK = 0.1
"""Seconds between two looks at the clock."""


def never() -> bool:
    """Let nobody hurry."""
    return False


def at_once(pieces: int, jobs: Jobs) -> int:
    """How many of so many pieces are done at the same time; 1 if there is nobody to share with."""
    number = jobs if isinstance(jobs, int) else os.cpu_count() or 1
    return max(1, min(number, pieces)) if sys.platform == "linux" else 1


def abreast(
    pieces: Sequence[Piece[Part]],
    jobs: Jobs,
    expired: Callable[[], bool] = never,
    done: Callable[[int], None] = lambda _: None,
    enough: Callable[[Part], bool] = lambda _: False,
) -> list[Part]:
    """Do pieces of work that have nothing to do with each other; return what they give.

    With `enough`, only up to the first piece that gives enough: who is done first does not
    matter.

    Parameters
    ----------
    pieces
        Each is given a function that says whether the time is up, and returns something that
        can be pickled. What else it changes is lost.
    jobs
        As many at once; as many as there are processors if the workers are elsewhere.
    expired
        Whether the time is up.
    done
        Told how many pieces are done.
    enough
        Whether, of what comes after a piece that gave this, nothing is wanted.
    """
    number = at_once(len(pieces), jobs)
    if number == 1:
        return list(_in_turn(pieces, expired, done, enough))
    found: dict[int, Part] = {}
    running: dict[Connection, tuple[int, Any]] = {}
    waiting = list(enumerate(pieces))
    hurried = False
    try:
        while (waiting or running) and not _settled(found, enough):
            while waiting and len(running) < number:
                place, piece = waiting.pop(0)
                told, copy = _begin(piece, expired)
                running[told] = (place, copy)
            if expired() and not hurried:
                hurried = True
                for _, copy in running.values():
                    with suppress(ProcessLookupError):  # it may have ended just now
                        os.kill(copy.pid, signal.SIGINT)
            ready = set(connection.wait(list(running), LOOK))
            for told in [told for told in running if told in ready]:
                place, copy = running.pop(told)
                found[place] = _told(told)
                copy.join()
                done(len(found))
    finally:
        for _, copy in running.values():
            copy.kill()
            copy.join()
    return list(_first(found, enough))


def _first(found: Mapping[int, Part], enough: Callable[[Part], bool]) -> Iterator[Part]:
    """What there is without a gap, up to the first that is enough."""
    place = 0
    while place in found:
        yield found[place]
        if enough(found[place]):
            break
        place += 1


def _settled(found: Mapping[int, Part], enough: Callable[[Part], bool]) -> bool:
    """Whether nothing that is still missing is wanted."""
    return any(enough(part) for part in _first(found, enough))


def _in_turn(
    pieces: Sequence[Piece[Part]],
    expired: Callable[[], bool],
    done: Callable[[int], None],
    enough: Callable[[Part], bool],
) -> Iterator[Part]:
    for number, piece in enumerate(pieces):
        part = piece(expired)
        yield part
        done(number + 1)
        if enough(part):
            break


def _begin(piece: Piece[Part], expired: Callable[[], bool]) -> tuple[Connection, Any]:
    """Begin a piece in a copy of this process.

    Ctrl-C waits meanwhile: in a copy that is not ready for it, it would look like our own.
    """
    context = get_context("fork")
    told, tell = context.Pipe(duplex=False)
    copy = context.Process(target=_do, args=(piece, expired, tell), daemon=True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        copy.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    tell.close()
    return told, copy


def _do(piece: Piece[Part], expired: Callable[[], bool], tell: Connection) -> None:
    """Do a piece, out of the reach of Ctrl-C: whoever began it passes the hurry on."""
    os.setsid()
    pressed: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        tell.send((piece(lambda: bool(pressed) or expired()), None))
    except Exception:  # told to whoever began it, who raises it
        tell.send((None, traceback.format_exc()))


def _told(told: Connection) -> Any:
    with told:
        try:
            found, failed = told.recv()
        except EOFError:
            failed = "a copy of the process ended without a word"
    if failed:
        raise RuntimeError(failed)
    return found
