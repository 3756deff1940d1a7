"""One station with parallel lanes: M/M/c and GI/G/4, simulated and in closed form."""

import math

import numpy as np
import pytest
from validation.ledger import Case, Ledger
from validation.stations import (
    Sampler,
    constant,
    erlang,
    exponential,
    hyperexponential,
    mean_of,
    same_on_simpy,
    steady,
    waits,
)

from returnsim.theory.queueing import erlang_b, erlang_c, mean_wait, wait_exceeds

KSL, GROSS = "KSLBook, chapter 4", "Gross and Harris"
ARENA, WHITT = "RossettiArenaBook, chapter 11", "Whitt 1993"

# ------------------------------------------------------------------------ V10: M/M/1, load .5

V10 = {
    "wait": Case("V10", "M/M/1, mean wait [min]", KSL, 2.9961, 0.1235),
    "wait exact": Case("V10", "M/M/1, mean wait [min]", "closed form", 3.0),
    "late": Case("V10", "M/M/1, probability of 4 min or more in the system", KSL, 0.5136, 0.0071),
    "late exact": Case(
        "V10",
        "M/M/1, probability of 4 min or more in the system",
        "closed form",
        math.exp(-4 / 6),
    ),
    "bin 1": Case(
        "V10", "M/M/1, share with 0 to 4 min in the system", KSL, 0.485448, tolerance=0.005
    ),
    "bin 2": Case(
        "V10", "M/M/1, share with 4 to 8 min in the system", KSL, 0.249513, tolerance=0.005
    ),
}
SPAN = {"replications": 128, "people": 25_000}


def test_one_lane(ledger: Ledger) -> None:
    given = exponential(6.0), [exponential(3.0)], [1]
    same_on_simpy(*given, seed=10)
    trace = steady(*given, seed=10, **SPAN)
    wait = waits(trace)
    inside = wait + trace.journeys.service[:, -wait.shape[1] :, 0]
    for name, sample in (
        ("wait", wait),
        ("late", inside >= 4.0),
        ("bin 1", inside < 4.0),
        ("bin 2", (inside >= 4.0) & (inside < 8.0)),
    ):
        found = mean_of(sample)
        for case in (V10[name], V10.get(f"{name} exact")):
            if case is not None:
                ledger.settle(case, found.mean, found.half_width)


# ------------------------------------------------------------------------- V17: M/M/c tables


def m_m_c(rate: float, service_rate: float, servers: int) -> str:
    return f"M/M/{servers}, {rate:g} come and {service_rate:g} are served an hour"


V17_EXACT = [
    (Case("V17", f"{m_m_c(5, 6, 1)}: mean queue", GROSS, 4.1667, simulated=False),
     lambda: 5 * mean_wait(1, 5, 1 / 6)),
    (Case("V17", f"{m_m_c(5, 6, 1)}: wait over 1 h", GROSS, 0.3065662, digits=7, simulated=False),
     lambda: wait_exceeds(1, 5, 1 / 6, 1.0)),
    (Case("V17", f"{m_m_c(6, 3, 3)}: mean queue", GROSS, 0.8889, simulated=False),
     lambda: 6 * mean_wait(3, 6, 1 / 3)),
    (Case("V17", f"{m_m_c(6, 3, 3)}: mean wait [h]", GROSS, 0.1481, simulated=False),
     lambda: mean_wait(3, 6, 1 / 3)),
    (Case("V17", f"{m_m_c(6, 3, 3)}: no wait", GROSS, 0.5556, simulated=False),
     lambda: 1 - erlang_c(3, 2.0)),
    (Case("V17", f"{m_m_c(10, 12, 1)}: mean wait [min]", ARENA, 25.0, digits=2, simulated=False),
     lambda: 60 * mean_wait(1, 10, 1 / 12)),
    (Case("V17", f"{m_m_c(20, 6, 4)}: mean queue", ARENA, 3.2886, simulated=False),
     lambda: 20 * mean_wait(4, 20, 1 / 6)),
    (Case("V17", f"{m_m_c(20, 6, 5)}: mean queue", ARENA, 0.6533, simulated=False),
     lambda: 20 * mean_wait(5, 20, 1 / 6)),
    (Case("V17", f"{m_m_c(3.84, 2.4, 3)}: no wait", ARENA, 0.7262, simulated=False),
     lambda: 1 - erlang_c(3, 1.6)),
    *(
        (Case("V17", f"M/M/{c}, mean service 1.75, rate 0.5: four or more there", ARENA,
              published, digits=6, simulated=False),
         lambda c=c: erlang_c(c, 0.875) * (0.875 / c) ** (4 - c))
        for c, published in ((1, 0.586182), (2, 0.050972), (3, 0.019034), (4, 0.013022))
    ),
    (Case("V18", "M/M/10/10, 40 come an hour and stay one: turned away", ARENA, 0.7577,
          simulated=False),
     lambda: erlang_b(10, 40.0)),
    (Case("V18", "M/M/10/10, 40 come an hour and stay one: turned away an hour", ARENA, 30.3,
          digits=1, simulated=False),
     lambda: 40 * erlang_b(10, 40.0)),
]  # fmt: skip


