"""How long the search may take, for those who asked for a deadline."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Watch:
    """Says when the time is up; never, unless there is a limit."""

    limit: float | None = None
    """Seconds from the beginning."""
    began: float = field(default_factory=time.monotonic)

    def left(self) -> float | None:
        """Seconds left, none for no limit."""
        if self.limit is None:
            return None
        return max(0.0, self.began + self.limit - time.monotonic())

    def expired(self) -> bool:
        """Whether the time is up."""
        left = self.left()
        return left is not None and left <= 0.0
