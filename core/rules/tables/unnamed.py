"""Columns of a table that have no name over them: descriptions, and the quantities before them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.page.layout import Line, Token
from core.rules.tables.columns import level_rows
from core.rules.tables.header import NUMERIC, Column, Header

_COUNT = re.compile(r"^\d{1,3}(?:[.,]\d{1,3})?$")
_WORD = re.compile(r"[^\W\d_]{2}")
#: A table's body is judged by this many of its lines.
_SAMPLE = 30


def add_unnamed(header: Header, body: Sequence[Line]) -> None:
    """Adds to ``header`` the columns that ``body`` shows left of all names: the descriptions, where no name stands for
    them, or the quantities."""
    rows = [line for line in level_rows(body) if len(line.segments) > 1][:_SAMPLE]
    columns = header.columns
    if not rows or header.stacked:
        return
    if columns[0].role in NUMERIC and not {column.role for column in columns} & {"description", "article"}:
        _add(columns, "description", _texts_before(rows, columns[0].x0))
    elif columns[0].role == "description" and header.column("quantity") is None:
        _add(columns, "quantity", _counts(rows))


def _add(columns: list[Column], role: str, tokens: Sequence[Token]) -> None:
    if tokens:
        x0, x1 = min(token.x0 for token in tokens), max(token.x1 for token in tokens)
        columns.insert(0, Column(x0, x1, "", (role,), role=role))


def _texts_before(rows: Sequence[Line], edge: float) -> list[Token]:
    """The words of the cells left of ``edge``, where at least half of ``rows`` have one."""
    cells = [
        row.segments[0].tokens
        for row in rows
        if row.segments[0].x1 < edge and any(_WORD.search(token.text) for token in row.segments[0].tokens)
    ]
    return [token for cell in cells for token in cell] if 2 * len(cells) >= len(rows) else []


def _counts(rows: Sequence[Line]) -> list[Token]:
    """The numbers that most of ``rows`` begin with, in a column of their own; nothing where they only count rows."""
    first = min(row.x0 for row in rows)
    left = [row.tokens for row in rows if len(row.tokens) > 2 and 2 * (row.x0 - first) < row.y1 - row.y0]
    found = [tokens for tokens in left if _COUNT.match(tokens[0].text) and _WORD.search(tokens[1].text)]
    if not found or 2 * len(found) < len(rows):
        return []
    leading = [tokens[0] for tokens in found]
    if max(token.x1 for token in leading) >= min(tokens[1].x0 for tokens in found):
        return []
    texts = [token.text for token in leading]
    steps = {text.lstrip("0") for text in texts}
    if len(steps) == len(texts) and (len(texts) > 1 or texts[0].lstrip("0") in {"1", "10"}) and texts == sorted(texts):
        return []
    return leading
