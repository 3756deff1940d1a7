"""Every file in a folder `bad` is refused in full, in both languages, and leaves nothing behind.

The first lines of a bad file say what must be reported, one `# expects:` for each problem.
"""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from builders import TINY
from click.testing import CliRunner, Result

from returnsim.cli.main import main
from returnsim.errors import InputError
from returnsim.plan.files import read_plan
from returnsim.rules.rulebook import read_rulebook, rulebooks
from returnsim.scenario.scenario import read_scenario

TESTS = Path(__file__).parents[1]
SCHOOL = TESTS / "plan" / "school"
SCHOOL_DAY = TESTS / "plan" / "school-day"
"""The school of plans whose names begin with "timetable"; it has meals, checks and crossings."""
SCENARIOS, PLANS, BOOKS = (
    sorted((TESTS / kind / "bad").glob("*.toml")) for kind in ("scenario", "plan", "rules")
)
CHINESE = re.compile("[\u4e00-\u9fff]")


def expected(path: Path) -> list[str]:
    """What must be reported of a bad file, one fragment for each problem."""
    lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
    found = [line.removeprefix("# expects: ") for line in lines if line.startswith("# expects: ")]
    assert found, f"the first line of {path} does not say what it expects"
    return found


def own_book(path: Path, folder: Path) -> Path:
    """A school that goes by a rulebook of its own."""
    folder.mkdir()
    text = TINY.read_text(encoding="utf-8").replace('"township-2020"', '"own.toml"')
    (folder / "scenario.toml").write_text(text, encoding="utf-8")
    (folder / "own.toml").write_bytes(path.read_bytes())
    return folder


def school_of(path: Path) -> Path:
    """The school that a bad plan was made for."""
    return SCHOOL_DAY if path.stem.startswith("timetable") else SCHOOL


def command(path: Path, folder: Path) -> list[str]:
    """The command line that must refuse a bad file."""
    match path.parents[1].name:
        case "scenario":
            return ["check", str(path)]
        case "plan":
            return ["audit", str(school_of(path)), "--plan", str(path)]
        case _:
            return ["check", str(own_book(path, folder / "school"))]


def refused(args: list[str]) -> list[str]:
    """Run a command that must end with status 2; return the problems it reports."""
    result: Result = CliRunner().invoke(main, args)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2
    assert result.stdout == ""
    head, *problems = result.stderr.splitlines()
    assert all(line.startswith("  ") for line in problems)
    assert re.search(rf"[:：] ?{len(problems)} ", head)
    return [line.strip() for line in problems]


