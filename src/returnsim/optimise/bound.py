r"""How few minutes of duty any plan needs, worked out beside the search for one.

Lagrange's relaxation: everybody of grade c who is let in by some gate is worth :math:`\mu_c`
minutes. Everybody has to be let in, so that for every plan, with :math:`w_g` the least that
duty less worth can be at gate g (`returnsim.optimise.capacity`),

.. math:: \text{duty} \ge \sum_c \mu_c P_c + \sum_g w_g .

With :math:`\mu_c` the service that one of grade c takes at the quickest gate, this is the mere
work. A gate is idle before its first people have come, and for safety's sake now and then
later; so those it lets in may be worth a little more, and it still gains nothing. Where gates
are idle most of the time, what keeps them open counts for more (`returnsim.optimise.relaxation`).
"""

import math
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from subprocess import PIPE, Popen, TimeoutExpired

import numpy as np

from returnsim.optimise.capacity import Capacity
from returnsim.optimise.demand import Morning
from returnsim.optimise.relaxation import Relaxation
from returnsim.optimise.watch import Watch
from returnsim.plan.plan import ReturnDate, days_by_class
from returnsim.scenario.scenario import Scenario

WORTH = (1.0, 1.03)
"""What everybody is worth, over the service they take: tried one after the other."""
NODES = 50
"""Nodes of the solver for all gates together: what keeps gates open shows at the first."""
ROOM = 1.06
"""Duty that is reckoned with at most, over the work; where all plans need more, no more is said."""

LOOK = 0.2
"""Seconds between two looks at the clock while a bound is waited for."""


