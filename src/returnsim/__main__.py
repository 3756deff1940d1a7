"""The command line as a program: `returnsim`, or `python -m returnsim`."""

import os
import signal
from typing import Any

STOPPED = 130
"""The status that shells give to what Ctrl-C has ended."""


def _leave(*_: Any) -> None:
    os._exit(STOPPED)  # nothing has been begun, so nothing is to be tidied up


def start() -> None:
    """Run the command line; from here on, one press of Ctrl-C is enough."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as a job in the background
        signal.signal(signal.SIGINT, _leave)
    from returnsim.cli.interruption import run  # noqa: PLC0415  (slow to load)
    from returnsim.cli.main import main  # noqa: PLC0415

    run(main)


if __name__ == "__main__":
    start()
