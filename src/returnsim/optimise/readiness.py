"""Everything that a search needs compiled, before its time begins to count."""

from collections.abc import Callable

import numpy as np

from returnsim.experiment.abreast import Piece, abreast
from returnsim.experiment.workers import Jobs
from returnsim.model import kernel
from returnsim.model.binned import TOTALS
from returnsim.model.compiled import is_kept
from returnsim.optimise.cohort import Cohorts, Walkers
from returnsim.optimise.legal import Ground, Standing
from returnsim.optimise.proposals import Proposal
from returnsim.optimise.stage_play import Mornings, Queues
from returnsim.optimise.walk import Given, Walk, wander


def compile_all(jobs: Jobs) -> None:
    """Compile the kernel and the search, side by side the first time; or fetch them."""
    if not is_kept(wander):
        abreast([_aside(kernel.compile_now), _aside(compile_now)], jobs)
    kernel.compile_now()
    compile_now()


def _aside(compile_it: Callable[[], None]) -> Piece[None]:
    """Compile in a copy of the process: what is kept of it is there for all."""
    return lambda _: compile_it()


def compile_now() -> None:
    """Compile, or fetch from the cache: one class, one gate, one slot, one step, and no move."""
    given, walk = Given(_ground(), _mornings(), 1.0, 1.0, 0.0, False, np.ones(6)), _walk()
    none = np.zeros(1, np.int64)
    move = Proposal(none, none, none, none, np.zeros(1, np.bool_), np.zeros((1, 1, 1), np.int64))
    wander(np.random.default_rng(0), given, walk, move, 0, 1.0, (1.0, 1.0), True)


def _ground() -> Ground:
    one, lanes = np.zeros(1, np.int64), np.ones((1, 1, 1), np.int64)
    return Ground(
        allowed=np.ones((1, 1, 1), np.bool_),
        cells=np.zeros((1, 2), np.int64),
        cells_of=np.array([0, 1]),
        batch=one,
        reach=0,
        edges=np.zeros((1, 1, 1, 2), np.int64),
        staff_edges=np.array([[1, -1]]),
        stations=np.ones(1, np.int64),
        staffed=np.ones((1, 1), np.bool_),
        most=lanes,
        people=np.ones((1, 1)),
        there=np.ones(1),
        minutes=np.ones((1, 1, 1)),
        block_of=one,
        pupils=np.ones(1),
    )


def _mornings() -> Mornings:
    singles, one = np.zeros(0, np.float32), np.zeros(1, np.int64)
    walkers = Walkers(singles, singles, np.zeros(0, np.int8), np.zeros(0, np.int16))
    cohorts = Cohorts(
        amount=np.zeros((0, 1), np.float32),
        lumps=np.zeros((0, 5), np.int64),
        lumps_of=np.zeros((1, 1, 1, 2), np.int64),
        walkers=walkers,
        walkers_of=np.zeros((1, 1, 1, 3), np.int64),
        longest=np.zeros((1, 1, 1)),
        heeding=np.ones((1, 1, 1)),
    )
    return Mornings(
        cohorts=cohorts,
        staff=np.zeros((0, 2), np.int64),
        slot_steps=one,
        midnight=0,
        origin=0.0,
        dues=np.zeros(1),
        bells=np.ones(1),
        present=np.ones((1, 1), np.bool_),
        spans=np.zeros((1, 1, 4)),
        staff_spans=np.zeros((1, 1, 2)),
        asked=np.full((1, 1), -1),
        block_of=one,
        opened=np.ones((1, 1), np.bool_),
        stations=np.ones(1, np.int64),
        chain=np.ones(1, np.int64),
        queues=np.ones(1, np.int64),
        mean=np.ones((1, 1)),
        spread=np.ones((1, 1)),
    )


def _walk() -> Walk:
    def empty(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.zeros((*shape, 1), np.float32)

    def standing() -> Standing:
        zero, lanes = np.zeros(1, np.int64), np.ones((1, 1, 1), np.int64)
        return Standing(zero, zero.copy(), lanes, np.ones((1, 1, 1), np.int64))

    queues = Queues(
        inflow=empty(1, 1, 2, 1, 1),
        delay=empty(1, 1, 1, 1),
        past=empty(1, 1, 1, 2 + TOTALS),
        known=np.zeros((1, 1), np.bool_),
        lanes=np.zeros((1, 1, 1), np.int64),
        clocks=np.zeros((1, 1, 1, 6), np.float32),
        trial=empty(1, 1),
        state=empty(2 + TOTALS),
        room=empty(1, 1),
        rows=empty(6),
        limits=np.ones((1, 6)),
    )
    marks, nobody = np.zeros((2, 1)), np.zeros(1, np.int64)
    return Walk(standing(), queues, marks[0], marks[1], nobody, standing(), np.zeros(2))
