"""Results as tables for the terminal."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from returnsim.experiment.assessment import Assessment
from returnsim.experiment.comparison import Difference
from returnsim.experiment.study import Study
from returnsim.optimise.planner import Proposal
from returnsim.plan.difference import moved
from returnsim.plan.plan import Plan
from returnsim.report.changes import change_rows
from returnsim.report.compose_day_results import result_tables
from returnsim.report.compose_quality import quality
from returnsim.report.evidence_words import EvidenceWords
from returnsim.report.phrases import Labels, grades_of
from returnsim.rules.audit import Evidence, Finding, Key, Verdict
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.quantities import clock_time
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate
from returnsim.wording import say

STYLES = {
    Verdict.MET: "green",
    Verdict.VIOLATED: "bold red",
    Verdict.UNCERTAIN: "bold yellow",
    Verdict.NOT_ASSESSED: "dim",
}


def console_of() -> Console:
    """Return a terminal that leaves numbers as they are."""
    return Console(highlight=False)


def table_of(title: str, *columns: str, right: Iterable[int] = ()) -> Table:
    """Begin a table with its title and columns, some of them right-aligned."""
    table = Table(
        title=Text(title),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    numbers = set(right)
    for index, column in enumerate(columns):
        justify: Literal["left", "right"] = "right" if index in numbers else "left"
        table.add_column(column, justify=justify, overflow="fold", no_wrap=index == 0)
    return table


def number(quantity: Q, estimate: Estimate) -> str:
    """Write an estimate with its half-width, in the unit a reader expects."""
    if quantity is Q.CLEARED:
        return f"{clock_time(estimate.mean):%H:%M}"
    if quantity.is_risk:
        return f"{estimate.mean:.1%} ≤{estimate.high:.1%}"
    if quantity.unit == "share":
        return _share(estimate)
    if estimate.replications == 0:
        return f"{estimate.mean:g}"
    if quantity.unit in ("people", "min"):
        mean = round(estimate.mean, 1 if estimate.mean < TENS else None)
        return f"{mean:g} ± {round(estimate.half_width, 1):g}"
    return f"{estimate.mean:.4g} ± {estimate.half_width:.2g}"


def _share(estimate: Estimate) -> str:
    mean = f"{estimate.mean:.1%}"
    if estimate.replications == 0:
        return mean
    if estimate.unseen is not None and estimate.mean == 1:
        return f"{mean} ≥{estimate.low:.1%}"
    return f"{mean} ± {estimate.half_width:.1%}"


TENS = 10.0
AT_GATES = (Q.LONGEST_QUEUE, Q.CROWDED_DAYS, Q.MEAN_WAIT, Q.LONGEST_WAIT)


def simulation_table(found: Assessment, scenario: Scenario, lang: str, *, every_day: bool) -> Table:
    """Every gate with its queue, its waits and the class that is seated last.

    Either on every day, or on the day on which the gate is fullest.
    """
    keys = ("day", "gate", "queue", "crowded", "wait", "longest_wait", "in_time")
    table = table_of("", *(say(f"table.{k}", lang) for k in keys), right=range(2, 7))
    days = [day.isoformat() for day in found.summary.study.days]
    for gate in scenario.gates:
        there = [d for d in days if Key(Q.LONGEST_QUEUE, gate.name, d) in found.evidence]
        if not every_day:
            there.sort(key=lambda d: found.evidence[Key(Q.LONGEST_QUEUE, gate.name, d)].mean)
            there = there[-1:]
        for day in there:
            cells = [number(q, found.evidence[Key(q, gate.name, day)]) for q in AT_GATES]
            last = _least_in_time(found, scenario, gate.name, day)
            where = say("table.gate_places", lang, gate=gate.label(lang), places=gate.places)
            row = [day, where, *cells, last]
            table.add_row(*(Text(cell) for cell in row))
    return table


def _least_in_time(found: Assessment, scenario: Scenario, gate: str, when: str) -> str:
    shares = [
        found.evidence[Key(Q.SEATED_BY_BELL, c.name, when)]
        for c in scenario.classes
        if found.plan.arrival_of[c.name].gate == gate
        and Key(Q.SEATED_BY_BELL, c.name, when) in found.evidence
    ]
    return number(Q.SEATED_BY_BELL, min(shares, key=lambda e: e.mean)) if shares else ""


def show_simulation(found: Assessment, differ: float, lang: str) -> None:
    """Print how the simulated days go."""
    console = console_of()
    scenario = found.summary.study.scenario
    console.print(simulation_table(found, scenario, lang, every_day=True))
    show_rest_of_day(console, found, lang)
    _show_stop(console, found, lang)
    console.print(say("cli.conserved", lang))
    _show_engines(console, found.summary.study, differ, lang)
    console.print(_totals(found.findings, lang))


def _show_engines(console: Console, study: Study, differ: float, lang: str) -> None:
    """Say how far the engines differ, and which days only SimPy could tell."""
    if not math.isnan(differ):
        console.print(say("cli.engines", lang, seconds=f"{differ:.2g}"))
    alone = [day for day in study.days if not study.exact_on_kernel(day)]
    if alone:
        shared = [d.label(lang) for d in study.scenario.devices if d.shared_number is not None]
        names = say("report.list.pause", lang).join(shared)
        console.print(say("cli.on_simpy", lang, n=len(alone), of=len(study.days), devices=names))


def show_rest_of_day(console: Console, found: Assessment, lang: str) -> None:
    """Print what the simulated days say about meals, checks, ways out and rounds, if anything."""
    for part in result_tables(found, lang):
        table = table_of(part.title, *part.heads, right=range(part.texts, len(part.heads)))
        for number, column in enumerate(table.columns):
            column.no_wrap = number >= part.texts - 1  # names may run on, dates and numbers not
        for row in part.rows:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)


def findings_table(found: Assessment, findings: Sequence[Finding], lang: str, title: str) -> Table:
    """Clauses with what was found, in the order of the documents."""
    words = EvidenceWords(found.summary.study.scenario, found.plan, lang)
    table = Table(
        title=Text(title),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        expand=True,
    )
    table.add_column(say("table.clause", lang), max_width=16, overflow="fold")
    table.add_column(say("table.asks", lang), ratio=5, overflow="fold")
    table.add_column(say("table.evidence", lang), ratio=4, overflow="fold")
    table.add_column(say("table.verdict", lang), no_wrap=True)
    for f in findings:
        told = words.found(f), words.unseen(f), words.limit(f)
        evidence = "\n".join(filter(None, told)) or words.reason(f)
        if f.verdict is not Verdict.MET:
            evidence = "\n".join(filter(None, (evidence, words.where(f))))
        verdict = say(f"verdict.{f.verdict.name.lower()}", lang)
        table.add_row(
            Text(f.clause.id),
            Text(f.clause.says(lang)),
            Text(evidence),
            Text(verdict, style=STYLES[f.verdict]),
        )
    return table


def _totals(findings: Sequence[Finding], lang: str) -> str:
    counts = {v.name.lower(): sum(f.verdict is v for f in findings) for v in Verdict}
    return say("table.findings", lang, **counts)


def _show_stop(console: Console, found: Assessment, lang: str) -> None:
    """Print how many days were simulated, why no more, and what that leaves open."""
    n = found.summary.replications
    clauses = say("sweep.and", lang).join(f.clause.id for f in found.uncertain)
    console.print(say(f"stop.{found.stop.why}", lang, n=n, clauses=clauses))
    if found.stop.why == "fixed" and clauses:
        console.print(say("stop.open", lang, n=n, clauses=clauses))
    if clauses:
        console.print(say("stop.go_on", lang, more=4 * n))
    console.print(say("stop.confidence", lang, confidence=f"{found.confidence:.4g}"))


def show_findings(found: Assessment, lang: str) -> None:
    """Print every clause."""
    console = console_of()
    console.print(findings_table(found, found.findings, lang, ""))
    show_rest_of_day(console, found, lang)
    _show_stop(console, found, lang)
    console.print(_totals(found.findings, lang))


def show_proposal(proposal: Proposal, written: Sequence[Path], lang: str) -> None:
    """Print the essentials of a recommendation, and where the rest lies."""
    console, scenario, found = console_of(), proposal.scenario, proposal.recommended
    dates = table_of(say("table.dates", lang), *(say(f"table.{k}", lang) for k in ("day", "grade")))
    for day in found.plan.return_days:
        names = ", ".join(grades_of(scenario, found.plan.batch(scenario, day), lang))
        dates.add_row(Text(day.isoformat()), Text(names))
    console.print(dates)
    console.print(simulation_table(found, scenario, lang, every_day=False))
    show_rest_of_day(console, found, lang)
    console.print(_naive_table(proposal, lang))
    for part in quality(proposal, lang):
        table = table_of(part.head, *part.columns, right=range(1, len(part.columns)))
        for row in part.rows:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
        console.print(Text(part.lead, style="dim"))
    settled = (Verdict.MET, Verdict.NOT_ASSESSED)
    rest = [f for f in found.findings if f.verdict not in settled]
    if rest:
        title = say("table.not_met", lang)
        console.print(findings_table(found, rest, lang, title))
    if not found.hard_violated and not found.hard_uncertain:
        console.print(Text(say("table.all_met", lang), style="green"))
    _show_stop(console, found, lang)
    console.print(_totals(found.findings, lang))
    study = proposal.recommended.summary.study
    _show_engines(console, study, proposal.engines_differ, lang)
    for path in written:
        console.print(Text(say("cli.written", lang, path=path)))


def show_changes(before: Plan, proposal: Proposal, lang: str) -> None:
    """Print what changes against an earlier plan, and how many classes move."""
    after = proposal.recommended.plan
    keys = ("what", "whom", "then", "now")
    table = table_of(say("changes.title", lang), *(say(f"table.{k}", lang) for k in keys))
    for row in change_rows(before, after, proposal.scenario, lang):
        table.add_row(*(Text(cell) for cell in row))
    console = console_of()
    console.print(table)
    console.print(say("changes.moved", lang, n=len(moved(before, after))))


def _naive_table(proposal: Proposal, lang: str) -> Table:
    keys = ("plan", "crowded", "queue", "wait", "in_time", "duty")
    columns = [say(f"table.{k}", lang) for k in keys]
    table = table_of(say("table.naive", lang), *columns, right=range(1, 6))
    rows = {"recommended": proposal.recommended, **proposal.naive}
    for name, found in rows.items():
        cells = [say(f"table.{name}", lang)]
        for quantity, worst in (
            (Q.CROWDED_DAYS, max),
            (Q.LONGEST_QUEUE, max),
            (Q.MEAN_WAIT, max),
            (Q.SEATED_BY_BELL, min),
        ):
            chosen = worst(_all(found.evidence, quantity), key=lambda e: e.mean)
            cells.append(number(quantity, chosen))
        cells.append(f"{found.plan.staff_minutes(proposal.scenario):.0f}")
        style = "bold" if name == "recommended" else ""
        table.add_row(*(Text(cell, style=style) for cell in cells))
    return table


def _all(evidence: Evidence, quantity: Q) -> list[Estimate]:
    return [e for key, e in evidence.items() if key.quantity is quantity]


SHOWN = (
    *(Q.CROWDED_DAYS, Q.LONGEST_QUEUE, Q.MEAN_WAIT, Q.LONGEST_WAIT, Q.SEATED_BY_BELL),
    *(Q.MOST_SEATED, Q.MEALS_MISSED, Q.CHECKS_MISSED, Q.ROUNDS_MISSED, Q.ROUNDS_IN_USE),
    *(Q.PARENTS_WAITING, Q.LANE_MINUTES_LOST),
)


def show_differences(
    found: Sequence[Difference], replications: int, scenario: Scenario, lang: str
) -> None:
    """Print what the second plan changes."""
    keys = ("day", "place", "quantity", "before", "after", "change")
    columns = [say(f"table.{k}", lang) for k in keys]
    table = table_of("", *columns, right=range(3, 6))
    labels = Labels(scenario, lang)
    for d in found:
        if d.key.quantity not in SHOWN:
            continue
        change = f"{d.change.mean:+.3g} ± {d.change.half_width:.2g}"
        certain = d.change.low > 0 or d.change.high < 0
        table.add_row(
            Text(d.key.day),
            Text(labels.where(d.key._replace(day=""))),
            Text(say(f"quantity.{d.key.quantity.value}", lang)),
            Text(number(d.key.quantity, d.before)),
            Text(number(d.key.quantity, d.after)),
            Text(change, style="bold" if certain else "dim"),
        )
    console = console_of()
    console.print(table if found else say("cli.nothing_common", lang))
    confidence = f"{scenario.limits.confidence:g}"
    console.print(say("table.simulated", lang, n=replications, confidence=confidence))
