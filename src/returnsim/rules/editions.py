"""Several rulebooks side by side: what differs, what contradicts, and what is out of date.

Every clause is judged by itself, so where two books ask for different numbers of the same
thing the stricter one decides; here the contradiction is found, so that it can be shown.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from returnsim.rules.quantity import Quantity
from returnsim.rules.rulebook import Clause, Rulebook
from returnsim.scenario.scenario import Scenario
from returnsim.wording import known, say


class Editions(NamedTuple):
    """What distinguishes two books, by the ids of clauses in the books' order."""

    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    changed: tuple[str, ...]
    """In both, but not the same."""


def editions_differ(a: Rulebook, b: Rulebook) -> Editions:
    """Compare two editions of a book, clause by clause."""
    first, second = ({c.id: c for c in book.clauses} for book in (a, b))
    return Editions(
        tuple(i for i in first if i not in second),
        tuple(i for i in second if i not in first),
        tuple(i for i in first if i in second and first[i] != second[i]),
    )


@dataclass(frozen=True, slots=True)
class OutOfDate:
    """A book that does not apply on every school day of a calendar."""

    book: Rulebook
    outside: tuple[date, ...]
    """School days on which it did not apply, or not any more."""

    def text(self, lang: str) -> str:
        """Say so in one sentence."""
        dates = {"from": self.book.applies_from, "to": self.book.applies_to}
        dash = say("tension.date.open", lang)
        values = {name: dash if day is None else day for name, day in dates.items()}
        n, book = len(self.outside), self.book.label(lang)
        ends = {"first": self.outside[0], "last": self.outside[-1]}
        return say("tension.date.outside", lang, n=n, book=book, **values, **ends)


def out_of_date(book: Rulebook, scenario: Scenario) -> OutOfDate | None:
    """Find the school days of a scenario on which a book does not apply."""
    first, last = book.applies_from or date.min, book.applies_to or date.max
    outside = tuple(d for d in scenario.calendar.school_days if not first <= d <= last)
    return OutOfDate(book, outside) if outside else None


@dataclass(frozen=True, slots=True)
class Claim:
    """What one book says of a number."""

    book: Rulebook
    clause: Clause
    asked: float

    def text(self, lang: str) -> str:
        """Say it with the book and the clause."""
        relation = (self.clause.relation or "exactly").replace(" ", "_")
        limit = say(f"relation.{relation}", lang, limit=f"{self.asked:g}")
        book = self.book.label(lang)
        return say("tension.conflict.claim", lang, limit=limit, book=book, clause=self.clause.id)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Numbers that cannot all be meant, or of which only the strictest matters."""

    kind: Literal["stricter", "both", "impossible", "scenario"]
    """The strictest decides; all are kept at once, a range; no number keeps all; or the
    scenario's own number contradicts the book."""
    about: str
    """A quantity's name, or one of `SETTINGS`."""
    place: str
    """Kind of place that it is asked of; empty for all."""
    claims: tuple[Claim, ...]
    """What each book says, in the order of the books."""
    wins: Claim | None
    """The strictest, where one is."""
    given: float | None = None
    """The scenario's own number."""

    def text(self, lang: str) -> str:
        """Say it in one sentence, with every book."""
        key = f"quantity.{self.about}"
        about = say(key if known(key, lang) else f"tension.setting.{self.about}", lang)
        between = say("tension.conflict.between", lang)
        if self.place:
            place = _place_name(self.place, lang)
            about = say("tension.conflict.place", lang, about=about, place=place)
        return say(
            f"tension.conflict.{self.kind}",
            lang,
            about=about,
            claims=between.join(c.text(lang) for c in self.claims),
            wins=self.wins.text(lang) if self.wins else "",
            given=f"{self.given:g}" if self.given is not None else "",
        )


def _place_name(kind: str, lang: str) -> str:
    """Name a kind of place, or a routine such as "temperature check/boarders"."""
    keys = [(part, f"report.routine.{part.replace(' ', '_')}") for part in kind.split("/")]
    dot = say("report.list.dot", lang)
    return dot.join(say(key, lang) if known(key, lang) else part for part, key in keys)


def conflicts(books: Sequence[Rulebook], scenario: Scenario) -> tuple[Conflict, ...]:
    """Find every number on which books contradict one another, or the scenario a book."""
    groups: dict[tuple[str, str], list[Claim]] = {}
    for claim in _claims(books, scenario):
        about = claim.clause.quantity
        if about is not None:
            kinds = _kinds(books, about) if not claim.clause.places else claim.clause.places
            for kind in kinds:
                groups.setdefault((about.value, kind), []).append(claim)
        else:
            setting = setting_of(claim.clause)
            groups.setdefault((setting or "", ""), []).append(claim)
    groups.pop(("", ""), None)
    found = [_between(about, kind, claims) for (about, kind), claims in groups.items()]
    against = [
        _against(about, claims, SETTINGS[about](scenario))
        for (about, _), claims in groups.items()
        if about in SETTINGS
    ]
    return tuple(c for c in (*found, *against) if c is not None)


