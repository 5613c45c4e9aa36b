"""Each order's document type, what is paid of it and what is left, and which save of it is stored."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Amount

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns: what is stored is its first version, of the type that its run found."""
    op.add_column("order_origin", sa.Column("document_type", sa.String(40)))
    op.add_column("order_origin", sa.Column("paid_amount", Amount))
    op.add_column("order_origin", sa.Column("amount_due", Amount))
    op.add_column("order_origin", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    op.execute(
        "UPDATE order_origin SET document_type = "
        "(SELECT document_type FROM runs WHERE runs.run_id = order_origin.run_id)"
    )
    op.create_index("ix_order_origin_document_type", "order_origin", ["document_type", "order_id"])
    amount = "CAST(amount_due AS FLOAT)" if op.get_context().dialect.name == "sqlite" else "amount_due"
    op.create_index("ix_order_origin_amount_due", "order_origin", [sa.text(amount), "order_id"])
