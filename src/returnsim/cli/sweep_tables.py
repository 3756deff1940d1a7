"""A sweep as a table for the terminal."""

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from returnsim.cli.tables import console_of, number, table_of
from returnsim.experiment.headlines import HEADLINES
from returnsim.experiment.sweep import INFEASIBLE, Record, Sweep
from returnsim.rules.quantity import Quantity as Q
from returnsim.theory.estimation import Estimate
from returnsim.wording import say

TITLES = {
    Q.LONGEST_QUEUE: "queue",
    Q.CROWDED_DAYS: "crowded",
    Q.MEAN_WAIT: "wait",
    Q.LONGEST_WAIT: "longest_wait",
    Q.SEATED_BY_BELL: "in_time",
}


def show_sweep(sweep: Sweep, rows: Sequence[Record], written: Sequence[Path], lang: str) -> None:
    """Print a row for every combination, and where files lie."""
    console = console_of()
    for short, path in zip(shortened(sweep.settings), sweep.settings, strict=True):
        if short != path:
            console.print(Text(f"{short} = {path}", style="dim"))
    names = [*shortened(sweep.settings), *(say(f"table.{TITLES[q]}", lang) for q in HEADLINES)]
    names += [say(f"table.{key}", lang) for key in ("duty", "hard")]
    table = table_of("", *names, right=range(len(names) - 1))
    for row in rows:
        cells = [str(row[path]) for path in sweep.settings]
        cells += [_measured(row, quantity) for quantity in HEADLINES]
        duty = row["duty_minutes"]
        cells += [f"{duty:.0f}" if isinstance(duty, float) else "", verdict(row, lang)]
        style = "dim" if row["note"] == INFEASIBLE else ""
        table.add_row(*(Text(text, style=style) for text in cells))
    console.print(table)
    played = {r["replications"] for r in rows if isinstance(r["replications"], int)}
    if played:
        n = f"{min(played)}" if len(played) == 1 else f"{min(played)}–{max(played)}"
        confidence = f"{sweep.scenario.limits.confidence:g}"
        console.print(say("table.sweep_simulated", lang, n=n, confidence=confidence))
    if any(row["note"] for row in rows):
        console.print(say("table.sweep_notes", lang))
    for file in written:
        console.print(Text(say("cli.written", lang, path=file)))


def shortened(paths: Sequence[str]) -> list[str]:
    """Cut paths down to their last parts, as long as no two are the same."""
    parts = [path.split(".") for path in paths]
    for kept in range(2, max(len(p) for p in parts)):
        short = [".".join(p[-kept:]) for p in parts]
        if len(set(short)) == len(short):
            return short
    return list(paths)


def verdict(row: Record, lang: str) -> str:
    """Say whether every hard clause is kept at a combination, and how many are not."""
    if row["note"] == INFEASIBLE:
        return say("sweep.infeasible", lang)
    violated, uncertain = row["hard_violated"], row["hard_uncertain"]
    if violated:
        text = say("sweep.violated", lang, n=violated)
    elif uncertain:
        text = say("sweep.uncertain", lang, n=uncertain)
    else:
        text = say("sweep.kept", lang)
    return f"{text} *" if row["note"] else text


def _measured(row: Record, quantity: Q) -> str:
    name = quantity.value
    found = [row[f"{name}{end}"] for end in ("", "_low", "_high")]
    mean, low, high = (x if isinstance(x, int | float) else None for x in found)
    if mean is None or low is None or high is None:
        return ""
    estimate = Estimate(mean, low, high, int(row["replications"] or 1))
    return number(quantity, estimate).replace(" ", "")  # many columns, narrow terminals
