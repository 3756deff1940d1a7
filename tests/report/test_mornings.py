"""The two figures of every schedule: nothing cut off, nothing on top of anything else."""

import math
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from returnsim.report.document import ArrivalFigure, Document, QueueFigure, QueuePanel
from returnsim.report.fonts import text_width
from returnsim.report.mornings import arrival_image, queue_images
from returnsim.report.svg import drawing, words

Box = tuple[float, float, float, float]
ASCENT, DESCENT = 0.88, 0.12
"""Of a Chinese character from its baseline [em]."""
NARROW, WIDE = "iiiiiiiiii", "一二三四五六七八九十"


def texts(image: bytes, lang: str) -> Iterator[tuple[str, Box]]:
    """Every text of an image, and the left, upper, right and lower end of its box."""
    for found in ET.fromstring(image).iter("{http://www.w3.org/2000/svg}text"):
        text, look = found.text or "", found.attrib
        x, y, size = (float(look[key]) for key in ("x", "y", "font-size"))
        width = text_width(text, size, lang, bold="font-weight" in look)
        begins = {"start": 0.0, "middle": -width / 2, "end": -width}[
            look.get("text-anchor", "start")
        ]
        if "transform" in look:
            yield text, (x - ASCENT * size, y - begins - width, x + DESCENT * size, y - begins)
        else:
            yield text, (x + begins, y - ASCENT * size, x + begins + width, y + DESCENT * size)


def cut_off(image: bytes, lang: str) -> list[str]:
    """Texts that reach beyond the edges of their image."""
    _, _, width, height = map(float, ET.fromstring(image).attrib["viewBox"].split())
    return [
        text
        for text, (left, upper, right, lower) in texts(image, lang)
        if left < 0 or upper < 0 or right > width or lower > height
    ]


def colliding(image: bytes, lang: str) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes overlap."""
    return [
        (first, second)
        for (first, a), (second, b) in combinations(texts(image, lang), 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


def images(document: Document) -> list[bytes]:
    """Return both figures of a document."""
    queues = queue_images(document.queues, document.lang)
    return [*queues, arrival_image(document.arrivals, document.lang)]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("which", ["tiny_documents", "crowded_documents", "school_day_documents"])
def test_no_text_is_cut_off_or_stands_on_another(
    which: str, lang: str, request: pytest.FixtureRequest
) -> None:
    document: Document = request.getfixturevalue(which)[lang]
    for image in images(document):
        assert cut_off(image, lang) == []
        assert colliding(image, lang) == []


def hostile(name: str, first: float, last: float, top: float) -> tuple[QueueFigure, ArrivalFigure]:
    """Seven gates with one name, on a morning of a length, with numbers up to `top`."""
    edges = tuple(first + 60.0 * n for n in range(int(last - first) // 60 + 1))
    wave = tuple(top * (1 + math.sin(n)) / 2 for n in range(len(edges) - 1))
    note = "超出的日子 100%（≤ 100%）"
    panel = QueuePanel(name, note, round(top), name, wave, wave, wave, 1.25 * top)
    labels = {"median": name, "band": name, "queue_axis": 3 * name, "unused": name}
    return (
        QueueFigure((name, name), edges, ((panel, None),) * 7, labels),
        ArrivalFigure((name, name), edges, (name,) * 7, ((wave,) * 7, (wave,) * 7), 3 * name),
    )


@pytest.mark.parametrize("name", [NARROW, WIDE])
@pytest.mark.parametrize("last", [7.5, 8.0, 8.05, 9.4, 9.7, 11.0, 12.0, 15.0, 23.0])
@pytest.mark.parametrize("top", [1, 18, 4_000])
def test_long_names_any_morning_and_large_numbers_find_room(
    name: str, last: float, top: float
) -> None:
    queues, arrivals = hostile(name, 7 * 3600.0, last * 3600.0, top)
    for image in (*queue_images(queues, "zh"), arrival_image(arrivals, "zh")):
        assert cut_off(image, "zh") == []
        if name == NARROW:  # the legend is of fixed words, and they are short
            assert colliding(image, "zh") == []


def test_a_text_that_is_cut_off_is_found() -> None:
    inside, beyond = (words((x, 10), "校门", 9, "black") for x in (0, 3))
    assert cut_off(drawing(20, 20, "zh", [inside]), "zh") == []
    assert cut_off(drawing(20, 20, "zh", [beyond]), "zh") == ["校门"]
    assert cut_off(drawing(20, 15, "zh", [words((9, 17), "校门", 9, "black")]), "zh") != []
    upright = words((10, 10), "校门", 9, "black", anchor="middle", upright=True)
    assert cut_off(drawing(20, 20, "zh", [upright]), "zh") == []
    assert cut_off(drawing(20, 18, "zh", [upright]), "zh") == ["校门"]


def test_texts_on_top_of_each_other_are_found() -> None:
    first, second = (words((x, 10), name, 9, "black") for x, name in ((0, "东门"), (17, "西门")))
    assert colliding(drawing(50, 20, "zh", [first, second]), "zh") == [("东门", "西门")]


def test_every_gate_is_drawn_five_to_a_figure() -> None:
    queues, _ = hostile("gate", 25_200, 28_800, 20)
    drawn = queue_images(queues, "en")
    titles = [sum(text == "gate" for text, _ in texts(image, "en")) for image in drawn]
    assert len(drawn) == 2
    words_of_both = 4  # titles of columns, and the legend
    # of every gate its title, its limit, and that the plan does not use it
    assert titles == [words_of_both + 3 * 5, words_of_both + 3 * 2]


def test_words_are_text_and_odd_ones_do_no_harm() -> None:
    queues, _ = hostile("gate", 25_200, 28_800, 20)
    odd = replace(queues, columns=("<1 & 2>", "𠮷"))
    found = [text for text, _ in texts(queue_images(odd, "zh")[0], "zh")]
    assert "<1 & 2>" in found
    assert "〓" in found


def test_a_morning_on_which_nobody_comes_is_drawn() -> None:
    _, arrivals = hostile("gate", 25_200, 28_800, 0)
    assert cut_off(arrival_image(arrivals, "en"), "en") == []


def test_a_schedule_is_printed_without_loading_matplotlib(
    tiny_documents: dict[str, Document], tmp_path: Path
) -> None:
    kept = tmp_path / "document"
    kept.write_bytes(pickle.dumps(tiny_documents["en"]))
    command = (
        "import pickle, sys; from pathlib import Path; from returnsim.report.pdf import pdf; "
        f"pdf(pickle.loads(Path({str(kept)!r}).read_bytes())); print('matplotlib' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
