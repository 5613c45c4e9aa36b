"""Jobs and their events: work that waits survives a restart, and other processes see it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Facts, Prose

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.String(64), primary_key=True),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", Prose, nullable=False),
        sa.Column("payload", Facts, nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("lane", sa.String(20), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("state", sa.String(20), nullable=False, index=True),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("started", sa.Float, nullable=False),
        sa.Column("ended", sa.Float, nullable=False, index=True),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("worker", sa.String(80), nullable=False),
        sa.Column("lease", sa.Float, nullable=False),
        sa.Column("cancelled", sa.Float, nullable=False),
        sa.Column("error", Prose),
    )
    op.create_table(
        "job_events",
        sa.Column("job_id", sa.String(64), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("event", Facts, nullable=False),
    )
