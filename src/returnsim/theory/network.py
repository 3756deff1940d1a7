r"""Networks of activities: what waits for what, how long it all takes, and what decides it.

Activity on node. With :math:`P_j` the activities that :math:`j` waits for, :math:`S_j` those
that wait for it, :math:`d_j` its duration and :math:`r_j` the earliest moment it may begin:

.. math::

    ES_j = \max(r_j, \max_{i \in P_j} EF_i), \quad EF_j = ES_j + d_j, \quad
    T = \max_j EF_j, \quad LF_j = \min(T, \min_{k \in S_j} LS_k), \quad LS_j = LF_j - d_j.

Total slack is :math:`LS_j - ES_j`, free slack
:math:`\min(T, \min_{k \in S_j} ES_k) - EF_j`; an activity is critical when it has no total
slack. Where durations are uncertain they are sampled and every sample is solved as above:
the length at mean durations is below the mean length (merge bias), so it is never used in
place of a probability.

References
----------
Hillier and Lieberman, *Introduction to Operations Research*, 7th ed., chapter 10 (project
management with PERT/CPM). Van Slyke 1963, "Monte Carlo methods and the PERT problem",
*Operations Research* 11, 839-860 (sampling, criticality index).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from returnsim.errors import Problem, Problems
from returnsim.theory.distributions import Distribution, Fixed
from returnsim.theory.estimation import Estimate

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
ROUNDING = 1e-9
"""Slack below this, relative to the length of the whole, is rounding."""


@dataclass(frozen=True, slots=True)
class Network:
    """Activities and what each waits for, known to be without circles."""

    names: tuple[str, ...]
    before: tuple[tuple[int, ...], ...]
    """Activities that each one waits for, by index."""
    order: tuple[int, ...]
    """Indices in an order in which nothing comes before what it waits for."""

    @classmethod
    def of(cls, after: Mapping[str, Iterable[str]]) -> Self:
        """Make a network of what each activity waits for.

        Raises
        ------
        Problems
            With the names of every circle.
        KeyError
            An activity waits for one that is not there.
        """
        found = circles(after)
        if found:
            raise Problems(
                Problem("", "circle", {"steps": " → ".join((*ring, ring[0]))}) for ring in found
            )
        names = tuple(after)
        index = {name: i for i, name in enumerate(names)}
        before = tuple(tuple(index[p] for p in dict.fromkeys(after[n])) for n in names)
        order = TopologicalSorter(dict(enumerate(before))).static_order()
        return cls(names, before, tuple(order))

    def times(self, durations: ArrayLike, release: ArrayLike = 0.0) -> "Times":
        """Return the earliest and latest start and finish of every activity.

        Parameters
        ----------
        durations
            Durations, none negative, shape (activities,) or (samples, activities).
        release
            Earliest moment at which each may begin, broadcast to `durations`.

        Examples
        --------
        >>> net = Network.of({"plan": [], "review": ["plan"], "drill": ["plan"]})
        >>> net.times([2.0, 5.0, 1.0]).total_slack
        array([0., 0., 4.])
        """
        lasts = np.asarray(durations, dtype=float)
        start = np.broadcast_to(np.asarray(release, dtype=float), lasts.shape).copy()
        finish = np.empty_like(lasts)
        for j in self.order:
            for i in self.before[j]:
                np.maximum(start[..., j], finish[..., i], out=start[..., j])
            finish[..., j] = start[..., j] + lasts[..., j]
        length = finish.max(axis=-1, keepdims=True)
        latest = np.broadcast_to(length, lasts.shape).copy()
        next_start = latest.copy()
        for j in reversed(self.order):
            for i in self.before[j]:
                latest_start = latest[..., j] - lasts[..., j]
                np.minimum(latest[..., i], latest_start, out=latest[..., i])
                np.minimum(next_start[..., i], start[..., j], out=next_start[..., i])
        return Times(start, finish, latest - lasts, latest, next_start)


@dataclass(frozen=True)
class Times:
    """A solved network; arrays of shape (activities,) or (samples, activities)."""

    start: Floats
    """Earliest start."""
    finish: Floats
    """Earliest finish."""
    latest_start: Floats
    latest_finish: Floats
    next_start: Floats
    """Earliest start of what comes next; the end of the whole where nothing does."""

    @cached_property
    def length(self) -> Floats:
        """When the last activity is finished, shape () or (samples,)."""
        return np.asarray(self.finish.max(axis=-1))

    @property
    def total_slack(self) -> Floats:
        """How long each could be put off without delaying the end."""
        return self._tidy(self.latest_start - self.start)

    @property
    def free_slack(self) -> Floats:
        """How long each could be put off without delaying anything else."""
        return self._tidy(self.next_start - self.finish)

    @property
    def critical(self) -> Flags:
        """Which activities have no slack: a day lost there is a day lost at the end."""
        flags: Flags = self.total_slack == 0
        return flags

    @property
    def sampled(self) -> bool:
        """Whether chance has a part in it."""
        return self.start.ndim > 1

    def _tidy(self, slack: Floats) -> Floats:
        scale = np.maximum(1.0, np.abs(np.expand_dims(self.length, -1)))
        tidy: Floats = np.where(slack <= ROUNDING * scale, 0.0, slack)
        return tidy


def circles(after: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """Find activities that wait for one another, each circle in the order of the waiting.

    Circles that share an activity are found one after the other: mend one, look again.

    Examples
    --------
    >>> circles({"a": ["b"], "b": ["a"], "c": ["b"]})
    (('b', 'a'),)
    """
    left = {name: [p for p in waits if p in after] for name, waits in after.items()}
    found: list[tuple[str, ...]] = []
    while True:
        while free := [n for n, waits in left.items() if not any(p in left for p in waits)]:
            for name in free:
                del left[name]
        if not left:
            return tuple(found)
        walk = [next(iter(left))]
        while (onward := next(p for p in left[walk[-1]] if p in left)) not in walk:
            walk.append(onward)
        ring = walk[walk.index(onward) :]
        found.append(tuple(reversed(ring)))
        for name in ring:
            del left[name]


def critical_paths(network: Network, times: Times, most: int = 20) -> tuple[tuple[str, ...], ...]:
    """Chains of activities, each beginning as the one before ends, that decide the end.

    Parameters
    ----------
    network
        The network.
    times
        Its times without chance, shape (activities,).
    most
        Chains to list at most: there can be exponentially many.
    """
    if times.sampled:
        raise ValueError("a critical path is of one set of durations")
    close = ROUNDING * max(1.0, abs(float(times.length)))
    critical = times.critical
    drives: dict[int, list[int]] = {j: [] for j in range(len(network.names))}
    heads, ends = [], set()
    for j in np.flatnonzero(critical):
        holding = [
            i
            for i in network.before[j]
            if critical[i] and times.start[j] - times.finish[i] <= close
        ]
        for i in holding:
            drives[i].append(int(j))
        if not holding:
            heads.append(int(j))
        if times.length - times.finish[j] <= close:
            ends.add(int(j))
    found: list[tuple[str, ...]] = []
    stack = [[j] for j in reversed(heads)]
    while stack and len(found) < most:
        path = stack.pop()
        if path[-1] in ends and not drives[path[-1]]:
            found.append(tuple(network.names[j] for j in path))
        stack += [[*path, j] for j in reversed(drives[path[-1]])]
    return tuple(found)


def play(
    network: Network,
    durations: Sequence[Distribution],
    release: ArrayLike,
    rng: np.random.Generator,
    samples: int = 10_000,
) -> Times:
    """Solve the network for sampled durations; once and exactly when all are fixed.

    Parameters
    ----------
    network
        The network.
    durations
        One for each activity, in the order of its names.
    release
        Earliest moment at which each may begin.
    rng
        Where the luck comes from: one uniform number for each sample and activity, so that
        a changed duration changes nobody else's luck.
    samples
        How often to play.
    """
    if all(isinstance(d, Fixed) for d in durations):
        return network.times([d.mean for d in durations], release)
    u = rng.random((samples, len(durations)))
    lasts = [d.quantile(u[:, j]) for j, d in enumerate(durations)]
    return network.times(np.column_stack(lasts), release)


def chance_by(times: Times, moment: float, *, confidence: float = 0.95) -> Estimate:
    """Probability that everything is finished by a moment; certain without chance."""
    in_time = times.length <= moment + ROUNDING * max(1.0, abs(moment))
    if not times.sampled:
        return Estimate.certain(float(in_time))
    return Estimate.proportion(int(in_time.sum()), in_time.size, confidence=confidence)


def criticality(times: Times, *, confidence: float = 0.95) -> tuple[Estimate, ...]:
    """Criticality index: the probability that each activity is critical (Van Slyke 1963)."""
    if not times.sampled:
        return tuple(Estimate.certain(float(c)) for c in times.critical)
    hits = times.critical.sum(axis=0)
    return tuple(Estimate.proportion(int(n), len(times.start), confidence=confidence) for n in hits)
