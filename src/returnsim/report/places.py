"""Names of stations, such as "lunch/canteen/serving", as people call them, part by part."""

from collections.abc import Iterator, Sequence

from returnsim.scenario.campus import FAST, Gate
from returnsim.scenario.halls import Canteen
from returnsim.scenario.quantities import Labelled
from returnsim.scenario.scenario import Scenario
from returnsim.wording import known, say


def place_parts(scenario: Scenario, name: str, lang: str) -> tuple[str, ...]:
    """Return the label of each part of a station's name; none where it is not a station's.

    A part is a thing of the scenario, whose name may itself hold a stroke, or a word of the
    model; which of them is told by what stands before it: behind a gate come its stages,
    behind a canteen what people pass there.
    """
    parts: list[str] = []
    rest, before = name, None
    while rest:
        entry = _longest(_candidates(scenario, before), rest)
        text = rest.split("/")[0] if entry is None else entry.name
        word = _word(text, before, lang)
        if entry is None and not parts and not known(f"day.part.{text}", lang):
            return ()
        parts.append(word if entry is None or not _is_thing(before, entry) else entry.label(lang))
        rest, before = rest[len(text) + 1 :], entry
    return tuple(parts)


def grade_parts(scenario: Scenario, name: str, lang: str, *, building: bool) -> tuple[str, ...]:
    """Return the label of each grade in "eight/nine"; a building before them has its name only.

    Parameters
    ----------
    building
        Whether the name begins with a building.
    """
    grades = {g.name: g.label(lang) for g in scenario.grades}
    known_here = {c.building: c.building for c in scenario.classes} if building else grades
    parts: list[str] = []
    rest = name
    while rest:
        there = [n for n in known_here if rest == n or rest.startswith(f"{n}/")]
        text = max(there, key=len, default=rest)
        parts.append(known_here.get(text, text))
        rest, known_here = rest[len(text) + 1 :], grades
    return tuple(parts)


def _is_thing(before: Labelled | None, entry: Labelled) -> bool:
    """Whether a name means a thing of the scenario and not what people pass in a canteen."""
    return not (isinstance(before, Canteen) and known(f"day.part.{entry.name}", "en"))


def _word(text: str, before: Labelled | None, lang: str) -> str:
    if text == FAST and isinstance(before, Gate):
        return say("report.gate.fast", lang)
    keys = (f"day.part.{text}", f"report.routine.{text.replace(' ', '_')}")
    return next((say(key, lang) for key in keys if known(key, lang)), text)


def _candidates(scenario: Scenario, before: Labelled | None) -> Iterator[Sequence[Labelled]]:
    if isinstance(before, Gate):
        yield before.stages
        yield scenario.crossings
        return
    yield from (scenario.gates, scenario.canteens, scenario.dormitories, scenario.events)
    yield from (scenario.classes, scenario.staff)


def _longest(groups: Iterator[Sequence[Labelled]], text: str) -> Labelled | None:
    """Return the thing with the longest name that a text begins with."""
    found = [
        entry
        for group in groups
        for entry in group
        if text == entry.name or text.startswith(f"{entry.name}/")
    ]
    return max(found, key=lambda entry: len(entry.name), default=None)
