"""Calendars, read back: floating times, every school day and no other."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
from dateutil.rrule import rruleset, rrulestr

from returnsim.report.document import Document
from returnsim.report.icalendars import calendars


@pytest.fixture
def documents(school_day_documents: dict[str, Document]) -> list[Document]:
    return list(school_day_documents.values())


def events(data: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def occurrences(event: Any) -> list[datetime]:
    """All that a calendar program makes of an event."""
    start = event["DTSTART"].dt
    found = rruleset()
    rule = event["RRULE"].to_ical().decode()
    found.rrule(rrulestr(rule, dtstart=start))
    for day in event["EXDATE"].dts if "EXDATE" in event else ():
        found.exdate(day.dt)
    return list(found)


def test_a_calendar_for_every_class_and_crew(documents: list[Document]) -> None:
    found = dict(calendars(documents))
    assert list(found) == ["ics/001-9-1.ics", "ics/002-8-1.ics", "ics/003-crew.ics"]
    eight = events(found["ics/002-8-1.ics"])
    assert [str(e["SUMMARY"]) for e in eight] == [
        "到校 At school", "off", "lunch", "back", "noon", "home",
    ]  # fmt: skip
    assert len({str(e["UID"]) for e in eight}) == len(eight)


def test_times_float_and_fall_on_every_school_day(documents: list[Document]) -> None:
    found = dict(calendars(documents))
    lunch = events(found["ics/002-8-1.ics"])[2]
    assert lunch["DTSTART"].dt == datetime(2020, 4, 14, 12, 20)
    assert lunch["DTSTART"].dt.tzinfo is None
    assert b"DTSTART:20200414T122000\r\n" in found["ics/002-8-1.ics"]
    day = documents[0].day
    assert day is not None
    agenda = next(a for a in day.agendas if a.name == "8-1")
    assert occurrences(lunch) == [datetime.combine(d, time(12, 20)) for d in agenda.days]


def test_holidays_and_extra_days_are_kept(documents: list[Document]) -> None:
    """A free Wednesday and a Saturday with lessons."""
    day = documents[0].day
    assert day is not None
    free, extra = date(2020, 4, 15), date(2020, 4, 25)
    window = (date(2020, 4, 7) + timedelta(n) for n in range(24))
    days = tuple(d for d in window if (d.weekday() < 5 and d != free) or d == extra)
    agendas = tuple(replace(a, days=days) for a in day.agendas)
    changed = replace(documents[0], day=replace(day, agendas=agendas))
    for _, data in calendars([changed]):
        for event in events(data):
            assert [moment.date() for moment in occurrences(event)] == list(days)


def test_the_same_documents_give_the_same_bytes(documents: list[Document]) -> None:
    assert list(calendars(documents)) == list(calendars(documents))


def test_a_school_of_mornings_has_no_calendars(tiny_documents: dict[str, Document]) -> None:
    assert list(calendars(list(tiny_documents.values()))) == []
