"""The bundled fonts: where they are, which characters they have, and how wide a text is."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from returnsim.report.lettering import advances

FAMILIES = {"zh": ("Returnsim Sans SC",), "en": ("Returnsim Sans", "Returnsim Sans SC")}
"""Font families by language, the first preferred."""
FILES = {"Returnsim Sans": "ReturnsimSans", "Returnsim Sans SC": "ReturnsimSansSC"}
"""What the files of a family are called, without their weight."""
FALLBACK = "〓"
"""Printed in place of a character that no bundled font has (the geta mark of printers)."""


def font_folder() -> Path:
    """Folder with the fonts that come with returnsim."""
    return Path(str(files("returnsim").joinpath("report").joinpath("fonts")))


@cache
def characters() -> frozenset[str]:
    """Every character that can be printed."""
    return frozenset(_advances("Returnsim Sans SC", "Regular"))


@cache
def _advances(family: str, weight: str) -> Mapping[str, float]:
    return advances(font_folder() / f"{FILES[family]}-{weight}.otf")


def text_width(text: str, size: float, lang: str, *, bold: bool = False) -> float:
    """Width of a line of printable text, in the unit of its size.

    Examples
    --------
    >>> text_width("校门", 9, "zh")
    18.0
    """
    weight = "Bold" if bold else "Regular"
    known = [_advances(family, weight) for family in FAMILIES[lang]]
    return size * sum(next(w[c] for w in known if c in w) for c in text)


def missing_characters(text: str) -> tuple[str, ...]:
    """List the characters of a text that no bundled font has, in order, each once.

    Examples
    --------
    >>> missing_characters("九1班")
    ()
    >>> missing_characters("𠮷1班")
    ('𠮷',)
    """
    there = characters()
    return tuple(dict.fromkeys(c for c in text if c not in there and c != "\n"))


def printable(text: str) -> str:
    """Replace every character that no bundled font has by a visible mark.

    Examples
    --------
    >>> printable("𠮷1班")
    '〓1班'
    """
    for character in missing_characters(text):
        text = text.replace(character, FALLBACK)
    return text
