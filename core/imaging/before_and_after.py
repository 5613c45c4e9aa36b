"""A page as it came beside the page as it was laid for reading, to be looked at."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from core.documents import Document
from core.extraction import Extraction

if TYPE_CHECKING:
    from PIL.Image import Image


def before_and_after(document: Document, extraction: Extraction, page: int, width: int) -> tuple[bytes, bytes]:
    """JPEGs of a recognised page as it came and as clean-up laid it for reading, ``width`` pixels wide."""
    from core.imaging import picture_as_read

    text = next(text for text in extraction.page_texts if text.page == page)
    recipe = extraction.recipe.ocr
    picture = document.page(page, text.rotation).render(recipe.dpi)
    return _jpeg(picture.image, width), _jpeg(picture_as_read(picture, text, recipe.cleanup), width)


def _jpeg(image: Image, width: int) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").resize((width, round(width * image.height / image.width))).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
