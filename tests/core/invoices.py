"""Invoices taken apart: what nearly every one prints, and what many do not."""

from __future__ import annotations

from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice
from core.notation.writing import text_of


def usual_part(invoice: Invoice) -> Invoice:
    """The invoice without its secondary fields and its taxes."""
    lines = tuple(
        line.model_copy(update={info.name: None for info in INVOICE.table("line_items").columns if info.secondary})
        for line in invoice.line_items
    )
    header = {info.name: None for info in INVOICE.header if info.secondary}
    return invoice.model_copy(update={**header, "line_items": lines, "taxes": ()})


def further_part(invoice: Invoice) -> dict[str, str]:
    """The secondary values, by path, as text."""
    return {path: text_of(value) for path, info, value in INVOICE.walk(invoice) if info.secondary and value is not None}
