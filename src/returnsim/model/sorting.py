"""Compiled sorting of moments: stable, and quick for the kinds of disorder a day has.

People come within an hour or two, so their moments are spread evenly enough for buckets.
Those who join a queue come nearly in order from the one before, so each is moved forward
past the few that overtook them. Both give way to a merge sort where the disorder is of
another kind, such as one person in the night and everybody else in the morning.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Indices = NDArray[np.uint32]
PATIENCE = 24
"""Moves per moment after which an insertion sort gives way to a merge sort."""


@njit(cache=True, nogil=True)
def in_order(moments: Floats, order: Indices, bucket: Indices, ends: Indices) -> int:
    """Number moments in ascending order, equal ones as they stand; NaN is left out.

    Parameters
    ----------
    moments
        To be sorted; untouched. No infinite ones.
    order
        Receives the indices of the moments, in order.
    bucket, ends
        Room to work in, at least one longer than `moments`.

    Returns
    -------
    How many there are, NaN not counted.
    """
    earliest, latest, size = np.inf, -np.inf, moments.size
    for i in range(size):
        earliest, latest = min(earliest, moments[i]), max(latest, moments[i])
    if not earliest <= latest:
        return 0
    scale = (size - 1) / (latest - earliest) if latest > earliest else 0.0
    ends[: size + 1] = 0
    for i in range(size):
        if moments[i] >= earliest:
            bucket[i] = int((moments[i] - earliest) * scale)
            ends[bucket[i] + 1] += 1
    for b in range(size):
        ends[b + 1] += ends[b]
    count = 0
    for i in range(size):
        if moments[i] >= earliest:
            order[ends[bucket[i]]] = i
            ends[bucket[i]] += 1
            count += 1
    moves = 0
    for k in range(1, count):
        i, j = order[k], k
        while j > 0 and moments[order[j - 1]] > moments[i]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i
        moves += k - j
        if moves > PATIENCE * count:
            there = np.flatnonzero(moments >= earliest)
            order[:count] = there[np.argsort(moments[there], kind="mergesort")]
            break
    return count


@njit(cache=True, nogil=True)
def line_up(joins: Floats, visitors: Ints) -> None:
    """Put visitors in the order in which they join; at the same instant, by their number."""
    moves = 0
    for i in range(1, joins.size):
        moment, visitor, j = joins[i], visitors[i], i
        while j > 0 and (
            joins[j - 1] > moment or (joins[j - 1] == moment and visitors[j - 1] > visitor)
        ):
            joins[j], visitors[j] = joins[j - 1], visitors[j - 1]
            j -= 1
        joins[j], visitors[j] = moment, visitor
        moves += i - j
        if moves > PATIENCE * joins.size:
            by_number = np.argsort(visitors, kind="mergesort")
            joins[:] = joins[by_number]
            visitors[:] = visitors[by_number]
            by_time = np.argsort(joins, kind="mergesort")
            joins[:] = joins[by_time]
            visitors[:] = visitors[by_time]
            break
