"""How wide a text is: characters and advances, read from a font file without a library.

Matplotlib and typst know both, but the one loads slowly and the other tells only its own
templates. Kerning is left out: it makes a line narrower, so that what fits here fits on paper.
"""

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

NO_GLYPH = 0
"""The glyph of every character that a font does not have."""
LAST_OF_PLANE = 0xFFFF
"""Ends the segments of a map of characters; no character."""
SEGMENTS, GROUPS = 4, 12
"""Formats of a map of characters: of the first plane, and of all."""


def advances(path: Path) -> Mapping[str, float]:
    """Return the width of every character of an OpenType font [em].

    Raises
    ------
    ValueError
        The file's map of characters is in neither of the two usual formats.
    """
    data = path.read_bytes()
    tables = dict(_tables(data))
    (per_em,) = struct.unpack_from(">H", data, tables["head"] + 18)
    (measured,) = struct.unpack_from(">H", data, tables["hhea"] + 34)
    metrics = struct.unpack_from(f">{2 * measured}H", data, tables["hmtx"])[::2]
    return {
        chr(code): metrics[min(glyph, measured - 1)] / per_em
        for code, glyph in _glyphs(data, tables["cmap"])
        if glyph != NO_GLYPH
    }


def _tables(data: bytes) -> Iterator[tuple[str, int]]:
    """Names of the tables of a font, and where they begin."""
    (number,) = struct.unpack_from(">H", data, 4)
    for n in range(number):
        name, _, begins, _ = struct.unpack_from(">4sIII", data, 12 + 16 * n)
        yield name.decode("ascii"), begins


def _glyphs(data: bytes, cmap: int) -> Iterator[tuple[int, int]]:
    """Characters and their glyphs, by the map that holds most."""
    (number,) = struct.unpack_from(">H", data, cmap + 2)
    begins = [cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * n)[0] for n in range(number)]
    by_format = {struct.unpack_from(">H", data, at)[0]: at for at in begins}
    if GROUPS in by_format:
        return _of_groups(data, by_format[GROUPS])
    if SEGMENTS in by_format:
        return _of_segments(data, by_format[SEGMENTS])
    raise ValueError(f"maps of characters in formats {sorted(by_format)}")


def _of_groups(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    (number,) = struct.unpack_from(">I", data, at + 12)
    for n in range(number):
        first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * n)
        for code in range(first, last + 1):
            yield code, glyph + code - first


def _of_segments(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    (twice,) = struct.unpack_from(">H", data, at + 6)
    number = twice // 2
    ends, starts, shifts, ranges = (
        struct.unpack_from(f">{number}H", data, at + 14 + column * twice + (2 if column else 0))
        for column in range(4)
    )
    of_ranges = at + 16 + 3 * twice
    for n, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for code in range(first, min(last, LAST_OF_PLANE - 1) + 1):
            glyph = code
            if ranges[n]:
                where = of_ranges + 2 * n + ranges[n] + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", data, where)
                if glyph == NO_GLYPH:
                    continue
            yield code, (glyph + shifts[n]) & LAST_OF_PLANE
