"""The lines of a table's body without what only lies over them or beside them."""

from __future__ import annotations

from collections.abc import Sequence

from core.page.layout import Layout, Line, Segment, Token
from core.rules.tables.header import Header
from core.rules.tables.words import TableWords

#: Words this many times taller than the page's text lie over a row: a stamp, a watermark.
_TALL = 1.7
#: A stamp covers so much of the height of the row below it.
_OVER = 0.5


def clean_lines(layout: Layout, lines: Sequence[Line], header: Header, words: TableWords) -> list[Line]:
    """``lines`` without the words of stamps among smaller ones, and without sums that stand to the right of the table, in
    the same lines as its rows."""
    tall = _TALL * layout.text_height
    edge = max(column.x1 for column in header.columns) + layout.text_height
    cleaned = []
    for at, line in enumerate(lines):
        if line.y1 - line.y0 > tall:
            over = [token for token in line.tokens if token.height > tall]
            if len(over) == len(line.tokens) and _overlaps(
                line, (*lines[max(at - 1, 0) : at], *lines[at + 1 : at + 2])
            ):
                continue
            line = _without(line, over)
        if line.x1 > edge and not header.inferred:
            cut = next((s for s in line.segments if s.x0 > edge and words.is_sum(s.tokens)), None)
            if cut is not None and cut is line.segments[0]:
                continue
            if cut is not None:
                line = Line(line.index, line.segments[: line.segments.index(cut)])
        cleaned.append(line)
    return cleaned


def _overlaps(line: Line, others: Sequence[Line]) -> bool:
    """Whether a line lies over one of its neighbours."""
    return any(min(line.y1, other.y1) - max(line.y0, other.y0) > _OVER * (other.y1 - other.y0) for other in others)


def _without(line: Line, tall: Sequence[Token]) -> Line:
    """``line`` without its ``tall`` words, where it has others."""
    if not tall or len(tall) == len(line.tokens):
        return line
    segments = [
        Segment(kept, segment.line, segment.index)
        for segment in line.segments
        if (kept := [token for token in segment.tokens if token not in tall])
    ]
    return Line(line.index, segments)
