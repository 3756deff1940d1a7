"""Each tension: where it appears, where it does not, its arithmetic anew, its remedy tried."""

import math
import random
from collections.abc import Iterable
from datetime import date, time
from itertools import combinations, pairwise
from typing import Any

import pytest
from builders import (
    SCENARIOS,
    a_class,
    a_clause,
    a_gate,
    a_grade,
    a_plan,
    a_scenario,
    a_staff_group,
    a_stage,
    a_supply,
    tiny,
)
from hypothesis import given
from hypothesis import strategies as st

from returnsim.plan.plan import Plan, Shift
from returnsim.rules.approvals import ApprovalPlan
from returnsim.rules.peaks import (
    busiest,
    chance_of_none_free,
    high_readings,
    load,
    minutes_that_do,
    places_that_do,
)
from returnsim.rules.rulebook import Rulebook, rulebooks
from returnsim.rules.tension import Severity, Tension
from returnsim.rules.tensions import tensions
from returnsim.scenario.scenario import Scenario, read_scenario
from returnsim.theory.distributions import Fixed
from returnsim.wording import LANGUAGES


def a_book(*clauses: Any) -> Rulebook:
    fields = {"issuer_zh": "某局", "issuer_en": "a bureau", "issued": "2020"}
    return Rulebook.model_validate({"format": 1, "name": "book", **fields, "clauses": clauses})


def asks(quantity: str, relation: str, limit: float, **more: Any) -> Any:
    fields = {"quantity": quantity, "relation": relation, "limit": limit}
    return a_clause(**{"id": f"C-{quantity}", **fields, **more})


def found(
    scenario: Scenario,
    code: str,
    books: Iterable[Rulebook] | None = None,
    plan: Plan | None = None,
    chain: ApprovalPlan | None = None,
) -> Tension | None:
    """Return the one tension of a kind; its sentences exist in both languages."""
    given_books = rulebooks(scenario, SCENARIOS) if books is None else tuple(books)
    all_of_them = tensions(scenario, given_books, plan, chain)
    for tension in all_of_them:
        for lang in LANGUAGES:
            assert tension.line(lang).endswith(tension.remedy_text(lang))
            assert "{" not in tension.line(lang)
    hits = [t for t in all_of_them if t.code.startswith(code)]
    assert len(hits) <= 1, [t.code for t in hits]
    return hits[0] if hits else None


# ── masks ─────────────────────────────────────────────────────────────────────────────

MASKS = asks("masks_per_person", "at least", 10.0)


def a_school_with_masks(**changes: Any) -> Scenario:
    use = {"per_pupil_day": 1.0, "per_staff_day": 2.0, "cover_days": 14}
    return a_scenario(supplies=[a_supply(**(use | changes))], staff=[a_staff_group()])


def test_ten_masks_last_five_to_ten_days_and_fourteen_are_asked() -> None:
    tension = found(a_school_with_masks(), "masks", [a_book(MASKS)])
    assert tension is not None
    v = tension.values
    use = 20 * 1 + 4 * 2
    assert (v["use"], v["shortest"], v["longest"]) == (use, 5, 10)
    assert v["lasts"] == pytest.approx(10 * 24 / use)
    assert (v["need"], v["there"], v["buy"]) == (14 * use, 100, 14 * use - 100)
    assert tension.cost == pytest.approx((14 * use - 100) * 0.5)
    assert tension.severity is Severity.SHORT
    assert tension.clauses == ("C-masks_per_person",)


def test_masks_bought_as_told_cover_the_days() -> None:
    first = found(a_school_with_masks(), "masks", [a_book(MASKS)])
    assert first is not None
    bought = a_school_with_masks(on_hand=100 + first.values["buy"])
    tension = found(bought, "masks", [a_book(MASKS)])
    assert tension is not None
    assert (tension.severity, tension.cost) == (Severity.COVERED, 0)
    one_less = a_school_with_masks(on_hand=99 + first.values["buy"])
    short = found(one_less, "masks", [a_book(MASKS)])
    assert short is not None
    assert short.severity is Severity.SHORT


