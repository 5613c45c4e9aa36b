"""The networks that RapidOCR's wheel carries: weights too small to count, and the room behind a short line."""

from __future__ import annotations

import struct

import numpy
import pytest

from core.ocr.ctc import confidence_of
from core.ocr.networks import Recogniser
from core.ocr.paddle_models import wheel_files
from core.ocr.subnormals import flush
from tests.core.made import picture_of

FLOAT, INT64 = 1, 7


def field(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer with bytes in it."""
    assert len(content) < 128
    return bytes((number << 3 | 2, len(content))) + content


def model(kind: int, raw: bytes) -> bytes:
    """The least ONNX file with one tensor of this type and these bytes, and a name before and behind its graph."""
    tensor = bytes((1 << 3, 4, 2 << 3, kind)) + field(8, b"weights") + field(9, raw)
    return bytes((1 << 3, 9)) + field(2, b"tests") + field(7, field(2, b"graph") + field(5, tensor)) + field(14, b"end")


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
