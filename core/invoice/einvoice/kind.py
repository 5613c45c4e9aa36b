"""What an invoice XML says of the whole document: its kind by code, and what of its total is paid already."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.invoice.einvoice.values import Values
from core.invoice.einvoice.xml import text_at
from core.invoice.model import Payment

#: Codes of UNTDID 1001 that give money back: credit notes of every kind that EN 16931 allows.
_CREDIT_NOTES = frozenset("81 83 261 262 296 308 381 396 420 458 532".split())
#: A corrected invoice: it replaces another, or takes it back where what it comes to is negative.
_CORRECTED = "384"
_CODES = ("ExchangedDocument/TypeCode", "HeaderExchangedDocument/TypeCode", "InvoiceTypeCode", "CreditNoteTypeCode")
_PAID = (".//TotalPrepaidAmount", "LegalMonetaryTotal/PrepaidAmount")
_DUE = (".//DuePayableAmount", "LegalMonetaryTotal/PayableAmount")


def document_type_of(root: Any, total: Decimal | None) -> str:
    """``invoice`` or ``credit note``, by the XML's type code or, without one, by its root."""
    code = text_at(root, *_CODES)
    if code is None:
        return "credit note" if root.tag == "CreditNote" else "invoice"
    taken_back = code == _CORRECTED and total is not None and total < 0
    return "credit note" if code in _CREDIT_NOTES or taken_back else "invoice"


def payment_of(root: Any, total: Decimal | None) -> Payment:
    """What is paid and what is left, where something is paid already; nothing of an amount that cannot be read."""
    values = Values()
    paid, due = values.number_at("total_amount", root, *_PAID), values.number_at("total_amount", root, *_DUE)
    return (
        Payment(paid_amount=paid or None, amount_due=due) if paid or (due is not None and due != total) else Payment()
    )
