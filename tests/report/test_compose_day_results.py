"""What is said of the rest of the day is what was measured, of the worst day."""

from returnsim.optimise.planner import Proposal
from returnsim.report.compose_day_results import (
    has_rest_of_day,
    is_of_the_day,
    result_tables,
)
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q


def test_a_morning_alone_has_no_such_tables(tiny_proposal: Proposal) -> None:
    assert result_tables(tiny_proposal.recommended, "en") == ()
    assert not has_rest_of_day(tiny_proposal.recommended)


def test_tables_show_what_was_measured(school_day: Proposal) -> None:
    found = school_day.recommended
    tables = {t.title: t for t in result_tables(found, "en")}
    seats = next(e for k, e in found.evidence.items() if k.quantity is Q.MOST_SEATED
                 and k.day == found.summary.study.days[-1].isoformat())  # fmt: skip
    (canteen,) = tables["Canteens"].rows
    assert canteen[0] == "canteen (10 seats)"
    assert canteen[2] == f"{seats.mean:g}"
    (dining,) = tables["Rounds of the crews"].rows
    assert dining == ("dining", dining[1], "1", "0", "1")  # people eat while the crew works
    queues = [row[0] for row in tables["Queues away from the morning’s gates"].rows]
    assert queues == ["main · off (8)", "canteen (10)", "main · back (8)", "main · home (8)"]


def test_every_table_has_a_cell_for_every_head(crowded_day: Proposal) -> None:
    tables = result_tables(crowded_day.recommended, "zh")
    assert [t.title for t in tables] == [
        "早晨校门以外的排队", "食堂", "各类人员应测体温", "消毒通风各遍", "其他",
    ]  # fmt: skip
    assert all(len(row) == len(t.heads) for t in tables for row in t.rows)
    first = {row[0] for row in tables[0].rows}
    assert "正门（南侧人行入口，靠近公交站） · 接送车辆（10 辆）" in first
    owed = {row[0]: row[2:] for row in tables[2].rows}
    boarders = sum(c.boarders for c in crowded_day.scenario.classes)
    assert owed["住宿生"][0] == f"{3 * boarders:,}"


def test_owed_is_done_and_missed(crowded_day: Proposal) -> None:
    evidence = crowded_day.recommended.evidence
    for key, owed in evidence.items():
        if key.quantity is Q.CHECKS_OWED:
            done, missed = (evidence[key._replace(quantity=q)].mean
                            for q in (Q.CHECKS_DONE, Q.CHECKS_MISSED))  # fmt: skip
            assert owed.mean == done + missed


def test_queues_of_the_morning_are_told_from_those_of_the_day(crowded_day: Proposal) -> None:
    school, day = crowded_day.scenario, "2020-04-21"
    assert not is_of_the_day(school, Key(Q.LONGEST_QUEUE, "g0", day))
    assert not is_of_the_day(school, Key(Q.BUSY_SHARE, "g0/check", day))
    assert not is_of_the_day(school, Key(Q.SEATED_BY_BELL, "01", day))
    assert not is_of_the_day(school, Key(Q.SEATED, "", day))
    assert is_of_the_day(school, Key(Q.LONGEST_QUEUE, "g0/off", day))
    assert is_of_the_day(school, Key(Q.SEATED_BY_BELL, "01", day, "back"))
    assert is_of_the_day(school, Key(Q.BUSY_SHARE, "lunch/canteen 1/seat", day))
