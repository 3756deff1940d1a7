"""`sweep`: a table, a file that can be taken up again, a plot."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from builders import SCENARIOS, TINY, a_plan
from click.testing import CliRunner, Result
from pypdf import PdfReader

from returnsim.cli.main import main
from returnsim.experiment import sweep as sweeping
from returnsim.plan.files import plan_text

LANES, ABSENT = "gates.gate.stages.check.lanes", "arrivals.absent_probability"
VARY = ("--vary", f"{LANES}=1..3", "--vary", f"{ABSENT}=0,0.5")
FEW = ("--replications", "64", "--seed", "1", "--lang", "en")


def run(*args: Any) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(plan_text(a_plan()), encoding="utf-8")
    return path


def swept(plan: Path, *more: Any, vary: tuple[str, ...] = VARY) -> Result:
    return run("sweep", TINY, "--plan", plan, *vary, *FEW, *more)


def test_a_sweep_is_a_table(plan: Path) -> None:
    """Eight, nine or seven of ten wait at one, two, three lanes; with half absent, far fewer."""
    result = swept(plan)
    assert result.exit_code == 0
    assert f"check.lanes = {LANES}" in result.stdout
    rows = [line.split() for line in result.stdout.splitlines() if line[:20].strip()[:1] in "123"]
    queues = {(r[0], r[1]): r[2] for r in rows if len(r) > 4 and r[1] in ("0", "0.5")}
    assert [queues[n, "0"] for n in "123"] == ["9±0", "8±0", "7±0"]
    assert "64 simulated days" in result.stdout
    assert "gate" not in swept(plan, "--lang", "zh").stdout.replace(LANES, "")


def test_json_and_csv_say_the_same(plan: Path, tmp_path: Path) -> None:
    for name in ("s.csv", "s.json"):
        assert swept(plan, "--out", tmp_path / name, "--quiet").exit_code == 0
    whole = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert whole["schema"] == "returnsim-sweep-1"
    assert whole["varied"][0] == {"setting": LANES, "values": [1, 2, 3]}
    assert (whole["combinations"], len(whole["rows"])) == (6, 6)
    text = (tmp_path / "s.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    for one, two in zip(whole["rows"], rows, strict=True):
        assert {k: "" if v is None else str(v) for k, v in one.items()} | {
            "made_from": whole["made_from"]
        } == two
    printed = swept(plan, "--json", "-").stdout
    assert json.loads(printed) == whole


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("rows", [0, 1, 4, 6])
def test_a_sweep_is_taken_up_where_it_ended(
    plan: Path, tmp_path: Path, form: str, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes as without interruption, and nothing is played twice."""
    whole, broken = tmp_path / f"whole.{form}", tmp_path / f"broken.{form}"
    assert swept(plan, "--out", whole).exit_code == 0
    played: list[int] = []
    presses = [rows]
    original = sweeping._played  # noqa: SLF001

    def counted(*args: Any) -> Any:
        if presses == [len(played)]:
            presses.clear()
            raise KeyboardInterrupt
        played.append(1)
        return original(*args)

    monkeypatch.setattr(sweeping, "_played", counted)
    if rows < 6:
        stopped = swept(plan, "--out", broken)
        assert stopped.exit_code == 130
        assert f"interrupted after {rows} of 6" in stopped.stderr
    assert swept(plan, "--out", broken, "--jobs", "1").exit_code == 0
    assert broken.read_bytes() == whole.read_bytes()
    assert len(played) == 6
    assert {p.name for p in tmp_path.iterdir()} == {"plan.toml", whole.name, broken.name}


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize(
    ("other", "part"),
    [(("--seed", "2"), "seed"), (("--replications", "128"), "replications")],
    ids=["seed", "replications"],
)
def test_a_file_of_another_sweep_is_refused_and_left_as_it_is(
    plan: Path, tmp_path: Path, form: str, other: tuple[str, ...], part: str
) -> None:
    out = tmp_path / f"s.{form}"
    swept(plan, "--out", out)
    before = out.read_bytes()
    result = swept(plan, "--out", out, *other)
    assert result.exit_code == 2
    assert f"holds another sweep: {part} not the same" in result.stderr
    assert out.read_bytes() == before
    more = swept(plan, "--out", out, vary=("--vary", f"{LANES}=1..4"))
    assert more.exit_code == 2
    assert "settings varied not the same" in more.stderr


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_file_that_was_changed_or_is_something_else_is_refused(
    plan: Path, tmp_path: Path, form: str
) -> None:
    out = tmp_path / f"s.{form}"
    swept(plan, "--out", out)
    whole = out.read_bytes()
    cut = whole[: len(whole) // 2]
    for data in (b"", b"\xff\xfe\x00", b"{}", b"a,b\n1,2\n", b"[]", cut, whole + b" ", b"null"):
        out.write_bytes(data)
        result = swept(plan, "--out", out)
        assert result.exit_code == 2, data[:20]
        assert "not a result file" in result.stderr
        assert out.read_bytes() == data


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--vary", "gates.gate.stages.chek.lanes=1"), f"did you mean '{LANES}'"),
        (("--vary", f"{LANES}=0..2"), f"{LANES}: is 0; should be at least 1"),
        (("--vary", f"{LANES}=one"), "should be a whole number"),
        (("--vary", LANES), "is not understood"),
        ((), "name at least one setting"),
        (("--vary", f"{LANES}=1", "--out", "s.xlsx"), "must end in .csv or .json"),
        (("--vary", f"{LANES}=1..2", "--plot", "s.gif"), "must end in .png, .pdf or .svg"),
        (("--vary", f"{LANES}=1", "--plot", "s.png"), "at least two numbers"),
        (
            ("--vary", f"{LANES}=1..2", "--vary", f"{ABSENT}=0..0.9:0.1", "--plot", "s.png"),
            "not 10",
        ),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_what_cannot_be_swept_is_explained(
    plan: Path, tmp_path: Path, more: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = swept(plan, *more, vary=())
    assert result.exit_code == 2
    assert told in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["plan.toml"]


@pytest.mark.parametrize(
    ("form", "lang"), [("png", "en"), ("pdf", "zh"), ("svg", "zh"), ("svg", "en")]
)
def test_a_sweep_is_drawn(plan: Path, tmp_path: Path, form: str, lang: str) -> None:
    one, two = tmp_path / f"one.{form}", tmp_path / f"two.{form}"
    for path in (one, two):
        assert swept(plan, "--plot", path, "--lang", lang).exit_code == 0
    assert one.read_bytes() == two.read_bytes()
    title = {"zh": "最长排队人数", "en": "Longest queue"}[lang]
    if form == "svg":
        text = one.read_text(encoding="utf-8")
        assert title in text
        assert LANES in text
    elif form == "pdf":
        assert title in PdfReader(one).pages[0].extract_text()
    else:
        assert one.read_bytes().startswith(b"\x89PNG")


@pytest.fixture
def lively(tmp_path: Path) -> list[str]:
    """The command of a sweep that takes a few seconds, in a process of its own."""
    school = SCENARIOS / "township"
    from returnsim.scenario.scenario import read_scenario  # noqa: PLC0415

    plan = tmp_path / "plan.toml"
    plan.write_text(plan_text(a_plan(read_scenario(school))), encoding="utf-8")
    return [
        *(sys.executable, "-m", "returnsim", "sweep", str(school), "--plan", str(plan)),
        *("--vary", f"{ABSENT}=0.01..0.12:0.01", "--replications", "64", "--lang", "en"),
        *("--out", str(tmp_path / "s.csv")),
    ]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to a child there")
def test_ctrl_c_leaves_a_file_that_can_be_taken_up_again(lively: list[str], tmp_path: Path) -> None:
    out, whole = tmp_path / "s.csv", tmp_path / "whole.csv"
    with subprocess.Popen(lively, stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + 120
        while not out.exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=60)[1]
    assert process.returncode == 130, told
    assert "goes on from there" in told
    done = out.read_bytes()
    subprocess.run([*lively[:-1], str(whole), "--jobs", "1"], check=True, capture_output=True)
    assert done.count(b"\n") < whole.read_bytes().count(b"\n")
    assert whole.read_bytes().startswith(done)
    subprocess.run(lively, check=True, capture_output=True)
    assert out.read_bytes() == whole.read_bytes()