def _claims(books: Sequence[Rulebook], scenario: Scenario) -> Iterator[Claim]:
    for book in books:
        for clause in book.clauses:
            asked = None if clause.duty is not None else clause.asked(scenario)
            if asked is not None and clause.relation is not None:
                yield Claim(book, clause, asked)


def _kinds(books: Iterable[Rulebook], quantity: Quantity) -> tuple[str, ...]:
    """Kinds of place that some clause on this quantity names; one nameless kind if none does."""
    named = [k for b in books for c in b.clauses if c.quantity is quantity for k in c.places]
    return tuple(dict.fromkeys(named)) or ("",)


def _between(about: str, place: str, claims: Sequence[Claim]) -> Conflict | None:
    """What several books make of one number; nothing when they agree."""
    of_book: dict[tuple[str, str, float], Claim] = {}
    for claim in claims:  # of one book only its strictest claim in each direction
        relation = claim.clause.relation or ""
        key = (claim.book.name, relation, claim.asked if relation == "exactly" else 0.0)
        of_book[key] = _stricter(of_book.get(key, claim), claim)
    told = tuple(of_book.values())
    if len({c.book.name for c in told}) < 2:  # noqa: PLR2004  (it takes two to contradict)
        return None
    if len({(c.clause.relation, c.asked) for c in told}) == 1:
        return None
    low = [c for c in told if c.clause.relation != "at most"]
    high = [c for c in told if c.clause.relation != "at least"]
    floor = max(low, key=lambda c: c.asked, default=None)
    ceiling = min(high, key=lambda c: c.asked, default=None)
    if floor is None or ceiling is None:
        return Conflict("stricter", about, place, told, floor or ceiling)
    if floor.asked > ceiling.asked:
        return Conflict("impossible", about, place, told, None)
    exact = next((c for c in told if c.clause.relation == "exactly"), None)
    return Conflict("stricter" if exact else "both", about, place, told, exact)


def _stricter(one: Claim, other: Claim) -> Claim:
    if one.clause.relation == "at most":
        return other if other.asked < one.asked else one
    return other if other.asked > one.asked else one


def _against(about: str, claims: Sequence[Claim], given: float | None) -> Conflict | None:
    """Claims on a number of the scenario that its own number does not keep."""
    broken = tuple(c for c in claims if given is not None and not _keeps(c, given))
    if not broken:
        return None
    wins = broken[0]
    for claim in broken:
        wins = _stricter(wins, claim)
    return Conflict("scenario", about, "", broken, wins, given)


def _keeps(claim: Claim, given: float) -> bool:
    tiny = 1e-9
    match claim.clause.relation:
        case "at least":
            return given >= claim.asked - tiny
        case "at most":
            return given <= claim.asked + tiny
        case _:
            return abs(given - claim.asked) <= tiny


# ── numbers of a scenario that no audit judges ────────────────────────────────────────


def setting_of(clause: Clause) -> str | None:
    """Return the number of a scenario that a clause without a quantity speaks of, by its id."""
    if clause.quantity is not None or clause.limit is None:
        return None
    return next((name for name in SETTINGS if clause.id.endswith(f"-{name}")), None)


def first_reading_sent_aside(scenario: Scenario) -> float:
    """Lowest reading that is sent aside [°C]: the threshold, or a step of the display above."""
    first = scenario.screening
    if first.threshold_relation == ">=":
        return first.threshold_celsius
    step = 0.1 if first.thermometer is None else first.thermometer.step_celsius
    return first.threshold_celsius + step


def _spacing(scenario: Scenario) -> float | None:
    """Least distance kept in a queue [m]; none where all places are marked one by one."""
    return min((g.spacing_m for g in scenario.gates if g.spacing_m is not None), default=None)


def _entrance_lanes(scenario: Scenario) -> float | None:
    """Lanes that take temperatures, in a school of more than 1,000 pupils."""
    large = 1000
    if scenario.pupils <= large:
        return None
    chains = [(*g.stages, *([g.fast_lane] if g.fast_lane else [])) for g in scenario.gates]
    return float(sum(s.lanes for chain in chains for s in chain if "temperature" in s.checks))


def _masks_a_day(scenario: Scenario) -> float | None:
    """Masks that whoever uses fewest uses in a day."""
    masks = [s for s in scenario.supplies if s.kind == "mask"]
    pupil, staff = sum(s.per_pupil_day for s in masks), sum(s.per_staff_day for s in masks)
    return min([pupil, staff] if scenario.staff else [pupil]) if masks else None


def _start_times(scenario: Scenario) -> float | None:
    """Different times at which work begins; none where nobody comes to work as a pupil does."""
    times = {g.bell for g in scenario.grades if g.level == "work"}
    return float(len(times)) if times else None


def _slot_length(scenario: Scenario) -> float:
    return float(scenario.limits.slot_minutes)


SETTINGS: dict[str, Callable[[Scenario], float | None]] = {
    "fever-threshold": first_reading_sent_aside,
    "queue-spacing": _spacing,
    "entrance-lanes": _entrance_lanes,
    "masks-a-day": _masks_a_day,
    "start-times": _start_times,
    "slot-length": _slot_length,
}
"""Numbers of a scenario, by the ending of the ids of the clauses that speak of them."""
