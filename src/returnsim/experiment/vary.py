"""What a sweep varies: settings by name, and the values each is to take."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any

from returnsim.errors import InputError, Problem
from returnsim.experiment.settings import Setting, find, raw_scenario
from returnsim.scenario.scenario import Scenario

Value = int | float | str | bool | time | date
MOST = 10_000
"""Combinations that a sweep may have."""
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
SPAN = re.compile(rf"({NUMBER})\s*\.\.\s*({NUMBER})(?:\s*:\s*({NUMBER}))?")


@dataclass(frozen=True, slots=True)
class Axis:
    """One setting and the values it takes."""

    setting: Setting
    values: tuple[Value, ...]

    @property
    def is_numeric(self) -> bool:
        """Whether its values are numbers, so that they can stand on an axis."""
        return all(isinstance(v, int | float) and not isinstance(v, bool) for v in self.values)


def axes(scenario: Scenario, asked: Sequence[str]) -> tuple[Axis, ...]:
    """Understand every ``SETTING=VALUES`` of a command line.

    Raises
    ------
    InputError
        A setting is unknown, values are not understood, or there are too many combinations.
    """
    raw = raw_scenario(scenario)
    found: list[Axis] = []
    for text in asked:
        path, equals, values = text.rpartition("=")
        path = path.strip()
        if not equals or not path:
            raise InputError("--vary", [Problem("", "vary_not_understood", {"text": text})])
        axis = Axis(find(raw, path), parse(values, text))
        if any(axis.setting.spot == other.setting.spot for other in found):
            raise InputError("--vary", [Problem(path, "vary_twice")])
        found.append(axis)
    if not found:
        raise InputError("--vary", [Problem("", "nothing_varied")])
    number = prod(len(axis.values) for axis in found)
    if number > MOST:
        raise InputError("--vary", [Problem("", "vary_too_many", {"n": number, "most": MOST})])
    return tuple(found)


def parse(values: str, whole: str = "") -> tuple[Value, ...]:
    """Understand a list of values: numbers, words, clock times, and spans of numbers.

    Examples
    --------
    >>> parse("1..4, 8")
    (1, 2, 3, 4, 8)
    >>> parse("0.01..0.03:0.01")
    (0.01, 0.02, 0.03)
    >>> parse("07:30:00, hall")
    (datetime.time(7, 30), 'hall')
    """
    found: list[Value] = []
    for part in values.split(","):
        text = part.strip()
        if not text:
            raise InputError(
                "--vary", [Problem("", "vary_not_understood", {"text": whole or values})]
            )
        span = SPAN.fullmatch(text)
        found += _span(text, *span.groups()) if span else [_one(text)]
    return tuple(dict.fromkeys(found))


def _span(text: str, first: str, last: str, by: str | None) -> list[Value]:
    """Numbers from first to last in steps, both ends included where the steps meet them."""
    low, high = Decimal(first), Decimal(last)
    step = Decimal(by) if by else Decimal(1 if high >= low else -1)
    values = {"text": text, "low": first, "high": last, "step": f"{step:g}"}
    if step == 0 or (high - low) / step < 0:
        raise InputError("--vary", [Problem("", "vary_without_end", values)])
    steps = int((high - low) / step)
    if steps >= MOST:
        raise InputError("--vary", [Problem("", "vary_too_many", {"n": steps + 1, "most": MOST})])
    whole = all(re.fullmatch(r"[+-]?\d+", number) for number in (first, by or "1"))
    return [int(v) if whole else float(v) for v in (low + i * step for i in range(steps + 1))]


def _one(text: str) -> Value:
    """A value as a TOML file would understand it, or else a word."""
    try:
        value = tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text
    return value if isinstance(value, int | float | str | bool | time | date) else text


def combinations(varied: Sequence[Axis]) -> list[Mapping[Setting, Any]]:
    """Every combination of the values; the setting named first changes most slowly."""
    settings = [axis.setting for axis in varied]
    return [
        dict(zip(settings, values, strict=True)) for values in product(*(a.values for a in varied))
    ]
