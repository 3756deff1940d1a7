"""One press of Ctrl-C is enough, whatever the work is doing.

Python raises `KeyboardInterrupt` in the main thread between two steps of Python: not while
HiGHS searches or LLVM compiles, and if it happens to come inside a callback it is printed and
lost. So the work is done by another thread, and the main thread does nothing but wait for it or
for the press. Work that looks up in time (every progress bar does) ends by itself; otherwise
the main thread clears away what is unfinished and ends the process.

The search for a plan has something to show for its time: while it runs (`FINISHES`), the first
press only asks it to hurry, and it is the second that ends the process.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable

from returnsim.__main__ import STOPPED
from returnsim.cli.files import DESK
from returnsim.cli.language import language_asked
from returnsim.wording import say

PRESSED = threading.Event()
"""Whether Ctrl-C has been pressed; set by the main thread alone, which never waits for it."""
FINISHES = threading.Event()
"""Whether the work, once asked to hurry, ends early by itself with the best it has found."""
AGAIN = threading.Event()
"""Whether Ctrl-C has been pressed a second time while the work was finishing."""
PATIENCE = 1.0
"""Seconds that the work has to end by itself."""
BLINK = 0.05
"""Seconds after which the main thread looks whether Ctrl-C was pressed."""
CURSOR = "\x1b[?25h"
"""Shows the cursor again, which a progress bar has hidden."""


def run(work: Callable[[], object]) -> None:
    """Do the work; end with status 130 once Ctrl-C is pressed, at once when it is again.

    Work that finishes by itself is left to do so after the first press.

    Whatever the work raises is raised here.
    """
    raised: list[BaseException] = []

    def press(*_: object) -> None:
        if PRESSED.is_set() and (AGAIN.is_set() or not FINISHES.is_set()):
            os._exit(STOPPED)
        (AGAIN if PRESSED.is_set() else PRESSED).set()

    def do() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, press)
    worker = threading.Thread(target=do, name="work", daemon=True)
    worker.start()
    told = False
    while worker.is_alive() and not enough():
        worker.join(BLINK)
        if PRESSED.is_set() and FINISHES.is_set() and not told:
            told = True
            if "--quiet" not in sys.argv:
                _tell("cli.finishing")
    worker.join(PATIENCE)
    if worker.is_alive():
        _stop()
    if raised:
        raise raised[0]


def enough() -> bool:
    """Whether the work is to end now, and not to finish with what it has."""
    return PRESSED.is_set() and (AGAIN.is_set() or not FINISHES.is_set())


def look_up() -> None:
    """End work that has reached a good place to end, if Ctrl-C has been pressed."""
    if enough():
        raise KeyboardInterrupt


def _stop() -> None:
    """Clear away what is unfinished, say so in one line, and end without waiting for the work."""
    import multiprocessing  # noqa: PLC0415  (slow to load)

    placed = DESK.close()
    for process in multiprocessing.active_children():
        process.terminate()
    key = "cli.interrupted_late" if placed else "cli.interrupted"
    _tell(key, CURSOR if sys.stderr.isatty() else "")
    os._exit(STOPPED)


def _tell(key: str, before: str = "") -> None:
    """Write a line to standard error, past the buffers, which the work may hold."""
    words = say(key, language_asked(sys.argv))
    told = f"{before}\n{words}\n".encode(sys.stderr.encoding or "utf-8", errors="replace")
    os.write(2, told)