def test_masks_are_no_tension_when_the_floor_lasts_or_nothing_is_asked() -> None:
    assert found(a_school_with_masks(cover_days=8), "masks", [a_book(MASKS)]) is None
    assert found(a_school_with_masks(cover_days=9), "masks", [a_book(MASKS)]) is not None
    assert found(a_school_with_masks(), "masks", [a_book(a_clause())]) is None
    no_use = a_school_with_masks(per_pupil_day=0.0, per_staff_day=0.0)
    assert found(no_use, "masks", [a_book(MASKS)]) is None


def test_days_asked_by_a_clause_count_like_the_planner_s_wish() -> None:
    days = asks("days_of_cover", "at least", 14.0, places=["mask"])
    other = asks("days_of_cover", "at least", 30.0, places=["disinfectant"])
    school = a_school_with_masks(cover_days=0)
    tension = found(
        school,
        "masks",
        [
            a_book(MASKS, days),
        ],
    )
    assert tension is not None
    assert tension.clauses == ("C-masks_per_person", "C-days_of_cover")
    assert found(school, "masks", [a_book(MASKS, other)]) is None


def test_an_order_in_the_plan_counts_as_there() -> None:
    school = a_school_with_masks()
    tension = found(school, "masks", [a_book(MASKS)], a_plan(school))
    assert tension is not None
    assert tension.values["there"] == 200


# ── thermometers ──────────────────────────────────────────────────────────────────────

ONE_A_CLASS = asks("thermometers_per_class", "at least", 1.0)
AUTOMATIC = a_gate(stages=[a_stage(staff_per_lane=0.0)])


def test_a_thermometer_for_each_class_does_not_serve_the_gates_as_well() -> None:
    scenario = a_scenario(routines=[])
    tension = found(scenario, "thermometers", [a_book(ONE_A_CLASS)])
    assert tension is not None
    assert tension.code == "thermometers_morning"
    v = tension.values
    assert (v["lanes"], v["second"], v["doors"], v["office"]) == (2, 1, 2, 0)
    assert (v["need"], v["floor"], v["there"], v["buy"]) == (5, 2, 3, 2)
    assert tension.cost == 2 * 150


def test_thermometers_bought_as_told_are_enough() -> None:
    supplies = [s | {"on_hand": 5} for s in tiny()["supplies"] if s["kind"] == "thermometer"]
    tension = found(a_scenario(routines=[], supplies=supplies), "therm", [a_book(ONE_A_CLASS)])
    assert tension is not None
    assert tension.severity is Severity.COVERED


def test_gates_that_measure_by_themselves_and_no_doors_leave_no_tension() -> None:
    doors = {"takes_temperature": False}
    assert found(a_scenario(gates=[AUTOMATIC], routines=[], doors=doors), "therm") is None
    two_a_class = asks("thermometers_per_class", "at least", 2.5)
    assert found(a_scenario(routines=[]), "therm", [a_book(two_a_class)]) is None


def test_checks_at_noon_and_in_the_evening_are_counted_at_their_own_time() -> None:
    zone = tiny()["zones"][0]
    canteens = [zone | {"name": f"c{n}", "kind": "canteen"} for n in range(4)]
    scenario = a_scenario(gates=[AUTOMATIC], zones=canteens)
    noon = found(scenario, "therm")
    assert noon is not None
    assert noon.code == "thermometers_noon"
    assert noon.values["need"] == 4 + 2
    rooms = [zone | {"name": f"d{n}", "kind": "dormitory"} for n in range(9)]
    classes = [a_class(boarders=5), a_class("8-1", grade="eight")]
    boarding = a_scenario(gates=[AUTOMATIC], zones=rooms, classes=classes)
    evening = found(boarding, "therm")
    assert evening is not None
    assert (evening.code, evening.values["need"]) == ("thermometers_evening", 9)
    nobody_boards = a_scenario(gates=[AUTOMATIC], zones=rooms)
    day_school = found(nobody_boards, "therm")
    assert day_school is None or day_school.code != "thermometers_evening"


