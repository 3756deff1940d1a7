"""`--cluster`: the same bytes as on this machine, and a plain word when nobody is there."""

from pathlib import Path

import pytest
from builders import TINY, a_plan
from click.testing import CliRunner
from distributed import LocalCluster

from returnsim.cli.main import main
from returnsim.plan.files import plan_text

FEW = ("--replications", "130", "--seed", "3", "--lang", "en", "--quiet", "--json")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(plan_text(a_plan()), encoding="utf-8")
    return path


def written(plan: Path, *how: str) -> bytes:
    to = plan.with_name("found.json")
    args = ["simulate", str(TINY), "--plan", str(plan), *FEW, str(to), *how]
    result = CliRunner().invoke(main, args)
    assert result.exit_code == 0, result.output
    return to.read_bytes()


@pytest.mark.slow
def test_one_worker_two_workers_and_a_cluster_write_the_same_bytes(
    plan: Path, tmp_path: Path
) -> None:
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        dashboard_address="127.0.0.1:0",
        protocol="tcp",
        local_directory=str(tmp_path / "dask"),
    ) as here:
        far = written(plan, "--cluster", here.scheduler_address)
    assert written(plan, "--jobs", "1") == written(plan, "--jobs", "2") == far


def test_a_cluster_that_is_not_there_ends_with_status_2(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("returnsim.experiment.workers.PATIENCE", "1s")
    args = ["audit", str(TINY), "--plan", str(plan), "--cluster", "tcp://127.0.0.1:1"]
    result = CliRunner().invoke(main, [*args, "--lang", "en"])
    assert result.exit_code == 2
    assert "tcp://127.0.0.1:1: 1 problem" in result.stderr
    assert "no Dask scheduler answers" in result.stderr
