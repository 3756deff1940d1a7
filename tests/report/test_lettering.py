"""Characters and widths, as another reader of fonts finds them."""

import shutil
from pathlib import Path

import pytest
from matplotlib.ft2font import FT2Font, LoadFlags

from returnsim.report.fonts import font_folder, text_width
from returnsim.report.lettering import advances

FONTS = sorted(font_folder().glob("*.otf"))


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_characters_and_widths_are_those_that_freetype_finds(path: Path) -> None:
    font = FT2Font(str(path))
    font.set_size(1000, 72)
    found = advances(path)
    assert set(found) == set(map(chr, font.get_charmap()))
    for character in sorted(found)[::50]:
        glyph = font.load_char(ord(character), flags=LoadFlags.NO_HINTING)
        assert found[character] == pytest.approx(glyph.linearHoriAdvance / 65_536_000, abs=1e-6)


def test_a_font_with_another_map_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "font.otf"
    shutil.copy(FONTS[0], path)
    data = bytearray(path.read_bytes())
    for n in range(int.from_bytes(data[4:6], "big")):
        entry = data[12 + 16 * n : 28 + 16 * n]
        if entry[:4] == b"cmap":
            cmap = int.from_bytes(entry[8:12], "big")
    for n in range(int.from_bytes(data[cmap + 2 : cmap + 4], "big")):
        at = cmap + int.from_bytes(data[cmap + 8 + 8 * n : cmap + 12 + 8 * n], "big")
        data[at : at + 2] = (6).to_bytes(2, "big")
    path.write_bytes(data)
    with pytest.raises(ValueError, match="formats"):
        advances(path)


def test_latin_letters_of_an_english_figure_are_those_of_the_latin_font() -> None:
    latin = advances(font_folder() / "ReturnsimSans-Regular.otf")
    assert text_width("gate", 10, "en") == pytest.approx(10 * sum(latin[c] for c in "gate"))
    assert text_width("门", 10, "en") == 10.0
    assert text_width("gate", 10, "en", bold=True) > text_width("gate", 10, "en")
