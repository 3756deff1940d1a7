"""How good the plan is, as JSON for other programs."""

from dataclasses import asdict
from typing import Any

from returnsim.optimise.front import FrontPoint
from returnsim.optimise.planner import Proposal
from returnsim.optimise.robustness import Robustness
from returnsim.plan.plan import Plan


def quality_data(proposal: Proposal) -> dict[str, Any]:
    """Return what is written as `quality.json`.

    Keys
    ----
    schema
        ``returnsim-quality-1``.
    scenario, seed, cut_short
        What was planned, with which luck, and whether a deadline or Ctrl-C cut anything short.
    cut
        What that was: ``dates``, ``search``, ``bound``, ``stock``, ``verify``, ``naive``,
        ``front``, ``robustness``.
    bounds
        By stage (``calendar`` in weighted pupil-days lost, ``duty`` in minutes; where there are
        any, ``meals`` and ``checks`` in person-minutes until served or measured,
        ``rounds_left_out`` in rounds, ``rounds`` in minutes off an even spread): ``objective`` of
        the plan, ``bound`` that no plan is below, ``gap`` as a share of the objective, and
        whether the plan is ``proven`` best.
    front
        From least duty to most: ``name``, ``duty`` [min], ``longest_queue`` [people],
        ``mean_wait`` [min], ``earliest`` (first slot), ``arrivals`` (class, gate, slot) and
        ``lanes`` of the plan.
    robustness
        None if it was not tried; ``slack`` (factor on service times up to which the limits
        hold) and ``stresses``: name, amount, place, crowded, long_waits, in_time,
        longest_queue, kept.
    fairness
        By grade: pupils, earliest slot, mean and most minutes before the bell, day of return,
        days lost.
    """
    return {
        "schema": "returnsim-quality-1",
        "scenario": proposal.scenario.name,
        "seed": proposal.seed,
        "cut_short": proposal.cut_short,
        "cut": list(proposal.cut),
        "bounds": {
            stage: {
                "objective": bound.objective,
                "bound": bound.bound,
                "gap": bound.gap,
                "proven": bound.proven,
            }
            for stage, bound in proposal.bounds.items()
        },
        "front": [_point(point) for point in proposal.front],
        "robustness": _robustness(proposal.robustness),
        "fairness": [
            asdict(share)
            | {
                "earliest": f"{share.earliest:%H:%M}",
                "day": share.day.isoformat(),
                "last_day": share.last_day.isoformat(),
            }
            for share in proposal.shares
        ],
    }


def _robustness(found: Robustness | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "slack": found.slack,
        "replications": found.replications,
        "stresses": [asdict(stress) for stress in found.stresses],
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "arrivals": [a.model_dump(mode="json", by_alias=True) for a in plan.arrivals],
        "lanes": [s.model_dump(mode="json", by_alias=True) for s in plan.lanes],
    }


def _point(point: FrontPoint) -> dict[str, Any]:
    return {
        "name": point.name,
        "duty": point.duty,
        "longest_queue": point.longest_queue,
        "mean_wait": point.mean_wait,
        "earliest": f"{point.earliest:%H:%M}",
        **_plan(point.plan),
    }
