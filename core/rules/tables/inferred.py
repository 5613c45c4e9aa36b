"""Headers that are not printed (or could not be read), told from the rows' numbers.

Where in several rows two numbers multiply to the last one, these three are the columns of quantity, price and total;
what else the rows hold are further columns, and the widest one of words is the description.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.notation import Notation
from core.page.layout import Layout, Token
from core.rules.tables.factors import take_factors
from core.rules.tables.header import Column, Header
from core.rules.tables.money_rows import MoneyRow, main_column, money_rows
from core.rules.tables.words import TableWords

#: So many rows must prove which of their numbers is which.
_PROOFS = 2


def infer_headers(layout: Layout, words: TableWords, habit: Notation) -> list[Header]:
    """The header that a page's table of items would have, as a list of one; empty where the numbers prove none."""
    rows = [row for row in main_column(list(money_rows(layout, words, habit))) if row.kind == "item"]
    proven = [row for row in rows if take_factors(row, row.numbers, row.label) and _is_telling(row)]
    if len(proven) < _PROOFS:
        return []
    columns = _number_columns(proven)
    columns += _word_columns(proven, columns)
    if not any(column.role == "description" for column in columns):
        return []
    columns.sort(key=lambda column: column.x0 + column.x1)
    first = min(row.line.index for row in rows)
    return [Header(first, first - 1, columns, inferred=True)]


def _is_telling(row: MoneyRow) -> bool:
    """Whether the product is no accident: quantity and price differ and the price stands right of the quantity or left
    of it, but not in the same place."""
    return row.quantity is not None and row.price is not None and row.quantity.value != row.price.value


def _number_columns(rows: Sequence[MoneyRow]) -> list[Column]:
    found = []
    for role, tokens in (
        ("quantity", [token for row in rows if row.quantity for token in row.quantity.tokens]),
        ("unit_price", [token for row in rows if row.price for token in row.price.tokens]),
        ("total_price", [token for row in rows for token in row.amount.tokens]),
    ):
        found.append(_column(role, tokens))
    return found


def _word_columns(rows: Sequence[MoneyRow], numbers: Sequence[Column]) -> list[Column]:
    """The columns of what is no quantity, price or total: one for each stretch of cells."""
    cells = [
        segment.tokens
        for row in rows
        for segment in row.line.segments
        if not any(segment.x0 < column.x1 and column.x0 < segment.x1 for column in numbers)
    ]
    stretches: list[list[Token]] = []
    for cell in sorted(cells, key=lambda cell: cell[0].x0):
        if stretches and cell[0].x0 < max(token.x1 for token in stretches[-1]):
            stretches[-1] += cell
        else:
            stretches.append(list(cell))
    worded = [tokens for tokens in stretches if any(token.text.isalpha() and len(token.text) > 2 for token in tokens)]
    widest = max(worded, key=lambda tokens: sum(token.x1 - token.x0 for token in tokens), default=None)
    return [_column("description" if tokens is widest else "other", tokens) for tokens in stretches]


def _column(role: str, tokens: Sequence[Token]) -> Column:
    return Column(min(token.x0 for token in tokens), max(token.x1 for token in tokens), "", (role,), role=role)
