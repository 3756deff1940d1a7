"""Networks against enumeration of all paths, against relaxation, and against plain simulation."""

import math
import random
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from returnsim.errors import Problems
from returnsim.theory.distributions import (
    Empirical,
    Exponential,
    Fixed,
    Lognormal,
    Triangular,
    Uniform,
)
from returnsim.theory.network import (
    Network,
    chance_by,
    circles,
    critical_paths,
    criticality,
    play,
)

After = dict[str, list[str]]

# Hillier and Lieberman's Reliable Construction Co.: weeks and immediate predecessors.
HOUSE = {
    "excavate": (2, []),
    "foundation": (4, ["excavate"]),
    "rough wall": (10, ["foundation"]),
    "roof": (6, ["rough wall"]),
    "exterior plumbing": (4, ["rough wall"]),
    "interior plumbing": (5, ["exterior plumbing"]),
    "siding": (7, ["roof"]),
    "exterior painting": (9, ["exterior plumbing", "siding"]),
    "electrical": (7, ["rough wall"]),
    "wallboard": (8, ["interior plumbing", "electrical"]),
    "flooring": (4, ["wallboard"]),
    "interior painting": (5, ["wallboard"]),
    "exterior fixtures": (2, ["exterior painting"]),
    "interior fixtures": (6, ["flooring", "interior painting"]),
}


def test_the_textbook_house_takes_44_weeks_on_one_path() -> None:
    network = Network.of({name: before for name, (_, before) in HOUSE.items()})
    times = network.times([weeks for weeks, _ in HOUSE.values()])
    assert times.length == 44
    assert critical_paths(network, times) == (
        (
            "excavate",
            "foundation",
            "rough wall",
            "exterior plumbing",
            "interior plumbing",
            "wallboard",
            "interior painting",
            "interior fixtures",
        ),
    )
    slack = dict(zip(network.names, times.total_slack, strict=True))
    assert (slack["roof"], slack["siding"], slack["exterior painting"]) == (4, 4, 4)
    assert (slack["electrical"], slack["flooring"], slack["exterior fixtures"]) == (2, 1, 4)


def a_dag(luck: random.Random, most: int, *, density: float = 0.35) -> After:
    """Return a random network whose names are not in the order of their waiting."""
    size = luck.randint(1, most)
    names = [f"s{i}" for i in range(size)]
    luck.shuffle(names)
    after = {
        name: [other for other in names[:i] if luck.random() < density]
        for i, name in enumerate(names)
    }
    shown = list(after)
    luck.shuffle(shown)
    return {name: after[name] for name in shown}