def test_lanes_the_plan_keeps_shut_need_no_thermometer() -> None:
    scenario = a_scenario(routines=[])
    one = [Shift(gate="gate", stage="check", begins=time(7), ends=time(8, 30), lanes=1)]
    tension = found(scenario, "therm", [a_book(ONE_A_CLASS)], a_plan(scenario, lanes=one))
    assert tension is not None
    assert tension.values["lanes"] == 1


# ── batches that may not meet ─────────────────────────────────────────────────────────

NO_MIXING = asks("slots_shared_by_batches", "at most", 0.0)


def a_school_with_slots(last: time, gap: float, **limits: Any) -> Scenario:
    return a_scenario(limits={"last_slot": last, "batch_gap_minutes": gap, **limits})


def test_two_batches_do_not_fit_into_one_slot() -> None:
    tension = found(a_school_with_slots(time(7, 10), 5.0), "gates_shared", [a_book(NO_MIXING)])
    assert tension is not None
    v = tension.values
    assert (v["batches"], v["slots"], v["room"], v["n"]) == (2, 1, 1, 1)
    assert (tension.remedy, v["more"], v["longer"]) == ("more_slots", 2, 10)
    assert tension.severity is Severity.BLOCKS
    mended = a_school_with_slots(time(7, 20), 5.0)
    assert found(mended, "gates_shared", [a_book(NO_MIXING)]) is None
    almost = a_school_with_slots(time(7, 15), 5.0)
    assert found(almost, "gates_shared", [a_book(NO_MIXING)]) is not None


def test_the_smaller_change_in_minutes_is_told() -> None:
    tension = found(a_school_with_slots(time(7, 15), 7.0), "gates_shared", [a_book(NO_MIXING)])
    assert tension is not None
    assert (tension.remedy, tension.values["shorter"]) == ("shorter_gap", 0)
    mended = a_school_with_slots(time(7, 15), 0.0)
    assert found(mended, "gates_shared", [a_book(NO_MIXING)]) is None


def test_batches_that_may_meet_are_no_tension() -> None:
    crowded = a_school_with_slots(time(7, 10), 5.0)
    assert found(crowded, "gates_shared", [a_book(a_clause())]) is None
    may = asks("slots_shared_by_batches", "at most", 3.0)
    assert found(crowded, "gates_shared", [a_book(may)]) is None
    one_batch = a_school_with_slots(time(7, 10), 5.0, people_returning_per_day=20)
    assert found(one_batch, "gates_shared", [a_book(NO_MIXING)]) is None
    asked = asks("batches", "at least", 2.0)
    assert found(one_batch, "gates_shared", [a_book(NO_MIXING, asked)]) is not None


def test_a_level_with_a_gate_of_its_own_needs_room_there() -> None:
    grades = [
        a_grade("nine"),
        a_grade("eight"),
        a_grade("six", level="primary"),
        a_grade("five", level="primary"),
    ]
    classes = [a_class(f"{g.name}-1", grade=g.name) for g in grades]
    wide = a_gate(levels=["junior"])
    late = a_gate(name="little gate", levels=["primary"], opens=time(7, 50))
    limits = {"people_returning_per_day": 10}
    scenario = a_scenario(grades=grades, classes=classes, gates=[wide, late], limits=limits)
    tension = found(scenario, "gates_shared", [a_book(NO_MIXING)])
    assert tension is not None
    assert tension.values["slots"] == 2  # 07:50 and 07:55
    assert tension.names["level"] == ("小学", "primary school")


def test_batches_of_a_plan_are_counted_as_they_are() -> None:
    scenario = a_school_with_slots(time(7, 10), 5.0, people_returning_per_day=20)
    plan = a_plan(scenario)
    assert len(plan.return_days) == 2
    tension = found(scenario, "gates_shared", [a_book(NO_MIXING)], plan)
    assert tension is not None
    day = {g.name: scenario.calendar.first_day for g in scenario.grades}
    together = a_plan(scenario, days=day)
    assert found(scenario, "gates_shared", [a_book(NO_MIXING)], together) is None


