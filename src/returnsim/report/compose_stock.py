"""The order for the store."""

from datetime import timedelta

from returnsim.optimise.planner import Proposal
from returnsim.optimise.stock import StockLine
from returnsim.report.document import StockItem
from returnsim.report.phrases import day_text, joined, number
from returnsim.wording import say


def stock_items(proposal: Proposal, lang: str) -> tuple[StockItem, ...]:
    """Return a line for every supply, with the rule that asks for most."""
    return tuple(
        StockItem(
            name=line.supply.label(lang),
            reason=_reason(proposal, line, lang),
            unit=line.supply.unit_zh if lang == "zh" else line.supply.unit_en,
            need=line.need,
            on_hand=line.supply.on_hand,
            order=line.order,
            price=line.supply.price,
            decimals=0 if line.supply.whole_units else 1,
        )
        for line in proposal.stock
    )


def _reason(proposal: Proposal, line: StockLine, lang: str) -> str:
    scenario, supply = proposal.scenario, line.supply
    people = scenario.pupils + scenario.staff_people
    classes = len(scenario.classes)
    share = {"per_person": people, "per_class": classes}.get(line.binding, 1)
    why = say(
        f"report.stock.{line.binding}",
        lang,
        each=number(line.need / share),
        unit=supply.unit_zh if lang == "zh" else supply.unit_en,
        people=number(people),
        classes=classes,
        days=number(line.days),
        use=number(line.daily_use, 1),
    )
    if not line.order:
        return why
    n = supply.delivered_within(scenario.limits.confidence)
    latest = proposal.recommended.plan.batches[0][0] - timedelta(days=n)
    day = day_text(latest, lang)
    return joined((why, say("report.stock.order_by", lang, n=n, day=day)), lang, "semicolon")
