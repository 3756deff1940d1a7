"""What was found on a clause, in words: where, how much, against which limit."""

import math
from dataclasses import dataclass
from datetime import date

from returnsim.plan.plan import Plan
from returnsim.report.phrases import Labels, amount, day_text, distance, estimated, joined, percent
from returnsim.rules.audit import Finding, Verdict
from returnsim.rules.duties import due, records_of
from returnsim.rules.quantity import Quantity
from returnsim.scenario.records import Record
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say


def quantity_of(finding: Finding) -> Quantity | None:
    """Return what was measured; a duty is measured by the part of it that is done."""
    return finding.worst.quantity if finding.worst else finding.clause.quantity


def ceil_share(share: float) -> float:
    """Round a bound up to a tenth of a per cent: it never promises more than it is."""
    return math.ceil(share * 1000 - 1e-9) / 1000


@dataclass(frozen=True)
class EvidenceWords:
    """Turns findings into words of one language."""

    scenario: Scenario
    plan: Plan
    lang: str

    def where(self, finding: Finding) -> str:
        """Place and day that speak most against the plan; the records of a duty."""
        if finding.worst is None:
            return ""
        if finding.clause.duty is not None:
            records = records_of(finding.clause, self.scenario)
            if not records:
                return say("report.duty.no_record", self.lang)
            return joined((self._record(r) for r in records), self.lang, "semicolon")
        return Labels(self.scenario, self.lang).where(finding.worst)

    def _record(self, record: Record) -> str:
        values = {"day": day_text(record.on, self.lang), "source": record.source}
        text = say(f"report.duty.{'done' if record.done else 'planned'}", self.lang, **values)
        return text if record.by is None else joined((record.by, text), self.lang, "dot")

    def found(self, finding: Finding, *, name: bool = False) -> str:
        """Value with its interval, after the name of the quantity if wanted."""
        quantity, estimate = quantity_of(finding), finding.estimate
        if quantity is None or estimate is None:
            return ""
        if finding.clause.duty is not None:
            return say("report.duty.share", self.lang, share=percent(estimate.mean))
        text = estimated(quantity, estimate, self.lang)
        if not name:
            return text
        head = say(f"quantity.{quantity.value}", self.lang)
        return say("report.list.colon", self.lang, head=head, text=text)

    def unseen(self, finding: Finding) -> str:
        """Where every day was alike, how often it may be otherwise; empty where days differ."""
        estimate = finding.estimate
        if estimate is None or estimate.unseen is None:
            return ""
        values = {"n": estimate.replications, "share": percent(ceil_share(estimate.unseen))}
        return say("report.compliance.unseen", self.lang, **values)

    def limit(self, finding: Finding) -> str:
        """What is asked for, as a number; until when, for a duty."""
        clause, quantity = finding.clause, quantity_of(finding)
        if clause.duty is not None:
            _, latest = due(clause.duty, self.plan)
            if latest == date.max:
                return say("report.duty.all", self.lang)
            return say("report.duty.all_by", self.lang, day=day_text(latest, self.lang))
        if quantity is None or clause.relation is None or finding.asked is None:
            return ""
        limit = amount(quantity, finding.asked, self.lang)
        return say(f"relation.{clause.relation.replace(' ', '_')}", self.lang, limit=limit)

    def limit_and_source(self, finding: Finding) -> str:
        """The limit, saying so where the document leaves it open."""
        limit = self.limit(finding)
        if not limit:
            return ""
        if finding.clause.limit_from is None:
            return say("report.compliance.limit_document", self.lang, limit=limit)
        grade = self.scenario.limits.evidence
        key = "limit_planner" if grade else "limit_planner_ungraded"
        setting = f"limits.{finding.clause.limit_from}"
        values = {"limit": limit, "setting": setting, "grade": grade}
        return say(f"report.compliance.{key}", self.lang, **values)

    def gap(self, finding: Finding) -> str:
        """Distance from the limit, without its sign; empty when there is none."""
        quantity, margin = quantity_of(finding), finding.margin
        if quantity is None or margin is None or not math.isfinite(margin):
            return ""
        return distance(quantity, margin, self.lang)

    def margin(self, finding: Finding) -> str:
        """How far inside the limit, or outside it; empty when it is just reached."""
        gap = self.gap(finding)
        if not gap or not finding.margin or finding.clause.duty is not None:
            return ""
        side = "inside" if finding.margin > 0 else "outside"
        return say(f"report.compliance.{side}", self.lang, margin=gap)

    def reason(self, finding: Finding) -> str:
        """Why a clause was not assessed."""
        if finding.verdict is not Verdict.NOT_ASSESSED:
            return ""
        clause = finding.clause
        given = clause.reason_zh if self.lang == "zh" else clause.reason_en
        if given:
            return given
        key = "no_limit" if finding.asked is None else "no_evidence"
        return say(f"report.compliance.{key}", self.lang)
