"""What one plan changes against another, entry by entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from returnsim.plan.plan import Arrival, Opening, Plan, ReturnDate, Shift

Entry = ReturnDate | Arrival | Opening | tuple[Shift, ...] | None
"""An entry of a plan; the lanes of a stage are one entry; none where there is none."""
What = Literal["return_dates", "arrivals", "lanes", "stock"]


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that differs."""

    what: What
    name: tuple[str, ...]
    """The grade (and its class, if its date is its own), the class, the gate and its stage, or
    the supply."""
    before: Entry
    after: Entry


def difference(before: Plan, after: Plan) -> tuple[Change, ...]:
    """List what changes: dates, arrivals, lanes of each stage, orders. Pins do not count."""
    return tuple(_changes(before, after))


def moved(before: Plan, after: Plan) -> tuple[str, ...]:
    """Name the classes that get another slot or another gate."""
    return tuple(
        change.name[0]
        for change in difference(before, after)
        if change.what == "arrivals" and change.before is not None
    )


def _changes(before: Plan, after: Plan) -> Iterator[Change]:
    yield from _dates(before, after)
    yield from _entries("arrivals", "school_class", before, after)
    for key in dict.fromkeys((s.gate, s.stage) for p in (before, after) for s in p.lanes):
        if before.lanes_over_time(*key) != after.lanes_over_time(*key):
            yield Change("lanes", key, _shifts(before, key), _shifts(after, key))
    yield from _entries("stock", "supply", before, after)


def _dates(before: Plan, after: Plan) -> Iterator[Change]:
    """Dates that change, by grade; of a grade with dates by class in either plan, by class."""
    old, new = (
        {(r.grade, r.school_class): r for r in plan.return_dates} for plan in (before, after)
    )
    names = dict.fromkeys((*old, *new))
    by_class = {grade for grade, school_class in names if school_class}
    for grade, school_class in names:
        whole = (grade, None)
        if school_class:
            one = old.get((grade, school_class), old.get(whole))
            other = new.get((grade, school_class), new.get(whole))
        elif grade in by_class and not (whole in old and whole in new):
            continue  # in the other plan each of its classes has its own date, told above
        else:
            one, other = old.get(whole), new.get(whole)
        if (one and one.day) != (other and other.day):
            yield Change("return_dates", tuple(filter(None, (grade, school_class))), one, other)


def _entries(what: What, named_by: str, before: Plan, after: Plan) -> Iterator[Change]:
    old, new = ({getattr(e, named_by): e for e in getattr(p, what)} for p in (before, after))
    for name in dict.fromkeys((*old, *new)):
        one, other = old.get(name), new.get(name)
        if _content(one) != _content(other):
            yield Change(what, (name,), one, other)


def _content(entry: Any) -> Any:
    return None if entry is None else entry.model_dump(exclude={"pinned"})


def _shifts(plan: Plan, key: tuple[str, str]) -> tuple[Shift, ...]:
    shifts = [s for s in plan.lanes if (s.gate, s.stage) == key]
    return tuple(sorted(shifts, key=lambda s: s.begins))
