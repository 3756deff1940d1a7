"""`sensitivity`: a table, a plot, and in words what to measure first."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import TINY, a_plan
from click.testing import CliRunner, Result
from pypdf import PdfReader

from returnsim.cli.main import main
from returnsim.plan.files import plan_text

FEW = ("--replications", "64", "--seed", "1", "--lang", "en")
SERVICE = "gates.gate.stages.check.service_seconds"


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """The tiny school: half a minute each, 20 s to 50 s worth trying."""
    given = 'service_seconds = { kind = "fixed", value = 30'
    text = TINY.read_text(encoding="utf-8").replace(given, f"{given}, range = [20, 50]")
    (tmp_path / "scenario.toml").write_text(text, encoding="utf-8")
    (tmp_path / "plan.toml").write_text(plan_text(a_plan()), encoding="utf-8")
    return tmp_path


def run(school: Path, *args: Any) -> Result:
    words = ["sensitivity", school, "--plan", school / "plan.toml", *FEW, *args]
    result = CliRunner().invoke(main, [str(a) for a in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_it_says_what_to_measure_first(school: Path) -> None:
    """Ten at two lanes: the last waits four services, so 80 s, 120 s or 200 s."""
    result = run(school)
    assert result.exit_code == 0
    told = " ".join(result.stdout.split())
    words = f"Measure {SERVICE} with a stop-watch first: between 20 and 50 it moves 'longest wait'"
    assert words in told
    assert "from 1.33 min to 3.33 min" in told
    assert "'longest queue': no parameter is seen to matter" in told
    assert "秒表" in run(school, "--lang", "zh").stdout


def test_a_number_that_no_watch_measures_is_found_out(school: Path) -> None:
    asked = ("--vary", "arrivals.absent_probability=0,0.9", "--vary", f"{SERVICE}=29,31")
    told = " ".join(run(school, *asked, "--by", "longest_wait").stdout.split())
    first = told.index("Find out arrivals.absent_probability first")
    assert f"With a stop-watch, begin with {SERVICE}" in told[first:]


def test_json_says_the_same(school: Path) -> None:
    found = json.loads(run(school, "--json", "-", "--by", "longest_wait").stdout)
    assert found["schema"] == "returnsim-sensitivity-1"
    (quantity,) = found["quantities"]
    assert (quantity["quantity"], quantity["unit"]) == ("longest_wait", "min")
    assert quantity["first"] == SERVICE
    (parameter,) = quantity["parameters"]
    assert (parameter["value"], parameter["range"]) == (30, [20, 50])
    assert quantity["now"]["mean"] == pytest.approx(2)
    changes = [parameter[key]["mean"] for key in ("at_low", "at_high", "swing")]
    assert changes == pytest.approx([-40 / 60, 80 / 60, 120 / 60])


@pytest.mark.parametrize(("form", "lang"), [("svg", "en"), ("pdf", "zh")])
def test_it_is_drawn(school: Path, form: str, lang: str) -> None:
    one, two = school / f"one.{form}", school / f"two.{form}"
    for path in (one, two):
        assert run(school, "--plot", path, "--lang", lang).exit_code == 0
    assert one.read_bytes() == two.read_bytes()
    title = {"zh": "最长等待", "en": "longest wait, worst of all"}[lang]
    if form == "svg":
        assert title in one.read_text(encoding="utf-8")
    else:
        assert title in PdfReader(one).pages[0].extract_text()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--by", "longest_weight"), "did you mean 'longest_wait'"),
        (("--by", "duty_minutes"), "cannot be ranked by 'duty_minutes'"),
        (("--vary", "arrivals.absent_probability=0.1"), "needs a range of numbers"),
        (("--plot", "t.gif"), "must end in .png, .pdf or .svg"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_wrong_input_is_explained(school: Path, more: tuple[str, ...], told: str) -> None:
    result = run(school, *more)
    assert result.exit_code == 2
    assert told in result.stderr
