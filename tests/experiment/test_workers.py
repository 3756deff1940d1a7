"""Whoever works, the bytes are the same: one thread, two, processes, a Dask cluster."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from builders import SCENARIOS, a_plan
from distributed import LocalCluster
from model.days import RETURN, a_lively_school

from returnsim.errors import InputError
from returnsim.experiment import study as study_module
from returnsim.experiment import workers
from returnsim.experiment.streams import BLOCK
from returnsim.experiment.study import Study, Summary, far, play, run
from returnsim.experiment.workers import Cluster, Processes, Threads, cluster, local
from returnsim.scenario.scenario import Scenario, read_scenario

SCHOOL = a_lively_school()
STUDY = Study(SCHOOL, a_plan(SCHOOL), 1, 2 * BLOCK + 1)


def as_bytes(summary: Summary) -> bytes:
    return b"".join(
        repr((key, x.dtype.str)).encode() + x.tobytes() for key, x in summary.samples.items()
    )


def square(given: int, number: int) -> int:
    return given + number * number


def slow_for_the_first(given: float, number: int) -> int:
    time.sleep(given if number == 0 else 0.0)
    return number


def wrong_at_two(given: list[int], number: int) -> int:
    if number == 2:
        raise ZeroDivisionError
    time.sleep(0.01)
    given.append(number)
    return number


@pytest.mark.parametrize("team", [Threads(1), Threads(3), Processes(2)], ids=str)
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # from Python 3.12 on
def test_parts_come_back_in_the_order_of_the_tasks(team: workers.Workers) -> None:
    assert list(team.do(square, 10, [(3,), (1,), (2,)])) == [19, 11, 14]
    assert list(team.do(slow_for_the_first, 0.1, [(0,), (1,), (2,)])) == [0, 1, 2]


def test_nothing_new_begins_after_a_task_has_failed() -> None:
    begun: list[int] = []
    with pytest.raises(ZeroDivisionError):
        list(Threads(1).do(wrong_at_two, begun, [(n,) for n in range(50)]))
    assert len(begun) < 10


def test_threads_serve_unless_the_work_keeps_the_lock() -> None:
    assert local(2, keeps_lock=False) == Threads(2)
    assert local(2, keeps_lock=True) == Processes(2)
    assert local(1, keeps_lock=True) == Threads(1)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_processes_play_the_kernel_to_the_same_bytes() -> None:
    assert as_bytes(run(STUDY, jobs=Processes(2))) == as_bytes(run(STUDY, jobs=1))


@pytest.mark.parametrize("name", sorted(p.parent.name for p in SCENARIOS.glob("*/scenario.toml")))
def test_a_scenario_survives_the_journey(name: str) -> None:
    """Else a worker elsewhere would play another school."""
    given = read_scenario(SCENARIOS / name)
    data = workers.pack(given.model_dump(by_alias=True))
    assert workers.unpacked(Scenario.model_validate, data) == given


def test_what_is_sent_is_plain_and_small() -> None:
    township = read_scenario(SCENARIOS / "township")
    sent = study_module.packed(Study(township, a_plan(township), 1, 10**6))
    assert len(sent) < 100_000
    assert b"numpy" not in sent
    assert b"returnsim" not in sent


def test_far_away_the_same_block_is_played() -> None:
    sent = study_module.packed(STUDY)
    one = play(STUDY, RETURN, 1, 7, "kernel")
    two = far(sent, play, RETURN, 1, 7, "kernel")
    assert list(one) == list(two)
    assert all(one[key].tobytes() == two[key].tobytes() for key in one)


def test_a_study_is_unpacked_once() -> None:
    made: list[date] = []

    def make(day: date) -> date:
        made.append(day)
        return day

    data = workers.pack(RETURN)
    assert [workers.unpacked(make, data) for _ in range(3)] == [RETURN] * 3
    assert made == [RETURN]


def test_a_cluster_that_is_not_there_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PATIENCE", "1s")
    for address in ("tcp://127.0.0.1:1", "nonsense"):
        with pytest.raises(InputError) as refused, cluster(address):
            pass
        assert refused.value.problems[0].code == "cluster_out_of_reach"


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(InputError) as refused, cluster("tcp://127.0.0.1:1"):
        pass
    assert "returnsim[cluster]" in refused.value.text("en")


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """A scheduler and two workers of one thread each, in this process."""
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        dashboard_address="127.0.0.1:0",
        protocol="tcp",
        local_directory=str(tmp_path_factory.mktemp("dask")),
    ) as here:
        yield here


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes(dask: LocalCluster) -> None:
    expected = as_bytes(run(STUDY, jobs=1))
    with cluster(dask.scheduler_address) as team:
        assert isinstance(team, Cluster)
        assert as_bytes(run(STUDY, jobs=team)) == expected
        other = replace(STUDY, seed=2)
        assert as_bytes(run(other, jobs=team)) == as_bytes(run(other, jobs=2))


@pytest.mark.slow
def test_a_cluster_takes_simpy_too(dask: LocalCluster) -> None:
    study = replace(STUDY, replications=3, on=(RETURN,))
    with cluster(dask.scheduler_address) as team:
        assert as_bytes(run(study, jobs=team, engine="simpy")) == as_bytes(
            run(study, engine="simpy")
        )


@pytest.mark.slow
def test_a_task_that_fails_there_fails_here(dask: LocalCluster) -> None:
    with cluster(dask.scheduler_address) as team, pytest.raises(ZeroDivisionError):
        list(team.do(wrong_at_two, [], [(n,) for n in range(5)]))


@pytest.mark.parametrize(
    ("found", "code", "word"),
    [
        ({"tcp://worker": {"numba": "0.0"}}, "cluster_differs", "numba 0.0"),
        ({}, "cluster_without_workers", "dask worker"),
    ],
    ids=["other versions", "no workers"],
)
def test_a_cluster_that_cannot_serve_is_refused(
    monkeypatch: pytest.MonkeyPatch, found: dict[str, dict[str, str]], code: str, word: str
) -> None:
    class Elsewhere:
        def __init__(self, *_: Any, **__: Any) -> None: ...
        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...
        def run(self, ask: Callable[[], dict[str, str]]) -> dict[str, dict[str, str]]:
            return {worker: ask() | other for worker, other in found.items()}

    monkeypatch.setattr("distributed.Client", Elsewhere)
    with pytest.raises(InputError) as refused, cluster("tcp://there:8786"):
        pass
    assert refused.value.problems[0].code == code
    assert word in refused.value.text("en")
