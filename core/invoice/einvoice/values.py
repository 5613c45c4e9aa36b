"""The typed values of an invoice XML. One that is not what its field asks for is left out and told of; the others stay."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from core.extraction import Finding, too_long
from core.invoice.document_type import INVOICE
from core.invoice.einvoice.xml import text_at
from core.schema.values import is_amount

_NUMBER = re.compile(r"[+-]?(?:\d{1,99}(?:\.\d{0,99})?|\.\d{1,99})")
#: So much of a wrong value is quoted.
_QUOTED = 40
_TOLERANCE = Decimal("0.02")


class Values:
    """Reads the values of one XML; ``findings`` tells what was left out. ``field`` is the path that a value is meant for."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def number_at(self, field: str, node: Any, *paths: str, decimals: int = 2) -> Decimal | None:
        """The number at the first of ``paths`` that has a text, without trailing zeros beyond ``decimals``."""
        return self.number(field, text_at(node, *paths), decimals)

    def number(self, field: str, text: str | None, decimals: int = 2) -> Decimal | None:
        """The number that ``text`` is, without trailing zeros beyond ``decimals``."""
        if not text:
            return None
        plain = text.replace(" ", "").replace(",", ".")
        if not _NUMBER.fullmatch(plain):
            self._left_out(field, text, "an amount belongs")
            return None
        value = _tidy(plain, decimals)
        if is_amount(value):
            return value
        self.findings.append(too_long(INVOICE, field, text))
        return None

    def date_at(self, field: str, node: Any, *paths: str) -> date | None:
        """The date at the first of ``paths``: ``20200201`` or ISO, a time behind it ignored."""
        text = text_at(node, *paths)
        if text is None:
            return None
        compact = text[:10].replace("-", "")[:8]
        try:
            return date(int(compact[:4]), int(compact[4:6]), int(compact[6:8]))
        except ValueError:
            self._left_out(field, text, "a date belongs")
            return None

    def currency_at(self, field: str, node: Any, *paths: str) -> str | None:
        """The ISO 4217 code at the first of ``paths``."""
        text = text_at(node, *paths)
        if text is None or re.fullmatch(r"[A-Za-z]{3}", text):
            return text
        self._left_out(field, text, "a currency of three letters belongs")
        return None

    def _left_out(self, field: str, text: str, what: str) -> None:
        quoted = text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
        sentence = f"{INVOICE.title_of(field)}: the invoice XML holds “{quoted}”, where {what}; it was left out."
        self.findings.append(Finding("unreadable", "warning", sentence, (field,)))


def _tidy(plain: str, decimals: int) -> Decimal:
    """The number without trailing zeros beyond ``decimals``, and with at least so many where it has a fraction."""
    whole, _, fraction = plain.partition(".")
    fraction = fraction.rstrip("0")
    places = fraction.ljust(decimals, "0") if fraction or decimals else ""
    return Decimal(f"{whole}.{places}" if places else whole or "0")


def price_of_one(
    price: Decimal | None, basis: Decimal | None, quantity: Decimal | None, total: Decimal | None
) -> Decimal | None:
    """The price of one unit where XML prices ``basis`` units at once. Some programs write the line's quantity as the
    basis by mistake, so the price is divided only where the line's total says so."""
    if price is None or not basis or basis == 1 or quantity is None or total is None:
        return price
    each = _tidy(f"{price / basis:.6f}", 2)
    if abs(quantity * price - total) <= _TOLERANCE or abs(quantity * each - total) > _TOLERANCE or not is_amount(each):
        return price
    return each
