"""Found lines cut out of a page's picture, and the ways in which one may run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from core.ocr.lines import Quad

#: A4's proportions. Longer pages (receipts) are searched at the same area, so that their print stays legible.
_PAGE_RATIO = math.sqrt(2)
#: A cut-out this much higher than wide may be a line that runs up or down the page.
_UPRIGHT_RATIO = 1.5


def search_side(size: tuple[int, int], side: int) -> int:
    """The longest side, in pixels, at which a picture of ``size`` is searched for lines: ``side`` for a page, more for
    one that is longer and narrower."""
    ratio = max(size) / max(1, min(size))
    return round(side * math.sqrt(max(1.0, ratio / _PAGE_RATIO)))


def quads_of(found: Any) -> list[Quad]:
    """A detector's array of corners as plain numbers."""
    return [tuple((float(x), float(y)) for x, y in quad) for quad in found]  # type: ignore[misc]


def sides(quad: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Width and height of a quadrilateral, the longer of its two sides each."""
    a, b, c, d = quad
    return max(math.dist(a, b), math.dist(c, d)), max(math.dist(a, d), math.dist(b, c))


def usual_height(quads: Sequence[Quad]) -> float:
    """The height of the page's usual line; 0 where there is none."""
    heights = sorted(sides(quad)[1] for quad in quads)
    return heights[len(heights) // 2] if heights else 0.0


def ways(quad: Quad, usual: float) -> list[Quad]:
    """The corners in each order in which the line may have to be read. ``usual`` is the height of the page's usual
    line: only a cut-out that is higher than wide can run up or down the page."""
    width, height = sides(quad)
    if height < _UPRIGHT_RATIO * width:
        return [quad]
    # Corners in turn: as it stands, running down the page, running up it.
    turned: list[Quad] = [quad] if height < 2 * usual else []
    return [*turned, (quad[1], quad[2], quad[3], quad[0]), (quad[3], quad[0], quad[1], quad[2])]


def cut_out(pixels: Any, quad: Quad) -> Any:
    """The part of the picture inside ``quad``, straightened."""
    import cv2
    import numpy

    width, height = (max(1, int(side)) for side in sides(quad))
    corners = numpy.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=numpy.float32)
    matrix = cv2.getPerspectiveTransform(numpy.array(quad, dtype=numpy.float32), corners)
    return cv2.warpPerspective(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC)
