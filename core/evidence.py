"""Where a value stands on the page: boxes, words, and the text of a page.

Coordinates everywhere in the house are *page units*: the origin is the top left corner of the page **as shown**
(after EXIF orientation and the person's rotation), x to the right, y down. One unit is 1/72 inch for a PDF page
and one pixel for an image.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from core.homography import Matrix, Point, apply, invert

#: The engine name of a page whose own text was taken, without recognition.
TEXT_LAYER = "text-layer"


class Box(NamedTuple):
    """An upright rectangle in page units, ``x0 <= x1`` and ``y0 <= y1``."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def center(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies inside or on the edge."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    def overlap(self, other: Box) -> float:
        """The area that both cover, in square page units."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return width * height if width > 0 and height > 0 else 0.0


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around ``boxes``. Raises ValueError when there is none."""
    x0s, y0s, x1s, y1s = zip(*boxes, strict=True)
    return Box(min(x0s), min(y0s), max(x1s), max(y1s))


def around(points: Iterable[Point]) -> Box:
    """The smallest box around ``points``. Raises ValueError when there is none."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def corners(box: Box) -> tuple[Point, ...]:
    """The corners of ``box``, clockwise from the top left."""
    return (box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)


#: Text less aslant than this (radians) counts as level: its upright box says all.
_LEVEL = 0.01


class Word(NamedTuple):
    """One word of a page. ``confidence`` is 0 to 1 (1 for a text layer); ``polygon`` the four corners, clockwise
    from the top left, where the engine read it slanted, else ``None``. ``line`` numbers the engine's own text line
    (-1 where it names none)."""

    text: str
    box: Box
    confidence: float = 1.0
    line: int = -1
    polygon: tuple[tuple[float, float], ...] | None = None

    def moved(self, matrix: Matrix) -> Word:
        """The word where ``matrix`` brings it, with its corners where it had them or is not level there."""
        points = apply(matrix, self.polygon or corners(self.box))
        (x0, y0), (x1, y1) = points[0], points[1]
        aslant = abs(math.atan2(y1 - y0, x1 - x0)) > _LEVEL
        polygon = points if aslant or self.polygon else None
        return self._replace(box=around(points), polygon=polygon)


@dataclass(frozen=True, slots=True)
class Upright:
    """How a page lies once it is turned, straightened and flattened: its size then, and the matrix that brings places
    on it to the page. Both in page units."""

    width: float
    height: float
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class PageText:
    """What was read on one page: the words in reading order, in page units.

    ``page`` counts from 1 in the document; ``rotation`` is the person's clockwise turn in degrees; ``engine`` names
    who read it; ``note`` is one line for the person on why that engine was chosen. ``upright`` says how the page had
    to be laid for reading, where it did not lie straight.
    """

    page: int
    width: float
    height: float
    words: tuple[Word, ...]
    engine: str
    rotation: int = 0
    note: str = ""
    upright: Upright | None = None

    @property
    def recognised(self) -> bool:
        """Whether an OCR engine read it, so that letters may be misread."""
        return self.engine != TEXT_LAYER

    def as_read(self) -> PageText:
        """The page as it was laid for reading: its lines are level, so that columns and rows can be told. Places found
        on it are brought back by :mod:`core.placing`."""
        if self.upright is None:
            return self
        size = self.upright.width, self.upright.height
        return replace(self, width=size[0], height=size[1], words=tuple(self.laid(self.words)), upright=None)

    def laid(self, words: Sequence[Word]) -> Sequence[Word]:
        """Words of this page where they stand on it as it was laid for reading."""
        if self.upright is None:
            return words
        back = invert(self.upright.matrix)
        return [word.moved(back) for word in words]

    @property
    def text(self) -> str:
        """The words as plain text, one text line a line."""
        lines: list[list[str]] = []
        previous: Word | None = None
        for word in self.words:
            same = previous is not None and (
                word.line == previous.line
                if word.line >= 0
                else abs(word.box.center[1] - previous.box.center[1]) < 0.5 * max(word.box.height, 1e-6)
            )
            if same:
                lines[-1].append(word.text)
            else:
                lines.append([word.text])
            previous = word
        return "\n".join(" ".join(line) for line in lines)

    def words_in(self, box: Box) -> list[Word]:
        """The words whose centre lies in ``box``."""
        return [word for word in self.words if box.contains(*word.box.center)]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where one value stands: page (from 1), a box for each text line it covers, the words there, and the match's
    score from 0 to 1. ``method`` is how it was found: ``exact``, ``format`` (same number or date in another notation), ``fuzzy``,
    ``lines`` (across text lines), ``drawn`` (by the person)."""

    page: int
    boxes: tuple[Box, ...]
    text: str
    score: float
    method: str
    ocr_confidence: float = 1.0
