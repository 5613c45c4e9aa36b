"""What every OCR engine does, whichever it is. One that cannot run here is skipped with its reason."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFont

from core.errors import EngineUnavailable
from core.evidence import Word
from core.ocr import registry
from core.ocr.engine import Engine
from core.recipe import OcrRecipe
from tests.core.made import LINES, picture_of, typeset

RECIPE = OcrRecipe()


@pytest.fixture(scope="module", params=list(registry.ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn, loaded once."""
    made = registry.ENGINES[request.param](0)
    usable = made.availability()
    if not usable.usable:
        pytest.skip(f"{request.param}: {usable.reason}")
    return made


@pytest.fixture(scope="module")
def words(engine: Engine) -> list[Word]:
    """The words of the usual picture."""
    return engine.read(picture_of(), RECIPE)


def test_it_says_its_name_and_languages(engine: Engine) -> None:
    assert engine.name in registry.ENGINES
    assert "en" in engine.languages()


def test_it_finds_the_words_in_reading_order(words: list[Word]) -> None:
    assert [word.text for word in words] == " ".join(LINES).split()


def test_words_of_a_line_share_its_number(words: list[Word]) -> None:
    numbers = [word.line for word in words]
    assert numbers == sorted(numbers)
    assert [sum(1 for number in numbers if number == line) for line in sorted(set(numbers))] == [2, 2, 3, 3]


def test_boxes_are_pixels_around_each_word(words: list[Word]) -> None:
    font = ImageFont.load_default(32)
    for line, text in enumerate(LINES):
        found = [word for word in words if word.line == line]
        for position, word in enumerate(found):
            before = " ".join(text.split()[:position])
            left = 60 + font.getlength(before + " " if before else "")
            right = left + font.getlength(text.split()[position])
            assert word.box.x0 == pytest.approx(left, abs=8)
            assert word.box.x1 == pytest.approx(right, abs=8)
            assert 40 + 60 * line - 6 <= word.box.y0 < word.box.y1 <= 40 + 60 * line + 46


def test_confidences_are_high_for_clean_print(words: list[Word]) -> None:
    assert all(0.8 < word.confidence <= 1 for word in words)


def test_a_slanted_line_has_polygons(engine: Engine) -> None:
    slanted = picture_of().rotate(4, fillcolor="white", resample=Image.Resampling.BICUBIC)
    found = {word.text: word for word in engine.read(slanted, RECIPE)}
    polygon = found["Consulting"].polygon
    assert polygon is not None
    (x0, y0), (x1, y1) = polygon[:2]
    assert x1 > x0
    assert y1 < y0  # counter-clockwise: the line climbs


def test_a_line_up_the_margin_is_read(engine: Engine) -> None:
    page = Image.new("RGB", (700, 900), "white")
    page.paste(picture_of(("Invoice 2024-117",), (400, 120)), (200, 60))
    page.paste(picture_of(("Registered office",), (400, 120)).rotate(90, expand=True), (20, 300))
    texts = {word.text for word in engine.read(page, RECIPE)}
    assert {"Invoice", "2024-117", "Registered", "office"} <= texts


def test_a_lone_digit_in_a_column_is_found(engine: Engine) -> None:
    if engine.name == "tesseract":
        pytest.skip("Tesseract takes a lone digit far from other print for a speck")
    image = picture_of(("Wheel", "Brake", "Chain"))
    pen = ImageDraw.Draw(image)
    for row in range(3):
        pen.text((500, 40 + 60 * row), "1", fill="black", font=ImageFont.load_default(32))
    texts = [word.text for word in engine.read(image, RECIPE)]
    assert texts == ["Wheel", "1", "Brake", "1", "Chain", "1"]


def test_accents_and_amounts_are_kept(engine: Engine) -> None:
    if not {"de", "fr", "es", "pt"} <= set(engine.languages()):
        pytest.skip(f"{engine.name} has only {', '.join(engine.languages())} here")
    image = typeset("Müller &amp; Söhne, Straße 5", "N° 12 à régler: 1 234,56 €", "Señor Núñez, ação")
    text = " ".join(word.text for word in engine.read(image, RECIPE))
    for piece in ("Müller", "Söhne", "Straße", "régler:", "234,56", "€", "Señor", "Núñez", "ação"):
        assert piece in text


def test_quotes_and_dashes_come_plain(engine: Engine) -> None:
    text = " ".join(word.text for word in engine.read(typeset("“Quoted” text – with a dash"), RECIPE))
    assert '"Quoted"' in text
    assert " - " in text


@pytest.mark.parametrize("size", [(900, 500), (40, 40), (3, 3), (1, 300), (2000, 8)])
def test_an_empty_picture_has_no_words(engine: Engine, size: tuple[int, int]) -> None:
    assert engine.read(Image.new("RGB", size, "white"), RECIPE) == []


def test_a_long_receipt_stays_legible(engine: Engine) -> None:
    receipt = Image.new("RGB", (420, 3600), "white")
    pen = ImageDraw.Draw(receipt)
    for number in range(30):
        pen.text((20, 20 + 119 * number), f"Item {number + 100} 1.25", fill="black", font=ImageFont.load_default(22))
    texts = [word.text for word in engine.read(receipt, RECIPE)]
    assert sum(1 for number in range(30) if str(number + 100) in texts) >= 29


def test_a_grey_or_white_on_black_picture_is_read(engine: Engine) -> None:
    inverted = picture_of().point(lambda value: 255 - value)
    for image in (picture_of().convert("L"), inverted):
        assert "2024-117" in {word.text for word in engine.read(image, RECIPE)}


def test_an_engine_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(EngineUnavailable, match="nobody"):
        registry.create("nobody")


def test_every_way_of_reading_says_whether_it_can_be_used() -> None:
    found = dict(registry.availabilities())
    assert set(found) == set(registry.names()) - {registry.AUTO}
    assert all(availability.reason for availability in found.values())
