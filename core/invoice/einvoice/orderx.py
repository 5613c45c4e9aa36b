"""Order-X: an order in the words of CII. It is read as what it is, and its type code says that it is no invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.invoice.einvoice.cii import cii_charges, read_cii
from core.invoice.einvoice.kind import coded_kind, stated_language
from core.invoice.einvoice.syntax import Syntax
from core.invoice.einvoice.values import Paid, Values
from core.invoice.model import Invoice


def _read(root: Any, values: Values) -> Invoice:
    """The order in an Order-X tree, under the names of an invoice."""
    order = read_cii(root, values)
    return order.model_copy(update={"order_date": order.order_date or order.invoice_date})


def _no_payment(root: Any, total: Decimal | None) -> Paid:
    """Nothing is to be paid for an order."""
    return Paid()


ORDER_X = Syntax("Order-X", _read, cii_charges, coded_kind, _no_payment, stated_language)
