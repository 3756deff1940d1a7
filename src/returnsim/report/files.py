"""What `returnsim` hands over: JSON for other programs, paper and a workbook for people."""

import json
import math
from collections.abc import Iterator
from datetime import date
from typing import Any

from returnsim.experiment.assessment import Assessment
from returnsim.experiment.curves import QueueCurves, queue_curves
from returnsim.optimise.baselines import AT_THE_BELL
from returnsim.optimise.planner import Proposal
from returnsim.report.compose import compose
from returnsim.report.compose_day_results import has_rest_of_day, is_of_the_day
from returnsim.report.compose_queues import fullest_day
from returnsim.report.document import Document
from returnsim.report.icalendars import calendars
from returnsim.report.pdf import pdf
from returnsim.report.phrases import is_told_by_kind
from returnsim.report.quality_json import quality_data
from returnsim.report.spreadsheet import workbook
from returnsim.rules.audit import Finding, Key
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate
from returnsim.wording import LANGUAGES, say

DIGITS = 10
"""Significant digits of a number in JSON: more than any interval is worth."""


def schedule_files(proposal: Proposal, stamp: date) -> Iterator[tuple[str, bytes]]:
    """Return the names and contents of everything that is printed about a proposal.

    In this order: summary.json, findings.json, quality.json, schedule.zh.pdf, schedule.en.pdf,
    schedule.xlsx (one workbook, Chinese labels first, English beside them); then, where the
    plan has a timetable or rounds, a calendar in ics/ for every class, group of staff and crew.
    The same proposal and stamp give the same bytes.

    Parameters
    ----------
    proposal
        What was found.
    stamp
        The day that is printed as the day of making.
    """
    found, scenario = proposal.recommended, proposal.scenario
    yield "summary.json", summary_json(found, scenario).encode("utf-8")
    yield "findings.json", findings_json(found, scenario).encode("utf-8")
    yield "quality.json", _json(quality_data(proposal)).encode("utf-8")
    before, after = before_and_after(proposal)
    documents = [compose(proposal, lang, before, after, stamp) for lang in LANGUAGES]
    for document in documents:
        yield f"schedule.{document.lang}.pdf", pdf(document)
    yield "schedule.xlsx", workbook(documents)
    yield from calendars(documents)


def render(proposal: Proposal, lang: str, stamp: date) -> tuple[Document, bytes]:
    """Return the document of a proposal in one language, and its PDF."""
    document = compose(proposal, lang, *before_and_after(proposal), stamp)
    return document, pdf(document)


def before_and_after(proposal: Proposal) -> tuple[QueueCurves, QueueCurves]:
    """Play the fullest day of the plan at the bell and of the recommended one, same seed."""
    before, after = (
        queue_curves(
            proposal.scenario, found.plan, fullest_day(proposal.scenario, found), proposal.seed
        )
        for found in (proposal.naive[AT_THE_BELL], proposal.recommended)
    )
    return before, after


def summary_json(found: Assessment, scenario: Scenario) -> str:
    """Write every estimate of an assessed plan as JSON.

    Keys
    ----
    schema
        ``returnsim-summary-1``.
    scenario, seed, replications
        What was played, and how often each date of it.
    stop
        How many replications were asked for and why there were no more (`stop_record`).
    estimates
        A list, in the order of the evidence, of objects with ``quantity`` (a name in
        `returnsim.rules.quantity.Quantity`), ``place`` (gate, class, supply or zone; empty
        for the whole school), ``day`` (ISO date; empty when it is of no single day),
        ``unit``, ``mean``, ``half_width`` and ``confidence`` of the interval (1 for what is
        certain from the plan). Numbers that are not finite are null. Where the rest of the
        day gives several of a quantity, place and day, ``kind`` tells them apart.
    """
    return _json(
        {
            "schema": "returnsim-summary-1",
            "scenario": scenario.name,
            "seed": found.summary.study.seed,
            "replications": found.summary.replications,
            "stop": stop_record(found),
            "estimates": [_estimate(key, e) for key, e in found.evidence.items()],
        }
    )


