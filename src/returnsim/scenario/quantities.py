"""The words of a scenario file: names, counts, probabilities, clock times."""

from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from returnsim.errors import Problem, Problems
from returnsim.theory.distributions import NonNegative as NonNegative
from returnsim.theory.distributions import Number as Number
from returnsim.theory.distributions import Positive as Positive


class Frozen(BaseModel):
    """Something read from a file: unchangeable, and with no setting that is not known."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True
    )


def _plain(text: str) -> str:
    if any(not (c.isprintable()) for c in text):
        raise Problems([Problem("", "unprintable")])
    if text != text.strip():
        raise Problems([Problem("", "spaces_around")])
    return text


Text = Annotated[str, Field(strict=True, min_length=1, max_length=400), AfterValidator(_plain)]
Name = Annotated[str, Field(strict=True, min_length=1, max_length=60), AfterValidator(_plain)]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
AtLeastOne = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Probability = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
Celsius = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=30, le=45)]
Flag = Annotated[bool, Field(strict=True)]


def _clock(given: Any) -> Any:
    if not isinstance(given, time) or given.tzinfo is not None:
        raise Problems([Problem("", "not_a_clock_time")])
    return given


def _day(given: Any) -> Any:
    if isinstance(given, datetime) or not isinstance(given, date):
        raise Problems([Problem("", "not_a_date")])
    return given


Clock = Annotated[time, BeforeValidator(_clock)]
Day = Annotated[date, BeforeValidator(_day)]


class Labelled(Frozen):
    """Something that is printed: its name, and how it is written in Chinese and in English."""

    name: Name
    """What other parts of the file call it; any language."""
    zh: Name | None = None
    """How it is printed in Chinese, when not by its name."""
    en: Name | None = None
    """How it is printed in English, when not by its name."""

    def label(self, lang: str) -> str:
        """Return its printed name."""
        return (self.zh if lang == "zh" else self.en) or self.name


class Sourced(Frozen):
    """Holds numbers that the plan document leaves open, and says where they come from."""

    source: Text
    """Where the numbers of this table come from: a document, a measurement, "assumed"."""
    evidence: Literal["A", "B", "C", "D", "M"] | None = None
    """How good the source is: A study or standard, B official guide, C news or vendor,
    D derived or assumed, M from memory."""


def seconds(clock: time) -> float:
    """Turn a clock time into seconds after midnight; the one conversion there is."""
    return clock.hour * 3600.0 + clock.minute * 60.0 + clock.second + clock.microsecond / 1e6


def clock_time(moment: float) -> time:
    """Turn seconds after midnight into a clock time, to the second."""
    whole = round(moment) % 86_400
    return time(whole // 3600, whole // 60 % 60, whole % 60)
