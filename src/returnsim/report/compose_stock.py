"""The order for the store."""

from collections.abc import Iterator
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
    supplied = people * scenario.supplied_share("mask")
    share = {"per_person": supplied, "per_class": classes}.get(line.binding, 1)
    unit = supply.unit_zh if lang == "zh" else supply.unit_en
    why = [
        say(
            f"report.stock.{line.binding}",
            lang,
            each=number(line.need / share),
            unit=unit,
            people=number(supplied),
            classes=classes,
            days=number(line.days),
            use=number(line.daily_use, 1),
            limit=f"{scenario.limits.stock_out_risk:.1%}",
        )
    ]
    if line.order:
        n = supply.delivered_within(scenario.limits.confidence)
        latest = proposal.recommended.plan.return_days[0] - timedelta(days=n)
        why.append(say("report.stock.order_by", lang, n=n, day=day_text(latest, lang)))
    return joined((*why, *_afterwards(proposal, line, unit, lang)), lang, "semicolon")


def _afterwards(proposal: Proposal, line: StockLine, unit: str, lang: str) -> Iterator[str]:
    """Say when to order again, and how likely it is that the supply runs out."""
    if line.risk is None:
        return
    decimals = 0 if line.supply.whole_units else 1
    risk = f"{line.risk.mean:.1%}"
    if not line.in_time:
        yield say("report.stock.too_late", lang, risk=risk)
        return
    if line.levels is not None:
        low, high = line.levels.reorder_point, line.levels.order_up_to
        values = {"low": number(low, decimals), "high": number(high, decimals)}
        yield say("report.stock.again", lang, unit=unit, **values)
    elif line.supply.used_up:
        yield say("report.stock.lasts", lang)
    limits, few = proposal.scenario.limits, line.risk.replications
    values = {"risk": risk, "bound": f"{line.risk.high:.1%}", "n": f"{few:,}"}
    settled = "risk" if line.settled(limits) else "unsettled"
    yield say(f"report.stock.{settled}", lang, limit=f"{limits.stock_out_risk:.1%}", **values)
    if line.settled(limits) and line.order and line.binding != "stock_out":
        yield say("report.stock.floor", lang)
    if line.less is not None:
        what, less = line.less
        values = {"risk": f"{less.mean:.1%}", "bound": f"{less.high:.1%}"}
        yield say(f"report.stock.less_{what}", lang, **values)
