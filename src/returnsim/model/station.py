"""A place with parallel lanes and one first-come-first-served queue."""

from collections import deque
from collections.abc import Callable, Sequence

import simpy
from simpy.events import NORMAL

INF = float("inf")
Callback = Callable[[simpy.Event], None]


class Visit(simpy.Event):
    """One person at one station; it occurs when the service ends.

    It costs SimPy a single event: the station schedules it `service` seconds ahead, at once
    or when a lane is free. Event.__init__ is written out here, as in SimPy's own Timeout,
    because this is done for every visit.
    """

    def __init__(
        self, env: simpy.Environment, leave: Callback, ticket: int, service: float
    ) -> None:
        self.env = env
        self.callbacks = [leave]  # the lane is free before the person moves on
        self._value = None
        self._ok = True
        self._defused = False
        self.ticket = ticket
        self.service = service


class Station:
    """Lanes that each serve one person at a time, while they are staffed.

    Lanes are alike, so only their number matters. When a lane closes, the person in it is
    served to the end; those in line wait for the lanes that are left, or for the next
    shift, or in vain.
    """

    def __init__(
        self, env: simpy.Environment, arrived: list[float], began: list[float], ended: list[float]
    ) -> None:
        self._env = env
        self._arrived, self._began, self._ended = arrived, began, ended
        self._open = 0
        self._busy = 0
        self._queue: deque[Visit] = deque()
        self.shares: Stock | None = None
        """Instruments that it has in common with other stations."""

    def serve(self, ticket: int, service: float) -> Visit:
        """Join the queue; the visit returned occurs when the service ends.

        Parameters
        ----------
        ticket
            Where in the record this visit is noted down.
        service
            How long it takes once begun [s].
        """
        visit = Visit(self._env, self._leave, ticket, service)
        self._arrived[ticket] = self._env.now
        if self._busy < self._open and (self.shares is None or self.shares.left > 0):
            self._begin(visit)
        else:
            self._began[ticket] = self._ended[ticket] = INF
            self._queue.append(visit)
        return visit

    def staff(self, lanes: int) -> None:
        """From now on, keep this many lanes open."""
        self._open = lanes
        self._admit()

    @property
    def head(self) -> float:
        """When whoever could be served next joined the queue [s]; infinite for nobody."""
        if not self._queue or self._busy >= self._open:
            return INF
        return self._arrived[self._queue[0].ticket]

    def admit_head(self) -> None:
        """Serve whoever is first in line."""
        self._begin(self._queue.popleft())

    def _begin(self, visit: Visit) -> None:
        env = self._env
        self._busy += 1
        if self.shares is not None:
            self.shares.left -= 1
        self._began[visit.ticket] = now = env.now
        self._ended[visit.ticket] = now + visit.service
        env.schedule(visit, NORMAL, visit.service)

    def _leave(self, _: simpy.Event) -> None:
        self._busy -= 1
        if self.shares is not None:
            self.shares.left += 1
            self.shares.admit()
        elif self._queue:
            self._admit()

    def _admit(self) -> None:
        if self.shares is not None:
            self.shares.admit()
            return
        while self._queue and self._busy < self._open:
            self._begin(self._queue.popleft())


class Stock:
    """Instruments that several stations have between them.

    One that comes free goes to whoever has waited longest of those with a free lane; of two
    who joined at the same instant, to the one at the station with the lower number.
    """

    def __init__(self, number: int, stations: Sequence[Station]) -> None:
        self.left = number
        self._stations = stations
        for station in stations:
            station.shares = self

    def admit(self) -> None:
        """Serve those who can be served now."""
        while self.left > 0:
            longest = min(self._stations, key=lambda s: s.head)
            if longest.head == INF:
                return
            longest.admit_head()
