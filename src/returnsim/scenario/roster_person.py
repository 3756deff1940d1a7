"""One person, as far as the rules of return ask; no name and no number of any card."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Role = Literal["student", "teacher", "guard", "canteen", "cleaner", "other", "visitor"]
Scope = Literal["village", "county", "prefecture", "province", "other"]
"""The smallest of these around the school in which somebody stays; `other` is outside the
province, and `province` therefore means another prefecture of it."""
Area = Literal["none", "risk", "lifted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a list says of one person; `None` is what it does not say."""

    person: str
    """Pseudonym: class and number in the order of the list, such as ``七年级1班#3``."""
    role: Role = "student"
    grade: str = ""
    school_class: str = ""
    """Name of the class as the list writes it; empty for those who are in none."""
    boarder: bool | None = None
    scope: Scope | None = None
    """How far from the school they stay before the return."""
    area: Area | None = None
    """Whether they stay in, or come from, a risk area."""
    lifted_on: date | None = None
    """First day on which that area is none any more."""
    certificate: bool | None = None
    """Safety certificate of that area's command post."""
    isolated: bool | None = None
    """Whether they are, or were, under observation or isolation."""
    isolation_start: date | None = None
    isolation_end: date | None = None
    """Last day of it."""
    movement_report: bool | None = None
    report_approved: bool | None = None
    supervised: bool | None = None
    """Whether they are on the key-supervision list."""
    proof: bool | None = None
    """Health and safety proof of the command post where they are registered or live."""
    home_observation_from: date | None = None
    """First day at home under observation."""
    anomaly_on: date | None = None
    """Last day on which something was not well at home."""
    symptoms: bool | None = None
    symptoms_onset: date | None = None
    symptoms_clear: date | None = None
    """First day without symptoms."""
    temperature_celsius: float | None = None
    declaration_card: bool | None = None
    declaration_card_on: date | None = None
    """When it was issued; without it, before the list was written."""
    declaration_form: bool | None = None
    approved: bool | None = None
    barred: bool | None = None
    planned_return: date | None = None
    """When they mean to come, or were told to."""


PAPERS = (
    "certificate",
    "movement_report",
    "report_approved",
    "proof",
    "declaration_form",
    "approved",
)
SAID = ("yes", "not yet")
"""What may stand where a date is asked for."""
AS_READ = ("boarder", "scope", "supervised", "barred", "temperature_celsius")
Values = Mapping[str, Any]
"""What the cells of a row say, by what their columns hold."""


def facts(values: Values) -> dict[str, Any]:
    """Turn what the cells of a row say into what the rules ask.

    Where two cells disagree, the one that keeps somebody at home counts.
    """
    found = {key: values.get(key) for key in AS_READ}
    found |= {key: (values.get(key) or (None,))[0] for key in PAPERS}
    card, card_on = values.get("declaration_card") or (None, None)
    found |= {"declaration_card": card, "declaration_card_on": card_on}
    found |= {"planned_return": _day(values.get("planned_return"))}
    return found | _isolation(values) | _area(values) | _health(values)


def reversed_dates(found: Mapping[str, Any]) -> str:
    """Name the second of two dates that stand the wrong way round; empty when all is well."""
    for first, second in (
        ("isolation_start", "isolation_end"),
        ("symptoms_onset", "symptoms_clear"),
    ):
        if found[first] and found[second] and found[second] < found[first]:
            return second
    return ""


def _isolation(values: Values) -> dict[str, Any]:
    start, until = values.get("isolation_start") or (None, None)
    begun, ended = values.get("isolation_period") or (None, None)
    home, home_until = values.get("home_observation_from") or (None, None)
    ends = [until, ended, values.get("isolation_end")]
    home_ends = [home_until, values.get("home_end")]
    open_end = any(end in SAID for end in ends) or "not yet" in home_ends
    open_end |= any(said in SAID for said in (start, begun)) and not any(map(_day, ends))
    last = None if open_end else max(filter(None, map(_day, [*ends, *home_ends])), default=None)
    known = [start, begun, *ends, values.get("isolated"), values.get("health_code"), last]
    isolated = open_end or any(known)
    first = _day(start) or _day(begun) or (_day(home) if any(map(_day, home_ends)) else None)
    return {
        "isolated": True if isolated else values.get("isolated"),
        "isolation_start": first,
        "isolation_end": last,
        "home_observation_from": _day(home),
    }


def _area(values: Values) -> dict[str, Any]:
    area, lifted = values.get("area"), values.get("lifted_on")
    if lifted == "not yet" and area is None:
        area = "risk"
    elif lifted is not None and lifted != "not yet":
        area = "lifted"
    travel = values.get("travel")
    if travel == "risk" and area != "lifted":
        area = "risk"
    elif travel == "none" and area is None:
        area = "none"
    return {"area": area, "lifted_on": _day(lifted)}


def _health(values: Values) -> dict[str, Any]:
    onset, clear = values.get("symptoms_onset"), values.get("symptoms_clear")
    anomaly = values.get("anomaly_on")
    ill = bool(onset or clear or values.get("health") or values.get("test")) or anomaly in SAID
    return {
        "symptoms": True if ill else values.get("health"),
        "symptoms_onset": _day(onset),
        "symptoms_clear": _day(clear),
        "anomaly_on": _day(anomaly),
    }


def _day(value: Any) -> date | None:
    return value if isinstance(value, date) else None
