"""The receipt as a document type."""

from __future__ import annotations

from pathlib import Path

from core.receipt.model import BoughtItem, Receipt, ReceiptTax
from core.schema.document_type import DocumentType, Table

TYPE = DocumentType(
    name="receipt",
    title="Receipt",
    titles="Receipts",
    model=Receipt,
    tables=(
        Table(
            name="line_items",
            model=BoughtItem,
            title="Items",
            description="what was bought, in page order",
            row_title="Line",
            anchors=("description", "total_price", "unit_price"),
            choosing=("description", "total_price", "quantity", "unit_price", "unit"),
            rightmost="total_price",
            weights={"description": 0.4, "total_price": 0.3, "quantity": 0.15, "unit_price": 0.15, "unit": 0.02},
            synonyms={"quantity": ("qty",), "total_price": ("amount", "total"), "unit_price": ("price",)},
        ),
        Table(
            name="taxes",
            model=ReceiptTax,
            title="Taxes",
            description="the table of taxes, a row a rate",
            row_title="Tax",
            anchors=("amount", "base"),
            choosing=("amount", "base", "rate"),
            rightmost="amount",
        ),
    ),
    identifier="receipt_number",
    issuer="vendor_name",
    issued_on="receipt_date",
    total="total_amount",
    last_meant=frozenset({"subtotal", "tax", "tip", "rounding", "total_amount"}),
    duplicate_key=("vendor_name", "receipt_number", "receipt_date", "total_amount"),
    list_columns=(
        "vendor_name",
        "receipt_number",
        "total_amount",
        "receipt_date",
        "receipt_time",
        "payment_method",
        "currency",
    ),
    searched=("receipt_number", "vendor_name", "payment_method"),
    prompts=Path(__file__).with_name("prompts"),
    words=Path(__file__).with_name("words.toml"),
    like_invoice={"receipt_number": "invoice_number", "receipt_date": "invoice_date"},
    reader="core.receipt.reader",
    rules="core.receipt.rules",
)
