"""Which of several plans was named, as JSON for other programs."""

import json
import math
from collections.abc import Sequence
from typing import Any

from returnsim.experiment.selection import Candidate, Selection
from returnsim.scenario.scenario import Scenario
from returnsim.theory.estimation import Estimate


def selection_json(found: Selection, names: Sequence[str], scenario: Scenario, seed: int) -> str:
    """Return `returnsim compare` of several plans as JSON.

    Keys: `schema`, `scenario`, `seed`, `replications`, `by`, `indifference`, `confidence`, `why`,
    `named` (a plan as it was given, or null), `behind` (what it may be worse than the best by)
    and `plans`, a list of objects with `plan`, `standing` (keeps, breaks, open), `worse`,
    `broken` and `unsettled` (hard clauses), `value` and `more` (objects with `mean`, `low`,
    `high`).
    """
    whole = {
        "schema": "returnsim-selection-1",
        "scenario": scenario.name,
        "seed": seed,
        "replications": found.replications,
        "by": str(found.by),
        "indifference": found.indifference,
        "confidence": found.confidence,
        "why": found.why,
        "named": None if found.named is None else names[found.named],
        "behind": found.behind if math.isfinite(found.behind) else None,
        "plans": [
            _plan(name, candidate) for name, candidate in zip(names, found.candidates, strict=True)
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plan(name: str, candidate: Candidate) -> dict[str, Any]:
    return {
        "plan": name,
        "standing": candidate.standing,
        "worse": candidate.worse,
        "broken": [f.clause.id for f in candidate.broken],
        "unsettled": [f.clause.id for f in candidate.unsettled],
        "value": _ends(candidate.value),
        "more": None if candidate.more is None else _ends(candidate.more),
    }


def _ends(estimate: Estimate) -> dict[str, float | None]:
    ends = {"mean": estimate.mean, "low": estimate.low, "high": estimate.high}
    return {name: x if math.isfinite(x) else None for name, x in ends.items()}
