"""No character disappears in print."""

from proposals import RARE

from returnsim.report.document import Document
from returnsim.report.fonts import FALLBACK, font_folder, missing_characters, printable
from returnsim.report.mornings import arrival_image, queue_images


def test_rare_characters_are_found_and_made_visible() -> None:
    assert missing_characters(f"{RARE}九{RARE}") == (RARE,)
    assert printable(f"{RARE}九") == f"{FALLBACK}九"
    assert missing_characters(FALLBACK) == ()


def test_the_licence_goes_with_the_fonts() -> None:
    assert len(list(font_folder().glob("*.otf"))) == 4
    text = (font_folder() / "COPYRIGHT.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in text


def test_figures_use_the_bundled_fonts_only(tiny_documents: dict[str, Document]) -> None:
    for lang, document in tiny_documents.items():
        images = [*queue_images(document.queues, lang), arrival_image(document.arrivals, lang)]
        for image in images:
            text = image.decode("utf-8")
            assert "Returnsim Sans" in text
            assert "DejaVu" not in text


def test_figures_are_the_same_every_time(tiny_documents: dict[str, Document]) -> None:
    document = tiny_documents["zh"]
    assert queue_images(document.queues, "zh") == queue_images(document.queues, "zh")
    assert arrival_image(document.arrivals, "zh") == arrival_image(document.arrivals, "zh")
