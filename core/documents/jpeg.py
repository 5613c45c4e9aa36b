"""Pictures for the screen."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

#: Thumbnails may lose a little; small print in the page view may not.
_THUMBNAIL = 480


def jpeg_of(image: Image, width: int) -> bytes:
    """``image`` as a JPEG exactly ``width`` pixels wide."""
    from PIL import Image as Pillow

    if image.width != width:
        height = max(1, round(image.height * width / image.width))
        image = image.resize((width, height), Pillow.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    if width <= _THUMBNAIL:
        image.save(out, "JPEG", quality=85)
    else:
        image.save(out, "JPEG", quality=92, subsampling=0)
    return out.getvalue()
