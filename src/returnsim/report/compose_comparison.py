"""The recommended plan beside the plans made without a tool."""

from collections.abc import Callable, Iterable

from returnsim.experiment.assessment import Assessment
from returnsim.optimise.planner import Proposal
from returnsim.report.document import Comparison
from returnsim.report.phrases import number, percent, value_and_width
from returnsim.rules.quantity import Quantity as Q
from returnsim.theory.estimation import Estimate
from returnsim.wording import say


def compared(proposal: Proposal, lang: str) -> Comparison:
    """Return the recommended plan and the naive ones, each at its worst."""
    plans = {"recommended": proposal.recommended, **proposal.naive}
    rows: dict[str, Callable[[Assessment], tuple[str, str]]] = {
        "crowded": lambda a: _risk(a, lang),
        "queue": lambda a: _worst(a, Q.LONGEST_QUEUE, max, lang),
        "wait": lambda a: _worst(a, Q.MEAN_WAIT, max, lang),
        "seated": lambda a: _worst(a, Q.SEATED_BY_BELL, min, lang),
        "duty": lambda a: (number(a.plan.staff_minutes(proposal.scenario), 0), ""),
        "broken": lambda a: (str(len(a.hard_violated)), ""),
        "dates": lambda a: (str(len(a.plan.return_days)), ""),
    }
    return Comparison(
        tuple(say(f"report.comparison.{name}", lang) for name in plans),
        tuple(
            (say(f"report.comparison.{key}", lang), tuple(write(a) for a in plans.values()))
            for key, write in rows.items()
        ),
    )


def _risk(found: Assessment, lang: str) -> tuple[str, str]:
    """Share of crowded days at the worst gate, and the largest bound of any."""
    risks = [e for key, e in found.evidence.items() if key.quantity is Q.CROWDED_DAYS]
    bound = percent(max(e.high for e in risks))
    return percent(max(e.mean for e in risks)), say("report.number.at_most", lang, bound=bound)


def _worst(
    found: Assessment, quantity: Q, worst: Callable[..., Estimate], lang: str
) -> tuple[str, str]:
    of_it: Iterable[Estimate] = (e for k, e in found.evidence.items() if k.quantity is quantity)
    value, width = value_and_width(quantity, worst(of_it, key=lambda e: e.mean), lang)
    return value, f"± {width}" if width else ""
