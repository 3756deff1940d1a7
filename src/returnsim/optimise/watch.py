"""How long the search may take, for those who set a deadline or cannot wait."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Watch:
    """Says when the time is up; never, unless there is a limit or a hurry."""

    limit: float | None = None
    """Seconds from the beginning."""
    began: float = field(default_factory=time.monotonic)
    hurried: Callable[[], bool] = lambda: False
    """Whether somebody asks for what there is, as by Ctrl-C."""
    noticed: float | None = field(default=None, init=False)
    """When the time was first found to be up."""

    def left(self) -> float | None:
        """Seconds left, none for no limit."""
        if self.hurried():
            return 0.0
        if self.limit is None:
            return None
        return max(0.0, self.began + self.limit - time.monotonic())

    def expired(self) -> bool:
        """Whether the time is up."""
        left = self.left()
        up = left is not None and left <= 0.0
        if up and self.noticed is None:
            self.noticed = time.monotonic()
        return up

    def overdue(self, seconds: float) -> bool:
        """Whether the time was found to be up so many seconds ago."""
        if not self.expired() or self.noticed is None:
            return False
        return time.monotonic() - self.noticed >= seconds
