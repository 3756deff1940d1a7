"""Progress on standard error, where it disturbs no output."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from returnsim.cli.interruption import look_up
from returnsim.optimise.steps import STEPS, Report
from returnsim.wording import say


@contextmanager
def progress(lang: str, *, quiet: bool) -> Iterator[Report]:
    """Show a bar with the step that is being taken; say at the end how long it took."""
    if quiet:
        yield lambda *_: look_up()
        return
    from rich.console import Console  # noqa: PLC0415  (rich is not needed for --quiet)
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    began = time.monotonic()
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(30), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def report(step: str, done: int, of: int) -> None:
            look_up()
            share = STEPS.get(step, 0.0), done / max(of, 1)
            following = [s for s in STEPS.values() if s > share[0]]
            width = (min(following) if following else 1.0) - share[0]
            bar.update(
                task,
                completed=share[0] + width * share[1],
                description=say(f"cli.step.{step}", lang),
            )

        yield report
    seconds = f"{time.monotonic() - began:.1f}"
    print(say("cli.took", lang, seconds=seconds), file=sys.stderr)  # noqa: T201
