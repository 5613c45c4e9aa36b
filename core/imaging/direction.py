"""Whether level lines stand on their feet: cheaply by the shape of the letters, surely by reading a few lines."""

from __future__ import annotations

from typing import Any

from core.evidence import Word
from core.imaging.cleaned import Read
from core.imaging.ink import Ink

#: A line of text is at least so many letters long, and at most so many letters high.
_LINE = 5
_HIGH = 3.5
#: Rows with this share of a line's fullest belong to its small letters.
_FULL = 0.5
_LEAST_LINES = 8
_LOOKED_AT = 200
#: Lines that are read to find out, and the height at which they are shown, in pixels.
_READ = 5
_READ_NEXT = 15
_SHOWN = 40
_WIDEST = 900
#: What is read with less confidence is a guess at marks that may be no letters.
_SURE = 0.7

Span = tuple[int, int, int, int]


def find_lines(ink: Ink) -> list[Span]:
    """Pieces of level lines as (left, top, width, height) on the small copy, the longest first."""
    import cv2
    import numpy

    reach = max(3, round(1.2 * ink.letter) | 1)
    joined = cv2.morphologyEx(ink.mask, cv2.MORPH_CLOSE, numpy.ones((1, reach), numpy.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    spans = [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:]]
    lines = [span for span in spans if span[2] > _LINE * ink.letter and ink.letter <= span[3] < _HIGH * ink.letter]
    return sorted(lines, key=lambda span: -span[2])


def uprightness(ink: Ink, lines: list[Span]) -> float:
    """How surely lines stand on their feet (above 0) or on their heads (below 0), in standard errors; 0 where the
    shape of their letters does not tell.

    Small letters rise above their row (b, d, h, l, t, capitals) far more often than they hang below it (g, p, y).
    """
    import numpy

    leans = [lean for span in lines[:_LOOKED_AT] if (lean := _lean(ink.mask, span)) is not None]
    if len(leans) < _LEAST_LINES:
        return 0.0
    error = float(numpy.std(leans)) / len(leans) ** 0.5
    return float(numpy.mean(leans)) / max(error, 1e-3)


def _lean(mask: Any, span: Span) -> float | None:
    """How much more ink rises above a line's small letters than hangs below them, as a share of all its ink."""
    import numpy

    left, top, width, height = span
    rows = numpy.count_nonzero(mask[top : top + height, left : left + width], axis=1).astype(float)
    full = numpy.nonzero(rows >= _FULL * rows.max())[0]
    above, below = rows[: full[0]].sum(), rows[full[-1] + 1 :].sum()
    return (above - below) / rows.sum() if above + below else None


def read_both_ways(pixels: Any, scale: float, lines: list[Span], read: Read, enough: float) -> tuple[float, float]:
    """How well a few of the lines are read as they are, and turned round. ``pixels`` is the page as it would be read,
    and ``scale`` how many pixels of the small copy, on which ``lines`` are, make one of it. Where less than ``enough`` is read,
    the longest were rules or folds of the paper, and the next ones are looked at."""
    found = _read_strips(pixels, scale, lines[:_READ], read)
    if max(found) < enough and len(lines) > _READ:
        return max(found, _read_strips(pixels, scale, lines[_READ:_READ_NEXT], read), key=max)
    return found


def _read_strips(pixels: Any, scale: float, lines: list[Span], read: Read) -> tuple[float, float]:
    from PIL import Image

    strips = [strip for span in lines if (strip := _strip(pixels, scale, span)).size]
    if not strips:
        return 0.0, 0.0
    picture = Image.fromarray(_stack(strips))
    return _score(read(picture)), _score(read(picture.transpose(Image.Transpose.ROTATE_180)))


def _strip(pixels: Any, scale: float, span: Span) -> Any:
    """One line from the page, brought to a fixed height."""
    import cv2

    left, top, width, height = (side / scale for side in span)
    margin = 0.25 * height
    part = pixels[
        max(0, int(top - margin)) : int(top + height + margin), max(0, int(left - margin)) : int(left + width + margin)
    ]
    if not part.size:
        return part
    factor = _SHOWN / part.shape[0]
    return cv2.resize(part, (max(1, round(part.shape[1] * factor)), _SHOWN), interpolation=cv2.INTER_AREA)[:, :_WIDEST]


def _stack(strips: list[Any]) -> Any:
    """The strips below one another, on paper of their own colour."""
    import numpy

    gap = _SHOWN // 2
    width = max(strip.shape[1] for strip in strips) + 2 * gap
    paper = numpy.median(numpy.concatenate([strip.reshape(-1, 3) for strip in strips]), axis=0)
    sheet = numpy.full((gap + len(strips) * (_SHOWN + gap), width, 3), paper, numpy.uint8)
    for number, strip in enumerate(strips):
        top = gap + number * (_SHOWN + gap)
        sheet[top : top + _SHOWN, gap : gap + strip.shape[1]] = strip
    return sheet


def _score(words: list[Word]) -> float:
    """How much was read, and how surely. A rule of dashes reads as well on its head and counts for nothing, nor does what is only
    guessed at."""
    return sum(sum(map(str.isalnum, word.text)) * word.confidence**2 for word in words if word.confidence > _SURE)
