"""RapidOCR on ONNX Runtime: the embedded default. Its wheel carries the models, so it needs no network and no GPU.

All threads search a page for its lines together; then each reads lines of its own. Lines of one batch would be padded
to the longest, which costs a fifth more time and twice the memory.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from core.errors import EngineUnavailable
from core.evidence import Word
from core.extractor import Availability
from core.ocr.cutting import cut_out, search_side, usual_height, ways
from core.ocr.lines import Quad, RecognisedLine, in_reading_order, ink_columns, words_of
from core.ocr.machine import processors
from core.ocr.networks import Detector, Recogniser
from core.ocr.paddle_models import wheel_files
from core.recipe import OcrRecipe

if TYPE_CHECKING:
    from PIL.Image import Image

#: The names of its models among the wheel's.
DETECTOR, RECOGNISER = "PP-OCRv6_small_det", "PP-OCRv6_small_rec"
_LATIN = ("en", "de", "fr", "es", "it", "nl", "pt", "da", "sv", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "hr", "sl")


class RapidOptions(BaseModel):
    """What can be set on RapidOCR beside the recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threads: int = Field(0, ge=0, le=64, title="Threads", description="0: as many as there are processors.")
    least_box_score: float = Field(
        0.2,
        ge=0,
        le=1,
        title="Least box score",
        description="How sure the search must be of a line. RapidOCR's own 0.5 passes over a lone “1” in a quantity column.",
    )
    least_confidence: float = Field(
        0.5, ge=0, le=1, title="Least confidence", description="Lines read with less are taken for noise."
    )


class RapidEngine:
    """Implements :class:`core.ocr.engine.Engine`. Models are loaded on the first page."""

    name = "rapid"

    def __init__(self, options: RapidOptions | None = None) -> None:
        self.options = options or RapidOptions()
        self._threads = self.options.threads or processors()
        self._lock = threading.Lock()
        self._loaded: tuple[Detector, Recogniser, ThreadPoolExecutor] | None = None

    def availability(self) -> Availability:
        """See :meth:`core.ocr.engine.Engine.availability`."""
        missing = [name for name in ("rapidocr", "onnxruntime", "cv2") if find_spec(name) is None]
        if missing:
            return Availability(False, f"{' and '.join(missing)} not installed: run `make setup`.")
        return Availability(True, "RapidOCR with its own models, on the processor; no network needed.")

    def languages(self) -> tuple[str, ...]:
        """See :meth:`core.ocr.engine.Engine.languages`."""
        return (*_LATIN, "zh", "ja")

    def read(self, image: Image, recipe: OcrRecipe) -> list[Word]:
        """See :meth:`core.ocr.engine.Engine.read`."""
        usable = self.availability()
        if not usable.usable:
            raise EngineUnavailable(self.name, usable.reason)
        try:
            lines = self._lines(image, recipe)
        except Exception as error:  # RapidOCR and ONNX Runtime raise plain Exceptions
            raise EngineUnavailable(self.name, f"it failed on this page ({type(error).__name__}).") from error
        ordered = in_reading_order([line for line in lines if line.confidence >= self.options.least_confidence])
        return [word for number, line in enumerate(ordered) for word in words_of(line, number)]

    def _load(self) -> tuple[Detector, Recogniser, ThreadPoolExecutor]:
        with self._lock:
            if self._loaded is None:
                found = wheel_files()
                detector = Detector(found[DETECTOR], self._threads, self.options.least_box_score)
                pool = ThreadPoolExecutor(self._threads, thread_name_prefix="rapid-line")
                self._loaded = detector, Recogniser(found[RECOGNISER]), pool
            return self._loaded

    def _lines(self, image: Image, recipe: OcrRecipe) -> list[RecognisedLine]:
        import numpy

        detector, recogniser, pool = self._load()
        pixels = numpy.ascontiguousarray(numpy.asarray(image.convert("RGB"))[:, :, ::-1])
        quads = detector.find(pixels, search_side(image.size, recipe.detection_side))
        usual = usual_height(quads)
        return list(pool.map(lambda quad: _read_line(recogniser, pixels, quad, usual), quads))


def _read_line(recogniser: Recogniser, pixels: Any, quad: Quad, usual: float) -> RecognisedLine:
    """One line, whichever way it runs. ``usual`` is the height of the page's usual line."""
    return max((_recognise(recogniser, pixels, each) for each in ways(quad, usual)), key=lambda line: line.confidence)


def _recognise(recogniser: Recogniser, pixels: Any, quad: Quad) -> RecognisedLine:
    import cv2

    picture = cut_out(pixels, quad)
    ink = ink_columns(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    return RecognisedLine(quad, recogniser.read(picture), ink, picture.shape[0])
