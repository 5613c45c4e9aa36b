"""The networks that RapidOCR's wheel carries: weights too small to count, and the room behind a short line."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy
import pytest

from core.ocr.ctc import confidence_of
from core.ocr.networks import Recogniser
from core.ocr.paddle_models import wheel_files
from core.ocr.subnormals import flush
from tests.core.made import picture_of

FLOAT, INT64 = 1, 7


def put(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer with bytes in it."""
    assert len(content) < 128
    return bytes((number << 3 | 2, len(content))) + content


def model(kind: int, raw: bytes) -> bytes:
    """The least ONNX file with one tensor of this type and these bytes, and a name before and behind its graph."""
    tensor = bytes((1 << 3, 4, 2 << 3, kind)) + put(8, b"weights") + put(9, raw)
    return bytes((1 << 3, 9)) + put(2, b"tests") + put(7, put(2, b"graph") + put(5, tensor)) + put(14, b"end")


def test_weights_too_small_for_arithmetic_become_zero_and_no_others_change() -> None:
    before = model(FLOAT, struct.pack("<4f", 1e-39, -1e-44, 1.2e-38, -3.5))
    assert flush(before) == model(FLOAT, struct.pack("<4f", 0, 0, 1.2e-38, -3.5))


def test_whole_numbers_are_no_weights() -> None:
    before = model(INT64, struct.pack("<2q", 5, 1))
    assert flush(before) == before


@pytest.mark.parametrize("broken", [b"\xff" * 20, b"no model at all", model(FLOAT, b"1234")[:-7]])
def test_what_is_no_model_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="ONNX model"):
        flush(broken)


def test_the_detector_of_the_wheel_has_no_such_weights_afterwards() -> None:
    before = wheel_files()["PP-OCRv6_small_det"].read_bytes()
    after = flush(before)
    assert len(after) == len(before)
    assert after != before
    assert flush(after) == after


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """The wheel's."""
    return Recogniser(wheel_files()["PP-OCRv6_small_rec"])


@pytest.mark.parametrize("text", ["0,00", "1", "Total:", "Invoice number 2024-117 of 3 May, pages 1 to 12 of 144"])
def test_a_line_is_read_whether_short_or_long(recogniser: Recogniser, text: str) -> None:
    picture = numpy.asarray(picture_of((text,), (900, 120)))[:, :, ::-1]
    columns = numpy.flatnonzero((picture < 128).any(axis=(0, 2)))
    rows = numpy.flatnonzero((picture < 128).any(axis=(1, 2)))
    line = picture[rows[0] - 6 : rows[-1] + 6, columns[0] - 4 : columns[-1] + 4]
    glyphs = recogniser.read(numpy.ascontiguousarray(line))
    assert "".join(glyph.text for glyph in glyphs) == text
    assert confidence_of(glyphs) > 0.8
    assert [glyph.place for glyph in glyphs] == sorted(glyph.place for glyph in glyphs)
    assert glyphs[-1].place <= 1


@dataclass
class UnsureOfNarrowPictures:
    """In place of the network: reads one character, hardly sure of it unless the picture is as wide as in training."""

    widths: list[int] = field(default_factory=list)

    def run(self, outputs: None, inputs: dict[str, numpy.ndarray]) -> list[numpy.ndarray]:
        width = inputs["x"].shape[3]
        self.widths.append(width)
        sure = 0.99 if width >= 320 else 0.6
        classes = numpy.zeros((1, width // 8, 20_000), dtype=numpy.float32)
        classes[0, :, :2] = 1 - sure, sure
        return [classes]


@pytest.mark.parametrize(("length", "widths"), [(60, [96, 320]), (300, [336]), (10, [48, 320])])
def test_a_short_line_read_in_doubt_is_read_again_as_in_training(
    recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch, length: int, widths: list[int]
) -> None:
    network = UnsureOfNarrowPictures()
    monkeypatch.setattr(recogniser, "_session", network)
    glyphs = recogniser.read(numpy.full((48, length, 3), 255, dtype=numpy.uint8))
    assert network.widths == widths
    assert confidence_of(glyphs) == pytest.approx(0.99)