@pytest.mark.parametrize(
    "path",
    [*SCENARIOS, *PLANS, *BOOKS],
    ids=lambda path: f"{path.parents[1].name}-{path.stem}",
)
def test_bad_file_is_refused_in_full(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    args = command(path, tmp_path)
    english, chinese = (refused([*args, "--lang", lang]) for lang in ("en", "zh"))
    for fragment in expected(path):
        assert sum(fragment in line for line in english) == 1, (fragment, english)
    assert len(english) == len(expected(path)), "more is reported than is wrong"
    assert len(chinese) == len(english)
    for en, zh in zip(english, chinese, strict=True):
        where, colon, _ = en.partition(": ")
        named = colon and not where.startswith("is ")
        assert CHINESE.search(zh.removeprefix(where) if named else zh)
        assert not named or zh.startswith((where + ": ", "第"))
    assert list(here.iterdir()) == []


def test_there_are_enough_bad_files() -> None:
    assert len(SCENARIOS) + len(PLANS) >= 30


def test_five_different_mistakes_are_all_reported_at_once() -> None:
    path = TESTS / "scenario" / "bad" / "five-mistakes.toml"
    with pytest.raises(InputError) as refusal:
        read_scenario(path)
    codes = {p.code for p in refusal.value.problems}
    assert codes >= {
        "at_least",
        "unknown_name_near",
        "closes_before_opening",
        "unknown_setting_near",
        "missing",
    }


ELSEWHERE = {
    "crew_does_other_work": "test_a_crew_is_given_no_work_that_it_does_not_do",
    "is_a_directory": "test_a_folder_is_no_plan",
    "folder_without_scenario": "test_a_folder_without_a_scenario",
    "near_file": "test_a_file_whose_name_is_misspelt",
    "not_a_file": "test_a_device_is_no_file",
    "too_large": "test_a_file_that_is_too_large",
    "unreadable": "test_a_file_that_cannot_be_read",
    "window_too_short": "test_too_few_days_for_all_batches",
    "papers_too_late": "test_papers_that_come_too_late",
    "grade_larger_than_a_day": "test_a_grade_larger_than_a_day",
    "grade_larger_than_beds": "test_a_grade_with_more_boarders_than_beds_is_refused",
    "unit_larger_than_a_day": "test_those_who_return_together_may_be_too_many",
    "unit_larger_than_beds": "test_those_who_return_together_may_be_too_many",
    "pinned_apart": "test_classes_that_return_together_cannot_be_pinned_apart",
    "masks_never_enough": "test_masks_that_never_suffice",
    "bell_out_of_reach": "test_a_bell_out_of_reach",
    "bell_never_kept": "test_too_many_who_ignore_their_slot",
    "slots_collide": "test_batches_that_collide",
    "places_short": "test_lanes_that_are_too_few",
    "staff_short": "test_too_few_people_on_duty",
    "stock_over_budget": "test_orders_beyond_the_budget_are_refused",
    "needed_for_the_return": "test_a_school_that_does_not_say_what_follows_is_asked_to",
    "crowded_too_often": "test_too_few_places_names_the_number_that_would_do",
    "waits_too_long": "test_the_risks_of_the_last_attempt",
    "seated_too_late": "test_the_risks_of_the_last_attempt",
    "gate_too_slow": "test_a_gate_that_falls_short_says_by_how_many_a_minute",
    "more_moves_needed": "test_too_few_moves_say_how_many_are_needed",
    "no_moves_help": "test_a_pinned_class_stays_where_it_is",
    "no_plan_found": "test_a_search_that_ends_without_a_reason",
    "cannot_write": "test_a_folder_that_cannot_be_written",
    "folder_not_empty": "test_new_refuses_a_folder_in_use",
    "cut_off_too_far": "test_a_normal_cut_off_far_from_its_mean_is_refused_or_finite",
    "circle": "test_a_circle_is_refused_with_its_names",
    "no_chain": "test_a_chain_of_one_s_own_comes_first_and_a_book_without_one_is_refused",
    "unfit": "test_what_no_sentence_is_made_for_is_told_without_a_word_of_english",
    "no_such_starter": "test_new_refuses_a_starter_that_is_not_there",
    "cluster_needs_extra": "test_without_the_extra_it_says_what_to_install",
    "cluster_out_of_reach": "test_a_cluster_that_is_not_there_is_explained",
    "cluster_without_workers": "test_a_cluster_that_cannot_serve_is_refused",
    "cluster_differs": "test_a_cluster_that_cannot_serve_is_refused",
    "unknown_setting_among": "test_an_unknown_setting_is_explained",
    "setting_ambiguous": "test_several_entries_of_one_name_are_told_apart_by_number",
    "setting_is_a_table": "test_an_unknown_setting_is_explained",
    "setting_is_a_list": "test_an_unknown_setting_is_explained",
    "vary_not_understood": "test_what_is_not_understood_is_explained",
    "vary_without_end": "test_what_is_not_understood_is_explained",
    "vary_too_many": "test_too_many_combinations_are_refused",
    "vary_twice": "test_a_sweep_varies_something_and_nothing_twice",
    "nothing_varied": "test_a_sweep_varies_something_and_nothing_twice",
    "sweep_form": "test_what_cannot_be_swept_is_explained",
    "plot_form": "test_what_cannot_be_swept_is_explained",
    "plot_no_numbers": "test_what_cannot_be_swept_is_explained",
    "plot_too_many": "test_what_cannot_be_swept_is_explained",
    "sweep_of_another": "test_a_file_of_another_sweep_is_refused_and_left_as_it_is",
    "no_range": "test_what_is_no_range_is_refused",
    "no_ranges": "test_a_school_without_ranges_has_nothing_to_move",
    "one_plan": "test_one_plan_is_not_compared",
    "no_such_rank": "test_plans_are_ranked_by_what_there_is",
    "no_such_rank_near": "test_plans_are_ranked_by_what_there_is",
    "sweep_unreadable": "test_a_file_that_was_changed_or_is_something_else_is_refused",
}
"""Problems that no file on disk can show, and the test that meets each."""


def codes_met() -> set[str]:
    """Codes of all problems in all bad files."""
    met: set[str] = set()

    def read(path: Path) -> None:
        match path.parents[1].name:
            case "scenario":
                rulebooks(read_scenario(path), path.parent)
            case "plan":
                read_plan(path, read_scenario(school_of(path)))
            case _:
                read_rulebook(path)

    for path in (*SCENARIOS, *PLANS, *BOOKS):
        with pytest.raises(InputError) as refusal:
            read(path)
        met |= {p.code for p in refusal.value.problems}
    return met


def test_every_problem_is_met_by_a_bad_file_or_a_test() -> None:
    met = codes_met()
    assert met & ELSEWHERE.keys() == set(), "has a bad file now; take it off the list"
    words = files("returnsim").joinpath("words/en/problems.toml").read_text(encoding="utf-8")
    assert met | ELSEWHERE.keys() == set(tomllib.loads(words)["problem"])
    tests = "\n".join(p.read_text(encoding="utf-8") for p in TESTS.rglob("test_*.py"))
    assert [name for name in ELSEWHERE.values() if f"def {name}(" not in tests] == []
