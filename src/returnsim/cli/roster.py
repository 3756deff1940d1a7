"""The command that reads a clerk's list: counts, rejected rows, and who may return when."""

import json
from datetime import date, datetime
from pathlib import Path

import click

from returnsim.cli.options import LANG, PATH, RESULT, Common, common
from returnsim.wording import say


def about(name: str) -> str:
    """Explain an option."""
    return say(f"roster.option.{name}", LANG)


@click.command(help=say("cli.command.roster", LANG))
@click.argument("file", type=PATH)
@click.option("--scenario", "scenario_file", type=PATH, help=about("scenario"))
@click.option("--out", type=PATH, help=about("out"))
@click.option("--rules", "rules_file", type=PATH, help=about("rules"))
@click.option("--symptom-free-days", type=click.IntRange(0, 365), help=about("symptom_free_days"))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help=about("day"))
@click.option("--home", default="", help=about("home"))
@common(*RESULT)
def roster(
    asked: Common,
    file: Path,
    scenario_file: Path | None,
    out: Path | None,
    rules_file: Path | None,
    symptom_free_days: int | None,
    day: datetime | None,
    home: str,
) -> None:
    """Read a list of people, and say who may return."""
    from returnsim.cli.files import write_one  # noqa: PLC0415
    from returnsim.cli.roster_tables import (  # noqa: PLC0415
        holds_file,
        roster_json,
        show_roster,
    )
    from returnsim.rules.eligibility import EligibilityRules, read_rules  # noqa: PLC0415
    from returnsim.rules.records import judge_list  # noqa: PLC0415
    from returnsim.scenario.roster import read_roster  # noqa: PLC0415
    from returnsim.scenario.scenario import read_scenario  # noqa: PLC0415

    if rules_file is not None and symptom_free_days is not None:
        raise click.UsageError(say("eligibility.one_rule", asked.lang))
    rules = None if rules_file is None else read_rules(rules_file)
    if symptom_free_days is not None:
        source = say("eligibility.rules_source", asked.lang)
        rules = EligibilityRules(symptom_free_days=symptom_free_days, source=source)
    scenario = None if scenario_file is None else read_scenario(scenario_file)
    first: date | None = None if scenario is None else scenario.calendar.first_day
    first = first if day is None else day.date()
    if out is not None and (rules is None or first is None):
        raise click.UsageError(say("eligibility.needs_rules", asked.lang))
    found = read_roster(file, near=first, home=home.split("/"))
    judged = None
    if rules is not None and first is not None:
        source = say("eligibility.source", asked.lang, n=found.read)
        judged = judge_list(found, rules, first, source=source, scenario=scenario)
    data = roster_json(found, judged, asked.lang)
    asked.json(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    if out is not None and judged is not None:
        write_one(out, holds_file(judged, asked.lang))
    if asked.talks:
        show_roster(found, judged, scenario, asked.lang)
    if asked.talks and out is not None and judged is not None:
        held = sum(hold.pupils for hold in judged.holds)
        click.echo(say("eligibility.written", asked.lang, path=out, n=held))
