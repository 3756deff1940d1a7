"""Simulate, plan, check and print staggered returns to school.

The dozen names an analyst needs; each loads its module when it is first used, so that
`import returnsim` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from returnsim.experiment.assessment import Assessment as Assessment
    from returnsim.experiment.assessment import assess as assess
    from returnsim.experiment.comparison import compare as compare
    from returnsim.experiment.curves import queue_curves as queue_curves
    from returnsim.experiment.study import Study as Study
    from returnsim.experiment.study import run as run
    from returnsim.optimise.baselines import baselines as baselines
    from returnsim.optimise.planner import recommend as recommend
    from returnsim.plan.files import read_plan as read_plan
    from returnsim.plan.plan import Plan as Plan
    from returnsim.rules.rulebook import rulebooks as rulebooks
    from returnsim.scenario.scenario import Scenario as Scenario
    from returnsim.scenario.scenario import read_scenario as read_scenario

_HOME = {
    "Assessment": "experiment.assessment",
    "Plan": "plan.plan",
    "Scenario": "scenario.scenario",
    "Study": "experiment.study",
    "assess": "experiment.assessment",
    "baselines": "optimise.baselines",
    "compare": "experiment.comparison",
    "queue_curves": "experiment.curves",
    "read_plan": "plan.files",
    "read_scenario": "scenario.scenario",
    "recommend": "optimise.planner",
    "rulebooks": "rules.rulebook",
    "run": "experiment.study",
}
__all__ = [
    "Assessment",
    "Plan",
    "Scenario",
    "Study",
    "assess",
    "baselines",
    "compare",
    "queue_curves",
    "read_plan",
    "read_scenario",
    "recommend",
    "rulebooks",
    "run",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in."""
    if name not in _HOME:
        raise AttributeError(f"module 'returnsim' has no attribute {name!r}")
    return getattr(import_module(f"returnsim.{_HOME[name]}"), name)
