"""The two networks of RapidOCR's wheel on ONNX Runtime: one finds the lines of a page, the other reads a line.

RapidOCR's own call spends more than half of its time on what changes nothing: weights too small to count, memory asked
for anew at every step, lines padded to several times their length. What it makes of the detector's map is used as it
is.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.ocr.ctc import Glyph, confidence_of, decode
from core.ocr.cutting import quads_of
from core.ocr.lines import Quad
from core.ocr.subnormals import flush

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

#: The detector takes pictures whose sides are multiples of this.
_STEP = 32
#: What the recogniser was trained on: lines 48 pixels high, padded to at least 320.
_LINE_HEIGHT = 48
_TRAINED_WIDTH = 320
#: It reads as well with this much empty room behind the line (less, and a last point or comma is lost) and this width.
_ROOM = 32
_LEAST_WIDTH = 48
#: The width grows in steps of this many pixels: the recogniser's own.
_WIDTH_STEP = 8
#: A line this many times as long as it is high is read in one go; beyond, memory grows without need.
_LONGEST = 60
#: A short line read with less confidence is read again as in training.
_DOUBTFUL = 0.9


class Detector:
    """Finds lines. Safe for one thread at a time."""

    def __init__(self, model: Path, threads: int, least_score: float) -> None:
        """``least_score``: how sure it must be of a line, 0 to 1."""
        from rapidocr.ch_ppocr_det.utils import DBPostProcess

        # Memory that is kept from step to step is worth a third of the time here; it is given back after the page.
        self._session = _session(flush(model.read_bytes()), threads, keep_memory=True)
        self._boxes = DBPostProcess(
            thresh=0.3, box_thresh=least_score, max_candidates=1000, unclip_ratio=1.6, use_dilation=True
        )

    def find(self, pixels: Any, side: int) -> list[Quad]:
        """The lines of a picture (BGR), which is searched with its longer side at most ``side`` pixels long."""
        import cv2
        import onnxruntime

        scale = min(1.0, side / max(pixels.shape[:2]))
        height, width = (_STEP * round(int(length * scale) / _STEP) for length in pixels.shape[:2])
        if not height or not width:
            return []
        # Each pixel counts: print that is thinned out by plain interpolation is passed over.
        small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        blob = cv2.dnn.blobFromImage(small, 1 / 127.5, mean=(127.5, 127.5, 127.5))
        run = onnxruntime.RunOptions()
        run.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        found, _ = self._boxes(self._session.run(None, {"x": blob}, run)[0], pixels.shape[:2])
        return quads_of(found)


class Recogniser:
    """Reads the picture of a line. Safe for several threads, each of which computes on its own."""

    def __init__(self, model: Path) -> None:
        self._session = _session(str(model), threads=1, keep_memory=False)
        written = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._characters = ("", *written, " ")

    def read(self, picture: Any) -> list[Glyph]:
        """The characters of a line's picture (BGR)."""
        import cv2

        height, width = picture.shape[:2]
        scaled = min(math.ceil(_LINE_HEIGHT * width / height), _LINE_HEIGHT * _LONGEST)
        line = cv2.resize(picture, (scaled, _LINE_HEIGHT)).astype("float32").transpose(2, 0, 1) / 127.5 - 1
        usual = _WIDTH_STEP * math.ceil(max(_LEAST_WIDTH, scaled + _ROOM) / _WIDTH_STEP)
        glyphs = self._read_padded(line, usual)
        if usual >= _TRAINED_WIDTH or confidence_of(glyphs) >= _DOUBTFUL:
            return glyphs
        return max(glyphs, self._read_padded(line, _TRAINED_WIDTH), key=confidence_of)

    def _read_padded(self, line: Any, width: int) -> list[Glyph]:
        import numpy

        padded = numpy.zeros((1, *line.shape[:2], width), dtype=numpy.float32)
        padded[0, :, :, : line.shape[2]] = line
        probabilities = self._session.run(None, {"x": padded})[0][0]
        return decode(probabilities, self._characters, line.shape[2] / width)


def _session(model: str | bytes, threads: int, keep_memory: bool) -> InferenceSession:
    """A session on the processor. Its threads sleep while they wait, for others have work on the same processors."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = keep_memory
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