@given(st.integers(1, 10), st.integers(1, 5))
def test_every_so_many_slots_one_is_the_most_there_can_be(slots: int, apart: int) -> None:
    most = max(
        len(chosen)
        for size in range(slots + 1)
        for chosen in combinations(range(slots), size)
        if all(b - a >= apart for a, b in pairwise(chosen))
    )
    school = a_school_with_slots(time(7, 5 * slots), 5.0 * (apart - 1), first_slot=time(7, 5))
    classes = [a_class(pupils=10 * most), a_class("8-1", grade="eight", pupils=1)]
    fields = {n: getattr(school, n) for n in ("limits",)} | {"classes": classes}
    scenario = a_scenario(**fields)
    tension = found(scenario, "gates_shared", [a_book(NO_MIXING)])
    assert tension is not None
    assert (tension.values["room"], tension.values["batches"]) == (most, most + 1)


def test_batches_that_may_not_meet_share_a_canteen_and_toilets() -> None:
    zone = tiny()["zones"][0]

    def a_school(canteens: int, toilets: int) -> Scenario:
        kinds = ["canteen"] * canteens + ["toilet"] * toilets
        return a_scenario(zones=[zone | {"name": f"z{i}", "kind": k} for i, k in enumerate(kinds)])

    book = [a_book(NO_MIXING)]
    canteen = found(a_school(1, 2), "canteen", book)
    assert canteen is not None
    assert (canteen.values["batches"], canteen.values["n"], canteen.values["turns"]) == (2, 1, 2)
    assert found(a_school(1, 2), "toilet", book) is None
    assert found(a_school(2, 1), "canteen", book) is None
    assert found(a_school(2, 1), "toilet", book) is not None
    assert found(a_school(0, 0), "canteen", book) is None
    assert found(a_school(1, 1), "toilet", [a_book(a_clause())]) is None


# ── chairs and isolation ──────────────────────────────────────────────────────────────

BIG = [a_class(pupils=300), a_class("8-1", grade="eight", pupils=300)]


def erlang_b_directly(places: int, offered: float) -> float:
    terms = [offered**n / math.factorial(n) for n in range(places + 1)]
    return terms[-1] / sum(terms)


def by_hand(rate: dict[int, float], minutes: int, places: int) -> tuple[float, float]:
    """Peak load and chance that somebody finds no place, minute by minute."""
    taken = {t: sum(rate.get(t - s, 0.0) for s in range(minutes)) for t in rate}
    expected = sum(rate[t] * erlang_b_directly(places, taken[t]) for t in rate)
    return max(taken.values()), 1 - math.exp(-expected)


def a_school_with_alarms(places: int, **changes: Any) -> Scenario:
    screening = {"false_alarm_probability": 0.05, "fever_prevalence": 0.01, "hit_probability": 0.8}
    return a_scenario(
        classes=BIG,
        screening=screening,
        recheck={"rest_places": places},
        doors={"takes_temperature": False},
        **changes,
    )


def test_false_alarms_need_more_chairs_than_there_are() -> None:
    tension = found(a_school_with_alarms(2), "chairs")
    assert tension is not None
    v = tension.values
    # 600 pupils on ten slots; each slot comes at one moment, five minutes before its end
    each = 60 * (0.01 * 0.8 + 0.99 * 0.05)
    rate = {430 + 5 * n: each for n in range(10)}
    peak, chance = by_hand(rate, 10, 2)
    assert v["alarms"] == pytest.approx(10 * each)
    assert v["false"] == pytest.approx(600 * 0.99 * 0.05)
    assert v["load"] == pytest.approx(peak)
    assert v["chance"] == pytest.approx(chance)
    assert v["limit"] == 0.05  # of the planner's own book
    enough = next(c for c in range(1, 100) if by_hand(rate, 10, c)[1] <= 0.05)
    assert v["enough"] == enough
    assert found(a_school_with_alarms(enough), "chairs") is None
    assert found(a_school_with_alarms(enough - 1), "chairs") is not None


def test_a_clause_on_chairs_sets_the_risk() -> None:
    clause = asks("recheck_full_days", "at most", 0.5)
    tension = found(a_school_with_alarms(2), "chairs", [a_book(clause)])
    assert tension is not None
    assert (tension.values["limit"], tension.clauses) == (0.5, ("C-recheck_full_days",))


