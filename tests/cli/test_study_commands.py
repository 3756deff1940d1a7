"""`simulate`, `audit` and `compare`: numbers for people and for other programs."""

import csv
import io
import json
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from builders import TINY, a_plan
from click.testing import CliRunner, Result

from returnsim.cli.main import main
from returnsim.plan.files import plan_text
from returnsim.plan.plan import Shift

FEW = ("--replications", "128", "--seed", "1", "--lang", "en")


def run(*args: Any) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def parsed(*args: Any) -> Any:
    return json.loads(run(*args, "--json", "-").stdout)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """The tiny school's plan: 07:10 and 07:20, two lanes all morning."""
    path = tmp_path / "plan.toml"
    path.write_text(plan_text(a_plan()), encoding="utf-8")
    return path


@pytest.fixture
def worse(tmp_path: Path) -> Path:
    """The same at one lane, which breaks the limits."""
    lane = Shift(gate="gate", stage="check", begins=time(7), ends=time(8, 30), lanes=1)
    path = tmp_path / "worse.toml"
    path.write_text(plan_text(a_plan(lanes=[lane])), encoding="utf-8")
    return path


def estimates(found: Any, quantity: str) -> dict[tuple[str, str], float]:
    return {
        (e["place"], e["day"]): e["mean"] for e in found["estimates"] if e["quantity"] == quantity
    }


def test_simulate_prints_the_numbers_worked_out_by_hand(plan: Path) -> None:
    """Eight wait, for a minute on average and two at most; everybody is in time."""
    result = run("simulate", TINY, "--plan", plan, *FEW)
    assert result.exit_code == 0
    row = next(line for line in result.stdout.splitlines() if "Main" in line)
    assert [w for w in ("8 ± 0", "0.0%", "1 ± 0", "2 ± 0", "100.0%") if w not in row] == []
    assert "128 simulated days" in result.stdout
    assert "largest difference 0 s" in result.stdout
    assert "simulating" not in result.stdout


def test_simulate_speaks_chinese(plan: Path) -> None:
    result = run("simulate", TINY, "--plan", plan, "--replications", "128", "--lang", "zh")
    assert "大门" in result.stdout
    assert "gate" not in result.stdout


def test_dates_are_printed_in_full_on_a_narrow_terminal(plan: Path) -> None:
    assert "2020-04-14" in run("simulate", TINY, "--plan", plan, *FEW).stdout


@pytest.mark.parametrize("engine", ["kernel", "simpy"])
def test_simulate_hands_its_numbers_to_other_programs(plan: Path, engine: str) -> None:
    found = parsed("simulate", TINY, "--plan", plan, *FEW, "--engine", engine, "--jobs", "1")
    assert found.keys() == {"schema", "scenario", "seed", "replications", "stop", "estimates"}
    assert (found["schema"], found["scenario"]) == ("returnsim-summary-1", "tiny")
    assert (found["seed"], found["replications"]) == (1, 128)
    keys = {"quantity", "place", "day", "unit", "mean", "half_width", "confidence"}
    assert all(e.keys() == keys for e in found["estimates"])
    day = "2020-04-07"
    assert estimates(found, "longest_queue")["gate", day] == 8
    assert estimates(found, "mean_wait")["gate", day] == pytest.approx(1)
    assert estimates(found, "longest_wait")["gate", day] == pytest.approx(2)
    assert estimates(found, "batches") == {("", ""): 2}


def test_both_engines_and_any_number_of_workers_say_the_same(plan: Path) -> None:
    ways = [
        ("--engine", "kernel", "--jobs", "1"),
        ("--engine", "kernel", "--jobs", "2"),
        ("--engine", "simpy", "--jobs", "1"),
    ]
    one, two, three = (parsed("simulate", TINY, "--plan", plan, *FEW, *way) for way in ways)
    assert one == two
    for a, b in zip(one["estimates"], three["estimates"], strict=True):
        assert a["mean"] == pytest.approx(b["mean"], abs=1e-6)


