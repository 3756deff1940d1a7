"""Long runs of returnsim's own stations as textbook queues."""

from collections.abc import Callable, Sequence

import numpy as np
from model.days import a_flow, flow
from numpy.typing import NDArray

from returnsim.model.simulate import simulate
from returnsim.model.trace import Trace
from returnsim.theory.estimation import Estimate

Floats = NDArray[np.float64]
Sampler = Callable[[np.random.Generator, tuple[int, ...]], Floats]


def exponential(mean: float) -> Sampler:
    return lambda rng, shape: rng.exponential(mean, shape)


def constant(value: float) -> Sampler:
    return lambda _, shape: np.full(shape, value)


def erlang(stages: int, mean: float) -> Sampler:
    return lambda rng, shape: rng.gamma(stages, mean / stages, shape)


def hyperexponential(scv: float, mean: float) -> Sampler:
    """Two exponentials with balanced means and this squared coefficient of variation."""
    p = (1 + ((scv - 1) / (scv + 1)) ** 0.5) / 2

    def sample(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
        means = np.where(rng.random(shape) < p, mean / (2 * p), mean / (2 * (1 - p)))
        return means * rng.exponential(1.0, shape)

    return sample


def steady(
    between: Sampler,
    services: Sequence[Sampler],
    lanes: Sequence[int],
    *,
    seed: int,
    replications: int = 16,
    people: int = 25_000,
) -> Trace:
    """Let people come one after the other and pass stations in a row, on the kernel."""
    rng = np.random.default_rng(seed)
    starts = between(rng, (replications, people)).cumsum(axis=1)
    times = np.stack([s(rng, (replications, people)) for s in services], axis=2)
    return flow(lanes, starts, times)


def same_on_simpy(
    between: Sampler, services: Sequence[Sampler], lanes: Sequence[int], *, seed: int
) -> None:
    """Play a shorter run of the case on SimPy, which must give the same times."""
    trace = steady(between, services, lanes, seed=seed, replications=2, people=800)
    path = trace.journeys
    told = simulate(a_flow(lanes, path.start, path.service))
    np.testing.assert_array_equal(told.began, trace.began)
    np.testing.assert_array_equal(told.ended, trace.ended)


def waits(trace: Trace, station: int = 0, skip: int = 2_500) -> Floats:
    """Waits at a station, without those of the first people; (replications, people)."""
    return (trace.began - trace.arrived)[:, skip:, station]


def mean_of(sample: Floats) -> Estimate:
    """Estimate from one row for each replication."""
    return Estimate.of(sample.mean(axis=1), confidence=0.95)
