"""How good something can be at best, and how far a plan is from it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """How good something is at best, and how far from that it is."""

    objective: float
    """What the plan has."""
    bound: float
    """No plan has less."""

    @property
    def gap(self) -> float:
        """Share of the objective that might still be saved."""
        if self.objective <= self.bound + 1e-9:
            return 0.0
        return (self.objective - self.bound) / self.objective

    @property
    def proven(self) -> bool:
        """Whether nothing better exists."""
        return self.gap == 0.0
