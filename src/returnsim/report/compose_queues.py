"""Queues and arrivals over a morning, before and after, ready to be drawn."""

from datetime import date

import numpy as np

from returnsim.experiment.assessment import Assessment
from returnsim.experiment.curves import Floats, QueueCurves
from returnsim.optimise.baselines import AT_THE_BELL
from returnsim.optimise.planner import Proposal
from returnsim.report.document import ArrivalFigure, Numbers, QueueFigure, QueuePanel
from returnsim.report.phrases import day_text, percent, shortened
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say

HEADROOM = 1.25
"""How far an axis reaches beyond the limit or the highest band."""
QUIET = 0.02
"""People a minute below which the ends of a morning are cut off."""


def fullest_day(scenario: Scenario, found: Assessment) -> date:
    """Return the assessed day on which most pupils come by the gates; the last of several.

    Boarders come by a gate on their return date only.
    """
    plan = found.plan

    def coming(day: date) -> int:
        back = [c for c in scenario.classes if plan.day_of(c) <= day]
        return sum(
            c.pupils - scenario.held(c.name, day) - (c.boarders if plan.day_of(c) < day else 0)
            for c in back
        )

    return max(found.summary.study.days, key=lambda day: (coming(day), day))


def queue_lead(before: QueueCurves, after: QueueCurves, lang: str) -> str:
    """Say what the queue figure shows."""
    days = {"before": day_text(before.day, lang), "after": day_text(after.day, lang)}
    return say("report.figure.queue_lead", lang, **days)


def queue_figure(
    proposal: Proposal, before: QueueCurves, after: QueueCurves, lang: str
) -> QueueFigure:
    """Set the gates below each other, before on the left and after on the right."""
    scenario = proposal.scenario
    edges = _common_edges(before, after)
    gates = [g for g in scenario.gates if g.name in (*before.gates, *after.gates)]
    sides = ((before, proposal.naive[AT_THE_BELL]), (after, proposal.recommended))
    rows = []
    for gate in gates:
        tops = [_highest(curves, gate.name) for curves, _ in sides]
        top = HEADROOM * max(gate.places, *tops)
        left, right = (
            _panel(curves, found, gate.name, gate.label(lang), edges, top, lang)
            for curves, found in sides
        )
        rows.append((left, right))
    keys = ("median", "band", "queue_axis", "unused")
    return QueueFigure(
        (say("report.figure.before", lang), say("report.figure.after", lang)),
        _numbers(edges),
        tuple(rows),
        {key: say(f"report.figure.{key}", lang) for key in keys},
    )


def _panel(
    curves: QueueCurves,
    found: Assessment,
    gate: str,
    label: str,
    edges: Floats,
    top: float,
    lang: str,
) -> QueuePanel | None:
    if gate not in curves.gates:
        return None
    number = curves.gates.index(gate)
    low, median, high = (
        _numbers(_stretched(curves.edges, curves.quantile(share)[number], edges))
        for share in (0.05, 0.5, 0.95)
    )
    places = curves.places[number]
    risk = found.evidence[Key(Q.CROWDED_DAYS, gate, curves.day.isoformat())]
    value, bound = percent(risk.mean), percent(risk.high)
    return QueuePanel(
        title=shortened(label, 20),
        note=say("report.figure.chance", lang, value=value, bound=bound),
        places=places,
        limit=say("report.figure.limit", lang, places=places),
        median=median,
        low=low,
        high=high,
        top=top,
    )


def arrival_figure(
    proposal: Proposal, before: QueueCurves, after: QueueCurves, lang: str
) -> ArrivalFigure:
    """Set the arrivals of all gates upon each other, before above after."""
    edges = _common_edges(before, after)
    gates = [g for g in proposal.scenario.gates if g.name in (*before.gates, *after.gates)]
    nobody = np.zeros(edges.size - 1)
    arriving = tuple(
        tuple(
            _numbers(
                _stretched(curves.edges, curves.arriving[curves.gates.index(g.name)], edges)
                if g.name in curves.gates
                else nobody
            )
            for g in gates
        )
        for curves in (before, after)
    )
    return ArrivalFigure(
        (say("report.figure.before", lang), say("report.figure.after", lang)),
        _numbers(edges),
        tuple(shortened(g.label(lang), 20) for g in gates),
        (arriving[0], arriving[1]),
        say("report.figure.arrival_axis", lang),
    )


def _highest(curves: QueueCurves, gate: str) -> float:
    if gate not in curves.gates:
        return 0.0
    return float(curves.quantile(0.95)[curves.gates.index(gate)].max())


def _common_edges(before: QueueCurves, after: QueueCurves) -> Floats:
    """Minutes that hold both mornings, without the quiet ends."""
    first = min(c.edges[0] for c in (before, after))
    last = max(c.edges[-1] for c in (before, after))
    edges: Floats = np.arange(first, last + 1, 60.0)
    busy = np.zeros(edges.size - 1, dtype=bool)
    for curves in (before, after):
        here = curves.arriving.sum(axis=0) > QUIET
        here |= curves.quantile(0.95).max(axis=0) > 0
        busy |= _stretched(curves.edges, here.astype(float), edges) > 0
    if not busy.any():
        return edges
    start, stop = int(np.argmax(busy)), int(busy.size - np.argmax(busy[::-1]))
    return edges[max(0, start - 1) : min(edges.size, stop + 2)]


def _stretched(own: Floats, values: Floats, edges: Floats) -> Floats:
    """Lay values by minute over a longer or shorter morning; nothing outside their own."""
    wide = np.zeros(edges.size - 1)
    at = np.round((edges[:-1] - own[0]) / 60).astype(np.int64)
    inside = (at >= 0) & (at < values.size)
    wide[inside] = values[at[inside]]
    return wide


def _numbers(values: Floats) -> Numbers:
    return tuple(float(v) for v in values)
