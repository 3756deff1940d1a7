"""Dates as clerks write them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000
"""Day numbers of Excel that are taken for dates: 1954 to 2119."""
FARTHEST = timedelta(days=400)
"""How far from the return a date may lie that has to do with it."""
FULL = r"(?<!\d)(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?!\d)\s*[日号]?"
COMPACT = r"(?<!\d)(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d)"
SHORT = r"(?<![\d.])(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?![\d.])\s*[日号]?"
ENGLISH = r"(?P<d>\d{1,2})\s*(?P<name>[a-z]{3,9})\.?\s*(?P<y>\d{4})?"
CLOCK = r"(?:[T\s]*(?:\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?|\d{1,2}[时点]|[上下]午))?"
WHOLE = tuple(re.compile(f"(?:{p}){CLOCK}", re.IGNORECASE) for p in (FULL, COMPACT, SHORT, ENGLISH))
ANYWHERE = re.compile("|".join(re.sub(r"\?P<\w>", "", p) for p in (FULL, COMPACT, SHORT)))
LAST_DAY = re.compile(r"\s*(?:至|到|~|-|—|–)+\s*(\d{1,2})\s*[日号]?")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TERM = re.compile(r"(20\d{2})\s*年?\s*(春|秋)")
TERM_BEGINS = {"春": (3, 1), "秋": (9, 1)}


class DateRead(NamedTuple):
    """A date, or the code of the reason why there is none."""

    day: date | None
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Dates:
    """Reads the dates of one workbook."""

    near: date | None = None
    """A day close to all dates: the return itself. It gives a year to those without."""
    from_1904: bool = False

    def number(self, value: float) -> DateRead:
        """Read a number: Excel's count of days, or year, month and day in one."""
        whole = int(value)
        if FIRST_SERIAL <= whole < LAST_SERIAL:
            first = date(1904, 1, 1) if self.from_1904 else date(1899, 12, 30)
            return self._fitting(first + timedelta(days=whole))
        if whole == value and 19_000_101 <= whole < 21_000_000:  # noqa: PLR2004  (20200325)
            return self.text(str(whole))
        if whole != value and 1 <= whole <= 12:  # noqa: PLR2004  (3.2: 2 March or 20 March?)
            return DateRead(None, "date_as_decimal")
        return DateRead(None, "no_date")

    def text(self, given: str) -> DateRead:
        """Read a date in words or figures, with or without its year."""
        for pattern in WHOLE:
            match = pattern.fullmatch(given)
            if match:
                return self._put_together(match.groupdict())
        if re.fullmatch(r"\d{5}(\.\d+)?", given):
            return self.number(float(given))
        return DateRead(None, "no_date")

    def both(self, given: str) -> tuple[DateRead, DateRead]:
        """Read the first and the last day of a period written in one cell."""
        found = list(ANYWHERE.finditer(given))
        if not found or len(found) > 2:  # noqa: PLR2004  (a beginning and an end)
            return DateRead(None, "no_date"), DateRead(None, "no_date")
        first = self.text(found[0][0].strip())
        if len(found) > 1:
            return first, self.text(found[1][0].strip())
        day = LAST_DAY.fullmatch(given[found[0].end() :])
        if day is None or first.day is None:
            return first, DateRead(None, "" if given == found[0][0] else "no_date")
        return first, self._put_together(
            {"y": str(first.day.year), "m": str(first.day.month), "d": day[1]}
        )

    def cut_out(self, given: str) -> tuple[str, DateRead]:
        """Take a date out of a text, and return what is left of the text."""
        found = ANYWHERE.search(given)
        if found is None:
            return given, DateRead(None)
        rest = given[: found.start()] + given[found.end() :]
        return rest.strip(" ,，;；()（）:："), self.text(found[0].strip())

    def _put_together(self, parts: dict[str, str | None]) -> DateRead:
        month = parts.get("m")
        name = parts.get("name")
        if name is not None:
            starts = [n for n, m in enumerate(MONTHS, 1) if name.lower().startswith(m)]
            month = str(starts[0]) if starts else None
        if month is None or parts["d"] is None:
            return DateRead(None, "no_date")
        if parts.get("y") is None:
            return self._nearest(int(month), int(parts["d"]))
        try:
            return self._fitting(date(int(parts["y"] or 0), int(month), int(parts["d"])))
        except ValueError:
            return DateRead(None, "no_such_day")

    def _nearest(self, month: int, day: int) -> DateRead:
        """Give a date the year that brings it closest to the return."""
        if self.near is None:
            return DateRead(None, "date_without_year")
        near, found = self.near, []
        for year in (near.year - 1, near.year, near.year + 1):
            try:
                found.append(date(year, month, day))
            except ValueError:
                continue
        if not found:
            return DateRead(None, "no_such_day")
        return self._fitting(min(found, key=lambda d: abs(d - near)))

    def _fitting(self, day: date) -> DateRead:
        if self.near is not None and abs(day - self.near) > FARTHEST:
            return DateRead(None, "date_far_off")
        return DateRead(day)


def day_in_title(texts: list[str]) -> date | None:
    """Find the day, or the term, that the lines above a table speak of."""
    for text in texts:
        for match in re.finditer(FULL, text):
            found = Dates().text(match[0].strip()).day
            if found is not None:
                return found
    for text in texts:
        term = TERM.search(text)
        if term:
            return date(int(term[1]), *TERM_BEGINS[term[2]])
    return None
