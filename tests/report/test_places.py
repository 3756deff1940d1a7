"""Names of stations read well in both languages, whatever the things of a school are called."""

import pytest
from school_days import a_large_school

from returnsim.report.phrases import Labels, is_told_by_kind
from returnsim.report.places import place_parts
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.scenario import Scenario

NAMES = [
    ("canteen 1", "第一初级中学实验部第1食堂", "Canteen number 1 of the school"),
    ("g1/off", "东门 · 午间离校", "Gate number 2 by the river · Home at noon"),
    ("back/g1/check", "午间返校 · 东门 · 扫码测温",
     "Back at noon · Gate number 2 by the river · Scan and temperature"),
    ("g1/check", "东门 · 扫码测温", "Gate number 2 by the river · Scan and temperature"),
    ("g1/fast", "东门 · 快速通道", "Gate number 2 by the river · Fast lane"),
    ("g1/drop-off", "东门 · 接送车辆", "Gate number 2 by the river · cars"),
    ("g1/farewell", "东门 · 家长止步线", "Gate number 2 by the river · parents’ line"),
    ("lunch/canteen 1/serving", "午餐 · 第一初级中学实验部第1食堂 · 打饭窗口",
     "Lunch · Canteen number 1 of the school · serving lines"),
    ("lunch/canteen 1/seat", "午餐 · 第一初级中学实验部第1食堂 · 座位",
     "Lunch · Canteen number 1 of the school · seats"),
    ("lunch/canteen 1/wash", "午餐 · 第一初级中学实验部第1食堂 · 洗手",
     "Lunch · Canteen number 1 of the school · hand washing"),
    ("lunch/canteen 1/check", "午餐 · 第一初级中学实验部第1食堂 · 测温",
     "Lunch · Canteen number 1 of the school · temperature check"),
    ("lunch/door/01", "午餐 · 教室门口 · 九年级1班", "Lunch · classroom door · Class 9.1"),
    ("night/house 1", "晚检 · 第1宿舍楼", "Evening check · Boarding house 1"),
    ("noon", "午检", "Noon check"),
    ("recheck/rest", "复测 · 休息座位", "second reading · chairs"),
    ("boarders", "住宿生", "boarders"),
    ("temperature check/boarders/dormitory", "测温 · 住宿生 · 宿舍",
     "temperature check · boarders · dormitories"),
]  # fmt: skip


@pytest.fixture(scope="module")
def school() -> Scenario:
    return a_large_school(3)


@pytest.mark.parametrize(("name", "zh", "en"), NAMES)
def test_every_part_of_a_name_is_labelled(school: Scenario, name: str, zh: str, en: str) -> None:
    assert Labels(school, "zh").place(name) == zh
    assert Labels(school, "en").place(name) == en


def test_a_thing_whose_name_holds_a_stroke_is_one_part(school: Scenario) -> None:
    canteen = school.canteens[0].model_copy(update={"name": "east/west", "en": "East-West"})
    both = school.model_copy(update={"canteens": (*school.canteens, canteen)})
    assert place_parts(both, "lunch/east/west/seat", "en") == ("Lunch", "East-West", "seats")


def test_what_is_no_station_has_no_parts(school: Scenario) -> None:
    assert place_parts(school, "nothing/known", "en") == ()
    assert Labels(school, "en").place("nothing/known") == "nothing · known"


def test_what_goes_in_rounds_is_a_zone_also_where_a_canteen_has_its_name(school: Scenario) -> None:
    zone = school.zones[0].model_copy(update={"name": "canteen 1", "en": "Tables and floor"})
    both = school.model_copy(update={"zones": (zone,)})
    labels = Labels(both, "en")
    assert labels.place("canteen 1", Q.ROUNDS_DONE) == "Tables and floor"
    assert labels.place("canteen 1", Q.MOST_SEATED) == "Canteen number 1 of the school"


def test_grades_are_labelled_and_a_building_before_them_is_not(school: Scenario) -> None:
    pair = [
        grade.model_copy(update={"name": name, "zh": zh, "en": en})
        for grade, name, zh, en in zip(
            school.grades, ("nine", "nine/b"), ("九", "九乙"), ("Grade 9", "Grade 9b"), strict=False
        )
    ]
    room = school.classes[0].model_copy(update={"building": "nine"})
    named = school.model_copy(update={"grades": tuple(pair), "classes": (room,)})
    labels = Labels(named, "en")
    assert labels.place("nine/nine/b", Q.OBSERVATION_LEFT) == "nine · Grade 9b"
    assert labels.place("nine/nine/b", Q.SCHOOL_DAYS_APART) == "Grade 9 · Grade 9b"
    assert Labels(named, "zh").place("nine/b/nine", Q.BOARDERS_OBSERVED) == "九乙 · 九"
    assert labels.where(Key(Q.BOARDERS_OBSERVED, "", "2020-04-14")) == "14 April"


def test_estimates_of_one_place_are_told_apart(school: Scenario) -> None:
    labels = Labels(school, "en")
    noon = Key(Q.SEATED_BY_BELL, "01", "2020-04-14", "back")
    mixed = Key(Q.COPRESENCE, "canteen 1", "2020-04-14", "class")
    assert labels.where(noon) == "Class 9.1 · Back at noon · 14 April"
    assert "with other classes" in labels.where(mixed)
    assert is_told_by_kind(noon)
    assert not is_told_by_kind(noon._replace(kind=""))
    assert not is_told_by_kind(Key(Q.ROUNDS_DONE, "zone", "2020-04-14", "canteen"))
