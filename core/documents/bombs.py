"""Whether a PDF unpacks to more than it may. Told from the file's bytes, without building anything of it."""

from __future__ import annotations

import re
import zlib

#: The most that one byte of a compressed stream can become (deflate reaches 1032, LZW a little more).
MOST_PER_BYTE = 1400
_CHUNK = 1 << 15
_MOST_AT_ONCE = 1 << 20
_STREAM = re.compile(rb"stream\r?\n")
#: One stream behind two compressors can grow without that bound.
_CASCADE = re.compile(rb"/(?:Filter|F)\s*\[[^\]]*/(?:Fl|LZW|RunL|RL)[^\]/]*/(?:Fl|LZW|RunL|RL)")
_DEEPEST = 4


def unpacks_beyond(data: bytes, limit: int) -> bool:
    """Whether the compressed streams in ``data`` give more than ``limit`` bytes. Streams are only unpacked where the
    file is large enough to reach the limit, and then no further than up to it."""
    if len(data) * MOST_PER_BYTE <= limit and not _CASCADE.search(data):
        return False
    left = limit
    position = 0
    while match := _STREAM.search(data, position):
        position = match.end()
        if _is_deflated(data[position : position + 2]):
            used, left = _unpack(data, position, left)
            if left < 0:
                return True
            position += used
    return False


def _is_deflated(head: bytes) -> bool:
    return len(head) == 2 and head[0] & 0x0F == 8 and head[0] >> 4 <= 7 and (head[0] << 8 | head[1]) % 31 == 0


def _unpack(data: bytes, start: int, left: int, depth: int = 1) -> tuple[int, int]:
    """How many bytes the stream at ``start`` takes up, and what is left of ``left`` after unpacking it (below zero:
    it was too much). A stream inside it is unpacked too."""
    unpacker = zlib.decompressobj()
    end = start
    inner = bytearray()
    inner_is_packed: bool | None = None
    while not unpacker.eof and left >= 0:
        chunk = unpacker.unconsumed_tail
        if not chunk:
            chunk = data[end : end + _CHUNK]
            end += len(chunk)
        try:
            out = unpacker.decompress(chunk, _MOST_AT_ONCE)
        except zlib.error:
            break
        if not chunk:
            break
        left -= len(out)
        if inner_is_packed is None and out:
            inner_is_packed = depth < _DEEPEST and _is_deflated(out[:2])
        if inner_is_packed:
            inner += out
    if inner and left >= 0:
        left = _unpack(bytes(inner), 0, left, depth + 1)[1]
    return end - start - len(unpacker.unused_data) - len(unpacker.unconsumed_tail), left
