"""Several plans side by side, and the one that is named, for the terminal."""

from collections.abc import Sequence

from rich.text import Text

from returnsim.cli.tables import console_of, number, table_of
from returnsim.experiment.selection import DUTY, By, Candidate, Selection
from returnsim.report.phrases import amount
from returnsim.rules.quantity import Quantity
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate
from returnsim.wording import say

NAMED = 3
"""Clauses that are named in a row; of more only that there are."""


def show_selection(found: Selection, names: Sequence[str], scenario: Scenario, lang: str) -> None:
    """Print every plan with what it is ranked by, and the one that is named."""
    console = console_of()
    heads = [say(f"select.{key}", lang) for key in ("plan", "hard", "value", "more", "result")]
    heads[2] = by_name(found.by, lang)
    table = table_of("", *heads, right=(2, 3))
    for i, (name, candidate) in enumerate(zip(names, found.candidates, strict=True)):
        style = "bold" if i == found.named else ""
        more = "" if candidate.more is None else _change(found.by, candidate.more)
        cells = (name, _hard(candidate, lang), _value(found.by, candidate.value), more)
        result = _result(i, found, candidate, lang)
        table.add_row(*(Text(cell, style=style) for cell in (*cells, result)))
    console.print(table)
    confidence = f"{found.confidence:.4g}"
    if found.named is None:
        console.print(Text(say("select.none", lang), style="bold red"))
    else:
        values = {"plan": names[found.named], "behind": measured(found.by, found.behind, lang)}
        key = "named" if found.behind > 0 else "named_best"
        told = say(f"select.{key}", lang, confidence=confidence, **values)
        console.print(Text(told, style="bold"))
    if any(c.standing == "open" and not c.worse for c in found.candidates):
        console.print(say("select.open_left", lang, more=4 * found.replications))
    if found.named is not None and found.behind > found.indifference:
        wanted = measured(found.by, found.indifference, lang)
        console.print(say("select.too_close", lang, wanted=wanted, more=4 * found.replications))
    console.print(say("select.simulated", lang, n=found.replications, school=scenario.label(lang)))


def by_name(by: By, lang: str) -> str:
    """Say what plans are ranked by."""
    return say("table.duty", lang) if by == DUTY else say(f"quantity.{by}", lang)


def measured(by: By, value: float, lang: str) -> str:
    """Write a number of what plans are ranked by, with its unit."""
    if by == DUTY:
        return say("select.minutes", lang, value=f"{value:.3g}")
    if by is Quantity.CLEARED:
        return say("select.minutes", lang, value=f"{value / 60:.2g}")
    return amount(Quantity(by), value, lang)


def _value(by: By, estimate: Estimate) -> str:
    return f"{estimate.mean:.0f}" if by == DUTY else number(Quantity(by), estimate)


def _change(by: By, more: Estimate) -> str:
    if by != DUTY and Quantity(by).unit in ("share", "share of days"):
        return f"{more.mean:+.1%} ({more.low:+.1%} .. {more.high:+.1%})"
    return f"{more.mean:+.3g} ({more.low:+.3g} .. {more.high:+.3g})"


def _hard(candidate: Candidate, lang: str) -> str:
    clauses = candidate.broken if candidate.standing == "breaks" else candidate.unsettled
    told = ", ".join(f.clause.id for f in clauses[:NAMED]) + (
        " ..." if len(clauses) > NAMED else ""
    )
    return say(f"select.{candidate.standing}", lang, clauses=told)


def _result(number_of: int, found: Selection, candidate: Candidate, lang: str) -> str:
    if number_of == found.named:
        return say("select.this", lang)
    if candidate.standing == "breaks":
        return say("select.out", lang)
    if candidate.worse:
        return say("select.worse", lang)
    return say("select.not_settled" if candidate.standing == "open" else "select.alike", lang)
