"""The day as calendars: a file for every class, group of staff and crew.

Times are floating: 12:05 on the clock of whoever looks. Names and words stand in every
language of the documents given, as in the workbook.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from returnsim.report.document import Document
from returnsim.report.document_day import Agenda, Turn
from returnsim.report.sheets import both
from returnsim.wording import say

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NAME_ROOM = 40
"""Characters of a name that go into the name of a file."""


def calendars(documents: Sequence[Document]) -> Iterator[tuple[str, bytes]]:
    """Return names and contents of the calendars of a document in one or several languages."""
    days = [d.day for d in documents if d.day is not None]
    made, schools = documents[0].made, [d.school for d in documents]
    for number, same in enumerate(zip(*(day.agendas for day in days), strict=True), start=1):
        name = re.sub(r"[^\w-]+", "-", same[0].name)[:NAME_ROOM].strip("-") or "x"
        yield f"ics/{number:03d}-{name}.ics", _calendar(same, schools, made, documents)


def _calendar(
    same: Sequence[Agenda], schools: Sequence[str], made: date, documents: Sequence[Document]
) -> bytes:
    import icalendar  # noqa: PLC0415  (loads slowly)

    found = icalendar.Calendar()
    found.add("prodid", "-//returnsim//")
    found.add("version", "2.0")
    name = both(
        say("day.calendar.name", d.lang, name=a.name, school=school)
        for a, school, d in zip(same, schools, documents, strict=True)
    )
    found.add("x-wr-calname", name)
    for turns in zip(*(agenda.turns for agenda in same), strict=True):
        if turns[0].ends > turns[0].at and same[0].days:
            found.add_component(_event(turns, same[0].days, made, name))
    return bytes(found.to_ical())


def _event(turns: Sequence[Turn], days: Sequence[date], made: date, name: str) -> Any:
    import icalendar  # noqa: PLC0415  (loads slowly)

    first = turns[0]
    event = icalendar.Event()
    key = "/".join((name, first.what, first.where, first.at.isoformat()))
    event.add("uid", f"{sha256(key.encode()).hexdigest()[:32]}@returnsim")
    event.add("dtstamp", datetime.combine(made, time.min, UTC))
    event.add("summary", both(t.what for t in turns))
    event.add("dtstart", datetime.combine(days[0], first.at))
    event.add("dtend", datetime.combine(days[0], first.ends))
    where, who = both(t.where for t in turns), both(t.who for t in turns)
    if where:
        event.add("location", where)
    if who:
        event.add("description", who)
    last = datetime.combine(days[-1], first.at)
    weekdays = sorted({day.weekday() for day in days})
    names = [WEEKDAYS[n] for n in weekdays]
    event.add("rrule", {"freq": "weekly", "until": last, "byday": names})
    span = (days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days))
    free = [d for d in span if d.weekday() in weekdays and d not in days]
    if free:
        event.add("exdate", [datetime.combine(day, first.at) for day in free])
    return event
