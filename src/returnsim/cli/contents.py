"""What is in a scenario, at a glance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from returnsim.rules.rulebook import PLANNER, Rulebook
from returnsim.scenario.campus import Gate
from returnsim.scenario.quantities import Sourced
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say

if TYPE_CHECKING:
    from returnsim.plan.plan import Plan


@dataclass(frozen=True)
class Contents:
    """A scenario in a few lines, for people and for programs."""

    title: str
    rows: tuple[tuple[str, str], ...]
    data: dict[str, Any]

    def show(self) -> None:
        """Print the lines."""
        from rich.console import Console  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        table = Table(title=Text(self.title), title_justify="left", show_header=False, box=None)
        table.add_column(justify="right", style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for number, text in self.rows:
            table.add_row(Text(number), Text(text))
        Console(highlight=False).print(table)


def contents(scenario: Scenario, books: Sequence[Rulebook], lang: str) -> Contents:
    """Count what a scenario holds."""
    held = sum(h.pupils for h in scenario.holds)
    open_tables = sum(1 for _ in sourced(scenario))
    calendar = scenario.calendar
    rows = [
        (str(scenario.pupils), say("check.pupils", lang)),
        (
            str(len(scenario.classes)),
            say("check.classes", lang, grades=len(scenario.grades)),
        ),
        (str(scenario.staff_people), say("check.staff", lang)),
        (str(held), say("check.held", lang)),
        *(("", _gate(gate, lang)) for gate in scenario.gates),
        (
            say("check.calendar", lang),
            say(
                "check.days",
                lang,
                first=calendar.first_day,
                last=calendar.last_day,
                n=len(calendar.school_days),
            ),
        ),
        (say("check.books", lang), ", ".join(b.label(lang) for b in books)),
        (say("check.supplies", lang), ", ".join(s.label(lang) for s in scenario.supplies)),
        (say("check.open_numbers", lang), say("check.open_numbers_in", lang, n=open_tables)),
    ]
    data = {
        "schema": "returnsim-contents-1",
        "scenario": scenario.name,
        "pupils": scenario.pupils,
        "classes": len(scenario.classes),
        "grades": len(scenario.grades),
        "staff": scenario.staff_people,
        "held": held,
        "gates": [{"gate": g.name, "places": g.places} for g in scenario.gates],
        "school_days": len(calendar.school_days),
        "rulebooks": [b.name for b in books if b.name != PLANNER],
    }
    return Contents(say("check.title", lang, name=scenario.label(lang)), tuple(rows), data)


def _gate(gate: Gate, lang: str) -> str:
    stages = " → ".join(
        say(
            "check.stage",
            lang,
            stage=stage.label(lang),
            lanes=stage.lanes,
            seconds=f"{stage.service_seconds.mean:.2g}",
        )
        for stage in gate.stages
    )
    return say(
        "check.gate",
        lang,
        gate=gate.label(lang),
        opens=f"{gate.opens:%H:%M}",
        closes=f"{gate.closes:%H:%M}",
        places=gate.places,
        lanes=stages,
    )


def show_remarks(
    scenario: Scenario, books: Sequence[Rulebook], plan: "Plan | None", lang: str
) -> None:
    """Print where the rules collide with each other or with what there is."""
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from returnsim.rules.remarks import remarks  # noqa: PLC0415

    found = remarks(scenario, books, plan, lang)
    console = Console(highlight=False)
    console.print(Text(say("tension.head" if found else "tension.none", lang), style="bold"))
    for line in found:
        console.print(Text(f"- {line}"))


def sourced(part: Any) -> Iterator[Sourced]:
    """Every table of a scenario that says where its numbers come from."""
    if isinstance(part, Sourced):
        yield part
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from sourced(getattr(part, name))
    elif isinstance(part, tuple):
        for entry in part:
            yield from sourced(entry)
