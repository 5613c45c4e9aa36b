"""A table on one page as it was found, and what of its rows stands on the page before or after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from core.page.layout import Layout, Line, Token
from core.rules.tables.columns import Grid
from core.rules.tables.descriptions import TextLine
from core.rules.tables.header import Header
from core.rules.tables.rows import BodyRow

#: A text goes on where it ends so.
_OPEN = ("-", "/", ",", "&", "+", "(")


@dataclass(eq=False)
class Table:
    """A table on one page: header, boundaries, rows of items (anchors), and the lines of text between them. ``open_end``
    says whether no sum closed it, so that it may go on on the next page; ``summed`` is the line of its first sum.
    ``before`` is text of its first item on the page before, ``after`` text of its last item on the page after."""

    layout: Layout
    header: Header
    grid: Grid
    anchors: list[BodyRow] = field(default_factory=list)
    texts: list[TextLine] = field(default_factory=list)
    open_end: bool = True
    summed: int | None = None
    before: str = ""
    after: str = ""

    @property
    def column(self) -> int | None:
        """The place of the descriptions' column."""
        return next((at for at, column in enumerate(self.grid.columns) if column.role == "description"), None)


def join_break(first: Table, second: Table) -> None:
    """Joins an item that the break between two pages splits: what begins the second page goes on with the last item of the
    first (``first.after``), or what ends the first one begins the first item of the second (``second.before``)."""
    at = first.column
    if at is None or at != second.column or not first.anchors:
        return
    last = first.anchors[-1].cells[at]
    opening = second.anchors[0].cells[at] if second.anchors else []
    hanging = _hanging(first, at)
    if hanging and opening and _goes_on(hanging[-1].cells[at], opening):
        second.before = _text(hanging, at)
        first.texts = [text for text in first.texts if text not in hanging]
        return
    leading = _leading(second, at)
    above = hanging[-1].cells[at] if hanging else last
    if leading and above and (opening or not second.anchors) and _goes_on(above, leading[0].cells[at]):
        first.after = _text(leading, at)
        second.texts = [text for text in second.texts if text not in leading]


def _hanging(table: Table, at: int) -> list[TextLine]:
    """The lines of text below the last item of a page, those that stand together at its end."""
    below = [text for text in table.texts if text.line.index > table.anchors[-1].line.index]
    if not below or not _is_alone(below[-1], at):
        return []
    found = [below[-1]]
    for text in reversed(below[:-1]):
        if not _is_alone(text, at) or _gap(table.layout, found[0].line) >= _gap(table.layout, text.line):
            break
        found.insert(0, text)
    return found


def _leading(table: Table, at: int) -> list[TextLine]:
    """The lines of text above the first item or sum of a page, without what heads the page."""
    ends = [row.line.index for row in table.anchors[:1]] + ([table.summed] if table.summed is not None else [])
    if not ends:
        return []
    above = [text for text in table.texts if text.line.index < min(ends)]
    alone = list(takewhile(lambda text: _is_alone(text, at), reversed(above)))
    return alone[::-1]


def _is_alone(text: TextLine, at: int) -> bool:
    """Whether a line holds nothing but a text in the column of the descriptions."""
    return len(text.line.segments) == 1 and bool(text.cells[at]) and len(text.cells[at]) == len(text.line.tokens)


def _goes_on(above: Sequence[Token], below: Sequence[Token]) -> bool:
    """Whether a text is broken off and goes on: it ends open or the next one begins in small letters, at the same edge."""
    aligned = abs(above[0].x0 - below[0].x0) < below[0].height
    return aligned and (below[0].text[0].islower() or below[0].text[0] == "(" or above[-1].text.endswith(_OPEN))


def _gap(layout: Layout, line: Line) -> float:
    return line.y0 - layout.lines[line.index - 1].y1 if line.index else float("inf")


def _text(lines: Sequence[TextLine], at: int) -> str:
    return " ".join(token.text for text in lines for token in text.cells[at])
