"""Quantity and price of a row without a header: the two numbers whose product is its amount."""

from __future__ import annotations

from decimal import Decimal

from core.evidence import PageText
from core.notation.amounts import Amount
from core.page.layout import Layout, Token
from core.rules.tables.factors import take_factors
from core.rules.tables.money_rows import MoneyRow
from tests.core.rules.pages import page


def _row(count: int) -> tuple[MoneyRow, list[Amount]]:
    """A row over 6.00 with 2 and 3.00 among ``count`` numbers."""
    read: PageText = page("Paper 2 3.00 6.00")
    layout = Layout(read)
    texts = ["2", "3.00", *["7.00"] * (count - 2)]
    tokens = [Token(text, text, 50.0 + 20 * at, 0, 65.0 + 20 * at, 10, -1) for at, text in enumerate(texts)]
    numbers = [
        Amount(Decimal(token.text), token.text, None, 2 if "." in token.text else 0, False, (token,))
        for token in tokens
    ]
    amount = Amount(Decimal("6.00"), "6.00", None, 2, False, (Token("6.00", "", 900, 0, 920, 10, -1),))
    return MoneyRow(layout, layout.lines[0], amount, numbers, []), numbers


def test_two_numbers_that_multiply_to_the_amount_are_quantity_and_price() -> None:
    """Whatever else stands in the row."""
    row, numbers = _row(8)
    assert take_factors(row, numbers, [])
    assert (row.quantity and row.quantity.value, row.price and row.price.value) == (Decimal(2), Decimal("3.00"))


def test_a_row_of_very_many_numbers_is_no_row_of_goods() -> None:
    """Among so many any amount is somebody's product, and trying them all took minutes on a crowded page."""
    row, numbers = _row(40)
    assert not take_factors(row, numbers, [])
