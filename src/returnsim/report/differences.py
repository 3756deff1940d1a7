"""A comparison of two plans as JSON, for other programs."""

import json
from collections.abc import Sequence

from returnsim.experiment.comparison import Difference
from returnsim.report.phrases import is_told_by_kind
from returnsim.scenario.scenario import Scenario


def differences_json(
    found: Sequence[Difference], scenario: Scenario, seed: int, replications: int
) -> str:
    """Return `returnsim compare` as JSON.

    Keys: `schema`, `scenario`, `seed`, `replications`, and `differences`, a list of objects
    with `quantity`, `place`, `day`, `unit`, `before`, `after`, `change` (after minus before on
    the same luck), `half_width` and `confidence` of the change; `kind` where only that tells
    two of them apart.
    """
    rows = [
        {
            "quantity": d.key.quantity.value,
            "place": d.key.place,
            "day": d.key.day,
            "unit": d.key.quantity.unit,
            "before": d.before.mean,
            "after": d.after.mean,
            "change": d.change.mean,
            "half_width": d.change.half_width,
            "confidence": d.change.confidence,
        }
        | ({"kind": d.key.kind} if is_told_by_kind(d.key) else {})
        for d in found
    ]
    whole = {
        "schema": "returnsim-differences-1",
        "scenario": scenario.name,
        "seed": seed,
        "replications": replications,
        "differences": rows,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
