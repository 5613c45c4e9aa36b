"""The cells of a row that many tables lack: the article's number, the unit, the rate of the tax, the discount."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.page.layout import Token
from core.rules.tables.items import ItemCell, ItemRow, multiplies, number_cell, text_cell
from core.rules.tables.rows import BodyRow, Roles
from core.rules.tables.table import Table

_SURE = 0.98
_RULE = "column under a header"
_ARTICLE = re.compile(r"^(?=.*\d)[\w./\-+#]{2,30}$")
#: The number by which all the world knows an article is not its vendor's.
_GTIN = re.compile(r"^\d{13,14}$")
_BRACKETED = re.compile(r"^\[([\w./\-]{2,30})\](?=\s|$)")
_MOST_PIECES = 2
_UNIT = re.compile(r"^[^\W\d_]{1,12}\.?(?:[²³]|[/²³][^\W\d_]{1,6})?$")
_RATE = re.compile(r"^\d{1,2}(?:[.,]\d{1,2})?$")
_HIGHEST_RATE, _CENT = 40, Decimal("0.011")
#: Words that stand in a row and are read with less certainty are left out: nothing else proves them.
_LEAST_READ = 0.97


def with_further_cells(item: ItemRow, table: Table, row: BodyRow, roles: Roles) -> ItemRow:
    """``item`` with what columns of their own hold of its row."""
    found: dict[str, ItemCell | None] = {}
    for at, column in enumerate(table.grid.columns):
        cell = row.cells[at]
        if not cell or row.layout.confidence_of(cell) < _LEAST_READ:
            continue
        named = column.role == "article" or (column.role == "position" and "article" in column.roles)
        if (named and not "".join(token.text for token in cell).isdigit()) or column.role == "article":
            found["article_number"] = found.get("article_number") or _article(row, cell, column.label)
        elif column.role == "unit":
            found["unit"] = found.get("unit") or _unit(row, cell, column.label)
        elif column.role == "tax_rate":
            found["tax_rate"] = found.get("tax_rate") or _rate(row, at, column.label)
        elif column.role == "discount":
            found["discount"] = _discount(row, at, roles, column.label)
        elif at == roles.quantity and "unit" not in found:
            found["unit"] = _unit_beside(row, at, column.label)
    if "article_number" not in found and item.description is not None:
        found["article_number"] = _article_before(row, item.description)
    return replace(item, **{name: cell for name, cell in found.items() if cell is not None})


def _article(row: BodyRow, cell: Sequence[Token], label: str) -> ItemCell | None:
    whole = "".join(token.text for token in cell).strip(".,;:")
    loose = len(cell) > _MOST_PIECES or any(token.text.isalpha() for token in cell[1:])
    if loose or not _ARTICLE.match(whole) or _GTIN.match(whole):
        return None
    found = text_cell(row.layout, [cell], _SURE, _RULE, label)
    return replace(found, text=found.text.strip(".,;:"))


def _article_before(row: BodyRow, description: ItemCell) -> ItemCell | None:
    """The number in brackets with which a description begins ([FURN_7777] Office chair)."""
    found = _BRACKETED.match(description.text)
    token = next((one for one in row.line.tokens if found and one.text == found[0]), None)
    if found is None or token is None:
        return None
    return replace(text_cell(row.layout, [[token]], _SURE, "in brackets before the text"), text=found[1])


def _unit(row: BodyRow, cell: Sequence[Token], label: str) -> ItemCell | None:
    fits = len(cell) < 3 and all(_UNIT.match(token.text) for token in cell)
    return text_cell(row.layout, [cell], _SURE, _RULE, label) if fits else None


def _unit_beside(row: BodyRow, at: int, label: str) -> ItemCell | None:
    """The one word behind the number in the column of quantities."""
    amount = row.number(at)
    if amount is None:
        return None
    behind = [token for token in row.cells[at] if token.x0 >= amount.tokens[-1].x1 - 1e-6]
    fits = len(behind) == 1 and _UNIT.match(behind[0].text) and len(behind[0].text) > 1
    return text_cell(row.layout, [behind], _SURE, "word behind the quantity", label) if fits else None


def _rate(row: BodyRow, at: int, label: str) -> ItemCell | None:
    """A percentage, or a whole number that may be a rate, alone in its cell."""
    cell = row.cells[at]
    digits = [token for token in cell if any(map(str.isdigit, token.text))]
    text = digits[0].text.strip("()%") if len(digits) == 1 else ""
    if not _RATE.match(text):
        return None
    value = Decimal(text.replace(",", "."))
    marked = "%" in label or any("%" in token.text for token in cell)
    if value >= _HIGHEST_RATE or not (marked or text.isdigit()):
        return None
    return replace(text_cell(row.layout, [digits], _SURE, _RULE, label), value=value)


def _discount(row: BodyRow, at: int, roles: Roles, label: str) -> ItemCell | None:
    """An amount by which quantity × price is lowered to the total; a percentage is no amount."""
    amount = row.number(at)
    quantity, price, total = (row.number(one) for one in (roles.quantity, roles.unit_price, roles.total))
    if amount is None or amount.percent or not amount.value or quantity is None or price is None or total is None:
        return None
    gross = abs(quantity.value * price.value)
    if abs(gross - abs(amount.value) - abs(total.value)) > _CENT or multiplies(
        quantity.value, price.value, total.value
    ):
        return None
    return replace(number_cell(row.layout, amount, _SURE, _RULE, label), value=abs(amount.value))
