"""Frames of a TIFF: a list whose entries each say where the next one begins."""

from __future__ import annotations

import struct

#: The versions of TIFF: where the header says where the first frame begins, and how wide that is.
_PLAIN, _BIG = (4, "I"), (8, "Q")


def beginning_at(data: bytes, place: int) -> bytes:
    """``data`` with the frame at byte ``place`` as its first one: to reach the 500th the others need not be read."""
    order = "<" if data.startswith(b"II") else ">"
    at, width = _BIG if b"+" in data[2:4] else _PLAIN
    start = struct.pack(order + width, place)
    return b"".join((data[:at], start, memoryview(data)[at + len(start) :]))
