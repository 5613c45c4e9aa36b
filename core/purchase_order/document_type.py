"""The purchase order as a document type. Its customer wrote it, its vendor is addressed."""

from __future__ import annotations

from pathlib import Path

from core.purchase_order.model import OrderedItem, PurchaseOrder
from core.schema.document_type import DocumentType, Table

TYPE = DocumentType(
    name="purchase_order",
    title="Purchase order",
    titles="Purchase orders",
    model=PurchaseOrder,
    tables=(
        Table(
            name="line_items",
            model=OrderedItem,
            title="Lines",
            description="the ordered lines in page order",
            row_title="Line",
            anchors=("description", "total_price", "article_number"),
            choosing=("description", "total_price", "quantity", "unit_price", "article_number", "unit"),
            rightmost="total_price",
            weights={
                **{"description": 0.4, "total_price": 0.25, "quantity": 0.15, "unit_price": 0.1},
                **{"article_number": 0.1, "unit": 0.02},
            },
            synonyms={"quantity": ("qty",), "total_price": ("amount", "total"), "article_number": ("sku", "code")},
        ),
    ),
    kinds=("purchase order",),
    identifier="order_number",
    issuer="customer_name",
    issued_on="order_date",
    total="total_amount",
    last_meant=frozenset({"subtotal", "tax", "total_amount"}),
    duplicate_key=("customer_name", "order_number"),
    list_columns=(
        "order_number",
        "vendor_name",
        "total_amount",
        "order_date",
        "delivery_date",
        "customer_name",
        "currency",
    ),
    searched=("order_number", "vendor_name", "customer_name"),
    blocks={
        **{"vendor_name": "vendor", "vendor_address": "vendor"},
        **{"customer_name": "customer", "billing_address": "customer"},
    },
    words=Path(__file__).with_name("words.toml"),
    like_invoice={"order_number": "invoice_number", "order_date": "invoice_date"},
    reader="core.purchase_order.reader",
    rules="core.purchase_order.rules",
)
