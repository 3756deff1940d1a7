"""Who may return, from which day on, and which papers are still missing.

A person's record says what is known when the list is written; a later day changes nothing but
the day itself. So whoever may return on one day may return on every later one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal

from returnsim.reading import check, load
from returnsim.scenario.people import Hold
from returnsim.scenario.quantities import Celsius, Count, Flag, Sourced
from returnsim.scenario.roster_person import Person

Reason = Literal["not approved", "isolation", "risk area", "symptoms", "papers missing"]


class Condition(StrEnum):
    """Something that keeps a person at home; those first in this list explain a hold."""

    VISITOR = "visitor"
    BARRED = "barred"
    RISK_AREA = "risk_area"
    ISOLATION = "isolation"
    SYMPTOMS = "symptoms"
    HOME_DAYS = "home_days"
    AREA_UNKNOWN = "area_unknown"
    HOME_UNKNOWN = "home_unknown"
    CERTIFICATE = "certificate"
    PROOF = "proof"
    MOVEMENT_REPORT = "movement_report"
    REPORT_APPROVAL = "report_approval"
    DECLARATION_CARD = "declaration_card"
    DECLARATION_FORM = "declaration_form"
    APPROVAL = "approval"


REASONS: dict[Condition | None, Reason] = {
    Condition.VISITOR: "not approved",
    Condition.BARRED: "not approved",
    Condition.RISK_AREA: "risk area",
    Condition.ISOLATION: "isolation",
    Condition.SYMPTOMS: "symptoms",
    Condition.HOME_DAYS: "isolation",
    Condition.REPORT_APPROVAL: "not approved",
    Condition.APPROVAL: "not approved",
}
RANK = {condition: rank for rank, condition in enumerate(Condition)}
ONE_DAY = timedelta(days=1)


class EligibilityRules(Sourced):
    """What a rulebook asks of everybody who returns; the defaults are those of township-2020."""

    symptom_free_days: Count
    """Days without symptoms before the return; the plan leaves the number open."""
    home_days: Count = 14
    """Days at home without anomaly before the return."""
    fever_celsius: Celsius | None = None
    """A reading on the list from which on somebody counts as ill; none: readings do not count."""
    isolation_restarts_home_days: Flag = False
    """Whether the days at home count only from the day after an isolation."""
    area_known: Flag = True
    """Whether nobody returns whose stay in a risk area is not ruled out or recorded."""
    certificate_after_risk_area: Flag = True
    report_from_other_prefecture: Flag = True
    proof_when_supervised: Flag = True
    form_from_other_county: Flag = True
    declaration_card: Flag = True
    approval: Flag = True


@dataclass(frozen=True, slots=True)
class Eligibility:
    """From when on a person may return, or what is in the way."""

    day: date | None
    """First day; none while something is missing, `date.min` when nothing need be waited for."""
    missing: tuple[Condition, ...]
    """What no day will settle: a paper, the end of an isolation, an approval."""
    waiting: tuple[tuple[Condition, date], ...]
    """What a day will settle, and which."""

    def on(self, day: date) -> bool:
        """Whether the person may return on a day."""
        return self.day is not None and self.day <= day

    @property
    def condition(self) -> Condition | None:
        """What keeps them longest; none when nothing does."""
        if self.missing:
            return min(self.missing, key=RANK.__getitem__)
        if self.waiting:
            return min(self.waiting, key=lambda w: (-w[1].toordinal(), RANK[w[0]]))[0]
        return None

    @property
    def reason(self) -> Reason:
        """What keeps them longest, in the words of a scenario's holds."""
        if self.condition is Condition.HOME_DAYS and self.missing:
            return "papers missing"  # nobody has written when they began
        return REASONS.get(self.condition, "papers missing")


def earliest(person: Person, rules: EligibilityRules) -> Eligibility:
    """Find the first day on which a person may return."""
    found = list(_conditions(person, rules))
    missing = tuple(condition for condition, day in found if day is None)
    waiting = tuple((condition, day) for condition, day in found if day is not None)
    day = None if missing else max((day for _, day in waiting), default=date.min)
    return Eligibility(day, missing, waiting)


def may_return(person: Person, day: date, rules: EligibilityRules) -> bool:
    """Whether a person may return on a day."""
    return earliest(person, rules).on(day)


def _conditions(person: Person, rules: EligibilityRules) -> Iterator[tuple[Condition, date | None]]:
    """Everything in a person's way, with the day that settles it; none if no day does."""
    if person.role == "visitor":
        yield Condition.VISITOR, None
    if person.barred:
        yield Condition.BARRED, None
    yield from _area(person, rules)
    if person.isolated or person.isolation_start or person.isolation_end:
        end = _not_before(person.isolation_start, person.isolation_end)
        yield Condition.ISOLATION, None if end is None else end + ONE_DAY
    yield from _health(person, rules)
    yield from _papers(person, rules)
    if rules.declaration_card:
        if not (person.declaration_card or person.declaration_card_on):
            yield Condition.DECLARATION_CARD, None
        elif person.declaration_card_on:
            yield Condition.DECLARATION_CARD, person.declaration_card_on + ONE_DAY
    if rules.approval and not person.approved:
        yield Condition.APPROVAL, None


