"""How far a page lies out of level, told by the lines that OCR read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median

from core.evidence import Word

#: Skew below this slope (about 0.1°) is not worth straightening.
_LEVEL = 0.002
#: What lies further out of level is a stamp or a drawing across the page.
_STEEPEST = 0.06
#: A line this many times as wide as it is high, set level by an engine that reads slanted ones as such, is level.
_WIDE = 4


def slope_of(words: Sequence[Word]) -> float:
    """The page's skew as rise per unit to the right, from its text lines. 0 for a level page."""
    slopes = [slope for slope in _line_slopes(words) if abs(slope) < _STEEPEST]
    slope = median(slopes) if len(slopes) > 2 else 0.0
    return slope if abs(slope) > _LEVEL else 0.0


def _line_slopes(words: Sequence[Word]) -> Iterator[float]:
    """The slope of each of the engine's own lines that is long enough to tell: along the corners that it read slanted,
    else between the middles of its first and last word."""
    slanted = any(word.polygon for word in words)
    for _, group in groupby(words, key=lambda word: word.line if word.line >= 0 else id(word)):
        line = list(group)
        first, last = line[0], line[-1]
        if first.polygon and last.polygon:
            (x0, y0), (x1, y1) = first.polygon[0], last.polygon[1]
            if x1 - x0 > 4 * first.box.height > 0:
                yield (y1 - y0) / (x1 - x0)
        elif last.box.x0 - first.box.x1 > 8 * first.box.height > 0:
            yield (last.box.center[1] - first.box.center[1]) / (last.box.center[0] - first.box.center[0])
        elif slanted and last.box.x1 - first.box.x0 > _WIDE * first.box.height > 0:
            yield 0.0