class DutyBound:
    """Looks for minutes of duty below which no plan keeps its limits; `best` only grows.

    Parameters
    ----------
    scenario, dates
        What is given, and when each grade comes back.
    watch
        Says when the time is up.
    told
        Called with every better bound [min].
    """

    def __init__(
        self,
        scenario: Scenario,
        dates: Sequence[ReturnDate],
        watch: Watch,
        told: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.scenario, self.dates, self.watch, self.told = scenario, dates, watch, told
        self.best = 0.0
        self.finished = False
        """Whether it was sought to the end."""
        self._aside: Popen[bytes] | None = None

    def begin(self, process: "Popen[bytes]") -> None:
        """Begin in a process that waits for it, as from `aside`."""
        self._aside = process
        assert process.stdin is not None
        with suppress(BrokenPipeError), process.stdin as given:
            pickle.dump((self.scenario, tuple(self.dates), self.watch.left()), given)
        process.stdin = None  # or `communicate` would flush what is closed

    def end(self, *, patient: bool = True) -> float:
        """Return the bound, finished unless there is no patience left."""
        if self._aside is None:
            if patient:
                self.seek()
            return self.best
        found, self.finished = self._told_aside(self._aside, patient=patient)
        self._aside = None
        for line in found.split():
            self.best = max(self.best, float(line))
        if patient and not self.finished and not self.watch.expired():
            self.seek()  # it has printed its traceback, and we shall have ours
        return self.best

    def _told_aside(self, process: Popen[bytes], *, patient: bool) -> tuple[bytes, bool]:
        """Everything that was found aside, and whether the search for it came to its end."""
        while patient and not self.watch.expired():
            with suppress(TimeoutExpired):
                found, _ = process.communicate(timeout=LOOK)
                return found, process.returncode == 0
        if process.poll() is None:
            process.kill()
        return process.communicate()[0], process.returncode == 0

    def seek(self) -> None:
        """Keep the gates open together; then raise what everybody is worth, gate by gate."""
        morning, people = Morning(self.scenario), self.people()
        gates = [Capacity(morning, i, people) for i in range(len(self.scenario.gates))]
        step = self._step(gates)
        self._together(morning, people, step)
        work = {
            name: min((g.work for g in gates if g.may_use(name)), default=0.0) for name in people
        }
        least = sum(people[name] * work[name] for name in people)
        most = _up(ROOM * least, step)
        for factor in WORTH:
            worth = {name: factor * minutes for name, minutes in work.items()}
            hoped = min(_up(factor * least, step), most + step)
            for below in lowest(gates, worth, most):
                self._found(min(_up(factor * least + below, step), most + step))
                if self.best >= hoped:
                    break
                if self.watch.expired():
                    return
        self.finished = True

    def _together(self, morning: Morning, people: Mapping[str, float], step: float) -> None:
        """Solve the programme of all gates, with lanes in parts and then whole."""
        relaxation = Relaxation(morning, people)
        for whole in (False, True):
            if self.watch.expired():
                return
            solution = relaxation.solve(
                whole=whole, nodes=NODES if whole else None, limit=self.watch.left()
            )
            if solution is None:
                return
            self._found(_up(solution.bound, step))
            relaxation.cut(solution)

    def _found(self, minutes: float) -> None:
        if minutes > self.best:
            self.best = minutes
            self.told(minutes)

    def people(self) -> Mapping[str, float]:
        """People of each grade who come by the gates on the day on which most do."""
        scenario, day_of = self.scenario, days_by_class(self.scenario, self.dates)
        names = [g.name for g in scenario.grades]
        best = dict.fromkeys(names, 0.0)
        for day in sorted(set(day_of.values())):
            found = dict.fromkeys(names, 0.0)
            for c in scenario.classes:
                back = day_of[c.name]
                if back <= day:
                    held = scenario.held(c.name, day)
                    lives_in = min(c.boarders, c.pupils - held) if back < day else 0
                    found[c.grade] += c.pupils - held - lives_in
            if sum(found.values()) > sum(best.values()):
                best = found
        return best

    @staticmethod
    def _step(gates: Sequence[Capacity]) -> float:
        """Minutes of which all duty is a multiple; a trifle if there are none."""
        minutes = np.array([m for gate in gates for _, m in gate.duty])
        whole = np.rint(minutes * 60).astype(np.int64)
        if not whole.size or not np.allclose(whole, minutes * 60):
            return 1e-9
        return int(np.gcd.reduce(whole)) / 60


@contextmanager
def aside() -> Iterator["Popen[bytes]"]:
    """Have a process load what a bound takes and wait for it, where a thread would hold us up.

    It has a session of its own, so that Ctrl-C does not reach it.
    """
    path = os.pathsep.join(p for p in sys.path if p)
    with Popen(
        [sys.executable, "-m", __name__],
        stdin=PIPE,
        stdout=PIPE,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def lowest(gates: Sequence[Capacity], worth: Mapping[str, float], duty: float) -> Iterator[float]:
    """Bound what all gates together are worse than idle, closer and closer.

    What is looked into next is the gate that may still be worst.
    """
    looking = dict(enumerate(gate.bounds(worth, duty) for gate in gates))
    found = [next(bounds) for bounds in looking.values()]
    while looking:
        yield sum(found)
        worst = min(looking, key=lambda i: found[i])
        better = next(looking[worst], None)
        if better is None:
            del looking[worst]
        else:
            found[worst] = better


def _up(minutes: float, step: float) -> float:
    """Round up to what duty can be."""
    return math.ceil(minutes / step - 1e-6) * step


def _wait_aside() -> None:
    """Seek a bound for what is given on standard input, and tell every better one."""
    try:
        scenario, dates, left = pickle.load(sys.stdin.buffer)
    except EOFError:  # whoever was to say for what has gone
        return

    def told(minutes: float) -> None:
        try:
            os.write(sys.stdout.fileno(), f"{minutes!r}\n".encode())
        except BrokenPipeError:  # whoever asked has gone, and nobody else wants to know
            sys.exit()

    DutyBound(scenario, dates, Watch(left), told).seek()


if __name__ == "__main__":
    _wait_aside()
