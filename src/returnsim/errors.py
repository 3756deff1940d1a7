"""Errors that are the user's to mend, as opposed to bugs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from returnsim.wording import known, say


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file: where, what, and with which values."""

    where: str
    """Path inside the file, places by name: ``gates.east.opens``."""
    code: str
    """Key of the sentence that explains it, in ``words/*/problems.toml``."""
    values: dict[str, Any] = field(default_factory=dict)
    """What the sentence is filled with."""

    def text(self, lang: str) -> str:
        """Explain the problem in one line."""
        sentence = say(f"problem.{self.code}", lang, **self.values)
        return f"{self.where}: {sentence}" if self.where else sentence

    def under(self, prefix: str) -> "Problem":
        """Place the problem inside a larger structure."""
        where = ".".join(part for part in (prefix, self.where) if part)
        return Problem(where, self.code, self.values)


class Problems(ValueError):
    """Several problems that one check found together; raised inside validators."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        told = (p.text("en") if known(f"problem.{p.code}", "en") else p.code for p in self.problems)
        super().__init__("; ".join(told))


class ReturnSimError(Exception):
    """The command line prints its message and no traceback, and exits with its status."""

    status = 2

    def text(self, lang: str) -> str:
        """Explain the error in the reader's language."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.text("en")


class InputError(ReturnSimError):
    """A file that cannot be used, with every problem found in it."""

    def __init__(self, path: Path | str, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__(str(path))

    def text(self, lang: str) -> str:
        """Name the file, count its problems and list them all."""
        head = say("error.input", lang, path=self.path, n=len(self.problems))
        return "\n".join([head, *(f"  {p.text(lang)}" for p in self.problems)])


class InfeasibleError(ReturnSimError):
    """No plan meets the limits; the reasons say which limit is missed and by how much."""

    status = 3

    def __init__(self, reasons: Sequence[Problem]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("infeasible")

    def text(self, lang: str) -> str:
        """List what stands in the way."""
        head = say("error.infeasible", lang, n=len(self.reasons))
        return "\n".join([head, *(f"  {r.text(lang)}" for r in self.reasons)])
