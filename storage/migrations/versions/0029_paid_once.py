"""Runs in which a rule gave a value that a model's answer had taught."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Make table and index."""
    op.create_table(
        "paid_once",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_index("ix_paid_once_at", "paid_once", ["at"])
