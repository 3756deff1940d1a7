"""Queues with a closed form or an exact recursion."""

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def erlang_b(servers: int, offered_load: float) -> float:
    r"""Probability that all of `servers` places are taken when nobody can wait.

    :math:`B(c, a)` by the usual recursion (Gross et al., *Fundamentals of Queueing Theory*,
    4th ed., eq. 2.54).

    Examples
    --------
    >>> round(erlang_b(10, 40.0), 4)
    0.7577
    """
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered_load * blocked / (n + offered_load * blocked)
    return blocked


def erlang_c(servers: int, offered_load: float) -> float:
    r"""Probability that an arrival to an M/M/c queue must wait.

    Parameters
    ----------
    servers
        Number of parallel servers, :math:`c`.
    offered_load
        Arrival rate times mean service time, :math:`a = \lambda / \mu`, in erlangs.
        The queue is stable only for :math:`a < c`.

    References
    ----------
    Gross et al., *Fundamentals of Queueing Theory*, 4th ed., eq. 2.38.

    Examples
    --------
    >>> round(erlang_c(servers=2, offered_load=1.5), 4)
    0.6429
    """
    blocked = erlang_b(servers, offered_load)
    return blocked / (1 - (offered_load / servers) * (1 - blocked))


def mean_wait(servers: int, arrival_rate: float, mean_service: float) -> float:
    """Mean wait in an M/M/c queue in steady state, in the unit of `mean_service`.

    Examples
    --------
    >>> round(mean_wait(1, arrival_rate=1 / 6, mean_service=3.0), 6)
    3.0
    """
    load = arrival_rate * mean_service
    return erlang_c(servers, load) * mean_service / (servers - load)


def wait_exceeds(servers: int, arrival_rate: float, mean_service: float, limit: float) -> float:
    """Probability that an M/M/c wait is longer than `limit`, in steady state.

    Examples
    --------
    >>> round(wait_exceeds(1, 5.0, 1 / 6, limit=1.0), 7)
    0.3065662
    """
    load = arrival_rate * mean_service
    fades = float(np.exp(-(servers - load) * limit / mean_service))
    return erlang_c(servers, load) * fades


def fcfs_starts(arrivals: Floats, services: Floats, servers: int) -> Floats:
    """Service start times in a first-come-first-served queue, exactly.

    The Kiefer-Wolfowitz recursion: each customer takes the server that frees first. It is
    the oracle the SimPy gate and the compiled kernel are tested by.

    Parameters
    ----------
    arrivals
        Arrival times [s], ascending, shape (n,).
    services
        Service time of each customer [s], shape (n,).
    servers
        Number of parallel servers, staffed all the time.
    """
    free_at = [-np.inf] * servers
    starts = np.empty_like(arrivals)
    for i, (arrival, service) in enumerate(zip(arrivals, services, strict=True)):
        starts[i] = start = max(arrival, heapq.heappop(free_at))
        heapq.heappush(free_at, start + service)
    return starts


def fluid_queue(arriving: Floats, capacity: Floats | Sequence[float]) -> Floats:
    """Queue at the end of each interval if people flowed like water.

    Lindley's recursion :math:`q_t = max(0, q_{t-1} + a_t - c_t)`; right for a short burst,
    where steady-state formulas are not.

    Parameters
    ----------
    arriving
        People who arrive in each interval, last axis is time.
    capacity
        People who could be served in each interval, same shape or broadcast to it.
    """
    net = np.asarray(arriving, dtype=float) - np.asarray(capacity, dtype=float)
    total = np.cumsum(net, axis=-1)
    lowest = np.minimum.accumulate(np.minimum(total, 0.0), axis=-1)
    queue: Floats = total - lowest
    return queue
