"""RapidOCR on ONNX Runtime: the embedded default. Its wheel carries the models, so it needs no network and no GPU.

RapidOCR finds the lines and cuts them out; recognition is called line by line, on several threads over one session.
Lines of one batch would be padded to the longest, which costs a fifth more time and twice the memory.
"""

from __future__ import annotations

import logging
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from core.errors import EngineUnavailable
from core.evidence import Word
from core.extractor import Availability
from core.ocr.ctc import Glyph, decode
from core.ocr.cutting import cut_out, quads_of, search_side, usual_height, ways
from core.ocr.lines import Line, Quad, in_reading_order, ink_columns, words_of
from core.ocr.machine import processors
from core.recipe import OcrRecipe

if TYPE_CHECKING:
    from PIL.Image import Image

#: What the recogniser was trained on: lines 48 pixels high, padded to at least 320.
_LINE_HEIGHT = 48
_LEAST_WIDTH = 320
#: A line this many times as long as it is high is read in one go; beyond, memory grows without need.
_LONGEST = 60
_LATIN = ("en", "de", "fr", "es", "it", "nl", "pt", "da", "sv", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "hr", "sl")


class RapidOptions(BaseModel):
    """What can be set on RapidOCR beside the recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threads: int = Field(0, ge=0, le=64, title="Threads", description="0: as many as there are processors.")
    least_box_score: float = Field(
        0.3,
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
        self._ocr: Any = None
        self._pool: ThreadPoolExecutor | None = None

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
            logging.getLogger(__name__).exception("RapidOCR failed")
            raise EngineUnavailable(self.name, f"it failed on this page ({type(error).__name__}).") from error
        ordered = in_reading_order([line for line in lines if line.confidence >= self.options.least_confidence])
        return [word for number, line in enumerate(ordered) for word in words_of(line, number)]

    def _load(self) -> Any:
        with self._lock:
            if self._ocr is None:
                from rapidocr import RapidOCR

                session = "EngineConfig.onnxruntime"
                self._ocr = RapidOCR(
                    params={
                        "Global.use_cls": False,
                        "Global.log_level": "critical",
                        "Det.limit_type": "max",
                        "Det.box_thresh": self.options.least_box_score,
                        f"{session}.intra_op_num_threads": self._threads,
                        f"{session}.inter_op_num_threads": 1,
                    }
                )
                self._detector = self._ocr._load_det_model()
                self._ocr.cfg.EngineConfig.onnxruntime.intra_op_num_threads = 1
                self._recogniser = self._ocr._load_rec_model()
                self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="rapid-line")
            return self._ocr

    def _lines(self, image: Image, recipe: OcrRecipe) -> list[Line]:
        import numpy

        self._load()
        assert self._pool is not None
        pixels = numpy.ascontiguousarray(numpy.asarray(image.convert("RGB"))[:, :, ::-1])
        self._detector.limit_side_len = search_side(image.size, recipe.detection_side)
        found = self._detector(pixels).boxes
        if found is None:
            return []
        quads = quads_of(found)
        usual = usual_height(quads)
        return list(self._pool.map(lambda quad: self._read_line(pixels, quad, usual), quads))

    def _read_line(self, pixels: Any, quad: Quad, usual: float) -> Line:
        """One line, whichever way it runs. ``usual`` is the height of the page's usual line."""
        return max((self._recognise(pixels, each) for each in ways(quad, usual)), key=lambda line: line.confidence)

    def _recognise(self, pixels: Any, quad: Quad) -> Line:
        import cv2

        picture = cut_out(pixels, quad)
        ink = ink_columns(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
        return Line(quad, self._glyphs(picture), ink, picture.shape[0])

    def _glyphs(self, picture: Any) -> list[Glyph]:
        import cv2
        import numpy

        height, width = picture.shape[:2]
        scaled = min(math.ceil(_LINE_HEIGHT * width / height), _LINE_HEIGHT * _LONGEST)
        padded = numpy.zeros((1, 3, _LINE_HEIGHT, max(_LEAST_WIDTH, scaled)), dtype=numpy.float32)
        small = cv2.resize(picture, (scaled, _LINE_HEIGHT)).astype(numpy.float32)
        padded[0, :, :, :scaled] = small.transpose(2, 0, 1) / 127.5 - 1
        probabilities = self._recogniser.session(padded)[0]
        return decode(probabilities, self._recogniser.postprocess_op.character, scaled / padded.shape[3])