def stop_record(found: Assessment) -> dict[str, Any]:
    """Say when a study stopped, why, and what it left open.

    Keys: ``asked``, ``most``, ``looks``, ``why`` (fixed, settled, most, hurried), and
    ``uncertain``, a list of objects with ``book``, ``clause`` and ``hard``.
    """
    return {
        "asked": found.stop.asked,
        "most": found.stop.most,
        "looks": list(found.stop.looks),
        "why": found.stop.why,
        "uncertain": [
            {"book": f.book, "clause": f.clause.id, "hard": f.clause.hard} for f in found.uncertain
        ],
    }


def _estimate(key: Key, estimate: Estimate) -> dict[str, Any]:
    row = {
        "quantity": key.quantity.value,
        "place": key.place,
        "day": key.day,
        "unit": key.quantity.unit,
        "mean": estimate.mean,
        "half_width": estimate.half_width,
        "confidence": estimate.confidence,
    }
    return row | ({"kind": key.kind} if is_told_by_kind(key) else {})


def findings_json(found: Assessment, scenario: Scenario) -> str:
    """Write every clause with its verdict as JSON.

    Keys
    ----
    schema
        ``returnsim-findings-1``.
    scenario
        Name of the scenario.
    findings
        A list, in the order of the documents, of objects with ``clause``, ``book``,
        ``hard``, ``verdict`` (met, violated, uncertain, not assessed), ``settled_after`` (the
        replications after which it stood; null for what needs none), ``quantity``,
        ``relation`` (at least, at most, exactly), ``limit``, ``value`` and ``half_width`` of
        the least favourable estimate, ``risk`` (upper confidence bound of a share of days,
        null for everything else), ``unseen`` (where every day was alike, the largest
        probability of one that is not; null where days differ), ``source`` (section of the
        book, and where the limit came from), ``place``, ``day``, ``margin`` (how far the value
        is inside the limit; negative is outside), ``says_zh`` and ``says_en``.
        What does not apply, or is not finite, is null.
    rest_of_day
        Only where more than the morning was played: a list of all that was found about it,
        each as in the summary.
    """
    whole: dict[str, Any] = {
        "schema": "returnsim-findings-1",
        "scenario": scenario.name,
        "findings": [_finding(f, scenario, found) for f in found.findings],
    }
    if has_rest_of_day(found):
        of_it = ((k, e) for k, e in found.evidence.items() if is_of_the_day(scenario, k))
        whole["rest_of_day"] = [_estimate(key, estimate) for key, estimate in of_it]
    return _json(whole)


def _finding(finding: Finding, scenario: Scenario, found: Assessment) -> dict[str, Any]:
    clause, worst, estimate = finding.clause, finding.worst, finding.estimate
    quantity = worst.quantity if worst else clause.quantity
    relation = "at least" if clause.duty is not None else clause.relation
    return {
        "clause": clause.id,
        "book": finding.book,
        "hard": clause.hard,
        "verdict": finding.verdict.value,
        "settled_after": found.needed.get((finding.book, clause.id)),
        "quantity": quantity.value if quantity else None,
        "relation": relation,
        "limit": finding.asked,
        "value": estimate.mean if estimate else None,
        "half_width": estimate.half_width if estimate else None,
        "risk": finding.bound,
        "unseen": estimate.unseen if estimate else None,
        "source": _source(finding, scenario),
        "place": worst.place if worst else None,
        "day": worst.day if worst else None,
        "margin": finding.margin,
        "says_zh": clause.says_zh,
        "says_en": clause.says_en,
    }


def _source(finding: Finding, scenario: Scenario) -> str:
    """Say where the clause stands, and who set its limit."""
    clause = finding.clause
    text = say("report.source.clause", "en", book=finding.book, section=clause.section)
    if finding.asked is None:
        return text
    if clause.limit_from is None:
        return text + say("report.source.document", "en")
    values = {"setting": clause.limit_from, "source": scenario.limits.source}
    return text + say("report.source.planner", "en", **values)


def _json(thing: dict[str, Any]) -> str:
    text = json.dumps(_rounded(thing), ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n"


def _rounded(thing: Any) -> Any:
    """Round numbers to `DIGITS` significant digits; null what is not finite."""
    if isinstance(thing, float):
        return float(f"{thing:.{DIGITS}g}") if math.isfinite(thing) else None
    if isinstance(thing, dict):
        return {key: _rounded(value) for key, value in thing.items()}
    if isinstance(thing, list):
        return [_rounded(value) for value in thing]
    return thing
