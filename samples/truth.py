"""The truth of a drawn invoice, as ``truth.json`` of an evaluation case keeps it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from samples.invoices import Invoice, Line

_CELLS = ("description", "quantity", "unit_price", "total_price")


def truth_of(invoice: Invoice) -> dict[str, Any]:
    """What stands on the pages."""
    values: dict[str, Any] = {
        "invoice_number": invoice.number,
        "invoice_date": invoice.issued.isoformat(),
        "due_date": invoice.due.isoformat() if invoice.due else None,
        "billing_address": invoice.customer.address,
        "shipping_address": invoice.ship_to.address if invoice.ship_to else None,
        "vendor_name": invoice.vendor.name,
        "customer_name": invoice.customer.name,
        "line_items": [_line(line) for line in invoice.lines],
        "subtotal": str(invoice.subtotal),
        "tax": str(invoice.tax),
        "total_amount": str(invoice.total),
        "currency": invoice.region.currency,
    }
    visible: dict[str, Any] = {name: "absent" if value is None else True for name, value in values.items()}
    # With two rates the page shows each rate's tax, but not their sum.
    visible["tax"] = True if len(invoice.taxes) == 1 else None
    visible["line_items"] = [dict.fromkeys(_CELLS, True) for _ in invoice.lines]
    alternatives = {
        field: [f"{party.name}, {party.address}"]
        for field, party in (("billing_address", invoice.customer), ("shipping_address", invoice.ship_to))
        if party
    }
    meta = {
        "language": invoice.language,
        "source_repo": "samples",
        "vendor_group": invoice.vendor.name,
        "visible": visible,
        "alternatives": alternatives,
    }
    return {**values, "meta": meta}


def _line(line: Line) -> dict[str, str]:
    return {
        "description": line.description,
        "quantity": _plain(line.quantity),
        "unit_price": str(line.unit_price),
        "total_price": str(line.total),
    }


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
