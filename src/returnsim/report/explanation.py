"""Why there is no plan, as JSON for other programs."""

import json
from collections.abc import Iterator
from typing import Any

from returnsim.errors import InfeasibleError
from returnsim.optimise.explain import CONFIRMED, Explained, in_use, way_text
from returnsim.optimise.relaxations import Relaxation
from returnsim.scenario.scenario import Scenario
from returnsim.wording import LANGUAGES, say


def explanation_json(why: InfeasibleError, scenario: Scenario) -> str:
    """Return what `returnsim plan` says when there is no plan, as JSON.

    Keys: `schema`, `scenario`; `reasons`, each with `where`, `code`, `values` and a sentence in
    `zh` and `en`; `conflict`, the limits that cannot be kept together, each with its `clauses`;
    `ways_out`, each with what is `loosened` (`code`, `where`, `steps`, `fewest`, `values`) and
    the `fresh_days` on which it was confirmed.
    """
    more = why if isinstance(why, Explained) else None
    whole = {
        "schema": "returnsim-infeasible-1",
        "scenario": scenario.name,
        "reasons": [
            {
                "where": r.where,
                "code": r.code,
                "values": _plain(r.values),
                **{lang: say(f"problem.{r.code}", lang, **r.values) for lang in LANGUAGES},
            }
            for r in why.reasons
        ],
        "conflict": list(_conflict(more)) if more else [],
        "ways_out": [_way(way, scenario) for way in more.ways] if more else [],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _conflict(why: Explained) -> Iterator[dict[str, Any]]:
    for limit in why.conflict:
        yield {
            "code": limit.code,
            "where": limit.where,
            "values": _plain(limit.values),
            "clauses": [clause.id for clause in limit.clauses],
        }


def _way(way: Relaxation, scenario: Scenario) -> dict[str, Any]:
    parts = [
        {
            "code": part.lever.code,
            "where": part.lever.where,
            "steps": part.steps,
            "fewest": part.fewest,
            "values": _plain(part.lever.says(part.steps) | in_use(part, way.found.plan, scenario)),
        }
        for part in way.pulled
    ]
    words = {lang: way_text(way, scenario, lang) for lang in LANGUAGES}
    return {"loosened": parts, "fresh_days": CONFIRMED, **words}


def _plain(values: Any) -> dict[str, Any]:
    """Dates and the like as text."""
    return {k: v if isinstance(v, int | float | None) else str(v) for k, v in values.items()}