def test_a_plan_that_puts_all_into_one_slot_needs_more_chairs() -> None:
    scenario = a_school_with_alarms(30, approvals={})
    slots = dict.fromkeys(("9-1", "8-1"), time(7, 30))
    assert found(scenario, "chairs") is None
    tension = found(scenario, "chairs", plan=a_plan(scenario, slots=slots))
    assert tension is not None
    assert tension.values["load"] == pytest.approx(600 * (0.01 * 0.8 + 0.99 * 0.05))


def test_the_isolation_room_is_too_small_for_those_it_is_for() -> None:
    again = {"false_alarm_probability": 0.5, "hit_probability": 0.9}

    def a_school(places: int, minutes: float = 60.0) -> Scenario:
        base = a_school_with_alarms(30)
        room = {"places": places, "minutes_until_fetched": {"kind": "fixed", "value": minutes}}
        fields = {"recheck": {**base.recheck.model_dump(), **again}, "isolation": room}
        raw = {n: getattr(base, n) for n in ("classes", "screening", "doors")}
        return a_scenario(**raw, **fields)

    tension = found(a_school(3), "isolation")
    assert tension is not None
    v = tension.values
    each = 60 * (0.01 * 0.8 * 0.9 + 0.99 * 0.05 * 0.5)
    rate = {430 + 5 * n: each for n in range(10)}
    peak, chance = by_hand(rate, 60, 3)
    assert v["people"] == pytest.approx(10 * each)
    assert v["load"] == pytest.approx(peak)
    assert v["chance"] == pytest.approx(chance)
    enough = next(c for c in range(1, 100) if by_hand(rate, 60, c)[1] <= 0.05)
    assert v["enough"] == enough
    assert found(a_school(enough), "isolation") is None
    assert found(a_school(enough - 1), "isolation") is not None


def test_fetching_sooner_mends_a_room_that_is_a_little_small() -> None:
    rate = high_readings(scenario := a_school_with_alarms(4), busiest(scenario, None)) / 20
    hour = Fixed(value=60.0)
    places = places_that_do(rate, load(rate, hour), 0.05) - 1
    sooner = minutes_that_do(rate, hour, places, 0.05)
    assert 1 < sooner < 60
    for minutes, mended in ((sooner - 0.5, True), (sooner + 1.5, False)):
        taken = load(rate, Fixed(value=minutes))
        assert (chance_of_none_free(rate, taken, places) <= 0.05) is mended


def test_doors_send_to_isolation_whom_the_gate_missed_and_who_live_in() -> None:
    classes = [a_class(pupils=100, boarders=40), a_class("8-1", grade="eight", pupils=100)]
    scenario = a_scenario(
        classes=classes,
        screening={"false_alarm_probability": 0.2},
        recheck={"rest_places": 500},
        isolation={"places": 1},
    )
    tension = found(scenario, "isolation")
    assert tension is not None
    twice = 0.2 * 0.1
    at_gate = 200 - 40 / 2  # boarders come a grade a day: half of them on the busiest
    people = at_gate * twice + at_gate * (1 - twice) * twice + 20 * twice
    assert tension.values["people"] == pytest.approx(people)


def test_the_chance_is_cautious_and_near_a_simulation_in_plain_python() -> None:
    luck = random.Random(7)
    scenario = a_school_with_alarms(
        4,
        arrivals={
            "offset_minutes": {"kind": "normal", "mean": -8, "sd": 6, "low": -25, "high": 25}
        },
    )
    rate = high_readings(scenario, busiest(scenario, None)) / 4
    taken = load(rate, scenario.recheck.rest_minutes)
    minutes = [t for t in range(1440) if rate[t] > 0]
    total = float(rate.sum())
    for places in (2, 3, 4, 6):
        bad, mornings = 0, 3000
        for _ in range(mornings):
            number = 0  # Poisson, by counting exponential gaps
            clock = luck.expovariate(1.0)
            while clock < total:
                number += 1
                clock += luck.expovariate(1.0)
            came = luck.choices(minutes, [float(rate[t]) for t in minutes], k=number)
            free_at: list[float] = []
            for moment in sorted(t + luck.random() for t in came):
                free_at = [f for f in free_at if f > moment]
                if len(free_at) >= places:
                    bad += 1
                    break
                free_at.append(moment + 10)
        seen = bad / mornings
        told = chance_of_none_free(rate, taken, places)
        noise = 4 * math.sqrt(max(seen * (1 - seen), 1e-4) / mornings)
        assert seen <= told + noise
        assert told <= 2 * (seen + noise)


