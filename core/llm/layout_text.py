"""A page's words as plain text that keeps the layout: columns stay under each other, rows on one line."""

from __future__ import annotations

from statistics import median

from core.evidence import PageText
from core.page.layout import Layout, Line, Segment

#: A page is at most this many characters wide: more only costs tokens.
_WIDEST = 132
#: A gap of so many text heights between two lines is shown as an empty line.
_PARAGRAPH = 1.4
#: A number may have so many letters with it (EUR, kg) and is still set by its right edge.
_UNIT = 3
#: Cells stand at least so far apart, so that they can be told from words.
_APART = 2


def layout_text(page: PageText) -> str:
    """The words of ``page`` (as it was read: level lines) on a grid of characters. Numbers keep their right edge, other
    cells their left one. An empty page is an empty text."""
    layout = Layout(page)
    if not layout.lines:
        return ""
    left = min(line.x0 for line in layout.lines)
    step = _step(layout, left)
    rows: list[str] = []
    below: Line | None = None
    for line in layout.lines:
        if below is not None and line.y0 - below.y1 > _PARAGRAPH * layout.text_height:
            rows.append("")
        rows.append(_row(line, left, step))
        below = line
    return "\n".join(rows)


def _step(layout: Layout, left: float) -> float:
    """The width of a character of the grid, in page units."""
    widths = [
        (token.x1 - token.x0) / len(token.text)
        for segment in layout.segments
        for token in segment.tokens
        if len(token.text) > 1
    ]
    right = max(line.x1 for line in layout.lines)
    return max(median(widths) if widths else 1.0, (right - left) / _WIDEST, 1e-6)


def _row(line: Line, left: float, step: float) -> str:
    row = ""
    for segment in line.segments:
        text = _clean(segment.text)
        if not text:
            continue
        column = _column(segment, text, left, step)
        row += " " * max(column - len(row), _APART if row else 0) + text
    return row.rstrip()


def _column(segment: Segment, text: str, left: float, step: float) -> int:
    if any(char.isdigit() for char in text) and sum(char.isalpha() for char in text) <= _UNIT:
        return max(0, round((segment.x1 - left) / step) - len(text))
    return max(0, round((segment.x0 - left) / step))


def _clean(text: str) -> str:
    """``text`` without characters that cannot be seen: they could hide instructions from the person."""
    return "".join(char for char in text if char.isprintable()).strip()
