"""How it was computed, and where every number comes from that the rules leave open."""

import math
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version

from returnsim.optimise.planner import Proposal
from returnsim.report.document import Notes, SourceLine
from returnsim.report.phrases import Labels, day_text, full_date, issued_by, joined, number, percent
from returnsim.scenario.quantities import Labelled
from returnsim.scenario.records import Routine
from returnsim.scenario.scenario import Scenario
from returnsim.wording import known, say

NAMED = 6
"""Names that are listed before the rest is only counted."""


def notes(proposal: Proposal, lang: str, stamp: date) -> Notes:
    """Return the closing notes."""
    found, wanted = proposal.recommended, proposal.scenario.limits.confidence
    days = joined((day_text(d, lang) for d in found.summary.study.days), lang)
    paragraphs = [
        say(
            "report.note.how",
            lang,
            seed=proposal.seed,
            replications=number(found.summary.replications),
            confidence=f"{number(found.confidence * 100)}%",
            days=days,
        )
    ]
    if found.stop.why != "fixed":
        values = {"wanted": percent(wanted), "most": number(found.stop.most)}
        paragraphs.append(say(f"report.note.stop_{found.stop.why}", lang, **values))
    if math.isnan(proposal.engines_differ):  # no day that both can tell
        paragraphs.append(say("report.note.on_simpy", lang))
    else:
        seconds = f"{proposal.engines_differ:.2g}"
        paragraphs.append(say("report.note.engines", lang, seconds=seconds))
    paragraphs += [
        say(f"report.note.{key}", lang) for key in ("conserved", "disclaimer", "privacy")
    ]
    return Notes(
        paragraphs=tuple(paragraphs),
        books=tuple(
            say("report.note.book", lang, book=book.label(lang), issuer=issued_by(book, lang))
            for book in proposal.books
        ),
        sources=sources(proposal.scenario, lang),
        version=say(
            "report.note.version", lang, version=version("returnsim"), day=full_date(stamp, lang)
        ),
    )


def sources(scenario: Scenario, lang: str) -> tuple[SourceLine, ...]:
    """List every table of a scenario with its source; equal ones of a table share a line."""
    merged: dict[tuple[str, str, str], list[str]] = {}
    for field in type(scenario).model_fields:
        if field == "records":  # each stands beside its clause
            continue
        for part, text, grade in _parts(getattr(scenario, field), lang):
            merged.setdefault((_origin(field, lang), text, grade), []).append(part)
    lines = []
    for (table, text, grade), parts in merged.items():
        names = _some(list(dict.fromkeys(parts)), lang)
        what = say("report.list.colon", lang, head=table, text=names) if names else table
        lines.append(SourceLine(what, text, grade))
    return tuple(lines)


def _some(names: list[str], lang: str) -> str:
    """List a few names; of many the first few, and how many there are."""
    if len(names) <= NAMED:
        return joined(names, lang)
    return say("report.list.more", lang, text=joined(names[:NAMED], lang), n=len(names))


def _parts(thing: object, lang: str, name: str = "") -> Iterator[tuple[str, str, str]]:
    """Walk a part of a scenario: (what, source, grade) wherever a source is given."""
    if isinstance(thing, tuple):
        for entry in thing:
            yield from _parts(entry, lang, name)
        return
    if not _is_table(thing):
        return
    here = joined((name, _label(thing, lang)), lang, "dot")
    source = getattr(thing, "source", None)
    if source:
        yield here, source, getattr(thing, "evidence", None) or ""
    for field in _settings(thing):
        inner = getattr(thing, field)
        if _is_table(inner):
            yield from _parts(inner, lang, joined((here, _origin(field, lang)), lang, "dot"))
        elif isinstance(inner, tuple):
            yield from _parts(inner, lang, here)


def _settings(thing: object) -> tuple[str, ...]:
    """Names of the settings of a table of the scenario file; none for anything else."""
    return tuple(getattr(type(thing), "model_fields", ()))


def _is_table(thing: object) -> bool:
    return bool(_settings(thing))


def _label(thing: object, lang: str) -> str:
    if isinstance(thing, Labelled):
        return thing.label(lang)
    if isinstance(thing, Routine):
        return Labels.routine(thing.kind, lang)
    return str(getattr(thing, "school_class", ""))


def _origin(field: str, lang: str) -> str:
    key = f"report.origin.{field}"
    return say(key, lang) if known(key, lang) else field
