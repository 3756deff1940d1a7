"""From a proposal to a document in one language."""

from collections.abc import Iterable
from datetime import date
from importlib.metadata import version

from returnsim.experiment.curves import QueueCurves
from returnsim.optimise.planner import Proposal
from returnsim.report.compose_findings import compared, compliance, to_do
from returnsim.report.compose_gates import gate_sheets, high_reading, unused_gates
from returnsim.report.compose_notes import notes
from returnsim.report.compose_notices import notices
from returnsim.report.compose_queues import arrival_figure, queue_figure, queue_lead
from returnsim.report.compose_stock import stock_items
from returnsim.report.document import (
    Batch,
    ClassLine,
    Document,
    Fact,
    Group,
    Member,
    Schedule,
    SlotLine,
)
from returnsim.report.phrases import (
    clock_span,
    day_text,
    ends_of,
    full_date,
    number,
    percent,
    weekday,
)
from returnsim.rules.audit import Verdict
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.people import SchoolClass
from returnsim.scenario.quantities import seconds
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
    first = full_date(plan.batches[0][0], lang)
    compliance_lead, parts = compliance(proposal, lang)
    actions_lead, actions = to_do(proposal, lang)
    return Document(
        lang=lang,
        title=say("report.title", lang),
        subtitle=say("report.subtitle", lang, first=first, n=len(plan.batches)),
        school=scenario.label(lang),
        footer=_footer(proposal, lang, stamp),
        made=stamp,
        facts=_facts(proposal, lang),
        batches=_batches(proposal, lang),
        classes=_class_lines(proposal, lang),
        schedule=_schedule(proposal, lang),
        gates=gate_sheets(proposal, lang),
        unused_gates=unused_gates(proposal, lang),
        reading=high_reading(scenario, lang),
        notices=notices(proposal, lang),
        stock=stock_items(proposal, lang),
        compliance_lead=compliance_lead,
        compliance=parts,
        actions_lead=actions_lead,
        actions=actions,
        comparison=compared(proposal, lang),
        queue_lead=queue_lead(before, after, lang),
        queues=queue_figure(proposal, before, after, lang),
        arrivals=arrival_figure(proposal, before, after, lang),
        notes=notes(proposal, lang, stamp),
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
    days = [day for day, _ in found.plan.batches]
    span = day_text(days[0], lang)
    if len(days) > 1:
        last = day_text(days[-1], lang)
        span = say("report.date.range", lang, first=span, last=last)
    verdicts = {v.name.lower(): sum(f.verdict is v for f in found.findings) for v in Verdict}
    risk = max(e.high for key, e in found.evidence.items() if key.quantity is Q.CROWDED_DAYS)
    sheets = gate_sheets(proposal, lang)
    values = {
        "pupils": (number(scenario.pupils), {"classes": len(scenario.classes)}),
        "batches": (str(len(days)), {"range": span}),
        "people": (str(_most_on_duty([(d.begins, d.ends, d.people_return_day)
                                      for s in sheets for d in s.duty])), {}),
        "risk": (f"≤ {percent(risk)}", {"limit": percent(scenario.limits.crowding_risk)}),
        "clauses": (str(verdicts["met"]), verdicts),
    }  # fmt: skip
    return tuple(
        Fact(value, say(f"report.fact.unit.{key}", lang), say(f"report.fact.{key}", lang, **more))
        for key, (value, more) in values.items()
    )
