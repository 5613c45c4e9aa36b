"""The page made small, and what is printed on it: the ground on which all detectors stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Pixels of the small copy. Print of 8 points is then about 6 pixels high on an A4 page.
_SMALL = 1_000_000
#: How much darker than its surroundings ink is, in grey levels.
_DARKER = 14
#: The least height of a letter on the small copy, in pixels.
_LEAST_LETTER = 3
#: A frame or rule is longer than so many letters and fills this little of its box.
_LONG = 12
_THIN = 0.3


@dataclass(frozen=True, slots=True)
class Ink:
    """Letters and words of a page: ``mask`` (0 or 255) on the small copy, and the usual height of a letter there."""

    mask: Any
    letter: float
    count: int


def small_copy(pixels: Any) -> tuple[Any, float]:
    """A small copy of an RGB array, and how many of its pixels make one of the original."""
    import cv2

    height, width = pixels.shape[:2]
    scale = min(1.0, (_SMALL / (height * width)) ** 0.5)
    if scale == 1:
        return pixels, 1.0
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), scale


def find_ink(grey: Any) -> Ink | None:
    """What is printed on a small grey page, without rules, frames, pictures and grain; ``None`` for a page with
    hardly any print."""
    import cv2
    import numpy

    ground = cv2.blur(grey, (31, 31))
    dark = (grey.astype(numpy.int16) + _DARKER < ground).astype(numpy.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    width, height, area = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    low, long = numpy.minimum(width, height), numpy.maximum(width, height)
    grown = (low >= _LEAST_LETTER) & (area >= 2 * _LEAST_LETTER)
    grown[0] = False
    if grown.sum() < 8:
        return None
    letter = float(numpy.median(low[grown]))
    frame = (long > _LONG * letter) & (area < _THIN * width * height)
    text = grown & (low > 0.4 * letter) & (low < 5 * letter) & ~frame
    text |= grown & (long < 5 * letter)
    mask = numpy.where(text[labels], 255, 0).astype(numpy.uint8)
    return Ink(mask, letter, int(text.sum()))
