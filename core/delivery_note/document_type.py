"""The delivery note as a document type: goods without prices."""

from __future__ import annotations

from pathlib import Path

from core.delivery_note.model import DeliveredItem, DeliveryNote
from core.schema.document_type import DocumentType, Table

TYPE = DocumentType(
    name="delivery_note",
    title="Delivery note",
    titles="Delivery notes",
    model=DeliveryNote,
    tables=(
        Table(
            name="line_items",
            model=DeliveredItem,
            title="Lines",
            description="the delivered lines in page order",
            row_title="Line",
            anchors=("description", "article_number", "quantity"),
            choosing=("description", "article_number", "quantity", "batch_number", "weight", "unit"),
            weights={
                **{"description": 0.4, "quantity": 0.2, "article_number": 0.2},
                **{"batch_number": 0.1, "weight": 0.1, "unit": 0.02},
            },
            synonyms={"quantity": ("qty",), "article_number": ("sku", "code"), "batch_number": ("lot", "batch")},
        ),
    ),
    kinds=("delivery note",),
    identifier="delivery_note_number",
    issuer="vendor_name",
    issued_on="delivery_date",
    duplicate_key=("vendor_name", "delivery_note_number"),
    list_columns=(
        "vendor_name",
        "delivery_note_number",
        "delivery_date",
        "order_number",
        "customer_name",
        "packages",
        "carrier",
    ),
    searched=("delivery_note_number", "order_number", "vendor_name", "customer_name"),
    blocks={"customer_name": "customer", "shipping_address": "customer"},
    words=Path(__file__).with_name("words.toml"),
    like_invoice={"delivery_date": "invoice_date", "shipping_address": "billing_address"},
    reader="core.delivery_note.reader",
    rules="core.delivery_note.rules",
)
