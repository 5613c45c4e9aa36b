"""Keys of programs, what they brought, and their tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Facts, Moment, OrderId, Prose

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(64), primary_key=True),
        sa.Column("name", Prose, nullable=False),
        sa.Column("prefix", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("created_by", Prose, nullable=False),
        sa.Column("expires_at", Moment),
        sa.Column("revoked_at", Moment),
        sa.Column("used_at", Moment),
        sa.Column("calls_per_minute", sa.Integer),
        sa.Column("pages_per_day", sa.Integer),
    )
    op.create_table(
        "api_documents",
        sa.Column("owner", sa.String(64), primary_key=True),
        sa.Column("document", sa.String(64), primary_key=True),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_table(
        "api_tasks",
        sa.Column("task_id", sa.String(64), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("document", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("wish", sa.String(200)),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("save", Facts, nullable=False),
        sa.Column("order_id", OrderId),
    )
    op.create_index("ix_api_tasks_owner", "api_tasks", ["owner", "created_at"])
    op.create_index("ix_api_tasks_wish", "api_tasks", ["owner", "wish"], unique=True)
