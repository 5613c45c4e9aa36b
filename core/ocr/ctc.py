"""From a recogniser's output to characters that know where along the line they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

#: A blank is taken where the recogniser thought of one at least this much, even though it wrote none: measured on
#: scans, it drops blanks at 0.25 to 0.5, and between the letters of a word it stays under 0.1.
BLANK_AT = 0.24


class Glyph(NamedTuple):
    """One character, the place of its middle along the line (0 left to 1 right), and the confidence (0 to 1)."""

    text: str
    place: float
    confidence: float


def decode(probabilities: Any, characters: Sequence[str], used: float = 1.0) -> list[Glyph]:
    """The characters of one line. ``probabilities`` is an array of steps × classes; class 0 means “nothing new” and
    the last one is the blank. ``used`` is the part of the steps that the picture takes up (the rest is padding)."""
    best = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1)
    blank = len(characters) - 1
    best[(best == 0) & (probabilities[:, blank] >= BLANK_AT)] = blank
    glyphs: list[Glyph] = []
    start = 0
    steps = max(1.0, len(best) * used)
    for end in range(1, len(best) + 1):
        if end < len(best) and best[end] == best[start]:
            continue
        if best[start]:
            place = min(1.0, (start + end) / 2 / steps)
            glyphs.append(Glyph(characters[best[start]], place, float(sure[start:end].max())))
        start = end
    return glyphs


def confidence_of(glyphs: Sequence[Glyph]) -> float:
    """The mean of the characters' own; 0 where there is none."""
    return sum(glyph.confidence for glyph in glyphs) / len(glyphs) if glyphs else 0.0
