"""What came in: an item a document, and the batches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Amount, Facts, Folded, Moment, OrderId, Prose

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "inbox_items",
        sa.Column("item_id", sa.String(64), primary_key=True),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("document", sa.String(64), nullable=False, index=True),
        sa.Column("name", Prose, nullable=False),
        sa.Column("arrived_at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("batch_id", sa.String(64), nullable=False),
        sa.Column("within", Prose, nullable=False),
        sa.Column("depth", sa.Integer, nullable=False),
        sa.Column("who", Prose, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("step", sa.String(10), nullable=False),
        sa.Column("lane", sa.String(20), nullable=False),
        sa.Column("job_id", sa.String(64)),
        sa.Column("run_id", sa.String(64), index=True),
        sa.Column("pages", Facts, nullable=False),
        sa.Column("page_count", sa.Integer),
        sa.Column("recipe", Prose, nullable=False),
        sa.Column("read_as", sa.String(80), nullable=False),
        sa.Column("sentence", Prose, nullable=False),
        sa.Column("type_name", sa.String(80), nullable=False),
        sa.Column("document_type", sa.String(80), nullable=False),
        sa.Column("vendor", Prose, nullable=False),
        sa.Column("number", Prose, nullable=False),
        sa.Column("total", Amount),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("doubts", sa.Integer, nullable=False),
        sa.Column("worst", Prose, nullable=False),
        sa.Column("verdict", sa.String(20)),
        sa.Column("order_id", OrderId, index=True),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("cost", Amount),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name_key", Folded, nullable=False),
        sa.Column("vendor_key", Folded, nullable=False),
        sa.Column("haystack", Folded, nullable=False),
    )
    listed = "state type_name who batch_id vendor_key name_key total doubts changed_at haystack".split()
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("ix_inbox_items_listed", "inbox_items", ["place", "arrived_at", "item_id", *listed])
    else:
        op.create_index("ix_inbox_items_arrived", "inbox_items", ["place", "arrived_at", "item_id"])
    op.create_index("ix_inbox_items_state", "inbox_items", ["place", "state", "arrived_at"])
    op.create_index("ix_inbox_items_vendor", "inbox_items", ["place", "vendor_key", "vendor"])
    op.create_index("ix_inbox_items_queued", "inbox_items", ["lane", "step", "job_id"])
    op.create_index("ix_inbox_items_job", "inbox_items", ["job_id"])
    reported = "state verdict step job_id seconds cost changed_at".split()
    op.create_index("ix_inbox_items_batch", "inbox_items", ["batch_id", *reported])
    op.create_table(
        "inbox_batches",
        sa.Column("batch_id", sa.String(64), primary_key=True),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("name", Prose, nullable=False),
        sa.Column("arrived_at", Moment, nullable=False, index=True),
        sa.Column("who", Prose, nullable=False),
        sa.Column("again", Facts, nullable=False),
    )