def test_the_trace_is_every_visit_of_one_day(plan: Path, tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    run("simulate", TINY, "--plan", plan, *FEW, "--trace", path, "--quiet")
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    at_gate = [r for r in rows if r["day"] == "2020-04-07" and r["station"] == "gate/check"]
    assert len(at_gate) == 10
    began = sorted(float(r["began"]) - 7 * 3600 - 600 for r in at_gate)
    assert began == pytest.approx([0, 0, 30, 30, 60, 60, 90, 90, 120, 120])
    seated = [
        float(r["ended"]) for r in rows if r["day"] == "2020-04-07" and "door" in r["station"]
    ]
    assert max(seated) - 7 * 3600 - 600 == pytest.approx(220)
    assert {r["party"] for r in rows} == {"9-1", "8-1"}


def test_audit_is_well_when_every_hard_clause_is_kept(plan: Path) -> None:
    result = run("audit", TINY, "--plan", plan, *FEW)
    assert result.exit_code == 0
    assert " 0 violated" in result.stdout


def test_audit_ends_with_status_1_when_a_hard_clause_is_broken(worse: Path) -> None:
    found = run("audit", TINY, "--plan", worse, *FEW, "--json", "-")
    assert found.exit_code == 1
    verdicts = {f["clause"]: f for f in json.loads(found.stdout)["findings"]}
    crowding = verdicts["L-crowding"]
    assert crowding["verdict"] == "violated"
    assert (crowding["value"], crowding["place"], crowding["hard"]) == (1.0, "gate", True)
    assert verdicts["L-still-inside"]["verdict"] == "met"


def test_audit_hands_every_clause_to_other_programs(plan: Path) -> None:
    found = parsed("audit", TINY, "--plan", plan, *FEW)
    assert (found["schema"], found["scenario"]) == ("returnsim-findings-1", "tiny")
    assert {f["verdict"] for f in found["findings"]} <= {
        "met",
        "violated",
        "uncertain",
        "not assessed",
    }
    for f in found["findings"]:
        assert (f["verdict"] == "not assessed") == (f["value"] is None and f["margin"] is None)
        assert f["verdict"] != "met" or f["margin"] >= -1e-9
        assert f["says_zh"]
        assert f["says_en"]
    interval = next(f for f in found["findings"] if f["quantity"] == "days_between_batches")
    assert (interval["relation"], interval["limit"], interval["value"]) == ("at least", 7, 7)


def test_a_paper_that_is_not_there_is_written_as_null(plan: Path, tmp_path: Path) -> None:
    text = TINY.read_text(encoding="utf-8").replace("written_notice = 2020-03-20\n", "")
    (tmp_path / "scenario.toml").write_text(text, encoding="utf-8")
    found = run("audit", tmp_path, "--plan", plan, *FEW, "--json", "-")
    assert found.exit_code == 1
    rows = [f for f in json.loads(found.stdout)["findings"] if f["verdict"] == "violated"]
    missing = [f for f in rows if f["quantity"] == "days_after_written_notice"]
    assert missing
    assert {f["value"] for f in missing} == {None}


def test_compare_says_what_the_second_plan_changes(plan: Path, worse: Path) -> None:
    found = parsed("compare", TINY, plan, worse, *FEW)
    assert found["schema"] == "returnsim-differences-1"
    keys = {"quantity", "place", "day", "unit", "before", "after", "change", "half_width"}
    assert all(d.keys() == keys | {"confidence"} for d in found["differences"])
    longest = {
        d["day"]: (d["before"], d["after"], d["change"], d["half_width"])
        for d in found["differences"]
        if d["quantity"] == "longest_wait"
    }
    assert longest["2020-04-07"] == pytest.approx((2, 4.5, 2.5, 0))
    table = run("compare", TINY, plan, worse, *FEW)
    assert table.exit_code == 0
    assert "+2.5 ± 0" in table.stdout


def test_a_plan_compared_with_itself_changes_nothing(plan: Path) -> None:
    found = parsed("compare", TINY, plan, plan, *FEW)
    assert found["differences"]
    assert {d["change"] for d in found["differences"]} == {0}


def test_plans_are_compared_only_on_days_when_somebody_is_back_under_both(
    plan: Path, tmp_path: Path
) -> None:
    later = tmp_path / "later.toml"
    moved = a_plan(days={"nine": date(2020, 4, 20), "eight": date(2020, 4, 27)})
    later.write_text(plan_text(moved), encoding="utf-8")
    found = parsed("compare", TINY, plan, later, *FEW)
    assert {d["day"] for d in found["differences"]} == {"2020-04-20", "2020-04-27", "2020-04-28"}


def test_the_best_of_several_plans_is_named(plan: Path, worse: Path, tmp_path: Path) -> None:
    """One lane is cheapest but crowds the gate; of the other two, the cheaper is named."""
    longer = tmp_path / "longer.toml"
    lane = Shift(gate="gate", stage="check", begins=time(7), ends=time(8), lanes=2)
    longer.write_text(plan_text(a_plan(lanes=[lane])), encoding="utf-8")
    found = parsed("compare", TINY, worse, plan, longer, "--seed", "1")
    assert found["schema"] == "returnsim-selection-1"
    assert (found["by"], found["named"], found["behind"]) == ("duty_minutes", str(longer), 0)
    assert [p["standing"] for p in found["plans"]] == ["breaks", "keeps", "keeps"]
    assert found["plans"][1]["more"] == {"mean": 60, "low": 60, "high": 60}
    result = run("compare", TINY, worse, plan, longer, "--seed", "1", "--lang", "en")
    assert result.exit_code == 0
    told = " ".join(result.stdout.split())
    assert "is named. At confidence 0.95 it keeps every hard clause" in told


def test_two_plans_are_ranked_when_asked(plan: Path, worse: Path) -> None:
    ranked = parsed("compare", TINY, worse, plan, *FEW, "--by", "mean_wait")
    assert (ranked["named"], ranked["by"]) == (str(plan), "mean_wait")
    result = run("compare", TINY, worse, plan, *FEW, "--by", "mean_weight")
    assert result.exit_code == 2
    assert "did you mean 'mean_wait'" in result.stderr


def test_where_every_plan_breaks_a_clause_the_status_is_1(worse: Path) -> None:
    result = run("compare", TINY, worse, worse, worse, *FEW)
    assert result.exit_code == 1
    assert "No plan is known to keep every hard clause" in result.stdout


def test_one_plan_is_not_compared(plan: Path) -> None:
    result = run("compare", TINY, plan, *FEW)
    assert result.exit_code == 2
    assert "name at least two plans" in result.stderr


def test_how_far_auto_may_go_can_be_said(plan: Path) -> None:
    few = ("--seed", "1", "--lang", "en")
    found = parsed("simulate", TINY, "--plan", plan, *few, "--replications", "auto:128")
    assert (found["stop"]["asked"], found["stop"]["looks"]) == ("auto:128", [128])
    assert found["stop"]["why"] in ("settled", "most")
    for wrong in ("auto:", "auto:x", "auto:1", "many"):
        refused = run("simulate", TINY, "--plan", plan, "--replications", wrong)
        assert refused.exit_code == 2
    told = run("simulate", TINY, "--plan", plan, *few).stdout
    assert "stopped after 256 simulated days for each day: every clause" in told.replace("\n", " ")


def test_the_language_of_an_error_is_the_one_asked_for(plan: Path) -> None:
    for how, word in ((("--lang", "zh"), "没有这个文件"), (("--lang=en",), "no such file")):
        result = run("audit", "nowhere", "--plan", plan, *how)
        assert result.exit_code == 2
        assert word in result.stderr


def test_days_that_only_simpy_can_tell_are_played_on_it_and_said(tmp_path: Path) -> None:
    """Shared thermometers: the numbers are those of --engine simpy, and the command says why."""
    school = Path(__file__).parents[1] / "plan" / "school-day"
    text = (school / "scenario.toml").read_text(encoding="utf-8")
    device = '[[devices]]\nname = "gun"\nzh = "额温枪"\nused_at = ["canteen", "noon"]\n'
    shared = device + 'shared_number = 1\nsource = "made up"\n'
    (tmp_path / "scenario.toml").write_text(text + shared, encoding="utf-8")
    base = ("simulate", tmp_path, "--plan", school / "good-plan.toml", "--replications", "4")
    told = run(*base, "--lang", "zh").stdout
    assert "用 SimPy 推演" in told
    assert "额温枪" in told
    kernel, simpy = (parsed(*base, "--engine", name) for name in ("kernel", "simpy"))
    assert kernel == simpy
