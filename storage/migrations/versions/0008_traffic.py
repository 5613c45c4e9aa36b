"""The calls to providers under way, and the providers that are left alone: shared by all processes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "calls_under_way",
        sa.Column("call_id", sa.String(64), primary_key=True),
        sa.Column("line", sa.String(300), nullable=False, index=True),
        sa.Column("asked", sa.Float, nullable=False),
        sa.Column("begun", sa.Float, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("trial", sa.Boolean, nullable=False),
        sa.Column("counted", sa.Boolean, nullable=False),
    )
    op.create_table(
        "circuits",
        sa.Column("line", sa.String(300), primary_key=True),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("opened", sa.Float),
    )


def downgrade() -> None:
    """Drop them: nothing in them is older than a minute."""
    op.drop_table("circuits")
    op.drop_table("calls_under_way")
