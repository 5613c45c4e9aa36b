"""The bytes of an XML file as text, whatever its declaration says of their encoding."""

from __future__ import annotations

import codecs
import re

_HEAD = 256
_DECLARED = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WIDE = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
#: What some programs leave before the declaration, where XML allows nothing: byte order marks, blanks, blank lines.
_LEAD = "\ufeff \t\r\n"
_BLANKS = b" \t\r\n"
#: What a file is written in that is neither UTF-8 nor what it says: Windows, in western languages.
_LAST = "cp1252"


def text_of(data: bytes) -> tuple[str, str | None]:
    """The text of XML ``data`` from its first mark-up on, and the encoding that it is in, where it says another. UTF-8 is hardly
    ever met by chance, so what is UTF-8 is that, whatever the declaration says."""
    marked = next((name for mark, name in _BOMS if data.lstrip(_BLANKS).startswith(mark)), None)
    wide = next((name for mark, name in _WIDE if data.startswith(mark)), None)
    if marked or wide:
        mark = next((mark for mark, name in _BOMS if name == marked), b"")
        text = data.lstrip(_BLANKS if marked else b"").removeprefix(mark).decode(marked or wide or "", errors="replace")
        return text.lstrip(_LEAD), None
    declared = _declared(data)
    names = (declared, "utf-8") if data.isascii() else ("utf-8", declared)
    for name in filter(None, names):
        found = _decoded(data, name)
        if found is not None:
            return found.lstrip(_LEAD), None if name == declared or data.isascii() or not declared else name
    return data.decode(_LAST, errors="replace").lstrip(_LEAD), _LAST


def _declared(data: bytes) -> str | None:
    """The encoding that the declaration names, where Python knows it; ``utf-8`` where there is none."""
    found = _DECLARED.search(data[:_HEAD])
    if found is None:
        return "utf-8"
    try:
        name = codecs.lookup(found[1].decode()).name
    except LookupError:
        return None
    return _LAST if name in ("iso8859-1", "ascii") else name


def _decoded(data: bytes, name: str) -> str | None:
    """The text of ``data`` in the encoding ``name``, or nothing where it is not that: it must begin as mark-up does."""
    try:
        text = data.decode(name)
    except (ValueError, LookupError):
        return None
    return text if text.lstrip(_LEAD).startswith("<") else None
