"""Uneven light on the paper, faint print, and the grain of a scanner or camera."""

from __future__ import annotations

from typing import Any

#: Light is not looked at on a copy with a shorter side than this, in pixels.
_LEAST_SIDE = 100
#: The paper's light may differ by this share between its darkest and brightest parts.
_UNEVEN = 0.16
#: The share of a page that must be paper, for its light to be told.
_PAPER = 0.6
#: The darkest print of a page is at least so much darker than its paper, in grey levels.
_FAINT = 110
#: The spread of grain on even paper, in grey levels.
_GRAIN = 4.0


def find_light(grey: Any) -> Any:
    """The light on the paper as a small grey picture, where it is uneven; ``None`` for an even page.

    A plane with a bend is laid through the paper's brightness; coloured fields that stand off it count for nothing.
    """
    import cv2
    import numpy

    if min(grey.shape) < _LEAST_SIDE:
        return None
    ground = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    ground = cv2.medianBlur(cv2.dilate(ground, numpy.ones((7, 7), numpy.uint8)), 9)
    y, x = numpy.mgrid[-1 : 1 : ground.shape[0] * 1j, -1 : 1 : ground.shape[1] * 1j]
    terms = numpy.stack([numpy.ones_like(x), x, y, x * y, x * x, y * y], axis=-1).reshape(-1, 6)[::7]
    values = ground.ravel()[::7].astype(float)
    paper = values > 0.5 * numpy.percentile(values, 90)
    for _ in range(3):
        if paper.mean() < _PAPER:
            return None
        bend, *_ = numpy.linalg.lstsq(terms[paper], values[paper], rcond=None)
        fitted = terms @ bend
        paper = numpy.abs(values - fitted) < 0.08 * numpy.maximum(fitted, 1)
    low, high = numpy.percentile(fitted[paper], (2, 98)) if paper.any() else (1.0, 1.0)
    return ground if paper.mean() >= _PAPER and high - low > _UNEVEN * high else None


def even_out(pixels: Any, ground: Any) -> Any:
    """The page with its paper white everywhere."""
    import cv2
    import numpy

    height, width = pixels.shape[:2]
    smooth = cv2.resize(cv2.GaussianBlur(ground, (0, 0), 5), (width, height), interpolation=cv2.INTER_LINEAR)
    level = numpy.maximum(smooth, 0.35 * float(smooth.max())).astype(numpy.uint8)
    return cv2.divide(pixels, cv2.merge([level] * 3), scale=250)


def find_faintness(grey: Any) -> tuple[int, int] | None:
    """The grey levels of print and paper where they are close to each other; ``None`` where print is dark enough."""
    import numpy

    ink, paper = (int(level) for level in numpy.percentile(grey[::2, ::2], (0.5, 60)))
    return (ink, paper) if 0 < paper - ink < _FAINT else None


def darken(pixels: Any, ink: int, paper: int) -> Any:
    """The page with its levels spread so that print is dark and paper bright."""
    import cv2
    import numpy

    levels = numpy.clip((numpy.arange(256) - ink) * (210 / (paper - ink)) + 30, 0, 255).astype(numpy.uint8)
    return cv2.LUT(pixels, levels)


def find_grain(pixels: Any) -> float | None:
    """The spread of grain in grey levels, where there is much; ``None`` for a clean page. Looks at patches of the page
    at full size: a smaller copy has lost its grain."""
    import cv2
    import numpy

    height, width = pixels.shape[:2]
    found = []
    for row in (0.2, 0.5, 0.8):
        for column in (0.2, 0.5, 0.8):
            y, x = int(row * height), int(column * width)
            patch = cv2.cvtColor(pixels[y : y + 96, x : x + 96], cv2.COLOR_RGB2GRAY).astype(numpy.float32)
            if min(patch.shape) > 8:
                rough = cv2.filter2D(patch, -1, numpy.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], numpy.float32))
                found.append(float(numpy.median(numpy.abs(rough))) / 0.6745 / 6)
    sigma = float(numpy.median(found)) if found else 0.0
    return sigma if sigma > _GRAIN else None


def smooth(pixels: Any, grain: float) -> Any:
    """The page with less grain; edges of letters stay."""
    import cv2

    return cv2.bilateralFilter(pixels, 5, 3 * grain, 1.5)
