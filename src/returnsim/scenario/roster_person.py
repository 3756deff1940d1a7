"""One person, as far as the rules of return ask; no name and no number of any card."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

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