def all_paths(after: After) -> Iterator[tuple[str, ...]]:
    """Every chain of activities there is, one by one."""
    follows: After = {name: [o for o, waits in after.items() if name in waits] for name in after}

    def onwards(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for following in follows[path[-1]]:
            yield from onwards((*path, following))

    for name in after:
        yield from onwards((name,))


@pytest.mark.parametrize("seed", range(250))
def test_times_agree_with_an_enumeration_of_all_paths(seed: int) -> None:
    luck = random.Random(seed)
    after = a_dag(luck, 8)
    lasts = {name: luck.randint(1, 6) for name in after}
    release = {name: luck.choice([0, 0, 0, 2, 9]) for name in after}
    paths = {p: release[p[0]] + sum(lasts[s] for s in p) for p in all_paths(after)}
    length = max(paths.values())
    finish = {n: max(v for p, v in paths.items() if p[-1] == n) for n in after}
    through = {n: max(v for p, v in paths.items() if n in p) for n in after}

    network = Network.of(after)
    times = network.times([lasts[n] for n in after], [release[n] for n in after])
    assert times.length == length
    for j, name in enumerate(network.names):
        assert times.finish[j] == finish[name]
        assert times.start[j] == finish[name] - lasts[name]
        assert times.total_slack[j] == length - through[name]
        follows = [o for o, waits in after.items() if name in waits]
        next_starts = [finish[o] - lasts[o] for o in follows]
        assert times.free_slack[j] == min(next_starts, default=length) - finish[name]
        assert 0 <= times.free_slack[j] <= times.total_slack[j]
    longest = [p for p, v in paths.items() if v == length]
    whole = {p for p in longest if not any(q != p and q[-len(p) :] == p for q in longest)}
    found = critical_paths(network, times, most=10_000)
    assert set(found) == whole
    assert len(found) == len(whole)


@pytest.mark.parametrize("seed", range(40))
def test_large_networks_agree_with_relaxation(seed: int) -> None:
    luck = random.Random(1000 + seed)
    after = a_dag(luck, 60, density=0.1)
    lasts = {name: luck.choice([0.0, luck.expovariate(0.3)]) for name in after}
    finish = dict(lasts)
    for _ in after:  # Bellman-Ford: after n rounds nothing can change any more
        for name, waits in after.items():
            for before in waits:
                finish[name] = max(finish[name], finish[before] + lasts[name])
    network = Network.of(after)
    times = network.times([lasts[n] for n in after])
    assert times.finish == pytest.approx([finish[n] for n in after], abs=1e-9)
    assert float(times.length) == pytest.approx(max(finish.values()), abs=1e-9)
    for path in critical_paths(network, times):
        assert sum(lasts[s] for s in path) == pytest.approx(float(times.length), abs=1e-6)


def test_many_samples_are_solved_as_one_by_one() -> None:
    luck, rng = random.Random(5), np.random.default_rng(5)
    network = Network.of(a_dag(luck, 12))
    lasts = rng.random((50, len(network.names)))
    release = rng.random(len(network.names))
    at_once = network.times(lasts, release)
    for row in range(50):
        alone = network.times(lasts[row], release)
        for name in ("start", "finish", "latest_start", "total_slack", "free_slack", "critical"):
            np.testing.assert_array_equal(getattr(at_once, name)[row], getattr(alone, name))


GRAPHS = (
    st.integers(1, 7)
    .flatmap(
        lambda n: st.lists(st.lists(st.integers(0, n - 1), max_size=3), min_size=n, max_size=n)
    )
    .map(lambda rows: {f"s{i}": [f"s{p}" for p in row] for i, row in enumerate(rows)})
)


@given(GRAPHS)
def test_circles_are_found_exactly_where_there_are_any(after: After) -> None:
    rings = circles(after)
    for ring in rings:
        for before, name in zip(ring, (*ring[1:], ring[0]), strict=True):
            assert before in after[name]
    try:
        TopologicalSorter(after).prepare()
    except CycleError:
        assert rings
    else:
        assert not rings
        assert set(Network.of(after).names) == set(after)


def test_a_circle_is_refused_with_its_names() -> None:
    with pytest.raises(Problems) as refused:
        Network.of({"plan": ["notice"], "review": ["plan"], "notice": ["review"], "tail": ["plan"]})
    (problem,) = refused.value.problems
    assert problem.code == "circle"
    steps = problem.values["steps"].split(" → ")
    assert sorted(steps[:-1]) == ["notice", "plan", "review"]
    assert steps[0] == steps[-1]


FAMILIES = st.sampled_from(
    [
        Fixed(value=3.0),
        Uniform(low=1.0, high=4.0),
        Triangular(low=1.0, mode=2.0, high=7.0),
        Exponential(mean=2.0),
        Lognormal(mean=3.0, cv=0.8),
        Empirical(values=(1.0, 1.0, 5.0)),
    ]
)


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.data())
def test_a_longer_activity_never_ends_sooner_and_a_dropped_wait_never_later(
    seed: int, data: st.DataObject
) -> None:
    after = a_dag(random.Random(seed), 8)
    durations = [data.draw(FAMILIES) for _ in after]
    luck = np.random.default_rng(seed).random((40, len(after)))
    lasts = np.column_stack([d.quantile(luck[:, j]) for j, d in enumerate(durations)])
    length = Network.of(after).times(lasts).length
    j = data.draw(st.integers(0, len(after) - 1))
    longer = lasts.copy()
    longer[:, j] += data.draw(st.floats(0, 5))
    assert (Network.of(after).times(longer).length >= length).all()
    name = list(after)[j]
    freed = {**after, name: after[name][1:]}
    assert (Network.of(freed).times(lasts).length <= length).all()


