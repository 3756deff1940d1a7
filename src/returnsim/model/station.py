"""A place with parallel lanes and one first-come-first-served queue."""

from collections import deque

import simpy
from simpy.events import PENDING


class Visit(simpy.Event):
    """One person at one station; it occurs when the service ends.

    It costs SimPy a single event. The station begins it, at once or when a lane is free,
    by scheduling it `service` seconds ahead.
    """

    def __init__(self, env: simpy.Environment, ticket: int, service: float) -> None:
        super().__init__(env)
        self.ticket = ticket
        self.service = service

    def begin(self) -> None:
        """Schedule the end of the service."""
        self._ok = True
        self._value = None
        self.env.schedule(self, delay=self.service)

    @property
    def waiting(self) -> bool:
        """Whether the service has not begun."""
        return self._value is PENDING


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

    def serve(self, ticket: int, service: float) -> Visit:
        """Join the queue; the visit returned occurs when the service ends.

        Parameters
        ----------
        ticket
            Where in the record this visit is noted down.
        service
            How long it takes once begun [s].
        """
        visit = Visit(self._env, ticket, service)
        visit.callbacks.append(self._leave)
        self._arrived[ticket] = self._env.now
        self._began[ticket] = self._ended[ticket] = float("inf")
        if self._busy < self._open:
            self._begin(visit)
        else:
            self._queue.append(visit)
        return visit

    def staff(self, lanes: int) -> None:
        """From now on, keep this many lanes open."""
        self._open = lanes
        self._admit()

    def _begin(self, visit: Visit) -> None:
        self._busy += 1
        self._began[visit.ticket] = self._env.now
        visit.begin()

    def _leave(self, visit: simpy.Event) -> None:
        assert isinstance(visit, Visit)
        self._ended[visit.ticket] = self._env.now
        self._busy -= 1
        self._admit()

    def _admit(self) -> None:
        while self._queue and self._busy < self._open:
            self._begin(self._queue.popleft())
