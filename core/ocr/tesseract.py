"""Tesseract, with the languages that are installed beside it. Fast on clean print, weaker on noise.

It runs inside this process by way of tesserocr: the languages are loaded once, lines tell their slant, and it needs
one thread. The program itself waits in busy loops of OpenMP on processors that have other work (ten times slower).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from core.errors import EngineUnavailable
from core.evidence import Box, Word, union
from core.extractor import Availability
from core.ocr.lines import LEVEL, Quad, in_reading_order
from core.ocr.spelling import plain
from core.ocr.tesseract_data import data_folder, languages_in, models_for
from core.recipe import OcrRecipe

if TYPE_CHECKING:
    from PIL.Image import Image

#: Smaller pictures hold no letter, and Tesseract complains of them.
_LEAST_SIDE = 10
#: Words of one line that stand further apart than this, in line heights, are lines of their own: columns of a table.
_APART = 1.2
#: What stands beside all lines and is this much higher than wide may be a line that runs up or down the page.
_UPRIGHT_RATIO = 1.5
#: Darker than this, of 255, is ink.
_INK = 160
#: What rulings are taken for.
_RULINGS = "|_~"


class TesseractOptions(BaseModel):
    """What can be set on Tesseract beside the recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    segmentation: int = Field(
        4,
        ge=3,
        le=12,
        title="Page segmentation",
        description="Tesseract's own number. 4 reads along rows; 3 takes a table's narrow columns for upright text.",
    )
    least_confidence: float = Field(
        0.4, ge=0, le=1, title="Least confidence", description="Lines read with less are taken for noise."
    )


