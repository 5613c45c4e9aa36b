"""The invoice's further fields; the amounts paid and due among its values; a row a value for what has no column."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Amount, Folded, OrderId, Prose

revision = "0014"
down_revision = "0013"

_TEXTS = ("purchase_order_number", "vendor_tax_id", "customer_tax_id", "iban", "payment_terms")
_AMOUNTS = ("discount", "shipping", "rounding", "paid_amount", "amount_due")
_OF_LINES = (("article_number", Prose), ("unit", Prose), ("tax_rate", Amount), ("discount", Amount))


def upgrade() -> None:
    """Add the columns, move what was paid and due to them, and make the table of values."""
    for name in _TEXTS:
        op.add_column("sales_order_header", sa.Column(name, Prose))
    for name in _AMOUNTS:
        op.add_column("sales_order_header", sa.Column(name, Amount))
    for name, kind in _OF_LINES:
        op.add_column("sales_order_detail", sa.Column(name, kind))
    op.execute(
        "UPDATE sales_order_header SET "
        "paid_amount = (SELECT paid_amount FROM order_origin o WHERE o.order_id = sales_order_header.order_id), "
        "amount_due = (SELECT amount_due FROM order_origin o WHERE o.order_id = sales_order_header.order_id)"
    )
    op.drop_index("ix_order_origin_amount_due", "order_origin")
    op.drop_column("order_origin", "paid_amount")
    op.drop_column("order_origin", "amount_due")
    amount = "CAST(amount_due AS FLOAT)" if op.get_context().dialect.name == "sqlite" else "amount_due"
    op.create_index("ix_sales_order_header_amount_due", "sales_order_header", [sa.text(amount), "order_id"])
    order = sa.ForeignKey("sales_order_header.order_id", ondelete="CASCADE")
    op.create_table(
        "sales_order_value",
        sa.Column("order_id", OrderId, order, primary_key=True, autoincrement=False),
        sa.Column("table_name", sa.String(40), primary_key=True),
        sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("field", sa.String(40), primary_key=True),
        sa.Column("text", Prose),
        sa.Column("number", Amount),
        sa.Column("day", sa.Date),
        sa.Column("folded", Folded),
    )
