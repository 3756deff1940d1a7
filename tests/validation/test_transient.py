"""A morning is no steady state: queues that come and go, against the forward equations.

Each number is found three ways: by the equations, which the test solves; on the kernel, many
times over; and, for fewer mornings, on SimPy, to the same last bit.
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest
from model.days import SEVEN, Lanes, a_flow
from numpy.typing import NDArray
from validation import kolmogorov
from validation.arrivals import poisson, rate_at
from validation.ledger import Case, Ledger

from returnsim.model.congestion import queues
from returnsim.model.kernel import replay
from returnsim.model.simulate import simulate
from returnsim.model.trace import Trace
from returnsim.theory.estimation import Estimate

Floats = NDArray[np.float64]
MINUTE = 60.0
FORWARD = "Kolmogorov's forward equations"
RUNS = 10_000
"""Mornings; a row is missed by chance once in ten thousand such studies (twice 95 %)."""


def clock(minutes: float) -> float:
    """Turn minutes after seven into seconds after midnight."""
    return SEVEN + MINUTE * minutes


def there(trace: Trace, minutes: float) -> Floats:
    """People at the station at a moment, waiting or served, by replication."""
    now = clock(minutes)
    return ((trace.arrived <= now) & (trace.ended > now)).sum(axis=(1, 2)).astype(float)


def more_wait(trace: Trace, minutes: float, limit: int) -> Floats:
    """Whether more than so many wait at a moment, by replication."""
    now = clock(minutes)
    queue = ((trace.arrived <= now) & (trace.began > now)).sum(axis=(1, 2))
    return (queue > limit).astype(float)


def plays(
    lanes: Lanes, mean_minutes: float, come: Callable[[np.random.Generator, int], Floats]
) -> tuple[Trace, ...]:
    """Play mornings at one station with exponential services, in blocks of a thousand."""
    blocks = []
    for seed in range(RUNS // 1_000):
        rng = np.random.default_rng((3, seed))
        starts = clock(come(rng, 1_000))
        services = rng.exponential(MINUTE * mean_minutes, (*starts.shape, 1))
        blocks.append(replay(a_flow([lanes], starts, services)))
    some = a_flow([lanes], starts[:10], services[:10])
    np.testing.assert_array_equal(simulate(some).began, blocks[-1].began[:10])
    return tuple(blocks)


def settle(ledger: Ledger, case: Case, samples: Sequence[Floats], solved: float) -> None:
    """Hold the page to the equations, and the stations to the page."""
    assert round(solved, case.digits) == case.published
    found = Estimate.of(np.concatenate(samples))
    ledger.settle(case, found.mean, found.half_width)


# ------------------------------------------------------- a school morning, lanes by shift

CORNERS, RATES = (0.0, 30.0, 60.0), (0.0, 12.0, 0.0)
"""360 people in an hour, most of them about half past seven [min after seven, people a minute]."""
SHIFTS = ((0.0, 2), (20.0, 4), (45.0, 2))
SERVICE = 1 / 3
PLACES = 20
MORNING = "M(t)/M/c, 360 people from 7:00 to 8:00 at 2, 4, 2 lanes"
MORNING_CASES = {
    (minutes, what): Case(
        "T1", f"{MORNING}: {words} at 7:{minutes}", FORWARD, published, digits=digits
    )
    for minutes, number, risk in (
        (15, 4.615, 0.0006),
        (19, 9.842, 0.0386),
        (30, 9.419, 0.0373),
        (40, 5.483, 0.0193),
        (50, 3.531, 0.0017),
    )
    for what, words, published, digits in (
        ("there", "people there", number, 3),
        ("wait", f"more than {PLACES} wait", risk, 4),
    )
}
EVER = Case("T1", f"{MORNING}: more than {PLACES} wait at some moment", FORWARD, 0.2886)


def rate(minutes: float) -> float:
    return rate_at(CORNERS, RATES, minutes)


@cache
def mornings() -> tuple[Trace, ...]:
    lanes = [(clock(moment), lanes) for moment, lanes in SHIFTS]
    return plays(lanes, SERVICE, lambda rng, runs: poisson(CORNERS, RATES, runs, rng))


def test_a_school_morning_whose_lanes_change_by_shift(ledger: Ledger) -> None:
    at = sorted({minutes for minutes, _ in MORNING_CASES})
    laws = kolmogorov.lanes_by_shift(rate, 1 / SERVICE, SHIFTS, at, longest=120)
    for minutes, law in zip(at, laws, strict=True):
        served, waiting = np.indices(law.shape)
        settle(
            ledger,
            MORNING_CASES[minutes, "there"],
            [there(trace, minutes) for trace in mornings()],
            float((law * (served + waiting)).sum()),
        )
        settle(
            ledger,
            MORNING_CASES[minutes, "wait"],
            [more_wait(trace, minutes, PLACES) for trace in mornings()],
            float(law[waiting > PLACES].sum()),
        )


def test_the_risk_that_its_queue_is_ever_too_long(ledger: Ledger) -> None:
    """As `crowded_days` counts it, by the measure that a study uses."""
    [law] = kolmogorov.lanes_by_shift(
        rate, 1 / SERVICE, SHIFTS, [90.0], longest=PLACES, stop_above=PLACES
    )
    longest = [queues(trace, np.array([PLACES]))[0, :, 0] for trace in mornings()]
    settle(ledger, EVER, [(q > PLACES).astype(float) for q in longest], float(law[:, -1].sum()))


# ------------------------------------------------------------------- one class of n pupils

PUPILS, TWO = 45, 2
WITHIN = 10.0
"""Minutes in which they come, all moments as likely."""
PACE = 0.2
"""Or: how many of those still to come do so a minute."""
FEW = 10
UNIFORM = f"one class of {PUPILS} within 10 min, 40 s each at {TWO} lanes"
FADING = f"one class of {PUPILS}, each after an exponential time of mean 5 min, 30 s at {TWO} lanes"
CLASS_CASES = {
    (words, minutes, what): Case(
        "T2", f"{words}: {said} after {minutes} min", FORWARD, published, digits=digits
    )
    for words, rows in (
        (UNIFORM, ((5, 9.476, 0.2418), (8, 14.031, 0.6194), (12, 11.101, 0.4037))),
        (FADING, ((2, 7.932, 0.1137), (5, 9.750, 0.2897), (8, 6.040, 0.1060))),
    )
    for minutes, number, risk in rows
    for what, said, published, digits in (
        ("there", "pupils there", number, 3),
        ("wait", f"more than {FEW} wait", risk, 4),
    )
}


@pytest.mark.parametrize("words", [UNIFORM, FADING])
def test_one_class(ledger: Ledger, words: str) -> None:
    at = [minutes for text, minutes, what in CLASS_CASES if (text, what) == (words, "there")]
    if words == UNIFORM:
        mean = 2 / 3
        laws = kolmogorov.one_class_uniform(PUPILS, WITHIN, 1 / mean, TWO, at)
        played = plays(TWO, mean, lambda rng, runs: rng.uniform(0, WITHIN, (runs, PUPILS)))
    else:
        mean = 1 / 2
        laws = kolmogorov.one_class_memoryless(PUPILS, PACE, 1 / mean, TWO, at)
        played = plays(TWO, mean, lambda rng, runs: rng.exponential(1 / PACE, (runs, PUPILS)))
    for minutes, law in zip(at, laws, strict=True):
        number = np.arange(law.size)
        settle(
            ledger,
            CLASS_CASES[words, minutes, "there"],
            [there(trace, minutes) for trace in played],
            float((law * number).sum()),
        )
        settle(
            ledger,
            CLASS_CASES[words, minutes, "wait"],
            [more_wait(trace, minutes, FEW) for trace in played],
            float(law[number > TWO + FEW].sum()),
        )


# ------------------------------------------------------------ are the equations themselves right


def test_the_equations_settle_down_to_the_closed_form() -> None:
    """M/M/3 after a long time: nobody waits with probability 5/9 (Gross and Harris)."""
    [law] = kolmogorov.lanes_by_shift(lambda _: 6.0, 3.0, [(0.0, 3)], [30.0], longest=60)
    assert law[:3].sum() == pytest.approx(5 / 9, abs=1e-6)


def test_two_ways_of_solving_one_class_agree() -> None:
    """Nobody is served: how many are there is binomial."""
    for solve, share in (
        (kolmogorov.one_class_uniform, 0.3),
        (kolmogorov.one_class_memoryless, 1 - np.exp(-0.2 * 3.0)),
    ):
        [law] = solve(12, 10.0 if solve is kolmogorov.one_class_uniform else 0.2, 0.0, 1, [3.0])
        mean = (law * np.arange(13)).sum()
        variance = (law * np.arange(13) ** 2).sum() - mean**2
        assert mean == pytest.approx(12 * share, rel=1e-6)
        assert variance == pytest.approx(12 * share * (1 - share), rel=1e-6)


def test_whoever_is_in_a_lane_that_closes_is_served_to_the_end() -> None:
    """Both lanes close while both are busy: each is free after a minute with 1 - 1/e."""
    rate, shifts = (lambda t: 50.0 if t < 1 else 0.0), [(0.0, 2), (1.0, 0)]
    _, law = kolmogorov.lanes_by_shift(rate, 1.0, shifts, [1.0, 2.0], longest=120)
    assert law[0].sum() == pytest.approx((1 - np.exp(-1)) ** 2, abs=1e-6)
    assert law[0, 0] == pytest.approx(0.0, abs=1e-6)  # the others wait for ever


CASES = [*MORNING_CASES.values(), EVER, *CLASS_CASES.values()]
