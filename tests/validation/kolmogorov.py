"""Kolmogorov's forward equations of queues that never settle down, solved to the last digit.

Nothing of returnsim is used here: states, rates, and an ordinary differential equation.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

Floats = NDArray[np.float64]
Rate = Callable[[float], float]
CLOSE = {"method": "DOP853", "rtol": 1e-9, "atol": 1e-13}
"""How exactly the equations are solved."""
ALMOST_ALL = 1e-9
"""Probability of states that may be left out."""


def lanes_by_shift(
    rate: Rate,
    service_rate: float,
    shifts: Sequence[tuple[float, int]],
    at: Sequence[float],
    *,
    longest: int,
    stop_above: int | None = None,
) -> list[Floats]:
    """Return the law of (served, waiting) at some moments, in an M(t)/M/c(t) queue.

    When a lane closes, whoever is in it is served to the end, so that more may be served than
    lanes are open; nobody is called until fewer are.

    Parameters
    ----------
    rate
        People who come a minute, at a moment.
    service_rate
        People whom one lane serves a minute.
    shifts
        Moments, ascending from the beginning, and the lanes open from then on.
    at
        Moments, ascending.
    longest
        Most people waiting of whom the probability is kept; the rest must be negligible.
    stop_above
        If given, a morning on which more than this wait is left in that state for ever.

    Returns
    -------
    One array (served, waiting) for each moment.
    """
    most = max(lanes for _, lanes in shifts)
    size = longest + 1 if stop_above is None else stop_above + 2
    law = np.zeros((most + 1, size))
    law[0, 0] = 1.0
    stops = size - 1 if stop_above is not None else None

    def change(lanes: int) -> Callable[[float, Floats], Floats]:
        def slope(t: float, flat: Floats) -> Floats:
            p = flat.reshape(law.shape)
            d = np.zeros_like(p)
            moves = p.copy()
            if stops is not None:
                moves[:, stops] = 0.0
            come = rate(t) * moves
            come[lanes:, -1] = 0.0
            d -= come
            d[1 : lanes + 1, 0] += come[:lanes, 0]
            d[lanes:, 1:] += come[lanes:, :-1]
            go = service_rate * np.arange(most + 1)[:, None] * moves
            d -= go
            called = go[lanes, 1:]
            d[lanes, :-1] += called
            d[:-1] += go[1:]
            if lanes:
                d[lanes - 1, 1:] -= called
            return d.ravel()

        return slope

    lanes_from, found = dict(shifts), []
    moments = sorted({m for m in (*at, *lanes_from) if m <= at[-1]})
    lanes = 0
    for since, until in pairwise([*moments, moments[-1]]):
        if since in lanes_from:
            lanes = lanes_from[since]
            law = _called(law, lanes, stops)
        if since in at:
            found.append(law)
        solved = solve_ivp(change(lanes), (since, until), law.ravel(), **CLOSE)
        law = solved.y[:, -1].reshape(law.shape)
    assert abs(law.sum() - 1) < ALMOST_ALL
    if stops is None:
        assert all(p[:, -1].sum() < ALMOST_ALL for p in found)
    return found


def _called(law: Floats, lanes: int, stops: int | None) -> Floats:
    """Let those in line go to lanes that open this moment."""
    after = np.zeros_like(law)
    for served, waiting in np.ndindex(*law.shape):
        free = 0 if waiting == stops else min(waiting, max(0, lanes - served))
        after[served + free, waiting - free] += law[served, waiting]
    return after


def one_class_uniform(
    pupils: int, minutes: float, service_rate: float, lanes: int, at: Sequence[float]
) -> list[Floats]:
    """Return the law of people there, at some moments, when a class comes within some minutes.

    Each pupil comes at a moment of their own, all moments of the interval being as likely. Of
    those still to come at t each does so at the rate 1 / (minutes - t): a process of pure death
    whose clock runs ever faster. In the clock tau = -log(1 - t / minutes) that rate is 1.

    Parameters
    ----------
    pupils
        Size of the class.
    minutes
        Length of the interval.
    service_rate, lanes
        People served by one lane a minute, and lanes.
    at
        Moments, ascending.
    """

    def slope(tau: float, flat: Floats) -> Floats:
        return _comes_and_goes(flat, pupils, 1.0, service_rate * minutes * np.exp(-tau), lanes)

    law = np.zeros((pupils + 1, pupils + 1))  # still to come, there
    law[pupils, 0] = 1.0
    found, clock = [], 0.0
    for t in (t for t in at if t < minutes):
        until = -np.log1p(-t / minutes)
        law = solve_ivp(slope, (clock, until), law.ravel(), **CLOSE).y[:, -1].reshape(law.shape)
        found.append(law.sum(axis=0))
        clock = until
    late = -np.log(ALMOST_ALL / pupils)
    law = solve_ivp(slope, (clock, late), law.ravel(), **CLOSE).y[:, -1].reshape(law.shape)
    there, now = law.sum(axis=0), minutes
    for t in (t for t in at if t >= minutes):
        there = _drain(there, service_rate, lanes, t - now)
        found.append(there)
        now = t
    return found


def one_class_memoryless(
    pupils: int, rate: float, service_rate: float, lanes: int, at: Sequence[float]
) -> list[Floats]:
    """Return the law of people there when each pupil still to come does so at the same rate.

    Nothing in it changes with time, so it is solved by uniformisation: a Poisson number of
    steps of a chain.
    """
    law = np.zeros((pupils + 1, pupils + 1))
    law[pupils, 0] = 1.0
    flat, pace = law.ravel(), pupils * rate + lanes * service_rate
    found, now = [], 0.0
    for t in at:
        weight, step, total, n = np.exp(-pace * (t - now)), flat, 0.0, 0
        mixed = np.zeros_like(flat)
        while total < 1 - 1e-13 and n < 20 * pace * (t - now) + 100:
            mixed += weight * step
            total += weight
            n += 1
            weight *= pace * (t - now) / n
            step = step + _comes_and_goes(step, pupils, rate, service_rate, lanes) / pace
        flat, now = mixed, t
        found.append(flat.reshape(law.shape).sum(axis=0))
    return found


def _comes_and_goes(
    flat: Floats, pupils: int, rate: float, service_rate: float, lanes: int
) -> Floats:
    """Change of the law of (still to come, there)."""
    p = flat.reshape(pupils + 1, pupils + 1)
    d = np.zeros_like(p)
    come = rate * np.arange(pupils + 1)[:, None] * p
    d -= come
    d[:-1, 1:] += come[1:, :-1]
    go = service_rate * np.minimum(np.arange(pupils + 1), lanes) * p
    d -= go
    d[:, :-1] += go[:, 1:]
    return d.ravel()


def _drain(there: Floats, service_rate: float, lanes: int, minutes: float) -> Floats:
    """Let those who are there be served; nobody comes any more."""
    pace = service_rate * np.minimum(np.arange(there.size), lanes)

    def slope(_: float, p: Floats) -> Floats:
        return np.append((pace * p)[1:], 0.0) - pace * p

    if not minutes:
        return there
    after: Floats = solve_ivp(slope, (0.0, minutes), there, **CLOSE).y[:, -1]
    return after
