"""Who called the API; what a key may spend; the secret that a webhook had before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Amount, Moment, Prose

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Make the table and the columns."""
    op.create_table(
        "api_calls",
        sa.Column("call_id", sa.String(64), primary_key=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("who", Prose, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("path", Prose, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
    )
    op.create_index("ix_api_calls_at", "api_calls", ["at"])
    op.create_index("ix_api_calls_owner", "api_calls", ["owner", "at"])
    op.add_column("api_keys", sa.Column("dollars_per_day", Amount))
    op.add_column("webhooks", sa.Column("old_secret", sa.String(100)))
    op.add_column("webhooks", sa.Column("old_until", Moment))
