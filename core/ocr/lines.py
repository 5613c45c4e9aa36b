"""Recognised lines: their reading order, and the words in them with their boxes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from core.evidence import Box, Word
from core.ocr.ctc import Glyph, confidence_of
from core.ocr.spelling import plain

Point = tuple[float, float]
#: Corners clockwise from the text's own top left.
Quad = tuple[Point, Point, Point, Point]

#: How far from where a blank was recognised its gap in the ink may lie, in line heights.
_REACH = 0.35
#: What a blank takes from each word beside it where the ink shows no gap, in line heights.
_SHY = 0.1
#: Lines less slanted than this (radians) get upright boxes only.
LEVEL = 0.01
#: The detector's boxes stand off the letters by about this part of their height, above and below.
_MARGIN = 0.1


class Placed(Protocol):
    """Anything that stands on a line of the page."""

    @property
    def quad(self) -> Quad: ...

    @property
    def height(self) -> float: ...


P = TypeVar("P", bound=Placed)


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """One recognised line. ``ink`` says for each pixel column of its picture whether something is printed there."""

    quad: Quad
    glyphs: list[Glyph]
    ink: Sequence[bool]
    height: float

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(glyph.text for glyph in self.glyphs)

    @property
    def confidence(self) -> float:
        """The mean of its characters'."""
        return confidence_of(self.glyphs)


def in_reading_order(lines: Sequence[P]) -> list[P]:
    """Rows from top to bottom along the page's own slant, and in a row from left to right."""
    slant = _slant_of(lines)
    rows: list[list[P]] = []
    for line in sorted(lines, key=lambda line: _level(line, slant)):
        if rows and _same_row(rows[-1], line, slant):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.quad[0][0] + line.quad[3][0])]


def words_of(line: RecognisedLine, number: int) -> list[Word]:
    """The words of ``line``, whose number in reading order is ``number``."""
    found = []
    for glyphs, start, end in _spans(line):
        text = plain("".join(glyph.text for glyph in glyphs))
        quad = _part(line.quad, start, end)
        xs, ys = [x for x, _ in quad], [y for _, y in quad]
        sure = sum(glyph.confidence for glyph in glyphs) / len(glyphs)
        polygon = quad if abs(_angle(line.quad)) > LEVEL else None
        found.append(Word(text, Box(min(xs), min(ys), max(xs), max(ys)), round(sure, 4), number, polygon))
    return found


def ink_columns(grey: Any) -> list[bool]:
    """For each column of a line's grey picture, whether there is ink in it (darker or lighter than the paper)."""
    import cv2

    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = grey <= level
    if dark.mean() > 0.5:
        dark = ~dark
    columns: list[bool] = (dark.sum(axis=0) >= max(1.0, 0.04 * grey.shape[0])).tolist()
    return columns


def _spans(line: RecognisedLine) -> list[tuple[list[Glyph], float, float]]:
    """The glyphs of each word with where it starts and ends along the line, 0 to 1."""
    width = max(1, len(line.ink))
    words: list[list[Glyph]] = [[]]
    cuts: list[tuple[float, float]] = []
    for glyph in line.glyphs:
        if not glyph.text.isspace():
            words[-1].append(glyph)
        elif words[-1]:
            words.append([])
            cuts.append(_gap_at(line, glyph.place * width))
    starts = [0.0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), float(width)]
    spans = []
    for glyphs, start, end in zip(words, starts, ends, strict=True):
        if glyphs:
            start, end = _to_ink(line.ink, start, end)
            spans.append((glyphs, start / width, end / width))
    return spans


def _gap_at(line: RecognisedLine, middle: float) -> tuple[float, float]:
    """Start and end (in pixels) of the widest ink-free gap near ``middle``; a narrow one where there is no gap."""
    reach = _REACH * line.height
    first, last = max(0, int(middle - reach)), min(len(line.ink), math.ceil(middle + reach))
    best = (0, 0)
    start = first
    for place in range(first, last + 1):
        if place == last or line.ink[place]:
            best = max(best, (start, place), key=lambda gap: gap[1] - gap[0])
            start = place + 1
    if best[1] - best[0] < 2:
        shy = _SHY * line.height
        return middle - shy, middle + shy
    return float(best[0]), float(best[1])


def _to_ink(ink: Sequence[bool], start: float, end: float) -> tuple[float, float]:
    """The span without the ink-free columns at its ends; as it is when there is no ink in it."""
    first, last = max(0, int(start)), min(len(ink), math.ceil(end))
    columns = [place for place in range(first, last) if ink[place]]
    return (float(columns[0]), float(columns[-1] + 1)) if columns else (start, max(end, start + 1))


def _part(quad: Quad, start: float, end: float) -> Quad:
    """The part of a line's quadrilateral from ``start`` to ``end`` along it, close around the letters."""
    a, b, c, d = quad

    def between(p: Point, q: Point, share: float) -> Point:
        return p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share

    sides = []
    for share in (start, end):
        top, bottom = between(a, b, share), between(d, c, share)
        sides.append((between(top, bottom, _MARGIN), between(top, bottom, 1 - _MARGIN)))
    (top_left, bottom_left), (top_right, bottom_right) = sides
    corners = (top_left, top_right, bottom_right, bottom_left)
    return tuple((round(x, 2), round(y, 2)) for x, y in corners)  # type: ignore[return-value]


def _angle(quad: Quad) -> float:
    (x0, y0), (x1, y1) = quad[0], quad[1]
    return math.atan2(y1 - y0, x1 - x0)


def _slant_of(lines: Sequence[Placed]) -> float:
    """The slope of the page's longer lines (0.01: one pixel down in a hundred); 0 where there are none."""
    slopes = sorted(
        math.tan(_angle(line.quad))
        for line in lines
        if abs(_angle(line.quad)) < math.pi / 8 and line.quad[1][0] - line.quad[0][0] > 4 * line.height
    )
    return slopes[len(slopes) // 2] if slopes else 0.0


def _level(line: Placed, slant: float) -> float:
    """How far down the page the line's middle is, the page's slant taken out."""
    x = sum(point[0] for point in line.quad) / 4
    y = sum(point[1] for point in line.quad) / 4
    return y - slant * x


def _same_row(row: Sequence[Placed], line: Placed, slant: float) -> bool:
    middle = sum(_level(other, slant) for other in row) / len(row)
    low = min(line.height, *(other.height for other in row)) if row else line.height
    return _level(line, slant) - middle < 0.5 * low
