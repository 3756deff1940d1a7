"""One press of Ctrl-C is enough, whatever the work is doing.

Python raises `KeyboardInterrupt` in the main thread between two steps of Python: not while
HiGHS searches or LLVM compiles, and if it happens to come inside a callback it is printed and
lost. So the work is done by another thread, and the main thread does nothing but wait for it or
for the press. Work that looks up in time (every progress bar does) ends by itself; otherwise
the main thread clears away what is unfinished and ends the process.
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
PATIENCE = 1.0
"""Seconds that the work has to end by itself."""
BLINK = 0.05
"""Seconds after which the main thread looks whether Ctrl-C was pressed."""
CURSOR = "\x1b[?25h"
"""Shows the cursor again, which a progress bar has hidden."""


def run(work: Callable[[], object]) -> None:
    """Do the work; end with status 130 once Ctrl-C is pressed, at once when it is again.

    Whatever the work raises is raised here.
    """
    raised: list[BaseException] = []

    def press(*_: object) -> None:
        if PRESSED.is_set():
            os._exit(STOPPED)
        PRESSED.set()

    def do() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, press)
    worker = threading.Thread(target=do, name="work", daemon=True)
    worker.start()
    while worker.is_alive() and not PRESSED.is_set():
        worker.join(BLINK)
    worker.join(PATIENCE)
    if worker.is_alive():
        _stop()
    if raised:
        raise raised[0]


def look_up() -> None:
    """End work that has reached a good place to end, if Ctrl-C has been pressed."""
    if PRESSED.is_set():
        raise KeyboardInterrupt


def _stop() -> None:
    """Clear away what is unfinished, say so in one line, and end without waiting for the work."""
    import multiprocessing  # noqa: PLC0415  (slow to load)

    placed = DESK.close()
    for process in multiprocessing.active_children():
        process.terminate()
    key = "cli.interrupted_late" if placed else "cli.interrupted"
    words = say(key, language_asked(sys.argv))
    shown = CURSOR if sys.stderr.isatty() else ""
    told = f"{shown}\n{words}\n".encode(sys.stderr.encoding or "utf-8", errors="replace")
    os.write(2, told)  # past the buffers, which the work may hold
    os._exit(STOPPED)
