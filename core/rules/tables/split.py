"""Rows whose numbers stand on two lines: the quantity beside the text, price and total a line further."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.rules.tables.columns import Grid
from core.rules.tables.descriptions import TextLine
from core.rules.tables.rows import BodyRow, Roles

#: Lines of one row stand closer than this many text heights.
_CLOSE = 1.0


def join_split(
    rows: list[BodyRow], lines: Sequence[TextLine], row_of: Callable[[TextLine], BodyRow], roles: Roles, grid: Grid
) -> tuple[list[BodyRow], list[TextLine]]:
    """``rows`` with the quantities and prices that most of them lack and that stand on one of the ``lines`` of text above or
    below them (``row_of`` gives its numbers), and the lines of text that are left. A line of a component, which has a
    quantity and no price in a table of whole rows, is no text of an item."""
    at = next((place for place, column in enumerate(grid.columns) if column.role == "description"), len(grid.columns))
    complete = all(
        column is None or all(row.number(column) for row in rows) for column in (roles.quantity, roles.unit_price)
    )
    if complete and (roles.quantity is None or roles.quantity > at):
        return rows, list(lines)
    texts = [(text, row_of(text)) for text in lines]
    for column in (roles.quantity, roles.unit_price):
        lacking = [row for row in rows if column is not None and not row.number(column)]
        if column is None or not lacking or 2 * len(lacking) < len(rows):
            continue
        for step in (-1, 1):
            beside = {id(row): _beside(row, texts, column, roles, step) for row in lacking}
            if not all(beside.values()):
                continue
            used = [found[0] for found in beside.values() if found]
            rows = [_joined(row, found[1], grid, step) if (found := beside.get(id(row))) else row for row in rows]
            texts = [pair for pair in texts if pair[0] not in used]
            break
    counted = [row for row in rows if row.number(roles.quantity)]
    if roles.quantity is not None and 2 * len(counted) > len(rows):
        return rows, [text for text, row in texts if not _is_component(row, roles, grid)]
    return rows, [text for text, _ in texts]


def _beside(
    row: BodyRow, texts: Sequence[tuple[TextLine, BodyRow]], column: int, roles: Roles, step: int
) -> tuple[TextLine, BodyRow] | None:
    """The line of text right above (``step`` -1) or below ``row`` that holds a number of ``column`` and no total."""
    for text, other in texts:
        gap = max(text.line.y0 - row.line.y1, row.line.y0 - text.line.y1)
        close = gap < _CLOSE * (row.line.y1 - row.line.y0)
        if (
            text.line.index == row.line.index + step
            and close
            and other.number(column)
            and not other.number(roles.total)
        ):
            return text, other
    return None


def _joined(row: BodyRow, other: BodyRow, grid: Grid, step: int) -> BodyRow:
    """``row`` with the numbers and the words of the line beside it."""
    pairs = zip(other.cells, row.cells, strict=True)
    cells = [[*upper, *own] if step < 0 else [*own, *upper] for upper, own in pairs]
    return replace(
        row, cells=cells, numbers={**other.numbers, **{at: found for at, found in row.numbers.items() if found}}
    )


def _is_component(row: BodyRow, roles: Roles, grid: Grid) -> bool:
    """Whether a line without a total begins with how many of something belong to the item above it."""
    at = next((place for place, column in enumerate(grid.columns) if column.role == "description"), None)
    if at is None or roles.quantity is None or roles.quantity > at or not row.number(roles.quantity):
        return False
    return bool(row.cells[at]) and not row.number(roles.unit_price)
