"""The sheets of the workbook on the rest of the day."""

from returnsim.report.document_day import DayPages
from returnsim.report.sheets import Row, Writer, both


def _days(w: Writer) -> list[DayPages]:
    return [d.day for d in w.documents if d.day is not None]


def timetable(w: Writer) -> None:
    """Write a row for each turn of each class and group of staff, the sheet that people filter."""
    days = _days(w)
    rows: list[Row] = []
    for agendas in zip(*(day.agendas for day in days), strict=True):
        for same in zip(*(agenda.turns for agenda in agendas), strict=True):
            rows.append(
                [
                    ("big", both(a.name for a in agendas)),
                    ("clock", same[0].at),
                    ("clock", same[0].ends),
                    ("text", both(t.what for t in same)),
                    ("text", both(t.where for t in same)),
                    ("count", same[0].people),
                    ("text", both(t.who for t in same)),
                ]
            )
    columns = {"who": 30, "at": 13, "until": 16, "what": 34, "place": 44, "people": 14}
    sheet, _ = w.sheet("timetable", columns | {"taking_part": 34}, rows)
    sheet.freeze_panes(3, 1)


def shifts(w: Writer) -> None:
    """Write a row for each class at each meal."""
    rows: list[Row] = [
        [
            ("text", both(s.canteen for s in same)),
            ("text", both(s.meal for s in same)),
            ("count", same[0].shift),
            ("clock", same[0].at),
            ("big", both(s.name for s in same)),
            ("count", same[0].people),
            ("count", same[0].used),
            ("count", same[0].seats),
        ]
        for same in zip(*(day.shifts for day in _days(w)), strict=True)
    ]
    columns = {"canteen": 30, "meal": 24, "shift": 13, "at": 13, "who": 30, "people": 14}
    w.sheet("shifts", columns | {"seats_used": 18, "seats": 14}, rows)


def rounds(w: Writer) -> None:
    """Write a row for each round of each crew, to be signed."""
    rows: list[Row] = [
        [
            ("text", both(r.crew for r in same)),
            ("clock", same[0].at),
            ("clock", same[0].ends),
            ("big", both(r.zone for r in same)),
            ("text", both(r.work for r in same)),
            ("wrap", "\n".join(dict.fromkeys(r.closes for r in same))),
            ("wrap", "\n".join(dict.fromkeys(r.uses for r in same))),
            ("box", ""),
        ]
        for same in zip(*(day.rounds for day in _days(w)), strict=True)
    ]
    columns = {"crew": 26, "at": 13, "until": 16, "zone": 34, "work": 22, "closes": 34}
    w.sheet("rounds", columns | {"uses": 34, "signature": 24}, rows)


def results(w: Writer) -> None:
    """Write a row for each number found about the rest of the day."""
    rows: list[Row] = []
    for tables in zip(*(day.results for day in _days(w)), strict=True):
        for same in zip(*(table.rows for table in tables), strict=True):
            names, words = tables[0].texts, list(zip(*same, strict=True))
            for at in range(names, len(words)):
                if words[at][0]:
                    rows.append(
                        [
                            ("wrap", both(t.title for t in tables)),
                            ("wrap", both(words[0])),
                            ("wrap", both(words[names - 1])),
                            ("wrap", both(t.heads[at] for t in tables)),
                            ("strong", both(words[at])),
                        ]
                    )
    columns = {"table": 40, "place": 52, "day": 22, "quantity": 36, "found": 30}
    w.sheet("results", columns, rows)
