"""What a model that can see is shown: the page's picture, upright, within its limits, with masked places covered."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image as Pillow

from core.errors import ExtractionError
from core.evidence import PageText, Upright
from core.llm.extractor import LlmExtractor
from core.llm.pictures import page_picture
from core.llm.provider import Capabilities, Image
from core.recipe import ModelChoice, Redaction
from core.redaction import Masker
from tests.core.made import encoded, pdf_of, picture_of
from tests.llm.made_models import LINES, FakeModels, opened, page_of, pictures, request_of, said


def drawn(image: Image) -> Any:
    """The picture behind the bytes."""
    return Pillow.open(io.BytesIO(image.data))


def test_pictures_keep_to_the_models_limits() -> None:
    """Side and bytes; a PDF is drawn no finer than it needs."""
    noise = Pillow.effect_noise((3000, 1500), 120).convert("RGB")
    page = opened(encoded(noise, "PNG"), "a.png").page(1)
    small = page_picture(page, None, Capabilities(image_side=900, image_bytes=60_000))
    assert small.media_type == "image/jpeg"
    assert len(small.data) <= 60_000
    assert max(drawn(small).size) <= 900
    sheet = page_picture(opened(pdf_of(LINES)).page(1), None, Capabilities(image_side=1000))
    assert max(drawn(sheet).size) in range(960, 1001)


def test_a_page_that_lies_on_its_side_is_shown_upright() -> None:
    """As it was laid for reading."""
    upright = picture_of(size=(900, 500))
    lying = upright.transpose(Pillow.Transpose.ROTATE_90)
    page = opened(encoded(lying, "PNG"), "a.png").page(1)
    # a place (x, y) of the upright page is at (y, 900 - x) on the lying one
    laid = Upright(900, 500, (0.0, 1.0, 0.0, -1.0, 0.0, 900.0, 0.0, 0.0, 1.0))
    shown = PageText(1, 500, 900, (), "made", upright=laid)
    image = drawn(page_picture(page, shown, Capabilities(image_side=900)))
    assert image.size == (900, 500)
    same = sum(
        abs(a - b) > 60 for a, b in zip(image.convert("L").tobytes(), upright.convert("L").tobytes(), strict=True)
    )
    assert same < 0.01 * 900 * 500


def test_masked_places_are_covered_before_the_picture_leaves() -> None:
    """The box that a person drew is black."""
    page = opened(encoded(picture_of(), "PNG"), "a.png").page(1)
    masker = Masker(Redaction(boxes=((1, 40, 30, 500, 90),)))
    image = drawn(page_picture(page, None, Capabilities(), masker)).convert("L")
    assert max(image.crop((60, 45, 480, 80)).tobytes()) < 40


def test_text_picture_or_both_are_sent() -> None:
    """As the recipe says; a picture stands beneath the text of all pages."""
    document = opened(pdf_of(LINES))
    for source, has_text, has_picture in (("text", True, 0), ("image", False, 1), ("both", True, 1)):
        models = FakeModels(vision=True)
        LlmExtractor(models).extract(
            request_of(page_of(LINES), document=document, choice=ModelChoice(input=source))  # type: ignore[arg-type]
        )
        question = models.asked[0].question
        assert ("Acme Tools" in said(question)) is has_text
        assert len(pictures(question)) == has_picture


def test_a_model_that_cannot_see_gets_the_text_or_says_so() -> None:
    """“both” falls back and is told; “image” is an error that says what to choose."""
    document = opened(pdf_of(LINES))
    models = FakeModels(vision=False)
    draft = LlmExtractor(models).extract(
        request_of(page_of(LINES), document=document, choice=ModelChoice(input="both"))
    )
    assert draft is not None
    assert any("cannot look at pictures" in finding.message for finding in draft.findings)
    with pytest.raises(ExtractionError, match="choose text"):
        LlmExtractor(models).extract(request_of(page_of(LINES), document=document, choice=ModelChoice(input="image")))


def test_pages_without_words_are_not_asked_about_as_text() -> None:
    """No money is spent on nothing."""
    models = FakeModels()
    with pytest.raises(ExtractionError, match="picture"):
        LlmExtractor(models).extract(request_of(page_of(())))
    assert models.asked == []


def test_a_picture_in_which_nothing_could_be_masked_does_not_leave() -> None:
    """Where no words were read nobody knows what it shows."""
    document = opened(pdf_of(LINES))
    models = FakeModels(vision=True)
    choice = ModelChoice(input="image", redaction=Redaction(kinds=("iban",)))
    with pytest.raises(ExtractionError, match="nothing can be masked"):
        LlmExtractor(models).extract(request_of(page_of(()), document=document, choice=choice))
    assert models.asked == []
