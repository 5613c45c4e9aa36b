"""What the table reader gives: rows of line items, each cell with its place and the rule that read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.evidence import Box
from core.notation.amounts import Amount
from core.page.layout import Layout, Token

#: The cells of a row, by the field names of :class:`core.invoice.model.LineItem`; the texts among them.
CELLS = tuple("description quantity unit_price total_price article_number unit tax_rate discount".split())
TEXTS = frozenset({"description", "article_number", "unit"})


@dataclass(frozen=True, slots=True)
class ItemCell:
    """One printed cell: its text, its number (``None`` for a text), page (from 1), box in page units, the
    reader's belief in it (0 to 1) and the rule that gave it, with the column's header where there is one."""

    text: str
    value: Decimal | None
    page: int
    box: Box
    score: float
    rule: str
    label: str = ""


@dataclass(slots=True)
class ItemRow:
    """One line item. A cell that is not printed is ``None``."""

    description: ItemCell | None = None
    quantity: ItemCell | None = None
    unit_price: ItemCell | None = None
    total_price: ItemCell | None = None
    article_number: ItemCell | None = None
    unit: ItemCell | None = None
    tax_rate: ItemCell | None = None
    discount: ItemCell | None = None

    def cells(self) -> dict[str, ItemCell]:
        """The printed cells by the field name of :class:`core.invoice.model.LineItem`."""
        named = {name: getattr(self, name) for name in CELLS}
        return {name: cell for name, cell in named.items() if cell is not None}


def multiplies(quantity: Decimal, price: Decimal, total: Decimal, discount: Decimal | None = None) -> bool:
    """Whether quantity × price is the total, but for rounding of the price and the total; ``discount`` (a percentage
    or an amount off the line) may explain the difference."""
    gross = quantity * price
    slack = abs(quantity) * Decimal("0.005") + Decimal("0.011")
    slack = min(slack, abs(gross) * Decimal("0.02") + Decimal("0.011"))
    if abs(abs(gross) - abs(total)) <= slack:
        return True
    if not discount:
        return False
    part = abs(discount)
    return any(
        abs(abs(reduced) - abs(total)) <= slack
        for reduced in (gross * (100 - part) / 100, abs(gross) - part, quantity * (price - part))
    )


def number_cell(layout: Layout, amount: Amount, score: float, rule: str, label: str = "") -> ItemCell:
    """The cell of a number."""
    return ItemCell(amount.text, amount.value, layout.number, layout.box_of(amount.tokens), score, rule, label)


def text_cell(layout: Layout, lines: Sequence[Sequence[Token]], score: float, rule: str, label: str = "") -> ItemCell:
    """The cell of a text of one or more lines, joined by blanks; a word that a hyphen breaks off stays as printed.
    Raises ValueError when there is no token."""
    tokens = [token for line in lines for token in line]
    text = " ".join(token.text for token in tokens)
    return ItemCell(text, None, layout.number, layout.box_of(tokens), score, rule, label)
