"""From a proposal to a document in one language: the table of contents."""

from datetime import date
from importlib.metadata import version

from returnsim.experiment.curves import QueueCurves
from returnsim.optimise.planner import Proposal
from returnsim.report.compose_comparison import compared
from returnsim.report.compose_compliance import compliance, to_do
from returnsim.report.compose_day import day_pages
from returnsim.report.compose_gates import gate_sheets, high_reading, most_on_duty, unused_gates
from returnsim.report.compose_notes import notes
from returnsim.report.compose_notices import notices
from returnsim.report.compose_quality import quality
from returnsim.report.compose_queues import arrival_figure, queue_figure, queue_lead
from returnsim.report.compose_schedule import batches, class_lines, schedule
from returnsim.report.compose_stock import stock_items
from returnsim.report.document import Document, Fact
from returnsim.report.phrases import day_text, full_date, number, percent
from returnsim.rules.audit import Verdict
from returnsim.rules.quantity import Quantity as Q
from returnsim.rules.remarks import remarks
from returnsim.wording import say


def compose(
    proposal: Proposal, lang: str, before: QueueCurves, after: QueueCurves, stamp: date
) -> Document:
    """Write everything down that is printed about a proposal.

    Parameters
    ----------
    proposal
        The plan, what was found out about it, and what it is held against.
    lang
        ``zh`` or ``en``.
    before, after
        Queues when everybody comes at the bell, and under the recommended plan.
    stamp
        The day of making.
    """
    scenario, plan = proposal.scenario, proposal.recommended.plan
    compliance_lead, parts = compliance(proposal, lang)
    actions_lead, actions = to_do(proposal, lang)
    first = full_date(plan.return_days[0], lang)
    return Document(
        lang=lang,
        title=say("report.title", lang),
        subtitle=say("report.subtitle", lang, first=first, n=len(plan.return_days)),
        school=scenario.label(lang),
        footer=_footer(proposal, lang, stamp),
        made=stamp,
        facts=_facts(proposal, lang),
        batches=batches(proposal, lang),
        classes=class_lines(proposal, lang),
        schedule=schedule(proposal, lang),
        gates=gate_sheets(proposal, lang),
        unused_gates=unused_gates(proposal, lang),
        reading=high_reading(scenario, lang),
        notices=notices(proposal, lang),
        stock=stock_items(proposal, lang),
        compliance_lead=compliance_lead,
        compliance=parts,
        actions_lead=actions_lead,
        actions=actions,
        remarks=remarks(scenario, proposal.books, plan, lang),
        comparison=compared(proposal, lang),
        quality=quality(proposal, lang),
        queue_lead=queue_lead(before, after, lang),
        queues=queue_figure(proposal, before, after, lang),
        arrivals=arrival_figure(proposal, before, after, lang),
        notes=notes(proposal, lang, stamp),
        day=day_pages(proposal, lang),
    )


def _footer(proposal: Proposal, lang: str, stamp: date) -> str:
    return say(
        "report.footer",
        lang,
        version=version("returnsim"),
        seed=proposal.seed,
        replications=number(proposal.recommended.summary.replications),
        day=full_date(stamp, lang),
    )


def _facts(proposal: Proposal, lang: str) -> tuple[Fact, ...]:
    scenario, found = proposal.scenario, proposal.recommended
    verdicts = {v.name.lower(): sum(f.verdict is v for f in found.findings) for v in Verdict}
    risk = max(e.high for key, e in found.evidence.items() if key.quantity is Q.CROWDED_DAYS)
    facts: dict[str, tuple[str, dict[str, object]]] = {
        "pupils": (number(scenario.pupils), {"classes": len(scenario.classes)}),
        "batches": (str(len(found.plan.return_days)), {"range": _span(proposal, lang)}),
        "people": (str(most_on_duty(gate_sheets(proposal, lang))), {}),
        "risk": (f"≤ {percent(risk)}", {"limit": percent(scenario.limits.crowding_risk)}),
        "clauses": (str(verdicts["met"]), {**verdicts}),
    }
    return tuple(
        Fact(value, say(f"report.fact.unit.{key}", lang), say(f"report.fact.{key}", lang, **more))
        for key, (value, more) in facts.items()
    )


def _span(proposal: Proposal, lang: str) -> str:
    """Write the dates from the first return to the last."""
    days = proposal.recommended.plan.return_days
    first, last = day_text(days[0], lang), day_text(days[-1], lang)
    return first if len(days) == 1 else say("report.date.range", lang, first=first, last=last)
