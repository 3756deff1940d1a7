"""What the plan documents say to the plan, clause by clause, and what is to be done."""

from collections import Counter

from returnsim.optimise.planner import Proposal
from returnsim.report.compose_day_results import is_of_the_day
from returnsim.report.document import Action, BookPart, ClauseLine
from returnsim.report.evidence_words import EvidenceWords, quantity_of
from returnsim.report.phrases import SHARES, issued_by, number
from returnsim.rules.audit import Finding, Verdict
from returnsim.rules.quantity import Quantity
from returnsim.wording import known, say

TO_DO = (Verdict.VIOLATED, Verdict.UNCERTAIN)


def compliance(proposal: Proposal, lang: str) -> tuple[str, tuple[BookPart, ...]]:
    """Return the totals in words, and every clause in the order of the documents."""
    findings = proposal.recommended.findings
    count = Counter(f.verdict for f in findings)
    verdicts = {v.name.lower(): count[v] for v in Verdict}
    lead = say("report.compliance.lead", lang, n=len(findings), **verdicts)
    words = _words(proposal, lang)
    parts = [
        BookPart(
            book=book.label(lang),
            issuer=issued_by(book, lang),
            lines=tuple(_line(words, f) for f in findings if f.book == book.name),
        )
        for book in proposal.books
    ]
    return lead, tuple(parts)


def _words(proposal: Proposal, lang: str) -> EvidenceWords:
    return EvidenceWords(proposal.scenario, proposal.recommended.plan, lang)


def _line(words: EvidenceWords, finding: Finding) -> ClauseLine:
    clause, estimate, lang = finding.clause, finding.estimate, words.lang
    quantity, where = quantity_of(finding), words.where(finding)
    if finding.judged > 1:
        judged = number(finding.judged)
        where = say("report.compliance.worst", lang, judged=judged, where=where)
    return ClauseLine(
        clause=clause.id,
        hard=clause.hard,
        owner=clause.owner(lang),
        asked=clause.says(lang),
        verdict=finding.verdict.name.lower(),
        quantity=say(f"quantity.{quantity.value}", lang) if quantity and not clause.duty else "",
        where=where,
        found=words.found(finding),
        limit=words.limit_and_source(finding),
        limit_plain=words.limit(finding),
        margin=words.margin(finding),
        gap=words.gap(finding),
        reason=words.reason(finding),
        value=estimate.mean if estimate else None,
        width=_width(finding),
        share=quantity is not None and quantity.unit in SHARES,
    )


def _width(finding: Finding) -> float | None:
    if finding.estimate is None:
        return None
    return finding.estimate.half_width if finding.bound is None else finding.bound


def to_do(proposal: Proposal, lang: str) -> tuple[str, tuple[Action, ...]]:
    """Return a concrete sentence for every clause that is violated or uncertain.

    Hard clauses come first, violated before uncertain.
    """
    findings = proposal.recommended.findings
    open_ones = sorted(
        (f for f in findings if f.verdict in TO_DO),
        key=lambda f: (not f.clause.hard, TO_DO.index(f.verdict)),
    )
    if not open_ones:
        by_hand = sum(f.verdict is Verdict.NOT_ASSESSED for f in findings)
        return say("report.action.none", lang, n=by_hand), ()
    words = _words(proposal, lang)
    actions = tuple(_action(words, f) for f in open_ones)
    return say("report.action.lead", lang, n=len(actions)), actions


def _action(words: EvidenceWords, finding: Finding) -> Action:
    clause, quantity, lang = finding.clause, quantity_of(finding), words.lang
    if quantity is None:
        raise AssertionError(clause.id)  # such a clause is never violated or uncertain
    verdict = finding.verdict.name.lower()
    gap = words.gap(finding)
    sentence = verdict if gap or verdict == "uncertain" else "violated_outright"
    status = say(
        f"report.action.{'duty' if clause.duty else sentence}",
        lang,
        where=words.where(finding),
        found=words.found(finding, name=True),
        limit=words.limit(finding),
        margin=gap,
    )
    keys = [f"report.advice.{quantity.value}", "report.advice.other"]
    if finding.worst is not None and is_of_the_day(words.scenario, finding.worst):
        keys.insert(0, f"day.advice.{quantity.value}")
    advice = next(say(key, lang) for key in keys if known(key, lang))
    task = clause.duty is not None or quantity is Quantity.TIMES_PER_DAY
    asked = clause.says(lang)
    return Action(clause.id, clause.owner(lang), clause.hard, verdict, task, asked, status, advice)
