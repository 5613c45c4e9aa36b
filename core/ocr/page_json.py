"""A page's text as compact JSON, for the cache."""

from __future__ import annotations

import json
from typing import Any

from core.evidence import Box, PageText, Upright, Word

#: Raised when the form changes: entries of another form are not read.
FORM = 2


def dump_page(page: PageText) -> bytes:
    """``page`` as JSON; places are kept to a hundredth of a page unit."""
    words = [_dump_word(word) for word in page.words]
    head = [
        FORM,
        page.page,
        page.width,
        page.height,
        page.engine,
        page.rotation,
        page.note,
        _dump_upright(page.upright),
    ]
    return json.dumps([head, words], ensure_ascii=False, separators=(",", ":")).encode()


def load_page(data: bytes) -> PageText | None:
    """The page that ``data`` holds; ``None`` when it is damaged or of another form."""
    try:
        (form, number, width, height, engine, rotation, note, laid), rows = json.loads(data)
        words = tuple(_load_word(row) for row in rows)
        upright = _load_upright(laid)
    except (ValueError, TypeError, IndexError):
        return None
    if form != FORM:
        return None
    return PageText(number, width, height, words, engine, rotation, note, upright)


def _dump_upright(upright: Upright | None) -> list[object] | None:
    return [upright.width, upright.height, upright.matrix] if upright else None


def _load_upright(laid: list[Any] | None) -> Upright | None:
    if laid is None:
        return None
    width, height, (a, b, c, d, e, f, g, h, i) = laid
    return Upright(width, height, (a, b, c, d, e, f, g, h, i))


def _dump_word(word: Word) -> list[object]:
    row: list[object] = [word.text, *(round(side, 2) for side in word.box), round(word.confidence, 4), word.line]
    if word.polygon:
        row.append([round(place, 2) for point in word.polygon for place in point])
    return row


def _load_word(row: list[Any]) -> Word:
    text, x0, y0, x1, y1, confidence, line, *rest = row
    polygon = tuple(zip(rest[0][::2], rest[0][1::2], strict=True)) if rest else None
    return Word(text, Box(x0, y0, x1, y1), confidence, line, polygon)
