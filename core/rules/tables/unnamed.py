"""Columns of a table that have no name over them: descriptions, and the quantities before them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.notation import Notation
from core.notation.amounts import Amount, find_amounts
from core.page.layout import Line, Token
from core.rules.tables.columns import Grid, level_rows
from core.rules.tables.header import NUMERIC, Column, Header
from core.rules.tables.items import multiplies
from core.rules.tables.rows import BodyRow, Roles

_COUNT = re.compile(r"^\d{1,3}(?:[.,]\d{1,3})?$")
_WORD = re.compile(r"[^\W\d_]{2}")
#: So many rows at least show a column of prices.
_FEWEST = 2
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


def find_unnamed_price(rows: list[BodyRow], roles: Roles, grid: Grid, habit: Notation) -> tuple[list[BodyRow], Roles]:
    """``rows`` and ``roles`` with the unit prices of a column that has no name (or a currency's), where in most rows one of
    the line's numbers times the quantity is the total."""
    if roles.unit_price is not None or roles.quantity is None or roles.total is None or len(rows) < _FEWEST:
        return rows, roles
    found = [_price(row, roles, habit) for row in rows]
    telling = [row for row, price in zip(rows, found, strict=True) if price and _counts_more(row, roles)]
    if not telling or 2 * sum(price is not None for price in found) <= len(rows):
        return rows, roles
    at = len(grid.columns)
    prices = [token for price in found if price for token in price.tokens]
    x0, x1 = min(token.x0 for token in prices), max(token.x1 for token in prices)
    grid.columns.append(Column(x0, x1, "", ("unit_price",), role="unit_price"))
    mended = [_with(row, at, price) for row, price in zip(rows, found, strict=True)]
    return mended, replace(roles, unit_price=at)


def _price(row: BodyRow, roles: Roles, habit: Notation) -> Amount | None:
    """A number with cents on the line that makes the total with the quantity."""
    quantity, total = row.number(roles.quantity), row.number(roles.total)
    if quantity is None or total is None or not quantity.value:
        return None
    used = {*quantity.tokens, *total.tokens}
    numbers = [number for number in find_amounts(row.line.tokens, habit) if number.decimals > 1 and not number.percent]
    return next(
        (
            number
            for number in numbers
            if not used.intersection(number.tokens) and multiplies(quantity.value, number.value, total.value)
        ),
        None,
    )


def _counts_more(row: BodyRow, roles: Roles) -> bool:
    quantity = row.number(roles.quantity)
    return quantity is not None and quantity.value != Decimal(1)


def _with(row: BodyRow, at: int, price: Amount | None) -> BodyRow:
    cells = [[token for token in cell if price is None or token not in price.tokens] for cell in row.cells]
    return replace(row, cells=[*cells, []], numbers={**row.numbers, **({at: [price]} if price else {})})
