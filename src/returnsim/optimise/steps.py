"""The steps of a recommendation, for those who want to see it move."""

from collections.abc import Callable

Report = Callable[[str, int, int], None]
"""Told the name of a step, how far it is, and of how much."""

STEPS = {
    "compile": 0.0,
    "dates": 0.02,
    "slots": 0.04,
    "lanes": 0.15,
    "explain": 0.3,
    "verify": 0.6,
    "stock": 0.65,
    "naive": 0.7,
    "front": 0.78,
    "robustness": 0.85,
    "print": 0.92,
}
"""Roughly how much of the work is done when each step begins."""
