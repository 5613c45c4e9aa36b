"""The file inside a signed envelope (CMS, ``.p7m``), as Italian e-invoices are sent. The signature itself is not checked."""

from __future__ import annotations

import base64
import binascii
import re

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
#: The content's type, behind which the content stands.
_DATA = bytes.fromhex("06092a864886f70d010701")
_HEAD = 64
_PEM = re.compile(rb"-----[A-Z0-9 ]+-----")
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
_OCTETS, _OCTETS_IN_PIECES, _CONTENT = 0x04, 0x24, 0xA0
#: Pieces in pieces, and envelopes in envelopes, are taken out so deep.
_DEEPEST = 4


def is_signed(data: bytes) -> bool:
    """Whether ``data`` is a signed envelope, plain or as base64."""
    return _SIGNED_DATA in _binary(data[: 4 * _HEAD])[:_HEAD]


def unsigned(data: bytes) -> bytes:
    """What a signed envelope holds; other data, and an envelope that is damaged or holds nothing, as it is."""
    for _ in range(_DEEPEST):
        if not is_signed(data):
            return data
        inside = _content(_binary(data))
        if inside is None:
            return data
        data = inside
    return data


def _binary(data: bytes) -> bytes:
    """``data`` out of its base64, where it is that."""
    text = _PEM.sub(b"", data).strip()
    if not text.startswith(b"MI") or not _BASE64.fullmatch(text):
        return data
    text = b"".join(text.split())
    try:
        return base64.b64decode(text[: len(text) // 4 * 4])
    except binascii.Error:
        return data


def _content(data: bytes) -> bytes | None:
    at = data.find(_DATA)
    if at < 0:
        return None
    try:
        tag, start, _ = _header(data, at + len(_DATA))
        return b"".join(_pieces(data, start)[0]) if tag == _CONTENT else None
    except (IndexError, ValueError):
        return None


def _header(data: bytes, at: int) -> tuple[int, int, int | None]:
    """Tag, start and end of the element at ``at``; no end where its length is left open. Raises IndexError, ValueError where
    it does not fit into ``data``."""
    tag, length = data[at], data[at + 1]
    start = at + 2
    if length == 0x80:
        return tag, start, None
    if length > 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(data[start : start + count]), start + count
    if start + length > len(data):
        raise ValueError("an element is longer than the file")
    return tag, start, start + length


def _pieces(data: bytes, at: int, depth: int = 0) -> tuple[list[bytes], int]:
    """The pieces of the octet string at ``at``, and where it ends."""
    tag, start, end = _header(data, at)
    if tag == _OCTETS and end is not None:
        return [data[start:end]], end
    if tag != _OCTETS_IN_PIECES or depth > _DEEPEST:
        raise ValueError("there is no content")
    found: list[bytes] = []
    while start != end and (end is not None or data[start : start + 2] != b"\0\0"):
        pieces, start = _pieces(data, start, depth + 1)
        found += pieces
    return found, start + (2 if end is None else 0)
