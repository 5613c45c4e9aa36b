"""The invoice as a document type. Credit notes and receipts are invoices that say so of themselves."""

from __future__ import annotations

from pathlib import Path

from core.invoice.model import Invoice, LineItem, TaxLine
from core.schema.document_type import DocumentType, Table

LINE_ITEMS = Table(
    name="line_items",
    model=LineItem,
    title="Line items",
    description="the invoiced lines in page order",
    row_title="Line",
    anchors=("description", "total_price", "unit_price"),
    choosing=(  # one amount on a row is the line total
        *("description", "total_price", "quantity", "unit_price"),
        *("article_number", "unit", "tax_rate", "discount"),
    ),
    rightmost="total_price",
    weights={
        **{"description": 0.4, "total_price": 0.3, "quantity": 0.15, "unit_price": 0.15},
        **{"article_number": 0.1, "unit": 0.02, "tax_rate": 0.02, "discount": 0.02},
    },
    synonyms={
        "description": ("name", "desc", "item"),
        "quantity": ("qty",),
        "unit_price": ("price_unit", "price"),
        "total_price": ("total", "amount", "price_subtotal", "line_total"),
        "article_number": ("sku", "product_code", "item_code", "code"),
        "unit": ("uom", "unit_of_measure"),
        "tax_rate": ("vat_rate", "tax_percent"),
    },
)

TAXES = Table(
    name="taxes",
    model=TaxLine,
    title="Taxes",
    description="the table of taxes, a row a rate",
    row_title="Tax",
    anchors=("amount", "base"),
    choosing=("amount", "base", "rate"),
    rightmost="amount",
    synonyms={"rate": ("tax_rate", "percent"), "base": ("taxable_amount", "net"), "amount": ("tax", "tax_amount")},
)

INVOICE = DocumentType(
    name="invoice",
    title="Invoice",
    titles="Invoices",
    model=Invoice,
    tables=(LINE_ITEMS, TAXES),
    kinds=("invoice", "credit note", "receipt"),
    identifier="invoice_number",
    issuer="vendor_name",
    issued_on="invoice_date",
    total="total_amount",
    last_meant=frozenset(
        {"subtotal", "discount", "shipping", "tax", "rounding", "total_amount", "paid_amount", "amount_due"}
    ),
    duplicate_key=("vendor_name", "invoice_number"),
    list_columns=(
        "vendor_name",
        "invoice_number",
        "total_amount",
        "invoice_date",
        "due_date",
        "customer_name",
        "currency",
        "amount_due",
    ),
    blocks={"customer_name": "customer", "billing_address": "customer"},
    searched=("invoice_number", "vendor_name", "customer_name"),
    prompts=Path(__file__).with_name("prompts"),
    rules="core.invoice.rules",
    layouts=Path(__file__).with_name("layouts"),
)


def item_path(index: int, cell: str) -> str:
    """The path of one line-item cell (index from 0)."""
    return LINE_ITEMS.path(index, cell)