def test_chance_agrees_with_closed_forms() -> None:
    rng = np.random.default_rng(1)
    side_by_side = Network.of({"a": [], "b": []})
    unit = Uniform(low=0.0, high=1.0)
    both = play(side_by_side, [unit, unit], 0.0, rng, 20_000)
    found = chance_by(both, 0.7, confidence=0.9999)
    assert found.low <= 0.49 <= found.high

    in_turn = Network.of({"a": [], "b": ["a"]})
    waits = play(in_turn, [Exponential(mean=2.0)] * 2, 0.0, rng, 20_000)
    found = chance_by(waits, 5.0, confidence=0.9999)
    erlang = 1 - math.exp(-2.5) * (1 + 2.5)
    assert found.low <= erlang <= found.high

    race = play(side_by_side, [Exponential(mean=1.0), Exponential(mean=3.0)], 0.0, rng, 20_000)
    first, second = criticality(race, confidence=0.9999)
    assert first.low <= 0.25 <= first.high
    assert second.low <= 0.75 <= second.high
    assert first.mean + second.mean == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(8))
def test_chance_agrees_with_simulation_in_plain_python(seed: int) -> None:
    luck = random.Random(seed)
    after = a_dag(luck, 7)
    families = {n: luck.choice(["uniform", "triangular", "exponential", "fixed"]) for n in after}
    durations = {
        "uniform": Uniform(low=1.0, high=4.0),
        "triangular": Triangular(low=1.0, mode=2.0, high=7.0),
        "exponential": Exponential(mean=2.0),
        "fixed": Fixed(value=3.0),
    }
    by_hand = {
        "uniform": lambda: luck.uniform(1, 4),
        "triangular": lambda: luck.triangular(1, 7, 2),
        "exponential": lambda: luck.expovariate(0.5),
        "fixed": lambda: 3.0,
    }

    def ends() -> float:
        finish: dict[str, float] = {}

        def end(name: str) -> float:
            if name not in finish:
                begin = max((end(before) for before in after[name]), default=0.0)
                finish[name] = begin + by_hand[families[name]]()
            return finish[name]

        return max(end(name) for name in after)

    lengths = sorted(ends() for _ in range(4000))
    network = Network.of(after)
    times = play(
        network, [durations[families[n]] for n in after], 0.0, np.random.default_rng(seed), 4000
    )
    for share in (0.2, 0.5, 0.9):
        moment = lengths[int(share * 4000)]
        there = sum(length <= moment for length in lengths) / 4000
        found = chance_by(times, moment)
        spread = math.sqrt(2 * max(there * (1 - there), 1e-4) / 4000)
        assert abs(found.mean - there) <= 4.5 * spread


def test_without_chance_everything_is_certain() -> None:
    network = Network.of({"a": [], "b": ["a"], "c": []})
    durations = [Fixed(value=2.0), Fixed(value=3.5), Fixed(value=1.0)]
    rng = np.random.default_rng(0)
    times = play(network, durations, [0.0, 0.0, 4.0], rng)
    assert not times.sampled
    assert rng.random() == np.random.default_rng(0).random()  # no luck was used
    for moment, chance in ((5.49, 0.0), (5.5, 1.0), (9.0, 1.0)):
        found = chance_by(times, moment)
        assert (found.mean, found.low, found.high, found.replications) == (chance,) * 3 + (0,)
    assert [e.mean for e in criticality(times)] == [1.0, 1.0, 0.0]


def test_a_path_is_not_asked_of_samples() -> None:
    network = Network.of({"a": []})
    times = play(network, [Exponential(mean=1.0)], 0.0, np.random.default_rng(0), 10)
    with pytest.raises(ValueError, match="one set of durations"):
        critical_paths(network, times)
