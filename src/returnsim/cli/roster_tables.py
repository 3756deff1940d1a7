"""A list of people as tables for the terminal and as JSON for programs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from returnsim.rules.eligibility import Reason, holds_toml
from returnsim.rules.records import Judgement
from returnsim.scenario.roster import Roster
from returnsim.scenario.roster_classes import matched
from returnsim.scenario.roster_notes import Note, SheetRead
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say

MOST_LISTED = 30
"""Rows and cells that are listed one by one; JSON holds them all."""
MOST_SKIPPED = 10
REASONS: tuple[Reason, ...] = get_args(Reason)


def show_roster(
    found: Roster, judged: Judgement | None, scenario: Scenario | None, lang: str
) -> None:
    """Print what was read, what could not be, and who may return."""
    accepted, rejected = len(found.people), len(found.rejected)
    click.echo(say("roster.read", lang, n=found.read, accepted=accepted, rejected=rejected))
    for sheet in found.sheets:
        click.echo(_sheet(sheet, lang))
    for what in ("namesakes", "carried_down"):
        if getattr(found, what):
            click.echo(say(f"roster.{what}", lang, n=getattr(found, what)))
    if found.skipped:
        click.echo(say("roster.skipped", lang, n=len(found.skipped)))
        _list(found.skipped, lang, MOST_SKIPPED)
    if found.rejected:
        click.secho(f"\n{say('roster.rejected', lang)}", bold=True)
        _list([note for row in found.rejected for note in row.notes], lang)
    if found.unclear:
        click.secho(f"\n{say('roster.unclear', lang)}", bold=True)
        _list(found.unclear, lang)
    console = Console(highlight=False)
    console.print(_classes(found, judged, scenario, lang))
    if judged is None:
        click.echo(say("eligibility.not_judged", lang))
    else:
        _show_judgement(judged, lang)


def _show_judgement(judged: Judgement, lang: str) -> None:
    if judged.missing:
        click.secho(say("eligibility.what_is_missing", lang), bold=True)
        for condition, n in Counter(judged.missing).most_common():
            what = say(f"eligibility.condition.{condition}", lang)
            click.echo(f"  {what}: {say('eligibility.people', lang, n=n)}")
    for what in ("too_early", "nowhere"):
        if getattr(judged, what):
            click.echo(say(f"eligibility.{what}", lang, n=getattr(judged, what)))
    for name, n in judged.left_out.items():
        click.echo(say("eligibility.class_left_out", lang, name=name, n=n))


def _sheet(sheet: SheetRead, lang: str) -> str:
    columns = [
        say("roster.column", lang, letter=letter, meaning=say(f"roster.means.{what}", lang))
        for letter, what in sheet.columns.items()
    ]
    values = {"sheet": sheet.sheet, "row": sheet.header_row, "columns": ", ".join(columns)}
    lines = [say("roster.sheet", lang, **values)]
    for what in ("not_read", "repeated"):
        if getattr(sheet, what):
            lines.append(
                "  " + say(f"roster.{what}", lang, columns=", ".join(getattr(sheet, what)))
            )
    return "\n".join(lines)


def _list(notes: Sequence[Note], lang: str, most: int = MOST_LISTED) -> None:
    for note in notes[:most]:
        click.echo(f"  {note.text(lang)}")
    if len(notes) > most:
        click.echo("  " + say("roster.more", lang, n=len(notes) - most))


def _classes(
    found: Roster, judged: Judgement | None, scenario: Scenario | None, lang: str
) -> Table:
    """Every class of the list with its numbers; staff are in a line of their own."""
    title = say("roster.classes", lang)
    heads = [say(f"roster.{k}", lang) for k in ("class", "pupils", "boarders", "could_not_be_read")]
    if judged is not None:
        title = say("eligibility.title", lang, day=judged.day.isoformat())
        heads.append(say("eligibility.may", lang))
        heads.append(say("eligibility.held", lang))
    if scenario is not None:
        heads.append(say("roster.in_scenario", lang))
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for index, head in enumerate(heads):
        table.add_column(head, justify="right" if index else "left")
    counts = found.by_class()
    names = {} if scenario is None else matched(counts, scenario)
    others = sum(not person.school_class for person in found.people)
    for name in [*counts, *([""] if others else [])]:
        count = counts.get(name)
        row = [name or say("roster.no_name", lang)]
        if count is None:
            row += [str(others), "", ""]
        else:
            row += [str(count.pupils), str(count.boarders), str(count.rejected or "")]
        if judged is not None:
            row.append(str(judged.may.get(name, 0)))
            row.append(
                "\n".join(
                    f"{say(f'eligibility.reason.{reason}', lang)} {judged.held[name, reason]}"
                    for reason in REASONS
                    if (name, reason) in judged.held
                )
            )
        if scenario is not None:
            row.append(_there(name, names, scenario, lang))
        table.add_row(*(Text(cell) for cell in row))
    return table


def _there(name: str, names: Mapping[str, str], scenario: Scenario, lang: str) -> str:
    """Class of the scenario, with its number of pupils, beside one of the list."""
    known = scenario.class_named.get(names.get(name, ""))
    if known is None:
        return say("roster.no_class_there", lang) if name else ""
    return say("roster.differs", lang, name=known.name, pupils=known.pupils)


def roster_json(found: Roster, judged: Judgement | None, lang: str) -> dict[str, Any]:
    """Return everything that was found, pseudonyms instead of names."""
    data: dict[str, Any] = {
        "read": found.read,
        "accepted": len(found.people),
        "namesakes": found.namesakes,
        "carried_down": found.carried_down,
        "sheets": [
            {
                "sheet": sheet.sheet,
                "header_row": sheet.header_row,
                "columns": sheet.columns,
                "not_read": sheet.not_read,
                "repeated": sheet.repeated,
            }
            for sheet in found.sheets
        ],
        "rejected": [
            {
                "sheet": row.sheet,
                "row": row.row,
                "class": row.school_class or None,
                "reasons": [_note(note, lang) for note in row.notes],
            }
            for row in found.rejected
        ],
        "skipped": [_note(note, lang) for note in found.skipped],
        "unclear": [_note(note, lang) for note in found.unclear],
        "classes": {
            name: {"pupils": c.pupils, "boarders": c.boarders, "rejected": c.rejected}
            for name, c in found.by_class().items()
        },
    }
    return data if judged is None else data | _judgement(judged)


def _note(note: Note, lang: str) -> dict[str, Any]:
    place = {"sheet": note.sheet, "row": note.row or None, "column": note.column or None}
    return place | {"code": note.code, "text": note.text(lang)}


def _judgement(judged: Judgement) -> dict[str, Any]:
    return {
        "day": judged.day.isoformat(),
        "may_return": dict(judged.may),
        "held": [
            {"class": name, "reason": reason, "people": n}
            for (name, reason), n in judged.held.items()
        ],
        "missing": {str(condition): n for condition, n in judged.missing.items()},
        "left_out": dict(judged.left_out),
        "rejected_without_class": judged.nowhere,
        "expected_too_early": judged.too_early,
        "holds": [hold.model_dump(mode="json", by_alias=True) for hold in judged.holds],
        "people": [
            {
                "person": person.person,
                "class": person.school_class or None,
                "role": person.role,
                "earliest": found.day.isoformat() if found.day else None,
                "missing": [str(condition) for condition in found.missing],
                "waiting": {str(condition): day.isoformat() for condition, day in found.waiting},
            }
            for person, found in judged.people
        ],
    }


def holds_file(judged: Judgement, lang: str) -> bytes:
    """Return the holds as the text of a TOML file, with what was left out in its head."""
    lines = [f"# {say('eligibility.file_head', lang)}"]
    lines += [
        f"# {say('eligibility.class_left_out', lang, name=name, n=n)}"
        for name, n in judged.left_out.items()
    ]
    if judged.nowhere:
        lines.append(f"# {say('eligibility.nowhere', lang, n=judged.nowhere)}")
    return ("\n".join(lines) + "\n\n" + holds_toml(judged.holds)).encode("utf-8")
