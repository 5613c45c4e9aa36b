"""What is done to many records at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Facts, Moment, OrderId, Prose

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "record_batches",
        sa.Column("batch_id", sa.String(64), primary_key=True),
        sa.Column("deed", sa.String(20), nullable=False),
        sa.Column("told", Facts, nullable=False),
        sa.Column("who", Prose, nullable=False),
        sa.Column("known", sa.String(20), nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_index("ix_record_batches_at", "record_batches", ["at"])
    op.create_table(
        "record_batch_items",
        sa.Column("batch_id", sa.String(64), primary_key=True),
        sa.Column("order_id", OrderId, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("sentence", Prose, nullable=False),
        sa.Column("run_id", sa.String(64)),
        sa.Column("document", sa.String(64)),
        sa.Column("receipt", Facts),
    )
    op.create_index("ix_record_batch_items_state", "record_batch_items", ["batch_id", "state", "order_id"])
    op.create_index("ix_record_batch_items_order_id", "record_batch_items", ["order_id"])
    op.create_index("ix_record_batch_items_document", "record_batch_items", ["document"])
