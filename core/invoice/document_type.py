"""The invoice as a document type. Credit notes and receipts are invoices that say so of themselves."""

from __future__ import annotations

from pathlib import Path

from core.invoice.model import Invoice, LineItem
from core.schema.document_type import DocumentType, Table

LINE_ITEMS = Table(
    name="line_items",
    model=LineItem,
    title="Line items",
    description="the invoiced lines in page order",
    row_title="Line",
    anchors=("description", "total_price", "unit_price"),
    choosing=("description", "total_price", "quantity", "unit_price"),  # one amount on a row is the line total
    rightmost="total_price",
    weights={"description": 0.4, "total_price": 0.3, "quantity": 0.15, "unit_price": 0.15},
    synonyms={
        "description": ("name", "desc", "item"),
        "quantity": ("qty",),
        "unit_price": ("price_unit", "price"),
        "total_price": ("total", "amount", "price_subtotal", "line_total"),
    },
)

INVOICE = DocumentType(
    name="invoice",
    title="Invoice",
    titles="Invoices",
    model=Invoice,
    tables=(LINE_ITEMS,),
    kinds=("invoice", "credit note", "receipt"),
    identifier="invoice_number",
    issuer="vendor_name",
    issued_on="invoice_date",
    total="total_amount",
    last_meant=frozenset({"subtotal", "tax", "total_amount"}),
    duplicate_key=("vendor_name", "invoice_number"),
    list_columns=(
        "vendor_name",
        "invoice_number",
        "total_amount",
        "invoice_date",
        "due_date",
        "customer_name",
        "currency",
    ),
    blocks={"customer_name": "customer", "billing_address": "customer"},
    searched=("invoice_number", "vendor_name", "customer_name"),
    prompts=Path(__file__).with_name("prompts"),
)


def item_path(index: int, cell: str) -> str:
    """The path of one line-item cell (index from 0)."""
    return LINE_ITEMS.path(index, cell)
