"""The bundled fonts: where they are, and which characters they have."""

from functools import cache
from importlib.resources import files
from pathlib import Path

REGULAR = "ReturnsimSansSC-Regular.otf"
FAMILIES = {"zh": ("Returnsim Sans SC",), "en": ("Returnsim Sans", "Returnsim Sans SC")}
"""Font families by language, the first preferred."""
FALLBACK = "〓"
"""Printed in place of a character that no bundled font has (the geta mark of printers)."""


def font_folder() -> Path:
    """Folder with the fonts that come with returnsim."""
    return Path(str(files("returnsim").joinpath("report").joinpath("fonts")))


@cache
def characters() -> frozenset[str]:
    """Every character that can be printed."""
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415  (matplotlib loads slowly)

    return frozenset(map(chr, FT2Font(str(font_folder() / REGULAR)).get_charmap()))


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