# ── the chain of approvals ────────────────────────────────────────────────────────────


def test_a_notice_given_late_makes_the_first_day_impossible() -> None:
    told = {"families_told": date(2020, 4, 1)}
    tension = found(a_scenario(approvals=told), "chain")
    assert tension is not None
    v = tension.values
    assert (v["earliest"], v["first"], v["n"]) == (date(2020, 4, 15), date(2020, 4, 7), 8)
    assert (v["opens"], v["lost"]) == (date(2020, 4, 15), 6)
    assert tension.severity is Severity.SHORT
    moved = a_scenario(approvals=told, calendar={"first_day": v["opens"]})
    assert found(moved, "chain") is None
    assert found(a_scenario(), "chain") is None


def test_a_plan_before_the_earliest_day_cannot_be_kept() -> None:
    late = a_scenario(approvals={"home_observation_from": date(2020, 4, 1)})
    tension = found(late, "chain", plan=a_plan(late))
    assert tension is not None
    assert tension.severity is Severity.BLOCKS
    days = {"nine": date(2020, 4, 15), "eight": date(2020, 4, 22)}
    assert found(late, "chain", plan=a_plan(late, days=days)) is None


def test_a_calendar_that_ends_too_soon_is_told_so() -> None:
    late = a_scenario(approvals={"families_told": date(2020, 4, 25)})
    tension = found(late, "chain")
    assert tension is not None
    assert (tension.severity, tension.remedy) == (Severity.BLOCKS, "longer_calendar")


def test_papers_not_signed_yet_are_taken_from_the_chain() -> None:
    papers = ("self_check", "township_review", "county_assessment", "written_notice")
    periods = ("families_told", "home_observation_from")
    unsigned = a_scenario(approvals=dict.fromkeys(papers + periods), records=[])
    tension = found(unsigned, "chain")
    assert tension is not None
    assert tension.values["earliest"] > date(2020, 4, 7)
    dates_only = found(
        unsigned, "chain", [a_book(asks("days_of_notice", "at least", 14.0))], chain=quick_chain()
    )
    assert dates_only is None


def quick_chain() -> ApprovalPlan:
    step = {"id": "paper", "zh": "签批", "en": "paper", "days": 1}
    fields = {"format": 1, "source": "made up", "starts": date(2020, 3, 1), "steps": [step]}
    return ApprovalPlan.model_validate(fields)


# ── lanes and the bell ────────────────────────────────────────────────────────────────


def a_school_of(pupils: int, **changes: Any) -> Scenario:
    half = pupils // 2
    classes = [a_class(pupils=half), a_class("8-1", grade="eight", pupils=pupils - half)]
    return a_scenario(classes=classes, **changes)


def test_two_lanes_of_half_a_minute_pass_two_hundred_in_fifty_minutes() -> None:
    assert found(a_school_of(200), "slow") is None
    tension = found(a_school_of(600), "slow")
    assert tension is not None
    assert tension.code == "slow_school"
    v = tension.values
    assert (v["people"], v["minutes"], v["bell"]) == (600, 50, "08:00")
    assert (v["wanted"], v["possible"], v["capacity"]) == (12, 4, 200)
    assert (v["lanes"], v["earlier"]) == (4, 100)
    enough = a_gate(stages=[a_stage(lanes=6)])
    assert found(a_school_of(600, gates=[enough]), "slow") is None
    short = a_gate(stages=[a_stage(lanes=5)])
    assert found(a_school_of(600, gates=[short]), "slow") is not None
    early = {"gates": [a_gate(opens=time(5))], "limits": {"first_slot": time(5, 30)}}
    assert found(a_school_of(600, **early), "slow") is None


