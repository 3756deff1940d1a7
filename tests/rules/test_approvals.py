"""The chain of approvals: read, filled with dates, solved, played, explained and printed."""

import json
import math
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import SCENARIOS, a_scenario
from hypothesis import given, settings
from hypothesis import strategies as st

from returnsim.cli.approvals import approvals, draw
from returnsim.cli.options import Common
from returnsim.errors import InputError
from returnsim.rules.approvals import (
    ApprovalPlan,
    Step,
    approvals_of,
    built_in_chains,
    filled,
    read_approvals,
    template,
)
from returnsim.rules.opening import Consequence, chances, consequences, schedule
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.scenario import read_scenario
from returnsim.wording import LANGUAGES

STARTS = date(2020, 3, 2)


def a_step(name: str, days: Any = 1, **changes: Any) -> Step:
    return Step.model_validate({"id": name, "zh": name, "en": name, "days": days, **changes})


def a_chain(*steps: Step, starts: date = STARTS) -> ApprovalPlan:
    fields = {"format": 1, "source": "made up", "starts": starts, "steps": steps}
    return ApprovalPlan.model_validate(fields)


def on(days: float) -> date:
    return STARTS + timedelta(days=days)


def following(plan: ApprovalPlan, code: str) -> list[Consequence]:
    return [c for c in consequences(schedule(plan)) if c.code == code]


# ── reading ───────────────────────────────────────────────────────────────────────────


