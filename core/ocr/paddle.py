"""PaddleOCR: on an NVIDIA GPU with PaddlePaddle, else on ONNX Runtime with the models in RapidOCR's wheel.

Its detector and its recogniser are called one by one. Its pipeline would tell neither where in a line a letter stands
nor what runs up a margin, and would ask for models of page orientation, unwarping and line orientation.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from core.errors import EngineUnavailable
from core.evidence import Word
from core.extractor import Availability
from core.ocr.ctc import Glyph, decode
from core.ocr.cutting import cut_out, quads_of, search_side, usual_height, ways
from core.ocr.gpu import gpu
from core.ocr.lines import Quad, RecognisedLine, in_reading_order, ink_columns, words_of
from core.ocr.paddle_models import Model, Plan, cache_folder, missing_sentence, plan_for
from core.recipe import OcrRecipe

if TYPE_CHECKING:
    from PIL.Image import Image

#: Lines that a GPU recognises at once.
_BATCH_GPU = 64
#: PaddleOCR squeezes lines that are longer than this many times their height.
_LONGEST = 3200 / 48
_LANGUAGES = "en de fr es it nl pt da sv nb fi pl cs sk hu ro hr sl zh ja ru uk be bg sr mk el ko ar fa hi th".split()


class PaddleOptions(BaseModel):
    """What can be set on PaddleOCR beside the recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threads: int = Field(0, ge=0, le=64, title="Threads", description="0: as many as there are processors.")
    batch: int = Field(
        _BATCH_GPU, ge=1, le=512, title="Lines at once", description="On a GPU; a processor reads singly."
    )
    least_confidence: float = Field(
        0.5, ge=0, le=1, title="Least confidence", description="Lines read with less are taken for noise."
    )