@dataclass(frozen=True, slots=True)
class _ReadLine:
    """Words side by side, as placed on the page (their ``line`` is not set yet)."""

    words: list[Word]
    slope: float

    @property
    def box(self) -> Box:
        return union(word.box for word in self.words)

    @property
    def height(self) -> float:
        """The height of its usual word."""
        heights = sorted(word.box.height for word in self.words)
        return heights[len(heights) // 2]

    @property
    def quad(self) -> Quad:
        return _slanted(self.box, self.slope)

    @property
    def confidence(self) -> float:
        """The mean of its words', by their lengths."""
        return sum(word.confidence * len(word.text) for word in self.words) / sum(len(word.text) for word in self.words)


class TesseractEngine:
    """Implements :class:`core.ocr.engine.Engine`. Languages are loaded on the first page that asks for them."""

    name = "tesseract"

    def __init__(self, options: TesseractOptions | None = None) -> None:
        self.options = options or TesseractOptions()
        self._lock = threading.Lock()
        self._api: Any = None
        self._models = ""

    def availability(self) -> Availability:
        """See :meth:`core.ocr.engine.Engine.availability`."""
        if find_spec("tesserocr") is None:
            return Availability(False, "tesserocr is not installed: run `make setup` (on Linux), or install tesserocr.")
        folder = data_folder()
        if folder is None:
            what = "`sudo apt-get install tesseract-ocr tesseract-ocr-deu` (a package for each language)"
            return Availability(False, f"Tesseract's languages are not installed: {what}.")
        found = ", ".join(languages_in(folder)) or "no language that is known here"
        return Availability(
            True, f"Tesseract with {found}, on the processor; `apt-get install tesseract-ocr-…` for more."
        )

    def languages(self) -> tuple[str, ...]:
        """See :meth:`core.ocr.engine.Engine.languages`."""
        folder = data_folder()
        return languages_in(folder) if folder else ()

    def read(self, image: Image, recipe: OcrRecipe) -> list[Word]:
        """See :meth:`core.ocr.engine.Engine.read`."""
        usable = self.availability()
        if not usable.usable:
            raise EngineUnavailable(self.name, usable.reason)
        if min(image.size) < _LEAST_SIDE:
            return []
        try:
            with self._lock:
                self._load(recipe.languages)
                lines = self._lines(image.convert("RGB"), recipe.dpi)
        except RuntimeError as error:
            raise EngineUnavailable(self.name, f"it failed on this page ({error}).") from error
        kept = [line for line in lines if line.confidence >= self.options.least_confidence]
        return [word._replace(line=number) for number, line in enumerate(in_reading_order(kept)) for word in line.words]

    def _load(self, languages: Sequence[str]) -> None:
        folder = data_folder()
        assert folder is not None
        models = models_for(languages, folder)
        if models != self._models:
            from tesserocr import PyTessBaseAPI

            self._api = PyTessBaseAPI(path=str(folder), lang=models)
            self._models = models

    def _lines(self, image: Image, dpi: int) -> list[_ReadLine]:
        found = [part for line in self._recognise(image, dpi) for part in _parts_of(line)]
        return [*found, *(line for box in _margins(image, found) for line in self._turned(image, box, dpi))]

    def _recognise(self, image: Image, dpi: int) -> list[_ReadLine]:
        """The lines of a picture as Tesseract sees them."""
        self._api.SetPageSegMode(self.options.segmentation)
        self._api.SetImage(image)
        self._api.SetSourceResolution(dpi)
        self._api.Recognize()
        lines = list(_lines_of(self._api.GetIterator()))
        self._api.Clear()
        return lines

    def _turned(self, image: Image, around: Box, dpi: int) -> list[_ReadLine]:
        """What runs up or down the page inside ``around``: the surer one of both readings."""
        from PIL.Image import Transpose

        part = image.crop(tuple(round(side) for side in around))  # type: ignore[arg-type]
        readings = []
        for turn, climbs in ((Transpose.ROTATE_270, True), (Transpose.ROTATE_90, False)):
            read = self._recognise(part.transpose(turn), dpi)
            readings.append(
                [_ReadLine([_turned_back(word, around, climbs) for word in line.words], 0.0) for line in read]
            )
        return max(readings, key=lambda lines: max((line.confidence for line in lines), default=0.0))


def _margins(image: Image, lines: Sequence[_ReadLine]) -> Iterator[Box]:
    """Where something upright is printed to the left or to the right of every line."""
    if not lines:
        return
    left, right = min(line.box.x0 for line in lines), max(line.box.x1 for line in lines)
    for start, end in ((0, int(left) - 1), (int(right) + 1, image.width)):
        if end - start < _LEAST_SIDE:
            continue
        strip = image.crop((start, 0, end, image.height)).convert("L")
        ink = strip.point(lambda level: 255 if level < _INK else 0).getbbox()
        if ink and ink[3] - ink[1] > _UPRIGHT_RATIO * (ink[2] - ink[0]) and ink[2] - ink[0] >= _LEAST_SIDE:
            x0, y0, x1, y1 = ink
            margin = 0.2 * (x1 - x0)
            yield Box(start + x0 - margin, y0 - margin, start + x1 + margin, y1 + margin)


def _lines_of(iterator: Any) -> Iterator[_ReadLine]:
    """Tesseract's lines with their words; what rulings were taken for is left out."""
    from tesserocr import RIL, iterate_level

    words: list[Word] = []
    slope = 0.0
    if iterator is None or iterator.Empty(RIL.WORD):
        return
    for place in iterate_level(iterator, RIL.WORD):
        if place.IsAtBeginningOf(RIL.TEXTLINE):
            if words:
                yield _ReadLine(words, slope)
            words = []
            slope = _slope(place.Baseline(RIL.TEXTLINE))
        text = plain(place.GetUTF8Text(RIL.WORD) or "").strip()
        if text.strip(_RULINGS):
            box = Box(*(float(side) for side in place.BoundingBox(RIL.WORD)))
            polygon = _slanted(box, slope) if abs(slope) > LEVEL else None
            words.append(Word(text, box, round(place.Confidence(RIL.WORD) / 100, 4), -1, polygon))
    if words:
        yield _ReadLine(words, slope)


def _parts_of(line: _ReadLine) -> list[_ReadLine]:
    """A line cut where its words stand far apart."""
    parts = [[line.words[0]]]
    for word in line.words[1:]:
        if word.box.x0 - parts[-1][-1].box.x1 > _APART * line.height:
            parts.append([])
        parts[-1].append(word)
    return [_ReadLine(words, line.slope) for words in parts]


def _slope(baseline: tuple[tuple[float, float], tuple[float, float]] | None) -> float:
    """How far a line falls per pixel to the right; 0 for none, and for one that stands upright."""
    if baseline is None:
        return 0.0
    (x0, y0), (x1, y1) = baseline
    return (y1 - y0) / (x1 - x0) if abs(x1 - x0) > abs(y1 - y0) else 0.0


def _slanted(box: Box, slope: float) -> Quad:
    """The corners of print that slants by ``slope`` and just fits into ``box``."""
    drop = min(abs(slope) * box.width, 0.9 * box.height)
    left, right = (drop, 0.0) if slope < 0 else (0.0, drop)
    return (
        (box.x0, box.y0 + left),
        (box.x1, box.y0 + right),
        (box.x1, box.y1 - left),
        (box.x0, box.y1 - right),
    )


def _turned_back(word: Word, around: Box, climbs: bool) -> Word:
    """A word read in a turned cut-out where it stands on the page. ``climbs``: the line runs up the page."""
    corners = _slanted(word.box, 0.0)
    if climbs:
        polygon = tuple((around.x0 + y, around.y1 - x) for x, y in corners)
    else:
        polygon = tuple((around.x1 - y, around.y0 + x) for x, y in corners)
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    return word._replace(box=Box(min(xs), min(ys), max(xs), max(ys)), polygon=polygon)
