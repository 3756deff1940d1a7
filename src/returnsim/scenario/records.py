"""What has been signed and done, and what is done every day, for the clauses that ask it."""

from typing import Literal

from returnsim.scenario.quantities import AtLeastOne, Day, Flag, Frozen, Name, Sourced, Text


class Record(Frozen):
    """One duty of a plan document: a paper signed, a task done or fixed for a date."""

    clause: Name
    """Clause that asks for it, by its id in the rulebook."""
    on: Day
    """When it was signed or done, or is to be done."""
    done: Flag = True
    """False for what is scheduled but still to do."""
    count: AtLeastOne | None = None
    """How many (classes, sets, people ...); leave out when it is all that is owed."""
    by: Name | None = None
    """Role or office that signed or did it; never a person's name."""
    source: Text
    """The paper or list that shows it."""


class Routine(Sourced):
    """Something done on every school day."""

    what: Literal[
        "temperature check",
        "health report",
        "absence follow-up",
        "result report",
        "ventilation",
        "log entry",
    ]
    """What is done."""
    who: Literal[
        "everybody",
        "boarders",
        "day pupils",
        "kindergarten",
        "guards",
        "canteen staff",
        "staff",
        "people observed at home",
        "absentees",
        "rooms",
        "school",
    ]
    """To whom, or for what."""
    times_per_day: AtLeastOne
    """How often a day."""
    where: Literal["", "classroom", "dormitory", "canteen", "office"] = ""
    """At which doors, for checks before entering."""

    @property
    def kind(self) -> str:
        """The name by which a clause asks for it, such as "temperature check/boarders"."""
        return "/".join(part for part in (self.what, self.who, self.where) if part)
