"""Order-X: an order in the words of CII. It is read as what it is, and never passes for an invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.extraction import Finding
from core.invoice.einvoice.cii import cii_charges, read_cii
from core.invoice.einvoice.kind import stated_language
from core.invoice.einvoice.syntax import Syntax
from core.invoice.einvoice.values import Values
from core.invoice.einvoice.xml import text_at
from core.invoice.model import Invoice, Payment

#: Codes of UNTDID 1001 and what they say.
_TITLES = {"220": "an order", "230": "a change of an order", "231": "an answer to an order"}


def _read(root: Any, values: Values) -> Invoice:
    """The order in an Order-X tree, under the names of an invoice; a finding says that it is none."""
    title = _TITLES.get(text_at(root, "ExchangedDocument/TypeCode") or "", "an order")
    sentence = f"This is {title} (Order-X), not an invoice: nothing is to be paid for it."
    values.findings.append(Finding("document_type", "warning", sentence, ("invoice_number",)))
    order = read_cii(root, values)
    return order.model_copy(update={"order_date": order.order_date or order.invoice_date})


def _no_kind(root: Any, total: Decimal | None) -> None:
    """None of those that an invoice has."""


def _no_payment(root: Any, total: Decimal | None) -> Payment:
    return Payment()


ORDER_X = Syntax("Order-X", _read, cii_charges, _no_kind, _no_payment, stated_language)
