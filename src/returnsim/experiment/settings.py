"""Settings of a scenario by name, as error messages name them, and what changing one means."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from returnsim.errors import InputError, Problem
from returnsim.parts import label
from returnsim.plan.plan import Plan, Shift
from returnsim.scenario.campus import FAST
from returnsim.scenario.quantities import clock_time
from returnsim.scenario.scenario import Scenario, checked_scenario

Raw = dict[str, Any]
Spot = tuple[str | int, ...]
"""Keys and numbers of entries that lead to a setting."""
SHOWN = 8
"""Settings that are named when there are many."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One number, word or clock time of a scenario file, by its path and where it stands."""

    path: str
    """Such as ``gates.main.stages.temperature.lanes``."""
    spot: Spot


def raw_scenario(scenario: Scenario) -> Raw:
    """Return what a file of the scenario would hold; what is left out is `None`."""
    plain: Raw = _lists(scenario.model_dump(by_alias=True))
    return plain


def find(raw: Raw, path: str) -> Setting:
    """Find a setting by its path.

    Raises
    ------
    InputError
        There is none of that name, with the one that was probably meant; it is a whole table
        or list; or several entries have that name.
    """
    node: Any = raw
    spot: list[str | int] = []
    rest = path
    while rest:
        names = [*_names(node), *_labels(node)]
        here = [(n, key) for n, key in names if rest == n or rest.startswith(f"{n}.")]
        if not here:
            raise InputError(path, [_unknown(raw, path, rest, node)])
        longest = max(len(n) for n, _ in here)
        found = list(dict.fromkeys(key for n, key in here if len(n) == longest))
        if len(found) > 1:
            name = rest[:longest]
            raise InputError(path, [Problem("", "setting_ambiguous", {"name": name})])
        spot.append(found[0])
        node, rest = node[found[0]], rest[longest + 1 :]
    if isinstance(node, dict) and "kind" not in node:
        inside = ", ".join(name for name, _ in _names(node)[:SHOWN])
        raise InputError(path, [Problem("", "setting_is_a_table", {"inside": inside})])
    if isinstance(node, list):
        raise InputError(path, [Problem("", "setting_is_a_list")])
    return Setting(path, tuple(spot))


def at(raw: Raw, setting: Setting) -> Any:
    """Return what stands at a setting."""
    node: Any = raw
    for key in setting.spot:
        node = node[key]
    return node


def changed(scenario: Scenario, changes: Mapping[Setting, Any], name: str = "scenario") -> Scenario:
    """Return the scenario with some settings changed, checked like a file.

    A number put in the place of a distribution is its mean (`with_mean`).

    Raises
    ------
    InputError
        The scenario refuses what was put in, with every problem.
    """
    raw = raw_scenario(scenario)
    for setting, value in changes.items():
        *way, last = setting.spot
        table: Any = raw
        for key in way:
            table = table[key]
        old = table[last]
        is_mean = isinstance(old, dict) and isinstance(value, int | float)
        table[last] = with_mean(old, float(value)) if is_mean else value
    return checked_scenario(name, _without_nothing(raw))


def with_mean(distribution: Raw, mean: float) -> Raw:
    """Return a distribution, as a file says it, of the same shape with another mean.

    What has a mean of its own takes it; a normal curve keeps its cut-offs. Limits of one sign
    are stretched, so that nothing below zero appears; others are moved.
    """
    match distribution["kind"]:
        case "fixed":
            return distribution | {"value": mean}
        case "uniform" | "triangular":
            keys = [key for key in ("low", "mode", "high") if key in distribution]
            ends = [distribution[key] for key in keys]
            return distribution | dict(zip(keys, _with_mean(ends, mean), strict=True))
        case "empirical":
            return distribution | {"values": _with_mean(distribution["values"], mean)}
        case _:
            return distribution | {"mean": mean}


def _with_mean(values: Sequence[float], mean: float) -> list[float]:
    old = sum(values) / len(values)
    one_sign = min(values) >= 0 or max(values) <= 0
    if one_sign and old * mean > 0:
        return [value * mean / old for value in values]
    return [value + mean - old for value in values]