def test_the_slowest_stage_of_a_chain_decides_and_gets_the_lane() -> None:
    scan = a_stage(name="scan", lanes=4, service_seconds={"kind": "fixed", "value": 15})
    measure = a_stage(name="measure", lanes=2, service_seconds={"kind": "fixed", "value": 20})
    tension = found(a_school_of(400, gates=[a_gate(stages=[scan, measure])]), "slow")
    assert tension is not None
    # 3000 s: the scan passes 800, the measuring 300; three lanes there pass 450
    assert (tension.values["capacity"], tension.values["lanes"]) == (300, 1)


def test_a_fast_lane_takes_its_share() -> None:
    lane = {"checks": ["temperature"], "lanes": 1, "staff_per_lane": 1.0, "source": "made up"}
    fast = lane | {"service_seconds": {"kind": "fixed", "value": 10}, "share": 0.5}
    assert found(a_school_of(400), "slow") is not None
    assert found(a_school_of(400, gates=[a_gate(fast_lane=fast)]), "slow") is None
    tension = found(a_school_of(500, gates=[a_gate(fast_lane=fast)]), "slow")
    assert tension is not None
    assert tension.values["capacity"] == 400  # 200 of the half who take the chain


def test_a_level_is_held_against_the_gates_it_may_use() -> None:
    grades = [a_grade("nine"), a_grade("six", level="primary")]
    classes = [a_class(pupils=150), a_class("6-1", grade="six", pupils=250)]
    gates = [a_gate(levels=["junior"]), a_gate(name="side", levels=["primary"])]
    scenario = a_scenario(grades=grades, classes=classes, gates=gates)
    tension = found(scenario, "slow")
    assert tension is not None
    assert tension.code == "slow_level"
    assert tension.names["level"] == ("小学", "primary school")
    assert tension.values["people"] == 250


def test_a_plan_with_lanes_shut_is_told_to_open_them() -> None:
    scenario = a_school_of(180, approvals={})
    slots = {"9-1": time(7, 10), "8-1": time(7, 20)}
    day = {g.name: scenario.calendar.first_day for g in scenario.grades}
    assert found(scenario, "slow", plan=a_plan(scenario, slots=slots, days=day)) is None
    one = [Shift(gate="gate", stage="check", begins=time(7), ends=time(8, 30), lanes=1)]
    plan = a_plan(scenario, slots=slots, days=day, lanes=one)
    tension = found(scenario, "slow", plan=plan)
    assert tension is not None
    assert (tension.code, tension.remedy) == ("slow_gate", "open_lanes")
    assert tension.values["lanes"] == 1
    part = [
        Shift(gate="gate", stage="check", begins=time(7), ends=time(7, 30), lanes=2),
        Shift(gate="gate", stage="check", begins=time(7, 30), ends=time(8), lanes=1),
    ]
    partly = found(scenario, "slow", plan=a_plan(scenario, slots=slots, days=day, lanes=part))
    assert partly is not None
    assert partly.values["capacity"] == (20 * 2 + 30) * 2


# ── whole schools ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("school", ["tiny", "township", "shezi", "shouyang-no1"])
def test_the_repository_s_schools_are_explained_in_both_languages(school: str) -> None:
    scenario = read_scenario(SCENARIOS / school)
    books = rulebooks(scenario, SCENARIOS / school)
    for plan in (None, a_plan(scenario)):
        told = tensions(scenario, books, plan)
        assert len({t.code for t in told}) == len(told) or plan is not None
        for tension in told:
            for lang in LANGUAGES:
                assert "{" not in tension.text(lang) + tension.remedy_text(lang)


def test_the_township_s_ten_masks_last_five_to_ten_days() -> None:
    scenario = read_scenario(SCENARIOS / "township")
    tension = found(scenario, "masks")
    assert tension is not None
    assert (tension.values["shortest"], tension.values["longest"]) == (5, 10)
