"""Who comes back together: the classes that share a return date, as the scenario chooses."""

from dataclasses import dataclass

from returnsim.scenario.people import SchoolClass
from returnsim.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class ReturnUnit:
    """Classes that come back on one date."""

    classes: tuple[SchoolClass, ...]

    @property
    def grades(self) -> tuple[str, ...]:
        """Names of the grades that its classes belong to."""
        return tuple(dict.fromkeys(c.grade for c in self.classes))

    @property
    def pupils(self) -> int:
        """Pupils on the roll."""
        return sum(c.pupils for c in self.classes)

    @property
    def boarders(self) -> int:
        """How many of them live in."""
        return sum(c.boarders for c in self.classes)


def return_units(scenario: Scenario) -> tuple[ReturnUnit, ...]:
    """List who comes back together, in the order of the grades and of the classes in the file."""
    members: dict[tuple[str, str], list[SchoolClass]] = {}
    for grade in scenario.grades:
        for c in scenario.classes:
            if c.grade == grade.name:
                members.setdefault(_shared(scenario, c), []).append(c)
    return tuple(ReturnUnit(tuple(classes)) for classes in members.values())


def _shared(scenario: Scenario, c: SchoolClass) -> tuple[str, str]:
    """What a class has in common with those it comes back with, and with nobody else."""
    match scenario.limits.return_by:
        case "school":
            return ("school", "")
        case "level":
            return ("level", scenario.grade_of(c).level)
        case "class":
            return ("class", c.name)
        case "group" if c.group is not None:
            return ("group", c.group)
        case _:
            return ("grade", c.grade)
