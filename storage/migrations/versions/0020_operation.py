"""Alerts, and what people changed within reach."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment, Prose

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make table and index."""
    op.create_table(
        "alerts",
        sa.Column("alert_id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", Prose, nullable=False),
        sa.Column("sentence", Prose, nullable=False),
        sa.Column("began_at", Moment, nullable=False),
        sa.Column("ended_at", Moment),
        sa.Column("seen_at", Moment),
    )
    op.create_index("ix_alerts_began_at", "alerts", ["began_at"])
    op.create_index("ix_alerts_ended_at", "alerts", ["ended_at"])
    op.create_index(
        "ix_field_values_changed",
        "field_values",
        ["run_id", "path"],
        sqlite_where=sa.text("changed = 1"),
        postgresql_where=sa.text("changed"),
    )
