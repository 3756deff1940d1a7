"""The chain of approvals: a table, a Gantt chart of block characters, and what follows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from returnsim.cli.options import Common
from returnsim.rules.approvals import FILE, approvals_of
from returnsim.rules.opening import (
    Bar,
    Chances,
    Consequence,
    Schedule,
    chances,
    consequences,
    schedule,
)
from returnsim.scenario.scenario import Scenario, read_scenario, scenario_file
from returnsim.wording import LANGUAGES, say

WIDEST = 22
"""Characters of the chart; a longer chain takes more than a day for each."""
SAMPLES = 10_000


@dataclass(frozen=True)
class Opening:
    """When a school may open: everything the command prints."""

    scenario: Scenario
    chain: str
    """File or built-in rulebook that the chain comes from."""
    schedule: Schedule
    chances: Chances
    by: date
    follows: tuple[Consequence, ...]

    @property
    def school_day(self) -> date | None:
        """First school day of the calendar on which the school may open."""
        days = self.scenario.calendar.school_days
        return next((d for d in days if d >= self.schedule.opening), None)


def approvals(asked: Common, scenario: Path, by: date | None) -> None:
    """Say when the school may open, and what decides it.

    Parameters
    ----------
    asked
        The shared options: language, JSON, seed.
    scenario
        A scenario's file or folder; its own ``approvals.toml`` lies beside it.
    by
        Day for which the probability is asked; the calendar's first day when left out.
    """
    given = read_scenario(scenario)
    plan, chain = approvals_of(given, scenario_file(scenario).parent)
    worked_out = schedule(plan)
    found = Opening(
        given,
        chain,
        worked_out,
        chances(plan, np.random.default_rng(asked.seed), SAMPLES, given.limits.confidence),
        given.calendar.first_day if by is None else by,
        consequences(worked_out),
    )
    asked.json(json.dumps(opening_data(found), ensure_ascii=False, indent=1) + "\n")
    if asked.talks:
        show(found, asked.lang)


def opening_data(found: Opening) -> dict[str, Any]:
    """Return everything for programs; dates in ISO form, durations in days."""
    index = found.chances.criticality
    chance = found.chances.by(found.by)
    return {
        "schema": "returnsim-approvals-1",
        "scenario": found.scenario.name,
        "chain": found.chain,
        "starts": found.schedule.plan.starts.isoformat(),
        "opening": found.schedule.opening.isoformat(),
        "school_day": found.school_day.isoformat() if found.school_day else None,
        "critical_paths": [list(path) for path in found.schedule.paths],
        "chance": {
            "by": found.by.isoformat(),
            "value": chance.mean,
            "low": chance.low,
            "high": chance.high,
            "samples": chance.replications,
            "confidence": chance.confidence,
            "days": {f"{p:g}": found.chances.day_with(p).isoformat() for p in (0.5, 0.8, 0.95)},
        },
        "steps": [
            {
                "step": bar.step.id,
                "zh": bar.step.zh,
                "en": bar.step.en,
                "clause": bar.step.clause,
                "state": state(bar),
                "start": bar.start.isoformat(),
                "end": bar.end.isoformat(),
                "latest_end": bar.latest_end.isoformat(),
                "slack_days": bar.slack,
                "free_slack_days": bar.free_slack,
                "critical": bar.critical,
                "critical_share": index[bar.step.id].mean,
            }
            for bar in found.schedule.bars
        ],
        "follows": [
            {"code": c.code, **{lang: c.text(lang) for lang in LANGUAGES}} for c in found.follows
        ],
    }


def state(bar: Bar) -> str:
    """Whether a step is done, running or open."""
    if bar.step.done is not None:
        return "done"
    return "open" if bar.step.began is None else "running"


def show(found: Opening, lang: str) -> None:
    """Print the chart, the dates, the probability and what follows."""
    console = Console(highlight=False)
    console.print(chart(found, lang))
    console.print(Text(say("approvals.legend", lang), style="dim"))
    for line in _summary(found, lang):
        console.print(Text(line))
    console.print(Text("\n" + say("approvals.follows_head", lang), style="bold"))
    for consequence in found.follows:
        console.print(Text(f"· {consequence.text(lang)}"))


def chart(found: Opening, lang: str) -> Table:
    """Return the steps as a table with a bar for each."""
    own = {"file": FILE} if found.chain == FILE else {"book": found.chain}
    origin = say(f"approvals.{'own' if found.chain == FILE else 'built_in'}_chain", lang, **own)
    title = say("approvals.title", lang, school=found.scenario.label(lang), chain=origin)
    table = Table(
        title=Text(title),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    bars = found.schedule.bars
    first, last = min(b.start for b in bars), max(b.end for b in bars)
    keys = ("step", "state", "from", "to", "slack", "decides")
    for key in keys:
        wide = 24 if key == "step" else None
        table.add_column(say(f"approvals.sheet.{key}", lang), overflow="fold", min_width=wide)
    table.add_column(say("approvals.sheet.bar", lang, first=first, last=last), no_wrap=True)
    index = found.chances.criticality
    for bar in bars:
        style = "bold red" if bar.critical else "dim" if bar.step.done else ""
        slack = "" if bar.step.done or (bar.step.last and bar.step.waits) else f"{bar.slack:.3g}"
        value = index[bar.step.id]
        if value.replications:
            decides = f"{value.mean:.0%}"
        else:
            decides = say("approvals.decides", lang) if value.mean else ""
        cells = (
            bar.step.label(lang),
            say(f"approvals.state.{state(bar)}", lang),
            f"{bar.start:%m-%d}",
            f"{bar.end:%m-%d}",
            slack and say("approvals.slack", lang, value=slack, n=1 if slack == "1" else 2),
            decides,
        )
        drawn = Text(draw(bar, first, last), style=style)
        table.add_row(*(Text(cell) for cell in cells), drawn)
    return table


def draw(bar: Bar, first: date, last: date) -> str:
    """Draw one step between two dates, a character for a day or for several.

    A day belongs to a step from its start to the day before its end.
    """
    days = max(1, (last - first).days)
    width = min(days, WIDEST)

    def column(day: date) -> int:
        return min(width, (day - first).days * width // days)

    begin, end, latest = column(bar.start), column(bar.end), column(min(bar.latest_end, last))
    if bar.step.done is not None and bar.start == bar.end:
        return " " * min(begin, width - 1) + "◆"
    block = "█" if bar.critical else "▒"
    long = max(end - begin, 1)
    return " " * min(begin, width - 1) + block * long + "─" * max(0, latest - begin - long)


def _summary(found: Opening, lang: str) -> Iterator[str]:
    sampled = found.chances.times.sampled
    key = "opening_on_average" if sampled else "opening"
    yield say(f"approvals.{key}", lang, day=found.schedule.opening)
    if found.school_day is None:
        yield say("approvals.outside", lang, last=found.scenario.calendar.last_day)
    else:
        yield say("approvals.school_day", lang, day=found.school_day)
    chance = found.chances.by(found.by)
    if not sampled:
        answer = say(f"approvals.answer.{'yes' if chance.mean else 'no'}", lang)
        yield say("approvals.certain", lang, day=found.by, answer=answer)
        return
    shares = {k: f"{getattr(chance, k):.1%}" for k in ("low", "high")}
    values = {"day": found.by, "value": f"{chance.mean:.1%}", "n": chance.replications}
    yield say("approvals.chance", lang, **values, **shares)
    with_ = {"half": 0.5, "most": 0.8, "nearly": 0.95}
    yield say(
        "approvals.days_with", lang, **{k: found.chances.day_with(p) for k, p in with_.items()}
    )