def test_every_problem_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "approvals.toml"
    path.write_text(
        """
format = 1
starts = 2020-03-02
steps = [
    { id = "plan", zh = "计划", en = "Plan", days = 2, after = ["notice"] },
    { id = "review", zh = "初审", en = "Review", days = 3, after = ["plan"] },
    { id = "notice", zh = "通知", en = "Notice", days = -1, after = ["review"] },
    { id = "assess", zh = "评估", en = "Assess", days = { kind = "uniform", low = 3, high = 1 } },
    { id = "told", zh = "告知", en = "Told", days = 1, after = ["notise"], colour = "red" },
    { id = "twice", zh = "重复", en = "Twice", days = 9999 },
    { id = "twice", zh = "重复", en = "Twice", days = 1, began = 2020-03-09, done = 2020-03-05 },
    { id = "soon", zh = "很快", en = "Soon", days = "two" },
]
""",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as refused:
        read_approvals(path)
    found = {(p.where, p.code) for p in refused.value.problems}
    assert found >= {
        ("source", "missing"),
        ("steps.notice.days", "duration_can_be_negative"),
        ("steps.assess.days", "high_below_low"),
        ("steps.told.after", "unknown_name_near"),
        ("steps.told.colour", "unknown_setting"),
        ("steps.twice", "twice"),
        ("steps.twice.days", "at_most"),
        ("steps.twice.done", "ends_before_beginning"),
        ("steps.soon.days", "not_a_table"),
    }
    (circle,) = [p for p in refused.value.problems if p.code == "circle"]
    assert set(circle.values["steps"].split(" → ")) == {"plan", "review", "notice"}
    for lang in LANGUAGES:
        assert len(refused.value.text(lang).splitlines()) == len(refused.value.problems) + 1


def test_a_tangle_alone_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "approvals.toml"
    steps = '{ id = "a", zh = "甲", en = "A", days = 1, after = ["a", "b"] }'
    text = f'format = 1\nsource = "x"\nstarts = 2020-03-02\nsteps = [{steps}]\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_approvals(path)
    assert sorted(p.code for p in refused.value.problems) == ["circle", "unknown_name"]


def test_the_built_in_chains_belong_to_rulebooks_and_their_clauses() -> None:
    assert built_in_chains() == ["henan-2021-autumn", "township-2020"]
    for book in built_in_chains():
        scenario = a_scenario(rulebooks=[book])
        (rules, _) = rulebooks(scenario, SCENARIOS)
        known = {c.id for c in rules.clauses}
        for step in template(book).steps:
            assert step.clause in known, step.id
            assert step.waits
            if step.days.kind != "fixed":
                assert step.days.source, step.id


# ── dates ─────────────────────────────────────────────────────────────────────────────


def test_a_notice_of_fourteen_days_counts_from_the_day_it_is_given() -> None:
    plan = a_chain(a_step("approval", 3), a_step("notice", 14, after=["approval"], kind="period"))
    assert schedule(plan).opening == on(17)


def test_what_is_done_stands_at_its_date_and_what_runs_counts_from_its_beginning() -> None:
    chain = [
        a_step("review", 5),
        a_step("notice", 2, after=["review"]),
        a_step("isolation", 14, after=["notice"], kind="period"),
    ]
    assert schedule(a_chain(*chain)).opening == on(21)
    done = a_chain(chain[0].changed(done=on(1)), *chain[1:])
    assert schedule(done).opening == on(17)
    late = a_chain(chain[0].changed(done=on(9)), *chain[1:])
    assert schedule(late).opening == on(25)
    running = a_chain(chain[0], chain[1], chain[2].changed(began=on(-3)))
    assert schedule(running).opening == on(11)


def brute_opening(plan: ApprovalPlan) -> date:
    """Longest chain of dates, found by following every path; whole days only."""
    steps = {s.id: s for s in plan.steps}

    def end(step: Step) -> date:
        if step.done:
            return step.done
        begin = step.began or max([plan.starts, *(end(steps[p]) for p in step.after)])
        return begin + timedelta(days=int(step.days.mean))

    return max(end(s) for s in plan.steps)


def a_random_chain(luck: random.Random) -> ApprovalPlan:
    steps: list[Step] = []
    for i in range(luck.randint(1, 9)):
        dates: dict[str, Any] = {}
        fate = luck.random()
        if fate < 0.2:
            dates["done"] = on(luck.randint(-10, 15))
        elif fate < 0.35:
            dates["began"] = on(luck.randint(-10, 15))
        after = [s.id for s in steps if luck.random() < 0.35]
        kind = luck.choice(["paper", "task", "period"])
        last = luck.random() < 0.1
        days = luck.randint(0, 9)
        steps.append(a_step(f"s{i}", days, after=after, kind=kind, last=last, **dates))
    luck.shuffle(steps)
    return a_chain(*steps)


@pytest.mark.parametrize("seed", range(250))
def test_opening_and_slack_agree_with_an_independent_longest_path(seed: int) -> None:
    plan = a_random_chain(random.Random(seed))
    found = schedule(plan)
    opening = brute_opening(plan)
    assert found.opening == opening
    for bar in found.bars:
        step = bar.step
        assert bar.critical == (bar.slack == 0)
        # slack is exactly how much later it may end: one day more delays the opening
        for extra, delayed in ((bar.slack, False), (bar.slack + 1, True)):
            if step.done:
                late = step.changed(done=step.done + timedelta(days=extra))
            else:
                late = step.changed(days=step.days.mean + extra)
            changed = a_chain(*(late if s.id == step.id else s for s in plan.steps))
            assert (brute_opening(changed) > opening) is delayed
    for path in found.paths:
        steps = [plan.step[s] for s in path]
        begin = steps[0].done or steps[0].began or plan.starts
        total = sum(int(s.days.mean) for s in steps if not s.done)
        assert begin + timedelta(days=total) == opening
    for consequence in consequences(found):
        for lang in LANGUAGES:
            assert consequence.text(lang)


def test_a_task_of_the_last_days_is_put_before_the_opening() -> None:
    plan = a_chain(a_step("notice", 14), a_step("disinfection", 3, last=True))
    bars = {b.step.id: b for b in schedule(plan).bars}
    assert (bars["disinfection"].start, bars["disinfection"].end) == (on(11), on(14))
    (told,) = following(plan, "last")
    assert told.values["start"] == on(11)


# ── chances ───────────────────────────────────────────────────────────────────────────


def test_without_uncertainty_the_chance_is_nothing_or_all() -> None:
    plan = a_chain(a_step("approval", 3), a_step("notice", 14, after=["approval"]))
    found = chances(plan, np.random.default_rng(0))
    assert [found.by(on(d)).mean for d in (16, 17, 18)] == [0, 1, 1]
    assert found.by(on(17)).replications == 0
    assert found.day_with(0.95) == on(17)
    assert {e.mean for e in found.criticality.values()} == {1.0}


def test_a_done_step_brings_no_uncertainty() -> None:
    wide = {"kind": "exponential", "mean": 30}
    plan = a_chain(a_step("review", wide, done=on(2)), a_step("notice", 14, after=["review"]))
    assert chances(plan, np.random.default_rng(0)).by(on(16)).mean == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_chance_agrees_with_simulation_in_plain_python(seed: int) -> None:
    luck = random.Random(seed)
    shape = {"kind": "triangular", "low": 1, "mode": 3, "high": 10}
    plan = a_chain(
        a_step("plan", shape),
        a_step("check", {"kind": "uniform", "low": 1, "high": 4}),
        a_step("review", {"kind": "exponential", "mean": 2}, after=["check"]),
        a_step("notice", 2, after=["plan", "review"]),
        a_step("isolation", 14, kind="period", began=on(-4)),
    )

    def opening() -> date:
        first = luck.triangular(1, 10, 3)
        second = luck.uniform(1, 4) + luck.expovariate(1 / 2)
        return on(math.ceil(max(max(first, second) + 2, 10)))

    days = [opening() for _ in range(5000)]
    found = chances(plan, np.random.default_rng(seed), samples=5000)
    for day in (on(9), on(10), on(11), on(13)):
        there = sum(d <= day for d in days) / 5000
        spread = math.sqrt(2 * max(there * (1 - there), 1e-4) / 5000)
        assert abs(found.by(day).mean - there) <= 4.5 * spread
    for share in (0.3, 0.8, 0.95):
        day = found.day_with(share)
        assert found.by(day).mean >= share > found.by(day - timedelta(days=1)).mean


@settings(max_examples=80)
@given(st.integers(0, 10_000), st.data())
def test_a_longer_step_never_opens_earlier_and_a_dropped_wait_never_later(
    seed: int, data: st.DataObject
) -> None:
    plan = a_random_chain(random.Random(seed))
    step = plan.steps[data.draw(st.integers(0, len(plan.steps) - 1))]
    shape = {"kind": "lognormal", "mean": 1 + step.days.mean, "cv": 0.5}
    plan = plan.with_steps({step.id: {"days": shape}})
    longer = plan.with_steps({step.id: {"days": shape | {"mean": shape["mean"] + 2}}})
    freed = plan.with_steps({step.id: {"after": step.after[1:]}})
    assert schedule(longer).opening >= schedule(plan).opening
    assert schedule(freed).opening <= schedule(plan).opening
    played = [chances(p, np.random.default_rng(seed), 30).times for p in (freed, plan, longer)]
    lengths = [np.broadcast_to(t.length, 30) for t in played]
    assert (lengths[0] <= lengths[1]).all()
    assert (lengths[1] <= lengths[2]).all()


def test_what_a_normal_duration_is_cut_off_at_counts() -> None:
    shape = {"kind": "normal", "mean": -5, "sd": 10, "low": 0}
    plan = a_chain(a_step("review", shape))
    played = chances(plan, np.random.default_rng(0), 20_000).times.length
    assert plan.means == pytest.approx([float(played.mean())], abs=0.2)
    assert schedule(plan).opening == on(math.ceil(plan.means[0]))


@pytest.mark.parametrize("starts", [date.min, date.max])
def test_the_ends_of_the_calendar_stop_nothing(starts: date) -> None:
    wide = {"kind": "lognormal", "mean": 3000, "cv": 50}
    plan = a_chain(
        a_step("paper", 3),
        a_step("review", wide, after=["paper"]),
        a_step("isolation", 14, kind="period", after=["paper"]),
        a_step("disinfection", 3, last=True, began=starts),
        starts=starts,
    )
    found = schedule(plan)
    for consequence in consequences(found):
        assert consequence.text("en")
    assert chances(plan, np.random.default_rng(0), 100).day_with(0.95) >= starts
    assert all(draw(b, starts, found.opening) for b in found.bars)


# ── what follows ──────────────────────────────────────────────────────────────────────


def test_opening_cannot_be_before_approval_and_fourteen_days_unless_isolation_began() -> None:
    told = a_step("told", 1, after=["approval"])
    steps = [a_step("approval", 6), told, a_step("isolation", 14, after=["told"], kind="period")]
    plan = a_chain(*steps)
    (holding,) = following(plan, "period_after")
    assert (holding.values["since"], holding.values["end"]) == (on(7), on(21))
    (earlier,) = following(plan, "begun_earlier")
    assert earlier.values["best"] == on(7)
    assert earlier.values["begin"] == on(-7)
    assert earlier.values["n"] == 14
    # what the sentence promises comes true
    begun = plan.with_steps({"isolation": {"began": earlier.values["begin"]}})
    assert schedule(begun).opening == earlier.values["best"]
    too_late = plan.with_steps({"isolation": {"began": on(-6)}})
    assert schedule(too_late).opening == on(8)
    (running,) = following(begun, "running_critical")
    assert running.values["end"] == on(7)
    assert not following(begun, "period_after")
    for lang in LANGUAGES:
        assert str(on(21)) in holding.text(lang)
        assert "isolation" in holding.text(lang)


def test_a_lever_saves_what_it_says() -> None:
    plan = a_chain(
        a_step("review", 6), a_step("drill", 4), a_step("notice", 2, after=["review", "drill"])
    )
    levers = {c.steps["step"][0].id: c.values["n"] for c in following(plan, "lever")}
    assert levers == {"review": 2, "notice": 2}
    for name, gain in levers.items():
        step = plan.step[name]
        for saved in (gain, gain + 1):
            shorter = plan.with_steps({name: {"days": max(0.0, step.days.mean - saved)}})
            assert schedule(shorter).opening == schedule(plan).opening - timedelta(days=gain)


def test_a_disinfection_set_too_late_is_said_with_what_it_costs() -> None:
    plan = a_chain(a_step("notice", 14), a_step("disinfection", 3, last=True, began=on(15)))
    (told,) = following(plan, "last_set")
    assert (told.values["best"], told.values["begin"], told.values["n"]) == (on(14), on(11), 4)
    moved = plan.with_steps({"disinfection": {"began": on(11)}})
    assert schedule(moved).opening == on(14)
    assert not following(moved, "last_set")


def test_papers_out_of_order_are_named() -> None:
    plan = a_chain(
        a_step("check", 2, done=on(9)),
        a_step("review", 2, after=["check"], done=on(4)),
        a_step("notice", 2, after=["review"], done=on(4)),
    )
    (told,) = following(plan, "out_of_order")
    assert told.steps["step"][0].id == "review"
    assert told.steps["before"][0].id == "check"


def test_many_equal_chains_are_counted_not_listed() -> None:
    plan = a_chain(*(a_step(f"department {i}", 3) for i in range(7)))
    assert len(following(plan, "path")) == 3
    assert following(plan, "more_paths")[0].values["n"] == 4


# ── the scenario's own dates ──────────────────────────────────────────────────────────


def test_a_scenario_s_dates_fill_its_rulebook_s_chain() -> None:
    scenario = a_scenario()
    plan, origin = approvals_of(scenario, SCENARIOS / "tiny")
    assert origin == "township-2020"
    signed = scenario.approvals
    for name in ("self_check", "township_review", "county_assessment", "written_notice"):
        assert plan.step[name].done == getattr(signed, name)
    assert plan.step["home_isolation"].began == signed.home_observation_from
    assert plan.step["disinfection"].began == scenario.calendar.disinfection_from
    assert plan.starts == signed.families_told
    assert schedule(plan).opening == signed.families_told + timedelta(days=14)


def test_an_unsigned_chain_starts_when_supplies_can_be_ordered_and_waits_for_everything() -> None:
    nothing = dict.fromkeys(
        (
            "self_check",
            "township_review",
            "county_assessment",
            "written_notice",
            "families_told",
            "home_observation_from",
        )
    )
    scenario = a_scenario(approvals=nothing, records=[], calendar={"disinfection_from": None})
    plan = filled(template("township-2020"), scenario)
    assert all(s.waits for s in plan.steps)
    assert plan.starts == scenario.calendar.orders_from
    means = {s.id: s.days.mean for s in plan.steps}
    chain = ("plan_revised", "self_check", "township_review", "county_assessment")
    total = sum(means[s] for s in (*chain, "written_notice", "families_told", "home_isolation"))
    assert schedule(plan).opening == plan.starts + timedelta(days=math.ceil(total - 1e-9))


def test_each_department_s_record_finishes_one_department() -> None:
    def records(*days: int, **more: Any) -> list[dict[str, Any]]:
        return [
            {"clause": "PL-2(1).i", "on": date(2020, 3, d), "source": "made up", **more}
            for d in days
        ]

    departments = ("housing_department", "health_department", "safety_department")

    def done(found: list[dict[str, Any]]) -> list[int | None]:
        scenario = a_scenario(records=found)
        plan = filled(template("henan-2021-autumn"), scenario)
        dates = [plan.step[d].done for d in departments]
        return [d.day if d else None for d in dates]

    assert done(records(12, 10, count=1)) == [10, 12, None]
    assert done(records(12, 10, 14, count=1)) == [10, 12, 14]
    assert done(records(11)) == [11, 11, 11]
    assert done(records(11, done=False)) == [None, None, None]
    assert done(records(9, count=2)) == [9, 9, None]


def test_a_partial_count_does_not_finish_what_is_owed_whole() -> None:
    record = {"clause": "PL-2(2)4", "on": date(2020, 3, 9), "source": "made up", "count": 1}
    plan = filled(template("henan-2021-autumn"), a_scenario(records=[record]))
    assert plan.step["parents_meetings"].done is None


def test_a_chain_of_one_s_own_comes_first_and_a_book_without_one_is_refused(
    tmp_path: Path,
) -> None:
    chains = Path(__file__).parents[2] / "src/returnsim/rules/chains"
    own = (chains / "henan-2021-autumn.toml").read_bytes()
    (tmp_path / "approvals.toml").write_bytes(own)
    plan, origin = approvals_of(a_scenario(), tmp_path)
    assert (origin, plan.starts) == ("approvals.toml", date(2021, 8, 9))
    (tmp_path / "approvals.toml").unlink()
    with pytest.raises(InputError) as refused:
        approvals_of(a_scenario(rulebooks=["planner"]), tmp_path)
    assert refused.value.problems[0].code == "no_chain"


# ── the command ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("school", ["tiny", "township"])
def test_the_command_prints_every_step_and_what_follows(
    school: str, lang: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    approvals(Common(lang=lang, quiet=False, seed=1), SCENARIOS / school, None)
    text = capsys.readouterr().out
    scenario = read_scenario(SCENARIOS / school)
    plan, _ = approvals_of(scenario, SCENARIOS / school)
    for step in plan.steps:
        assert step.label(lang) in text
    assert str(schedule(plan).opening) in text
    assert "█" in text


def test_the_command_s_json_says_the_same_for_the_same_seed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chains = Path(__file__).parents[2] / "src/returnsim/rules/chains"
    own = (chains / "township-2020.toml").read_bytes()
    (tmp_path / "approvals.toml").write_bytes(own)
    (tmp_path / "scenario.toml").write_bytes((SCENARIOS / "tiny/scenario.toml").read_bytes())
    texts = []
    for seed in (1, 1, 2):
        asked = Common(lang="en", quiet=False, json_to=Path("-"), seed=seed)
        approvals(asked, tmp_path, date(2020, 4, 10))
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] != texts[2]
    data = json.loads(texts[0])
    assert data["schema"] == "returnsim-approvals-1"
    assert data["chance"]["low"] < data["chance"]["value"] < data["chance"]["high"]
    steps = {s["step"]: s for s in data["steps"]}
    assert steps["notice_period"]["critical"]
    assert steps["plan_passed"]["slack_days"] > 0
    assert [c["code"] for c in data["follows"]].count("path") == 2
    assert all(c["zh"] and c["en"] for c in data["follows"])


@given(st.integers(0, 10_000))
def test_bars_stay_inside_the_chart_and_follow_one_another(seed: int) -> None:
    found = schedule(a_random_chain(random.Random(seed)))
    first, last = min(b.start for b in found.bars), max(b.end for b in found.bars)
    width = max(1, min(40, (last - first).days))
    for bar in found.bars:
        drawn = draw(bar, first, last)
        assert 1 <= len(drawn) <= width
        assert ("█" in drawn) == (bar.critical and "◆" not in drawn)
