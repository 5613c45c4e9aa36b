"""Weights of an ONNX model that are too small for ordinary arithmetic, set to 0.

Training with decay leaves numbers below 1.2e-38 behind. A processor computes with each of them some hundred times more
slowly, and no result can tell them from 0: the detector of RapidOCR's wheel has 256,000 of them in seven of its 213
tensors, and spends two thirds of its time there.
"""

from __future__ import annotations

from collections.abc import Iterator

#: Numbers of fields in ONNX's protocol buffer (onnx.proto3), and the type of tensors of 32-bit floats.
_GRAPH, _INITIALIZER, _DATA_TYPE, _RAW_DATA = 7, 5, 2, 9
_FLOAT = 1
#: Wire types of protocol buffers: a number; four or eight bytes; bytes with their length before them.
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5


def flush(model: bytes) -> bytes:
    """``model`` (an ONNX file) with its subnormal weights as 0. Raises ValueError when it is not one."""
    import numpy

    made = bytearray(model)
    for start, end in _float_weights(made):
        weights = numpy.frombuffer(made, "<f4", (end - start) // 4, start)
        weights[numpy.abs(weights) < numpy.finfo(numpy.float32).tiny] = 0
    return bytes(made)


def _float_weights(model: bytearray) -> list[tuple[int, int]]:
    """Where the raw bytes of each tensor of 32-bit floats start and end."""
    found = []
    for start, end in _within(model, _GRAPH, 0, len(model)):
        for first, last in _within(model, _INITIALIZER, start, end):
            fields = list(_fields(model, first, last))
            if (_DATA_TYPE, _FLOAT, _FLOAT) in fields:
                found += [(begin, stop) for number, begin, stop in fields if number == _RAW_DATA]
    return found


def _within(data: bytearray, number: int, start: int, end: int) -> list[tuple[int, int]]:
    """Where the contents of each field of this number start and end."""
    return [(first, last) for found, first, last in _fields(data, start, end) if found == number]


def _fields(data: bytearray, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Each field's number with the start and end of its bytes; a number stands in both places as itself."""
    while start < end:
        key, start = _varint(data, start)
        kind = key & 7
        if kind == _VARINT:
            value, start = _varint(data, start)
            yield key >> 3, value, value
            continue
        if kind == _BYTES:
            length, start = _varint(data, start)
        elif kind in (_FOUR, _EIGHT):
            length = 4 if kind == _FOUR else 8
        else:
            raise ValueError("This is not an ONNX model.")
        if start + length > end:
            raise ValueError("This ONNX model is cut off.")
        yield key >> 3, start, start + length
        start += length


def _varint(data: bytearray, start: int) -> tuple[int, int]:
    """The number at ``start``, seven bits a byte, and where the next field starts."""
    value = 0
    for place in range(start, min(start + 10, len(data))):
        value |= (data[place] & 127) << 7 * (place - start)
        if data[place] < 128:
            return value, place + 1
    raise ValueError("This is not an ONNX model.")