def _area(person: Person, rules: EligibilityRules) -> Iterator[tuple[Condition, date | None]]:
    if person.area is None and rules.area_known:
        yield Condition.AREA_UNKNOWN, None
    if person.area == "risk" or (person.area == "lifted" and person.lifted_on):
        yield Condition.RISK_AREA, person.lifted_on
    concerned = rules.certificate_after_risk_area and person.area in ("risk", "lifted")
    if concerned and not person.certificate:
        yield Condition.CERTIFICATE, None


def _health(person: Person, rules: EligibilityRules) -> Iterator[tuple[Condition, date | None]]:
    warm = rules.fever_celsius is not None and (
        person.temperature_celsius is not None and person.temperature_celsius >= rules.fever_celsius
    )
    if person.symptoms or person.symptoms_onset or person.symptoms_clear or warm:
        clear = _not_before(person.symptoms_onset, person.symptoms_clear)
        wait = timedelta(days=rules.symptom_free_days)
        yield Condition.SYMPTOMS, None if clear is None else clear + wait
    if rules.home_days:
        since = person.home_observation_from
        restarts = [person.anomaly_on]
        if rules.isolation_restarts_home_days:
            restarts.append(person.isolation_end)
        begins = None
        if since is not None:
            begins = max(since, *(d + ONE_DAY for d in restarts if d is not None), date.min)
        days = timedelta(days=rules.home_days)
        yield Condition.HOME_DAYS, None if begins is None else begins + days


def _papers(person: Person, rules: EligibilityRules) -> Iterator[tuple[Condition, date | None]]:
    asks = rules.report_from_other_prefecture or rules.form_from_other_county
    if asks and person.scope is None:
        yield Condition.HOME_UNKNOWN, None
    if rules.report_from_other_prefecture and person.scope in ("province", "other"):
        if not person.movement_report:
            yield Condition.MOVEMENT_REPORT, None
        if not person.report_approved:
            yield Condition.REPORT_APPROVAL, None
    outside = person.scope in ("prefecture", "province", "other")
    if rules.form_from_other_county and outside and not person.declaration_form:
        yield Condition.DECLARATION_FORM, None
    if rules.proof_when_supervised and person.supervised and not person.proof:
        yield Condition.PROOF, None


def _not_before(start: date | None, end: date | None) -> date | None:
    """Take an end that lies before the beginning for none: it began anew."""
    return None if end is None or (start is not None and end < start) else end


def holds(
    people: Iterable[Person], rules: EligibilityRules, days: Sequence[date]
) -> dict[str, dict[date, int]]:
    """Count who may not return, by class and day; staff and visitors under an empty name."""
    held: dict[str, dict[date, int]] = {}
    for person in people:
        found = earliest(person, rules)
        of_class = held.setdefault(person.school_class, dict.fromkeys(days, 0))
        for day in of_class:
            of_class[day] += not found.on(day)
    return held


def scenario_holds(
    people: Iterable[Person],
    rules: EligibilityRules,
    *,
    first_day: date,
    source: str,
    unread: Mapping[str, int] | None = None,
    names: Mapping[str, str] | None = None,
) -> tuple[Hold, ...]:
    """Turn records into the holds of a scenario: how many of which class, why, and until when.

    Parameters
    ----------
    people
        The records; only pupils are held by class.
    rules
        What is asked of them.
    first_day
        First day of the calendar: whoever may come by then is not held.
    source
        Which list this was.
    unread
        Rows of each class that could not be read: who stands in them is not approved.
    names
        The scenario's name of each class of the list; classes without one keep their own.
    """
    groups: Counter[tuple[str, Reason, date | None]] = Counter()
    known = names or {}
    for person in people:
        found = earliest(person, rules)
        if person.role == "student" and not found.on(first_day):
            name = known.get(person.school_class, person.school_class)
            groups[name, found.reason, found.day] += 1
    for own, rows in (unread or {}).items():
        if rows:
            groups[known.get(own, own), "not approved", None] += rows
    order = {name: place for place, name in enumerate(dict.fromkeys(g[0] for g in groups))}
    listed = sorted(groups, key=lambda g: (order[g[0]], g[1], g[2] or date.max))
    return tuple(
        Hold.model_validate(
            {"class": g[0], "reason": g[1], "until": g[2], "pupils": groups[g], "source": source}
        )
        for g in listed
    )


def holds_toml(held: Iterable[Hold]) -> str:
    """Write holds as a scenario file reads them."""
    blocks = []
    for hold in held:
        lines = [
            "[[holds]]",
            f"class = {_quoted(hold.school_class)}",
            f"pupils = {hold.pupils}",
            f"reason = {_quoted(hold.reason)}",
            *([f"until = {hold.until.isoformat()}"] if hold.until else []),
            f"source = {_quoted(hold.source)}",
        ]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def read_rules(path: Path) -> EligibilityRules:
    """Read the rules of return from a TOML file.

    Raises
    ------
    InputError
        With every problem found in the file.
    """
    return check(path, load(path), EligibilityRules)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'  # names and texts of a scenario hold no control characters
