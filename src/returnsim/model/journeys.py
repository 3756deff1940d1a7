"""People on their way through the morning.

**Ties.** When several people reach the same station at the same instant, the one with the
lower number is first; lanes open and close before anybody moves, and whoever leaves a
lane does so before anybody joins the queue. The compiled kernel keeps the same order.
"""

from collections.abc import Generator, Iterable, Sequence
from typing import Any

import simpy
from simpy.events import NORMAL, URGENT

from returnsim.model.station import Station

AFTER_ALL = NORMAL + 1
"""SimPy handles what is due at one instant in the order of such numbers, smallest first."""
Process = Generator[simpy.Event, Any, None]
Step = tuple[int, int, float, float, float]
"""Number of the station, where in the record the visit is noted down, the moment before which
nobody sets out for it [s after midnight], walking before it [s], and the time the service
takes once begun [s]."""
Comer = tuple[float, int, list[Step]]
"""When somebody joins their first station [s], their number, and their steps."""


class Due(simpy.Event):
    """An event that is certain to occur, once it is scheduled.

    Event.__init__ is written out: this is done for everybody who comes.
    """

    def __init__(self, env: simpy.Environment) -> None:
        self.env = env
        self.callbacks = []
        self._value = None
        self._ok = True
        self._defused = False


class Turn(Due):
    """A moment at which a person joins a station, in the order in which ties are broken."""

    def __init__(self, env: simpy.Environment, priority: int, delay: float = 0.0) -> None:
        Due.__init__(self, env)
        env.schedule(self, AFTER_ALL + priority, delay)  # type: ignore[arg-type]


def arrive(
    env: simpy.Environment, comers: Iterable[Comer], stations: Sequence[Station], persons: int
) -> Process:
    """Let people come one after the other and go their way."""
    for joins, person, steps in comers:
        yield Turn(env, steps[0][0] * persons + person, joins - env.now)
        env.process(follow(env, person, steps, stations, persons))


def follow(
    env: simpy.Environment,
    person: int,
    steps: list[Step],
    stations: Sequence[Station],
    persons: int,
) -> Process:
    """Take each step in turn, waiting where there is a queue."""
    later = iter(steps)
    place, ticket, _, _, service = next(later)
    yield stations[place].serve(ticket, service)
    for place, ticket, leaves, travel, service in later:
        if env.now < leaves:
            yield from until(env, leaves)
        if travel:
            yield env.timeout(travel)
        if env.peek() <= env.now:  # somebody else moves at this very instant
            yield Turn(env, place * persons + person)
        yield stations[place].serve(ticket, service)


def until(env: simpy.Environment, moment: float) -> Process:
    """Wait until a moment, and wake up at that moment to the last bit.

    SimPy adds a delay to the present. The difference of two moments is exact while neither is
    more than twice the other (Sterbenz's lemma), and so is doubling: a long wait goes by
    doubling first.
    """
    while 0 < 2 * env.now < moment:
        yield env.timeout(env.now)
    yield env.timeout(moment - env.now)


def keep_open(env: simpy.Environment, station: Station, moment: float, lanes: int) -> None:
    """Let a station have this many lanes from a moment on."""
    change = Due(env)
    change.callbacks.append(lambda _: station.staff(lanes))
    env.schedule(change, URGENT, moment)