def with_lanes(plan: Plan, scenario: Scenario, changes: Mapping[Setting, Any]) -> Plan:
    """Return the plan with what a changed number of lanes means for it.

    At a stage whose `lanes` are set, that many are open whenever the plan has any open there.
    Everything else of the plan stays as it is.
    """
    for setting, lanes in changes.items():
        match setting.spot:
            case ("gates", int(g), "stages", int(s), "lanes"):
                gate = scenario.gates[g]
                where = gate.name, gate.stages[s].name
            case ("gates", int(g), "fast_lane", "lanes"):
                where = scenario.gates[g].name, FAST
            case _:
                continue
        others = [shift for shift in plan.lanes if (shift.gate, shift.stage) != where]
        plan = plan.changed(lanes=[*others, *_open(plan, *where, lanes)])
    return plan


def _open(plan: Plan, gate: str, stage: str, lanes: int) -> Iterator[Shift]:
    """So many lanes for as long as there is one."""
    begins: float | None = None
    for moment, count in plan.lanes_over_time(gate, stage):
        if count and begins is None:
            begins = moment
        elif not count and begins is not None:
            yield Shift(
                gate=gate,
                stage=stage,
                begins=clock_time(begins),
                ends=clock_time(moment),
                lanes=lanes,
            )
            begins = None


def settable(node: Any, way: str = "") -> Iterator[str]:
    """Every path that leads to a single setting or a distribution."""
    if isinstance(node, dict) and "kind" in node and way:
        yield way
    if isinstance(node, dict | list):
        inside: Any = node
        names = _names(node)
        often = Counter(name for name, _ in names)
        for name, key in names:
            sure = name if often[name] == 1 else f"#{int(key) + 1}"
            yield from settable(inside[key], f"{way}.{sure}" if way else sure)
    elif way:
        yield way


def _names(node: Any) -> list[tuple[str, str | int]]:
    """What the parts of a table or list are called, and the key of each."""
    if isinstance(node, dict):
        return [(key, key) for key in node]
    if isinstance(node, list):
        return [(label(e, i), i) for i, e in enumerate(node) if isinstance(e, dict)]
    return []


def _labels(node: Any) -> list[tuple[str, str | int]]:
    """What the entries of a list are called besides: as printed, and by their number."""
    if not isinstance(node, list):
        return []
    entries = [(e, i) for i, e in enumerate(node) if isinstance(e, dict)]
    printed = [(str(e[lang]), i) for e, i in entries for lang in ("zh", "en") if e.get(lang)]
    return [*printed, *((f"#{i + 1}", i) for _, i in entries)]


def _unknown(raw: Raw, path: str, rest: str, node: Any) -> Problem:
    """Say which part of a path leads nowhere, and what was probably meant."""
    wrong = rest.split(".", maxsplit=1)[0]
    names = [name for name, _ in _names(node)]
    near = get_close_matches(wrong, names, n=1) or [n for n in names if n.startswith(wrong)]
    if near:
        whole = path.removesuffix(rest) + near[0] + rest.removeprefix(wrong)
        return Problem("", "unknown_setting_near", {"near": whole})
    elsewhere = list(settable(raw)) if path == rest or not names else []
    near = get_close_matches(path, elsewhere, n=1, cutoff=0.75)
    if near:
        return Problem("", "unknown_setting_near", {"near": near[0]})
    if not names:
        return Problem("", "unknown_setting")
    more = ", ..." if len(names) > SHOWN else ""
    values = {"wrong": wrong, "names": ", ".join(names[:SHOWN]) + more}
    return Problem("", "unknown_setting_among", values)


def _lists(thing: Any) -> Any:
    """Tuples as lists, as a file would have them."""
    if isinstance(thing, dict):
        return {key: _lists(value) for key, value in thing.items()}
    return [_lists(value) for value in thing] if isinstance(thing, list | tuple) else thing


def _without_nothing(thing: Any) -> Any:
    """Leave out what is not set, as a file would."""
    if isinstance(thing, dict):
        return {key: _without_nothing(value) for key, value in thing.items() if value is not None}
    return [_without_nothing(value) for value in thing] if isinstance(thing, list) else thing