class PaddleEngine:
    """Implements :class:`core.ocr.engine.Engine`. Models are loaded on the first page, and again when the languages
    ask for others."""

    name = "paddle"

    def __init__(self, options: PaddleOptions | None = None) -> None:
        self.options = options or PaddleOptions()
        self._threads = self.options.threads or len(os.sched_getaffinity(0))
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="paddle-line")
        self._plan: Plan | None = None
        self._detector: Any = None
        self._recogniser: Any = None

    def availability(self) -> Availability:
        """See :meth:`core.ocr.engine.Engine.availability`."""
        missing = [name for name in ("paddleocr", "onnxruntime", "cv2") if find_spec(name) is None]
        if missing:
            return Availability(False, f"{' and '.join(missing)} not installed: run `make setup`.")
        plan = plan_for((), gpu().usable)
        sentence = missing_sentence(plan)
        if sentence:
            return Availability(False, sentence)
        where = (
            f"on {plan.device}" if plan.engine is None else "on the processor, with the models of RapidOCR's package"
        )
        return Availability(True, f"PaddleOCR {where}.")

    def languages(self) -> tuple[str, ...]:
        """See :meth:`core.ocr.engine.Engine.languages`. Other scripts than Latin, Chinese and Japanese need a network
        once, for their models."""
        return tuple(_LANGUAGES)

    def read(self, image: Image, recipe: OcrRecipe) -> list[Word]:
        """See :meth:`core.ocr.engine.Engine.read`."""
        usable = self.availability()
        if not usable.usable:
            raise EngineUnavailable(self.name, usable.reason)
        self._load(recipe.languages)
        try:
            lines = self._lines(image, recipe)
        except Exception as error:  # PaddleOCR and its engines raise plain Exceptions
            raise EngineUnavailable(self.name, f"it failed on this page ({type(error).__name__}).") from error
        ordered = in_reading_order([line for line in lines if line.confidence >= self.options.least_confidence])
        return [word for number, line in enumerate(ordered) for word in words_of(line, number)]

    def _load(self, languages: Sequence[str]) -> None:
        """Load the models for ``languages`` unless they are. Raises EngineUnavailable."""
        with self._lock:
            plan = plan_for(languages, gpu().usable)
            if plan == self._plan:
                return
            sentence = missing_sentence(plan)
            if sentence:
                raise EngineUnavailable(self.name, sentence)
            try:
                self._detector, self._recogniser = self._make(plan)
            except OSError as error:
                raise EngineUnavailable(self.name, _unwritable(error)) from error
            except Exception as error:
                logging.getLogger(__name__).exception("PaddleOCR could not be loaded")
                reason = f"its models could not be loaded ({type(error).__name__}: {error})."
                raise EngineUnavailable(self.name, reason) from error
            self._plan = plan

    def _make(self, plan: Plan) -> tuple[Any, Any]:
        """PaddleOCR's detector and recogniser. Its cache is made first: an import that fails without one cannot be
        tried again in the same process."""
        cache_folder().mkdir(parents=True, exist_ok=True)
        of_detector, of_recogniser = _settings(plan, plan.detector, self._threads), _settings(plan, plan.recogniser, 1)
        os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")  # read when it is imported
        from paddleocr import TextDetection, TextRecognition

        logging.getLogger("paddlex").setLevel(logging.ERROR)
        detector, recogniser = TextDetection(**of_detector), TextRecognition(**of_recogniser)
        predictor = recogniser.paddlex_predictor
        predictor.post_op = _Glyphs(predictor.post_op.character)
        return detector, recogniser

    def _lines(self, image: Image, recipe: OcrRecipe) -> list[RecognisedLine]:
        import numpy

        pixels = numpy.ascontiguousarray(numpy.asarray(image.convert("RGB"))[:, :, ::-1])
        side = search_side(image.size, recipe.detection_side)
        found = self._detector.predict(pixels, limit_side_len=side, limit_type="max")[0]["dt_polys"]
        quads = quads_of(found)
        usual = usual_height(quads)
        turned = [(number, way) for number, quad in enumerate(quads) for way in ways(quad, usual)]
        best: dict[int, RecognisedLine] = {}
        for (number, _), line in zip(turned, self._recognise(pixels, [way for _, way in turned]), strict=True):
            if number not in best or line.confidence > best[number].confidence:
                best[number] = line
        return list(best.values())

    def _recognise(self, pixels: Any, quads: Sequence[Quad]) -> list[RecognisedLine]:
        """The lines of ``quads``, in their order."""
        import cv2

        pictures = [cut_out(pixels, quad) for quad in quads]
        inks = [ink_columns(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)) for picture in pictures]
        return [
            RecognisedLine(quad, glyphs, ink, picture.shape[0])
            for quad, glyphs, ink, picture in zip(quads, self._glyphs(pictures), inks, pictures, strict=True)
        ]

    def _glyphs(self, pictures: Sequence[Any]) -> list[list[Glyph]]:
        """What each picture of a line says. A GPU takes many at once, sorted by length so that little is padding; a
        processor takes each by itself, one per thread, which is a third quicker than batches on all threads."""
        assert self._plan is not None
        if self._plan.engine:
            return list(self._pool.map(lambda picture: self._recogniser.predict(picture)[0]["rec_text"], pictures))
        order = sorted(range(len(pictures)), key=lambda place: _ratio(pictures[place]))
        in_order = [pictures[place] for place in order]
        results = self._recogniser.predict(in_order, batch_size=self.options.batch) if order else []
        read = {place: result["rec_text"] for place, result in zip(order, results, strict=True)}
        return [read[place] for place in range(len(pictures))]


class _Glyphs:
    """Takes the place of the recogniser's last step: characters with their places in place of bare text."""

    def __init__(self, character: Sequence[str]) -> None:
        self.character = character

    def __call__(
        self, predicted: Any, *, wh_ratio_list: Sequence[float], max_wh_ratio: float, **other: Any
    ) -> tuple[list[list[Glyph]], list[float]]:
        """The glyphs and the confidence of each line of a batch. The ratios are those of the lines, width to height,
        and of the padded batch."""
        whole = min(max_wh_ratio, _LONGEST)
        lines = [
            decode(steps, self.character, min(ratio, whole) / whole)
            for steps, ratio in zip(predicted[0], wh_ratio_list, strict=True)
        ]
        sure = [sum(glyph.confidence for glyph in line) / len(line) if line else 0.0 for line in lines]
        return lines, sure


def _settings(plan: Plan, model: Model, threads: int) -> dict[str, Any]:
    """What PaddleOCR is told to load one model. Raises OSError when its folder cannot be made."""
    settings: dict[str, Any] = {"model_name": model.name, "model_dir": model.folder(), "device": plan.device}
    if plan.engine:
        config = {"intra_op_num_threads": threads, "inter_op_num_threads": 1, "log_severity_level": 3}
        settings |= {"engine": plan.engine, "engine_config": config}
    return settings


def _ratio(picture: Any) -> float:
    height, width = picture.shape[:2]
    return float(width / height)


def _unwritable(error: OSError) -> str:
    return f"its models cannot be put in place ({error}): set PADDLE_PDX_CACHE_HOME to a folder that can be written."
