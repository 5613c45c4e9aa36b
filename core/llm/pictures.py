"""A page's picture as a model gets it: upright as it was read, masked, no larger than the model takes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from core.documents import Page
from core.evidence import PageText, Upright
from core.homography import compose, invert, scaled
from core.llm.provider import Capabilities, Image
from core.redaction import Masker

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

#: PDF pages are drawn at no more dots per inch than this: more shows nothing more.
_SHARPEST = 200
#: JPEG qualities that are tried, best first, before a picture is made smaller.
_QUALITIES = (88, 75, 60)
_SMALLER = 0.75


def page_picture(page: Page, shown: PageText | None, can: Capabilities, masker: Masker | None = None) -> Image:
    """``page`` as a JPEG within the model's limits. ``shown`` says how it was laid for reading. Raises PageTooLarge,
    BrokenDocument."""
    dpi = min(_SHARPEST, max(72, round(72 * can.image_side / max(page.width, page.height))))
    picture = page.render(dpi)
    image, scale = picture.image.convert("RGB"), picture.scale
    if masker is not None:
        image = masker.picture(image, page.number, scale)
    largest = max(image.size)
    if largest > can.image_side:
        image = _resized(image, can.image_side / largest)
        scale *= can.image_side / largest
    if shown is not None and shown.upright is not None:
        image = _laid(image, scale, shown.upright, can.image_side)
    return Image(_jpeg(image, can.image_bytes), "image/jpeg")


def _laid(image: Picture, scale: float, upright: Upright, side: int) -> Picture:
    """The picture turned and straightened as the page was for reading."""
    from PIL import Image as Pillow

    new = min(scale, side / max(upright.width, upright.height))
    size = max(1, round(upright.width * new)), max(1, round(upright.height * new))
    to_old = compose(scaled(scale), compose(upright.matrix, invert(scaled(new))))
    *coefficients, last = to_old
    return image.transform(
        size,
        Pillow.Transform.PERSPECTIVE,
        [value / last for value in coefficients],
        Pillow.Resampling.BICUBIC,
        fillcolor="white",
    )


def _resized(image: Picture, factor: float) -> Picture:
    from PIL import Image as Pillow

    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    return image.resize(size, Pillow.Resampling.LANCZOS, reducing_gap=2.0)


def _jpeg(image: Picture, most: int) -> bytes:
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            image.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= most or max(image.size) < 64:
                return out.getvalue()
        image = _resized(image, _SMALLER)
