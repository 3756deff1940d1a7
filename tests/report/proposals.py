"""Proposals without a search: any plan, assessed and held against the naive ones."""

from datetime import date, time
from typing import Any

from builders import (
    SCENARIOS,
    a_class,
    a_gate,
    a_grade,
    a_hold,
    a_plan,
    a_scenario,
    a_stage,
    all_lanes,
)

from returnsim.experiment.assessment import assess
from returnsim.experiment.curves import QueueCurves
from returnsim.optimise.baselines import baselines
from returnsim.optimise.planner import Proposal
from returnsim.optimise.stock import opening_stock, openings
from returnsim.plan.plan import Arrival, Plan
from returnsim.rules.rulebook import rulebooks
from returnsim.scenario.campus import FastLane
from returnsim.scenario.people import StaffGroup
from returnsim.scenario.scenario import Scenario

STAMP = date(2020, 3, 21)
Curves = tuple[QueueCurves, QueueCurves]
"""Queues before and after."""
RARE = "𠮷"
"""A character of real names that the bundled fonts do not have."""


def a_proposal(
    scenario: Scenario | None = None, plan: Plan | None = None, replications: int = 8
) -> Proposal:
    """Return a plan as if it had been recommended; the tiny school's when left out."""
    school = scenario or a_scenario()
    books = rulebooks(school, SCENARIOS / "tiny")
    use = {s.name: 10.25 for s in school.supplies if s.used_up}
    stock = opening_stock(school, books, use)
    chosen = (plan or a_plan(school)).changed(stock=openings(stock))
    options: dict[str, Any] = {"seed": 1, "replications": replications}
    naive = baselines(school, chosen.return_dates, openings(stock))
    return Proposal(
        scenario=school,
        books=books,
        recommended=assess(school, books, chosen, **options),
        naive={name: assess(school, books, p, **options) for name, p in naive.items()},
        stock=stock,
        engines_differ=0.0,
        seed=1,
        rounds=1,
    )


LONG = "第一初级中学实验部"
GATES = (
    "正门（南侧人行入口，靠近公交站）",
    "东门",
    "西门",
    "北门",
    "操场门",
    "幼儿园与小学部专用门",
)


def a_crowded_school(gates: int = 6, classes: int = 60) -> Scenario:
    """Return a school that is hard to print: many gates and classes, long and rare names."""
    grades = [a_grade(name) for name in ("nine", "eight", "seven")[:classes]]
    chain = [
        _stage("desk", "返校登记处", "Desk", "registration", only_on_return_day=True),
        _stage("scan", "扫码核验", "Scan", "scan"),
        _stage("wash", "洗手消毒", "Hands", "hand wash", staff_per_lane=0),
        _stage("heat", "体温检测", "Temperature", "temperature"),
    ]
    fast = FastLane(
        checks=("scan",), lanes=1, staff_per_lane=1, share=0.2, source="made up",
        service_seconds={"kind": "fixed", "value": 5},
    )  # fmt: skip
    return a_scenario(
        zh="示例县" + LONG,
        grades=grades,
        classes=[
            a_class(
                f"{n:02d}",
                zh=f"{LONG}九年级（{n}）班" if n % 7 == 0 else f"九年级{n}班",
                en=f"=Class 9.{n} & Co." if n % 7 == 0 else f"Class 9.{n}",
                grade=grades[n * len(grades) // classes].name,
                pupils=20 + n % 9,
                boarders=5 if n < classes // 3 else 0,
            )
            for n in range(classes)
        ],
        gates=[
            a_gate(name=f"g{n}", zh=GATES[n], en=f"Gate number {n + 1} by the river",
                   stages=chain, fast_lane=fast)
            for n in range(gates)
        ],
        staff=[
            StaffGroup.model_validate({
                "name": "teachers", "zh": f"{RARE}老师们", "en": "Teachers", "people": 60,
                "role": "teacher", "gate": "g0", "arrives": time(7, 5), "source": "made up",
            })
        ],
        holds=[a_hold(**{"class": f"{n:02d}"}) for n in range(0, min(classes, 8), 2)],
        limits={"people_returning_per_day": None, "last_slot": time(8, 5)},
    )  # fmt: skip


def _stage(name: str, zh: str, en: str, check: str, **more: Any) -> Any:
    return a_stage(name=name, zh=zh, en=en, checks=[check], **more)


def crowded_plan(school: Scenario, slots: int = 12) -> Plan:
    """Return a plan that deals its classes over gates and slots in turn."""
    gates = [g.name for g in school.gates]
    arrivals = [
        Arrival(
            school_class=c.name,
            gate=gates[n % len(gates)],
            slot=time(7, 10 + 5 * (n // len(gates) % slots))
            if n // len(gates) % slots < 10
            else time(8, 5 * (n // len(gates) % slots - 10)),
        )
        for n, c in enumerate(school.classes)
    ]
    lanes = [shift for gate in school.gates for shift in all_lanes(gate)]
    return a_plan(school, arrivals=arrivals, lanes=lanes)
