"""What records are narrowed by: further texts of invoices, who did what; and lists that are kept by name."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import Facts, Folded, Moment, OrderId
from storage.keys import fold

revision = "0030"
down_revision = "0029"

TEXTS = (
    "customer_id billing_address shipping_address purchase_order_number vendor_tax_id customer_tax_id iban payment_terms"
).split()
#: Rows that are written in one go.
_BATCH = 2000


def upgrade() -> None:
    """Make the tables, and put what there is into them."""
    key = sa.ForeignKey("sales_order_header.order_id", ondelete="CASCADE")
    texts = op.create_table(
        "order_text",
        sa.Column("order_id", OrderId, key, primary_key=True, autoincrement=False),
        *(sa.Column(name, Folded) for name in TEXTS),
    )
    op.create_table(
        "record_views",
        sa.Column("owner", sa.String(200), primary_key=True),
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("address", Facts, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
    )
    op.create_index("ix_trail_who", "trail", ["who", "action", "by", "order_id"])
    _fill(texts)


def _fill(texts: sa.Table) -> None:
    header = sa.table("sales_order_header", sa.column("order_id"), *(sa.column(name) for name in TEXTS))
    connection, last = op.get_bind(), 0
    chosen = sa.select(header).order_by(header.c.order_id).limit(_BATCH)
    while rows := connection.execute(chosen.where(header.c.order_id > last)).mappings().all():
        connection.execute(texts.insert(), [_folded(row) for row in rows])
        last = rows[-1]["order_id"]


def _folded(row: Any) -> dict[str, Any]:
    return {"order_id": row["order_id"], **{name: fold(row[name]) if row[name] else None for name in TEXTS}}
