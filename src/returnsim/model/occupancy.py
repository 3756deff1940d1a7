"""How many are in a place at once: compiled sweeps over the times they come and go.

At one instant those who go are counted before those who come. Whoever never goes stays until
midnight.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MIDNIGHT = 86_400.0


def crowd(came: Floats, left: Floats, limit: int) -> Floats:
    """Most people at once, time above a limit, and person-time above it.

    Parameters
    ----------
    came, left
        When each is there [s after midnight], shape (replications, n); `came` is NaN for those
        who never are, `left` infinite for those who never go.
    limit
        People there is room for.

    Returns
    -------
    Shape (3, replications): people, seconds, person-seconds.
    """
    found = np.zeros((3, came.shape[0]))
    _crowd(came, left, limit, found)
    return found


def together(came: Floats, left: Floats, label: Ints) -> Floats:
    """Person-seconds spent in a place by people of another label than the one most numerous.

    Parameters
    ----------
    came, left
        As for `crowd`.
    label
        Batch, class, building ... of each, -1 for those who do not count, shape (n,).

    Returns
    -------
    Shape (replications,).
    """
    found = np.zeros(came.shape[0])
    if label.size and label.max() >= 0:
        _together(came, left, label, found)
    return found


def used_during(came: Floats, left: Floats, begins: Floats, ends: Floats) -> NDArray[np.bool_]:
    """Whether somebody is in a place at any time of a span, by replication.

    Parameters
    ----------
    came, left
        As for `crowd`.
    begins, ends
        The span [s after midnight], shape (replications,).
    """
    inside = (came < ends[:, None]) & (np.minimum(left, MIDNIGHT) > begins[:, None])
    return np.asarray(inside.any(axis=1))


@njit(cache=True, nogil=True)
def _crowd(came: Floats, left: Floats, limit: int, found: Floats) -> None:
    joins, leaves = np.empty(came.shape[1]), np.empty(came.shape[1])
    for r in range(came.shape[0]):
        n = 0
        for i in range(came.shape[1]):
            if left[r, i] > came[r, i]:  # never true of NaN
                joins[n], leaves[n] = came[r, i], min(left[r, i], MIDNIGHT)
                n += 1
        joins[:n].sort()
        leaves[:n].sort()
        i = j = 0
        before = 0.0
        while j < n:
            comes = i < n and joins[i] < leaves[j]
            now = joins[i] if comes else leaves[j]
            over = i - j - limit
            if over > 0:
                found[1, r] += now - before
                found[2, r] += (now - before) * over
            before = now
            if comes:
                i += 1
                found[0, r] = max(found[0, r], i - j)
            else:
                j += 1


@njit(cache=True, nogil=True)
def _together(came: Floats, left: Floats, label: Ints, found: Floats) -> None:
    there = np.zeros(label.max() + 1, np.int64)
    times, whose = np.empty(2 * came.shape[1]), np.empty(2 * came.shape[1], np.int64)
    for r in range(came.shape[0]):
        n = 0
        for i in range(came.shape[1]):
            if label[i] >= 0 and left[r, i] > came[r, i]:
                times[n], whose[n] = came[r, i], label[i] + 1
                times[n + 1], whose[n + 1] = min(left[r, i], MIDNIGHT), -(label[i] + 1)
                n += 2
        there[:] = 0
        everybody = 0
        before = 0.0
        for k in np.argsort(times[:n]):
            most = 0
            for count in there:
                most = max(most, count)
            found[r] += (times[k] - before) * (everybody - most)
            before = times[k]
            step = 1 if whose[k] > 0 else -1
            there[abs(whose[k]) - 1] += step
            everybody += step


def compile_now() -> None:
    """Compile, or fetch from the cache, every pass of this module."""
    one = np.zeros((1, 1))
    crowd(one, one, 1)
    together(one, one, np.zeros(1, np.int64))
