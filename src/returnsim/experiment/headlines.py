"""The few numbers that sum a plan up, each at the gate, class and day where it is worst."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from returnsim.errors import InputError, Problem
from returnsim.rules.audit import Evidence, Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.theory.estimation import Estimate

Floats = NDArray[np.float64]

HEADLINES = (Q.LONGEST_QUEUE, Q.CROWDED_DAYS, Q.MEAN_WAIT, Q.LONGEST_WAIT, Q.SEATED_BY_BELL)
"""What tables of several plans or settings show."""
MORE_IS_BETTER = frozenset({Q.SEATED_BY_BELL})
"""Of the quantities a plan can be judged by, those of which the smallest is the worst."""
JUDGED_BY = (
    *HEADLINES,
    Q.LONG_WAIT_DAYS,
    Q.MINUTES_CROWDED,
    Q.MIXING,
    Q.CLEARED,
    Q.STUCK_DAYS,
)
"""What plans can be ranked by and parameters be weighed by."""


def measured_by(name: str) -> Q:
    """Return a quantity that plans and parameters can be judged by, or say what there is.

    Raises
    ------
    InputError
        There is none of that name, with the likely repair.
    """
    return Q(known_name(name, [q.value for q in JUDGED_BY]))


def known_name(name: str, names: Sequence[str]) -> str:
    """Return a name that is among those that may be given with `--by`.

    Raises
    ------
    InputError
        It is not, with the likely repair.
    """
    if name in names:
        return name
    near = get_close_matches(name, names, n=1)
    if near:
        problem = Problem("", "no_such_rank_near", {"value": name, "near": near[0]})
    else:
        problem = Problem("", "no_such_rank", {"value": name, "known": ", ".join(names)})
    raise InputError("--by", [problem])


def worst(evidence: Evidence, quantity: Q) -> tuple[Key, Estimate] | None:
    """Return the place and day at which the mean is worst; none where nothing was measured."""
    found = [(key, e) for key, e in evidence.items() if key.quantity is quantity]
    sign = -1 if quantity in MORE_IS_BETTER else 1
    return max(found, key=lambda row: (sign * row[1].mean, row[0]), default=None)


def worst_of_each(samples: Mapping[Key, Floats], quantity: Q) -> Floats:
    """Return, for every replication, the worst that happened at any place on any day.

    Its mean is an expected value like any other, so that its interval means what it says;
    the mean at the place that looks worst would be a little too bad.
    """
    found = [x for key, x in samples.items() if key.quantity is quantity]
    if not found:
        raise ValueError(f"{quantity.value} was not measured")
    pick = np.minimum if quantity in MORE_IS_BETTER else np.maximum
    values: Floats = pick.reduce(found)
    return values
