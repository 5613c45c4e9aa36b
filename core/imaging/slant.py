"""Which way the lines of text run: the angle of its words, then of its rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from core.imaging.ink import Ink

#: Words are told from letters by being so much longer than high.
_WORD = 2.0
_LEAST_WORDS = 6
#: The share of words (by length) that must agree on a direction within so many degrees.
_AGREE = 0.45
_WITHIN = 6.0
#: Rows are looked for so many degrees around the words' angle, in such steps.
_AROUND = 2.0
_STEP = 0.2
#: More points of ink than this make the angle no better.
_POINTS = 30_000


@dataclass(frozen=True, slots=True)
class Slant:
    """The direction of the lines in degrees clockwise from level, above -90 and up to 90."""

    angle: float

    @property
    def on_its_side(self) -> bool:
        """Whether lines run up or down the page."""
        return abs(self.angle) > 45

    @property
    def skew(self) -> float:
        """What is left of the angle once the page is turned by quarters, -45 to 45."""
        if not self.on_its_side:
            return self.angle
        return self.angle - math.copysign(90, self.angle)


def find_slant(ink: Ink) -> Slant | None:
    """The direction of the page's lines; ``None`` where its words do not agree on one."""
    import numpy

    angles, weights = _words(ink)
    if len(angles) < _LEAST_WORDS:
        return None
    counts = numpy.bincount(numpy.round(angles).astype(int) % 180, weights, minlength=180)
    window = numpy.ones(5)
    smooth = numpy.convolve(numpy.concatenate((counts[-2:], counts, counts[:2])), window, "valid")
    peak = int(smooth.argmax())
    away = (angles - peak + 90) % 180 - 90
    near = numpy.abs(away) <= _WITHIN
    if weights[near].sum() < _AGREE * weights.sum():
        return None
    coarse = peak + float(numpy.average(away[near], weights=weights[near]))
    angle = _rows(ink, coarse)
    return Slant((angle + 90) % 180 - 90 or 0.0)


def _words(ink: Ink) -> tuple[Any, Any]:
    """The angle of every word in degrees and its weight, from the spread of its ink. Letters are joined by as much in
    every direction, so that none is preferred."""
    import cv2
    import numpy

    reach = max(3, round(0.45 * ink.letter) | 1)
    joined = cv2.dilate(ink.mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    ys, xs = numpy.nonzero(joined)
    label = labels[ys, xs]
    size = numpy.maximum(numpy.bincount(label, minlength=count), 1)
    x, y = (numpy.bincount(label, part, count) / size for part in (xs, ys))
    dx, dy = xs - x[label], ys - y[label]
    xx, yy, xy = (numpy.bincount(label, part, count) / size for part in (dx * dx, dy * dy, dx * dy))
    spread = numpy.sqrt((xx - yy) ** 2 + 4 * xy * xy)
    long, thick = numpy.sqrt((xx + yy + spread) / 2), numpy.sqrt(numpy.maximum((xx + yy - spread) / 2, 0.1))
    words = (long > _WORD * thick) & (thick < 1.5 * ink.letter) & (size > 2 * ink.letter)
    words[0] = False
    angles = numpy.degrees(0.5 * numpy.arctan2(2 * xy, xx - yy))
    return angles[words], numpy.minimum(long, 12 * ink.letter)[words]


def _rows(ink: Ink, coarse: float) -> float:
    """The angle near ``coarse`` at which rows of ink and rows of paper are told apart best."""
    import numpy

    ys, xs = numpy.nonzero(ink.mask)
    every = max(1, len(xs) // _POINTS)
    xs, ys = xs[::every].astype(numpy.float32), ys[::every].astype(numpy.float32)
    tried = coarse + numpy.arange(-_AROUND, _AROUND + _STEP / 2, _STEP)
    sharp = []
    for angle in numpy.radians(tried):
        rows = ys * math.cos(angle) - xs * math.sin(angle)
        counts = numpy.bincount((rows - rows.min()).astype(int)).astype(float)
        sharp.append(float((counts * counts).sum()))
    best = int(numpy.argmax(sharp))
    if not 0 < best < len(sharp) - 1:
        return coarse
    before, here, after = sharp[best - 1 : best + 2]
    bend = before - 2 * here + after
    return float(tried[best] + (0.5 * (before - after) / bend if bend else 0.0) * _STEP)
