"""Stations in a row, and queues without chance."""

import numpy as np
from model.days import a_flow, a_network, flow
from numpy.typing import NDArray
from validation.ledger import Case, Ledger
from validation.stations import Estimate, exponential, same_on_simpy

from returnsim.model.congestion import queues
from returnsim.model.kernel import replay
from returnsim.model.simulate import simulate
from returnsim.theory.queueing import fcfs_starts, fluid_queue

Floats = NDArray[np.float64]
KSL, QUEUECOMPUTER = "KSLBook, chapter 4", "queuecomputer, J. Stat. Softw. 95(5)"
MANNERING = "Mannering and Washburn"

# --------------------------------------------------------------------------- V9: two in a row

V9 = {
    "total": Case("V9", "M/M/1 after M/M/1: time in the system [min]", KSL, 18.132, 0.5, 3),
    "total exact": Case(
        "V9", "M/M/1 after M/M/1: time in the system [min]", "closed form", 18.0, digits=3
    ),
    "first": Case("V9", "M/M/1 after M/M/1: wait at the first [min]", KSL, 8.101, 0.457, 3),
    "first exact": Case(
        "V9", "M/M/1 after M/M/1: wait at the first [min]", "closed form", 8.0, digits=3
    ),
    "second": Case("V9", "M/M/1 after M/M/1: wait at the second [min]", KSL, 3.042, 0.12, 3),
    "second exact": Case(
        "V9", "M/M/1 after M/M/1: wait at the second [min]", "closed form", 3.0, digits=3
    ),
    "inside": Case("V9", "M/M/1 after M/M/1: people in the system", KSL, 3.04, 0.093, 3),
    "busy 1": Case(
        "V9", "M/M/1 after M/M/1: utilisation of the first", "closed form", 2 / 3, digits=3
    ),
    "busy 2": Case(
        "V9", "M/M/1 after M/M/1: utilisation of the second", "closed form", 0.5, digits=3
    ),
}
WARM, END = 5_000.0, 20_000.0
"""The experiment of the source: minutes that are thrown away, and its end."""


def overlap(since: Floats, until: Floats) -> Floats:
    """Mean number of people between two of their moments, over the time that counts."""
    length = np.clip(until, WARM, END) - np.clip(since, WARM, END)
    number: Floats = np.nansum(length, axis=1) / (END - WARM)
    return number


def test_two_stations_in_a_row(ledger: Ledger) -> None:
    same_on_simpy(exponential(6.0), [exponential(4.0), exponential(3.0)], [1, 1], seed=9)
    rng = np.random.default_rng(9)
    replications, people = 200, 3_800
    starts = rng.exponential(6.0, (replications, people)).cumsum(axis=1)
    assert (starts[:, -1] > END).all()
    starts[starts > END] = np.nan
    services = rng.exponential(1.0, (replications, people, 2)) * [4.0, 3.0]
    trace = flow([1, 1], starts, services)
    counted = (trace.ended[..., 1] >= WARM) & (trace.ended[..., 1] <= END)
    wait = trace.began - trace.arrived

    def mean(values: Floats) -> Estimate:
        return Estimate.of(np.nanmean(np.where(counted, values, np.nan), axis=1))

    found = {
        "total": mean(trace.ended[..., 1] - starts),
        "first": mean(wait[..., 0]),
        "second": mean(wait[..., 1]),
        "inside": Estimate.of(overlap(starts, trace.ended[..., 1])),
        "busy 1": Estimate.of(overlap(trace.began[..., 0], trace.ended[..., 0])),
        "busy 2": Estimate.of(overlap(trace.began[..., 1], trace.ended[..., 1])),
    }
    for name, estimate in found.items():
        ledger.settle(V9[name], estimate.mean, estimate.half_width)
        if f"{name} exact" in V9:
            ledger.settle(V9[f"{name} exact"], estimate.mean, estimate.half_width)


# ------------------------------------------------------------------------------- V15: a trace

ARRIVALS = np.array([0.397, 1.02, 1.10, 1.17, 1.40, 2.92, 3.57, 3.85, 4.36, 4.43])
SERVICES = np.array([0.422, 2.18, 3.22, 0.558, 0.595, 0.977, 0.210, 0.308, 1.11, 0.774])
DEPARTURES = np.array([0.820, 3.20, 4.31, 3.76, 4.35, 5.29, 4.56, 4.87, 5.98, 6.07])
WAITS = np.array([0, 0, 0, 2.03, 2.36, 1.39, 0.781, 0.706, 0.512, 0.856])
V15 = [
    Case("V15", f"ten people at two lanes: largest error of {what}", QUEUECOMPUTER, 0.0,
         digits=3, tolerance=0.0115)
    for what in ("departures", "waits")
]  # fmt: skip


def test_a_published_trace(ledger: Ledger) -> None:
    """Printed to three digits, so that sums of them may be off by one in the second decimal."""
    path = a_flow([2], ARRIVALS[None, :], SERVICES[None, :, None])
    computed, told = replay(path), simulate(path)
    np.testing.assert_array_equal(computed.began, told.began)
    began = computed.began[0, :, 0]
    np.testing.assert_array_equal(began, fcfs_starts(ARRIVALS, SERVICES, 2))
    ledger.settle(V15[0], float(np.abs(began + SERVICES - DEPARTURES).max()))
    ledger.settle(V15[1], float(np.abs(began - ARRIVALS - WAITS).max()))


# ------------------------------------------------------------------------------ V16: no chance

V16 = {
    name: Case("V16", f"480 an hour for 20 min, then 120; 15 s each: {what}", MANNERING,
               published, digits=0, simulated=False)
    for name, what, published in (
        ("longest", "longest queue", 80),
        ("clears", "queue gone after [min]", 60),
        ("delay", "total wait [min]", 2400),
        ("mean", "mean wait of the 240 [min]", 10),
        ("worst", "longest wait [min]", 20),
        ("fluid", "longest queue of the fluid", 80),
        ("fluid delay", "total wait of the fluid [min]", 2400),
    )
}  # fmt: skip


def test_a_gate_without_chance(ledger: Ledger) -> None:
    starts = np.concatenate([7.5 * np.arange(160), 1200 + 30.0 * np.arange(80)])[None, :]
    services = np.full((1, 240, 1), 15.0)
    path = a_flow([1], starts, services)
    trace = replay(path)
    np.testing.assert_array_equal(trace.began, simulate(path).began)
    wait = (trace.began - trace.arrived)[0, :, 0]
    longest = queues(trace, np.array([1]))[0, 0, 0]
    assert a_network([1], 1).gates == ("gate",)
    ledger.settle(V16["longest"], float(longest))
    last = trace.began[0, np.flatnonzero(wait > 0)[-1], 0]
    ledger.settle(V16["clears"], float(last + 15.0) / 60)
    ledger.settle(V16["delay"], float(wait.sum()) / 60)
    ledger.settle(V16["mean"], float(wait.mean()) / 60)
    ledger.settle(V16["worst"], float(wait.max()) / 60)
    fluid = fluid_queue(np.array([8.0] * 20 + [2.0] * 60), np.full(80, 4.0))
    ledger.settle(V16["fluid"], float(fluid.max()))
    ledger.settle(V16["fluid delay"], float(fluid.sum()))


CASES = [*V9.values(), *V15, *V16.values()]
