"""How good the plan is: bounds, what else could be had, worse days, and who bears it."""

from collections.abc import Iterator

from returnsim.optimise.front import FrontPoint
from returnsim.optimise.planner import Proposal
from returnsim.optimise.robustness import Stress
from returnsim.report.document import QualityTable
from returnsim.report.phrases import Labels, day_text, number, percent
from returnsim.wording import say

PARTS = ("bound", "front", "stress", "share")
REST_OF_DAY = {"meals", "checks", "rounds", "rounds_left_out"}
"""Stages that come behind the morning."""


def quality(proposal: Proposal, lang: str) -> tuple[QualityTable, ...]:
    """Return the tables of the page; none for a proposal that was not searched for."""
    parts = {
        "bound": tuple(_bounds(proposal, lang)),
        "front": tuple(_front(proposal, lang)),
        "stress": tuple(_stresses(proposal, lang)),
        "share": tuple(_shares(proposal, lang)),
    }
    heads = {
        "bound": ("stage", "found", "bound", "gap"),
        "front": ("plan", "duty", "queue", "wait", "earliest"),
        "stress": ("case", "crowded", "late", "queue", "kept"),
        "share": ("grade", "pupils", "earliest", "early", "most_early", "lost"),
    }
    return tuple(
        QualityTable(
            say(f"report.quality.{part}_head", lang),
            _lead(proposal, part, lang),
            tuple(say(f"report.quality.{key}", lang) for key in heads[part]),
            parts[part],
        )
        for part in PARTS
        if parts[part]
    )


def _lead(proposal: Proposal, part: str, lang: str) -> str:
    found = proposal.robustness
    values = {
        "slack": percent(found.slack - 1) if found else "",
        "n": found.replications if found else 0,
    }
    text = say(f"report.quality.{part}_lead", lang, **values)
    if part == "front":
        text += say("report.quality.why", lang)
    if part == "bound" and proposal.bounds.keys() & REST_OF_DAY:
        text += say("report.quality.bound_rest", lang)
    if part == "bound" and proposal.cut_short:
        text += say("report.quality.cut_short", lang)
        text += "".join(say(f"report.quality.cut_{part}", lang) for part in proposal.cut)
    return text


def _bounds(proposal: Proposal, lang: str) -> Iterator[tuple[str, ...]]:
    for stage, bound in proposal.bounds.items():
        gap = say("report.quality.proven", lang) if bound.proven else percent(bound.gap)
        name = say(f"report.quality.of_{stage}", lang)
        yield name, number(bound.objective, 0), number(bound.bound, 0), gap


def _front(proposal: Proposal, lang: str) -> Iterator[tuple[str, ...]]:
    for point in proposal.front:
        yield (
            _called(point, lang),
            number(point.duty, 0),
            number(point.longest_queue, 0),
            number(point.mean_wait, 1),
            f"{point.earliest:%H:%M}",
        )


def _called(point: FrontPoint, lang: str) -> str:
    return say(f"report.quality.point_{point.name}", lang)


def _stresses(proposal: Proposal, lang: str) -> Iterator[tuple[str, ...]]:
    if proposal.robustness is None:
        return
    for stress in proposal.robustness.stresses:
        yield (
            _case(proposal, stress, lang),
            percent(stress.crowded),
            percent(1 - stress.in_time),
            number(stress.longest_queue, 0),
            say(f"report.quality.{'holds' if stress.kept else 'breaks'}", lang),
        )


def _case(proposal: Proposal, stress: Stress, lang: str) -> str:
    place = Labels(proposal.scenario, lang).place(stress.place) if stress.place else ""
    amounts = {
        "slower": percent(stress.amount - 1),
        "turnout": number(100 * stress.amount, 1),
        "ignoring": percent(stress.amount),
    }
    values = {"amount": amounts.get(stress.name, ""), "place": place}
    return say(f"report.quality.case_{stress.name}", lang, **values)


def _shares(proposal: Proposal, lang: str) -> Iterator[tuple[str, ...]]:
    for share in proposal.shares:
        lost = {"day": day_text(share.day, lang), "n": number(share.days_lost, 1)}
        several = share.day < share.last_day
        lost |= {"last": day_text(share.last_day, lang)} if several else {}
        yield (
            proposal.scenario.grade_named[share.grade].label(lang),
            number(share.pupils),
            f"{share.earliest:%H:%M}",
            number(share.minutes_early, 0),
            number(share.most_minutes_early, 0),
            say(f"report.quality.lost_days{'_by_class' if several else ''}", lang, **lost),
        )
