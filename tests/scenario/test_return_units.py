"""Who comes back together, as a scenario chooses."""

from typing import Any

import pytest
from builders import a_class, a_grade, a_scenario
from pydantic import ValidationError

from returnsim.scenario.scenario import Scenario
from returnsim.scenario.units import return_units


def school(return_by: str, **groups: str) -> Scenario:
    """Three grades of two levels, two classes each."""
    levels = {"9": "junior", "8": "junior", "6": "primary"}
    return a_scenario(
        grades=[a_grade(name, level=level) for name, level in levels.items()],
        classes=[
            a_class(name, grade=g, pupils=10 + n, boarders=n, group=groups.get(name))
            for g in ("8", "9", "6")
            for n, name in enumerate((f"{g}a", f"{g}b"))
        ],
        limits={"return_by": return_by},
    )


@pytest.mark.parametrize(
    ("return_by", "expected"),
    [
        ("school", ["9a 9b 8a 8b 6a 6b"]),
        ("level", ["9a 9b 8a 8b", "6a 6b"]),
        ("grade", ["9a 9b", "8a 8b", "6a 6b"]),
        ("class", ["9a", "9b", "8a", "8b", "6a", "6b"]),
        ("group", ["9a 8b", "9b", "8a", "6a 6b"]),
    ],
)
def test_units_are_in_the_order_of_the_grades(return_by: str, expected: list[str]) -> None:
    groups = {"9a": "A", "8b": "A", "9b": "B"}
    units = return_units(school(return_by, **groups))
    assert [" ".join(c.name for c in unit.classes) for unit in units] == expected
    assert sum(unit.pupils for unit in units) == 63
    assert sum(unit.boarders for unit in units) == 3


def test_grades_are_units_unless_the_scenario_says_otherwise() -> None:
    assert a_scenario().limits.return_by == "grade"
    assert [unit.grades for unit in return_units(a_scenario())] == [("nine",), ("eight",)]


def test_a_unit_names_the_grades_it_is_of() -> None:
    [whole] = return_units(school("school"))
    assert whole.grades == ("9", "8", "6")


@pytest.mark.parametrize("groups", [{}, {"9a": "A"}])
def test_groups_are_asked_for_where_they_decide(groups: dict[str, Any]) -> None:
    if groups:
        assert len(return_units(school("group", **groups))) == 4
    else:
        with pytest.raises(ValidationError, match="no class has a group"):
            school("group")
