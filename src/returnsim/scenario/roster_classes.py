"""Names of classes: as a list writes them, and which of a scenario's classes they are."""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from returnsim.scenario.roster_cells import plain
from returnsim.scenario.roster_sheet import Cell
from returnsim.scenario.scenario import Scenario

LONGEST_CLASS = 20
SHORTEST_NAME, LONGEST_NAME = 2, 12
"""Characters of a person's name that is looked for in the names of classes and sheets."""
MOST_DIGITS = 4
FIGURES = {c: n for n, c in enumerate("一二三四五六七八九", 1)} | {"十": 10}
STAGES = {"小学": 0, "小": 0, "初中": 6, "初": 6, "高中": 9, "高": 9}
FIGURE = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
YEAR = r"(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])"
PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<stage>小学?|初中?|高中?)?(?P<grade>{YEAR})(?:年级|年|级)[-.(]?(?P<room>{FIGURE})\)?班?",
        rf"(?P<stage>小学?|初中?|高中?)(?P<grade>[1-6一二三四五六])[-.(]?(?P<room>{FIGURE})\)?班?",
        rf"(?P<grade>{YEAR})[-.(](?P<room>{FIGURE})\)?班?",
        r"(?P<grade>[一二三四五六七八九])(?P<room>\d{1,2})班?",
        r"(?P<grade>\d|1[0-2])(?P<room>\d\d)班?",
        r"(?:grade|year|class)(?P<grade>\d{1,2})[-.,]*(?:class)?-?(?P<room>\d{1,2})",
        rf"(?P<nursery>[大中小])班?\(?(?P<room>{FIGURE})\)?班?",
        rf"(?:幼儿园)?(?P<nursery>[大中小])班\(?(?P<room>{FIGURE})?\)?",
    )
)


class Place(NamedTuple):
    """A class by its numbers: ``("7", 1)`` is class 1 of the seventh year."""

    grade: str
    room: int


def class_name(grade: Cell, given: Cell) -> str:
    """Name a class by its grade and its own name, and never twice by the grade.

    Examples
    --------
    >>> class_name("七年级", "1班"), class_name("七年级", "七(1)班"), class_name(None, "九 2 班")
    ('七年级1班', '七(1)班', '九2班')
    """
    own, year = _tight(given), _tight(grade)
    if year.isascii() and own.isascii() and year and place(own) is None and year not in own:
        return f"{plain(grade)}-{own}"
    if own.isdigit() and len(own) < 3:  # noqa: PLR2004  (701 tells its grade, 1 does not)
        own += "班"
    told, known = place(own), place(year + "1班")
    agree = told is None or known is None or told.grade == known.grade
    if not year or year in own or (told is not None and agree):
        return own
    return f"{year}年级{own}" if year.isdigit() or year in FIGURES else year + own


def fit_to_print(name: str) -> bool:
    """Whether a name can be that of a class, and not of a card or a person."""
    digits = sum(c.isdigit() for c in name)
    return 0 < len(name) <= LONGEST_CLASS and digits <= MOST_DIGITS and name.isprintable()


def is_class(given: Cell) -> bool:
    """Whether a cell can name a class; a name that slipped into the column can not.

    Examples
    --------
    >>> [is_class(text) for text in ("1班", "向日葵班", "701", "甲", "Class A", "张三", "")]
    [True, True, True, True, True, False, False]
    """
    text = _tight(given).lower()
    return len(text) == 1 or re.search(rf"\d|班|class|^{FIGURE}$", text) is not None


def is_grade(given: Cell) -> bool:
    """Whether a cell can name a grade.

    Examples
    --------
    >>> [is_grade(text) for text in ("七年级", "初一", "7", "2019级", "大班", "Grade 9", "王三")]
    [True, True, True, True, True, True, False]
    """
    text = _tight(given).lower()
    return (
        re.fullmatch(
            r"(小学|初中?|高中?|幼儿园)?([一二三四五六七八九十]{1,2}|\d{1,4})?(年级|级|年)?|"
            r"(幼儿园)?[大中小托]班|学前班?|(grade|year|form)\d{1,2}",
            text,
        )
        is not None
    )


def holds_any(text: str, names: Collection[str]) -> bool:
    """Whether one of the names stands in a text."""
    lengths = range(SHORTEST_NAME, LONGEST_NAME + 1)
    return any(text[at : at + n] in names for at in range(len(text)) for n in lengths)


def class_in_title(texts: Iterable[str]) -> str:
    """Find the class that a sheet's name, or the lines above its table, speak of."""
    for text in texts:
        found = re.search(
            rf"(?:小学|初中?|高中?)?{FIGURE}(?:年级)?[(]?{FIGURE}[)]?班|[大中小][一二三四五六七八九\d]?班",
            _tight(text),
        )
        if found:
            return found[0]
    return ""


def place(name: str) -> Place | None:
    """Tell which class a name means, if it can be told.

    Examples
    --------
    >>> place("七年级1班") == place("初一（1）班") == place("七(1)班") == place("701")
    True
    >>> place("实验班") is None
    True
    """
    text = _tight(name).lower()
    for pattern in PATTERNS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        parts = match.groupdict()
        if parts.get("nursery"):
            return Place(parts["nursery"], _figure(parts["room"] or "1"))
        stage = STAGES.get(parts.get("stage") or "", 0)
        return Place(str(stage + _figure(parts["grade"])), _figure(parts["room"]))
    return None


def matched(names: Iterable[str], scenario: Scenario) -> dict[str, str]:
    """Find a scenario's class for each name; names that fit none, or several, are left out."""
    exact: dict[str, set[str]] = {}
    placed: dict[Place, set[str]] = {}
    for school_class in scenario.classes:
        grade = scenario.grade_of(school_class)
        labels = {school_class.name, school_class.zh or "", school_class.en or ""}
        years = {grade.name, grade.zh or "", grade.en or ""}
        labels |= {class_name(year, label) for year in years for label in labels if label}
        for label in labels - {""}:
            exact.setdefault(_tight(label), set()).add(school_class.name)
            found = place(label)
            if found is not None:
                placed.setdefault(found, set()).add(school_class.name)
    result = {}
    for name in names:
        where = place(name)
        candidates = exact.get(_tight(name)) or (placed.get(where) if where else None) or set()
        if len(candidates) == 1:
            result[name] = next(iter(candidates))
    return result


def _tight(cell: Cell) -> str:
    return re.sub(r"\s+", "", plain(cell))


def _figure(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十")
    if "十" not in text:
        return FIGURES.get(text, 0)
    return FIGURES.get(tens, 1) * 10 + FIGURES.get(ones, 0)
