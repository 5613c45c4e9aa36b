"""Subscriptions of programs, their outbox, what programs told us; how sure a task's record must be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Facts, Moment, Prose

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "webhooks",
        sa.Column("webhook_id", sa.String(64), primary_key=True),
        sa.Column("url", Prose, nullable=False),
        sa.Column("events", Facts, nullable=False),
        sa.Column("secret", sa.String(100), nullable=False),
        sa.Column("with_values", sa.Boolean, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("created_by", Prose, nullable=False),
        sa.Column("disabled_at", Moment),
        sa.Column("reason", Prose, nullable=False),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("delivery_id", sa.String(64), primary_key=True),
        sa.Column("webhook_id", sa.String(64), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("body", Prose, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("next_at", Moment, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("tries", Facts, nullable=False),
        sa.Column("leased_until", Moment),
        sa.Column("once", sa.String(200)),
    )
    op.create_index("ix_webhook_deliveries_due", "webhook_deliveries", ["state", "next_at"])
    op.create_index("ix_webhook_deliveries_log", "webhook_deliveries", ["webhook_id", "created_at"])
    op.create_index("ix_webhook_deliveries_once", "webhook_deliveries", ["webhook_id", "once"], unique=True)
    op.create_table(
        "webhook_sources",
        sa.Column("source_id", sa.String(64), primary_key=True),
        sa.Column("name", Prose, nullable=False),
        sa.Column("secret", sa.String(100), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("created_by", Prose, nullable=False),
    )
    op.create_table(
        "webhook_messages",
        sa.Column("source_id", sa.String(64), primary_key=True),
        sa.Column("message_id", sa.String(200), primary_key=True),
        sa.Column("at", Moment, nullable=False, index=True),
        sa.Column("answer", Facts),
    )
    op.add_column("api_tasks", sa.Column("sure", sa.Float))
