"""The picture of a drawn region, laid as its page was laid for reading: a region of a page that lies on its side is
read level too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.documents import Picture
from core.evidence import Box, Upright, around, corners
from core.homography import Matrix, apply, compose, invert, scaled, shifted

if TYPE_CHECKING:
    from PIL.Image import Image


def lay(picture: Picture, region: Box, upright: Upright | None) -> tuple[Image, Matrix]:
    """The ``picture`` of ``region`` (page units) laid as ``upright`` says, and the matrix that brings its pixels to
    page units."""
    from PIL import Image

    to_page = compose(shifted(region.x0, region.y0), scaled(1 / picture.scale))
    if upright is None:
        return picture.image, to_page
    level = around(apply(invert(upright.matrix), corners(region)))
    size = max(1, round(level.width * picture.scale)), max(1, round(level.height * picture.scale))
    laid_to_page = compose(upright.matrix, compose(shifted(level.x0, level.y0), scaled(1 / picture.scale)))
    *coefficients, last = compose(invert(to_page), laid_to_page)
    data = [value / last for value in coefficients]
    image = picture.image.transform(
        size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC, fillcolor="white"
    )
    return image, laid_to_page
