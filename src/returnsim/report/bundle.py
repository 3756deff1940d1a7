"""Everything that `returnsim plan` leaves in its folder."""

import hashlib
import json
import math
import os
import platform
import sys
import time
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version

from returnsim.optimise.planner import Proposal
from returnsim.plan.files import plan_text
from returnsim.report.files import schedule_files, stop_record

PACKAGES = ("returnsim", "numpy", "scipy", "simpy", "numba", "matplotlib", "pydantic", "typst")


def plan_files(
    proposal: Proposal, stamp: date, began: float, jobs: int
) -> Iterator[tuple[str, bytes]]:
    """Return names and contents: the plan, the data, the printed schedule, the manifest.

    Parameters
    ----------
    proposal
        What was found.
    stamp
        The day that is printed as the day of making.
    began
        When the work began, by `time.monotonic`.
    jobs
        Workers used; they leave no other trace than this.
    """
    contents = [("plan.toml", plan_text(proposal.recommended.plan).encode("utf-8"))]
    contents += schedule_files(proposal, stamp)
    yield from contents
    yield "manifest.json", _manifest(proposal, contents, stamp, time.monotonic() - began, jobs)


def _manifest(
    proposal: Proposal,
    contents: list[tuple[str, bytes]],
    stamp: date,
    run_seconds: float,
    jobs: int,
) -> bytes:
    scenario = proposal.scenario.model_dump_json(by_alias=True).encode("utf-8")
    manifest = {
        "schema": "returnsim-manifest-1",
        "made_on": stamp.isoformat(),
        "scenario": {"name": proposal.scenario.name, "sha256": _hash(scenario)},
        "rulebooks": {
            book.name: _hash(book.model_dump_json().encode("utf-8")) for book in proposal.books
        },
        "files": {name: _hash(data) for name, data in contents},
        "seed": proposal.seed,
        "replications": proposal.recommended.summary.replications,
        "stop": stop_record(proposal.recommended),
        "confidence": proposal.recommended.confidence,
        "engines_differ_seconds": None
        if math.isnan(proposal.engines_differ)
        else proposal.engines_differ,
        "run_seconds": round(run_seconds, 1),
        "jobs": jobs,
        "machine": {
            "system": platform.system(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "implementation": sys.implementation.name,
        },
        "packages": {name: version(name) for name in PACKAGES},
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
