"""`returnsim plan`: from a scenario to a folder of files, or to the reason why there is none."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from builders import TINY, a_scenario
from click.testing import CliRunner, Result

from returnsim.cli.main import main
from returnsim.plan.files import read_plan
from returnsim.report import bundle

FILES = [
    "findings.json",
    "manifest.json",
    "plan.toml",
    "quality.json",
    "schedule.en.pdf",
    "schedule.xlsx",
    "schedule.zh.pdf",
    "summary.json",
]
FEW = ("--replications", "128", "--seed", "1", "--lang", "en")


def run(*args: Any) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@dataclass(frozen=True)
class Run:
    """A run of `returnsim plan scenarios/tiny`, and the files it left."""

    result: Result
    files: dict[str, bytes]

    def json(self, name: str) -> Any:
        return json.loads(self.files[name])


def planned(folder: Path, *args: Any) -> Run:
    result = run("plan", TINY, "--out", folder, *args)
    return Run(result, {p.name: p.read_bytes() for p in sorted(folder.iterdir())})


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return planned(tmp_path_factory.mktemp("one") / "out", *FEW, "--jobs", 1)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = ("--jobs", 2, "--lang", "zh", "--json", "-")
    return planned(tmp_path_factory.mktemp("two") / "out", *FEW[:4], *out)


def test_a_plan_that_is_well_leaves_its_files(one: Run) -> None:
    assert one.result.exit_code == 0
    assert list(one.files) == FILES
    assert one.files["schedule.zh.pdf"].startswith(b"%PDF-")
    assert one.files["schedule.en.pdf"].startswith(b"%PDF-")
    assert one.files["schedule.xlsx"].startswith(b"PK")


def test_it_says_what_it_did_and_where_the_files_are(one: Run) -> None:
    words = ["Grade 9", "2020-04-07", "everyone", "every hard clause", "schedule.zh.pdf"]
    assert [word for word in words if word not in one.result.stdout] == []
    assert "done in" in one.result.stderr


def test_only_json_goes_to_standard_output_when_it_is_asked_for(one: Run, two: Run) -> None:
    assert two.result.stdout.encode() == two.files["findings.json"] == one.files["findings.json"]


def test_the_plan_is_read_back_and_is_a_plan_of_the_school(one: Run, tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(one.files["plan.toml"])
    assert read_plan(path, a_scenario()).order_of["masks"] == 100
    assert run("audit", TINY, "--plan", path, *FEW).exit_code == 0


def test_the_same_study_leaves_the_same_bytes_for_any_number_of_workers(one: Run, two: Run) -> None:
    same = [name for name in FILES if one.files[name] == two.files[name]]
    assert same == [name for name in FILES if name != "manifest.json"]


def test_the_manifest_says_what_the_files_were_made_from(one: Run, two: Run) -> None:
    manifest = one.json("manifest.json")
    assert manifest["schema"] == "returnsim-manifest-1"
    assert manifest["files"] == {
        name: sha256(data).hexdigest() for name, data in one.files.items() if "manifest" not in name
    }
    assert (manifest["seed"], manifest["replications"], manifest["jobs"]) == (1, 128, 1)
    assert set(manifest["rulebooks"]) == {"township-2020", "planner"}
    may_differ = {"run_seconds", "jobs", "machine", "made_on"}
    other = two.json("manifest.json")
    assert {k for k in manifest if manifest[k] != other[k]} <= may_differ


def test_the_summary_and_the_findings_are_of_the_same_study(one: Run) -> None:
    summary, findings = one.json("summary.json"), one.json("findings.json")
    assert (summary["schema"], findings["schema"]) == (
        "returnsim-summary-1",
        "returnsim-findings-1",
    )
    estimates = {(e["quantity"], e["place"], e["day"]): e["mean"] for e in summary["estimates"]}
    judged = [f for f in findings["findings"] if f["verdict"] != "not assessed"]
    for f in judged:
        assert estimates[f["quantity"], f["place"], f["day"]] == f["value"]
    assert len(judged) > 30


def school(folder: Path, before: str, after: str) -> Path:
    """Write the tiny school with one passage changed."""
    text = TINY.read_text(encoding="utf-8")
    assert text.count(before) == 1
    folder.mkdir()
    (folder / "scenario.toml").write_text(text.replace(before, after), encoding="utf-8")
    return folder


def test_status_1_when_a_hard_clause_is_broken_and_the_files_are_there(tmp_path: Path) -> None:
    scenario = school(tmp_path / "school", "written_notice = 2020-03-20\n", "")
    result = run("plan", scenario, "--out", tmp_path / "out", *FEW)
    assert result.exit_code == 1
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == FILES
    findings = json.loads((tmp_path / "out" / "findings.json").read_text(encoding="utf-8"))
    broken = [f for f in findings["findings"] if f["verdict"] == "violated" and f["hard"]]
    assert {f["quantity"] for f in broken} == {"approvals_missing", "days_after_written_notice"}
    assert "violated" in result.stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_status_2_when_the_scenario_must_be_mended(tmp_path: Path, lang: str) -> None:
    scenario = school(tmp_path / "school", "marked_places = 8", "marked_places = 0")
    result = run("plan", scenario, "--out", tmp_path / "out", "--lang", lang)
    assert result.exit_code == 2
    assert "gates.gate.marked_places" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("lang", "words"), [("en", "8 places would be"), ("zh", "有 8 个站位")])
def test_status_3_when_there_is_no_plan(tmp_path: Path, lang: str, words: str) -> None:
    scenario = school(tmp_path / "school", "marked_places = 8", "marked_places = 6")
    result = run("plan", scenario, "--out", tmp_path / "out", "--lang", lang)
    assert result.exit_code == 3
    assert words in result.stderr
    assert "gates.gate" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"kept")
    result = run("plan", TINY, "--out", tmp_path / "out", *FEW)
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    assert (tmp_path / "out").read_bytes() == b"kept"


def test_an_interruption_while_printing_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> Iterator[tuple[str, bytes]]:
        yield "summary.json", b"half"
        raise KeyboardInterrupt

    monkeypatch.setattr(bundle, "plan_files", interrupted)
    (tmp_path / "summary.json").write_bytes(b"before")
    result = run("plan", TINY, "--out", tmp_path, *FEW)
    assert result.exit_code == 130
    assert "interrupted; nothing was written" in result.stderr
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"summary.json": b"before"}


def test_an_interruption_is_told_in_the_language_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> Iterator[tuple[str, bytes]]:
        raise KeyboardInterrupt

    monkeypatch.setattr(bundle, "plan_files", interrupted)
    result = run("plan", TINY, "--out", tmp_path, *FEW[:4], "--lang", "zh")
    assert "interrupted" not in result.stderr


def test_a_real_process_from_a_clean_folder(tmp_path: Path) -> None:
    """`python -m returnsim` as a user runs it: nothing but what was asked for is written."""
    folder = tmp_path / "学校 one"
    folder.mkdir()
    (folder / "scenario.toml").write_bytes(TINY.read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "returnsim", "plan", folder.name, "--quiet", *FEW],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", folder.name]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == FILES
    assert [p.name for p in folder.iterdir()] == ["scenario.toml"]
    plan = tomllib.loads((tmp_path / "out" / "plan.toml").read_text(encoding="utf-8"))
    assert plan["school"] == "tiny"