@pytest.mark.parametrize(("case", "found"), V17_EXACT, ids=lambda x: getattr(x, "what", ""))
def test_closed_forms(ledger: Ledger, case: Case, found: object) -> None:
    ledger.settle(case, found())  # type: ignore[operator]


V17_SIMULATED = [
    ((5, 6, 1), Case("V17", f"{m_m_c(5, 6, 1)}: mean wait [h], simulated", GROSS, 5 / 6), None),
    ((5, 6, 1), Case("V17", f"{m_m_c(5, 6, 1)}: wait over 1 h, simulated", GROSS, 0.3065662), 1.0),
    ((6, 3, 3), Case("V17", f"{m_m_c(6, 3, 3)}: mean wait [h], simulated", GROSS, 4 / 27), None),
    ((6, 3, 3), Case("V17", f"{m_m_c(6, 3, 3)}: some wait, simulated", GROSS, 4 / 9), 0.0),
]


@pytest.mark.parametrize(
    ("given", "case", "limit"), V17_SIMULATED, ids=lambda x: getattr(x, "what", "")
)
def test_markovian_lanes(
    ledger: Ledger, given: tuple[float, float, int], case: Case, limit: float | None
) -> None:
    rate, service_rate, lanes = given
    queue = exponential(1 / rate), [exponential(1 / service_rate)], [lanes]
    same_on_simpy(*queue, seed=17)
    wait = waits(steady(*queue, seed=17, **SPAN))
    found = mean_of(wait if limit is None else wait > limit)
    ledger.settle(case, found.mean, found.half_width)


# ------------------------------------------------------------------------ V19: GI/G/4, load .9

SERVICE = 4 * 0.9
GI_G_4: list[tuple[str, Sampler, Sampler, float]] = [
    ("M/M", exponential(1), exponential(SERVICE), 0.79),
    ("D/M", constant(1), exponential(SERVICE), 0.67),
    ("H2(2.25)/M", hyperexponential(2.25, 1), exponential(SERVICE), 0.85),
    ("E4/M", erlang(4, 1), exponential(SERVICE), 0.71),
    ("M/D", exponential(1), constant(SERVICE), 0.78),
    ("M/H2(2.25)", exponential(1), hyperexponential(2.25, SERVICE), 0.79),
    ("E2/H2(2)", erlang(2, 1), hyperexponential(2, SERVICE), 0.76),
    ("D/H2(2)", constant(1), hyperexponential(2, SERVICE), 0.70),
]
V19 = [
    Case("V19", f"{kind}/4 at 90 % load: probability of waiting", WHITT, published, digits=3,
         tolerance=0.01)
    for kind, _, _, published in GI_G_4
]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "given"), list(zip(V19, GI_G_4, strict=True)), ids=lambda x: getattr(x, "what", "")
)
def test_four_lanes_of_any_kind(
    ledger: Ledger, case: Case, given: tuple[str, Sampler, Sampler, float]
) -> None:
    _, between, service, _ = given
    same_on_simpy(between, [service], [4], seed=19)
    late = []
    for seed in range(12):
        trace = steady(between, [service], [4], seed=190 + seed, replications=8, people=60_000)
        late.append(waits(trace, skip=10_000) > 1e-9)
    found = mean_of(np.concatenate(late))
    ledger.settle(case, found.mean, found.half_width)


CASES = [
    *V10.values(),
    *(case for case, _ in V17_EXACT),
    *(case for _, case, _ in V17_SIMULATED),
    *V19,
]
